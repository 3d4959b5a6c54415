"""From a comparison of the drawing with what is seen to samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from netmon.exporter.adjacency import Adjacencies, Adjacency
from netmon.exporter.samples.columns import Sample, Step, alone, column
from netmon.exporter.samples.kept import Kept
from netmon.exporter.samples.rows import Rows
from netmon.picture.state import Picture
from netmon.topology.drift import DriftKind


def drift_samples(adjacencies: Adjacencies, picture: Picture, rows: Rows, kept: Kept) -> Iterator[Step]:
    """Yield the differences by kind, which links are confirmed, and who is heard that is not drawn."""
    adjacency = yield from adjacencies.working_out(picture)
    yield from kept.same("drift", (adjacency, rows), lambda: _compared(adjacency, rows))


def _compared(adjacency: Adjacency, rows: Rows) -> Iterator[Sample]:
    counts = Counter(one.kind for one in adjacency.comparison.drifts)
    yield column("netmon_topology_drift", [(kind,) for kind in DriftKind], (counts[kind] for kind in DriftKind))
    confirmed = adjacency.comparison.confirmed
    yield column("netmon_link_confirmed", rows.links, (link in confirmed for (link,) in rows.links))
    yield alone("netmon_neighbours_not_drawn", len(adjacency.discovered.strangers))
