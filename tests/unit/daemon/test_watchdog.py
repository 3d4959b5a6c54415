"""The watchdog is fed by probing that makes progress, not by the time that passes, nor by the journal."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from netmon.clock import SystemClock
from netmon.daemon import service, systemd
from netmon.daemon.service import Daemon
from netmon.daemon.settings import Settings
from netmon.events import Coverage, Event


@pytest.mark.parametrize(
    ("written", "covered"), [(math.inf, [50.0, 80.0]), (60.0, [50.0, 60.0])], ids=["journal written", "journal stuck"]
)
def test_the_watchdog_is_fed_once_for_each_progress(
    monkeypatch: pytest.MonkeyPatch, written: float, covered: list[float]
) -> None:
    fed: list[None] = []
    monkeypatch.setattr(systemd, "alive", lambda: fed.append(None))
    words = iter([50.0, 50.0, 50.0, 80.0, 80.0])
    said: list[Event] = []

    def covered_until() -> float:
        word = next(words, None)
        if word is None:
            raise asyncio.CancelledError
        return word

    def emit(events: Sequence[Event]) -> None:
        said.extend(events)

    daemon = SimpleNamespace(
        settings=Settings(None, coverage_interval=0.0),
        icmp=SimpleNamespace(covered_until=covered_until),
        clock=SystemClock(),
        folding=SimpleNamespace(picture=SimpleNamespace(pending=())),
        _writer=SimpleNamespace(passed_on_until=lambda: written),
        _covered=0.0,
        _emit=emit,
    )
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Daemon._cover(cast("Any", daemon)))
    assert len(fed) == 2
    assert [event.until for event in said if isinstance(event, Coverage)] == covered


@pytest.mark.parametrize(("pending", "covered"), [((), [50.0]), (("an island",), [50.0, 51.0, 52.0])])
def test_coverage_is_told_more_often_while_an_island_waits(
    pending: tuple[str, ...], covered: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patience with an island is measured by it: five seconds apart, a fault would be named as much later."""
    monkeypatch.setattr(service, "WHILE_ISLANDS_WAIT", 0.0)
    words = iter([50.0, 51.0, 52.0])
    said: list[Event] = []

    def covered_until() -> float:
        word = next(words, None)
        if word is None:
            raise asyncio.CancelledError
        return word

    daemon = SimpleNamespace(
        settings=Settings(None, coverage_interval=3600.0),
        icmp=SimpleNamespace(covered_until=covered_until),
        clock=SystemClock(),
        folding=SimpleNamespace(picture=SimpleNamespace(pending=pending)),
        _writer=None,
        _covered=0.0,
        _emit=said.extend,
    )
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Daemon._cover(cast("Any", daemon)))
    assert [event.until for event in said if isinstance(event, Coverage)] == covered
