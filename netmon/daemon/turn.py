"""Whose turn it is to act: of all that have the same journal on NATS, one writes it and tells people of faults.

What a person orders at another reaches the one over NATS. The lease is kept by a thread of its own: judging a country
takes longer than it lasts, and who judges must not lose the turn to another, who would have to judge the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from netmon.daemon.apart import Apart
from netmon.daemon.control import Answer, reply
from netmon.daemon.prober_words import subject
from netmon.ending import end_all
from netmon.errors import AwayError, NetmonError
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.connection import closed, connected, trouble
from netmon.journal.lease.claim import TERM
from netmon.journal.lease.lease import Lease

log = logging.getLogger(__name__)

LEASE = "act"
AGAIN = 1.0
"""Seconds from one try to connect to the next at the start; a connection that broke is mended sooner."""
GLANCE = 0.05
"""Seconds from one look whether it has been seized to the next."""
SOON = 1.0
"""Seconds that it may take to be told what was folded after a position."""
PROMPT = 3.0
"""Seconds that an order may take to be answered."""
ALIVE = 0.5
"""Seconds from one sign of life of the daemon's loop to the next."""
STUCK = 20.0
"""Seconds without one after which the daemon is not busy but stuck, and the turn is another's."""


class Turn:
    """This process's part in it.

    Args:
        address: the journal.
        answer: answers an order that was given at another.
        changed: called when it becomes this process's turn, and when it no longer is.
        recent: returns what was folded after a position, for those who cannot read it (`ahead`).
        seize: take the turn at the start: who probes by itself writes by itself.
    """

    def __init__(
        self,
        address: JetStreamAddress,
        answer: Answer,
        changed: Callable[[bool], None] = lambda _mine: None,
        *,
        recent: Callable[[int], bytes] = lambda _position: b"[]",
        seize: bool = False,
    ) -> None:
        self.me = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._address = address
        self._answer = answer
        self._changed = changed
        self._recent = recent
        self._seize = seize
        self._apart: Apart | None = None
        self._lived = float("-inf")
        self._client: Client | None = None
        self._lease: Lease | None = None
        self._said: list[str] = []

    @property
    def is_mine(self) -> bool:
        """True while this process may act: it holds the lease."""
        return self._lease is not None and self._lease.held

    @property
    def holder(self) -> str:
        """Who was last seen to have the turn; empty when nobody was."""
        return "" if self._lease is None else self._lease.holder

    @property
    def is_anothers(self) -> bool:
        """True when another was the last that was seen to have it."""
        return self.holder not in {"", self.me}

    async def seized(self) -> None:
        """Wait until the turn has been seized, and whoever had it may act no more.

        Not for ever: servers that do not answer are for whoever opens the journal to tell of.
        """
        waited = 0.0
        while not self.is_mine and waited < PROMPT:
            await asyncio.sleep(GLANCE)
            waited += GLANCE
        if self._lease is not None and self._lease.seized_from not in {"", self.me}:
            await asyncio.sleep(TERM)

    async def stand_back(self) -> None:
        """Give the turn to another who was found acting: it may write before it has written itself in."""
        if self._lease is not None and self._apart is not None:
            await self._apart.done(_stood_back(self._lease))

    async def run(self) -> None:
        """Take the turn when it is free, and keep it, until cancelled; then give it up."""
        self._lived = time.monotonic()
        living = asyncio.create_task(self._live(), name="alive")
        try:
            async with Apart("turn") as self._apart:
                await self._apart.done(self._keep(asyncio.get_running_loop()))
        finally:
            self._apart = None
            await end_all(living)

    async def _live(self) -> None:
        while True:
            self._lived = time.monotonic()
            await asyncio.sleep(ALIVE)

    def _is_alive(self) -> bool:
        return time.monotonic() - self._lived < STUCK

    async def _keep(self, home: asyncio.AbstractEventLoop) -> None:
        """Contend for the lease, and hear orders for the daemon, whose loop is `home`."""

        async def hear(msg: Msg) -> None:
            await self._hear(msg, home)

        async def hear_after(msg: Msg) -> None:
            if self.is_mine:
                telling = asyncio.run_coroutine_threadsafe(_told(self._recent, msg.data), home)
                await msg.respond(await asyncio.wrap_future(telling))

        def changed(is_mine: bool) -> None:
            home.call_soon_threadsafe(self._changed, is_mine)

        failing = False
        while True:
            try:
                client = await connected(self._address, self._note, again=AGAIN / 4)
            except (NetmonError, NatsError, OSError, TimeoutError) as error:
                said = error if isinstance(error, NetmonError) else trouble(error, self._said, self._address)
                if not failing:
                    log.warning("whose turn it is cannot be told: %s", said)
                failing = True
                await asyncio.sleep(AGAIN)
                continue
            try:
                await client.subscribe(self._orders, cb=hear)
                await client.subscribe(self._after, cb=hear_after)
                self._client = client
                self._lease = Lease(
                    client,
                    self._address,
                    LEASE,
                    self.me,
                    changed=changed,
                    seize=self._seize,
                    is_fit=self._is_alive,
                )
                await self._lease.run()
            finally:
                await closed(client)

    async def pass_on(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        """Have an order answered by whose turn it is.

        Raises:
            AwayError: nobody's, or it does not answer.
        """
        away = AwayError(f"the order reached nobody who writes {self._address}", "try again in a few seconds")
        if self._client is None or self._apart is None:
            raise away
        words = json.dumps({"order": order, "by": by}).encode()
        try:
            answer = await self._apart.done(self._client.request(self._orders, words, timeout=PROMPT))
        except (NatsError, OSError, TimeoutError) as error:
            raise away from error
        answered: Mapping[str, Any] = json.loads(answer.data)
        return answered

    async def after(self, position: int) -> bytes:
        """Return what whose turn it is has folded after a position; nothing when nobody answers."""
        if self._client is None or self._apart is None:
            return b"[]"
        asking = self._client.request(self._after, str(position).encode(), timeout=SOON)
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            return (await self._apart.done(asking)).data
        return b"[]"

    @property
    def _after(self) -> str:
        return subject(self._address.name, "after")

    @property
    def _orders(self) -> str:
        return f"{self._address.name}.orders"

    async def _hear(self, msg: Msg, home: asyncio.AbstractEventLoop) -> None:
        if not self.is_mine:
            return
        try:
            words = json.loads(msg.data)
            line, by = json.dumps(words["order"]).encode(), str(words["by"])
        except (ValueError, KeyError, TypeError):
            log.warning("an order on %s cannot be read", self._orders)
            return
        answering = asyncio.run_coroutine_threadsafe(reply(line, by, self._answer), home)
        await msg.respond(json.dumps(await asyncio.wrap_future(answering), ensure_ascii=False).encode())

    async def _note(self, error: Exception) -> None:
        self._said = [str(error)]


async def _told(recent: Callable[[int], bytes], position: bytes) -> bytes:
    return recent(int(position)) if position.isdigit() else b"[]"


async def _stood_back(lease: Lease) -> None:
    lease.stand_back()
