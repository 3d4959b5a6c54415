"""What waits to be told: in order, bounded, quality before changes, and coverage in one word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.events import Coverage, Event, NodeDown, NodeQuality, NodeUp, ProbingGap
from netmon.sharing import backlog as backlogs
from netmon.sharing.backlog import QUALITY, Backlog


def word(kind: str, at: int) -> Event:
    match kind:
        case "quality":
            return NodeQuality(float(at), "a", degraded=True, reason="loss")
        case "coverage":
            return Coverage(float(at), "p", float(at))
        case "up":
            return NodeUp(float(at), "a", float(at))
        case _:
            return NodeDown(float(at), "a", float(at))


turns = st.lists(
    st.lists(st.sampled_from(["quality", "coverage", "up", "down"]), min_size=1, max_size=3), max_size=40
)


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
    assert [report.number for report in backlog.head(100)] == [9, 10]
    assert (backlog.after, backlog.events) == (3, 4)


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
