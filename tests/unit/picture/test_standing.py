"""Cuts that stand: a ring that runs open, seen by its ports, and what is cut next."""

from __future__ import annotations

import pytest

from tests.unit.picture.standing import FIRST, ring
from tests.unit.picture.story import Story


def stated(story: Story) -> dict[str, set[str]]:
    """Return what is stated of each open incident, by its id."""
    return {
        one.id: {str(element) for element in (one.fault.element, *one.fault.alternatives)}
        for one in story.seen.open_incidents
    }


def test_a_second_cut_right_after_the_first_is_told_from_a_dead_router() -> None:
    """No other word comes between the port that shows the first cut and the silence after the second."""
    story = ring()
    story.read(FIRST, up=False)
    (first,) = stated(story)
    story.now += 1.0
    effects = story.down("a")
    story.read("b:a", up=False)
    story.answer(effects)
    story.answer(story.down("v"), dead=frozenset({"a", "v"}))
    said = stated(story)
    assert said.pop(first) == {"link:gw-a"}
    (second,) = said.values()
    assert "link:a-b" in second
    assert {site for site, verdict in story.verdicts().items() if verdict in ("down", "unreachable")} == {"a", "v"}


@pytest.mark.parametrize("reads", [("a:v",), ("a:v", "b:c", "gw:c")])
def test_a_line_that_nothing_goes_around_is_no_open_ring(reads: tuple[str, ...]) -> None:
    """The port at its live end is read before the node behind it is found silent."""
    story = ring()
    story.read(reads[0], up=False)
    for port in reads[1:]:
        story.read(port, up=True)
    assert not story.seen.standing
    story.now += 1.0
    story.answer(story.down("v"))
    (said,) = stated(story).values()
    assert "link:a-v" in said
    (incident,) = story.seen.open_incidents
    assert incident.fault.nodes == ("v",)


def test_the_second_cut_seen_by_its_port_before_the_silence_does_not_stand() -> None:
    story = ring()
    story.read(FIRST, up=False)
    story.read("b:a", up=False)
    story.read("c:b", up=True)
    assert {str(element) for element in story.seen.standing} == {"link:gw-a"}
    story.now += 1.0
    story.answer(story.down("a"), dead=frozenset({"a", "v"}))
    story.answer(story.down("v"), dead=frozenset({"a", "v"}))
    assert any("link:a-b" in said for said in stated(story).values())
    assert all(said != {"node:a"} for said in stated(story).values())


def test_a_spliced_cut_stands_no_longer() -> None:
    story = ring()
    story.read(FIRST, up=False)
    assert {str(element) for element in story.seen.standing} == {"link:gw-a"}
    story.now += 60.0
    story.read(FIRST, up=True)
    assert not story.seen.standing
    assert not story.seen.open_incidents
    assert story.seen.uncut is story.seen.graph
