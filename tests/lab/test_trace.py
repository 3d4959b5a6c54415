"""Traceroute through the kernel's network: the hops are the lab's truth, with silent routers among them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from netmon.clock import SystemClock
from netmon.errors import CannotError, PrivilegeError
from netmon.lab.network import Lab
from netmon.lab.story import faults as f
from netmon.lab.wires.routes import graph_of, path_from_root, shortest_forest
from netmon.lab.wires.wiring import wire
from netmon.probes.sockets import KernelSockets, Sockets, open_icmp
from netmon.probes.trace.route import Protocol, Trace, TraceSettings, trace
from tests.lab.counties import draw
from tests.lab.kernel_lab import playing
from tests.lab.pings import wait_until
from tests.requires import require

pytestmark = pytest.mark.lab

LINE = draw(
    [
        ("noc", "core"),
        ("core", "r1"),
        ("r1", "r2"),
        ("r2", "r3"),
        ("r3", "splitter"),
        ("splitter", "v1"),
        ("core", "far"),
        ("far", "v1"),
    ],
    passive={"splitter"},
)
"""From the vantage to v1 it is far → v1; with that cut, r1 → r2 → r3 → splitter → v1."""
QUICK = TraceSettings(timeout=5.0)
PROTOCOLS = pytest.mark.parametrize("protocol", ["icmp", "udp"])


@pytest.fixture(scope="module")
def line() -> Iterator[Lab]:
    with playing(LINE) as lab:
        yield lab


@pytest.fixture
def lab(line: Lab) -> Iterator[Lab]:
    yield line
    asyncio.run(line.apply(f.HealLink("core-far"), f.UnmuteManagement("r2"), f.UnmuteManagement("v1")))
    # The next trace must not see the routes on their way back.
    wait_until(lambda: hops(run(line.sockets, "v1", settings("icmp", timeout=0.5))) == truth("v1"))


def truth(node: str, cut: str = "") -> list[str]:
    """Return the addresses of the hops to a node, as the lab routes."""
    forest = shortest_forest(graph_of(LINE), "noc", lambda link: link != cut)
    senders = [sender for _, sender in path_from_root(forest, node)]
    return [str(wire(LINE).addresses[hop][0]) for hop in [*senders[1:], node]]


def address(node: str) -> str:
    found = LINE.nodes[node].address
    assert found is not None
    return found


def run(sockets: Sockets, node: str, settings: TraceSettings) -> Trace:
    return asyncio.run(trace(sockets, SystemClock(), address(node), settings))


def hops(found: Trace) -> list[str]:
    return ["/".join(hop.addresses) or "*" for hop in found.hops]


def settings(protocol: Protocol, timeout: float = 5.0) -> TraceSettings:
    return TraceSettings(protocol=protocol, timeout=timeout)


@PROTOCOLS
def test_the_hops_are_those_of_the_lab(lab: Lab, protocol: Protocol) -> None:
    for node in ("core", "far", "v1", "r2"):
        found = run(lab.sockets, node, settings(protocol))
        assert hops(found) == truth(node)
        assert (found.end, found.is_reached) == ("reached", True)
        assert all(rtt is not None and 0 < rtt < 5 for hop in found.hops for rtt in hop.rtts)


@PROTOCOLS
def test_a_reroute_shows_and_a_passive_node_is_a_hop(lab: Lab, protocol: Protocol) -> None:
    asyncio.run(lab.apply(f.CutLink("core-far")))
    expected = truth("v1", cut="core-far")
    assert len(expected) == 6
    wait_until(lambda: hops(run(lab.sockets, "v1", settings(protocol, timeout=0.5))) == expected)


@PROTOCOLS
def test_a_silent_router_is_a_hop_without_a_name(lab: Lab, protocol: Protocol) -> None:
    asyncio.run(lab.apply(f.MuteManagement("r2")))
    expected = truth("r3")
    silent = expected.index(address("r2"))
    expected[silent] = "*"
    seen = run(lab.sockets, "r3", settings(protocol, timeout=2.0))
    assert hops(seen) == expected
    assert seen.hops[silent].rtts == (None, None, None)
    assert seen.is_reached


def test_a_target_that_says_nothing_ends_the_trace_after_a_few_silent_hops(lab: Lab) -> None:
    asyncio.run(lab.apply(f.MuteManagement("v1")))
    found = run(lab.sockets, "v1", TraceSettings(timeout=2.0, silent=2))
    assert hops(found) == [*truth("v1")[:-1], "*", "*"]
    assert (found.end, found.is_reached) == ("silent", False)


class RawSockets(KernelSockets):
    """A machine on which only raw ICMP sockets may be opened."""

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        try:
            return socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.IPPROTO_ICMP)
        except PermissionError:
            require(False, "raw sockets need CAP_NET_RAW")  # noqa: FBT003 (it is the condition that failed)
            raise


def test_a_raw_socket_does_as_well() -> None:
    found = asyncio.run(trace(RawSockets(), SystemClock(), "127.0.0.1", QUICK))
    assert hops(found) == ["127.0.0.1"]
    assert found.is_reached


def require_ping(family: socket.AddressFamily) -> None:
    try:
        open_icmp(family).close()
    except PrivilegeError as error:
        require(False, error.message)  # noqa: FBT003 (it is the condition that failed)


def test_this_machine_itself_is_one_hop() -> None:
    require_ping(socket.AF_INET)
    for protocol in ("icmp", "udp"):
        found = asyncio.run(trace(KernelSockets(), SystemClock(), "127.0.0.1", TraceSettings(protocol=protocol)))
        assert hops(found) == ["127.0.0.1"]
        assert found.is_reached


@PROTOCOLS
def test_ipv6(protocol: Protocol) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            require(False, "this machine has no ::1")  # noqa: FBT003 (it is the condition that failed)
    require_ping(socket.AF_INET6)
    found = asyncio.run(trace(KernelSockets(), SystemClock(), "::1", settings(protocol)))
    assert hops(found) == ["::1"]


def test_the_simulated_network_has_no_hops() -> None:
    with playing(LINE, "simulated") as lab, pytest.raises(CannotError, match="no hops"):
        run(lab.sockets, "v1", QUICK)
