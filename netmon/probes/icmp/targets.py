"""Who is pinged: targets, and the slots they keep while others come and go. Pure."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmon.errors import ConfigError
from netmon.probes.icmp.wheel import phase_of

MIN_INTERVAL = 0.1
"""Seconds. Rings of requests and timeouts are sized for it; faster than this is a load test, not monitoring."""


@dataclass(frozen=True, slots=True)
class IcmpTarget:
    """A node to ping each `interval` seconds; `neighbours` are asked at once when it falls silent."""

    node: str
    address: str
    interval: float
    neighbours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What a new list of targets changes; slots that are in neither list are not touched."""

    slots: Mapping[str, int]
    added: tuple[IcmpTarget, ...]
    removed: tuple[tuple[str, int], ...]
    capacity: int


def check_targets(targets: Sequence[IcmpTarget], before: Mapping[str, IcmpTarget]) -> None:
    """Refuse a list that cannot be pinged; targets that were in the last one, `before`, are known to be good.

    Raises:
        ConfigError: duplicate nodes, addresses that are none, or intervals that are too short; all in one message.
    """
    faults: list[str] = []
    seen: set[str] = set()
    for target in targets:
        if target.node in seen:
            faults.append(f"{target.node} is listed twice")
        seen.add(target.node)
        if before.get(target.node) == target:
            continue
        try:
            ipaddress.ip_address(target.address)
        except ValueError:
            faults.append(f"{target.node}: {target.address!r} is not an IP address")
        if "%" in target.address:
            faults.append(f"{target.node}: {target.address} has a zone, which cannot be probed")
        if not MIN_INTERVAL <= target.interval < float("inf"):
            faults.append(f"{target.node}: an interval of {target.interval:g} s is not at least {MIN_INTERVAL} s")
    if faults:
        raise ConfigError("targets cannot be pinged: " + "; ".join(faults), "mend the addresses and intervals")


def change_targets(
    slots: Mapping[str, int], before: Mapping[str, IcmpTarget], after: Sequence[IcmpTarget], capacity: int
) -> TargetChange:
    """Keep the slot of every target whose address stays, free the others, and give the lowest free ones to new ones.

    New targets get their slots in the order of their phases: what is due together then lies together in memory.
    A slot freed in this change is not given out again in it, so that replies to its old target stay strangers.
    """
    wanted = {target.node: target for target in after}
    stays = {
        node: slot for node, slot in slots.items() if node in wanted and wanted[node].address == before[node].address
    }
    removed = tuple((node, slot) for node, slot in slots.items() if node not in stays)
    added = tuple(sorted((t for t in after if t.node not in stays), key=lambda target: phase_of(target.node)))
    vacant = itertools.chain(sorted(set(range(capacity)) - set(slots.values())), itertools.count(capacity))
    given = {**stays, **{target.node: next(vacant) for target in added}}
    needed = max(given.values(), default=-1) + 1
    if needed > capacity:
        capacity = max(64, 2 * capacity, needed)
    return TargetChange(given, added, removed, capacity)


class Prefixes:
    """The /24 (IPv6: /64) of every address, numbered from 0; addresses seen before are not parsed again."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._known: dict[str, int] = {}

    def of(self, addresses: Sequence[str]) -> NDArray[np.int64]:
        """Return the number of each address's prefix, and forget addresses that are not among these."""
        known = self._known
        self._known = {
            address: known[address] if address in known else self._number(address) for address in addresses
        }
        return np.fromiter(map(self._known.__getitem__, addresses), np.int64, len(addresses))

    def _number(self, address: str) -> int:
        ip = ipaddress.ip_address(address)
        return self._numbers.setdefault((ip.version, int(ip) >> (8 if ip.version == 4 else 64)), len(self._numbers))
