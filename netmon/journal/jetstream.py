"""The journal on NATS JetStream: one stream of entries, and beside it two object stores, on servers of its own.

Every entry is one message. It says which position it has and which writer wrote it, and is accepted only behind the
message that its writer knows as the last: two writers cannot interleave, and what is sent twice is written once. When
an acknowledgement was lost, the writer looks what the stream ends with before it sends again, however long that took.
"""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
import zlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    ObjectMeta,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)  # fmt: skip
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from netmon.errors import NetmonError, StateError
from netmon.events import Entry
from netmon.inventory.document import from_document, to_document
from netmon.journal.checkpoint import Checkpoint, Stamp, superfluous
from netmon.journal.codec import encode, entry_of
from netmon.journal.jetstream_address import JetStreamAddress
from netmon.journal.jetstream_tail import Tail
from netmon.journal.nats_connection import PATIENCE, closed, connected, trouble
from netmon.journal.protocol import OvertakenError
from netmon.model import Inventory

T = TypeVar("T")

PROMPT = 1.5
"""Seconds that one request may take; asking again is cheap, since what was taken is not taken twice."""
AGAIN = 0.2
"""Seconds after which the stream is asked anew, while an answer may still come. When a server of a cluster dies, what
it was asked is lost, and so is what nobody leads to answer: the first question after an election must not wait."""
WHOLE = 120.0
"""Seconds that a call may take that makes several requests, such as to read a checkpoint of a country."""
FETCH = 500
"""Entries that are read at once."""
_POSITION, _WRITER = "Netmon-Position", "Netmon-Writer"


