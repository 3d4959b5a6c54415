"""Reading a stream as it grows: from one message to the next, without a hole, whatever happens to the servers.

What reads for it on the servers (a consumer) may be gone after a restart, without a word. So a silence is never
believed: the stream itself is asked whether it ends here. Nor is it waited for: when a server has died, it takes an
election among all of them until a reader can be had again, and the next one may be put on the very server that is
gone. Whoever leads the stream hands out one message after the other meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib

from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NothingInTimeError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from netmon.errors import StateError
from netmon.journal.chain import Message
from netmon.journal.jetstream.message import message_of
from netmon.journal.protocol import GoneError

AT_ONCE = 500
"""Messages that are taken at once."""
FEW = 50
"""Messages for which no reader is opened: they are asked for one by one."""
PROMPT = 2.0
"""Seconds in which messages that are there must come."""
READY = 0.5
"""Seconds in which a reader must be there; it takes milliseconds, or an election."""
LOST = 0.1
"""Seconds until it is looked again, after a reader was lost."""
IDLE = 60.0
"""Seconds after which the servers forget a reader that is not heard of."""


async def reader_from(js: JetStreamContext, name: str, sequence: int) -> JetStreamContext.PullSubscription:
    """Return a reader of the stream `name` that begins with this message; it lives on one of its servers."""
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=sequence,
        ack_policy=AckPolicy.NONE,
        inactive_threshold=IDLE,
    )
    return await js.pull_subscribe("", stream=name, config=config)


class Tail:
    """A place in the stream `name`; `sequence` is the message that is taken next."""

    def __init__(self, js: JetStreamContext, name: str, sequence: int) -> None:
        self.sequence = sequence
        self._js = js
        self._name = name
        self._reader: JetStreamContext.PullSubscription | None = None

    async def take(self, patience: float) -> list[Message]:
        """Return the next messages, in order; none when none came for `patience` seconds.

        Raises:
            GoneError: the next message is not in the stream any more, or the stream is another.
            StateError: a message is no entry.
            NatsError: the servers do not answer.
        """
        try:
            if self._reader is None:
                waiting = await self._look()
                if 0 < waiting <= FEW:
                    return await self._ask(waiting)
                self._reader = await self._opened()
                if self._reader is None:
                    if waiting:
                        return await self._ask(FEW)
                    await asyncio.sleep(patience)
                    return []
            return await self._fetch(self._reader, patience)
        except (NatsError, TimeoutError, StateError):
            await self.close()
            raise

    async def close(self) -> None:
        """Let the servers forget the reader; the place stays."""
        reader, self._reader = self._reader, None
        if reader is not None:
            with contextlib.suppress(NatsError):  # they forget it by themselves too
                await reader.unsubscribe()

    async def _opened(self) -> JetStreamContext.PullSubscription | None:
        """Return a reader; None when the servers make none now."""
        try:
            return await asyncio.wait_for(reader_from(self._js, self._name, self.sequence), READY)
        except (NatsError, TimeoutError):
            return None

    async def _ask(self, count: int) -> list[Message]:
        """Return the next messages, as many as are known to be there, as whoever leads the stream holds them."""
        asked: list[Message] = []
        for sequence in range(self.sequence, self.sequence + count):
            try:
                raw = await self._js.get_msg(self._name, seq=sequence)
            except NotFoundError as error:
                raise GoneError(f"message {sequence} of stream {self._name} is not there any more") from error
            asked.append(message_of(sequence, raw.headers or {}, raw.data or b""))
        self.sequence += count
        return asked

    async def _fetch(self, reader: JetStreamContext.PullSubscription, patience: float) -> list[Message]:
        try:
            messages = await reader.fetch(1, timeout=patience)
        except NothingInTimeError:
            if await self._look():
                await self.close()
            return []
        except NatsError:  # it was on a server that is gone
            await self.close()
            await asyncio.sleep(LOST)
            return []
        waiting = messages[0].metadata.num_pending or 0
        if waiting:
            messages += await reader.fetch(min(waiting, AT_ONCE), timeout=PROMPT)
        taken: list[Message] = []
        for message in messages:
            if message.metadata.sequence.stream != self.sequence:
                raise GoneError(f"message {self.sequence} of stream {self._name} is not there any more")
            taken.append(message_of(self.sequence, message.headers or {}, message.data))
            self.sequence += 1
        return taken

    async def _look(self) -> int:
        """Return how many more messages are in the stream.

        Raises:
            GoneError: it begins after this place, or ends before it.
        """
        state = (await self._js.stream_info(self._name)).state
        if self.sequence < state.first_seq:
            raise GoneError(f"stream {self._name} does not hold message {self.sequence} any more")
        if self.sequence > state.last_seq + 1:
            raise GoneError(f"stream {self._name} has lost messages, or is another one")
        return int(state.last_seq) + 1 - self.sequence
