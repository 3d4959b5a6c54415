"""What every journal can do; the fold and the daemon know nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from netmon.errors import StateError
from netmon.events import Entry
from netmon.journal.checkpoint import Checkpoint
from netmon.model import Inventory


class OvertakenError(StateError):
    """Another process writes this journal now; what this one writes is refused."""


class GoneError(StateError):
    """What was to be read next is not in the journal any more: read it from a checkpoint again."""


class ApartError(GoneError):
    """What was read last is not the journal's history, of which servers keep different copies."""


class Journal(Protocol):
    """An append-only log of entries with rising positions, and checkpoints beside it."""

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 when there is none."""
        ...

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries, in order; they are durable when this returns.

        Raises:
            StateError: nothing was written (disk full, read-only, damaged).
        """
        ...

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield all entries with a position above `after`, oldest first.

        Raises:
            StateError: an entry cannot be read.
        """
        ...

    def last_dated(self, until: float, after: int) -> int:
        """Return the position of the last entry above `after` dated `until` (Unix seconds) or earlier; else 0.

        There is one behind later ones where the clock was set back.

        Raises:
            StateError: the entries cannot be read.
        """
        ...

    def inventory(self, digest: str) -> Inventory:
        """Return an inventory that was in force.

        Raises:
            StateError: the journal does not hold it.
        """
        ...

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yield the checkpoints, newest first."""
        ...

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint of an entry that is durable, and drop those that are no longer of use.

        Raises:
            StateError: it was not written.
        """
        ...

    def forget(self, before: float) -> int:
        """Drop entries older than `before` (Unix seconds), as far as a checkpoint holds what they came to.

        That checkpoint becomes the base of the journal. Return how many entries were dropped.

        Raises:
            StateError: some could not be dropped.
        """
        ...

    def close(self) -> None:
        """Give the files back."""
        ...
