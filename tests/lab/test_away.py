"""A prober that is cut off while things fail and recover: afterwards the ledger is as if it had not been.

Two probers look at one county, each for a journal of its own; one is cut off from the servers. What both journals
come to must be the same, except for when it became known. In the default run it is away for some seconds; for the
ten minutes that it is meant to stand:

    NETMON_AWAY=600 python -m pytest tests/lab/test_away.py -s -o timeout=0
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from netmon.lab.network import Lab
from netmon.lab.story.faults import CutLink, HealLink
from netmon.model import Verdict
from netmon.picture.state import Picture
from tests.lab.kernel_lab import playing
from tests.lab.nats_server import Server
from tests.lab.relay import Relay
from tests.lab.running import running
from tests.lab.skewed_folder import county
from tests.lab.watch import Watch, outages
from tests.waiting import until

pytestmark = pytest.mark.lab
AWAY = float(os.environ.get("NETMON_AWAY", "1"))
"""Seconds for which it is cut off."""
LINKS = ("b-b1", "c-c1", "d1-d2")
OUTAGE = (3.5, 4.5)
"""Seconds that an outage lasts, from the shortest to the longest."""
APART = 4.0
"""Seconds by which two probers may see an outage begin or end at another time, on a loaded machine."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


async def trouble(lab: Lab, seconds: float, is_missed: Callable[[str], bool]) -> int:
    """Let links fail and recover, one at a time; return how many outages there were."""
    chance, ends, count = random.Random(1), asyncio.get_running_loop().time() + seconds, 0
    while count < 2 or asyncio.get_running_loop().time() < ends:
        link = LINKS[count % len(LINKS)]
        await lab.apply(CutLink(link))
        await asyncio.sleep(chance.uniform(*OUTAGE))
        await lab.apply(HealLink(link))
        far = link.split("-")[1]
        await until(lambda far=far: not is_missed(far), f"{far} is still missed")  # type: ignore[misc]
        await asyncio.sleep(chance.uniform(1.0, 2.0))
        count += 1
    return count


def named(picture: Picture) -> list[str]:
    """Return what failed, oldest first."""
    closed = sorted(picture.closed_incidents, key=lambda one: one.opened)
    return [",".join(sorted(map(str, (one.fault.element, *one.fault.alternatives)))) for one in closed]


def test_a_prober_that_was_cut_off_while_things_failed_leaves_the_ledger_as_if_it_had_not_been(
    server: Server, record_property: Callable[[str, object], None]
) -> None:
    with closing(Relay(server.port)) as relay, playing(county()) as lab:
        asyncio.run(away_and_back(server, relay, lab, record_property))


async def away_and_back(
    server: Server, relay: Relay, lab: Lab, record_property: Callable[[str, object], None]
) -> None:
    def through(name: str) -> JetStreamAddress:
        return jetstream_address(
            f"nats://127.0.0.1:{relay.port}/{name}", user="netmon", secret=f"file:{server.secret}"
        )

    heard = Watch(server.address("heard"), server.address("heard"), lab)
    late = Watch(server.address("late"), through("late"), lab)
    async with running(heard.folder, heard.prober, late.folder, late.prober):
        for one in (heard, late):
            await until(one.is_well, "nothing is known yet")
        await asyncio.to_thread(relay.cut)
        await until(lambda: not late.is_there(), "it is not missed")
        count = await trouble(lab, AWAY, lambda site: heard.verdict(site) != "up")
        waited = late.prober.telling.backlog.events
        relay.mend()
        await until(lambda: late.is_there() and not late.prober.telling.backlog, "it is not let in again")
        await until(late.is_well, "not all is known again")
        assert heard.picture is not None
        assert late.picture is not None
        assert named(late.picture) == named(heard.picture)
        ours, theirs = outages(heard.picture), outages(late.picture)
        seen = sum(len(ours[link.split("-")[1]]) for link in LINKS)
        assert seen == count  # what fails again and again is one incident
        for site, really in ours.items():
            assert len(theirs[site]) == len(really), (site, theirs[site], really)
            for (start, end), (since, back) in zip(theirs[site], really, strict=True):
                assert abs(start - since) < APART, site
                assert abs(end - back) < APART, site
            known = [span.verdict for span in late.picture.ledger[site]]
            assert Verdict.UNKNOWN not in known[1:], (site, known)
        assert late.prober.telling.backlog.dropped == late.prober.telling.backlog.lost == 0
        record_property("figure", f"{count} outages in {AWAY:.0f} s told afterwards, of {waited} events that waited")
