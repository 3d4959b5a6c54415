"""Wifi that nobody uses: usual at night, a finding after a day at hours at which there always was somebody."""

from __future__ import annotations

from dataclasses import replace

from netmon.events import ClientsSeen, Coverage, InventoryInForce, NodeDown, ProbingGap, ProbingStarted
from netmon.model import Inventory, Service, ServiceFailure, Verdict
from netmon.picture.presence import DAY, HOUR, WEEK, told
from netmon.picture.state import Presence
from netmon.picture.words.facts import say
from netmon.picture.words.phrases import Language
from netmon.picture.words.services import service_fact
from netmon.recall.snapshot import freeze, thaw
from tests.unit.picture.service_story import Story, county

ZONE = "Asia/Jakarta"
MONDAY = 4 * DAY - 7 * HOUR  # midnight there; 1 January 1970 was a Thursday


def village() -> Inventory:
    drawn = county()
    wifi = Service("wifi", "v00", "wifi", depends_on=("v00",))
    return replace(drawn, services={"wifi": wifi}, timezone=ZONE)


def working_weeks(story: Story, weeks: int, *, days: int = 5) -> float:
    """Let people come from 8:00 to 15:00 on working days; return the midnight after the last week."""
    for week in range(weeks):
        for day in range(days):
            at = MONDAY + week * WEEK * HOUR + day * DAY
            story.say(at + 8 * HOUR, ClientsSeen(at + 8 * HOUR, "wifi", some=True, since=at + 8 * HOUR))
            story.say(at + 16 * HOUR, ClientsSeen(at + 16 * HOUR, "wifi", some=False, since=at + 15 * HOUR))
    return MONDAY + weeks * WEEK * HOUR


def verdicts(story: Story, start: float, hours: int) -> list[Verdict]:
    found = []
    for hour in range(hours):
        story.say(start + hour * HOUR + 1.0)
        found.append(story.finding("wifi").verdict)
    return found


def test_nights_and_weekends_without_anybody_are_as_usual() -> None:
    story = Story(village())
    end = working_weeks(story, 4)
    assert story.now.services["wifi"].up
    assert set(verdicts(story, end - 2 * DAY, 56)) == {Verdict.UP}  # Saturday to Monday, 8:00
    assert story.now.service_faults == ()


def test_a_day_without_anybody_at_hours_at_which_there_always_was_somebody_is_a_finding() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    found = verdicts(story, monday, 24)
    assert found[: 8 + 3] == [Verdict.UP] * 11  # three hours at which somebody always came must have passed
    assert found[11:] == [Verdict.DOWN] * 13
    (fault,) = story.now.service_faults
    assert (fault.services, fault.opened) == (("wifi",), monday - 2 * DAY - 9 * HOUR)  # the last client, on Friday
    assert story.now.site_findings["v00"].verdict is Verdict.UP
    said = say(service_fact("wifi", story.now), story.inventory, Language.INDONESIAN, story.now.at)
    assert "sehari ini tidak ada yang memakainya" in said


def test_one_client_ends_the_finding_and_broken_weeks_teach_nothing() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    story.say(monday + 10 * DAY)
    assert story.finding("wifi").verdict is Verdict.DOWN
    before = story.now.presences["wifi"]
    back = monday + 10 * DAY + 8 * HOUR
    story.say(back, ClientsSeen(back, "wifi", some=True, since=back))
    story.say(back + 60.0)
    assert (story.finding("wifi").verdict, story.now.service_faults) == (Verdict.UP, ())
    assert (story.now.presences["wifi"].used, story.now.presences["wifi"].weeks) == (before.used, before.weeks)


def test_a_habit_that_has_changed_is_told_twice_and_then_is_one() -> None:
    story = Story(village())
    monday = working_weeks(story, 6)
    told = 0
    for week in range(4):  # from now on nobody comes on Mondays
        told += Verdict.DOWN in verdicts(story, monday + week * WEEK * HOUR, 32)
        for day in range(1, 5):
            at = monday + week * WEEK * HOUR + day * DAY
            story.say(at + 8 * HOUR, ClientsSeen(at + 8 * HOUR, "wifi", some=True, since=at + 8 * HOUR))
            story.say(at + 16 * HOUR, ClientsSeen(at + 16 * HOUR, "wifi", some=False, since=at + 15 * HOUR))
    assert told == 2


def test_a_place_that_is_new_or_seldom_used_makes_no_finding() -> None:
    story = Story(village())
    end = working_weeks(story, 2)
    assert set(verdicts(story, end, 72)) == {Verdict.UP}  # two weeks are no habit
    seldom = Story(village())
    for week in (0, 1, 3, 4, 6, 7):
        at = MONDAY + week * WEEK * HOUR + 8 * HOUR
        seldom.say(at, ClientsSeen(at, "wifi", some=True, since=at))
        seldom.say(at + 8 * HOUR, ClientsSeen(at + 8 * HOUR, "wifi", some=False, since=at + 7 * HOUR))
    assert set(verdicts(seldom, MONDAY + 8 * WEEK * HOUR, 48)) == {Verdict.UP}


