"""The budget of an OLT against an OLT that counts: once an hour for each ONU, whatever restarts and however often."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.daemon.service import Daemon
from netmon.daemon.settings import Settings
from netmon.model import Site, SiteKind, SnmpProbe, Vantage
from netmon.probes.snmp.ber import Index, Oid, Value, encode_arcs, oid
from netmon.probes.snmp.onu_budget import MOST_A_MINUTE
from netmon.probes.snmp.pdu import Request
from netmon.probes.snmp.read_times import SqliteReadTimes
from netmon.probes.sockets import KernelSockets
from netmon.probes.vendors import huawei_olt as olt
from netmon.probes.vendors import system
from tests.lab.fast_days import PATIENCE, Leaping, Life
from tests.lab.snmp_agents import FakeAgent, honest
from tests.lab.snmp_watch import inventory, reveal
from tests.unit.probes.snmp.agents import Agent, table

pytestmark = pytest.mark.lab

PON = 4194304000
METERED = tuple(column for column, _ in olt.METERED)


class CountingOlt:
    """An OLT that counts how often it had to ask each of its ONUs; `deaf` ones do not answer such questions."""

    def __init__(self, onus: int) -> None:
        rows: dict[Index, Value] = {(PON, number): 1 for number in range(1, onus + 1)}
        columns: dict[bytes, dict[Index, Value]] = {olt.RUN_STATUS: rows}
        columns.update((column, dict.fromkeys(rows, -2145)) for column in METERED)
        scalars: dict[bytes, Value] = {
            system.NAME: b"olt",
            system.OBJECT_ID: Oid(oid("1.3.6.1.4.1.2011.2.248")),
            system.UPTIME: 1_000_000,
        }
        self._answers = honest(Agent(scalars | table(columns)))
        self.asked: Counter[bytes] = Counter()  # by ONU: the index, as it is on the wire
        self.walked: list[bytes] = []
        self.deaf = False

    def reply(self, request: Request, request_id: int) -> list[bytes]:
        metered = [name for name in request.oids if name.startswith(METERED)]
        self.asked.update({name[len(METERED[0]) :] for name in metered})
        self.walked += [name for name in metered if request.repetitions]
        return [] if metered and self.deaf else self._answers(request, request_id)


def test_each_onu_is_asked_once_an_hour_across_restarts(tmp_path: Path) -> None:
    async def play() -> None:
        counting, clock = CountingOlt(20), Leaping()
        agent = await FakeAgent.start(counting.reply)
        ports = {"olt": agent.source[1]}
        first = Life(tmp_path, clock, ports)
        poll = await first.poll()
        assert [row.receive_power_dbm for row in poll.onus] == [-21.45] * 20
        assert set(counting.asked.values()) == {1}
        for _ in range(3):
            clock.ahead += 600.0
            poll = await first.poll()
            assert [row.receive_power_dbm for row in poll.onus] == [-21.45] * 20, "what was read stands"
        await first.end()
        for _ in range(3):
            clock.ahead += 300.0
            life = Life(tmp_path, clock, ports)
            poll = await life.poll()
            assert all(row.online and row.receive_power_dbm is None for row in poll.onus), "nobody has read it yet"
            await life.end()
        assert set(counting.asked.values()) == {1}, "45 minutes and four lives"
        clock.ahead += 1000.0
        last = Life(tmp_path, clock, ports)
        poll = await last.poll()
        await last.end()
        assert [row.receive_power_dbm for row in poll.onus] == [-21.45] * 20
        assert set(counting.asked.values()) == {2}
        assert len(counting.asked) == 20
        assert counting.walked == [], "a walk would ask whoever comes next, too"
        agent.close()

    asyncio.run(play())


def test_a_large_olt_is_read_bit_by_bit_and_two_nodes_that_are_one_olt_share_its_budget(tmp_path: Path) -> None:
    async def play() -> None:
        counting, clock = CountingOlt(MOST_A_MINUTE + 30), Leaping()
        agent = await FakeAgent.start(counting.reply)
        life = Life(tmp_path, clock, {"olt": agent.source[1], "alias": agent.source[1]})
        await asyncio.gather(life.poll("olt"), life.poll("alias"))
        assert len(counting.asked) == MOST_A_MINUTE
        clock.ahead += 61.0
        await asyncio.gather(life.poll("olt"), life.poll("alias"))
        await life.end()
        assert len(counting.asked) == MOST_A_MINUTE + 30
        assert set(counting.asked.values()) == {1}
        agent.close()

    asyncio.run(play())


def test_an_onu_that_does_not_answer_counts_as_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netmon.probes.snmp.reader.PATIENCE", 0.2)

    async def play() -> None:
        counting, clock = CountingOlt(4), Leaping()
        counting.deaf = True
        agent = await FakeAgent.start(counting.reply)
        life = Life(tmp_path, clock, {"olt": agent.source[1]})
        await life.poll()
        await life.end()
        again = Life(tmp_path, clock, {"olt": agent.source[1]})
        poll = await again.poll()
        await again.end()
        assert all(row.online for row in poll.onus)
        assert set(counting.asked.values()) == {1}, "the datagram is not repeated, not even by another life"
        agent.close()

    asyncio.run(play())


def test_what_cannot_be_written_down_is_not_asked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def play() -> None:
        counting, clock = CountingOlt(4), Leaping()
        agent = await FakeAgent.start(counting.reply)
        life = Life(tmp_path, clock, {"olt": agent.source[1]})
        life.times.close()
        poll = await life.poll()
        await life.end()
        assert [row.online for row in poll.onus] == [True] * 4
        assert counting.asked == {}
        agent.close()

    asyncio.run(play())
    assert "the light of the ONUs" in caplog.text


def test_the_file_outlives_the_process_and_forgets_what_is_old(tmp_path: Path) -> None:
    path = tmp_path / "state" / "onu-reads.sqlite"
    times = SqliteReadTimes(path, 10_000.0)
    times.keep("olt", ["1.1", "1.2"], 10_000.0)
    times.keep("olt", ["1.2"], 13_600.0)
    times.keep("other", ["1.1"], 13_000.0)
    copy = SqliteReadTimes(path, 13_700.0)  # without closing the first: as after kill -9
    assert copy.load("olt") == {"1.1": 10_000.0, "1.2": 13_600.0}
    assert copy.load("nobody") == {}
    later = SqliteReadTimes(path, 18_000.0)
    assert later.load("olt") == {"1.2": 13_600.0}
    for opened in (times, copy, later):
        opened.close()


def test_indexes_are_told_apart_on_the_wire() -> None:
    """What the counting OLT takes for an ONU is one: all metered columns are of one length."""
    assert len({len(column) for column in METERED}) == 1
    assert encode_arcs((PON, 1)) != encode_arcs((PON, 2))


def test_the_daemon_keeps_the_times_in_its_state_folder(tmp_path: Path) -> None:
    """Two lives of a whole daemon, the first ended in good order."""

    async def live(ports: dict[str, int], clock: Leaping, counting: CountingOlt, light: float | None) -> None:
        drawn = inventory(ports, SnmpProbe(interval=80_000.0, auth="field", timeout=1.0))
        nodes = {name: replace(node, monitor=("snmp",), icmp=None) for name, node in drawn.nodes.items()}
        sites = {"site": Site("site", "Jenu", SiteKind.POP)}
        drawn = replace(drawn, nodes=nodes, sites=sites, vantage=Vantage("olt"), digest="d")
        settings = Settings(state=tmp_path, port=0)
        daemon = Daemon(drawn, KernelSockets(), settings, clock=clock, reveal=reveal)
        await daemon.start()
        stop = asyncio.Event()
        running = asyncio.create_task(daemon.run(stop))
        daemon.instruments.snmp.poll_now(["olt"])
        async with asyncio.timeout(PATIENCE):
            while not (polls := daemon.instruments.snmp.measurements().polls) and not running.done():
                await asyncio.sleep(0.01)  # it has no hook to wait for
        stop.set()
        await running
        assert [row.receive_power_dbm for row in polls["olt"].onus] == [light] * 8
        assert set(counting.asked.values()) == {1}

    async def play() -> None:
        counting, clock = CountingOlt(8), Leaping()
        agent = await FakeAgent.start(counting.reply)
        ports = {"olt": agent.source[1]}
        await live(ports, clock, counting, -21.45)
        clock.ahead += 1800.0
        await live(ports, clock, counting, None)
        agent.close()

    asyncio.run(play())
    assert (tmp_path / "onu-reads.sqlite").exists()
