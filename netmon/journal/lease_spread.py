"""Who holds a lease keeps the leaders of its buckets on servers of their own: no server's death takes two of them.

Leaders move when a server is restarted, and do not come back by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from nats.aio.client import Client
from nats.errors import Error as NatsError

from netmon.journal.claim import crowded

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds from one look to the next."""
AGAIN = 1.0
"""The same when it could not be looked, or something was to be done."""
PROMPT = 2.0
"""Seconds that one request may take."""
STEP_DOWN = "$JS.API.STREAM.LEADER.STEPDOWN"


async def keep_spread(client: Client, buckets: Sequence[str], may_move: Callable[[], bool]) -> None:
    """Look now and then, until cancelled, whether two buckets are led by one server, and have one led by another.

    A bucket that changes its leader does not answer for a moment; `may_move` tells whether it can be done without.
    """
    while True:
        is_well = False
        with contextlib.suppress(NatsError, OSError, TimeoutError):  # servers that are away are looked at later
            is_well = may_move() and await _looked(client, buckets, may_move)
        await asyncio.sleep(EVERY if is_well else AGAIN)


async def _looked(client: Client, buckets: Sequence[str], may_move: Callable[[], bool]) -> bool:
    """Return whether all is well; if not, something was done."""
    streams = [f"KV_{bucket}" for bucket in buckets]
    places = [await _place(client, stream) for stream in streams]
    number = crowded(places)
    if number is None:
        return True
    if may_move():
        log.info("server %s leads two buckets of a lease; another is to lead %s", places[number][0], buckets[number])
        await client.request(f"{STEP_DOWN}.{streams[number]}", b"", timeout=PROMPT)
    return False


async def _place(client: Client, stream: str) -> tuple[str, frozenset[str]]:
    """Return the server that leads a stream, and those that could."""
    cluster = (await client.jetstream(timeout=PROMPT).stream_info(stream)).cluster
    if cluster is None:  # a server by itself
        return "", frozenset()
    others = cluster.replicas or ()
    return cluster.leader or "", frozenset(one.name or "" for one in others if one.current and not one.offline)
