"""Each of three NATS servers is killed in turn: the lead does not move, and nobody pauses for five seconds.

NETMON_KILLS=20 python -m pytest tests/lab/test_server_killed.py -s -o timeout=0
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nats
import pytest
from nats.errors import Error as NatsError

from netmon.daemon.folder import Folder
from netmon.daemon.prober import Prober
from netmon.daemon.settings import Settings
from netmon.ending import end_all
from netmon.events import Member
from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from netmon.journal.lease.claim import BUCKETS, TERM, crowded
from netmon.journal.lease.spread import give_away, places_of
from netmon.lab.network import Lab
from netmon.lab.story.faults import CutLink, HealLink
from netmon.model import Verdict
from netmon.picture.state import Picture
from tests.lab.kernel_lab import playing
from tests.lab.nats_server import Server, cluster
from tests.lab.running import running
from tests.lab.skewed_folder import county, dark
from tests.waiting import until

pytestmark = [pytest.mark.lab, pytest.mark.apart, pytest.mark.long(30)]
KILLS = int(os.environ.get("NETMON_KILLS", "3"))
BOUND = 5.0
"""Seconds for which nothing may pause."""
GLANCE = 0.05
STREAMS = ["netmon", *(f"KV_netmon-leases-{number + 1}" for number in range(BUCKETS))]


@dataclass
class Pauses:
    """The longest times, in seconds, for which something did not go on, of one kill of a server that led `led`."""

    led: str
    lead: float = 0.0
    probes: float = 0.0
    shown: float = 0.0
    followed: float = 0.0

    def __str__(self) -> str:
        """Return them in words."""
        return (
            f"led {self.led or 'nothing'}: without a lead {self.lead:.1f} s, without probes {self.probes:.1f} s, "
            f"a cut is shown after {self.shown:.1f} s, and by who follows after {self.followed:.1f} s"
        )


class Stage:
    """Two folders and two probers of one journal, in this process."""

    def __init__(self, address: JetStreamAddress, lab: Lab) -> None:
        self.folders = [Folder(address, county(), Settings(None, port=0)) for _ in range(2)]
        self.probers = [Prober(address, Member(name, "noc"), lab.sockets) for name in ("p", "q")]

    @property
    def leads(self) -> Folder | None:
        """The folder that may write and tell people."""
        found = [one for one in self.folders if one._leading is not None and one.turn.is_mine]
        assert len(found) <= 1
        return found[0] if found else None

    def is_well(self) -> bool:
        """Tell whether somebody leads, all probers are there, and all sites answer, as who leads has it."""
        picture = None if self.leads is None else self.leads.folding.picture
        return picture is not None and all(
            (
                len(picture.sharing.members) == len(self.probers),
                all(found.verdict is Verdict.UP for found in picture.site_findings.values()),
            )
        )


async def spread_out(servers: Sequence[Server]) -> dict[str, str]:
    """Return which server leads each stream, when all are up to date, and each is made to lead one bucket."""
    client = await nats.connect([f"nats://127.0.0.1:{server.port}" for server in servers])
    try:
        async with asyncio.timeout(60.0):
            while True:
                with contextlib.suppress(NatsError):
                    places = await places_of(client, STREAMS)
                    number = crowded(places[1:])
                    if all(len(others) == len(servers) - 1 for _, others in places):
                        if number is None:
                            return {stream: leader for stream, (leader, _) in zip(STREAMS, places, strict=True)}
                        await give_away(client, STREAMS[1 + number])
                await asyncio.sleep(0.2)
    finally:
        await client.close()


async def watch(stage: Stage, leader: Folder, pauses: Pauses) -> None:
    """Note, until cancelled, how long nobody led, and how old the newest judged probes are."""
    led = time.monotonic()
    while True:
        now, wall = time.monotonic(), time.time()
        assert stage.leads in {leader, None}
        if stage.leads is leader:
            led = now
        pauses.lead = max(pauses.lead, now - led)
        oldest = min(prober.probes.icmp.covered_until() for prober in stage.probers)
        pauses.probes = max(pauses.probes, wall - oldest)
        await asyncio.sleep(GLANCE)


async def killed(stage: Stage, servers: Sequence[Server], left: set[int], lab: Lab) -> Pauses:
    """Kill one of those left, cut a link at the same moment, and return what paused until the server was back.

    Who leads the journal is left to the last: while it is elected anew, no other may be killed.
    """
    await until(stage.is_well, "not all is well")
    leaders, leader = await spread_out(servers), stage.leads
    assert leader is not None
    number = min(left, key=lambda one: leaders["netmon"] == f"s{one}")
    left.discard(number)
    pauses = Pauses(", ".join(stream for stream, name in leaders.items() if name == f"s{number}"))
    watching = asyncio.create_task(watch(stage, leader, pauses))
    began = time.monotonic()
    servers[number].kill()
    await lab.apply(CutLink("b-b1"))
    (follower,) = [one for one in stage.folders if one is not leader]
    pauses.shown, pauses.followed = await asyncio.gather(shown(leader, began), shown(follower, began))
    await lab.apply(HealLink("b-b1"))
    await asyncio.sleep(max(0.0, began + TERM + 0.25 - time.monotonic()))  # what is not renewed has run out
    await asyncio.to_thread(servers[number].start)
    assert not watching.done(), watching.exception()
    await end_all(watching)
    return pauses


async def shown(folder: Folder, began: float) -> float:
    """Return the seconds until a folder shows the cut."""
    await until(lambda: "b1" in dark(folder.view().picture), "the cut is not shown")
    return time.monotonic() - began


def not_known(picture: Picture) -> list[tuple[str, float]]:
    """Return where the ledger does not know what it knew before, and since when."""
    return [
        (site, span.start)
        for site, spans in picture.ledger.items()
        for span in spans[1:]
        if span.verdict is Verdict.UNKNOWN
    ]


async def played(servers: Sequence[Server], lab: Lab) -> list[Pauses]:
    url = ",".join(f"nats://127.0.0.1:{server.port}" for server in servers)
    stage = Stage(jetstream_address(url, replicas=3), lab)
    async with running(*stage.folders, *stage.probers):
        found, left = list[Pauses](), set[int]()
        while len(found) < KILLS:
            left = left or set(range(len(servers)))
            found.append(await killed(stage, servers, left, lab))
        await until(stage.is_well, "not all is well in the end")
        for folder in stage.folders:
            assert folder.folding.picture is not None
            assert not_known(folder.folding.picture) == []
    return found


def test_each_server_is_killed_and_the_lead_stays_and_nothing_pauses_for_five_seconds(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with cluster(tmp_path, 3) as servers, playing(county()) as lab:
        found = asyncio.run(played(servers, lab))
    for pauses in found:
        record_property("figure", str(pauses))
        assert pauses.lead == 0.0, pauses
        assert max(pauses.probes, pauses.shown, pauses.followed) < BOUND, pauses
