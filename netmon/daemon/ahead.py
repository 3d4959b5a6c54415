"""What who leads has folded and nobody can read yet: other folders ask for it, and show it until they can.

When the server dies that led the journal, entries are durable only after an election. Whoever writes goes on from
memory, and tells people; what others show must not wait for it either. It never counts: the picture of the journal
stays beside it, is what digests are of, and is gone on from. What never comes to the journal is not shown any more
once that goes on.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from netmon.daemon.fold_loop import FoldLoop
from netmon.errors import StateError
from netmon.events import Entry
from netmon.journal.codec import encode, entry_of
from netmon.model import Inventory
from netmon.picture.state import Picture

log = logging.getLogger(__name__)

LAST, MOST = 500, 20_000
"""Entries that are remembered, and events of them: an election takes ten seconds, in which probers tell dozens."""
EVERY = 0.5
"""Seconds from one question to the next, while there is one."""
AT_ONCE = 50
"""Entries that are folded before others have a turn."""
SETTLED = 6
"""Times that it would have been asked again, after which the journal has what it will ever have of it."""
LONGEST = 500_000
"""Characters of entries in one answer; a NATS server takes no message above a megabyte."""


class Recent:
    """The last entries that were folded, to be told to who cannot read them."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._events = 0

    def note(self, entry: Entry) -> None:
        """Remember an entry; one that takes the place of others ends what was remembered of them."""
        while self._entries and self._entries[-1].position >= entry.position:
            self._events -= len(self._entries.pop().events)
        self._entries.append(entry)
        self._events += len(entry.events)
        while len(self._entries) > LAST or (self._events > MOST and len(self._entries) > 1):
            self._events -= len(self._entries.popleft().events)

    def after(self, position: int) -> bytes:
        """Return what follows the entry at a position; nothing when that one is not remembered.

        An inventory is too large for it: whoever needs it waits for the journal.
        """
        told, length, is_known = list[tuple[int, float, str]](), 0, False
        for entry in self._entries:
            if is_known:
                text = encode(entry.events)
                length += len(text)
                if entry.inventory is not None or length > LONGEST:
                    break
                told.append((entry.position, entry.at, text))
            is_known = is_known or entry.position == position
        return json.dumps(told).encode()


def read_entries(words: bytes) -> list[Entry]:
    """Return the entries that `Recent` told.

    Raises:
        StateError: it did not.
    """
    try:
        return [
            entry_of(int(position), float(at), str(text), _no_inventory) for position, at, text in json.loads(words)
        ]
    except (ValueError, TypeError) as error:
        raise StateError(f"what who leads tells cannot be read: {error}", "run one version of netmon") from error


class Ahead:
    """What is shown: the journal's picture of `folding`, or one ahead of it. `publish` is told of each change.

    `ask` returns what whoever leads has folded after a position.
    """

    def __init__(
        self,
        folding: Callable[[], FoldLoop],
        ask: Callable[[int], Awaitable[bytes]],
        publish: Callable[[Picture, Picture], None],
    ) -> None:
        self._folding = folding
        self._ask = ask
        self._publish = publish
        self._ahead: FoldLoop | None = None

    @property
    def picture(self) -> Picture | None:
        """What is shown; None before the journal's first entry."""
        return self._folding().picture if self._ahead is None else self._ahead.picture

    async def run(self, is_wanted: Callable[[], bool]) -> None:
        """Ask while it is wanted, until cancelled; when it has not been for a while, show the journal's picture."""
        unwanted = 0
        while True:
            await asyncio.sleep(EVERY)
            unwanted = 0 if is_wanted() else unwanted + 1
            if unwanted > SETTLED:
                self.drop()
            elif not unwanted and (picture := self.picture) is not None:
                words = await self._ask(picture.position)
                try:
                    entries = read_entries(words)
                except StateError as error:
                    log.warning("%s", error)
                    continue
                for start in range(0, len(entries), AT_ONCE):
                    if is_wanted() and self.picture is picture:
                        picture = self._taken(picture, entries[start : start + AT_ONCE])
                        await asyncio.sleep(0)

    def folded(self, before: Picture, after: Picture) -> None:
        """Note that the journal went on; it watches what is folded of it."""
        ahead = self.picture if self._ahead is not None else None
        if ahead is None:
            self._publish(before, after)
        elif ahead.position <= after.position:
            self._ahead = None
            self._publish(ahead, after)

    def drop(self) -> None:
        """Show the journal's picture."""
        ahead, self._ahead = self._ahead, None
        picture = self._folding().picture
        if ahead is not None and ahead.picture is not None and picture is not None:
            self._publish(ahead.picture, picture)

    def _taken(self, before: Picture, entries: Sequence[Entry]) -> Picture:
        """Return the picture with some entries more."""
        if self._ahead is None:
            self._ahead = FoldLoop(lambda _effect: None)
            self._ahead.begin(before)
        self._ahead.replay(entries)
        after = self._ahead.picture
        if after is None:
            return before
        self._publish(before, after)
        return after


def _no_inventory(digest: str) -> Inventory:
    raise StateError(f"the inventory {digest[:12]} is told by the journal alone")
