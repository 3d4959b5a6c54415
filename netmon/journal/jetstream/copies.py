"""What the servers of a stream hold: who leads it answers for it, but each has a copy of its own.

A reader on the servers (a consumer) lives on one of them, by chance, and tells what that one holds.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingInTimeError
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from netmon.errors import StateError
from netmon.journal.chain import Message
from netmon.journal.jetstream.connection import PATIENCE
from netmon.journal.jetstream.message import POSITION, message_of
from netmon.journal.jetstream.tail import reader_from

T = TypeVar("T")
PROMPT = 1.5
"""Seconds that one request may take; asking again is cheap, since what was taken is not taken twice."""
AGAIN = 0.2
"""Seconds after which the stream is asked anew, while an answer may still come. When a server of a cluster dies, what
it was asked is lost, and so is what nobody leads to answer: the first question after an election must not wait."""
TRIES = 8
"""Readers that are opened for each server until one is on it: of three, one in ten thousand is not found then."""


async def answered(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return the answer to the first question that is answered, of several that are the same.

    Raises:
        NothingInTimeError: none was.
    """
    asked: list[asyncio.Task[T]] = []
    try:
        while len(asked) < PROMPT / AGAIN:
            asked.append(asyncio.create_task(ask()))
            done, _ = await asyncio.wait(asked, timeout=AGAIN, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return done.pop().result()
        raise NothingInTimeError
    finally:
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


class Copies:
    """The stream `name`; `where` is the journal in words."""

    def __init__(self, js: JetStreamContext, name: str, where: str) -> None:
        self.js = js
        self.name = name
        self.away: frozenset[str] = frozenset()
        """The servers of the stream that could not be asked when it was last looked what each holds."""
        self._where = where

    async def state(self) -> Any:
        """Return what the leader says of the stream, to the first question that is answered, of several."""
        return (await answered(lambda: self.js.stream_info(self.name))).state

    async def headers(self, sequence: int) -> dict[str, str]:
        """Return the headers of a message as the leader holds it.

        Raises:
            StateError: it does not.
        """
        try:
            return (await self.js.get_msg(self.name, seq=sequence)).headers or {}
        except NotFoundError as error:
            raise self.misses(sequence) from error

    async def led(self, sequence: int) -> Message:
        """Return a message as the leader holds it.

        Raises:
            StateError: it does not, or the message is no entry.
        """
        try:
            raw = await self.js.get_msg(self.name, seq=sequence)
        except NotFoundError as error:
            raise StateError(
                f"who leads the stream of {self._where} does not hold message {sequence}",
                "it will when its servers agree, unless somebody else deletes from it",
            ) from error
        return message_of(sequence, raw.headers or {}, raw.data or b"")

    def misses(self, sequence: int) -> StateError:
        """Return what to say of a message that is not there."""
        return StateError(
            f"{self._where} misses message {sequence} of its stream", "somebody else deletes from it: who may?"
        )

    async def sequence_above(self, position: int) -> int:
        """Return the sequence of the first entry above a position, by halving: positions rise, with holes."""
        state = await self.state()
        low, high = state.first_seq, state.last_seq + 1
        while low < high and state.messages:
            middle = (low + high) // 2
            if int((await self.headers(middle)).get(POSITION, 0)) > position:
                high = middle
            else:
                low = middle + 1
        return int(low)

    async def fetch(self, sequence: int, count: int) -> list[Message]:
        """Return so many messages from a sequence on, without a hole, as some server holds them.

        Raises:
            StateError: one is not there.
        """
        found: list[Message] = []
        reader = await reader_from(self.js, self.name, sequence)
        try:
            while len(found) < count:
                for message in await reader.fetch(count - len(found), timeout=PATIENCE):
                    if message.metadata.sequence.stream != sequence + len(found):
                        raise self.misses(sequence + len(found))
                    found.append(message_of(sequence + len(found), message.headers or {}, message.data))
        finally:
            await reader.unsubscribe()
        return found

    async def held(self, first: int, last: int) -> dict[int, list[Message]]:
        """Return what each server that can be asked holds at these sequences, who leads first."""
        info = await self.js.stream_info(self.name)
        first, last = max(first, info.state.first_seq), min(last, info.state.last_seq)
        cluster = info.cluster
        leader = (cluster.leader or "") if cluster else ""
        others = (cluster.replicas or ()) if cluster else ()
        servers = [leader, *(one.name or "" for one in others if not one.offline)]
        found: dict[str, list[Message]] = {}
        for _ in range(TRIES * len(servers)):
            if first > last or found.keys() >= set(servers):
                break
            with contextlib.suppress(NothingInTimeError):  # that server has just gone: another will do
                who, messages = await self._somewhere(first, last)
                found.setdefault(who, messages)
        if leader not in found and first <= last:
            found[leader] = [await self.led(sequence) for sequence in range(first, last + 1)]
        self.away = frozenset({leader, *(one.name or "" for one in others)} - found.keys() if first <= last else ())
        held: dict[int, list[Message]] = {}
        for who in sorted(found, key=lambda name: name != leader):
            for message in found[who]:
                held.setdefault(message.sequence, []).append(message)
        return held

    async def _somewhere(self, first: int, last: int) -> tuple[str, list[Message]]:
        """Return who keeps the next reader, and what that server holds."""
        reader = await reader_from(self.js, self.name, first)
        try:
            info = await reader.consumer_info()
            count = min(last - first + 1, info.num_pending or 0)
            told: list[Msg] = []
            while len(told) < count:  # what has come when the time is over would look like a loss of the rest
                told += await reader.fetch(count - len(told), timeout=PATIENCE)
        finally:
            with contextlib.suppress(NatsError):
                await reader.unsubscribe()
        who = (info.cluster.leader or "") if info.cluster else ""
        placed = [(one.metadata.sequence.stream, one) for one in told]
        return who, [message_of(at, one.headers or {}, one.data) for at, one in placed if at <= last]
