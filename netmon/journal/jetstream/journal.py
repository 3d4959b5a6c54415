"""The journal on NATS JetStream: one stream of entries, and beside it two object stores, on servers of its own.

Every entry is one message. It says which position it has, which writer wrote it and, by its chain value, what was
there before; it is accepted only behind the message that its writer knows as the last: two writers cannot interleave,
and what is sent twice is written once. When an acknowledgement was lost, the writer looks what the stream ends with
before it sends again, however long that took.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError

from netmon.ending import end_all
from netmon.errors import NetmonError, StateError
from netmon.events import Entry
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.codec import inventory_of
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.connection import PATIENCE, closed, connected, is_undecided, trouble
from netmon.journal.jetstream.copies import AGAIN, PROMPT, Copies
from netmon.journal.jetstream.kept import Head, Kept
from netmon.journal.jetstream.message import entry_from
from netmon.journal.jetstream.reading import Reading
from netmon.journal.jetstream.writing import Writing
from netmon.model import Inventory

T = TypeVar("T")
log = logging.getLogger(__name__)

AGREEING = 60.0
"""Seconds in which the servers of a cluster may agree who leads, before a journal that is opened is given up: after
a start, often that of netmon too, they take two to four, and where one is missing five to fifteen, or more."""
WHOLE = 120.0
"""Seconds that a call may take that makes several requests, such as to read a checkpoint of a country."""


class JetStreamJournal:
    """A journal on NATS. Its methods wait; the connection lives on a loop in a thread of its own."""

    def __init__(self, address: JetStreamAddress, *, read_only: bool = False) -> None:
        """Connect, and make the journal if it is not there; a reader makes nothing.

        Raises:
            StateError: no server answers, it does not let netmon in, or has no JetStream.
            ConfigError: the secret is not where it should be.
        """
        self.address = address
        self._said: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        self._client: Client | None = None
        try:
            self._wait(self._open(read_only=read_only))
        except NetmonError:
            self.close()
            raise

    def last_position(self) -> int:
        """Return the position of the newest entry, or of the newest checkpoint that took the place of entries."""
        return self._wait(self._last_position())

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries, each acknowledged by the servers before the next; those that were, are not written again.

        Raises:
            StateError: not all were written.
        """
        self._wait(self._writing.append(entries))

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield all entries above `after` that are there now, each with the inventory it puts in force.

        Raises:
            ApartError: what was read before was not the journal's history: begin again.
            StateError: an entry cannot be read.
        """
        inventory, stretch = cache(self.inventory), self._wait(self._reading.stretch(after))
        while (found := self._wait(self._reading.read(stretch))) is not None:
            for position, body in found:
                yield entry_from(position, body, inventory)

    def last_dated(self, until: float, after: int) -> int:
        """Return the position of the last entry above `after` that is dated `until` or earlier; 0 if there is none.

        Raises:
            ApartError: what was read before was not the journal's history: begin again.
            StateError: an entry cannot be read.
        """
        return max((entry.position for entry in self.read(after) if entry.at <= until), default=0)

    def follow(self, after: int, patience: float) -> list[Entry]:
        """Return the next entries above `after`, in order; none when none came for `patience` seconds.

        Call it again with the position of the last: the place is kept.

        Raises:
            GoneError: entries above `after` are gone, the journal is another one, or what was read before was not
                its history: start again from a checkpoint.
            StateError: an entry cannot be read.
        """
        bodies = self._wait(self._reading.follow(after, patience))
        return [entry_from(position, body, self.inventory) for position, body in bodies]

    def take_over(self) -> int:
        """Write behind what is there now, whoever wrote it. Return the position of the newest entry.

        Raises:
            ApartError: what was read before is not what is there now.
        """
        return self._wait(self._take_over())

    def inventory(self, digest: str) -> Inventory:
        """Return an inventory that was in force.

        Raises:
            StateError: the journal does not hold it, or cannot be read.
        """
        try:
            document = self._wait(self._kept.inventory(digest))
        except StateError as error:
            if isinstance(error.__cause__, NotFoundError):
                raise StateError(f"{self.address} does not hold the inventory {digest[:12]} it refers to") from error
            raise
        return inventory_of(document, digest)

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yield the checkpoints, newest first, but none of a history that is not the journal's.

        Raises:
            StateError: they cannot be read.
        """
        for head in self._wait(self._kept.heads()):
            if self._wait(self._agrees(head)):
                yield self._wait(self._kept.checkpoint(head))
            else:
                log.warning("the checkpoint at entry %d is of another history and is passed over", head[0].position)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, and drop those that are no longer of use.

        Raises:
            StateError: it was not written.
        """
        self._wait(self._keep(checkpoint))

    @property
    def apart(self) -> int:
        """How many entries servers have told this process otherwise than their writer did."""
        return self._reading.apart

    @property
    def missing(self) -> int:
        """How many of these no server held any more."""
        return self._reading.missing

    def forget(self, before: float) -> int:
        """Drop the entries up to the newest checkpoint that is older than `before`, which becomes the base.

        Raises:
            StateError: some could not be dropped.
        """
        return self._wait(self._forget(before))

    def close(self) -> None:
        """End the connection."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(2 * PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do work on the connection's loop, and return what it comes to; what NATS says becomes a StateError."""
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, WHOLE), self._loop)
        try:
            return future.result()
        except (TimeoutError, NatsError, OSError) as error:
            raise trouble(error, self._said, self.address) from error

    async def _open(self, *, read_only: bool) -> None:
        self._client = await connected(self.address, self._hear)
        self._js = self._client.jetstream(timeout=PROMPT)
        self._copies = Copies(self._js, self.address.name, str(self.address))
        self._reading = Reading(self._copies)
        self._kept = Kept(self._js, self.address.name)
        self._writing = Writing(self._js, self._copies, self._reading, self._kept, str(self.address))
        deadline, told = self._loop.time() + AGREEING, False
        while True:
            try:
                return await self._find(read_only=read_only)
            except (TimeoutError, APIError) as error:
                if not is_undecided(error, self._said):
                    raise
                if self._loop.time() > deadline:
                    raise StateError(
                        f"journal {self.address}: its servers have not agreed who leads in {AGREEING:g} s",
                        "start nats-server on more than half of them, and see their logs",
                    ) from error
            if not told:
                log.warning("the servers of %s do not agree yet who leads: they have %g s", self.address, AGREEING)
            told = True
            await asyncio.sleep(AGAIN)

    async def _find(self, *, read_only: bool) -> None:
        """Find or make the stream and what is kept beside it."""
        try:
            await self._js.stream_info(self.address.name)
        except NotFoundError:
            if read_only:
                raise
            await self._js.add_stream(self._stream())
        await self._kept.open(replicas=self.address.replicas, read_only=read_only)
        await self._writing.take_over()

    def _stream(self) -> StreamConfig:
        return StreamConfig(
            name=self.address.name,
            subjects=[f"{self.address.name}.entries"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            num_replicas=self.address.replicas,
            allow_direct=False,  # a copy may lag behind; who starts must see the end
        )

    async def _end(self) -> None:
        if self._client is not None:
            await closed(self._client)
        await end_all(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))
        await asyncio.sleep(0)  # a transport is closed a turn later

    async def _hear(self, error: Exception) -> None:
        self._said = [str(error)]

    async def _last_position(self) -> int:
        state, kept = await self._copies.state(), await self._kept.newest()
        return max((await self._copies.led(state.last_seq)).position if state.messages else 0, kept)

    async def _take_over(self) -> int:
        last = await self._writing.take_over()
        await self._reading.look_at_end(last)
        return await self._last_position()

    async def _agrees(self, head: Head) -> bool:
        """Tell whether a checkpoint is of the journal's history: the next entry names the last that is in it."""
        (position, at, _), chain = head[0], head[1].get("chain")
        state = await self._copies.state()
        if chain is None or not state.messages:
            return True
        sequence = await self._copies.sequence_above(position)
        if sequence > state.last_seq:
            last = await self._reading.message(state.last_seq)
            is_it = last.position == position and last.chain == chain  # else the servers lost what led to it
        else:  # before the first that is there, somebody may have dropped some: a read says so
            is_it = sequence <= state.first_seq or (await self._reading.message(sequence)).follows(chain)
        if is_it:
            self._reading.begin(sequence - 1, position, chain, at)
        return is_it

    async def _keep(self, checkpoint: Checkpoint) -> None:
        chain = self._reading.chain_of(checkpoint.position)
        if chain is None:  # it ends with an entry that no server holds: nobody could tell of what history it is
            return
        await self._kept.put(checkpoint, chain)
        await self._kept.thin_out()

    async def _forget(self, before: float) -> int:
        position = await self._kept.make_base(before)
        if position is None:
            return 0
        held = (await self._copies.state()).messages
        await self._js.purge_stream(self.address.name, seq=await self._copies.sequence_above(position))
        return int(held - (await self._copies.state()).messages)
