"""The watchdog is fed by probing that makes progress, not by the time that passes, nor by the journal."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from dataclasses import replace

import pytest

from netmon.clock import SystemClock
from netmon.daemon import coverage, systemd
from netmon.daemon.coverage import CoverageTeller
from netmon.daemon.settings import Settings
from netmon.events import Coverage, Event
from netmon.picture.state import Pending, Picture
from tests.drawings import drawing

QUIET = Picture.empty(drawing("noc-gw gw-a"))
ISLAND = Pending(("a",), {"gw": 49.0}, 49.0)


def told(
    words: Iterable[float], *, interval: float, passed_on: float = math.inf, picture: Picture = QUIET
) -> list[float]:
    """Return up to when coverage was told, while probing said these words one after another."""
    left = iter(words)
    said: list[Event] = []

    def probed() -> float:
        word = next(left, None)
        if word is None:
            raise asyncio.CancelledError
        return word

    teller = CoverageTeller(
        Settings(None, coverage_interval=interval),
        probed,
        lambda: passed_on,
        lambda: picture,
        SystemClock(),
        said.extend,
    )
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(teller.run())
    return [event.until for event in said if isinstance(event, Coverage)]


@pytest.mark.parametrize(
    ("passed_on", "covered"),
    [(math.inf, [50.0, 80.0]), (60.0, [50.0, 60.0])],
    ids=["journal written", "journal stuck"],
)
def test_the_watchdog_is_fed_once_for_each_progress(
    monkeypatch: pytest.MonkeyPatch, passed_on: float, covered: list[float]
) -> None:
    fed: list[None] = []
    monkeypatch.setattr(systemd, "alive", lambda: fed.append(None))
    assert told([50.0, 50.0, 50.0, 80.0, 80.0], interval=0.0, passed_on=passed_on) == covered
    assert len(fed) == 2


@pytest.mark.parametrize(("pending", "covered"), [((), [50.0]), ((ISLAND,), [50.0, 51.0, 52.0])])
def test_coverage_is_told_more_often_while_an_island_waits(
    pending: tuple[Pending, ...], covered: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patience with an island is measured by it: five seconds apart, a fault would be named as much later."""
    monkeypatch.setattr(coverage, "WHILE_ISLANDS_WAIT", 0.0)
    assert told([50.0, 51.0, 52.0], interval=3600.0, picture=replace(QUIET, pending=pending)) == covered
