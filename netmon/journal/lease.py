"""A lease in a JetStream key-value bucket: of several processes with the same journal, one holds it.

What is decided stands in `claim`; here it is read and written. A write is accepted only behind the revision that its
writer has seen, so that of two who take it at once one is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import BucketNotFoundError, KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from netmon.journal.claim import TERM, Claim, Step
from netmon.journal.jetstream_address import JetStreamAddress

log = logging.getLogger(__name__)

BEAT = 0.25
"""The share of a lease's term from one look at it to the next."""


class Lease:
    """One contender for the lease `name` of a journal; `me` must be nobody else's, not even of an earlier start.

    Args:
        client: a connection to the journal's servers.
        address: the journal.
        name: which of its leases, such as `act`.
        me: who contends, for people to read too.
        term: seconds that a renewal lasts; each contender must have the same.
        changed: called with True when it is held from now on, and False when it no longer is.
        seize: take it at the start, whoever holds it; `seized_from` then says who did.
        is_fit: whether this process can act; while it cannot, it neither takes nor renews the lease.
    """

    def __init__(
        self,
        client: Client,
        address: JetStreamAddress,
        name: str,
        me: str,
        *,
        term: float = TERM,
        changed: Callable[[bool], None] = lambda _held: None,
        seize: bool = False,
        is_fit: Callable[[], bool] = lambda: True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.claim = Claim(me, term=term)
        self._bucket = f"{address.name}-leases"
        self._replicas = address.replicas
        self._name = name
        self._changed = changed
        self._monotonic = monotonic
        self._seize = seize
        self._is_fit = is_fit
        self._said = False
        self.seized_from = ""
        self._store: KeyValue | None = None
        self._js = client.jetstream(timeout=term / 2)

    @property
    def held(self) -> bool:
        """True while this process may act; look again before each act, since time alone ends it."""
        return self.claim.is_mine(self._monotonic())

    @property
    def holder(self) -> str:
        """Who was last seen to hold it; empty when nobody was."""
        return self.claim.holder

    def stand_back(self) -> None:
        """Hold it no more, and let another take it: one acts who has not written itself in yet."""
        self.claim = self.claim.stood_back(self._monotonic())
        self._tell()

    async def run(self) -> None:
        """Take the lease when it is free and renew it, until cancelled; then give it up."""
        try:
            while True:
                with contextlib.suppress(NatsError, OSError, TimeoutError):  # away: what is held runs out by itself
                    await self._look()
                self._tell()
                await asyncio.sleep(BEAT * self.claim.term)
        finally:
            await self._give_up()

    async def _look(self) -> None:
        if self._store is None:
            self._store = await self._open()
        step = self.claim.step(self._monotonic())
        if step is not Step.RENEW:
            await self._read(self._store)
            step = self.claim.step(self._monotonic())
        if self._is_fit() and (self._seize or step is not Step.WAIT):
            await self._write(self._store, self.claim.me)

    async def _open(self) -> KeyValue:
        try:
            return await self._js.key_value(self._bucket)
        except BucketNotFoundError:
            return await self._js.create_key_value(bucket=self._bucket, replicas=self._replicas, direct=False)

    async def _read(self, store: KeyValue) -> None:
        try:
            entry = await store.get(self._name)
        except KeyNotFoundError:
            return
        holder = json.loads(entry.value or b"{}").get("holder", "")
        self.claim = self.claim.saw(entry.revision or 0, holder, self._monotonic())

    async def _write(self, store: KeyValue, holder: str) -> None:
        sent, before = self._monotonic(), self.claim.holder
        try:
            revision = await store.update(
                self._name, json.dumps({"holder": holder}).encode(), last=self.claim.revision
            )
        except KeyWrongLastSequenceError:  # somebody was quicker, or our own write came through unacknowledged
            await self._read(store)
        else:
            self.seized_from, self._seize = before if self._seize else self.seized_from, False
            wrote = self.claim.wrote(revision, sent)
            self.claim = wrote if holder else replace(wrote, holder="")

    async def _give_up(self) -> None:
        was_held, store = self.held, self._store
        if was_held and store is not None:
            with contextlib.suppress(NatsError, OSError, TimeoutError):  # else the others wait for its term
                await self._write(store, "")
        self._tell()

    def _tell(self) -> None:
        held = self.held
        if held is not self._said:
            self._said = held
            log.info("lease %s of %s is %s", self._name, self._bucket, "held" if held else "lost")
            self._changed(held)
