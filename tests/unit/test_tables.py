"""Tables on a terminal: whatever its width, nothing that was to be told is left out."""

from __future__ import annotations

import sys
from collections import Counter

import click
import pytest

from netmon.cli.output import Table, write_report

SITE, COST, CONNECTS = "35.23.12.2002", 191_222_495, ["35.23.09.2017", "35.23.09.2018"]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_narrow_terminal_cuts_no_value(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    rows = [{"site": SITE, "cost": COST, "connects": CONNECTS}]
    write_report(Table(("site", "cost", "connects"), rows), format_="table")
    told = click.unstyle(capsys.readouterr().out)
    assert max(map(len, told.splitlines())) <= width
    assert Counter(filter(str.isdigit, told)) == Counter(filter(str.isdigit, f"{SITE} {COST} {CONNECTS}"))
