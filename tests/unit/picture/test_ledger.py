"""Every second of a site is in exactly one bucket, whatever happens."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Verdict
from netmon.picture.ledger import Outage, Span, buckets, extend, outages
from tests.draws import together

UP, DOWN, UNREACHABLE, UNKNOWN = Verdict.UP, Verdict.DOWN, Verdict.UNREACHABLE, Verdict.UNKNOWN

spans = together(list(map(float, range(1001))), list(Verdict), [None, "F1", "F2"], [False, True]).map(
    lambda drawn: Span(*drawn)
)


def timeline_of(*given_spans: Span) -> tuple[Span, ...]:
    timeline: tuple[Span, ...] = ()
    for span in given_spans:
        timeline = extend(timeline, span)
    return timeline


@given(st.lists(spans, max_size=30), st.integers(0, 1100), st.integers(0, 1100))
def test_buckets_sum_to_the_period(history: list[Span], one: int, other: int) -> None:
    start, end = float(min(one, other)), float(max(one, other))
    assert math.isclose(sum(buckets(timeline_of(*history), start, end).values()), end - start)


@given(st.lists(spans, max_size=30))
def test_a_timeline_never_runs_backwards(history: list[Span]) -> None:
    starts = [span.start for span in timeline_of(*history)]
    assert starts == sorted(set(starts))


@given(st.lists(spans, max_size=30), st.integers(0, 1000))
def test_buckets_agree_with_asking_second_by_second(history: list[Span], end: int) -> None:
    timeline = timeline_of(*history)
    seconds = [UNKNOWN] * end
    for span in timeline:
        start = int(span.start)
        seconds[start:] = [span.verdict] * (end - start)
    assert buckets(timeline, 0.0, float(end)) == {verdict: seconds.count(verdict) for verdict in Verdict}


def test_what_is_written_stays_written() -> None:
    timeline = timeline_of(Span(10.0, UP), Span(20.0, DOWN, "F1"), Span(30.0, UP), Span(15.0, DOWN, "F2"))
    assert timeline == (Span(10.0, UP), Span(20.0, DOWN, "F1"), Span(30.0, DOWN, "F2"))


def test_an_explanation_replaces_the_provisional_span_from_its_start() -> None:
    timeline = timeline_of(Span(10.0, UP), Span(20.0, UNREACHABLE, provisional=True), Span(20.4, DOWN, "F7"))
    assert timeline == (Span(10.0, UP), Span(20.0, DOWN, "F7"))


def test_a_blackout_that_ends_before_it_is_explained_stays_recorded() -> None:
    timeline = timeline_of(Span(10.0, UP), Span(20.0, UNREACHABLE, provisional=True), Span(20.9, UP))
    assert [span.verdict for span in timeline] == [UP, UNREACHABLE, UP]


def test_an_isolated_monitor_turns_a_provisional_outage_into_unknown() -> None:
    timeline = timeline_of(Span(10.0, UP), Span(20.0, UNREACHABLE, provisional=True), Span(20.0, UNKNOWN, "F9"))
    assert timeline == (Span(10.0, UP), Span(20.0, UNKNOWN, "F9"))


def test_an_outage_across_a_gap_is_one_outage() -> None:
    timeline = timeline_of(
        Span(0.0, UP), Span(100.0, DOWN, "F1"), Span(130.0, UNKNOWN), Span(140.0, DOWN, "F1"), Span(160.0, UP)
    )
    assert list(outages("v1", timeline, 200.0)) == [Outage("v1", 100.0, 160.0, 50.0, 10.0, ("F1",))]


def test_an_outage_that_ends_in_a_gap_ends_where_knowledge_ends() -> None:
    timeline = timeline_of(Span(0.0, UP), Span(100.0, DOWN, "F1"), Span(130.0, UNKNOWN), Span(150.0, UP))
    assert list(outages("v1", timeline, 200.0)) == [Outage("v1", 100.0, 130.0, 30.0, 0.0, ("F1",))]


def test_an_outage_that_lasts_has_no_end() -> None:
    timeline = timeline_of(Span(0.0, UP), Span(100.0, UNREACHABLE, "F3"))
    assert list(outages("v1", timeline, 160.0)) == [Outage("v1", 100.0, None, 60.0, 0.0, ("F3",))]
