"""Who talks too much is not heard, and who repeats themself is no news."""

from __future__ import annotations

import pytest

from netmon.model import TrapKind
from netmon.probes.traps.limits import (
    BURST,
    MOST_SUBJECTS,
    RATE,
    REPEAT,
    SOURCE_BURST,
    SOURCE_RATE,
    Limits,
    News,
)

DOWN, UP = (TrapKind.LINK_DOWN, "sfp1", ""), (TrapKind.LINK_UP, "sfp1", "")


def admitted(limits: Limits, source: str, count: int, now: float) -> int:
    return sum(limits.admit(source, now) for _ in range(count))


def test_one_source_cannot_use_up_the_others_share() -> None:
    limits = Limits(0.0)
    assert admitted(limits, "a", 1_000, 0.0) == SOURCE_BURST
    assert admitted(limits, "b", 10, 0.0) == 10
    assert admitted(limits, "a", 1_000, 10.0) == 10 * SOURCE_RATE


def test_all_together_are_bounded() -> None:
    limits = Limits(0.0)
    heard = sum(admitted(limits, f"source-{number}", 40, 0.0) for number in range(200))
    assert heard == BURST
    later = sum(admitted(limits, f"other-{number}", 40, 2.0) for number in range(200))
    assert later == 2 * RATE


def test_sources_that_left_are_forgotten() -> None:
    limits = Limits(0.0)
    admitted(limits, "a", 1_000, 0.0)
    limits.keep(frozenset())
    assert limits.admit("a", 0.0)


@pytest.mark.quirk("traps", "upsTrapOnBattery is sent again every minute: news once in a while")
def test_a_repetition_is_news_once_in_a_while() -> None:
    news = News()
    battery = (TrapKind.ON_BATTERY, None, "")
    said = [minute for minute in range(21) if news.is_new("ups", battery, minute * 60.0)]
    assert said == [0, 10, 20]
    assert not news.is_new("ups", battery, 20 * 60.0 + REPEAT - 1)
    assert news.is_new("ups", battery, 20 * 60.0 + REPEAT)


def test_a_flapping_line_is_news_each_time() -> None:
    news = News()
    assert [news.is_new("r1", word, now) for now, word in enumerate((DOWN, UP, DOWN, UP, UP, DOWN))] == [
        True, True, True, True, False, True,
    ]  # fmt: skip


def test_other_ports_and_nodes_are_other_subjects() -> None:
    news = News()
    assert news.is_new("r1", DOWN, 0.0)
    assert news.is_new("r2", DOWN, 0.0)
    assert news.is_new("r1", (TrapKind.LINK_DOWN, "sfp2", ""), 0.0)
    assert not news.is_new("r1", DOWN, 1.0)


def test_every_restart_is_news_but_not_its_twin() -> None:
    news = News()
    start = (TrapKind.COLD_START, None, "")
    assert news.is_new("r1", start, 0.0)
    assert not news.is_new("r1", start, 1.0)
    assert news.is_new("r1", start, 60.0)


def test_a_node_that_names_ports_without_end_is_bounded() -> None:
    news = News()
    for port in range(MOST_SUBJECTS + 50):
        news.is_new("liar", (TrapKind.LINK_DOWN, f"p{port}", ""), 0.0)
    assert news.is_new("liar", (TrapKind.LINK_DOWN, "p0", ""), 1.0)
    assert not news.is_new("liar", (TrapKind.LINK_DOWN, f"p{MOST_SUBJECTS + 49}", ""), 1.0)
    news.keep(frozenset())
    assert news.is_new("liar", (TrapKind.LINK_DOWN, f"p{MOST_SUBJECTS + 49}", ""), 1.0)
