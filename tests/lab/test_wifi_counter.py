"""Clients of an access point, from the packets of its agent to what the picture says of the wifi."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from netmon.clock import FakeClock, SystemClock
from netmon.events import ClientsSeen, Event
from netmon.model import Inventory, Service
from netmon.probes.evidence.clients import QUIET
from netmon.probes.services.wifi import WifiCounter
from netmon.probes.vendors import mikrotik_radio
from netmon.probes.vendors.tables import Part
from tests.lab.snmp_agents import honest
from tests.lab.snmp_watch import Town, Watch, inventory, play, router
from tests.unit.probes.snmp.agents import Agent, table

pytestmark = pytest.mark.lab

CLIENTS = mikrotik_radio.AP_CLIENTS + b"\x01"


def with_wifi(drawn: Inventory) -> Inventory:
    wifi = Service("wifi", "site", "wifi", depends_on=("ap",))
    return replace(drawn, services={"wifi": wifi})


def test_clients_come_and_go_and_a_dead_access_point_counts_nobody() -> None:
    said: list[Event] = []

    def emit(events: Sequence[Event]) -> None:
        said.extend(events)

    async def scenario(watching: Watch, town: Town) -> None:
        agent = Agent(router() | table({mikrotik_radio.AP_CLIENTS: {(1,): 4}}))
        drawn = with_wifi(inventory(await town.add(ap=honest(agent))))
        watching.poller.set_inventory(drawn)
        clock = FakeClock(SystemClock().wall())
        counter = WifiCounter(clock, watching.poller.latest)
        counter.set_inventory(drawn)

        async def look(clients: int) -> None:
            agent.variables[CLIENTS] = clients
            watching.poller.renew(["ap"], {Part.RADIOS})
            watching.poller.poll_now(["ap"])
            await watching.until(lambda: [row.stations for row in watching.poller.latest()["ap"].radios] == [clients])
            clock.step_wall(watching.poller.latest()["ap"].ended - clock.wall())
            counter.look(emit)

        await watching.polled("ap")
        await look(4)
        assert counter.measurements() == {"wifi": 4}
        await look(0)
        assert counter.measurements() == {"wifi": 0}
        assert [event.some for event in said if isinstance(event, ClientsSeen)] == [True]
        town.close()
        clock.advance(QUIET + 60.0)  # nobody polled it for an hour: of that hour nothing is known
        counter.look(emit)
        assert counter.measurements() == {}
        assert [event.some for event in said if isinstance(event, ClientsSeen)] == [True, None]

    play(scenario)
