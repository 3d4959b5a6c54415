"""The lab's network as probes see it, in the kernel and simulated: faults, truth, reroutes."""

from __future__ import annotations

import asyncio
import fcntl
import select
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest

from netmon.errors import UsageError
from netmon.lab.control import Status
from netmon.lab.network import Lab, WantedMode
from netmon.lab.story import faults as f
from netmon.lab.story.state import Truth
from netmon.lab.story.words import repairs_of, word_of
from netmon.lab.wires.wiring import wire
from netmon.model import Inventory, Vantage
from tests.lab.counties import draw
from tests.lab.kernel_lab import BOTH, CONVERGENCE, playing
from tests.lab.pings import answered, answering, wait_until
from tests.lab.walks import walk

pytestmark = pytest.mark.lab

RING = draw(
    [
        ("noc", "core"),
        ("core", "r1"),
        ("r1", "r2"),
        ("r2", "r3"),
        ("r3", "core"),
        ("core", "splitter"),
        ("splitter", "v1"),
        ("splitter", "v2"),
        ("r2", "w1"),
    ],
    passive={"splitter"},
    cables={"core-r1": "duct", "splitter-v1": "duct"},
    areas={"v1": "mains", "v2": "mains"},
)
SYS_NAME = "1.3.6.1.2.1.1.5"
_IP_RECVERR = 11  # not in the socket module
PROBED = frozenset(node.id for node in RING.nodes.values() if node.is_monitored)


