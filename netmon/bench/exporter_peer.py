"""The peer of the exporter's writer: prometheus_client, shown the same samples as a collector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.utils import floatToGoString

from netmon.exporter.catalogue import Type
from netmon.exporter.samples.writer import Column, Histogram

go_string: Callable[[float], str] = floatToGoString
"""How prometheus_client writes a number."""
_openmetrics: Callable[[CollectorRegistry], bytes] = generate_openmetrics


class Samples:
    """Shows columns to prometheus_client as a collector."""

    def __init__(self, samples: Sequence[Column | Histogram]) -> None:
        self.samples = samples

    def collect(self) -> Iterable[Family]:
        """Return all of them, made anew."""
        return [_family(sample) for sample in self.samples]


def registry_of(samples: Sequence[Column | Histogram]) -> CollectorRegistry:
    """Return a registry that shows these samples."""
    registry = CollectorRegistry()
    registry.register(Samples(samples))
    return registry


def by_prometheus_client(samples: Sequence[Column | Histogram], *, openmetrics: bool) -> bytes:
    """Return samples as prometheus_client writes them; of OpenMetrics without its last line."""
    if openmetrics:
        return _openmetrics(registry_of(samples)).removesuffix(b"# EOF\n")
    return generate_latest(registry_of(samples))


def _family(sample: Column | Histogram) -> Family:
    metric = sample.metric
    if isinstance(sample, Histogram):
        histogram = HistogramMetricFamily(metric.family, metric.help, labels=metric.labels, unit=metric.unit)
        steps = [*(go_string(bound) for bound in sample.bounds), "+Inf"]
        for row, counts, total in zip(sample.rows, np.asarray(sample.counts), np.asarray(sample.sums), strict=True):
            pairs = list(zip(steps, np.cumsum(counts).tolist(), strict=True))
            histogram.add_metric(list(row), pairs, float(total))
        return histogram
    values = np.asarray(sample.values, float).tolist()
    if metric.type is Type.INFO:
        info = InfoMetricFamily(metric.family, metric.help, labels=metric.labels)
        for row in sample.rows:
            info.add_metric(row, {})
        return info
    kind = CounterMetricFamily if metric.type is Type.COUNTER else GaugeMetricFamily
    plain = kind(metric.family, metric.help, labels=metric.labels, unit=metric.unit)
    for row, value in zip(sample.rows, values, strict=True):
        plain.add_metric(list(row), value)
    return plain
