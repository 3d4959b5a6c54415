"""Every metric, once: the renderer, the reference page and the tests are made from this table.

Names follow the Prometheus conventions: base units, `_total` for counters, `_info` for facts with the value 1,
`_timestamp_seconds` for moments. Labels identify, they do not describe; descriptions are joined from `_info` metrics.
Where a value may be unknown there are two metrics, `…_up` and `…_known`: `…_up` is 1 only when it is known to be up,
so that 0 with `…_known` 1 means down, and 0 with `…_known` 0 means that nobody can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """The types of metrics in OpenMetrics' words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `name` is the name people query; `unit` its base unit, which the name then ends with."""

    name: str
    type: Type
    labels: tuple[str, ...]
    help: str
    unit: str = ""

    @property
    def family(self) -> str:
        """The name of the family in OpenMetrics, which lacks the suffix that the type adds."""
        if self.type is Type.COUNTER:
            return self.name.removesuffix("_total")
        if self.type is Type.INFO:
            return self.name.removesuffix("_info")
        return self.name


@dataclass(frozen=True, slots=True)
class Chapter:
    """Metrics that are read together, and what they are about."""

    title: str
    metrics: tuple[Metric, ...]


def _gauge(name: str, labels: str, help_: str, unit: str = "") -> Metric:
    return Metric(f"netmon_{name}", Type.GAUGE, tuple(labels.split()), help_, unit)


def _counter(name: str, labels: str, help_: str, unit: str = "") -> Metric:
    return Metric(f"netmon_{name}_total", Type.COUNTER, tuple(labels.split()), help_, unit)


def _info(name: str, labels: str, help_: str) -> Metric:
    return Metric(f"netmon_{name}_info", Type.INFO, tuple(labels.split()), help_)


def _histogram(name: str, labels: str, help_: str, unit: str) -> Metric:
    return Metric(f"netmon_{name}", Type.HISTOGRAM, tuple(labels.split()), help_, unit)


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "Sites",
        (
            _gauge(
                "site_verdict",
                "site kind district verdict",
                "1 for the verdict the site has, 0 for each it has not; exactly one is 1.",
            ),
            _gauge("sites", "kind district verdict", "Sites of a kind and district that have a verdict."),
            _info("site", "site name kind district geohash", "What a site is and where it lies."),
            _info("site_fault", "site fault", "The fault that darkens a site; exists only while it does."),
        ),
    ),
    Chapter(
        "Faults",
        (
            _gauge("fault_active", "fault kind element cause", "1 while the fault is open; then the series ends."),
            _gauge("fault_sites", "fault", "Sites that an open fault darkens; 0 when only redundancy is lost."),
            _gauge("fault_opened_timestamp_seconds", "fault", "First miss, or first evidence, of a fault.", "seconds"),
            _gauge("fault_confidence_ratio", "fault", "Probability that the named element is the failed one.", "ratio"),
            _gauge("dark_regions_unexplained", "", "Dark regions whose cause is still being found out."),
        ),
    ),
    Chapter(
        "Nodes and links",
        (
            _gauge("node_up", "node", "1 when a monitored node is known to answer."),
            _gauge("node_known", "node", "1 when it is known whether a monitored node answers."),
            _gauge("node_shadowed", "node", "1 when a node is dark because of a fault elsewhere."),
            _gauge("node_articulation_point", "node", "1 when losing this node would cut others off, as things are now."),
            _info("node", "node site address role power_area", "What a node is and where it stands."),
            _gauge("link_up", "link", "1 when a link is known to carry traffic."),
            _gauge("link_known", "link", "1 when it is known whether a link carries traffic."),
            _gauge("link_bridge", "link", "1 when losing this link would cut nodes off, as things are now."),
            _info("link", "link source target source_port target_port kind supplier", "What a link joins."),
        ),
    ),
)


def metrics(chapters: Iterable[Chapter] = CHAPTERS) -> dict[str, Metric]:
    """Return all metrics by name, in the order of the catalogue."""
    return {metric.name: metric for chapter in chapters for metric in chapter.metrics}
