"""What counts as understood: named exactly, in time, with nobody accused and no page that outlives its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.model import Element, ElementKind
from netmon.trial.score import SLACK, Deed, Score, Sight, score, touched
from tests.drawings import drawing

INVENTORY = drawing("noc-gw gw-a a-b a-c", cables={"k": "a-b a-c"}, power={"p": "b c"})
CABLE = Element(ElementKind.CABLE, "k")
ROUTER = Element(ElementKind.NODE, "a")
DARK = frozenset("bc")
NONE: frozenset[Element] = frozenset()

CUT = Deed(100.0, "cut", frozenset({CABLE}), NONE, frozenset({CABLE}), DARK)
SPLICE = Deed(120.0, "splice", NONE, frozenset({CABLE}), NONE, frozenset())

CALM = Sight(90.0, (), frozenset(), frozenset())
DIM = Sight(101.0, (), frozenset("b"), frozenset())
NAMED = Sight(102.5, (frozenset({CABLE, ROUTER}),), DARK, frozenset())
WELL = Sight(121.0, (), frozenset(), frozenset())


def held(*sights: Sight, until: float = 130.0) -> Score:
    return score(INVENTORY, (CUT, SPLICE), sights, until)


def test_a_fault_is_named_when_element_and_dark_sites_are_right() -> None:
    result = held(CALM, DIM, NAMED, WELL)
    cut, splice = result.answers
    assert (cut.seconds, cut.first_dark) == (2.5, 1.0)
    assert cut.said == ("cable:k or node:a",)
    assert (splice.seconds, splice.first_dark) == (1.0, None)
    assert result.median_seconds == 2.5
    assert result.is_good(limit=3.0)
    assert not result.is_good(limit=2.0)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(NAMED, named=()),
        replace(NAMED, named=(frozenset({ROUTER}),)),
        replace(NAMED, dark_sites=frozenset("b")),
        replace(NAMED, dark_sites=frozenset("abc")),
    ],
)
def test_anything_else_is_a_miss(wrong: Sight) -> None:
    result = held(CALM, wrong, WELL)
    assert result.answers[0].seconds is None
    assert not result.is_good(limit=60.0)


def test_a_repair_that_is_not_seen_is_a_miss() -> None:
    assert held(CALM, NAMED).answers[1].seconds is None
    assert held(CALM, NAMED, replace(WELL, named=NAMED.named)).answers[1].seconds is None


def test_a_repair_of_what_was_never_noticed_leaves_all_right_from_its_start() -> None:
    missed, seen = held(CALM).answers
    assert missed.seconds is None
    assert seen.seconds == 0.0


def test_only_sites_that_a_failed_element_touches_may_be_called_down() -> None:
    assert touched(INVENTORY, {CABLE}) == {"a", "b", "c"}
    assert touched(INVENTORY, {Element(ElementKind.POWER_AREA, "p")}) == {"b", "c"}
    assert held(CALM, replace(NAMED, down_sites=frozenset("b")), WELL).wrongly_down == frozenset()
    result = held(CALM, replace(NAMED, down_sites=frozenset({"b", "gw"})), WELL)
    assert result.wrongly_down == {"gw"}
    assert not result.is_good(limit=60.0)


@pytest.mark.parametrize(("closed", "blamed"), [(SLACK - 0.5, ""), (SLACK + 0.5, "bc"), (None, "bc")])
def test_a_page_may_not_outlive_its_reason(closed: float | None, blamed: str) -> None:
    paged = replace(NAMED, at=106.0, paged_sites=DARK)
    ended = () if closed is None else (replace(WELL, at=SPLICE.at + closed),)
    result = held(CALM, NAMED, paged, *ended)
    assert result.wrongly_paged == frozenset(blamed)
    assert held(CALM, NAMED, paged, *ended, until=SPLICE.at + 1.0).wrongly_paged == frozenset(), "it is not over yet"
