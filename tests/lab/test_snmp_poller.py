"""The poller on loopback: against a real snmpd, and against agents that change, hang and lie."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.events import LightLevel, PortState, Rebooted
from netmon.model import SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.evidence import polls as evidence
from netmon.probes.snmp.ber import INTEGER, arcs, encode_arcs
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import Request
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors import interfaces, mikrotik, system
from tests.lab.snmp_agents import honest, snmpd
from tests.lab.snmp_watch import Town, Watch, inventory, play, router, watch
from tests.unit.probes.snmp.agents import Agent, encode_response

pytestmark = pytest.mark.lab


SFP1_OPER = interfaces.OPER_STATUS + b"\x01"
SFP1_LIGHT = mikrotik.RECEIVE_POWER + b"\x01"


def test_a_real_agent_is_read_as_the_kernel_counts(tmp_path: Path) -> None:
    polls: dict[str, DevicePoll] = {}

    async def scenario(watching: Watch) -> None:
        watching.poller.poll_now(["real"])
        polls.update(await watching.polled("real"))

    with snmpd(tmp_path / "agent") as port:
        watching = watch(inventory({"real": port}, SnmpProbe(interval=2.0, auth="field", timeout=2.0)), scenario)
    poll = polls["real"]
    assert (poll.ok, poll.complete, poll.failure) == (True, True, None)
    assert poll.system is not None
    assert (poll.system.name, poll.system.location, poll.system.vendor) == ("rtr-real", "Tuban", "net-snmp")
    up = float(Path("/proc/uptime").read_text().split()[0])
    assert poll.system.uptime_seconds == pytest.approx(up, abs=60)
    loopback = next(row for row in poll.interfaces if row.name == "lo")
    assert (loopback.index, loopback.oper_up, loopback.counter_bits) == (socket.if_nametoindex("lo"), True, 64)
    assert 0 < (loopback.receive_bytes or 0) <= kernel_receive_bytes("lo")
    states = {event.port: event.up for event in watching.kinds(PortState) if isinstance(event, PortState)}
    assert states["lo"] is True


def kernel_receive_bytes(name: str) -> int:
    lines = Path("/proc/self/net/dev").read_text().splitlines()
    return next(int(line.split(":")[1].split()[0]) for line in lines if line.strip().startswith(f"{name}:"))


def test_an_agent_restarted_alone_is_no_reboot(tmp_path: Path) -> None:
    probe = SnmpProbe(interval=30.0, auth="field", timeout=2.0)
    polls: list[DevicePoll] = []

    async def scenario(watching: Watch) -> None:
        for life in ("first", "second"):
            with snmpd(tmp_path / life) as port:
                watching.poller.set_inventory(inventory({"real": port}, probe))
                watching.poller.poll_now(["real"])
                polls.append((await watching.polled("real"))["real"])
        assert watching.kinds(Rebooted) == []

    watch(inventory({}), scenario)
    before, after = (poll.system for poll in polls)
    assert before is not None
    assert after is not None
    # The first agent as if it had run for an hour: what its restart looks like need not be waited for.
    aged = replace(before, agent_seconds=(before.agent_seconds or 0.0) + 3600.0)
    elapsed = polls[1].monotonic - polls[0].monotonic
    assert not evidence.restarted(aged, after, elapsed), "the host's own clock went on"
    assert evidence.restarted(replace(aged, host_seconds=None), replace(after, host_seconds=None), elapsed)


def test_a_wrong_community_is_a_timeout(tmp_path: Path) -> None:
    with snmpd(tmp_path / "agent", community="other") as port:

        async def scenario(watching: Watch) -> None:
            poll = (await watching.polled("real"))["real"]
            assert (poll.ok, poll.failure, poll.system) == (False, Failure.TIMEOUT, None)

        assert watch(inventory({"real": port}), scenario).events == []


def test_changes_are_said_once() -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        agent = Agent(router())
        watching.poller.set_inventory(inventory(await town.add(gw=honest(agent))))
        await watching.polled("gw")
        first = list(watching.events)
        kinds = [type(event) for event in first if isinstance(event, PortState | LightLevel)]
        assert kinds == [PortState, PortState, LightLevel, LightLevel]
        agent.variables[SFP1_OPER] = 2
        agent.variables[SFP1_LIGHT] = -40_000
        await watching.until(lambda: len(watching.events) > len(first))
        await watching.polled("gw")
        port, light = watching.events[len(first) :]
        assert isinstance(port, PortState)
        assert isinstance(light, LightLevel)
        assert (port.node, port.port, port.up) == ("gw", "sfp1", False)
        assert (light.port, light.power_dbm) == ("sfp1", None)

    play(scenario)


def test_what_is_asked_for_during_a_poll_is_answered_by_the_next() -> None:
    """What a poll that is under way has read may be older than the question."""

    async def scenario(watching: Watch, town: Town) -> None:
        agent = honest(Agent(router()))
        asked: list[float] = []

        def reply(request: Request, request_id: int) -> list[bytes]:
            if watching.poller.measurements().polls_total == 1 and not asked:  # in the midst of the second poll
                asked.append(SystemClock().wall())
                watching.poller.read_again(["gw"])
            return agent(request, request_id)

        def said() -> list[float]:
            return [event.asked for event in watching.events if isinstance(event, PortState) and event.asked]

        watching.poller.set_inventory(inventory(await town.add(gw=reply)))
        await watching.until(lambda: bool(asked) and max(said(), default=0.0) > asked[0])
        old = [at for at in said() if at <= asked[0]]
        assert len(old) == 4, "two ports, twice: what the poll under way says is dated by its beginning"

    play(scenario)


def test_a_reboot_is_seen() -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        agent = Agent(router())
        watching.poller.set_inventory(inventory(await town.add(gw=honest(agent))))
        await watching.polled("gw")
        agent.variables[system.UPTIME] = 4200
        await watching.until(lambda: bool(watching.kinds(Rebooted)))
        (event,) = watching.kinds(Rebooted)
        assert isinstance(event, Rebooted)
        assert event.booted == pytest.approx(SystemClock().wall() - 42, abs=5)

    play(scenario)


def test_an_agent_that_hangs_delays_nobody() -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        replies = {f"gw{i}": honest(Agent(router())) for i in range(20)}
        ports = await town.add(stuck=lambda _request, _id: [], **replies)
        probe = SnmpProbe(interval=60.0, auth="field", timeout=20.0, retries=0)
        drawn = inventory(ports, probe)
        stuck = replace(drawn.nodes["stuck"], snmp=replace(probe, port=ports["stuck"], interval=8.0))  # its poll ends
        watching.poller.set_inventory(replace(drawn, nodes={**drawn.nodes, "stuck": stuck}))
        watching.poller.poll_now(["stuck"])
        await watching.until(lambda: bool(town.agents["stuck"].seen))
        watching.poller.poll_now(list(replies))
        polls = await watching.polled(*replies)
        assert all(poll.complete for poll in polls.values())
        assert "stuck" not in watching.poller.measurements().polls, "it still waits, and nobody waited for it"
        await watching.until(lambda: "stuck" in watching.poller.measurements().polls)
        assert watching.poller.measurements().polls["stuck"].failure is Failure.TIMEOUT

    play(scenario)


def endless(request: Request, request_id: int) -> list[bytes]:
    """Answer every walk with rows that never end."""
    if not request.repetitions:
        return honest(Agent(router()))(request, request_id)
    columns = [*interfaces.COLUMNS, *mikrotik.OPTICAL_COLUMNS]
    names = [(next(column for column in columns if name.startswith(column)), name) for name in request.oids]
    lasts = [(column, (arcs(name[len(column) :]) or (0,))[0]) for column, name in names]
    rows = [
        (column + encode_arcs((last + step,)), INTEGER, 1)
        for step in range(1, request.repetitions + 1)
        for column, last in lasts
    ]
    return [encode_response(request_id, rows)]


def test_liars_end_with_their_reason() -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        ports = await town.add(
            rubbish=lambda _request, _id: [b"\x30\x80\x00\x00"],
            foreign=lambda _request, request_id: [encode_response(request_id ^ 1, [])],
            empty=lambda _request, request_id: [encode_response(request_id, [])],
            errors=lambda _request, request_id: [encode_response(request_id, [], 5, 0)],
            endless=endless,
        )
        probe = SnmpProbe(interval=60.0, auth="field", timeout=0.5, retries=0)
        watching.poller.set_inventory(inventory(ports, probe))
        watching.poller.poll_now(list(ports))
        polls = await watching.polled(*ports)
        assert {name: poll.failure for name, poll in polls.items()} == {
            "rubbish": Failure.MALFORMED,
            "foreign": Failure.TIMEOUT,
            "empty": Failure.TRUNCATED,
            "errors": Failure.ERROR_STATUS,
            "endless": Failure.ENDLESS,
        }
        assert len(watching.events) < 2000
        assert polls["endless"].ok
        measured = watching.poller.measurements()
        assert measured.failures[Failure.ENDLESS] >= 1
        assert measured.sockets.ignored["malformed"] >= 1
        assert measured.sockets.ignored["unmatched"] >= 1

    play(scenario)


def test_credentials_that_cannot_be_used_say_so(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        ports = await town.add(locked=honest(Agent(router())))
        drawn = inventory(ports, locked=SnmpAuth("locked", "2c", community=SecretRef(env="ABSENT")))
        nodes = {
            name: replace(node, snmp=replace(node.snmp, auth=name)) if node.snmp else node
            for name, node in drawn.nodes.items()
        }
        watching.poller.set_inventory(replace(drawn, nodes=nodes))
        polls = await watching.polled("locked")
        assert polls["locked"].failure is Failure.CREDENTIALS
        assert all(agent.seen == [] for agent in town.agents.values())

    with caplog.at_level(logging.DEBUG):
        play(scenario)
    assert "ABSENT is not set" in caplog.text
    assert "public" not in caplog.text


def test_a_hint_polls_soon_and_not_in_a_storm() -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        ports = await town.add(gw=honest(Agent(router())))
        watching.poller.set_inventory(inventory(ports, SnmpProbe(interval=3600.0, auth="field", timeout=5.0)))
        for _ in range(50):
            watching.poller.poll_now(["gw", "stranger"])
        await watching.polled("gw")
        assert watching.poller.measurements().polls_total == 1

    play(scenario)


def test_nodes_that_leave_are_forgotten_and_those_that_stay_are_not_said_again() -> None:
    async def scenario(watching: Watch, town: Town) -> None:
        ports = await town.add(a=honest(Agent(router())), b=honest(Agent(router())))
        watching.poller.set_inventory(inventory(ports))
        await watching.polled("a", "b")
        said = len(watching.events)
        watching.poller.set_inventory(inventory({"a": ports["a"]}))
        await watching.polled("a")
        assert set(watching.poller.measurements().polls) == {"a"}
        assert len(watching.events) == said
        watching.poller.set_inventory(inventory(ports))
        await watching.polled("b")
        assert {event.node for event in watching.kinds(PortState)[-2:] if isinstance(event, PortState)} == {"b"}

    play(scenario)
