"""What stands around the routers, polled from agents that change: a supply, an OLT, a routing neighbour, a fibre."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from netmon.events import Event, EvidenceSeen, LightHealth, OnuState, RoutingState
from netmon.model import EvidenceKind
from netmon.probes.snmp.ber import Oid, Value, encode_arcs, oid
from netmon.probes.vendors import huawei_olt as olt
from netmon.probes.vendors import mikrotik, routing, system, ups
from tests.lab.fast_days import Leaping, Life
from tests.lab.snmp_agents import FakeAgent, honest
from tests.unit.probes.snmp.agents import Agent, table

pytestmark = pytest.mark.lab

PON = 4194304000
ONU = encode_arcs((PON, 1))
NEIGHBOUR = encode_arcs((198, 18, 0, 1, 0))


def device(object_id: str, variables: dict[bytes, Value]) -> Agent:
    scalars: dict[bytes, Value] = {system.OBJECT_ID: Oid(oid(object_id)), system.UPTIME: 1_000_000}
    return Agent(scalars | variables)


def test_each_change_is_said_once(tmp_path: Path) -> None:
    supply = device("1.3.6.1.4.1.318", {ups.OUTPUT_SOURCE: 3, ups.BATTERY_STATUS: 2, ups.SECONDS_ON_BATTERY: 0})
    head = device(
        "1.3.6.1.4.1.2011.2.248",
        table(
            {
                olt.RUN_STATUS: {(PON, 1): 1},
                olt.RANGING: {(PON, 1): 4321},
                olt.DESCRIPTION: {(PON, 1): b"rtr-x"},
                olt.LAST_DOWN_CAUSE: {(PON, 1): -1},
            }
        ),
    )
    router = device(
        "1.3.6.1.4.1.14988.1",
        table(
            {
                routing.OSPF_STATE: {(198, 18, 0, 1, 0): 8},
                mikrotik.NAME: {(1,): b"sfp1"},
                mikrotik.RECEIVE_POWER: {(1,): -7000},
            }
        ),
    )

    async def play() -> None:
        served = {"supply": supply, "head": head, "router": router}
        agents = {name: await FakeAgent.start(honest(agent)) for name, agent in served.items()}
        clock = Leaping()
        life = Life(tmp_path, clock, {name: agent.source[1] for name, agent in agents.items()})

        async def turn() -> list[Event]:
            """Let a minute pass and return what it made known of these."""
            clock.ahead += 60.0
            life.said.clear()
            await asyncio.gather(*(life.poll(name) for name in served))
            wanted = (EvidenceSeen, OnuState, RoutingState, LightHealth)
            return [event for event in life.said if isinstance(event, wanted)]

        (first,) = await turn()
        assert isinstance(first, EvidenceSeen)
        assert first.what is EvidenceKind.MAINS_BACK
        assert await turn() == []

        supply.variables |= {ups.OUTPUT_SOURCE: 5, ups.SECONDS_ON_BATTERY: 15}
        head.variables |= {olt.RUN_STATUS + ONU: 2, olt.LAST_DOWN_CAUSE + ONU: 13, olt.RANGING + ONU: -1}
        router.variables[routing.OSPF_STATE + NEIGHBOUR] = 1
        by_kind = {event.kind: event for event in await turn()}
        assert set(by_kind) == {"evidence", "onu", "routing"}
        battery, gone, lost = by_kind["evidence"], by_kind["onu"], by_kind["routing"]
        assert isinstance(battery, EvidenceSeen)
        assert isinstance(gone, OnuState)
        assert isinstance(lost, RoutingState)
        assert (battery.node, battery.what) == ("supply", EvidenceKind.ON_BATTERY)
        assert battery.at - battery.since == pytest.approx(15.0, abs=1.0)
        assert (gone.node, gone.onu, gone.online, gone.cause) == ("head", 1, False, "power")
        assert (gone.name, gone.distance_meters) == ("rtr-x", 4321.0)
        assert (lost.neighbour, lost.up, lost.state) == ("198.18.0.1", False, "down")
        assert await turn() == []

        for _ in range(10):
            assert await turn() == []
        router.variables[mikrotik.RECEIVE_POWER + b"\x01"] = -10_500
        assert await turn() == []
        assert await turn() == []
        (stepped,) = await turn()
        assert isinstance(stepped, LightHealth)
        assert (stepped.line, stepped.condition, stepped.power_dbm, stepped.usual_dbm) == (
            "sfp1",
            "stepped",
            -10.5,
            -7.0,
        )
        await life.end()
        for agent in agents.values():
            agent.close()

    asyncio.run(play())
