"""Polls made by hand, for what is decided from them."""

from __future__ import annotations

from typing import Any

from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import SystemRow
from netmon.probes.vendors.tables import Part

AT = 1_700_000_000.0
TAKES = 0.25


def poll(seconds: float = 0.0, *, node: str = "n", failed: Part | None = None, **rows: Any) -> DevicePoll:
    """Return a poll so many seconds after the first; `failed` is the part of which rows may be missing."""
    said: dict[str, Any] = {name: tuple(values) for name, values in rows.items()}
    return DevicePoll(
        node=node,
        at=AT + seconds,
        monotonic=50.0 + seconds,
        duration=TAKES,
        ok=True,
        complete=failed is None,
        system=SystemRow(),
        failed={} if failed is None else {failed: Failure.TIMEOUT},
        **said,
    )


def silence(seconds: float) -> DevicePoll:
    """Return a poll that nobody answered."""
    return DevicePoll("n", AT + seconds, 50.0 + seconds, TAKES, ok=False, complete=False, failure=Failure.TIMEOUT)
