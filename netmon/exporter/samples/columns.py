"""Columns of samples for metrics of the catalogue, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmon.exporter.catalogue import metrics
from netmon.exporter.samples.writer import Column, Histogram, Row

METRICS = metrics()
Sample = Column | Histogram
Step = Sample | None
"""What collecting is done in. None: there is no sample yet, but others may have their turn."""

PLACES = {name: place for place, name in enumerate(METRICS)}
"""Where each metric stands in the catalogue."""
_ALONE: tuple[Row, ...] = ((),)


def in_order(steps: Iterable[Step]) -> list[Sample]:
    """Return samples in the order of the catalogue."""
    samples = (step for step in steps if step is not None)
    return sorted(samples, key=lambda sample: PLACES[sample.metric.name])


def column(name: str, rows: Sequence[Row], values: Iterable[float]) -> Column:
    """Return the samples of a metric, a value for each row."""
    return Column(METRICS[name], rows, list(values))


def ones(name: str, rows: Sequence[Row]) -> Column:
    """Return the samples of a metric whose rows say it all."""
    return Column(METRICS[name], rows, [1.0] * len(rows))


def alone(name: str, value: float) -> Column:
    """Return the one sample of a metric without labels."""
    return Column(METRICS[name], _ALONE, [value])
