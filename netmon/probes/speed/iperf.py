"""What iperf3 is told, and what its report says (`iperf3 --json`, iperf 3.12). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from netmon.model import SpeedTest

BITS = 8
CONNECT_MILLISECONDS = 3_000
MARGIN = 10.0
"""Seconds beyond a test's own that iperf3 gets for beginning and ending, before it is stopped."""
LONGEST_REASON = 200


class Direction(StrEnum):
    """Which way a test goes."""

    TO_SITE = "to-site"
    FROM_SITE = "from-site"


@dataclass(frozen=True, slots=True)
class Sent:
    """What one test came to: bytes a second that arrived, or why there is no such figure."""

    bytes_per_second: float | None = None
    trouble: str = ""


def command(program: str, test: SpeedTest, direction: Direction) -> list[str]:
    """Return how iperf3 is called: one TCP stream, bounded in time and rate, one report at the end."""
    backwards = ["--reverse"] if direction is Direction.FROM_SITE else []
    return [
        program, "--client", test.host, "--port", str(test.port), "--time", f"{test.seconds}",
        "--bitrate", f"{round(test.mbps * 1e6)}", "--connect-timeout", str(CONNECT_MILLISECONDS), "--json",
        *backwards,
    ]  # fmt: skip


def read_report(text: str) -> Sent:
    """Return what a report says; what is no report is trouble too."""
    try:
        report: Any = json.loads(text)
    except ValueError:
        return Sent(trouble="iperf3 said nothing that can be read")
    if not isinstance(report, Mapping):
        return Sent(trouble="iperf3 said nothing that can be read")
    if "error" in report:
        return Sent(trouble=str(report["error"])[:LONGEST_REASON])
    try:
        bits = float(report["end"]["sum_received"]["bits_per_second"])
    except (KeyError, TypeError, ValueError):
        return Sent(trouble="iperf3 reports no rate")
    return Sent(bits / BITS) if 0.0 <= bits < 1e15 else Sent(trouble="iperf3 reports a rate that cannot be")
