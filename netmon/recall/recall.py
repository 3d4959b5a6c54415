"""The picture of a moment, out of the journal: from the newest checkpoint of use, else from the beginning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netmon.clock import PRINTED
from netmon.errors import StateError
from netmon.events import Entry, ProbingGap, ProbingStarted
from netmon.journal.protocol import Journal
from netmon.model import Inventory
from netmon.picture.fold import NothingYetError, fold
from netmon.picture.state import Picture
from netmon.recall.snapshot import UnusableError, thaw


@dataclass(frozen=True, slots=True)
class Start:
    """Where folding begins: the picture of a checkpoint and its position, or None and 0 for the very beginning.

    `passed_over` says in words which newer checkpoints could not be used, and why.
    """

    picture: Picture | None = None
    position: int = 0
    passed_over: tuple[str, ...] = ()


def find_start(journal: Journal, until: float | None = None, *, whole: bool = False) -> Start:
    """Return where to begin so that the picture at `until` comes out as if everything had been folded.

    Args:
        journal: where entries and checkpoints are.
        until: Unix seconds; None for everything there is.
        whole: take no short cut: begin as early as the entries are without a hole.

    Raises:
        StateError: the journal cannot be read, or begins with a checkpoint that cannot be.
    """
    passed_over: list[str] = []
    inventories: dict[str, Inventory] = {}

    def inventory(digest: str) -> Inventory:
        if digest not in inventories:
            inventories[digest] = journal.inventory(digest)
        return inventories[digest]

    for checkpoint in journal.checkpoints():
        if (until is not None and checkpoint.at > until) or (whole and not checkpoint.is_base):
            continue
        try:
            picture = thaw(checkpoint, inventory, old=checkpoint.is_base)
        except UnusableError as error:
            passed_over.append(error.message)
            if checkpoint.is_base:  # nothing older can be folded up to what follows it
                raise StateError(
                    f"{error.message}, and the entries before it are gone",
                    "put an older copy of the journal in its place, or begin a new one with another --state",
                ) from error
        else:
            return Start(picture, checkpoint.position, tuple(passed_over))
    return Start(passed_over=tuple(passed_over))


def entries_until(journal: Journal, start: Start, until: float | None) -> Iterator[Entry]:
    """Yield what is to be folded onto a start: entries in order, up to the first that is later than `until`.

    But if that moment was leapt over by a clock that was ahead, and was set back later, then that is when it came.
    """
    is_first, ahead = start.picture is None, 0
    for entry in journal.read(after=start.position):
        if until is None or entry.at <= until:
            ahead = 0
        elif entry.position > ahead:
            ahead = journal.last_dated(until, entry.position) if is_first or is_behind_a_gap(entry) else 0
            if not ahead:
                return
        is_first = False
        yield entry


def is_behind_a_gap(entry: Entry) -> bool:
    """Tell whether nothing is known of the time before an entry: its clock may have leapt."""
    return any(isinstance(event, ProbingGap | ProbingStarted) for event in entry.events)


def recall(journal: Journal, until: float | None = None, *, whole: bool = False) -> Picture | None:
    """Return the picture of a moment, to the end of its millisecond; None when nothing is known up to then.

    Raises:
        StateError: the journal cannot be read, or its beginning is missing.
    """
    if until is not None:
        until += PRINTED
    start = find_start(journal, until, whole=whole)
    picture = start.picture
    for entry in entries_until(journal, start, until):
        try:
            picture = fold(picture, entry)[0]
        except NothingYetError as error:
            raise StateError(f"the journal lacks its beginning: {error}", "look for an older copy of it") from error
    return picture
