"""Samples of probers elsewhere: as the daemon knows them, and as each of them shows itself."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from netmon import __version__
from netmon.exporter.samples.columns import Sample, column, ones
from netmon.exporter.samples.icmp import icmp_samples
from netmon.exporter.samples.kept import Kept
from netmon.exporter.samples.plant import plant_samples
from netmon.exporter.samples.services import service_samples
from netmon.exporter.samples.snmp import snmp_samples
from netmon.picture.state import Sharing
from netmon.probes.icmp.measurements import IcmpMeasurements
from netmon.probes.services.prober import ServiceMeasurements
from netmon.probes.snmp.poller import SnmpMeasurements


@dataclass(frozen=True, slots=True)
class ProberStatus:
    """How a prober fares: what it was given, and what waits to be told. `answered` is when it last was."""

    name: str
    vantage: str
    let_in: bool
    answered: float
    targets: int
    waiting: int
    dropped: int
    lost: int


@dataclass(frozen=True, slots=True)
class ProberView:
    """One moment of a prober, as its own metrics show it."""

    status: ProberStatus
    icmp: IcmpMeasurements
    snmp: SnmpMeasurements
    services: ServiceMeasurements


def daemon_prober_samples(sharing: Sharing) -> Iterator[Sample]:
    """Yield what the daemon knows of its probers: those that are there, and those that are missed."""
    there = {(member.name, member.vantage) for member in sharing.members}
    counts = Counter((name, vantage) for vantage, kept in sharing.keepers.items() for name in kept.values())
    rows = sorted({*there, *counts})
    yield column("netmon_prober_up", rows, (row in there for row in rows))
    yield column("netmon_prober_nodes", rows, (counts[row] for row in rows))
    lost = {one.vantage: len(one.nodes) for one in sharing.partitions}
    seeing = sorted({vantage for _, vantage in there})
    yield column("netmon_partition_nodes", [(name,) for name in seeing], (lost.get(name, 0) for name in seeing))


class ProberCollector:
    """Turns views of a prober into samples."""

    def __init__(self) -> None:
        self._kept = Kept()

    def each(self, view: ProberView, _event_streams: int = 0) -> Iterator[Sample]:
        """Yield the samples of a prober, what it measured and how it fares; the order is nobody's."""
        yield from _all(view, self._kept)


def _all(view: ProberView, kept: Kept) -> Iterator[Sample]:
    yield from icmp_samples(view.icmp)
    yield from snmp_samples(view.snmp, kept)
    yield from plant_samples(view.snmp, kept)
    yield from service_samples(view.services)
    status = view.status
    row = [(status.name, status.vantage)]
    for name, value in (
        ("netmon_prober_let_in", status.let_in),
        ("netmon_prober_targets", status.targets),
        ("netmon_prober_answered_timestamp_seconds", status.answered),
        ("netmon_prober_events_waiting", status.waiting),
        ("netmon_prober_events_dropped_total", status.dropped),
        ("netmon_prober_events_lost_total", status.lost),
    ):
        yield column(name, row, [value])
    yield ones("netmon_build_info", [(__version__, platform.python_version())])