@pytest.fixture(scope="module", params=["namespaces", "simulated"])
def ring(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Play the ring once for all tests of a mode."""
    with playing(RING, request.param) as lab:
        yield lab


@pytest.fixture
def lab(ring: Lab) -> Iterator[Lab]:
    """Lend the ring, and heal whatever a test has done to it."""
    yield ring
    apply(ring, *(repair for fault in ring.status().faults for repair in repairs_of(word_of(fault))))
    await_truth(ring)


def apply(lab: Lab, *faults: f.LabFault) -> None:
    asyncio.run(lab.apply(*faults))


def up(lab: Lab, inventory: Inventory = RING, seconds: float = 0.2) -> set[str]:
    probed = [node.id for node in inventory.nodes.values() if node.is_monitored]
    return answering(lab.sockets, inventory, probed, seconds)


def await_truth(lab: Lab) -> None:
    """Wait until exactly the nodes that the lab calls dark do not answer."""
    wait_until(lambda: up(lab) == PROBED - lab.truth().dark_nodes)


@pytest.mark.parametrize(
    ("faults", "dark"),
    [
        ([], set()),
        ([f.CutLink("core-r1")], set()),
        ([f.CutLink("core-r1"), f.CutLink("r2-r3")], {"r1", "r2", "w1"}),
        ([f.CutCable("duct")], {"v1"}),
        ([f.PowerOff("r2")], {"r2", "w1"}),
        ([f.PowerOffArea("mains")], {"v1", "v2"}),
        ([f.PowerOff("splitter")], {"v1", "v2"}),
        ([f.MuteManagement("core")], {"core"}),
        ([f.LoseOneWay("core-splitter", "splitter", 1.0)], {"v1", "v2"}),
        ([f.LoseOneWay("core-r1", "r1", 1.0)], set()),
        ([f.Attenuate("r2-w1", 30.0)], {"w1"}),
        ([f.CutLink("noc-core")], set(PROBED) - {"noc"}),
        ([f.PowerOff("noc")], set(PROBED)),
    ],
)
def test_what_does_not_answer_is_what_the_truth_says(lab: Lab, faults: list[f.LabFault], dark: set[str]) -> None:
    assert up(lab, seconds=5.0) == PROBED
    apply(lab, *faults)
    assert lab.truth().dark_nodes == dark
    if faults != [f.PowerOff("noc")]:  # a machine always answers itself
        await_truth(lab)
    apply(lab, *(repair for fault in faults for repair in repairs_of(word_of(fault))))
    assert lab.truth() == Truth()
    await_truth(lab)


@BOTH
def test_a_ring_is_dark_until_routes_follow_and_no_longer(mode: WantedMode) -> None:
    convergence = 2.0  # long, so that a busy machine still pings before it is over
    with playing(RING, mode, convergence) as lab:
        assert up(lab, seconds=5.0) == PROBED
        apply(lab, f.CutLink("core-r1"))
        assert "r1" not in answering(lab.sockets, RING, ["r1"], 0.1), "routes have not followed yet"
        assert not lab.truth().dark_nodes
        wait_until(lambda: "r1" in answering(lab.sockets, RING, ["r1"], 0.05))


def test_a_part_of_the_packets_is_lost_one_way(lab: Lab) -> None:
    apply(lab, f.LoseOneWay("core-r1", "core", 0.5))
    assert not lab.truth().dark_nodes
    # 120 requests at 50 % loss: outside is less likely than 1 in 10 million. But routes may still be on their way
    # back from what an earlier test cut, around the lossy line.
    wait_until(lambda: 30 < len(answered(lab.sockets, RING, ["r1"] * 120, 2.0)) < 90)
    assert all(answering(lab.sockets, RING, ["r3"], 5.0) for _ in range(20)), "the other side loses nothing"
    apply(lab, f.HealLink("core-r1"))
    assert all(answering(lab.sockets, RING, ["r1"], 5.0) for _ in range(20))


def test_changes_in_quick_succession_end_in_the_truth(lab: Lab) -> None:
    for link in ("core-r1", "r2-r3", "r1-r2"):
        apply(lab, f.CutLink(link))
        apply(lab, f.HealLink(link))
    apply(lab, f.CutLink("core-r1"), f.CutLink("r3-core"), f.HealLink("core-r1"))
    await_truth(lab)
    assert lab.truth().dark_nodes == set()


def test_a_wrong_fault_changes_nothing(lab: Lab) -> None:
    with pytest.raises(UsageError, match="did you mean core-r1"):
        apply(lab, f.CutLink("r2-w1"), f.CutLink("core-r11"))
    assert lab.status() == Status((), Truth())


def test_requests_to_nowhere_vanish_without_an_error(lab: Lab) -> None:
    with lab.sockets.icmp(socket.AF_INET) as ping:
        where = lab.sockets.endpoint("icmp", "198.18.200.200", 0)
        assert lab.sockets.network == "lab" or where[0].startswith("127.")
        apply(lab, f.CutLink("noc-core"))
        for _ in range(5):
            ping.sendto(b"\x08\0\xf7\xff\0\0\0\0", where)


def test_nobody_answers_for_an_address_without_a_way_not_even_the_vantage(lab: Lab) -> None:
    """What no route takes must not come back to the vantage itself, whose agent hears whatever address it is sent."""
    assert walk(lab.sockets, "198.18.0.1", SYS_NAME) == {"0": b"noc"}
    assert walk(lab.sockets, "198.18.200.200", SYS_NAME, wait=0.1) == {}


def test_names_resolve_to_the_hosting_node(lab: Lab) -> None:
    assert asyncio.run(lab.sockets.resolve("198.18.0.1")) == ["198.18.0.1"]
    with pytest.raises(OSError, match=r"no host named v1\.test"):
        asyncio.run(lab.sockets.resolve("v1.test"))


def test_a_cut_looks_like_a_cut_from_the_vantage() -> None:
    """The vantage's own port goes down with the link, and comes back with it."""
    with playing(RING) as lab, lab.sockets.udp(socket.AF_INET) as sock:
        for faults, expected in (([], True), ([f.CutLink("noc-core")], False), ([f.HealLink("noc-core")], True)):
            apply(lab, *faults)
            wait_until(lambda: _is_running(sock, "sfp1") is expected)  # noqa: B023 (waited for in the same turn)


def test_each_hop_of_the_way_can_be_named() -> None:
    """A packet whose time to live ends at the n-th router comes back as an ICMP error from it, as in a traceroute."""
    way = ["core", "splitter", "v1"]
    addresses = {str(held[0]): node for node, held in wire(RING).addresses.items()}
    with playing(RING) as lab, lab.sockets.udp(socket.AF_INET) as probe:
        probe.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        for hops, node in enumerate(way, 1):
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
            probe.sendto(b"", (RING.nodes["v1"].address, 33_434))
            assert select.select([probe], [], [], 2.0)[0], "an error that waits makes the socket readable"
            _, ancillary, _, _ = probe.recvmsg(64, 512, socket.MSG_ERRQUEUE)
            reporter = socket.inet_ntoa(ancillary[0][2][20:24])  # sockaddr_in behind sock_extended_err
            assert addresses[reporter] == node


def _is_running(sock: socket.socket, device: str) -> bool:
    """Return IFF_RUNNING of a device in the namespace of a socket (netdevice(7))."""
    request = struct.pack("16sh14x", device.encode(), 0)
    flags: int = struct.unpack_from("16xH", fcntl.ioctl(sock, 0x8913, request))[0]
    return bool(flags & 0x40)


@BOTH
def test_ipv6_nodes_answer_beside_ipv4_nodes(mode: WantedMode) -> None:
    nodes = {
        **RING.nodes,
        "w1": replace(RING.nodes["w1"], address="2001:db8::1"),
        "r2": replace(RING.nodes["r2"], address="2001:db8::2"),
    }
    inventory = replace(RING, nodes=nodes)
    with playing(inventory, mode) as lab:
        assert up(lab, inventory, 5.0) == PROBED
        assert walk(lab.sockets, "2001:db8::99", SYS_NAME, wait=0.1) == {}
        apply(lab, f.CutLink("r1-r2"))
        wait_until(lambda: up(lab, inventory) == PROBED)
        apply(lab, f.CutLink("r2-r3"))
        wait_until(lambda: up(lab, inventory) == PROBED - {"r2", "w1"})
        assert lab.truth().dark_nodes == {"r2", "w1"}
        apply(lab, f.HealLink("r1-r2"), f.MuteManagement("w1"))
        wait_until(lambda: up(lab, inventory) == PROBED - {"w1"})


@BOTH
def test_many_links_at_once_and_parallel_links(mode: WantedMode) -> None:
    drawn = draw([("noc", "core"), *(("core", f"v{number}") for number in range(40))])
    second = replace(drawn.links["core-v0"], id="core-v0-b")
    inventory = replace(drawn, links={**drawn.links, "core-v0-b": second}, vantage=Vantage("noc"))
    with playing(inventory, mode) as lab:
        assert up(lab, inventory, 5.0) == set(inventory.nodes)
        apply(lab, *(f.CutLink(f"core-v{number}") for number in range(40)))
        wait_until(lambda: up(lab, inventory) == {"noc", "core", "v0"})
        assert lab.truth().dark_nodes == {f"v{number}" for number in range(1, 40)}
        assert CONVERGENCE < 1
