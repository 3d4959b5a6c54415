"""A journal that lives and dies with the process: for the demo, which leaves nothing behind, and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netmon.errors import StateError
from netmon.events import Entry
from netmon.journal.checkpoint import Checkpoint
from netmon.model import Inventory


class MemoryJournal:
    """Entries in a list. It has no checkpoints: nobody will ever start from it."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 when there is none."""
        return self._entries[-1].position if self._entries else 0

    def append(self, entries: Sequence[Entry]) -> None:
        """Keep entries, in order."""
        self._entries.extend(entries)

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield all entries with a position above `after`, oldest first."""
        return (entry for entry in tuple(self._entries) if entry.position > after)

    def last_dated(self, until: float, after: int) -> int:
        """Return the position of the last entry above `after` dated `until` or earlier; 0 if there is none."""
        return max((entry.position for entry in self.read(after) if entry.at <= until), default=0)

    def inventory(self, digest: str) -> Inventory:
        """Return an inventory that was in force.

        Raises:
            StateError: there was none of this digest.
        """
        for entry in self._entries:
            if entry.inventory is not None and entry.inventory.digest == digest:
                return entry.inventory
        raise StateError(f"the journal does not hold the inventory {digest[:12]}")

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yield nothing."""
        return iter(())

    def keep(self, checkpoint: Checkpoint) -> None:
        """Let the checkpoint go."""

    def forget(self, before: float) -> int:
        """Drop nothing: what grows here ends with the process."""
        del before
        return 0

    def close(self) -> None:
        """Do nothing: there are no files."""
