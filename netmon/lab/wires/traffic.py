"""The traffic that the lab's counters count: villages draw it from the core, along the routes in force.

Pure arithmetic. No such bytes are sent; counters move as if they were, follow a reroute, stop on a cut, and start
anew with their router. Amounts are octets and octets per second.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.lab.wires.routes import Forest, path_from_root
from netmon.model import Inventory, Link, LinkKind

Direction = tuple[str, str]
"""A link and the node that sends over it."""

OCTETS_PER_PACKET = 800.0

_QUIET = 50.0  # octets per second of routing and neighbour protocols on any link
_LEAST, _SPREAD = 100_000.0, 300_000.0  # octets per second that one router draws
_UPWARDS = 0.15
_CONTRACT_SHARE = 0.4
_PAST_SECONDS = 30 * 86_400.0  # what counters have seen before the lab began
_OCTETS_PER_MBIT = 125_000.0
_RADIO_MBPS, _FIBRE_MBPS, _TRUNK_MBPS = 300, 1_000, 10_000
_TRUNK_FROM = 0.15 * _FIBRE_MBPS * _OCTETS_PER_MBIT


def demands(inventory: Inventory) -> Mapping[str, float]:
    """Return what each router below the vantage draws, the same for the same inventory, within its contract."""
    contracts: dict[str, float] = {}
    for link in inventory.links.values():
        if link.contract_mbps is not None:
            for end in (link.a.node, link.b.node):
                contracts[end] = min(contracts.get(end, link.contract_mbps), link.contract_mbps)
    drawn = {}
    for node in inventory.nodes.values():
        if node.address is None or node.id == inventory.vantage.node:
            continue
        amount = _LEAST + _SPREAD * (zlib.crc32(node.id.encode()) % 1000) / 1000
        limit = contracts.get(node.id)
        drawn[node.id] = amount if limit is None else min(amount, _CONTRACT_SHARE * limit * _OCTETS_PER_MBIT)
    return drawn


def flows(
    inventory: Inventory, forest: Forest, wanted: Mapping[str, float], down: frozenset[str]
) -> dict[Direction, float]:
    """Return the octets per second in each direction of every link that has carrier."""
    rates: dict[Direction, float] = {}
    for link in inventory.links.values():
        if link.id not in down:
            rates[link.id, link.a.node] = rates[link.id, link.b.node] = _QUIET
    for node, amount in wanted.items():
        path = path_from_root(forest, node)
        if any(crossed in down for crossed, _ in path):
            continue
        for crossed, sender in path:
            ends = inventory.links[crossed]
            receiver = ends.b.node if sender == ends.a.node else ends.a.node
            rates[crossed, sender] += amount
            rates[crossed, receiver] += amount * _UPWARDS
    return rates


def speed_mbps(link: Link, undisturbed: Mapping[Direction, float]) -> int:
    """Return the nominal speed of a link: radio, a fibre, or a trunk where much flows on an ordinary day."""
    if link.kind is LinkKind.RADIO:
        return _RADIO_MBPS
    busiest = max(undisturbed.get((link.id, end.node), 0.0) for end in (link.a, link.b))
    return _TRUNK_MBPS if busiest > _TRUNK_FROM else _FIBRE_MBPS


@dataclass(frozen=True, slots=True)
class Meters:
    """Octets sent and lost in each direction up to `at` (monotonic seconds), and the rates since."""

    at: float
    rates: Mapping[Direction, float] = field(default_factory=dict)
    loss: Mapping[Direction, float] = field(default_factory=dict)
    sent_until: Mapping[Direction, float] = field(default_factory=dict)
    lost_until: Mapping[Direction, float] = field(default_factory=dict)

    @classmethod
    def since_long(cls, rates: Mapping[Direction, float], at: float) -> Meters:
        """Return meters of a network that has run at these rates for a month."""
        return cls(at, rates, sent_until={direction: rate * _PAST_SECONDS for direction, rate in rates.items()})

    def sent(self, direction: Direction, at: float) -> float:
        """Return the octets sent into a link by `at`."""
        return self.sent_until.get(direction, 0.0) + self.rates.get(direction, 0.0) * (at - self.at)

    def lost(self, direction: Direction, at: float) -> float:
        """Return the octets that a link has corrupted by `at`."""
        rate = self.rates.get(direction, 0.0) * self.loss.get(direction, 0.0)
        return self.lost_until.get(direction, 0.0) + rate * (at - self.at)

    def carry_on(self, rates: Mapping[Direction, float], loss: Mapping[Direction, float], at: float) -> Meters:
        """Return the meters that count on from `at` at other rates."""
        known = self.sent_until.keys() | rates.keys()
        return Meters(
            at,
            rates,
            loss,
            {direction: self.sent(direction, at) for direction in known},
            {direction: self.lost(direction, at) for direction in known if self.lost(direction, at)},
        )
