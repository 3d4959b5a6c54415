"""How much of its contract a line was used: what Prometheus kept of the counters of a port.

The rule is that of lines billed by use: the mean rate of every five minutes, in each direction; the highest 5 % of
the month do not count, the next is the figure. An hour at the limit of the contract is one in which more was wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netmon.model import Link, PortId
from netmon.picture.uplinks import customer_sites
from netmon.report.record import Record

STEP = 300
"""Seconds of one sample."""
FULL = 0.95
"""Part of the contracted speed from which on a line is saturated: what is over is the packets' own headers."""
SHORT = 0.9
"""Part of the contracted speed below which a tested line does not deliver it: tests count payload alone."""


@dataclass(frozen=True, slots=True)
class Metered:
    """A line of a supplier and the port that counts it; `inward` when what the port sends goes to the site."""

    link: Link
    site: str
    port: PortId
    inward: bool


class Tested(NamedTuple):
    """The median of what a line's speed tests of a period came to, bits a second each way; None without any."""

    to_site_bps: float | None = None
    from_site_bps: float | None = None

    def least_short_of(self, mbps: float) -> float | None:
        """Return the slower direction in bits a second where it is short of a contract; None where neither is."""
        slowest = min((value for value in self if value is not None), default=None)
        return slowest if slowest is not None and slowest < SHORT * mbps * 1e6 else None


NOT_TESTED = Tested()


@dataclass(frozen=True, slots=True)
class Use:
    """How a line was used, by the rates of five minutes; bits a second, None without samples.

    `samples` of `expected` are known. `saturated_seconds` are those at the contracted speed in either direction;
    `tested` is what speed tests found.
    """

    metered: Metered
    samples: int
    expected: int
    to_site_bps: float | None
    from_site_bps: float | None
    saturated_seconds: int | None
    tested: Tested = NOT_TESTED

    @property
    def share(self) -> float | None:
        """The larger of both directions over the contracted speed."""
        known = [value for value in (self.to_site_bps, self.from_site_bps) if value is not None]
        mbps = self.metered.link.contract_mbps
        return max(known) / (mbps * 1e6) if known and mbps else None


def metered(record: Record) -> Iterator[Metered]:
    """Yield the lines of suppliers as they stood last and have a port drawn, by site.

    The port of the network's own end counts, since it counts on while the site is dark; else that of the site's end.
    """
    inventory = record.drawings[-1].inventory
    customers = customer_sites(inventory)
    for link in sorted(inventory.links.values(), key=lambda link: (customers[link.id], link.id)):
        if link.supplier is None:
            continue
        site = customers[link.id]
        ends = sorted((link.a, link.b), key=lambda end: inventory.nodes[end.node].site == site)
        end = next((end for end in ends if end.port is not None), None)
        if end is not None and end.port is not None:
            own = inventory.nodes[end.node].site == site
            yield Metered(link, site, PortId(end.node, end.port), not own)


def used(
    line: Metered, sent: Sequence[float], received: Sequence[float], expected: int, tested: Tested = NOT_TESTED
) -> Use:
    """Return how a line was used.

    Args:
        line: the line and its port.
        sent: bits a second that the port sent, one for each five minutes that are known.
        received: the same of what it received.
        expected: five-minute steps of the period.
        tested: what its speed tests found.
    """
    to_site, from_site = (sent, received) if line.inward else (received, sent)
    saturated = None
    if line.link.contract_mbps is not None and (to_site or from_site):
        full = FULL * line.link.contract_mbps * 1e6
        saturated = STEP * max(sum(rate >= full for rate in rates) for rates in (to_site, from_site))
    return Use(
        line,
        max(len(to_site), len(from_site)),
        expected,
        percentile_95(to_site),
        percentile_95(from_site),
        saturated,
        tested,
    )


def percentile_95(values: Sequence[float]) -> float | None:
    """Return the 95th percentile as lines are billed: sort, drop the highest 5 % of samples, the next is it.

    Of n samples it is the ⌈0.95·n⌉-th smallest (nearest rank); None without samples.
    """
    if not values:
        return None
    return sorted(values)[-(-95 * len(values) // 100) - 1]
