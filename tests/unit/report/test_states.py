"""The states of services in a period in which the clock was wrong for a while."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from netmon.events import (
    Coverage,
    Entry,
    Event,
    InventoryInForce,
    NodeConfirmed,
    NodeDown,
    NodeUp,
    ProbingGap,
    ProbingStarted,
    ServiceDown,
    ServiceUp,
)
from netmon.inventory.document import digest, to_document
from netmon.journal.memory import MemoryJournal
from netmon.model import Inventory, Service
from netmon.report.intervals import common, union
from netmon.report.period import Period
from netmon.report.record import Record, records
from netmon.report.states import State
from tests.drawings import drawing

DAY = 86_400.0
COVER = 300.0
"""Seconds from one word of coverage to the next: every minute takes five times as long and tells no more."""
T0 = 1_700_000_000.0
PLAIN = replace(drawing("noc-gw gw-a"), services={"web": Service("web", "a", "website", "http://a.test/")})


def drawn() -> Inventory:
    return replace(PLAIN, digest=digest(to_document(PLAIN)))


class Machine:
    """A daemon that is killed, and begins anew by another clock."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.inventory = drawn()

    def say(self, at: float, *events: Event) -> None:
        is_first = isinstance(events[0], InventoryInForce)
        self.entries.append(Entry(len(self.entries) + 1, at, events, self.inventory if is_first else None))

    def live(
        self, begin: float, end: float, *, down: tuple[float, float] | None = None, lost: float | None = None
    ) -> None:
        """Begin, and cover the time up to an end. The service is down for a while, and node a lost from a time on."""
        self.say(begin, InventoryInForce(begin, self.inventory.digest), ProbingStarted(begin, "p"))
        well = [
            NodeUp(begin + 1.0, node, begin + 1.0) for node in ("gw", "a") if (lost or end) > begin or node == "gw"
        ]
        self.say(begin + 1.0, *well, ServiceUp(begin + 1.0, "web", begin + 1.0))
        moments = (begin + COVER * turn for turn in range(1, int((end - begin) / COVER) + 1))
        told: list[Event] = [Coverage(moment, "p", moment) for moment in (*moments, end)]
        if down is not None:
            told += ServiceDown(down[0], "web", down[0], "refused"), ServiceUp(down[1], "web", down[1])
        if lost is not None and lost > begin:
            told += NodeDown(lost + 1.0, "a", lost), NodeConfirmed(lost + 1.1, "gw", lost + 1.05)
        for event in sorted(told, key=lambda event: event.at):
            self.say(event.at, event)

    def record(self, start: float, end: float) -> Record:
        journal = MemoryJournal()
        journal.append(self.entries)
        (found,) = records(journal, [Period(start, end)])
        assert found is not None
        return found


@pytest.mark.parametrize("wrong", [None, 7 * 3_600.0, 40 * DAY, -20 * 365 * DAY])
def test_a_clock_that_was_wrong_for_some_minutes_takes_no_outage_of_a_service_from_the_month(
    wrong: float | None,
) -> None:
    machine = Machine()
    machine.live(T0, T0 + 3_601.0)
    if wrong is not None:
        machine.live(T0 + 3_660.0 + wrong, T0 + 4_200.0 + wrong)
    machine.live(T0 + 4_300.0, T0 + 6 * 3_600.0, down=(T0 + 7_201.0, T0 + 9_001.0))
    record = machine.record(T0, T0 + 5 * 3_600.0)
    assert record.services["web"] == (
        State(T0, None),
        State(T0 + 1.0, up=True),
        State(T0 + 3_601.0, None),
        State(T0 + 4_301.0, up=True),
        State(T0 + 7_201.0, up=False),
        State(T0 + 9_001.0, up=True),
    )


