"""From a view to samples: every metric of the catalogue with its values at one moment."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from itertools import chain

from netmon import __version__
from netmon.exporter.adjacency import Adjacencies
from netmon.exporter.line_states import LineStates
from netmon.exporter.samples.columns import METRICS, Sample, Step, alone, column, in_order, ones
from netmon.exporter.samples.drift import drift_samples
from netmon.exporter.samples.icmp import icmp_samples
from netmon.exporter.samples.kept import Kept
from netmon.exporter.samples.picture import picture_samples
from netmon.exporter.samples.plant import plant_samples
from netmon.exporter.samples.probers import daemon_prober_samples
from netmon.exporter.samples.rows import Rows
from netmon.exporter.samples.services import presence_samples, service_samples, speed_samples
from netmon.exporter.samples.snmp import snmp_samples
from netmon.exporter.samples.traps import trap_samples
from netmon.exporter.samples.writer import Column
from netmon.exporter.view import DaemonStatus, View
from netmon.model import Inventory
from netmon.picture.state import Picture


class Collector:
    """Turns views into samples; keeps the label rows of the inventory in force."""

    def __init__(self) -> None:
        self._rows: Rows | None = None
        self._adjacencies = Adjacencies()
        self._lines = LineStates()
        self._kept = Kept()

    def collect(self, view: View, event_streams: int = 0) -> list[Sample]:
        """Return the samples of a view in the order of the catalogue; a metric may be without any."""
        return in_order(self.each(view, event_streams))

    def each(self, view: View, event_streams: int = 0) -> Iterator[Step]:
        """Yield the samples of a view, every metric of the catalogue once; the order is nobody's."""
        inventory = view.picture.inventory
        if self._rows is None or self._rows.inventory is not inventory:
            self._rows = Rows(inventory)
            yield None
        states = self._lines.of(view.picture)
        yield None
        missing = dict(METRICS)
        for sample in chain(
            picture_samples(view.picture, self._rows, states, self._kept),
            _probed(view, self._kept),
            _daemon(view.daemon, view.picture, event_streams),
            drift_samples(self._adjacencies, view.picture, self._rows, self._kept),
        ):
            if sample is not None:
                del missing[sample.metric.name]
            yield sample
        yield from (Column(metric, (), ()) for metric in missing.values())


def _probed(view: View, kept: Kept) -> Iterator[Sample]:
    if view.icmp is not None:
        yield from icmp_samples(view.icmp)
    if view.snmp is not None:
        yield from snmp_samples(view.snmp, kept)
        yield from plant_samples(view.snmp, kept)
    if view.services is not None:
        yield from service_samples(view.services)
    yield from presence_samples(view.heartbeats, view.wifi)
    yield from speed_samples(view.speed)
    if view.traps is not None:
        yield from trap_samples(view.traps)


def _daemon(status: DaemonStatus, picture: Picture, event_streams: int) -> Iterator[Sample]:
    probers = sorted(picture.coverage)
    yield column(
        "netmon_coverage_timestamp_seconds",
        [(prober,) for prober in probers],
        (picture.coverage[prober] for prober in probers),
    )
    yield from daemon_prober_samples(picture.sharing)
    yield alone("netmon_ready", status.ready)
    yield alone("netmon_simulated", status.network != "kernel")
    elements = _elements(picture.inventory)
    yield column("netmon_inventory_elements", [(kind,) for kind in elements], elements.values())
    yield alone("netmon_journal_position", picture.position)
    yield alone("netmon_journal_checkpoint", status.journal_checkpoint)
    yield alone("netmon_journal_failing", status.journal_failing)
    yield alone("netmon_journal_apart_total", status.entries_apart)
    yield alone("netmon_journal_missing_total", status.entries_missing)
    yield alone("netmon_leads", status.leads)
    yield alone("netmon_events_buffered", status.events_buffered)
    yield alone("netmon_events_lost_total", status.events_lost)
    yield alone("netmon_evaluations_total", status.evaluations)
    yield alone("netmon_evaluation_duration_seconds", status.evaluation_seconds)
    yield alone("netmon_internal_errors_total", status.internal_errors)
    yield alone("netmon_config_last_reload_successful", status.last_reload_successful)
    yield alone("netmon_config_last_reload_success_timestamp_seconds", status.last_reload)
    yield alone("netmon_web_config_last_reload_successful", status.web_config_good)
    receivers = [(one.name,) for one in status.alertmanagers]
    yield column("netmon_alertmanager_reached", receivers, (one.is_reached for one in status.alertmanagers))
    yield column("netmon_alertmanager_failures_total", receivers, (one.failures for one in status.alertmanagers))
    yield alone("netmon_event_stream_clients", event_streams)
    yield ones("netmon_build_info", [(__version__, platform.python_version())])


def _elements(inventory: Inventory) -> dict[str, int]:
    return {
        "cable": len(inventory.cables),
        "link": len(inventory.links),
        "node": len(inventory.nodes),
        "service": len(inventory.services),
        "site": len(inventory.sites),
    }
