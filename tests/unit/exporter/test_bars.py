"""Ledgers as bars, and numbers as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.exporter.page.bars import HEIGHT, WIDTH, make_bar
from netmon.exporter.page.phrases import words as say
from netmon.exporter.page.wording import length_of_time, milliseconds, percent
from netmon.model import Verdict
from netmon.picture.ledger import Span
from netmon.picture.words.phrases import Language
from tests.rows import every_row

timelines = st.lists(st.tuples(st.floats(0, 1000), st.sampled_from(list(Verdict))), max_size=12).map(
    lambda spans: tuple(Span(start, verdict) for start, verdict in sorted(spans))
)


def test_a_bar_shows_each_part_where_it_lies() -> None:
    timeline = (Span(-500.0, Verdict.UP), Span(250.0, Verdict.DOWN), Span(500.0, Verdict.UP))
    bar = make_bar(timeline, 0.0, 1000.0)
    down = [piece for piece in bar.pieces if piece.verdict is Verdict.DOWN]
    assert [(piece.x, piece.width, piece.height) for piece in down] == [(WIDTH / 4, WIDTH / 4, HEIGHT)]
    assert bar.pieces[-1] == down[0], "what is bad lies on top"
    assert bar.seconds == {Verdict.UP: 750.0, Verdict.DOWN: 250.0}
    assert bar.share(Verdict.DOWN) == 0.25
    assert bar.share(Verdict.DEGRADED) == 0.0


def test_time_before_the_ledger_is_unknown() -> None:
    bar = make_bar((Span(600.0, Verdict.UP),), 0.0, 1000.0)
    assert bar.share(Verdict.UNKNOWN) == 0.6
    assert make_bar((), 0.0, 10.0).seconds == {Verdict.UNKNOWN: 10.0}


def test_a_second_in_a_month_can_still_be_seen() -> None:
    month = 30 * 86_400.0
    timeline = (Span(0.0, Verdict.UP), Span(month - 1.0, Verdict.DOWN))
    (down,) = [piece for piece in make_bar(timeline, 0.0, month).pieces if piece.verdict is Verdict.DOWN]
    assert down.width >= 1.0
    assert down.x + down.width <= WIDTH


@given(timelines, st.floats(0, 900), st.floats(1, 500))
def test_no_piece_leaves_the_bar_and_every_second_is_counted(
    timeline: tuple[Span, ...], start: float, length: float
) -> None:
    bar = make_bar(timeline, start, start + length)
    for piece in bar.pieces:
        assert -0.01 <= piece.x <= piece.x + piece.width <= WIDTH + 0.01
        assert 0.0 <= piece.y < piece.y + piece.height == HEIGHT
    assert sum(bar.seconds.values()) == pytest.approx(length)


def test_each_verdict_has_a_height_and_a_meaning_of_its_own() -> None:
    heights = {make_bar((Span(0.0, verdict),), 0.0, 1.0).pieces[0].height for verdict in Verdict}
    assert len(heights) == len(Verdict)
    assert all(say(f"means-{verdict}", language) for verdict in Verdict for language in Language)


@every_row(
    ("seconds", "words"),
    [
        (0.0, "under 1 s"),
        (0.6, "1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (725.0, "12 min 5 s"),
        (3600.0, "1 h"),
        (3604.0, "1 h"),
        (12_000.0, "3 h 20 min"),
        (86_400.0 * 2 + 4 * 3600, "2 d 4 h"),
    ],
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert length_of_time(seconds) == words


@every_row(
    ("share", "words"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50 %"),
        (0.99992, "99.992 %"),
        (0.99999999, "99.999 %"),
        (1e-9, "0.001 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, words: str) -> None:
    assert percent(share) == words


def test_round_trips_are_told_in_milliseconds() -> None:
    assert milliseconds(0.0008512) == "0.851 ms"
    assert milliseconds(0.25) == "250 ms"
