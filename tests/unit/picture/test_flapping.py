"""A fault that comes and goes is one incident with a count, and is told once."""

from __future__ import annotations

from netmon.events import Announce, Elapsed
from netmon.picture.flapping import HALF_LIFE
from tests.drawings import drawing
from tests.unit.picture.story import Story


def flap(story: Story, *, dark: float, up: float) -> None:
    story.lose("b")
    story.now += dark
    story.say(Elapsed(story.now))
    story.up("b")
    story.now += up
    story.say(Elapsed(story.now))


def told(story: Story) -> list[str]:
    return [one.change for one in story.effects if isinstance(one, Announce)]


def test_ten_times_in_some_minutes_are_one_incident_told_a_few_times() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    for _ in range(10):
        flap(story, dark=8.0, up=15.0)
    (incident,) = story.seen.closed_incidents
    assert incident.count == 10
    assert told(story) == ["opened", "closed", "opened", "closed", "changed"]
    story.now += 4 * HALF_LIFE
    story.say(Elapsed(story.now))
    assert told(story)[5:] == ["closed"]


def test_blips_too_short_to_be_told_are_told_when_they_flap() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    for _ in range(3):
        flap(story, dark=1.0, up=5.0)
    assert told(story) == ["opened"]


def test_what_stays_dark_is_told_when_the_hush_is_over() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    for _ in range(4):
        flap(story, dark=1.0, up=5.0)
    story.lose("b")
    story.now += 4 * HALF_LIFE
    story.say(Elapsed(story.now))
    assert told(story) == ["opened", "changed"]
    assert story.seen.open_incidents[0].count == 5


def test_the_same_fault_after_hours_is_another_incident() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    flap(story, dark=10.0, up=4 * HALF_LIFE)
    flap(story, dark=10.0, up=1.0)
    assert len({incident.id for incident in story.seen.closed_incidents}) == 2


def test_every_spell_is_in_the_ledger_under_the_one_incident() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    for _ in range(5):
        flap(story, dark=8.0, up=15.0)
    (incident,) = story.seen.closed_incidents
    spells = [span for span in story.seen.ledger["b"] if span.incident is not None]
    assert [span.incident for span in spells] == [incident.id] * 5
