"""Make the virtual environment of a checkout: netmon in editable mode with what its tests need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SELDOM = r"/(contrib|mypyc?|pip|pkg_resources|setuptools|tests)/"
"""Folders of packages that are loaded one at a time, or never."""


def main(target: str) -> int:
    """Create or refresh `target`; say in one line what is missing when it cannot be done."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file runs before anything is installed)
        print(f"netmon needs Python 3.11 or newer, this is {sys.version.split()[0]}; run `make PYTHON=python3.11`")
        return 1
    python = Path(target, "bin", "python")
    if not python.exists():
        made = subprocess.run([sys.executable, "-m", "venv", target], capture_output=True, text=True, check=False)
        if made.returncode:
            print("python3 has no venv module; as root: apt-get install python3-venv")
            return 1
    print("installing netmon and its packages into", target, flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    installed = subprocess.run([*pip, "-e", ".[dev]"], check=False).returncode
    if installed == 0:
        _compile(str(python), target)
    return installed


def _compile(python: str, target: str) -> None:
    """Compile it all once, by all CPUs: pip has one, and the first commands and tests would each compile the same."""
    compiling = [python, "-m", "compileall", "-qq", "-j", "0", "-x", SELDOM]
    subprocess.run([*compiling, "netmon", str(Path(target, "lib"))], check=False)
    subprocess.run([python, "deploy/compile_tests.py"], stderr=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
