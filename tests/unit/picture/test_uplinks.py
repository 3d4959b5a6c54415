"""A village with two lines by two suppliers: each has its own state, and running on the spare one is told."""

from __future__ import annotations

from dataclasses import replace

from netmon.events import NodeDown, PortState
from netmon.model import IcmpProbe, Link, LinkEnd, Node, Reach, Verdict
from netmon.picture.lines import link_states
from netmon.picture.uplinks import OnSpare, on_spare, sites_with_spare
from netmon.picture.words.facts import say
from netmon.picture.words.phrases import Language
from netmon.picture.words.why import why
from tests.unit.picture.service_story import Story
from tests.unit.picture.two_lines import cut, lit, two_lines


def test_a_village_on_its_spare_line_is_up_and_told_so() -> None:
    story = lit(two_lines())
    assert sites_with_spare(story.now) == ("desa", "pop-b")
    assert on_spare(story.now) == ()
    cut(story, 100.0, "pop-a", "wan1")
    states = link_states(story.now)
    assert (states["main"], states["backup"]) == (Reach.DOWN, Reach.UP)
    assert story.now.site_findings["desa"].verdict is Verdict.UP
    assert on_spare(story.now) == (OnSpare("desa", ("backup",), ("main",)),)
    facts = why(story.now, story.inventory.sites["desa"]).because
    said = [say(fact, story.inventory, Language.INDONESIAN, story.now.at) for fact in facts]
    assert "Lokasi ini berjalan di jalur cadangan backup (telkom), karena main (icon) putus." in said


def test_a_spare_line_that_is_cut_is_a_state_of_its_own_and_the_main_one_carries_on() -> None:
    story = lit(two_lines())
    cut(story, 100.0, "pop-b", "wan2")
    states = link_states(story.now)
    assert (states["main"], states["backup"]) == (Reach.UP, Reach.DOWN)
    assert on_spare(story.now) == ()


def test_nobody_runs_on_a_spare_line_where_none_is_drawn_or_the_village_is_dark() -> None:
    story = lit(two_lines(spare=False))
    cut(story, 100.0, "pop-a", "wan1")
    assert on_spare(story.now) == ()
    assert sites_with_spare(story.now) == ()
    dark = lit(two_lines())
    dark.say(100.0, PortState(100.0, "pop-a", "p1", up=False), PortState(100.0, "pop-b", "p1", up=False))
    dark.say(101.0, NodeDown(101.0, "desa", 100.0))
    dark.say(110.0)
    assert dark.now.site_findings["desa"].verdict is not Verdict.UP
    assert on_spare(dark.now) == ()


def test_a_spare_line_within_a_site_is_no_line_of_it() -> None:
    drawn = two_lines()
    inside = Link("inside", LinkEnd("desa"), LinkEnd("desa2"), spare=True)
    nodes = {**drawn.nodes, "desa2": Node("desa2", "desa", "198.18.0.9", icmp=IcmpProbe())}
    links = {name: replace(link, spare=False) for name, link in drawn.links.items()} | {"inside": inside}
    assert sites_with_spare(Story(replace(drawn, nodes=nodes, links=links)).now) == ()
