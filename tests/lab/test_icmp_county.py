"""The prober on the lab: real routers, real cuts, and the simulated network when there is no kernel lab."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.events import NodeDown, NodeUp
from netmon.lab.network import Lab, WantedMode, start_lab
from netmon.lab.story import faults
from netmon.model import Inventory
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.icmp.targets import IcmpTarget
from tests.lab.counties import draw
from tests.lab.far_ends import Listener

pytestmark = pytest.mark.lab
MODES = pytest.mark.parametrize("mode", ["auto", "simulated"])


def targets(inventory: Inventory) -> list[IcmpTarget]:
    beside: dict[str, list[str]] = {node: [] for node in inventory.nodes}
    for link in inventory.links.values():
        beside[link.a.node].append(link.b.node)
        beside[link.b.node].append(link.a.node)
    return [
        IcmpTarget(node.id, node.address, 0.5, tuple(beside[node.id]))
        for node in inventory.nodes.values()
        if node.address is not None
    ]


@asynccontextmanager
async def probed(inventory: Inventory, mode: WantedMode) -> AsyncIterator[tuple[Lab, Listener]]:
    with start_lab(inventory, mode=mode) as lab:
        heard = Listener()
        prober = IcmpProber(lab.sockets, SystemClock())
        prober.set_targets(targets(inventory), false_alarms_per_year=1.0)
        running = asyncio.create_task(prober.run(heard))
        await heard.wait(lambda: len(ups(heard)) == len(inventory.nodes))
        try:
            yield lab, heard
        finally:
            await end_all(running)


def ups(heard: Listener) -> set[str]:
    return {event.node for event in heard.events if isinstance(event, NodeUp)}


def downs(heard: Listener) -> set[str]:
    return {event.node for event in heard.events if isinstance(event, NodeDown)}


def test_round_trips_are_measured_although_each_request_crosses_many_kernels_before_the_next_leaves() -> None:
    inventory = draw([("noc", "n0"), *((f"n{i}", f"n{i + 1}") for i in range(60))])

    async def story() -> None:
        with start_lab(inventory) as lab:
            prober, heard = IcmpProber(lab.sockets, SystemClock()), Listener()
            prober.set_targets(targets(inventory), false_alarms_per_year=1.0)
            running = asyncio.create_task(prober.run(heard))
            await heard.wait(lambda: len(ups(heard)) == len(inventory.nodes))
            for _ in range(400):  # one in which the machine was busy with something else is not measured
                measured = prober.measurements().rtt_buckets.sum(axis=1)
                if measured.min() >= 2:
                    break
                await asyncio.sleep(0.05)
            running.cancel()
            assert measured.min() >= 2

    asyncio.run(story())


@MODES
def test_a_cut_darkens_exactly_what_is_behind_it_and_soon(mode: WantedMode) -> None:
    inventory = draw([("noc", "a"), ("a", "b"), ("b", "c"), ("b", "d"), ("a", "e")])

    async def story() -> None:
        async with probed(inventory, mode) as (lab, heard):
            cut = time.time()
            await lab.apply(faults.CutLink("a-b"))
            await heard.wait(lambda: downs(heard) == {"b", "c", "d"})
            said = [event for event in heard.events if isinstance(event, NodeDown)]
            assert all(cut - 0.1 <= event.since < event.at for event in said)
            await lab.apply(faults.HealLink("a-b"))
            await heard.wait(lambda: {e.node for e in heard.events[-3:] if isinstance(e, NodeUp)} == {"b", "c", "d"})
            assert downs(heard) == {"b", "c", "d"}

    asyncio.run(story())


def test_a_ring_that_is_cut_once_darkens_nothing() -> None:
    inventory = draw([("noc", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])

    async def story() -> None:
        async with probed(inventory, "auto") as (lab, heard):
            await lab.apply(faults.CutLink("c-a"))
            answered = len(heard.events)
            await asyncio.sleep(2.0)  # nothing is to be said, so there is no condition to wait for
            assert heard.events[answered:] == []

    asyncio.run(story())
