"""Announced work: what it covers is in maintenance and pages nobody, what else happens does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.events import Announce, Elapsed, InventoryInForce, MaintenanceEnded, MaintenanceScheduled, Wake
from netmon.model import Verdict, Work
from netmon.picture.ledger import buckets
from netmon.picture.maintenance import worked_on
from tests.drawings import drawing
from tests.unit.picture.story import T0, Story

HOUR = 3600.0


def county() -> Story:
    """Draw a spur a–b–c behind cable k, and a village x on another branch."""
    return Story(drawing("noc-gw gw-a a-b b-c gw-x x-y", cables={"k": "a-b"}))


def work(story: Story, element: str, start: float = T0, end: float = T0 + HOUR) -> None:
    story.say(MaintenanceScheduled(story.now, "w1", element, start, end, "budi"))


def pages(story: Story) -> list[tuple[str, str]]:
    return [(one.incident, one.change) for one in story.effects if isinstance(one, Announce)]


def later(story: Story, seconds: float) -> None:
    story.now += seconds
    story.say(Elapsed(story.now))


@pytest.mark.parametrize("element", ["cable:k", "link:a-b"])
def test_work_on_a_cable_covers_what_it_darkens(element: str) -> None:
    story = county()
    work(story, element)
    story.lose("b", "c")
    later(story, 10.0)
    assert {story.verdicts()[site] for site in "bc"} == {"maintenance"}
    assert story.seen.open_incidents[0].window == "w1"
    story.now += 60.0
    story.up("b", "c")
    assert pages(story) == []
    times = buckets(story.seen.ledger["c"], T0, story.now)
    assert times[Verdict.MAINTENANCE] == pytest.approx(71, abs=2)
    assert times[Verdict.DOWN] + times[Verdict.UNREACHABLE] == 0.0


@pytest.mark.parametrize(
    ("element", "nodes"),
    [
        ("cable:k", {"a", "b"}),
        ("link:a-b", {"a", "b"}),
        ("node:b", {"b"}),
        ("site:b", {"b"}),
        ("node:gone", {"gone"}),
    ],
)
def test_work_is_on_nodes_and_on_the_ends_of_lines(element: str, nodes: set[str]) -> None:
    story = county()
    assert worked_on(story.seen) == frozenset()
    work(story, element)
    assert worked_on(story.seen) == nodes
    later(story, HOUR + 1.0)
    assert worked_on(story.seen) == frozenset()


def test_a_fault_elsewhere_or_behind_pages_all_the_same() -> None:
    story = county()
    work(story, "cable:k")
    story.lose("y")
    later(story, 10.0)
    story.lose("c")  # behind the cable, which is whole
    later(story, 10.0)
    assert [change for _, change in pages(story)] == ["opened", "opened"]
    assert {story.verdicts()[site] for site in "yc"} == {"down"}


def test_work_on_a_site_covers_its_router() -> None:
    story = county()
    work(story, "site:b")
    story.lose("b", "c")
    later(story, 10.0)
    assert {story.verdicts()[site] for site in "bc"} == {"maintenance"}
    assert pages(story) == []


def test_what_is_still_dark_when_the_work_ends_is_an_outage_from_then_on() -> None:
    story = county()
    work(story, "cable:k")
    story.lose("b", "c")
    later(story, 10.0)
    assert T0 + HOUR in {effect.at for effect in story.effects if isinstance(effect, Wake)}
    story.now = T0 + HOUR + 0.2
    story.say(Elapsed(story.now))
    assert story.verdicts()["c"] == "unreachable"
    assert [change for _, change in pages(story)] == ["opened"]
    assert story.seen.ledger["c"][-1].start == T0 + HOUR


def test_work_that_is_ended_early_covers_no_more() -> None:
    story = county()
    work(story, "cable:k")
    story.lose("b", "c")
    story.now += 100.0
    story.say(MaintenanceEnded(story.now, "w1", "budi"))
    assert story.verdicts()["c"] == "unreachable"
    assert story.seen.ledger["c"][-1].start == story.now


def test_a_fault_that_was_there_before_the_work_is_covered_from_its_beginning_on() -> None:
    story = county()
    story.lose("b", "c")
    later(story, 10.0)
    start = story.now + 50.0
    work(story, "cable:k", start)
    assert story.verdicts()["c"] == "unreachable"
    story.now = start + 0.1
    story.say(Elapsed(story.now))
    assert story.verdicts()["c"] == "maintenance"
    assert story.seen.ledger["c"][-1].start == start


def test_a_late_announcement_counts_from_when_it_says() -> None:
    story = county()
    story.lose("b", "c")
    later(story, 10.0)
    work(story, "cable:k", T0)
    assert Verdict.UNREACHABLE not in {span.verdict for span in story.seen.ledger["c"] if span.start > T0}


def test_lines_of_a_router_under_work_are_covered_only_while_it_is_dark_too() -> None:
    story = Story(drawing("noc-gw gw-a a-b b-c c-gw", ports=True))
    story.now += 5.0
    story.read("gw:a gw:c a:gw a:b b:a b:c c:b c:gw", up=True)
    work(story, "node:b")
    story.read("a:b b:a", up=False)
    later(story, 10.0)
    assert [change for _, change in pages(story)] == ["opened"]


def planned(story: Story, *works: Work) -> None:
    """Put the county in force with announced work in its drawing."""
    drawn = replace(story.seen.inventory, maintenance={one.id: one for one in works})
    story.say(InventoryInForce(story.now, drawn.digest), inventory=drawn)


def test_work_in_the_inventory_covers_as_an_order_does() -> None:
    story = county()
    planned(story, Work("poles", "cable:k", T0 + 60.0, T0 + HOUR, "poles moved"))
    assert {effect.at for effect in story.effects if isinstance(effect, Wake)} >= {T0 + 60.0, T0 + HOUR}
    story.now = T0 + 60.0
    story.lose("b", "c")
    later(story, 10.0)
    assert {story.verdicts()[site] for site in "bc"} == {"maintenance"}
    assert pages(story) == []


def test_work_ended_early_stays_ended_until_the_inventory_moves_it() -> None:
    story = county()
    poles = Work("poles", "cable:k", T0, T0 + HOUR)
    planned(story, poles)
    later(story, 60.0)
    ended = story.now
    story.say(MaintenanceEnded(ended, "poles", "budi"))
    later(story, 60.0)
    planned(story, poles)
    assert story.seen.windows["poles"].end == ended
    moved = replace(poles, start=T0 + HOUR, end=T0 + 2 * HOUR)
    planned(story, moved)
    assert (story.seen.windows["poles"].start, story.seen.windows["poles"].end) == (moved.start, moved.end)


def test_work_that_leaves_the_inventory_is_over_and_orders_are_not_touched() -> None:
    story = county()
    planned(story, Work("now", "cable:k", T0, T0 + HOUR), Work("then", "site:b", T0 + HOUR, T0 + 2 * HOUR))
    work(story, "link:gw-x")
    later(story, 60.0)
    planned(story)
    assert sorted(story.seen.windows) == ["now", "w1"]
    assert story.seen.windows["now"].end == story.now
    assert story.seen.windows["w1"].end == T0 + HOUR


def test_work_long_over_is_left_in_the_inventory_alone() -> None:
    story = county()
    planned(story, Work("old", "cable:k", T0 - 30 * 24 * HOUR, T0 - 29 * 24 * HOUR))
    assert story.seen.windows == {}
