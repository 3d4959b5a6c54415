"""Orders of people: what they become, and why some are refused."""

from __future__ import annotations

from typing import Any

import pytest

from netmon.daemon.orders import event_of
from netmon.errors import UsageError
from netmon.events import LedgerCorrected, MaintenanceScheduled
from netmon.model import Verdict
from netmon.picture.state import Picture
from tests.drawings import drawing
from tests.scenarios import Player

COUNTY = drawing("noc-gw gw-a", cables={"k": "gw-a"}, power={"p": "a"})


@pytest.fixture(scope="module")
def picture() -> Picture:
    return Player(COUNTY).seen


@pytest.mark.parametrize("element", ["cable:k", "link:gw-a", "node:a", "site:a", "power_area:p"])
def test_work_on_anything_that_is_drawn_becomes_an_event_signed_by_who_gave_it(
    picture: Picture, element: str
) -> None:
    order = {"act": "schedule", "window": "w1", "element": element, "start": 5.0, "end": 9.0, "note": "tiang"}
    assert event_of(order, picture, by="siti", at=1.0) == MaintenanceScheduled(
        1.0, "w1", element, 5.0, 9.0, "siti", "tiang"
    )


def test_a_correction_becomes_an_event(picture: Picture) -> None:
    order = {"act": "correct", "site": "a", "start": 5.0, "end": 9.0, "verdict": "up"}
    assert event_of(order, picture, by="siti", at=1.0) == LedgerCorrected(1.0, "a", 5.0, 9.0, Verdict.UP, "siti")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({}, "act"),
        ({"act": "explode"}, "explode"),
        ({"act": "revise", "incident": "F1", "cause": "ghosts"}, "cause"),
        ({"act": "revise", "incident": "F1", "cause": "power"}, "there is no incident 'F1'"),
        ({"act": "revise", "incident": "F1", "cause": "power", "note": "x" * 501}, "note"),
        ({"act": "schedule", "window": "w", "element": "cable:x", "start": 1.0, "end": 2.0}, "no cable 'x'"),
        ({"act": "schedule", "window": "w", "element": "k", "start": 1.0, "end": 2.0}, "'k' is no element"),
        ({"act": "schedule", "window": "w", "element": "cable:k", "start": 2.0, "end": 2.0}, "not after"),
        ({"act": "schedule", "window": "w", "element": "cable:k", "start": float("nan"), "end": 2.0}, "start"),
        ({"act": "schedule", "window": "w", "element": "cable:k", "start": 1.0, "end": 1e300}, "end"),
        ({"act": "schedule", "window": "w", "element": "cable:k", "start": -1e12, "end": 2.0}, "start"),
        ({"act": "correct", "site": "a", "start": 1.0, "end": 32_503_680_000.0, "verdict": "up"}, "end"),
        ({"act": "schedule", "window": "w\n", "element": "cable:k", "start": 1.0, "end": 2.0}, "window"),
        ({"act": "end", "window": "w"}, "there is no maintenance 'w'"),
        ({"act": "correct", "site": "zzz", "start": 1.0, "end": 2.0, "verdict": "up"}, "no site 'zzz'"),
    ],
)
def test_what_cannot_be_is_refused_and_said(picture: Picture, order: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        event_of(order, picture, by="siti", at=1.0)
    assert said in str(refused.value)
