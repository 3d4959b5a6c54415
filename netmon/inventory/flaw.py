"""What is wrong in a document, and where in it: the finding before anybody knows its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from netmon.errors import Severity

Path = tuple[str | int, ...]
"""Where a value stands in a document: keys and list indices from the top, such as `("nodes", 3, "address")`."""


class Flaw(NamedTuple):
    """One thing wrong. `see` is a second place that has to do with it, such as the first of two equal ids."""

    code: str
    path: Path
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    see: Path | None = None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known word, or an empty one when none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 (only mistakes pay for it)

    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return f'did you mean "{by_lower[close[0]]}"?' if close else ""
