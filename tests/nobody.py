"""An ordinary user without any privilege, for tests that run as root: how to become one, and what one may read."""

from __future__ import annotations

import atexit
import os
import shutil
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

from tests.requires import require, require_program

TOP = Path(__file__).parents[1]


def _is_open(path: Path) -> bool:
    """Tell whether everybody may enter a folder and all those above it."""
    return all(one.stat().st_mode & 0o001 for one in (path, *path.parents))


def drop_privileges() -> list[str]:
    """Return the words before a command that an ordinary user is to run; skip the test where that cannot be."""
    require(os.geteuid() == 0, "only root can become another user")
    return [require_program("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]


@cache
def readable_modules() -> str:
    """Return a PYTHONPATH with netmon, its tests and its packages that an ordinary user may read.

    A checkout below a folder of root's own, as `mktemp -d` makes it, is linked file by file into an open one.
    """
    packages = Path(sysconfig.get_path("purelib"))
    if _is_open(TOP) and _is_open(packages):
        return os.pathsep.join([str(TOP), str(packages)])
    folder = Path(tempfile.mkdtemp(prefix="netmon-tests-", dir=TOP.parent if _is_open(TOP.parent) else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    for name in ("netmon", "tests"):
        shutil.copytree(TOP / name, folder / name, copy_function=_link)
    unused = shutil.ignore_patterns("mypy*", "pip*", "playwright*")
    shutil.copytree(packages, folder / "packages", copy_function=_link, ignore=unused)
    return os.pathsep.join([str(folder), str(folder / "packages")])


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another file system, or a link that may not be made
        shutil.copy2(source, target)
    return target
