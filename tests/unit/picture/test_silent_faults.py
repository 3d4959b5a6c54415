"""Cuts that darken nothing: an incident of their own kind, with what one more cut would darken."""

from __future__ import annotations

from dataclasses import replace

from netmon.events import LightLevel
from netmon.model import Cause
from netmon.picture.words.faults import count_sites, describe, local_time
from tests.drawings import drawing
from tests.reference_county import county
from tests.unit.picture.ring_cuts import hold_ring_cut, quiet_county, rings
from tests.unit.picture.standing import FIRST, ring
from tests.unit.picture.story import Story


def test_rings_of_the_county_that_run_open() -> None:
    """Two of them; all in tests/bench."""
    links = rings().links()
    assert len(links) > 50
    story = quiet_county()
    for link in links[10], links[-20]:
        hold_ring_cut(story, link)


def test_the_words_say_what_one_more_cut_darkens() -> None:
    story = ring()
    story.read(FIRST, up=False)
    (incident,) = story.seen.open_incidents
    said = describe(incident, story.inventory, story.seen.at)
    assert "nothing is dark, but redundancy is lost: one more cut darkens 5 villages; since" in said
    story.now += 10.0
    story.read(FIRST, up=True)
    said = describe(story.seen.closed_incidents[-1], story.inventory, story.seen.at)
    assert "nothing went dark, but redundancy was lost: one more cut would have darkened 5 villages; from" in said


def test_a_time_of_another_day_has_its_date() -> None:
    """Read three days later, "since 14:03:07" would be this afternoon."""
    story = ring()
    story.read(FIRST, up=False)
    (incident,) = story.seen.open_incidents
    now = incident.began
    began = local_time(now, story.inventory)
    assert f"; since {began}" in describe(incident, story.inventory, now)
    assert f"; since {local_time(now, story.inventory, date=True)}" in describe(
        incident, story.inventory, now + 3 * 86_400.0
    )
    over = replace(incident, closed=now + 86_400.0)
    assert f"; from {began} to {local_time(now + 86_400.0, story.inventory, date=True)}" in describe(
        over, story.inventory, now
    )


def test_lost_light_alone_is_enough() -> None:
    story = ring()
    story.now += 1.0
    story.say(LightLevel(story.now, "a", "gw", None), LightLevel(story.now, "gw", "a", None))
    story.read(FIRST, up=False)
    (incident,) = story.seen.open_incidents
    assert incident.fault.cause is Cause.FIBRE
    assert incident.stake is not None
    assert incident.stake.sites == ("a", "b", "c", "v", "w")


def test_what_is_at_stake_follows_the_network() -> None:
    """A village that is dark already cannot be darkened again; a second open ring changes nothing here."""
    story = ring()
    story.read(FIRST, up=False)
    story.now += 1.0
    story.answer(story.down("v"))
    silent = next(one for one in story.seen.open_incidents if not one.fault.nodes)
    assert silent.stake is not None
    assert silent.stake.sites == ("a", "b", "c", "w")


def test_a_line_beside_two_others_puts_nothing_at_stake() -> None:
    story = Story(drawing("noc-gw gw-a a-b b-gw gw-c c-a", ports=True))
    story.now += 5.0
    story.read("gw:a a:gw", up=False)
    (incident,) = story.seen.open_incidents
    assert incident.stake is None
    assert "; nothing is dark; since" in describe(incident, story.inventory, story.seen.at)


def test_sites_are_counted_in_words() -> None:
    inventory = county()
    kinds: dict[str, list[str]] = {}
    for site in inventory.sites.values():
        kinds.setdefault(site.kind, []).append(site.id)
    assert count_sites(kinds["village"][:12], inventory) == "12 villages"
    assert count_sites(kinds["opd"][:2] + kinds["kelurahan"][:3], inventory) == "5 sites, 3 of them villages"
    assert count_sites(kinds["opd"][:2], inventory) == "2 sites"
    assert count_sites(kinds["village"][:1], inventory) == inventory.sites[kinds["village"][0]].name
