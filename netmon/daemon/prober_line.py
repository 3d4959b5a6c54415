"""A prober's connection to the servers of its journal: it asks, and knows whether anybody answers."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from netmon.clock import SteeredClock
from netmon.daemon.prober_words import subject
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.connection import closed, connected, trouble
from netmon.sharing.attendance import SILENCE

PROMPT = 1.5
"""Seconds that one request may take; then it is asked again, of whoever answers now."""
AGAIN = 0.3
"""Seconds from a request that nobody answered to the next."""


class Line:
    """One prober's line to whoever writes the journal.

    Args:
        address: the journal.
        clock: dates the answers.
    """

    def __init__(self, address: JetStreamAddress, clock: SteeredClock) -> None:
        self.client: Client | None = None
        self.answered = 0.0
        """When the last request was answered, Unix seconds; 0: none was."""
        self._address = address
        self._clock = clock
        self._heard = float("-inf")  # the same by the monotonic clock
        self._said: list[str] = []

    @property
    def is_alone(self) -> bool:
        """True while nobody answers: nobody asks either, and only coverage vouches for who answers meanwhile."""
        return self._clock.monotonic() - self._heard > SILENCE

    async def open(self) -> None:
        """Connect to the servers.

        Raises:
            StateError: no server answers, or none lets netmon in.
            ConfigError: the secret or the certificates are not where they should be.
        """
        try:
            self.client = await connected(self._address, self._note, again=AGAIN)
        except (NatsError, OSError, TimeoutError) as error:
            raise trouble(error, self._said, self._address) from error

    async def hear(self, what: str, told: Callable[[Msg], Awaitable[None]]) -> None:
        """Let `told` have all that is said on a subject from now on."""
        await self._opened.subscribe(subject(self._address.name, what), cb=told)

    async def ask(self, what: str, words: bytes) -> bytes | None:
        """Return the answer; None when nobody answers."""
        client = self._opened
        if not client.is_connected:  # what is asked now would be asked again by the time it is sent
            return None
        try:
            answer = await client.request(subject(self._address.name, what), words, timeout=PROMPT)
        except (NatsError, OSError, TimeoutError):
            return None
        self.answered, self._heard = self._clock.wall(), self._clock.monotonic()
        return answer.data

    async def say(self, what: str, words: bytes) -> None:
        """Say something that nobody answers; while the servers are away nobody hears it either."""
        client = self._opened
        if client.is_connected:
            with contextlib.suppress(NatsError, OSError, TimeoutError):
                await client.publish(subject(self._address.name, what), words)

    async def close(self, what: str, words: bytes) -> None:
        """Say one thing more, and close."""
        client = self._opened
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            await client.publish(subject(self._address.name, what), words)
            await client.flush(1)
        await closed(client)

    @property
    def _opened(self) -> Client:
        if self.client is None:
            raise RuntimeError("a line is used before it is open")
        return self.client

    async def _note(self, error: Exception) -> None:
        self._said = [str(error)]