class JetStreamJournal:
    """A journal on NATS. Its methods wait; the connection lives on a loop in a thread of its own."""

    def __init__(self, address: JetStreamAddress, *, read_only: bool = False) -> None:
        """Connect, and make the journal if it is not there; a reader makes nothing.

        Raises:
            StateError: no server answers, it does not let netmon in, or has no JetStream.
            ConfigError: the secret is not where it should be.
        """
        self.address = address
        self._writer = uuid.uuid4().hex
        self._sequence = 0  # of the last message in the stream, as far as this writer knows
        self._is_sure = True
        self._said: list[str] = []
        self._known: set[str] = set()
        self._tail: tuple[int, Tail] | None = None  # of what follows this position
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
        self._wait(self._append(entries))

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield all entries above `after` that are there now, each with the inventory it puts in force.

        Raises:
            StateError: an entry cannot be read.
        """
        state = self._wait(self._state())
        sequence = self._wait(self._sequence_above(after))
        inventory = cache(self.inventory)
        while sequence <= state.last_seq and state.messages:
            for position, body in self._wait(self._fetch(sequence, state.last_seq)):
                sequence += 1
                yield self._entry(position, body, inventory)

    def follow(self, after: int, patience: float) -> list[Entry]:
        """Return the next entries above `after`, in order; none when none came for `patience` seconds.

        Call it again with the position of the last: the place is kept.

        Raises:
            GoneError: entries above `after` are gone, or the journal is another one: start again from a checkpoint.
            StateError: an entry cannot be read.
        """
        bodies = self._wait(self._follow(after, patience))
        return [self._entry(position, body, self.inventory) for position, body in bodies]

    def take_over(self) -> int:
        """Write behind what is there now, whoever wrote it. Return the position of the newest entry."""
        return self._wait(self._take_over())

    def inventory(self, digest: str) -> Inventory:
        """Return an inventory that was in force.

        Raises:
            StateError: the journal does not hold it, or cannot be read.
        """
        try:
            document = self._wait(self._get("inventories", digest))
        except StateError as error:
            if isinstance(error.__cause__, NotFoundError):
                raise StateError(f"{self.address} does not hold the inventory {digest[:12]} it refers to") from error
            raise
        return from_document(json.loads(document))

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yield the checkpoints, newest first.

        Raises:
            StateError: they cannot be read.
        """
        for stamp, head in self._wait(self._heads()):
            content = self._wait(self._get("checkpoints", f"{stamp.position:020}"))
            yield Checkpoint(*stamp[:2], head["fingerprint"], content, stamp.is_base, head["digest"])

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, and drop those that are no longer of use.

        Raises:
            StateError: it was not written.
        """
        self._wait(self._keep(checkpoint))

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

    def _entry(self, position: int, body: bytes, inventory: Callable[[str], Inventory]) -> Entry:
        try:
            document = json.loads(zlib.decompress(body))
            at, text = float(document["at"]), document["events"]
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"journal entry {position} cannot be read: {error}", "somebody else writes to its stream"
            ) from error
        return entry_of(position, at, text, inventory)

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
        self._stores: dict[str, ObjectStore] = {}
        try:
            await self._js.stream_info(self.address.name)
        except NotFoundError:
            if read_only:
                raise
            await self._js.add_stream(self._stream())
        for kind in ("inventories", "checkpoints"):
            bucket = f"{self.address.name}-{kind}"
            try:
                self._stores[kind] = await self._js.object_store(bucket)
            except NotFoundError:
                if read_only:
                    raise
                self._stores[kind] = await self._js.create_object_store(bucket, replicas=self.address.replicas)
        self._sequence = (await self._state()).last_seq

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
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0)  # a transport is closed a turn later

    async def _hear(self, error: Exception) -> None:
        self._said = [str(error)]

    async def _state(self) -> Any:
        return (await self._js.stream_info(self.address.name)).state

    async def _state_at_last(self) -> Any:
        """Return what the stream says to the first question that is answered, of several."""
        asked: list[asyncio.Task[Any]] = []
        try:
            while len(asked) < PROMPT / AGAIN:
                asked.append(asyncio.create_task(self._state()))
                done, _ = await asyncio.wait(asked, timeout=AGAIN, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    return done.pop().result()
            raise NatsTimeoutError
        finally:
            for one in asked:
                one.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _append(self, entries: Sequence[Entry]) -> None:
        if not self._is_sure:
            entries = await self._unwritten(entries)
        self._is_sure = False
        for entry in entries:
            if entry.inventory is not None and entry.inventory.digest not in self._known:
                document = json.dumps(to_document(entry.inventory), ensure_ascii=False)
                await self._stores["inventories"].put(entry.inventory.digest, document.encode())
                self._known.add(entry.inventory.digest)
            body = zlib.compress(json.dumps({"at": entry.at, "events": encode(entry.events)}).encode())
            acknowledged = await self._js.publish(
                f"{self.address.name}.entries",
                body,
                timeout=PROMPT,
                headers={
                    "Nats-Msg-Id": f"{self._writer}-{entry.position}",
                    "Nats-Expected-Last-Sequence": str(self._sequence),
                    _POSITION: str(entry.position),
                    _WRITER: self._writer,
                },
            )
            self._sequence = acknowledged.seq
        self._is_sure = True

    async def _unwritten(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries that are not in the stream, which may have taken some without our hearing of it."""
        last = (await self._state_at_last()).last_seq
        if last == self._sequence:
            return entries
        if last < self._sequence:
            raise StateError(
                f"{self.address} has lost entries that it had acknowledged",
                "restart netmon: it goes on from the rest",
            )
        headers = await self._headers(last)
        if headers.get(_WRITER) != self._writer:
            raise OvertakenError(f"another netmon writes {self.address}", "stop it, or name another journal: …/NAME")
        self._sequence = last
        return [entry for entry in entries if entry.position > int(headers[_POSITION])]

    async def _headers(self, sequence: int) -> dict[str, str]:
        try:
            return (await self._js.get_msg(self.address.name, seq=sequence)).headers or {}
        except NotFoundError as error:
            raise self._misses(sequence) from error

    def _misses(self, sequence: int) -> StateError:
        return StateError(
            f"{self.address} misses message {sequence} of its stream", "somebody else deletes from it: who may?"
        )

    async def _last_position(self) -> int:
        state, heads = await self._state(), await self._heads()
        newest = int((await self._headers(state.last_seq))[_POSITION]) if state.messages else 0
        return max(newest, heads[0][0].position if heads else 0)

    async def _sequence_above(self, position: int) -> int:
        """Return the sequence of the first entry above a position, by halving: positions rise, with holes."""
        state = await self._state()
        low, high = state.first_seq, state.last_seq + 1
        while low < high and state.messages:
            middle = (low + high) // 2
            if int((await self._headers(middle))[_POSITION]) > position:
                high = middle
            else:
                low = middle + 1
        return int(low)

    async def _follow(self, after: int, patience: float) -> list[tuple[int, bytes]]:
        if self._tail is None or self._tail[0] != after:
            if self._tail is not None:
                await self._tail[1].close()
            sequence = max(await self._sequence_above(after), 1)  # an empty stream begins with 0
            self._tail = after, Tail(self._js, self.address.name, sequence)
        tail = self._tail[1]
        self._tail = None  # unless all goes well
        found = [(int(headers[_POSITION]), body) for headers, body in await tail.take(patience)]
        self._tail = found[-1][0] if found else after, tail
        return found

    async def _take_over(self) -> int:
        self._sequence, self._is_sure = (await self._state()).last_seq, True
        return await self._last_position()

    async def _fetch(self, sequence: int, last: int) -> list[tuple[int, bytes]]:
        """Return (position, body) of the next entries, without a hole."""
        count = min(FETCH, last - sequence + 1)
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=sequence,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=30.0,
        )
        reader = await self._js.pull_subscribe("", stream=self.address.name, config=config)
        found: list[tuple[int, bytes]] = []
        try:
            while len(found) < count:
                for message in await reader.fetch(count - len(found), timeout=PATIENCE):
                    if message.metadata.sequence.stream != sequence + len(found):
                        raise self._misses(sequence + len(found))
                    found.append((int((message.headers or {})[_POSITION]), message.data))
        finally:
            await reader.unsubscribe()
        return found

    async def _get(self, kind: str, name: str) -> bytes:
        return (await self._stores[kind].get(name)).data or b""

    async def _heads(self) -> list[tuple[Stamp, dict[str, Any]]]:
        try:
            listed = await self._stores["checkpoints"].list()
        except NotFoundError:
            return []
        heads = [(int(one.name), json.loads(one.description or "{}")) for one in listed if not one.deleted]
        stamps = [(Stamp(position, head["at"], head["is_base"]), head) for position, head in heads]
        return sorted(stamps, key=lambda pair: pair[0], reverse=True)

    async def _keep(self, checkpoint: Checkpoint) -> None:
        await self._put(checkpoint)
        for position in superfluous(stamp for stamp, _ in await self._heads()):
            await self._stores["checkpoints"].delete(f"{position:020}")

    async def _put(self, checkpoint: Checkpoint) -> None:
        name = f"{checkpoint.position:020}"
        head = {
            "at": checkpoint.at, "is_base": checkpoint.is_base, "fingerprint": checkpoint.fingerprint,
            "digest": checkpoint.digest,
        }  # fmt: skip
        meta = ObjectMeta(name=name, description=json.dumps(head))
        await self._stores["checkpoints"].put(name, checkpoint.content, meta=meta)

    async def _forget(self, before: float) -> int:
        heads = await self._heads()
        base = next(((stamp, head) for stamp, head in heads if stamp.at < before), None)
        if base is None:
            return 0
        (position, at, is_base), head = base
        if not is_base:
            content = await self._get("checkpoints", f"{position:020}")
            await self._put(
                Checkpoint(position, at, head["fingerprint"], content, is_base=True, digest=head["digest"])
            )
        for stamp, _ in heads:
            if stamp.position < position:
                await self._stores["checkpoints"].delete(f"{stamp.position:020}")
        held = (await self._state()).messages
        await self._js.purge_stream(self.address.name, seq=await self._sequence_above(position))
        return int(held - (await self._state()).messages)
