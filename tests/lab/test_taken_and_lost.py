"""A prober whose servers have lost what they had taken, and which does not keep it any more: nothing is known of it.

Prober, folder, server and county are real; the server goes on with a copy of its store from before an outage.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from netmon.daemon.folder import Folder
from netmon.daemon.prober import Prober
from netmon.daemon.settings import Settings
from netmon.events import Member, NodeQuality, ProbingGap
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.lab.network import Lab
from netmon.lab.story.faults import CutLink, HealLink
from netmon.model import Verdict
from netmon.picture.ledger import DARK, buckets
from netmon.sharing import backlog as backlogs
from tests.lab.kernel_lab import playing
from tests.lab.nats_server import Server
from tests.lab.running import running
from tests.lab.skewed_folder import county
from tests.lab.watch import outages
from tests.waiting import until

pytestmark = pytest.mark.lab
KEPT = 5
SITE = "b1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


@asynccontextmanager
async def folding(server: Server) -> AsyncIterator[Folder]:
    folder = Folder(server.address("lost"), county(), Settings(None, port=0))
    async with running(folder):
        yield folder


def verdict(folder: Folder, site: str = SITE) -> str:
    picture = folder.folding.picture
    return "" if picture is None else str(picture.site_findings[site].verdict)


def all_is_told(folder: Folder, prober: Prober) -> bool:
    """Tell whether all answer, and nothing waits to be told."""
    return all(verdict(folder, site) == "up" for site in county().sites) and prober.telling.is_done


def stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait()


def test_what_was_taken_and_lost_and_is_not_kept_is_unknown(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlogs, "KEPT", KEPT)
    with playing(county()) as lab:
        asyncio.run(lost_and_missed(server, tmp_path / "before", lab))
    with closing(JetStreamJournal(server.address("lost"), read_only=True)) as journal:
        gaps = [event for entry in journal.read() for event in entry.events if isinstance(event, ProbingGap)]
    assert [gap.reason for gap in gaps] == [backlogs.LOST]


async def lost_and_missed(server: Server, before: Path, lab: Lab) -> None:
    over, prober = asyncio.Event(), Prober(server.address("lost"), Member("p", "noc"), lab.sockets)
    async with folding(server) as folder:
        await prober.start()
        probing = asyncio.create_task(prober.run(over))
        await until(lambda: all_is_told(folder, prober), "nothing is known yet")
    try:
        stop(server)
        shutil.copytree(server.folder / "store", before)
        server.start()
        async with folding(server) as folder:
            await lab.apply(CutLink("b-b1"))
            await until(lambda: verdict(folder) not in {"up", ""}, "it is not missed")
            await lab.apply(HealLink("b-b1"))
            await until(lambda: all_is_told(folder, prober), "it is missed still")
            for _ in range(2 * KEPT):
                prober.telling.emit([NodeQuality(prober.clock.wall(), SITE, degraded=False, reason="as usual")])
                await until(lambda: prober.telling.is_done, "it is not taken")
            picture = folder.folding.picture
            assert picture is not None
            ((start, end),) = outages(picture)[SITE]
        stop(server)
        shutil.rmtree(server.folder / "store")
        shutil.copytree(before, server.folder / "store")
        server.start()
        async with folding(server) as folder:
            await until(lambda: prober.telling.backlog.lost > 0, "nobody has missed anything")
            await until(lambda: all_is_told(folder, prober), "not all is known again")
            picture = folder.folding.picture
            assert picture is not None
            spans = picture.ledger[SITE]
            assert not DARK.intersection(span.verdict for span in spans)
            assert buckets(spans, start, end)[Verdict.UNKNOWN] == pytest.approx(end - start)
    finally:
        over.set()
        await probing