def test_a_holiday_is_forgiven_once_the_place_is_known_well() -> None:
    story = Story(village())
    working_weeks(story, 3)
    holiday = MONDAY + 3 * WEEK * HOUR  # a Monday off; people are back on Tuesday
    for day in range(1, 5):
        at = holiday + day * DAY
        story.say(at + 8 * HOUR, ClientsSeen(at + 8 * HOUR, "wifi", some=True, since=at + 8 * HOUR))
        story.say(at + 16 * HOUR, ClientsSeen(at + 16 * HOUR, "wifi", some=False, since=at + 15 * HOUR))
    known = story.now.presences["wifi"]
    assert known.some is False
    assert known.due is not None
    assert known.due == holiday + WEEK * HOUR + 11 * HOUR


def test_a_restart_of_the_monitor_keeps_what_was_learned_and_the_finding() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    story.say(monday + 12 * HOUR, Coverage(monday + 12 * HOUR, "p", monday + 12 * HOUR))
    (fault,) = story.now.service_faults
    at = monday + 13 * HOUR
    story.picture = thaw(freeze(story.now), lambda _: story.inventory)
    story.say(at, ProbingStarted(at, "p"))
    assert story.finding("wifi").verdict is Verdict.UNKNOWN
    later = at + 2 * HOUR
    story.say(later, ClientsSeen(later, "wifi", some=False, since=at + 60.0))
    story.say(later + 60.0)
    assert story.finding("wifi").verdict is Verdict.DOWN
    assert [one.id for one in story.now.service_faults] == [fault.id]


def test_what_is_not_known_is_neither_used_nor_unused() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    story.say(monday, ClientsSeen(monday, "wifi", some=None, since=monday - HOUR))
    assert set(verdicts(story, monday, 24)) == {Verdict.UNKNOWN}
    gap = Story(village())
    monday = working_weeks(gap, 4)
    gap.say(monday + 1.0, ProbingGap(monday + 1.0, "p", monday - 100.0, "suspend"))
    assert gap.now.presences["wifi"].some is None


def test_a_clock_that_was_set_back_leaves_no_time_in_the_future() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    wrong = monday + 400 * DAY
    story.say(wrong, ClientsSeen(wrong, "wifi", some=False, since=wrong - HOUR))
    story.say(monday, ProbingGap(monday, "p", wrong, "clock stepped"))
    story.say(monday + HOUR, ClientsSeen(monday + HOUR, "wifi", some=False, since=monday))
    known = story.now.presences["wifi"]
    assert known.since == monday
    assert known.due is not None
    assert known.due <= monday + 2 * DAY


def test_a_dark_village_has_no_finding_of_its_wifi() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    story.say(monday + 100.0, NodeDown(monday + 100.0, "v00", monday + 99.0))
    found = verdicts(story, monday + 200.0, 24)
    assert story.now.site_findings["v00"].verdict is Verdict.DOWN
    assert Verdict.DOWN not in found  # it falls with its router
    assert story.now.service_faults == ()


def test_a_wifi_that_leaves_the_drawing_is_forgotten() -> None:
    story = Story(village())
    working_weeks(story, 2)
    assert set(story.now.presences) == {"wifi"}
    less = replace(story.inventory, services={}, digest="other")
    story.inventory = less
    story.position = 0  # the next entry carries the inventory
    story.say(1e7, InventoryInForce(1e7, "other"))
    assert story.now.presences == {}


def test_a_wifi_that_is_always_used_is_learned_when_it_ends() -> None:
    used = told(Presence(), some=True, since=MONDAY, zone=ZONE)
    gone = told(used, some=False, since=MONDAY + 20 * WEEK * HOUR, zone=ZONE)
    assert set(gone.weeks) == {8}
    assert set(gone.used) == {0xFF}
    assert gone.due == gone.since + DAY


def test_an_hour_used_for_a_moment_counts_as_used_and_never_twice() -> None:
    known = told(Presence(), some=True, since=MONDAY + 60.0, zone=ZONE)
    known = told(known, some=None, since=MONDAY + 120.0, zone=ZONE)
    known = told(known, some=True, since=MONDAY + 180.0, zone=ZONE)
    known = told(known, some=False, since=MONDAY + 240.0, zone=ZONE)
    slot = int((MONDAY + 7 * HOUR) // HOUR) % WEEK
    assert (known.weeks[slot], known.used[slot]) == (1, 1)
    assert sum(known.weeks) == 1


def test_what_fails_is_told_by_its_own_name() -> None:
    story = Story(village())
    monday = working_weeks(story, 4)
    story.say(monday + 20 * HOUR)
    assert story.now.services["wifi"].reason == ServiceFailure.NO_CLIENTS
