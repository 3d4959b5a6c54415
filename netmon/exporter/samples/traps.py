"""From what the trap receiver heard to samples."""

from __future__ import annotations

from collections.abc import Iterator

from netmon.exporter.samples.columns import Sample, alone, column
from netmon.model import TrapKind
from netmon.probes.traps.receiver import Drop, TrapMeasurements


def trap_samples(heard: TrapMeasurements) -> Iterator[Sample]:
    """Yield what was heard, and what was not believed."""
    yield alone("netmon_traps_listening", heard.listening is not None)
    yield column(
        "netmon_traps_received_total",
        [(kind,) for kind in TrapKind],
        (heard.received.get(kind, 0) for kind in TrapKind),
    )
    yield column(
        "netmon_traps_dropped_total",
        [(reason,) for reason in Drop],
        (heard.dropped.get(reason, 0) for reason in Drop),
    )
    yield alone("netmon_trap_informs_answered_total", heard.informs)
    nodes = sorted(heard.latest)
    yield column("netmon_trap_timestamp_seconds", [(node,) for node in nodes], (heard.latest[node] for node in nodes))
