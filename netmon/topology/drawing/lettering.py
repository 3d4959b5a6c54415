"""How wide words are before anything has drawn them, and words cut until they fit.

Nobody knows here which face a reader has. Widths are those of DejaVu Sans, the widest of those that people usually
have, rounded up by kinds of letters; a bold face takes a tenth more.
"""

from __future__ import annotations

import unicodedata
from functools import cache

SLIM = 0.42
PLAIN = 0.64
CAPITAL = 0.74
BROAD = 1.0
BOLD = 1.11
_SLIM = frozenset(" fijlrtI.,:;'|!()-/[]")
_BROAD = frozenset("mwMW@%…—–✕")


def breadth(words: str, size: float, *, least: float = 0.0, bold: bool = False) -> float:
    """Return how wide words are at most in letters of a size; none counts for less than `least` sizes."""
    return (BOLD if bold else 1.0) * size * sum(max(_letter(letter), least) for letter in words)


def fitted(words: str, size: float, room: float, *, least: float = 0.0, bold: bool = False) -> str:
    """Return words, cut with an ellipsis where they are wider than there is room; a letter is always left."""
    if breadth(words, size, least=least, bold=bold) <= room:
        return words
    left = room - breadth("…", size, least=least, bold=bold)
    kept = 0
    for letter in words:
        left -= breadth(letter, size, least=least, bold=bold)
        if left < 0:
            break
        kept += 1
    return words[: max(kept, 1)].rstrip() + "…"


@cache
def _letter(letter: str) -> float:
    if letter in _SLIM:
        return SLIM
    if letter in _BROAD or unicodedata.east_asian_width(letter) in "WF":
        return BROAD
    if unicodedata.combining(letter):
        return 0.0
    return CAPITAL if letter.isupper() or unicodedata.category(letter) == "Sm" else PLAIN
