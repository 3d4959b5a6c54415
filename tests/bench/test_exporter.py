"""CPU of a scrape beside prometheus_client. Print: `pytest tests/bench/test_exporter.py -m bench -s`."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import numpy as np
import pytest

from netmon.bench.exporter_peer import by_prometheus_client
from netmon.exporter.catalogue import Metric, Type
from netmon.exporter.samples.writer import Column, Histogram, Writer

pytestmark = pytest.mark.bench

TARGETS = 5_000
METRICS = 20


def samples(seed: int) -> list[Column | Histogram]:
    """Return 100,000 samples: counters and measurements of targets with three labels each."""
    rows = [(f"rtr-{number}", f"35.23.{number}", "village") for number in range(TARGETS)]
    rolled = np.random.default_rng(seed)
    counters = [
        Metric(f"netmon_bench_{n}_total", Type.COUNTER, ("node", "site", "kind"), "-") for n in range(METRICS)
    ]
    gauges = [Metric(f"netmon_bench_{n}_ratio", Type.GAUGE, ("node", "site", "kind"), "-") for n in range(METRICS)]
    half = METRICS // 2
    return [
        *(Column(metric, rows, rolled.integers(0, 1_000_000, TARGETS)) for metric in counters[:half]),
        *(Column(metric, rows, rolled.random(TARGETS)) for metric in gauges[half:]),
    ]


def best_milliseconds(job: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        job()
        best = min(best, time.process_time() - started)
    return best * 1e3


def test_a_scrape_of_100_000_samples() -> None:
    shown, writer = samples(1), Writer()
    turns = itertools.cycle((samples(2), shown))  # no value is what it was
    assert writer.write(shown) == by_prometheus_client(shown, openmetrics=False)
    ours = best_milliseconds(lambda: writer.write(next(turns)), 7)
    theirs = best_milliseconds(lambda: by_prometheus_client(shown, openmetrics=False), 2)
    print(f"\n100,000 samples: netmon {ours:.0f} ms, prometheus_client {theirs:.0f} ms, {theirs / ours:.1f} times")  # noqa: T201
    assert theirs > 4 * ours
