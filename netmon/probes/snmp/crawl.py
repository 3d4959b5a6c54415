"""Follow neighbours from device to device, breadth first, inside given prefixes and nowhere else.

A device is asked at the addresses that its neighbours give for it. What lies outside the prefixes is never sent a
packet, whoever speaks of it. At most so many devices are begun each second, and so many are read at a time.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from netmon.ending import end_all
from netmon.events import NeighboursHeard
from netmon.model import Neighbour
from netmon.probes.evidence.adjacency import Heard, hear
from netmon.probes.snmp.reading import DevicePoll

Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network
Read = Callable[[str], Awaitable[DevicePoll]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How gently: devices begun each second, devices read at a time, and devices in all."""

    rate: float = 20.0
    parallel: int = 16
    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Visit:
    """One device that was asked; `poll` holds its rows, or why there are none. `told` are those who spoke of it.

    `word` is whom it hears, and by what it is known; None when it did not answer.
    """

    address: str
    poll: DevicePoll
    word: NeighboursHeard | None = None
    told: tuple[Neighbour, ...] = ()


class Frontier:
    """Which addresses are to be asked next. Pure: it knows no time and no socket."""

    def __init__(self, prefixes: Sequence[Prefix], most: int) -> None:
        self._prefixes = prefixes
        self._most = most
        self._waiting: deque[str] = deque()
        self._told: dict[str, list[Neighbour]] = {}
        self._known: set[str] = set()  # addresses and ids of devices that have answered
        self.outside: set[str] = set()
        """Addresses that were spoken of and will not be asked."""

    def add(self, address: str, told: Neighbour | None = None) -> None:
        """Ask this address, unless it lies outside, or is asked already, or is another one of a known device."""
        address = str(ipaddress.ip_address(address))
        if not self.is_inside(address):
            self.outside.add(address)
            return
        if address in self._told:
            if told is not None:
                self._told[address].append(told)
            return
        ids = {address, *([] if told is None else [told.chassis])} - {""}
        if len(self._told) < self._most and not ids & self._known:
            self._told[address] = [] if told is None else [told]
            self._waiting.append(address)

    def is_inside(self, address: str) -> bool:
        """Say whether an address may be asked."""
        at = ipaddress.ip_address(address)
        return any(at in prefix for prefix in self._prefixes)

    def next(self) -> str | None:
        """Return the next address to ask."""
        return self._waiting.popleft() if self._waiting else None

    @property
    def size(self) -> int:
        """How many addresses are, or were, to be asked."""
        return len(self._told)

    def take(self, poll: DevicePoll) -> Visit | None:
        """Take what a device said and follow its neighbours; None when it is known by another address."""
        _, word = hear(Heard(), poll)
        if word is None:
            return Visit(poll.node, poll)
        own = {*word.identity.chassis, *(mac for mac, _ in word.identity.ports)}
        if own & self._known:
            return None
        self._known |= {*own, *word.identity.addresses, poll.node}
        at = {row.mac: row.address for row in poll.addresses if row.mac is not None}
        for one in word.heard:
            address = one.address or at.get(one.chassis, "")
            if address:
                self.add(address, one)
        return Visit(poll.node, poll, word)

    def told(self, address: str) -> tuple[Neighbour, ...]:
        """Return who spoke of an address, in their words."""
        return tuple(self._told.get(address, ()))


async def crawl(
    read: Read,
    seeds: Iterable[str],
    prefixes: Sequence[Prefix],
    limits: Limits,
    on_turn: Callable[[int, int], None] = lambda _done, _known: None,
) -> tuple[tuple[Visit, ...], frozenset[str]]:
    """Crawl from the seeds; return the devices in the order they were asked, and the addresses left outside.

    Args:
        read: reads one device by its address; failure is data.
        seeds: addresses to begin with; those outside the prefixes are not asked either.
        prefixes: networks that may be asked.
        limits: how gently.
        on_turn: told how many are done and how many are known, after each device.
    """
    frontier = Frontier(prefixes, limits.most)
    for seed in seeds:
        frontier.add(seed)
    loop = asyncio.get_running_loop()
    running: deque[asyncio.Task[DevicePoll]] = deque()
    visits: list[Visit] = []
    done, gap, free_at = 0, 1.0 / limits.rate, loop.time()
    try:
        while True:
            while len(running) < limits.parallel and (address := frontier.next()) is not None:
                await asyncio.sleep(max(0.0, free_at - loop.time()))
                free_at = max(free_at, loop.time()) + gap
                running.append(asyncio.ensure_future(read(address)))
            if not running:
                break
            visit = frontier.take(await running.popleft())
            if visit is not None:
                visits.append(visit)
            done += 1
            on_turn(done, frontier.size)
    finally:
        await end_all(*running)
    # Who spoke of a device is known only now: some did after it had been read.
    return tuple(replace(visit, told=frontier.told(visit.address)) for visit in visits), frozenset(frontier.outside)


async def sweep(
    read: Read,
    addresses: Iterable[str],
    limits: Limits,
    on_turn: Callable[[int, int], None] = lambda _done, _known: None,
) -> tuple[DevicePoll, ...]:
    """Read these devices and no others; the polls come in the order of the addresses."""
    loop = asyncio.get_running_loop()
    slots, start, gap = asyncio.Semaphore(limits.parallel), loop.time(), 1.0 / limits.rate
    wanted = tuple(addresses)
    done = 0

    async def one(number: int, address: str) -> DevicePoll:
        nonlocal done
        await asyncio.sleep(max(0.0, start + number * gap - loop.time()))
        async with slots:
            poll = await read(address)
        done += 1
        on_turn(done, len(wanted))
        return poll

    return tuple(await asyncio.gather(*(one(number, address) for number, address in enumerate(wanted))))
