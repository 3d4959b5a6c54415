"""What a Prometheus kept of the counters of a port, for `netmon report speed`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2

from netmon.cli.login import bare
from netmon.errors import CannotError
from netmon.model import Link, PortId
from netmon.probes.speed.iperf import Direction
from netmon.report.period import Period
from netmon.report.speed import NOT_TESTED, STEP, Metered, Tested, Use, used

PATIENCE = 60.0
RATE = "rate({metric}{{{labels}}}[5m]) * 8"
MEDIAN = "quantile_over_time(0.5, netmon_speed_test_bytes_per_second{{{labels}}}[{seconds}s]) * 8"
DIM = "quantile_over_time(0.5, netmon_optical_margin_db{{{labels}}}[{seconds}s]) < 0"
SENT, RECEIVED = "netmon_interface_transmit_bytes_total", "netmon_interface_receive_bytes_total"


def uses(lines: list[Metered], period: Period, url: str, region: str | None = None) -> list[Use]:
    """Return how lines were used, as the Prometheus at `url` knows: one of many regions if `region` is named.

    Raises:
        CannotError: it does not answer, or not as a Prometheus would.
    """
    expected = period.seconds // STEP
    with _prometheus(url) as client:
        return [
            used(
                line,
                _rates(client, SENT, line, period, region),
                _rates(client, RECEIVED, line, period, region),
                expected,
                _tested(client, line, period, region),
            )
            for line in lines
        ]


def tests_of(lines: Iterable[Link], period: Period, url: str, region: str | None) -> dict[str, Tested]:
    """Return what the speed tests of lines came to, by link, as the Prometheus at `url` knows (see `uses`).

    Raises:
        CannotError: it does not answer, or not as a Prometheus would.
    """
    with _prometheus(url) as client:
        return {
            link.id: Tested(*(_median(client, link.id, direction, period, region) for direction in Direction))
            for link in lines
        }


def margins_below_nothing(period: Period, url: str, region: str | None) -> dict[PortId, float]:
    """Return the ports whose light was mostly less than their receiver needs, and how much it was short of it, in dB.

    Raises:
        CannotError: the Prometheus at `url` does not answer, or not as a Prometheus would.
    """
    query = DIM.format(labels=_labels(region=region), seconds=period.seconds)
    with _prometheus(url) as client:
        found = _series(client, "/api/v1/query", {"query": query, "time": period.end})
    return {PortId(labels.get("node", ""), labels.get("port", "")): -values[0] for labels, values in found}


@contextmanager
def _prometheus(url: str) -> Iterator[httpx2.Client]:
    """Yield a client of the Prometheus at `url`; what goes wrong is told without the password that may be in there.

    Raises:
        CannotError: it does not answer.
    """
    try:
        with httpx2.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client:
            yield client
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise CannotError(
            f"Prometheus at {bare(url)} does not answer: {reason}", "name another with --prometheus"
        ) from error


def _tested(client: httpx2.Client, line: Metered, period: Period, region: str | None) -> Tested:
    """Return the median of what the speed tests of a line came to, where it is tested."""
    if line.link.speed_test is None:
        return NOT_TESTED
    return Tested(*(_median(client, line.link.id, direction, period, region) for direction in Direction))


def _median(
    client: httpx2.Client, link: str, direction: Direction, period: Period, region: str | None
) -> float | None:
    query = MEDIAN.format(labels=_labels(link=link, direction=direction, region=region), seconds=period.seconds)
    found = _ask(client, "/api/v1/query", {"query": query, "time": period.end})
    return found[0][0] if found else None


def _rates(client: httpx2.Client, metric: str, line: Metered, period: Period, region: str | None) -> list[float]:
    """Return the rates of a port, bits a second: one for each whole step of the period that is known."""
    query = RATE.format(metric=metric, labels=_labels(node=line.port.node, port=line.port.port, region=region))
    asked: dict[str, str | float] = {"query": query, "start": period.start + STEP, "end": period.end, "step": STEP}
    found = _ask(client, "/api/v1/query_range", asked)
    return found[0] if found else []


def _ask(client: httpx2.Client, path: str, asked: Mapping[str, str | float]) -> list[list[float]]:
    """Return the values of each series of an answer (see `_series`)."""
    return [values for _, values in _series(client, path, asked)]


def _series(
    client: httpx2.Client, path: str, asked: Mapping[str, str | float]
) -> list[tuple[Mapping[str, str], list[float]]]:
    """Return the labels and values of each series of an answer, over a time or of one moment.

    What is no number, such as the quantile of nothing, is no value; a series without any is none.

    Raises:
        CannotError: that is no answer of a Prometheus.
    """
    answer = client.get(path, params=dict(asked))
    try:
        document: Any = answer.json()
        series = [
            (
                one["metric"],
                [float(value) for _, value in (one["values"] if "values" in one else [one["value"]])],
            )
            for one in document["data"]["result"]
        ]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise CannotError(
            f"{bare(str(client.base_url))} does not answer as a Prometheus does",
            "name its address, as in http://127.0.0.1:9090",
        ) from error
    known = [(labels, [value for value in values if math.isfinite(value)]) for labels, values in series]
    return [(labels, values) for labels, values in known if values]


def _labels(**labels: str | None) -> str:
    """Return what labels must be, in PromQL; None is any."""
    return ",".join(f"{name}={_quoted(value)}" for name, value in labels.items() if value is not None)


def _quoted(text: str) -> str:
    """Return a label's value in PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
