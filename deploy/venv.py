"""Make the virtual environment of a checkout: netmon in editable mode with what its tests need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


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
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "-e", ".[dev]"], check=False).returncode
    if installed == 0:
        _compile(str(python))
    return installed


def _compile(python: str) -> None:
    """Compile netmon and its tests once: or the first commands and test runs would do so, several of them at once."""
    subprocess.run([python, "-m", "compileall", "-q", "netmon"], check=False)
    collect = [python, "-m", "pytest", "-qq", "--collect-only", "tests/unit"]  # pytest keeps bytecode of its own
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(collect, env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
