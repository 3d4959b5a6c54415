"""What the API answers of drift: plain JSON values made from a comparison of the drawing with what is seen."""

from __future__ import annotations

from collections import Counter
from typing import Any

from netmon.clock import rfc3339
from netmon.exporter.adjacency import Adjacency
from netmon.model import LinkEnd
from netmon.topology.discovery import SeenLink, Stranger
from netmon.topology.drift import Drift, DriftKind

Document = dict[str, Any]


def drift_document(adjacency: Adjacency) -> Document:
    """Return the differences, what confirms each drawn link, and what is seen beside."""
    comparison, discovered = adjacency.comparison, adjacency.discovered
    counts = Counter(one.kind for one in comparison.drifts)
    return {
        "counts": {kind: counts[kind] for kind in DriftKind},
        "drift": [drift_row(one) for one in comparison.drifts],
        "confirmed": {name: seen_row(seen) for name, seen in sorted(comparison.confirmed.items())},
        "candidates": [seen_row(seen) for seen in discovered.candidates],
        "strangers": [_stranger_row(one) for one in discovered.strangers],
    }


def drift_row(drift: Drift) -> Document:
    """Return one difference."""
    return {
        "kind": drift.kind,
        "link": drift.link,
        "drawn": None if drift.drawn is None else [_end(end) for end in drift.drawn],
        "seen": None if drift.seen is None else [_end(end) for end in drift.seen],
        "since": rfc3339(drift.since),
        "detail": drift.detail,
    }


def seen_row(seen: SeenLink) -> Document:
    """Return one link as the network tells it."""
    return {
        "a": _end(seen.a),
        "b": _end(seen.b),
        "sources": list(seen.sources),
        "both_ends": seen.both,
        "confidence": seen.confidence,
        "first_seen": rfc3339(seen.first_seen),
        "last_seen": rfc3339(seen.last_seen),
        "current": seen.is_current,
    }


def _stranger_row(stranger: Stranger) -> Document:
    return {
        "node": stranger.end.node,
        "port": stranger.end.port,
        "name": stranger.neighbour.name or None,
        "chassis": stranger.neighbour.chassis or None,
        "address": stranger.neighbour.address or None,
        "protocol": stranger.neighbour.protocol,
        "first_seen": rfc3339(stranger.first_seen),
        "alone": stranger.is_alone,
    }


def _end(end: LinkEnd) -> Document:
    return {"node": end.node, "port": end.port}
