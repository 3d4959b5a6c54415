"""Ctrl-C at any moment of a command that has only just been typed ends it without a word."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

TOP = Path(__file__).parents[2]
PRESSED = """
import os, signal, sys

wanted = sys.argv.pop(1)

class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Pressed())
"""
"""Sends the interrupt while a module is looked for, in the midst of those that want it."""
AS_MODULE = "import runpy; runpy.run_module('netmon', run_name='__main__')"


def as_command() -> str:
    """Return what the `netmon` command does, as an installer writes it."""
    setup = configparser.ConfigParser()
    setup.read(TOP / "setup.cfg", encoding="utf-8")
    (line,) = setup["options.entry_points"]["console_scripts"].strip().splitlines()
    module, _, function = line.partition(" = ")[2].partition(":")
    return f"from {module} import {function}; sys.exit({function}())"


@pytest.mark.parametrize("begin", [as_command(), AS_MODULE], ids=["netmon", "python -m netmon"])
@pytest.mark.parametrize(
    "module",
    [
        "netmon.cli.loading",
        "click",
        "netmon.cli.main",
        "netmon.cli.lazy",
        "netmon.cli.check",
        "netmon.inventory.load",
        "pydantic",
    ],
)
def test_an_interrupt_while_it_loads_ends_it_quietly(begin: str, module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESSED + begin, module, "check", TOP / "inventory" / "tuban"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 130, "the module was not looked for"
    assert (done.stdout, done.stderr.strip()) in {("", ""), ("", "interrupted")}


def test_where_interrupts_are_ignored_they_still_are() -> None:
    """As a shell starts what is to go on behind it."""
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + PRESSED + AS_MODULE
    done = subprocess.run(
        [sys.executable, "-c", ignored, "netmon.cli.lazy", "--version"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
