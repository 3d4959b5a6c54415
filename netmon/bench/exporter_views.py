"""Counties for the bench of the exporter: drawn, pinged and judged up, with measurements from a seeded die."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netmon.exporter.samples.collect import Collector
from netmon.exporter.samples.writer import Histogram
from netmon.exporter.view import DaemonStatus, View
from netmon.model import (
    Finding,
    IcmpProbe,
    Inventory,
    Link,
    LinkEnd,
    Node,
    Reach,
    Site,
    SiteKind,
    Vantage,
    Verdict,
)
from netmon.picture.ledger import Span
from netmon.picture.state import NodeState, Picture
from netmon.probes.icmp.measurements import BUCKETS, IcmpMeasurements, IcmpTotals

NOW = 1_790_000_000.0
_DISTRICT = 16  # villages of one


def star(villages: int) -> Inventory:
    """Return a drawing of so many villages around one monitor."""
    sites = {"noc": Site("noc", "NOC", SiteKind.NOC)}
    sites |= {
        f"35.23.{number}": Site(f"35.23.{number}", f"Desa {number}", SiteKind.VILLAGE, f"35.23.{number // _DISTRICT}")
        for number in range(villages)
    }
    nodes = {"rtr-noc": Node("rtr-noc", "noc", "198.18.0.1", icmp=IcmpProbe())}
    links = {}
    for number in range(villages):
        name, address = f"rtr-{number}", f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
        nodes[name] = Node(name, f"35.23.{number}", address, icmp=IcmpProbe())
        links[f"l{number}"] = Link(f"l{number}", LinkEnd("rtr-noc", f"p{number}"), LinkEnd(name, "wan"))
    return Inventory(
        region="bench",
        vantage=Vantage("rtr-noc"),
        sites=sites,
        nodes=nodes,
        links=links,
        cables={},
        services={},
        digest="bench",
    )


def measured(inventory: Inventory) -> View:
    """Return a view of a county that has been pinged for a while and is well; counters are of a seeded die."""
    up = Finding(Verdict.UP)
    picture = replace(
        Picture.empty(inventory),
        at=NOW,
        position=1,
        nodes={node: NodeState(Reach.UP, NOW - 9_000, NOW) for node in inventory.nodes},
        node_findings=dict.fromkeys(inventory.nodes, up),
        site_findings=dict.fromkeys(inventory.sites, up),
        ledger={site: (Span(NOW - 9_000, Verdict.UP),) for site in inventory.sites},
        coverage={"local": NOW},
    )
    return View(picture, DaemonStatus(NOW - 9_000), icmp=_pinged(tuple(sorted(inventory.nodes)), seed=1))


def again(view: View) -> View:
    """Return the same moment measured by another die: every round trip and counter is another."""
    return replace(view, icmp=_pinged(tuple(sorted(view.picture.inventory.nodes)), seed=2))


def view_of(samples: int) -> View:
    """Return a view that makes about so many samples, never fewer."""
    few = 100
    each = (count(measured(star(2 * few))) - count(measured(star(few)))) / few
    return measured(star(int(samples / each) + 1))


def count(view: View) -> int:
    """Return how many samples a view makes."""
    return sum(
        len(sample.rows) * (len(sample.bounds) + 3 if isinstance(sample, Histogram) else 1)
        for sample in Collector().collect(view)
    )


def _pinged(nodes: tuple[str, ...], seed: int) -> IcmpMeasurements:
    rolled, many = np.random.default_rng(seed), len(nodes)
    buckets = rolled.integers(0, 5_000, (many, len(BUCKETS) + 1))
    replies = buckets.sum(axis=1)
    rtt = rolled.random(many) / 50
    totals = IcmpTotals(
        late=0, duplicate=0, forged=0, foreign=0, truncated=0, bad_stamps=0, icmp_errors={}, send_errors={},
        kernel_drops=0, receive_buffer_bytes=425_984, skipped=0, interruptions=0, suspects=0, lag=0.001, tick=0.1,
    )  # fmt: skip
    return IcmpMeasurements(
        nodes=nodes,
        requests=replies + rolled.integers(0, 50, many),
        replies=replies,
        rtt_buckets=buckets,
        rtt_sum=replies * rtt,
        last_rtt=rtt,
        loss=rolled.random(many) / 100,
        flap_penalty=np.zeros(many),
        degraded=np.zeros(many, np.bool_),
        path_errors={},
        totals=totals,
    )
