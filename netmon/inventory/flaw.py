"""What is wrong in a document, and where in it: the finding before anybody knows its file and line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from netmon.errors import Severity

Path = tuple[str | int, ...]
"""Where a value stands in a document: keys and list indices from the top, such as `("nodes", 3, "address")`."""


_LONGEST_VALUE: Final = 60
_LONGEST_LINE: Final = 500
_LONGEST_WORD: Final = 128


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
    meant = closest(word, known)
    return "" if meant is None else f'did you mean "{meant}"?'


class Hints:
    """Hints for many words: some get none once comparing has taken a few tenths of a second.

    Whoever takes one country's observations with the drawing of another makes a mistake in each of 83,000 names.
    """

    def __init__(self, comparisons: int = 10_000) -> None:
        self._left = comparisons

    def did_you_mean(self, word: str, known: Collection[str]) -> str:
        """Return a hint that names the closest known word, or an empty one."""
        if self._left <= 0:
            return ""
        self._left -= len(known)
        return did_you_mean(word, known)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is closest to one, None when none is close."""
    if len(word) > _LONGEST_WORD:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 (only mistakes pay for it)

    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None


def shown(value: Any) -> str:
    """Return a value for a message: quoted, control characters escaped, cut when long."""
    return _cut(one_line(json.dumps(value, ensure_ascii=False, default=str)), _LONGEST_VALUE)


def one_line(text: str) -> str:
    """Return a text that may quote a file as one line that no terminal obeys."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)
    return _cut(text, _LONGEST_LINE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
