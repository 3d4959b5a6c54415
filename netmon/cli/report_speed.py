"""What a Prometheus kept of the counters of a port, for `netmon report speed`."""

from __future__ import annotations

from typing import Any

import httpx2

from netmon.errors import CannotError
from netmon.report.period import Period
from netmon.report.speed import STEP, Metered, Use, used

PATIENCE = 60.0
RATE = "rate({metric}{{node={node},port={port}}}[5m]) * 8"
SENT, RECEIVED = "netmon_interface_transmit_bytes_total", "netmon_interface_receive_bytes_total"


def uses(lines: list[Metered], period: Period, url: str) -> list[Use]:
    """Return how lines were used, as the Prometheus at `url` knows.

    Raises:
        CannotError: it does not answer, or not as a Prometheus would.
    """
    expected = period.seconds // STEP
    with httpx2.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client:
        return [
            used(line, _rates(client, SENT, line, period), _rates(client, RECEIVED, line, period), expected)
            for line in lines
        ]


def _rates(client: httpx2.Client, metric: str, line: Metered, period: Period) -> list[float]:
    """Return the rates of a port, bits a second: one for each whole step of the period that is known."""
    query = RATE.format(metric=metric, node=_quoted(line.port.node), port=_quoted(line.port.port))
    asked: dict[str, str | float] = {"query": query, "start": period.start + STEP, "end": period.end, "step": STEP}
    try:
        answer = client.get("/api/v1/query_range", params=asked)
        document: Any = answer.json()
        series = document["data"]["result"]
        return [float(value) for one in series[:1] for _, value in one["values"]]
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise CannotError(
            f"Prometheus at {client.base_url} does not answer: {reason}", "name another with --prometheus"
        ) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CannotError(
            f"{client.base_url} does not answer as a Prometheus does", "name its address, as in http://127.0.0.1:9090"
        ) from error


def _quoted(text: str) -> str:
    """Return a label's value in PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
