"""Who holds a lease keeps the leaders of its buckets on servers of their own: no server's death takes two of them.

Leaders move when a server is restarted, and do not come back by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Sequence

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import APIError

from netmon.journal.lease.claim import crowded

log = logging.getLogger(__name__)

EVERY = 3.0
"""Seconds from one look to the next."""
PROMPT = 2.0
"""Seconds that one request may take."""
FRESH = 2e9
"""Nanoseconds since a server was last heard of after which it may be dead: servers tell each other each second."""
STEP_DOWN = "$JS.API.STREAM.LEADER.STEPDOWN"

Place = tuple[str, frozenset[str]]
"""The server that leads a stream, and those that could."""


async def keep_spread(client: Client, buckets: Sequence[str], may_move: Callable[[], bool]) -> None:
    """Look now and then, until cancelled, whether two buckets are led by one server, and have one led by another.

    A bucket that changes its leader does not answer for a moment; `may_move` tells whether it can be done without.
    Only what was the same at the look before is changed: a server that has just died may be chosen to lead, by
    servers that have not noticed, and nobody would lead until the next election.
    """
    streams, before = [f"KV_{bucket}" for bucket in buckets], list[Place]()
    while True:
        await asyncio.sleep(EVERY)
        places: list[Place] = []
        with contextlib.suppress(NatsError, OSError, TimeoutError):  # servers that are away are looked at later
            if may_move():
                places = await places_of(client, streams)
                number = crowded(places)
                if number is not None and places == before and may_move():
                    await give_away(client, streams[number])
                    log.info(
                        "%s led two buckets of a lease: %s has another leader", places[number][0], streams[number]
                    )
        before = places


async def places_of(client: Client, streams: Sequence[str]) -> list[Place]:
    """Return where streams are.

    Raises:
        NatsError: one does not answer.
    """
    js = client.jetstream(timeout=PROMPT)
    found: list[Place] = []
    for stream in streams:
        cluster = (await js.stream_info(stream)).cluster
        others = (cluster.replicas or ()) if cluster else ()  # a server by itself has no cluster
        fit = (one for one in others if one.current and not one.offline and (one.active or 0) < FRESH)
        found.append(((cluster.leader or "") if cluster else "", frozenset(one.name or "" for one in fit)))
    return found


async def give_away(client: Client, stream: str) -> None:
    """Have a stream led by another server.

    Raises:
        NatsError: it is not, or nobody answers.
    """
    answer = json.loads((await client.request(f"{STEP_DOWN}.{stream}", b"", timeout=PROMPT)).data)
    if error := answer.get("error"):
        raise APIError(error.get("code"), error.get("description"), error.get("err_code"))
