"""What a server made netmon say, as it may be shown."""

from __future__ import annotations

from netmon.probes.services.result import LONGEST_DETAIL, shown
from tests.rows import every_row


@every_row(
    ("said", "found"),
    [
        ("status 404", "status 404"),
        ("desa é", "desa é"),
        ("\x1b[2J\x1b]0;root\x07", "�[2J�]0;root�"),
        ("one\ntwo\r", "one�two�"),
        ("\u202ereversed", "�reversed"),
        ("x" * LONGEST_DETAIL, "x" * LONGEST_DETAIL),
        ("x" * 70_000, "x" * (LONGEST_DETAIL - 1) + "…"),
    ],
)
def test_it_is_short_and_moves_no_terminal(said: str, found: str) -> None:
    assert shown(said) == found
