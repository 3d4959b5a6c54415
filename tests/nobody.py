"""An ordinary user without any privilege, for tests that run as root: how to become one, and what one may read."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sysconfig
import tempfile
from pathlib import Path

from tests.requires import require, require_program

TOP = Path(__file__).parents[1]


def _is_open(path: Path) -> bool:
    """Tell whether everybody may enter a folder and all those above it."""
    return all(one.stat().st_mode & 0o001 for one in (path, *path.parents))


_OPEN = Path(TOP.parent if _is_open(TOP.parent) else tempfile.gettempdir(), f"netmon-tests-{os.getpid()}")
"""A folder for what ordinary users must read, if need be; processes that are forked later share it."""
atexit.register(shutil.rmtree, _OPEN, ignore_errors=True)


def drop_privileges() -> list[str]:
    """Return the words before a command that an ordinary user is to run; skip the test where that cannot be."""
    require(os.geteuid() == 0, "only root can become another user")
    return [require_program("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]


def readable_modules() -> str:
    """Return a PYTHONPATH with netmon, its tests and its packages that an ordinary user may read.

    A checkout below a folder of root's own, as `mktemp -d` makes it, is linked file by file into an open one, once
    for all processes that tests run in.
    """
    packages = Path(sysconfig.get_path("purelib"))
    if _is_open(TOP) and _is_open(packages):
        return os.pathsep.join([str(TOP), str(packages)])
    _OPEN.mkdir(exist_ok=True)
    _OPEN.chmod(0o755)
    with (_OPEN / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (_OPEN / "packages").exists():
            for name in ("netmon", "tests"):
                shutil.copytree(TOP / name, _OPEN / name, copy_function=_link)
            unused = shutil.ignore_patterns("mypy*", "pip*", "playwright*")
            shutil.copytree(packages, _OPEN / "packages", copy_function=_link, ignore=unused)
    return os.pathsep.join([str(_OPEN), str(_OPEN / "packages")])


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another file system, or a link that may not be made
        shutil.copy2(source, target)
    return target
