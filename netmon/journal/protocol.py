"""What every journal can do; the fold and the daemon know nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from netmon.events import Entry


class Journal(Protocol):
    """An append-only log of entries with rising positions."""

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

    def close(self) -> None:
        """Give the files back."""
        ...
