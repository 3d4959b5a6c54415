"""Reading a journal on NATS: one history, whatever copy of it a server holds (`chain`)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from netmon.journal.chain import Message, Straight, Wanted, most_held, straight
from netmon.journal.jetstream.copies import Copies
from netmon.journal.jetstream.message import bodies, date_of
from netmon.journal.jetstream.tail import Tail
from netmon.journal.protocol import ApartError

log = logging.getLogger(__name__)

FETCH = 500
"""Entries that are read at once."""
MARGIN = 100
"""Entries that a long read keeps back until it has read on: what comes after may say that they were others."""
REMEMBERED = 10_000
"""Entries whose chain values are remembered, at least."""
AWAY = 20.0
"""Seconds for which a server that cannot be asked is waited for, when none of the others holds an entry."""
AGAIN = 0.5
"""Seconds from one look whether it is back to the next."""
Bodies = list[tuple[int, bytes]]
"""(position, body) of entries."""


@dataclass(slots=True)
class Stretch:
    """What is still to be read: messages from `sequence` to `last`, and before them those that were kept back."""

    sequence: int
    last: int
    kept_back: list[Message] = field(default_factory=list)


class Reading:
    """Reads, and remembers what it has read.

    `apart` counts the entries that a server told otherwise than their writer; `missing` those of them that no server
    holds any more.
    """

    def __init__(self, copies: Copies) -> None:
        self.apart = 0
        self.missing = 0
        self._copies = copies
        self._had: dict[int, str] = {}  # chain values by sequence
        self._places: dict[int, int] = {}  # position → sequence
        self._mended: dict[int, Message | None] = {}  # what a server told otherwise, by sequence; None: lost
        self._begun: tuple[int, int, float | None] = (0, 0, None)  # sequence, position, date of where a read began
        self._latest: Message | None = None
        self._missed: dict[str, float] = {}  # servers that were waited for, and since when (monotonic)
        self._looked = float("-inf")  # when it was last seen that they are missed
        self._tail: tuple[int, Tail] | None = None  # of what follows this position

    def note(self, sequence: int, position: int, chain: str) -> None:
        """Remember an entry that was read or written."""
        self._had[sequence] = chain
        self._places[position] = sequence
        for memory in (self._had, self._places, self._mended):
            if len(memory) > 2 * REMEMBERED:
                for old in list(memory)[:REMEMBERED]:
                    del memory[old]

    def begin(self, sequence: int, position: int, chain: str, at: float) -> None:
        """Read on from a checkpoint: `sequence` is that of the last message that is in it."""
        self.note(sequence, position, chain)
        self._begun = sequence, position, at

    def chain_at(self, sequence: int) -> str | None:
        """Return the chain value of the message at a sequence, as it was read or written; None if it was not."""
        return self._had.get(sequence)

    def chain_of(self, position: int) -> str | None:
        """Return the chain value of the entry at a position, as it was read or written; None if it was not."""
        return self._had.get(self._places.get(position, -1))

    async def message(self, sequence: int) -> Message:
        """Return the message at a sequence, as well as can be told without reading on."""
        return self._mended.get(sequence) or await self._copies.led(sequence)

    async def stretch(self, after: int) -> Stretch:
        """Return all entries above `after` that are there now, to be read one batch after the other."""
        state = await self._copies.state()
        last = state.last_seq if state.messages else 0
        return Stretch(max(await self._copies.sequence_above(after), 1), last)

    async def read(self, stretch: Stretch) -> Bodies | None:
        """Return the next entries of a stretch, some hundreds at once; None when there are no more.

        Raises:
            ApartError: what was returned before is not the journal's history.
            StateError: an entry is not there.
        """
        if stretch.sequence > stretch.last:
            return None
        count = min(FETCH, stretch.last - stretch.sequence + 1)
        read = [*stretch.kept_back, *await self._copies.fetch(stretch.sequence, count)]
        stretch.sequence += count
        told = await self._straightened(read)
        ready = len(told) if stretch.sequence > stretch.last else max(len(told) - MARGIN, 0)
        while ready and told[ready - 1] is None:
            ready -= 1
        stretch.kept_back = read[len(read) - (len(told) - ready) :] if ready < len(told) else []
        return self._handed(told[:ready])

    async def follow(self, after: int, patience: float) -> Bodies:
        """Return the next entries above `after`; none when none came for `patience` seconds.

        Raises:
            ApartError: what was read before is not the journal's history.
            GoneError: what comes next is not in the stream any more, or the stream is another.
        """
        if self._tail is None or self._tail[0] != after:
            await self.close()
            sequence = max(await self._copies.sequence_above(after), 1)  # an empty stream begins with 0
            self._tail = after, Tail(self._copies.js, self._copies.name, sequence)
        tail, apart = self._tail[1], self.apart
        self._tail = None  # unless all goes well
        found: Bodies = []
        try:
            read = await tail.take(patience)
            if read:
                found = self._handed(await self._straightened(read))
        except BaseException:
            await tail.close()
            raise
        if self.apart > apart:
            await tail.close()  # the next reader may be on another server
        self._tail = found[-1][0] if found else after, tail
        return found

    async def look_at_end(self, last: int) -> None:
        """Compare the message that the stream ends with to what was read or written there.

        Raises:
            ApartError: it is another.
        """
        known = self._had.get(last)
        if known is None or (await self._copies.led(last)).chain == known:
            return
        most = most_held((await self._copies.held(last, last)).get(last, ()))
        if most is not None and most.chain != known:
            self.apart += 1
            raise self._came_apart(last - 1)

    async def close(self) -> None:
        """Let the servers forget the reader."""
        tail, self._tail = self._tail, None
        if tail is not None:
            await tail[1].close()

    async def _straightened(self, read: Sequence[Message]) -> list[Message | None]:
        """Return what the history says where a server said this; None first when somebody dropped what was before."""
        own = [self._mended.get(one.sequence) or one for one in read]
        first, last = own[0].sequence, own[-1].sequence
        found = await self._history(own)
        while self._lost(found) and await self._waited():
            found = await self._history(own)
        self._mend(own, found)
        if found.agreed < first - 1:
            raise self._came_apart(found.agreed)
        told = [found.told[at] for at in range(first, last + 1)]
        before, begins = self._had.get(first - 1), told[0]
        if before is None or begins is None or begins.follows(before):
            return told
        log.error("entries before message %d have been dropped that were in no checkpoint", first)
        return [None, *told]

    async def _history(self, own: Sequence[Message]) -> Straight:
        """Return what the history says, as far as servers can be asked."""
        last = own[-1].sequence
        end = self._mended.get(last) or await self._copies.led(last)
        asked: dict[int, Sequence[Message]] = {}
        while isinstance(found := straight(own, end, self._had, asked), Wanted):
            held = await self._copies.held(found.first, found.last)
            asked.update({at: held.get(at, ()) for at in range(found.first, found.last + 1)})
        return found

    def _lost(self, found: Straight) -> list[int]:
        """Return the sequences of what no server holds, as far as that is news."""
        return [at for at, one in found.told.items() if one is None and at not in self._mended]

    async def _waited(self) -> bool:
        """Wait a moment for servers that cannot be asked: they may hold it. False: none is, or that was enough."""
        now, away = time.monotonic(), self._copies.away
        known = self._missed if now - self._looked <= AWAY else {}  # else they may have been back meanwhile
        self._missed, self._looked = {name: known.get(name, now) for name in away}, now
        if new := sorted(away - known.keys()):
            log.warning("no server that can be asked holds an entry; %s is waited for", ", ".join(new))
        if all(now - since >= AWAY for since in self._missed.values()):
            return False
        await asyncio.sleep(AGAIN)
        return True

    def _mend(self, own: Sequence[Message], found: Straight) -> None:
        """Remember what was told otherwise, and say so."""
        chains = {one.sequence: one.chain for one in own}
        wrong = [at for at, one in found.told.items() if one and one.chain != chains.get(at, self._had.get(at))]
        lost = self._lost(found)
        self._mended |= {at: found.told[at] for at in (*wrong, *lost)}
        self.apart += len(wrong) + len(lost)
        self.missing += len(lost)
        if wrong:
            log.warning(
                "a server told %d entries otherwise than their writer, up to message %d", len(wrong), wrong[0]
            )
        if lost:
            away = ", ".join(sorted(self._copies.away))
            log.error(
                "no server%s holds %d entries that were written, up to message %d",
                f" but perhaps {away}, which cannot be asked," if away else "",
                len(lost),
                lost[0],
            )

    def _came_apart(self, agreed: int) -> ApartError:
        """Forget what was read beyond the sequence up to which the histories agree; return what to say of it."""
        self._had = {at: chain for at, chain in self._had.items() if at <= agreed}
        self._places = {position: at for position, at in self._places.items() if at <= agreed}
        return ApartError(
            f"what was read after message {agreed} of {self._copies.name} is not what was written: servers disagree",
            "compare their versions, and look at their logs",
        )

    def _handed(self, told: Sequence[Message | None]) -> Bodies:
        """Remember what is handed out, and return it."""
        there = [one for one in told if one is not None]
        if not there:
            return []
        found = bodies(told, self._before(there[0].sequence))
        for one in there:
            self.note(one.sequence, one.position, one.chain)
        self._latest = there[-1]
        return found

    def _before(self, sequence: int) -> tuple[int, float | None]:
        """Return position and date of what was handed out before the message at a sequence."""
        latest, (begun, position, at) = self._latest, self._begun
        if latest is not None and begun < latest.sequence < sequence:
            return latest.position, date_of(latest)
        return position if begun < sequence else 0, at if begun < sequence else None
