"""A journal that lives and dies with the process: for the demo, which leaves nothing behind, and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netmon.events import Entry


class MemoryJournal:
    """Entries in a list."""

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

    def close(self) -> None:
        """Do nothing: there are no files."""
