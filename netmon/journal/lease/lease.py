"""A lease in JetStream key-value buckets: of several processes with the same journal, one holds it.

What is decided stands in `claim`; here it is read and written. A write is accepted only behind the revision that its
writer has seen, so that of two who take a claim at once one is refused. Each bucket is visited by itself: one whose
server has died and that waits for an election keeps nobody from the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import (
    BucketNotFoundError,
    KeyNotFoundError,
    KeyWrongLastSequenceError,
    NoStreamResponseError,
)
from nats.js.kv import KeyValue

from netmon.ending import end_all
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.lease.claim import BUCKETS, QUICK, TERM, Claim, Claims, Step
from netmon.journal.lease.spread import keep_spread

log = logging.getLogger(__name__)

PROMPT = 0.4
"""The share of a term that one request may take: after a connection broke, there must be time for another."""


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
        self.claims = Claims.begun(me, monotonic(), term=term)
        self.seized_from = ""
        self._client = client
        self._journal = address.name
        self._me = me
        self._buckets = [f"{address.name}-leases-{number + 1}" for number in range(BUCKETS)]
        self._stores: dict[int, KeyValue] = {}
        self._visits: dict[int, asyncio.Task[None]] = {}
        self._replicas = address.replicas
        self._name = name
        self._term = term
        self._changed = changed
        self._monotonic = monotonic
        self._seize = seize
        self._is_fit = is_fit
        self._said = False
        self._js = client.jetstream(timeout=PROMPT * term)

    @property
    def held(self) -> bool:
        """True while this process may act; look again before each act, since time alone ends it."""
        return self.claims.is_mine(self._monotonic())

    @property
    def holder(self) -> str:
        """Who was last seen to hold it; empty when nobody was."""
        return self.claims.holder

    def stand_back(self) -> None:
        """Hold it no more, and let another take it: one acts who has not written itself in yet."""
        self.claims = self.claims.stood_back(self._monotonic())
        self._tell()

    async def run(self) -> None:
        """Take the lease when it is free and renew it, until cancelled; then give it up."""
        spreading = asyncio.create_task(
            keep_spread(self._client, self._buckets, self._is_wholly_held), name="lease leaders"
        )
        try:
            while True:
                wait = self._set_out()
                self._tell()
                if self._visits:
                    await asyncio.wait(self._visits.values(), timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(wait)
        finally:
            await end_all(spreading, *self._visits.values())
            await asyncio.gather(*(self._give_up(number) for number in tuple(self._stores)))
            self._tell()

    def _is_wholly_held(self) -> bool:
        return self.claims.is_wholly_mine(self._monotonic())

    def _set_out(self) -> float:
        """Visit each bucket that it is time to look at; return the seconds until it is time for another."""
        for number in [number for number, visit in self._visits.items() if visit.done()]:
            self._visits.pop(number).result()
        now = self._monotonic()
        due = {number: self._due(number, now) for number in range(BUCKETS) if number not in self._visits}
        for number, at in due.items():
            if at <= now:
                self._visits[number] = asyncio.create_task(self._visit(number), name=self._buckets[number])
        return min((at for at in due.values() if at > now), default=now + self._term) - now

    def _due(self, number: int, now: float) -> float:
        if self._seize:
            return self.claims.parts[number].asked + QUICK * self._term
        return self.claims.due(number, now)

    def _step(self, number: int) -> Step:
        now = self._monotonic()
        if self._seize and not self.claims.parts[number].claim.is_mine(now):
            return Step.TAKE
        return self.claims.step(number, now)

    async def _visit(self, number: int) -> None:
        """Look at a bucket, and do there what is to be done. One that is away is visited again."""
        self.claims = self.claims.asked(number, self._monotonic())
        with contextlib.suppress(NatsError, OSError, TimeoutError):  # what is held there runs out by itself
            store = self._stores.get(number)
            if store is None:
                store = self._stores[number] = await self._open(self._buckets[number])
            step = self._step(number)
            if step not in {Step.RENEW, Step.LEAVE}:
                await self._read(number, store)
                step = self._step(number)
            if step is Step.LEAVE:
                await self._leave(number, store)
            elif step is not Step.WAIT and self._is_fit():
                await self._write(number, store, self._me)

    async def _open(self, bucket: str) -> KeyValue:
        try:
            return await self._js.key_value(bucket)
        except BucketNotFoundError:
            return await self._js.create_key_value(bucket=bucket, replicas=self._replicas, direct=False)

    async def _read(self, number: int, store: KeyValue) -> None:
        try:
            entry = await store.get(self._name)
        except KeyNotFoundError:  # nobody was here yet, or the bucket is another: who held it may still think so
            self._heard(number, lambda claim, now: claim.saw(0, claim.holder, now))
            return
        said, revision = json.loads(entry.value or b"{}"), entry.revision or 0
        holder, sent = said.get("holder", ""), said.get("sent", float("-inf"))
        self._heard(number, lambda claim, now: claim.saw(revision, holder, now, sent))

    async def _write(self, number: int, store: KeyValue, holder: str) -> None:
        sent, claim = self._monotonic(), self.claims.parts[number].claim
        words = json.dumps({"holder": holder, "sent": sent}).encode()
        try:
            revision = await store.update(self._name, words, last=claim.revision)
        except KeyWrongLastSequenceError:  # somebody was quicker, or our own write came through unacknowledged
            await self._read(number, store)
            return
        except NoStreamResponseError:  # nobody leads it now, or it was deleted
            self._stores.pop(number, None)
            return
        self._heard(number, lambda claim, _now: claim.wrote(revision, holder, sent))
        if self._seize and claim.holder not in {"", self._me}:
            self.seized_from = claim.holder
        self._seize = self._seize and not self.held

    def _heard(self, number: int, told: Callable[[Claim, float], Claim]) -> None:
        now = self._monotonic()
        self.claims = self.claims.heard(number, told(self.claims.parts[number].claim, now), now)
        self._tell()

    async def _leave(self, number: int, store: KeyValue) -> None:
        self.claims = self.claims.leaving(number, self._monotonic())
        await self._write(number, store, "")

    async def _give_up(self, number: int) -> None:
        for _ in range(2):  # the first may only find that an earlier write came through
            if self.claims.parts[number].claim.holder == self._me:
                store = self._stores.get(number)
                with contextlib.suppress(NatsError, OSError, TimeoutError):  # else the others wait for its term
                    if store is not None:
                        await self._leave(number, store)

    def _tell(self) -> None:
        held = self.held
        if held is not self._said:
            self._said = held
            log.info("lease %s of %s is %s", self._name, self._journal, "held" if held else "lost")
            self._changed(held)
