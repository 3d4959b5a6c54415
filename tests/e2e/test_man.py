"""The manual pages are read by the program that people read them with."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.markdown import TOP
from tests.requires import require_program

pytestmark = pytest.mark.e2e
GENERATOR = TOP / "docs" / "generate_man.py"


def test_every_command_has_a_page_that_groff_reads_without_a_word(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, GENERATOR, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = sorted(tmp_path.glob("*.1"))
    assert {"netmon.1", "netmon-run.1", "netmon-topology-spof.1", "netmon-inventory-import.1"} <= {
        page.name for page in pages
    }
    read = subprocess.run(
        [require_program("groff"), "-man", "-Tutf8", "-ww", "-z", *pages],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (read.returncode, read.stderr) == (0, "")
    shown = subprocess.run(
        [require_program("groff"), "-man", "-Tascii", "-P-c", "-P-b", "-P-u", tmp_path / "netmon-run.1"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    for part in ("NAME", "--inventory PATH", "SIGHUP reads the inventory again", "EXIT STATUS", "netmon(1)"):
        assert part in shown


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a-b", "a\\-b"),
        (".hidden", "\\&.hidden"),
        ("'x", "\\&'x"),
        ("C:\\x", "C:\\ex"),
        ("`up`", "\\fBup\\fR"),
        ("– ≥", "\\[u2013] \\[u2265]"),
    ],
)
def test_nothing_in_a_text_is_a_request(text: str, escaped: str) -> None:
    roff = runpy.run_path(str(GENERATOR))["roff"]
    assert roff(text) == escaped
    assert not re.match(r"[.']", roff(text))
