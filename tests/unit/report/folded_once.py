"""The fold, which remembers: a month is folded while it is lived, and again, from the same entries, for its report.

What it comes to is told by its arguments alone, so it need not be reckoned twice. Whatever else the report folds, or
folds onto something else, is.
"""

from __future__ import annotations

from netmon.events import Effect, Entry
from netmon.picture.fold import fold
from netmon.picture.state import Picture

Folded = tuple[Picture, tuple[Effect, ...]]


class FoldedOnce:
    """`fold`, by which the same entry object is folded onto the same picture object only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Picture | None, Entry, Folded]] = {}

    def __call__(self, picture: Picture | None, entry: Entry) -> Folded:
        key = (id(picture), id(entry))
        if key not in self._known:  # with what it is of: an id is another's as soon as its object is gone
            self._known[key] = (picture, entry, fold(picture, entry))
        return self._known[key][2]
