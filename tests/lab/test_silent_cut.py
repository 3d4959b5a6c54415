"""A line to NATS on which all is lost and no connection ends: it is noticed, and nobody is struck off for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.daemon.inbox import Inbox
from netmon.ending import end_all
from netmon.events import Event, Member, ProbersChanged
from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from netmon.journal.jetstream.connection import closed, connected
from netmon.picture.state import Picture, Sharing
from netmon.sharing.attendance import SILENCE
from tests.lab.nats_server import Server
from tests.lab.relay import Relay
from tests.lab.skewed_folder import county
from tests.waiting import until

pytestmark = pytest.mark.lab


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    with closing(Relay(server.port)) as one:
        yield one


@pytest.fixture
def address(server: Server, relay: Relay) -> JetStreamAddress:
    return jetstream_address(f"nats://127.0.0.1:{relay.port}/cut", user="netmon", secret=f"file:{server.secret}")


async def unheard(_error: Exception) -> None:
    """Let a trouble of the connection pass."""


def test_a_connection_on_which_all_is_lost_is_left_and_made_anew(relay: Relay, address: JetStreamAddress) -> None:
    async def play() -> None:
        client = await connected(address, unheard, again=0.1)
        try:
            relay.mute()
            await until(lambda: not client.is_connected)
            relay.mend()
            await until(lambda: client.is_connected)
            await client.flush()
        finally:
            await closed(client)

    asyncio.run(play())


def test_who_hears_nothing_at_all_strikes_no_prober_off(relay: Relay, address: JetStreamAddress) -> None:
    picture = replace(Picture.empty(county()), sharing=Sharing(members=(Member("p", "noc"),)))
    told: list[Event] = []

    def submit(events: Sequence[Event], _at: float) -> int:
        told.extend(events)
        return len(told)

    async def play() -> None:
        inbox = Inbox(address, SystemClock(), submit, lambda: len(told), lambda: picture)
        hearing = asyncio.create_task(inbox.run())
        try:
            await until(lambda: inbox._attendance is not None)
            relay.mute()
            await asyncio.sleep(2 * SILENCE)
            assert not told
            relay.mend()
            await until(lambda: bool(told))
            assert isinstance(told[0], ProbersChanged)
            assert told[0].members == ()
        finally:
            await end_all(hearing)

    asyncio.run(play())