@pytest.mark.parametrize("is_over", [True, False])
@pytest.mark.parametrize("wrong", [None, 7 * 3_600.0, 40 * DAY, -20 * 365 * DAY])
def test_a_failure_lasts_no_longer_and_no_shorter_by_a_clock_that_was_wrong(
    wrong: float | None, is_over: bool
) -> None:
    machine = Machine()
    machine.live(T0, T0 + 3_601.0, lost=T0 + 2_000.0)
    if wrong is not None:
        begin = T0 + 3_660.0 + wrong
        machine.live(begin, begin + 600.0, lost=None if is_over else begin)
    machine.live(T0 + 4_300.0, T0 + 6 * 3_600.0)
    record = machine.record(T0, T0 + 5 * 3_600.0)
    assert {str(one.element) for one in record.failures} == {"node:a"}
    known = ((T0, T0 + 3_601.0), (T0 + 4_301.0, T0 + 5 * 3_600.0))
    failed = common(union((one.start, one.end or record.until) for one in record.failures), known)
    assert failed == ((T0 + 2_000.0, T0 + 3_601.0),)


def test_what_was_written_ahead_comes_when_its_time_comes() -> None:
    machine = Machine()
    machine.live(T0 + 7_200.0, T0 + 7_800.0, down=(T0 + 7_381.0, T0 + 7_501.0))
    machine.live(T0, T0 + 10_000.0, down=(T0 + 601.0, T0 + 1_201.0))
    states = machine.record(T0, T0 + 9_000.0).services["web"]
    downs = [(one.start - T0, following.start - T0) for one, following in pairwise(states) if one.up is False]
    assert downs == [(601.0, 1_201.0), (7_381.0, 7_501.0)]


def test_a_machine_whose_clock_is_set_right_while_it_runs_has_a_report_of_its_first_month() -> None:
    machine = Machine()
    machine.live(T0 + 40 * DAY, T0 + 40 * DAY + 120.0)
    machine.say(T0, ProbingGap(T0, "p", T0, "the wall clock was stepped"))
    machine.say(T0 + 1.0, ServiceUp(T0 + 1.0, "web", T0 + 1.0))
    for minute in range(1, 120):
        machine.say(T0 + 60.0 * minute, Coverage(T0 + 60.0 * minute, "p", T0 + 60.0 * minute))
    record = machine.record(T0, T0 + 3_600.0)
    assert record.is_complete
    assert [one.inventory.digest for one in record.drawings] == [machine.inventory.digest]
    assert record.services["web"] == (State(T0, None), State(T0 + 1.0, up=True))


def test_the_month_of_a_leap_takes_nothing_from_the_month_that_was_leapt_into() -> None:
    machine = Machine()
    machine.live(T0, T0 + 3_601.0)
    machine.live(T0 + 4_000.0 + 40 * DAY, T0 + 4_600.0 + 40 * DAY)
    machine.live(T0 + 4_700.0, T0 + 6 * 3_600.0, down=(T0 + 10_021.0, T0 + 12_001.0))
    states = machine.record(T0 + 10_000.0, T0 + 5 * 3_600.0).services["web"]
    assert states == (
        State(T0 + 10_000.0, up=True),
        State(T0 + 10_021.0, up=False),
        State(T0 + 12_001.0, up=True),
    )


def test_of_a_month_that_is_settled_nobody_looks_how_the_journal_goes_on() -> None:
    """To look is to read all that follows, and probers begin often."""
    machine, asked = Machine(), list[float]()
    for hour in range(10):
        machine.live(T0 + 3_600.0 * hour, T0 + 3_600.0 * (hour + 1) - 60.0)

    class Watched(MemoryJournal):
        def last_dated(self, until: float, after: int) -> int:
            asked.append(until)
            return super().last_dated(until, after)

    journal = Watched()
    journal.append(machine.entries)
    first, last = records(journal, [Period(T0, T0 + 3_600.0), Period(T0 + 3_600.0, T0 + 36_000.0)])
    assert first is not None
    assert last is not None
    assert asked == [T0 + 3_600.0]
