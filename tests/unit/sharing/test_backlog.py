"""What waits to be told: in order, bounded, quality before changes, and coverage in one word."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.events import Coverage, Event, NodeDown, NodeQuality, NodeUp, ProbingGap, ProbingStarted
from netmon.sharing import backlog as backlogs
from netmon.sharing.backlog import LOST, QUALITY, TELLER, Backlog, Report


def word(kind: str, at: int) -> Event:
    match kind:
        case "quality":
            return NodeQuality(float(at), "a", degraded=True, reason="loss")
        case "coverage":
            return Coverage(float(at), "p", float(at))
        case "start":
            return ProbingStarted(float(at), "p")
        case "up":
            return NodeUp(float(at), "a", float(at))
        case _:
            return NodeDown(float(at), "a", float(at))


KINDS = ("quality", "coverage", "up", "down")
TURNS = [list(kinds) for count in (1, 2, 3) for kinds in product(KINDS, repeat=count)]
turns = st.lists(st.sampled_from(TURNS), max_size=40)


@given(turns, st.integers(5, 30), st.integers(0, 40))
def test_nothing_is_lost_before_all_quality_is_and_order_and_bound_hold(
    turns: list[list[str]], bound: int, taken: int
) -> None:
    backlog = Backlog(bound=bound)
    told: list[Event] = []
    for at, kinds in enumerate(turns):
        events = [word(kind, at) for kind in kinds]
        told += events
        backlog.add(events, float(at))
        assert backlog.events <= bound + 1
    waits = [event for report in backlog.head(10**9) for event in report.events]
    assert backlog.events == len(waits)
    assert [event.at for event in waits] == sorted(event.at for event in waits)
    gaps = [event for event in waits if isinstance(event, ProbingGap)]
    rest = [event for event in waits if not isinstance(event, ProbingGap)]
    assert [event for event in told if event in rest] == rest or len(set(map(id, rest))) == len(rest)
    changes = [event for event in told if not isinstance(event, (*QUALITY, Coverage))]
    if backlog.lost:
        assert len(gaps) == 1
        assert gaps[0].since <= gaps[0].at
    else:
        assert not gaps
        assert [event for event in waits if event in changes] == changes
    reports = backlog.head(10**9)
    assert [report.number for report in reports] == sorted({report.number for report in reports})
    backlog.taken(taken)
    assert [report for report in reports if report.number > taken] == list(backlog.head(10**9))
    backlog.missed(taken // 2)
    assert [report for report in reports if report.number > taken // 2] == list(backlog.head(10**9))
    assert backlog.events == sum(len(report.events) for report in backlog.head(10**9))
    assert backlog.after == taken // 2


def test_what_was_taken_is_kept_for_a_while_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlogs, "KEPT", 5)
    backlog = Backlog()
    for at in range(1, 11):
        backlog.add([word("down", at), word("up", at)], float(at))
        backlog.taken(at)
    assert (backlog.after, len(backlog), backlog.events) == (10, 0, 0)
    backlog.missed(3)
    gap, *kept = backlog.head(100)
    assert [report.number for report in kept] == [9, 10]
    assert gap == Report(8, 8.0, (ProbingGap(8.0, TELLER, 4.0, LOST),))
    assert (backlog.after, backlog.events, backlog.lost) == (3, 5, 10)
    backlog.missed(3)  # said twice: nothing more is lost, and one gap stands for it
    assert (backlog.head(100), backlog.events, backlog.lost) == ((gap, *kept), 5, 10)
    backlog.taken(10)
    backlog.missed(1)
    assert backlog.head(1) == (Report(8, 8.0, (ProbingGap(8.0, TELLER, 2.0, LOST),)),)
    assert backlog.lost == 14


def test_of_what_is_not_even_remembered_the_gap_begins_too_early_rather_than_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backlogs, "KEPT", 2)
    monkeypatch.setattr(backlogs, "REMEMBERED", 2)
    backlog = Backlog()
    for at in range(1, 21):
        backlog.add([word("down", at)], float(at))
        backlog.taken(at)
    backlog.missed(3)
    gap, *kept = backlog.head(100)
    assert gap == Report(18, 18.0, (ProbingGap(18.0, TELLER, 1.0, LOST),))
    assert [report.number for report in kept] == [19, 20]


def test_a_second_gap_covers_the_time_of_the_first() -> None:
    backlog = Backlog(bound=10)
    for at in range(1, 60):
        backlog.add([NodeDown(float(at), "a", at - 0.5)], float(at))
    (first, *rest) = backlog.head(100)
    (gap,) = first.events
    assert gap == ProbingGap(first.at, TELLER, 0.5, LOST)
    assert backlog.lost + len(rest) == 59


def test_that_a_run_began_is_told_whatever_else_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlogs, "KEPT", 3)
    backlog, began = Backlog(bound=10), ProbingStarted(1.0, "p")
    backlog.add([began], 1.0)
    for at in range(2, 40):
        backlog.add([word("down", at)], float(at))
    assert backlog.head(1)[0].events[0] == began
    backlog.taken(backlog.head(100)[-1].number)
    backlog.missed(0)
    assert backlog.head(1)[0].events[0] == began


def test_a_run_that_is_over_leaves_a_gap_to_the_next() -> None:
    backlog, began = Backlog(), ProbingStarted(9.0, "p")
    for at in range(1, 5):
        backlog.add([word("down", at)], float(at))
    backlog.taken(2)
    backlog.begin_anew(began)
    assert backlog.head(100) == (Report(5, 9.0, (began, ProbingGap(9.0, TELLER, 3.0, LOST))),)
    assert (backlog.after, backlog.events, backlog.lost) == (0, 2, 2)
    backlog.missed(0)
    assert len(backlog) == 1


steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "take", "miss"]),
        st.lists(st.sampled_from(["quality", "coverage", "up", "down"]), min_size=1, max_size=3),
        st.floats(0.0, 1.0),
    ),
    max_size=40,
)


@given(steps, st.integers(5, 12), st.integers(1, 6), st.integers(1, 4))
def test_whatever_a_journal_loses_and_wants_again_each_change_is_in_it_or_in_a_gap(
    story: list[tuple[str, list[str], float]], bound: int, kept: int, remembered: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backlogs, "KEPT", kept)
        patched.setattr(backlogs, "REMEMBERED", remembered)
        backlog, told = Backlog(bound=bound), dict[int, tuple[Event, ...]]()
        journal: list[Report] = []
        for at, (what, kinds, share) in enumerate([("add", ["start"], 0.0), *story, ("take", [], 1.0)], 1):
            if what == "add":
                told[at] = tuple(word(kind, at) for kind in kinds)
                backlog._next = at  # numbers have holes
                backlog.add(told[at], float(at))
            elif what == "take":
                reports = backlog.head(10**9)[: round(share * len(backlog))]
                journal += reports
                if reports:
                    backlog.taken(reports[-1].number)
            else:  # servers have lost the end of it
                lost = round(share * len(journal))
                del journal[len(journal) - lost :]
                backlog.missed(journal[-1].number if journal else 0)
        journal += backlog.head(10**9)
    numbers = [report.number for report in journal]
    assert numbers == sorted(set(numbers))
    assert journal[0].events[0] == told[1][0]
    gaps = {one.number: event for one in journal for event in one.events if isinstance(event, ProbingGap)}
    written = {one.number: one.events for one in journal}
    for number, events in told.items():
        changes = [event for event in events if isinstance(event, NodeUp | NodeDown)]
        if changes and not set(changes) <= set(written.get(number, ())):
            stands = next(gap for at, gap in gaps.items() if at >= number)
            assert stands.since <= changes[0].since <= stands.at
    assert bool(gaps) == bool(backlog.lost)


def test_only_the_last_of_many_words_of_coverage_waits() -> None:
    backlog = Backlog()
    for at in range(10):
        backlog.add([word("coverage", at)], float(at))
    backlog.add([word("down", 10)], 10.0)
    for at in range(11, 20):
        backlog.add([word("coverage", at)], float(at))
    assert [[event.at for event in report.events] for report in backlog.head(100)] == [[9.0], [10.0], [19.0]]
    assert len(backlog.head(2)) == 2
    assert len(backlog.head(1)) == 1
