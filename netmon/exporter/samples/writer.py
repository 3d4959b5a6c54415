"""The fast writer of the Prometheus text formats: finished line prefixes are kept, only values are written anew.

The result is byte for byte what prometheus_client writes for the same samples, at a tenth of the time (7.5 against
0.7 µs a sample): nearly all of that time goes into labels, which change only when the inventory does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import add

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netmon.exporter.catalogue import Metric, Type

Row = tuple[str, ...]

AT_ONCE = 4_096
"""Lines that are joined in one go: for that long, a millisecond, no other thread of the process has its turn."""
_ODD = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The samples of one metric: `rows` holds the label values of each, in the order of the metric's labels."""

    metric: Metric
    rows: Sequence[Row]
    values: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """The histograms of one metric. `bounds` are upper bounds without +Inf, ascending, in the metric's unit.

    `counts` is rows × (bounds + 1): how many observations fell into each bucket, not cumulative; `sums` is the sum of
    the observations of each row.
    """

    metric: Metric
    rows: Sequence[Row]
    bounds: Sequence[float]
    counts: ArrayLike
    sums: ArrayLike


@dataclass(slots=True)
class _Kept:
    """What is known of one metric from the last time: how its lines begin, its values and the whole text of these."""

    rows: Sequence[Row]
    bounds: Sequence[float]
    prefixes: list[str]
    values: bytes = b""
    text: bytes = b""


class Writer:
    """Writes samples as text.

    Keeps the prefixes of every line while the rows of its metric stay the same, and the text while its values do:
    verdicts, drawing and contracts are the same in most scrapes, and what is polled twice a minute in every second.
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def write(self, samples: Iterable[Column | Histogram], *, openmetrics: bool = False) -> bytes:
        """Return the samples in the text format 0.0.4, or in OpenMetrics 1.0 without its last line, `# EOF`."""
        parts: list[bytes] = []
        kept: dict[str, _Kept] = {}
        for sample in samples:
            parts.append(heading(sample.metric, openmetrics=openmetrics).encode())
            bounds = sample.bounds if isinstance(sample, Histogram) else ()
            known = self._kept.get(sample.metric.name)
            if known is None or not _same(known, sample.rows, bounds):
                known = _Kept(sample.rows, bounds, _prefixes(sample))
            values = _values(sample).tobytes()
            if known.values != values:
                known.values, known.text = values, _lines(known.prefixes, _texts(sample))
            kept[sample.metric.name] = known
            parts.append(known.text)
        self._kept = kept
        return b"".join(parts)


def _lines(prefixes: Sequence[str], texts: Sequence[str]) -> bytes:
    parts = []
    for start in range(0, len(prefixes), AT_ONCE):
        lines = map(add, prefixes[start : start + AT_ONCE], texts[start : start + AT_ONCE])
        parts.append(("\n".join(lines) + "\n").encode())
    return b"".join(parts)


def heading(metric: Metric, *, openmetrics: bool) -> str:
    """Return the HELP, TYPE and (OpenMetrics only) UNIT lines of a metric."""
    text = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    if not openmetrics:
        kind = Type.GAUGE if metric.type is Type.INFO else metric.type
        return f"# HELP {metric.name} {text}\n# TYPE {metric.name} {kind}\n"
    text = text.replace('"', r"\"")
    unit = f"# UNIT {metric.family} {metric.unit}\n" if metric.unit else ""
    return f"# HELP {metric.family} {text}\n# TYPE {metric.family} {metric.type}\n{unit}"


def number(value: float) -> str:
    """Return a value as Prometheus writes it: Python's shortest digits, but Go's exponents from 1e+06 up."""
    text = repr(value)
    point = text.find(".")
    if point > 6 and value > 0:
        digits = (text[0] + "." + text[1:point] + text[point + 1 :]).rstrip("0.")
        return f"{digits}e+{point - 1:02d}"
    return text if point > 0 else _ODD.get(text, text)


def numbers(values: NDArray[np.float64]) -> list[str]:
    """Return many values as `number` does."""
    if not np.signbit(values).any() and bool(np.all(values < 1e16)):  # neither is so for NaN and infinity
        whole = values.astype(np.int64)
        if np.array_equal(whole, values):  # counts, bytes, yes and no: most samples, at half the cost
            return [f"{count}.0" if count < 1_000_000 else _large(count) for count in whole.tolist()]
    plain: list[float] = values.tolist()
    texts = list(map(repr, plain))
    for index in np.flatnonzero(~(np.abs(values) < 1e6)).tolist():  # the large, the infinite and NaN
        texts[index] = number(plain[index])
    return texts


def _large(count: int) -> str:
    digits = str(count)
    return f"{(digits[0] + '.' + digits[1:]).rstrip('0.')}e+{len(digits) - 1:02d}"


def _same(known: _Kept, rows: Sequence[Row], bounds: object) -> bool:
    return (known.rows is rows or known.rows == rows) and known.bounds == bounds


def _prefixes(sample: Column | Histogram) -> list[str]:
    """Return the beginning of every line of a metric, up to and with the space before the value."""
    metric = sample.metric
    if isinstance(sample, Column):
        return [f"{metric.name}{_labels(metric.labels, row)} " for row in sample.rows]
    steps = [*(number(float(bound)) for bound in sample.bounds), "+Inf"]
    return list(
        chain.from_iterable(
            (
                *(f"{metric.name}_bucket{_labels((*metric.labels, 'le'), (*row, step))} " for step in steps),
                f"{metric.name}_count{_labels(metric.labels, row)} ",
                f"{metric.name}_sum{_labels(metric.labels, row)} ",
            )
            for row in sample.rows
        ),
    )


def _labels(names: Sequence[str], values: Row) -> str:
    if not names:
        return ""
    pairs = sorted(zip(names, values, strict=True))
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in pairs) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _values(sample: Column | Histogram) -> NDArray[np.float64]:
    """Return every value of a metric, in one row."""
    if isinstance(sample, Column):
        return np.asarray(sample.values, float)
    return np.concatenate([np.asarray(sample.counts, float).ravel(), np.asarray(sample.sums, float)])


def _texts(sample: Column | Histogram) -> list[str]:
    """Return the values of all lines as they are written."""
    return numbers(np.asarray(sample.values, float)) if isinstance(sample, Column) else _histogram_texts(sample)


def _histogram_texts(sample: Histogram) -> list[str]:
    """Return the values of all lines of a histogram: cumulative buckets, count and sum of each row in turn."""
    rows, steps = len(sample.rows), len(sample.bounds) + 1
    cumulative = np.cumsum(np.asarray(sample.counts, float).reshape(rows, steps), axis=1)
    counts = numbers(np.column_stack((cumulative, cumulative[:, -1])).T.ravel())
    texts = [""] * (rows * (steps + 2))
    for line in range(steps + 1):
        texts[line :: steps + 2] = counts[line * rows : (line + 1) * rows]
    texts[steps + 1 :: steps + 2] = numbers(np.asarray(sample.sums, float))
    return texts
