"""Columns of samples for metrics of the catalogue, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from netmon.exporter.catalogue import metrics
from netmon.exporter.samples.writer import Column, Histogram, Row

METRICS = metrics()
Sample = Column | Histogram
Step = Sample | None
"""What collecting is done in. None: there is no sample yet, but others may have their turn."""

_PLACES = {name: place for place, name in enumerate(METRICS)}
_ALONE: tuple[Row, ...] = ((),)
T = TypeVar("T")


def in_order(steps: Iterable[Step]) -> list[Sample]:
    """Return samples in the order of the catalogue."""
    samples = (step for step in steps if step is not None)
    return sorted(samples, key=lambda sample: _PLACES[sample.metric.name])


def column(name: str, rows: Sequence[Row], values: Iterable[float]) -> Column:
    """Return the samples of a metric, a value for each row."""
    return Column(METRICS[name], rows, list(values))


def ones(name: str, rows: Sequence[Row]) -> Column:
    """Return the samples of a metric whose rows say it all."""
    return Column(METRICS[name], rows, [1.0] * len(rows))


def alone(name: str, value: float) -> Column:
    """Return the one sample of a metric without labels."""
    return Column(METRICS[name], _ALONE, [value])


def facts(wanted: Mapping[str, Callable[[T], float | None]], known: Mapping[Row, T]) -> Iterator[Column]:
    """Yield a column for each metric of what is known of things, by row; what is None has no sample."""
    every, sources = tuple(known), list(known.values())
    for name, fact in wanted.items():
        told = list(map(fact, sources))
        values = [value for value in told if value is not None]
        if len(values) == len(told):  # the rows are then the same object for many metrics, and so are their labels
            yield Column(METRICS[name], every, values)
            continue
        yield column(name, tuple(row for row, value in zip(every, told, strict=True) if value is not None), values)
