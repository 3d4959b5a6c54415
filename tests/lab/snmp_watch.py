"""A poller that watches agents of the lab, and what it says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.errors import ConfigError
from netmon.events import Event
from netmon.model import IcmpProbe, Inventory, Node, SecretRef, SnmpAuth, SnmpProbe, Vantage
from netmon.probes.snmp.ber import Oid, Value, oid
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.sockets import KernelSockets, Sockets
from netmon.probes.vendors import interfaces, mikrotik, system
from tests.lab.snmp_agents import HOST, FakeAgent, Reply
from tests.unit.probes.snmp.agents import table

PATIENCE = 60.0  # seconds


def inventory(ports: dict[str, int], probe: SnmpProbe | None = None, **auth: SnmpAuth) -> Inventory:
    """Return an inventory of nodes that are agents on ports of loopback."""
    settings = probe or SnmpProbe(interval=1.0, auth="field", timeout=3.0, retries=0)
    nodes = {
        name: Node(name, "site", HOST, monitor=("icmp", "snmp"), icmp=IcmpProbe(), snmp=replace(settings, port=port))
        for name, port in ports.items()
    }
    known = {"field": SnmpAuth("field", "2c", community=SecretRef(env="COMMUNITY")), **auth}
    return Inventory("test", Vantage("noc"), sites={}, nodes=nodes, links={}, auth=known)


def reveal(ref: SecretRef) -> str:
    if ref.env != "COMMUNITY":
        raise ConfigError(f"environment variable {ref.env} is not set")
    return "public"


@dataclass
class Watch:
    """A running poller and everything it said."""

    poller: SnmpPoller
    events: list[Event] = field(default_factory=list)

    def emit(self, events: Sequence[Event]) -> None:
        self.events += events

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.01)  # a condition on what the poller did; it has no hook to wait for

    async def polled(self, *nodes: str) -> dict[str, DevicePoll]:
        """Wait for a poll of each node that starts from now on."""
        now = SystemClock().wall()
        latest: dict[str, DevicePoll] = {}

        def have_all() -> bool:
            latest.update({n: p for n, p in self.poller.measurements().polls.items() if p.at >= now})
            return latest.keys() >= set(nodes)

        await self.until(have_all)
        return latest

    def kinds(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


def watch(
    drawn: Inventory,
    scenario: Callable[[Watch], Awaitable[None]],
    sockets: Sockets | None = None,
    reveal: Callable[[SecretRef], str] = reveal,
) -> Watch:
    """Run a poller while a scenario plays; return what it saw."""

    async def play() -> Watch:
        watching = Watch(SnmpPoller(sockets or KernelSockets(), SystemClock(), reveal))
        watching.poller.set_inventory(drawn)
        running = asyncio.create_task(watching.poller.run(watching.emit))
        try:
            await scenario(watching)
        finally:
            await end_all(running)
        return watching

    return asyncio.run(play())


def router(ports: int = 2) -> dict[bytes, Value]:
    """Return what a small RouterOS device says."""
    rows = range(1, ports + 1)
    scalars: dict[bytes, Value] = {
        system.NAME: b"rtr",
        system.OBJECT_ID: Oid(oid("1.3.6.1.4.1.14988.1")),
        system.UPTIME: 1_000_000,
        system.INTERFACE_COUNT: ports,
    }
    return scalars | table(
        {
            interfaces.NAME: {(i,): b"sfp%d" % i for i in rows},
            interfaces.OPER_STATUS: {(i,): 1 for i in rows},
            interfaces.HC_IN_OCTETS: {(i,): 1000 * i for i in rows},
            mikrotik.NAME: {(i,): b"sfp%d" % i for i in rows},
            mikrotik.RECEIVE_POWER: {(i,): -7000 for i in rows},
        }
    )


@dataclass
class Town:
    """Fake agents by name, started inside the running loop."""

    agents: dict[str, FakeAgent] = field(default_factory=dict)

    async def add(self, **replies: Reply) -> dict[str, int]:
        for name, reply in replies.items():
            self.agents[name] = await FakeAgent.start(reply)
        return {name: agent.source[1] for name, agent in self.agents.items()}

    def close(self) -> None:
        for agent in self.agents.values():
            agent.close()


def play(scenario: Callable[[Watch, Town], Awaitable[None]]) -> None:
    """Run a poller without nodes and a town without agents; the scenario adds both."""

    async def inside(watching: Watch) -> None:
        town = Town()
        try:
            await scenario(watching, town)
        finally:
            town.close()

    watch(inventory({}), inside)
