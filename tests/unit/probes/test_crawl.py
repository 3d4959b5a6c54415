"""A crawl asks every device once, inside the prefixes and nowhere else, gently."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.snmp.crawl import Limits, Prefix, Visit, crawl, sweep
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import AddressRow, IdentityRow, InterfaceRow, NeighbourRow, SystemRow

FAST = Limits(rate=1e6, parallel=4)


def network(text: str) -> Prefix:
    return ipaddress.ip_network(text)


def poll(address: str, *neighbours: str, mac: str | None = None, arp: Mapping[str, str] | None = None) -> DevicePoll:
    """Return what a device says: one port for each neighbour, named by address, or `name@mac` without one."""
    rows = []
    for number, told in enumerate(neighbours):
        name, at, chassis = told.partition("@")
        rows.append(
            NeighbourRow(f"p{number}", name if at else f"n-{told}", chassis or None, None, None if at else told)
        )
    return DevicePoll(
        node=address,
        at=1.0,
        monotonic=1.0,
        duration=0.1,
        ok=True,
        complete=True,
        system=SystemRow(name=f"n-{address}"),
        interfaces=tuple(InterfaceRow(row.local_port or "", number) for number, row in enumerate(rows)),
        neighbours=tuple(rows),
        identities=(IdentityRow(mac or f"02:{address}"),),
        addresses=tuple(AddressRow("p0", each, own) for each, own in (arp or {}).items()),
    )


class World:
    """Devices by address; it remembers who was asked."""

    def __init__(self, *polls: DevicePoll) -> None:
        self.polls = {each.node: each for each in polls}
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def read(self, address: str) -> DevicePoll:
        self.asked.append(address)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        silent = DevicePoll(address, 1.0, 1.0, 1.0, ok=False, complete=False, failure=Failure.TIMEOUT)
        return self.polls.get(address, silent)

    def crawl(self, seeds: list[str], *prefixes: str) -> tuple[tuple[Visit, ...], frozenset[str]]:
        return asyncio.run(crawl(self.read, seeds, [network(each) for each in prefixes], FAST))


def test_it_follows_neighbours_breadth_first() -> None:
    world = World(
        poll("10.0.0.1", "10.0.0.2", "10.0.0.3"), poll("10.0.0.2", "10.0.0.1", "10.0.0.4"), poll("10.0.0.3"),
        poll("10.0.0.4", "10.0.0.2"),
    )  # fmt: skip
    visits, outside = world.crawl(["10.0.0.1"], "10.0.0.0/24")
    assert world.asked == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]
    assert [visit.address for visit in visits] == world.asked
    assert outside == frozenset()
    assert [told.name for told in visits[3].told] == ["n-10.0.0.4"]


def test_nothing_outside_the_prefixes_is_asked() -> None:
    world = World(poll("10.0.0.1", "10.0.1.9", "192.0.2.1", "10.0.0.2", "fd00::1"), poll("10.0.0.2", "203.0.113.5"))
    _, outside = world.crawl(["10.0.0.1", "198.51.100.1"], "10.0.0.0/24")
    assert world.asked == ["10.0.0.1", "10.0.0.2"]
    assert outside == {"10.0.1.9", "192.0.2.1", "203.0.113.5", "198.51.100.1", "fd00::1"}


@given(st.data())
def test_whatever_neighbours_say_only_the_prefixes_are_asked(data: st.DataObject) -> None:
    addresses = st.sampled_from([f"10.0.{i}.{j}" for i in range(3) for j in range(1, 5)] + ["fd00::1", "fd00:1::1"])
    known = data.draw(st.dictionaries(addresses, st.lists(addresses, max_size=4), min_size=1))
    world = World(*(poll(address, *around) for address, around in known.items()))
    world.crawl(sorted(known), "10.0.1.0/24", "fd00::/32")
    inside = [network("10.0.1.0/24"), network("fd00::/32")]
    assert all(any(ipaddress.ip_address(asked) in each for each in inside) for asked in world.asked)
    assert len(world.asked) == len(set(world.asked))


def test_a_device_with_two_addresses_is_one() -> None:
    world = World(
        poll("10.0.0.1", "10.0.0.2", "10.0.0.3"),
        poll("10.0.0.2", mac="02:00:00:00:00:02"),
        poll("10.0.0.3", mac="02:00:00:00:00:02"),
    )
    visits, _ = world.crawl(["10.0.0.1"], "10.0.0.0/24")
    assert [visit.address for visit in visits] == ["10.0.0.1", "10.0.0.2"]


def test_a_neighbour_that_gives_no_address_is_found_by_arp() -> None:
    chassis = "02:00:00:00:00:07"
    world = World(poll("10.0.0.1", f"rtr@{chassis}", arp={"10.0.0.7": chassis}), poll("10.0.0.7", mac=chassis))
    visits, _ = world.crawl(["10.0.0.1"], "10.0.0.0/24")
    assert [visit.address for visit in visits] == ["10.0.0.1", "10.0.0.7"]


def test_who_does_not_answer_is_kept_with_what_neighbours_call_it() -> None:
    visits, _ = World(poll("10.0.0.1", "10.0.0.9")).crawl(["10.0.0.1"], "10.0.0.0/24")
    assert (visits[1].word, visits[1].poll.ok) == (None, False)
    assert [told.name for told in visits[1].told] == ["n-10.0.0.9"]


def test_no_more_at_a_time_and_no_more_in_all_than_allowed() -> None:
    star = [f"10.0.0.{number}" for number in range(2, 60)]
    world = World(poll("10.0.0.1", *star), *(poll(address) for address in star))
    asyncio.run(crawl(world.read, ["10.0.0.1"], [network("10.0.0.0/24")], Limits(1e6, parallel=3, most=20)))
    assert world.most_at_once <= 3
    assert len(world.asked) == 20
    swept = asyncio.run(sweep(world.read, star, Limits(1e6, parallel=5)))
    assert [each.node for each in swept] == star
    assert world.most_at_once <= 5


def test_devices_are_begun_at_the_rate_and_no_faster() -> None:
    """Five devices at a hundred a second: the last cannot begin before four gaps have passed."""
    star = [f"10.0.0.{number}" for number in range(2, 6)]
    world = World(poll("10.0.0.1", *star), *(poll(address) for address in star))

    async def timed() -> float:
        began = asyncio.get_running_loop().time()
        await crawl(world.read, ["10.0.0.1"], [network("10.0.0.0/24")], Limits(rate=100.0))
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(timed()) >= 0.04
