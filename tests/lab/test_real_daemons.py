"""netmon on a county of real daemons, net-snmp, lldpd and FRR: its own lab might misread MIBs just as netmon does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from netmon.clock import SystemClock
from netmon.daemon.service import Daemon
from netmon.daemon.settings import Settings
from netmon.ending import end_all
from netmon.events import Event, NeighboursHeard
from netmon.model import (
    Element,
    ElementKind,
    IcmpProbe,
    Inventory,
    Link,
    LinkEnd,
    Node,
    Reach,
    SecretRef,
    Site,
    SiteKind,
    SnmpAuth,
    SnmpProbe,
    TrapKind,
    Vantage,
)
from netmon.picture.state import Picture
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.trace.route import TraceSettings, trace
from netmon.topology.discovery import Discovered, discover
from netmon.topology.drift import DriftKind, drift
from netmon.topology.hearing import listen_to
from tests.lab.real_daemons import (
    AUTH_PASSWORD,
    COMMUNITY,
    PATIENCE,
    PRIV_PASSWORD,
    SPARE,
    USER,
    HostSockets,
    RealCounty,
    real_county,
)

pytestmark = [pytest.mark.lab, pytest.mark.root, pytest.mark.timeout(300)]

RING_CUT = "d2-d3"
POLL = 10.0
"""Seconds between two polls of a router in the race of hint against turn; half of them lie between d3 and d2."""
SECRETS = {"C": COMMUNITY, "A": AUTH_PASSWORD, "P": PRIV_PASSWORD, "WRONG": "bukan-itu-sandinya"}


@pytest.fixture(scope="module")
def county() -> Iterator[RealCounty]:
    with real_county() as built:
        yield built


def drawn(county: RealCounty, auth: str = "c", interval: float = POLL) -> Inventory:
    """Return the county as an inventory: each host a site, each cable with both its ports."""
    hosts = county.hosts.values()
    return Inventory(
        region="sungguhan",
        vantage=Vantage("noc", ()),
        sites={host.name: Site(host.name, host.name, SiteKind.VILLAGE) for host in hosts},
        nodes={
            host.name: Node(
                host.name,
                host.name,
                host.address,
                monitor=() if host.name == "noc" else ("icmp", "snmp"),
                icmp=None if host.name == "noc" else IcmpProbe(),
                snmp=None if host.name == "noc" else SnmpProbe(interval=interval, auth=auth),
            )
            for host in hosts
        },
        links={
            name: Link(name, LinkEnd(a.host, a.port), LinkEnd(b.host, b.port))
            for name, (a, b) in county.plugs.items()
        },
        auth={
            "c": SnmpAuth("c", "2c", community=SecretRef(env="C")),
            "v3": user("v3", "P"),
            "wrong": user("wrong", "WRONG"),
        },
        digest="sungguhan",
    )


def user(name: str, priv: str) -> SnmpAuth:
    return SnmpAuth(
        name,
        "3",
        user=USER,
        auth_protocol="sha256",
        auth_password=SecretRef(env="WRONG" if name == "wrong" else "A"),
        priv_protocol="aes128",
        priv_password=SecretRef(env=priv),
    )


def reveal(ref: SecretRef) -> str:
    return SECRETS[str(ref.env)]


class Watching:
    """A daemon at the vantage of the county, its traps heard or not."""

    def __init__(self, county: RealCounty, inventory: Inventory, *, traps: bool) -> None:
        self.daemon = Daemon(
            inventory,
            HostSockets(county.hosts["noc"]),
            Settings(None, port=0, traps=("0.0.0.0", 162) if traps else None),
            clock=SystemClock(),
            reveal=reveal,
        )

    async def until(self, condition: Callable[[Picture], bool], what: str) -> float:
        """Wait until a picture satisfies the condition; return when that was (monotonic)."""
        deadline = time.monotonic() + PATIENCE
        while self.daemon.picture is None or not condition(self.daemon.picture):
            assert time.monotonic() < deadline, (
                f"{what}: {self.daemon.picture and self.daemon.picture.open_incidents}"
            )
            await asyncio.sleep(0.02)
        return time.monotonic()


@asynccontextmanager
async def watching(county: RealCounty) -> AsyncIterator[tuple[Watching, Watching]]:
    """Run two daemons on the county, one that hears traps and one that is deaf; each has heard and read all of it."""
    inventory = drawn(county)
    stop = asyncio.Event()
    both = (Watching(county, inventory, traps=True), Watching(county, inventory, traps=False))
    running = []
    try:
        for each in both:
            await each.daemon.start()
            running.append(asyncio.create_task(each.daemon.run(stop)))
        for each in both:
            each.daemon.instruments.snmp.poll_now(list(inventory.nodes))
        for each in both:
            await each.until(lambda picture: heard_all(picture, inventory), "all heard and read")
        yield both
    finally:
        stop.set()
        await asyncio.gather(*running)


def heard_all(picture: Picture, inventory: Inventory) -> bool:
    polled = {name for name, node in inventory.nodes.items() if node.snmp is not None}
    return all(state.reach is Reach.UP for state in picture.nodes.values()) and polled <= {
        port.node for port in picture.ports
    }


def names(link: str) -> Callable[[Picture], bool]:
    element = Element(ElementKind.LINK, link)
    return lambda picture: any(
        element in (incident.fault.element, *incident.fault.alternatives) for incident in picture.open_incidents
    )


def test_a_trap_of_a_real_agent_leads_to_the_fault_sooner_than_polling(
    county: RealCounty, record_property: Callable[[str, object], None]
) -> None:
    """Two daemons watch one cut of the ring: one hears traps, the other waits for its turn to poll."""

    async def race() -> None:
        async with watching(county) as (hearing, deaf):
            polls = deaf.daemon.instruments.snmp.measurements().polls
            await deaf.until(
                lambda _picture: deaf.daemon.instruments.snmp.measurements().polls["d3"].at > polls["d3"].at,
                "a turn of d3",
            )
            started = time.monotonic()
            county.cut(RING_CUT)
            by_trap = await hearing.until(names(RING_CUT), "the cut by traps") - started
            assert deaf.daemon.picture is not None
            assert not names(RING_CUT)(deaf.daemon.picture)
            by_poll = await deaf.until(names(RING_CUT), "the cut by polls") - started
            assert by_trap < by_poll
            record_property(
                "figure",
                f"real daemons, from a ring cut just after a poll to its name: {by_trap:.1f} s with traps, "
                f"{by_poll:.1f} s without",
            )
            assert hearing.daemon.picture is not None
            said = {trap.what for sent in hearing.daemon.picture.traps.values() for trap in sent}
            assert TrapKind.LINK_DOWN in said
            assert hearing.daemon.instruments.traps.measurements().dropped == {}
            assert all(state.reach is Reach.UP for state in hearing.daemon.picture.nodes.values())
            county.heal(RING_CUT)
            await hearing.until(lambda picture: not picture.open_incidents, "the repair by traps")

    asyncio.run(race())


def read_once(county: RealCounty, inventory: Inventory) -> tuple[Mapping[str, DevicePoll], list[Event]]:
    """Poll every router once, knowing nothing of it; return what was found and what follows."""
    events: list[Event] = []

    async def poll() -> Mapping[str, DevicePoll]:
        poller = SnmpPoller(HostSockets(county.hosts["noc"]), SystemClock(), reveal)
        poller.set_inventory(inventory)
        wanted = [name for name, node in inventory.nodes.items() if node.snmp is not None]
        polling = asyncio.create_task(poller.run(events.extend))
        poller.poll_now(wanted)
        try:
            async with asyncio.timeout(PATIENCE):
                while len(poller.measurements().polls) < len(wanted):
                    await asyncio.sleep(0.05)
            return poller.measurements().polls
        finally:
            await end_all(polling)

    return asyncio.run(poll()), events


def seen_links(county: RealCounty, inventory: Inventory) -> Discovered:
    """Return the links that the routers hear now."""
    _, events = read_once(county, inventory)
    return discover(listen_to(event for event in events if isinstance(event, NeighboursHeard)), inventory)


def until_seen(county: RealCounty, wanted: Callable[[Discovered], bool]) -> Discovered:
    """Read until the neighbours are as wanted: lldpd announces itself at once, but not to everybody first."""
    inventory = drawn(county)
    deadline = time.monotonic() + PATIENCE
    while not wanted(found := seen_links(county, inventory)):
        assert time.monotonic() < deadline, f"{found.links}\n{found.candidates}\n{drift(inventory, found)}"
    return found


def ends(found: Discovered) -> set[frozenset[LinkEnd]]:
    return {frozenset(link.ends) for link in found.links}


def test_the_discovered_topology_is_the_built_one_with_its_ports(county: RealCounty) -> None:
    """By LLDP over AgentX from lldpd: who hears whom on which port is exactly how the cables lie."""
    built = {frozenset({LinkEnd(a.host, a.port), LinkEnd(b.host, b.port)}) for a, b in county.plugs.values()}
    found = until_seen(county, lambda found: ends(found) == built)
    between_routers = [link for link in found.links if all(end.node != "noc" for end in link.ends)]
    assert all(link.both and "lldp" in link.sources for link in between_routers)
    assert found.candidates == ()
    assert drift(drawn(county), found) == ()


def test_a_moved_cable_is_exactly_one_moved_drift(county: RealCounty) -> None:
    """The village v4 is replugged from d4 to a spare port of d1."""
    inventory = drawn(county)
    d4, v4 = county.plugs["d4-v4"]
    county.unplug(d4)
    moved = replace(d4, host="d1", port=SPARE)
    county.plug(moved, v4)
    try:
        there = frozenset({LinkEnd("d1", SPARE), LinkEnd("v4", v4.port)})
        county.wait(lambda: county.can_reach("v4"), "way to v4 by its new port")
        found = until_seen(county, lambda found: there in ends(found) and all(end.node != "d4" for end in there))
        (difference,) = drift(inventory, found)
        assert difference.kind is DriftKind.MOVED
        assert difference.link == "d4-v4"
        assert difference.seen is not None
        assert frozenset(difference.seen) == there
    finally:
        county.unplug(moved)
        county.plug(d4, v4)
        county.wait(lambda: county.can_reach("v4"), "way to v4 by its old port")


@pytest.mark.parametrize(("auth", "failure"), [("v3", None), ("wrong", Failure.AUTHENTICATION)])
def test_version_3_reads_and_a_wrong_password_says_so(county: RealCounty, auth: str, failure: Failure | None) -> None:
    """authPriv with SHA-256 and AES-128, against net-snmp."""
    polls, _ = read_once(county, drawn(county, auth))
    assert {poll.failure for poll in polls.values()} == {failure}
    if failure is None:
        assert {poll.system.name for poll in polls.values() if poll.system is not None} == set(polls)
        assert {row.name for row in polls["d1"].interfaces} >= {plug.port for plug in county.hosts["d1"].plugs}


def test_a_reroute_after_a_ring_cut_is_seen(county: RealCounty) -> None:
    """The way to d1 turns from core1 to the long way round, and d1 misses a neighbour."""
    sockets, target = HostSockets(county.hosts["noc"]), county.hosts["d1"].address

    def hops() -> int:
        found = asyncio.run(trace(sockets, SystemClock(), target, TraceSettings(timeout=2.0)))
        return len(found.hops) if found.is_reached else 0

    def neighbours() -> set[str]:
        rows = read_once(county, drawn(county))[0]["d1"].routing
        return {row.neighbour for row in rows if row.protocol == "ospf" and row.is_up}

    core1, _ = county.plugs["core1-d1"]
    county.wait(lambda: hops() == 2, "short way to d1")
    county.wait(lambda: core1.address in neighbours(), "OSPF neighbour core1 at d1")
    before = neighbours()
    county.cut("core1-d1")
    try:
        county.wait(lambda: hops() == 5, "long way to d1")  # core2, d4, d3, d2, d1
        county.wait(lambda: neighbours() == before - {core1.address}, "loss of the neighbour core1 at d1")
    finally:
        county.heal("core1-d1")
    county.wait(lambda: hops() == 2, "short way to d1 again")
