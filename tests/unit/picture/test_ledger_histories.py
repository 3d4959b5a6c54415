"""The ledger under random histories: outages, restarts, crashes, clock steps. It always sums, and says no untruth."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.events import LedgerCorrected, MaintenanceScheduled
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Verdict
from netmon.picture.accounts import charges
from netmon.picture.ledger import DARK, Span, amend, buckets, extend, outages, whole_seconds
from netmon.recall.recall import recall
from tests.drawings import drawing
from tests.draws import together
from tests.scenarios import BEGIN, Player

NODES = ("a", "b", "c", "d")
COUNTY = drawing("noc-gw gw-a a-b b-c gw-d", cables={"k": "gw-a"}, ports=True)

ACTS: dict[str, tuple[str, ...]] = {
    "lose": NODES,
    "back": NODES,
    "cover": (),
    "restart": ("5", "700.25"),
    "crash": ("5", "700.25"),
    "step": ("-3600", "3600", "-0.5"),
    "work": ("cable:k", "site:d"),
}


def _act(drawn: tuple[Any, ...]) -> tuple[float, tuple[str, ...]]:
    pause, verb, place = drawn
    words = ACTS[verb]
    return pause, (verb, words[place % len(words)]) if words else (verb,)


histories = st.lists(together((0.3, 2.0, 45.5, 900.0), tuple(ACTS), range(12)).map(_act), max_size=12)


class Lived(Player):
    """A player that keeps when the monitor was alive, by its own clock."""

    def do_work(self, element: str) -> None:
        """Announce ten minutes of work."""
        self.say(MaintenanceScheduled(self.now, f"w-{element[-1]}", element, self.now, self.now + 600.0, "siti"))


BEGUN = Lived(COUNTY)


def live(history: list[tuple[float, tuple[str, ...]]]) -> Lived:
    player = BEGUN.again()
    for pause, (verb, *words) in history:
        player.run_to(player.now + pause)
        getattr(player, f"do_{verb}")(*words)
    player.run_to(player.now + 30.0)
    player.do_cover()
    return player


@given(histories, st.integers(-100, 5000), st.integers(-100, 5000))
def test_buckets_sum_to_the_period_to_the_second_and_every_explained_outage_has_an_account(
    history: list[tuple[float, tuple[str, ...]]], one: int, other: int
) -> None:
    picture = live(history).seen
    start, end = BEGIN + min(one, other), BEGIN + max(one, other)
    for site in COUNTY.sites:
        seconds = buckets(picture.ledger[site], start, end)
        assert sum(seconds.values()) == pytest.approx(end - start, abs=1e-3)
        assert sum(whole_seconds(seconds, int(end - start)).values()) == end - start
        for charge in charges(site, picture, 0.0, picture.at):
            assert (charge.account is not None) == bool(charge.outage.incidents)


@given(histories)
def test_no_second_is_dark_in_which_all_answered_or_nobody_looked(
    history: list[tuple[float, tuple[str, ...]]],
) -> None:
    """Without a lost node there is no outage, whatever happens to clock and monitor."""
    picture = live([(pause, act) for pause, act in history if act[0] != "lose"]).seen
    assert not [outage for site in COUNTY.sites for outage in outages(site, picture.ledger[site], picture.at)]


@given(histories)
def test_the_time_of_a_monitor_that_was_off_is_unknown(history: list[tuple[float, tuple[str, ...]]]) -> None:
    player = live([(pause, act) for pause, act in history if act[0] != "step"])
    player.do_cover()
    off = player.now
    player.do_crash("1000")
    for site in ("noc", "a", "b", "c", "d"):  # of its own place, which it does not ask, it knows no more
        seconds = buckets(player.seen.ledger[site], off, off + 1000.0)
        assert seconds[Verdict.UNKNOWN] == pytest.approx(1000.0)


@given(histories)
def test_the_ledger_rebuilt_from_the_journal_is_the_one_that_was_kept(
    history: list[tuple[float, tuple[str, ...]]],
) -> None:
    player = live(history)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        with closing(SqliteJournal(path)) as journal:
            journal.append(player.entries)
        with closing(SqliteJournal(path, read_only=True)) as journal:
            again = recall(journal, whole=True)
    assert again is not None
    assert (again.ledger, again.accounts) == (player.seen.ledger, player.seen.accounts)


def test_work_in_the_middle_of_an_outage_takes_its_own_time_out_of_it() -> None:
    player = Lived(COUNTY)
    player.do_lose("a", "b", "c")
    began = player.seen.open_incidents[0].opened
    player.run_to(began + 300.0)
    player.do_work("cable:k")
    player.run_to(began + 1500.0)
    player.do_back("a", "b", "c")
    for site in "abc":
        seconds = whole_seconds(buckets(player.seen.ledger[site], began, player.now), 1500)
        assert seconds[Verdict.MAINTENANCE] == 600
        assert sum(seconds[verdict] for verdict in DARK) == 900 - seconds[Verdict.UP]
        assert seconds[Verdict.UP] <= 1  # those behind were asked, and missed, a second later


def test_a_correction_changes_its_seconds_and_no_others() -> None:
    player = Lived(COUNTY)
    player.do_lose("d")
    began = player.seen.open_incidents[0].opened
    player.run_to(began + 1000.0)
    player.do_back("d")
    player.run_to(began + 2000.0)
    player.say(
        LedgerCorrected(player.now, "d", began + 100.0, began + 400.0, Verdict.MAINTENANCE, "siti", "pole moved")
    )
    seconds = whole_seconds(buckets(player.seen.ledger["d"], began, player.now), 2000)
    assert {verdict: count for verdict, count in seconds.items() if count} == {
        Verdict.DOWN: 700, Verdict.MAINTENANCE: 300, Verdict.UP: 1000,
    }  # fmt: skip


spans = together(list(map(float, range(501))), list(Verdict)).map(lambda drawn: Span(*drawn))


@given(st.lists(spans, max_size=12), st.integers(0, 600), st.integers(0, 600), st.sampled_from(list(Verdict)))
def test_an_amended_timeline_says_the_new_word_inside_and_the_old_one_outside(
    written: list[Span], one: int, other: int, verdict: Verdict
) -> None:
    timeline: tuple[Span, ...] = ()
    for span in written:
        timeline = extend(timeline, span)
    start, end = min(one, other), max(one, other)
    expected = by_second(timeline)
    expected[start:end] = [verdict] * (end - start)
    assert by_second(amend(timeline, float(start), float(end), verdict)) == expected


def by_second(timeline: tuple[Span, ...]) -> list[Verdict]:
    """Return the bucket of each second; nothing changes within one."""
    seconds = [Verdict.UNKNOWN] * 620
    for span in timeline:
        start = int(span.start)
        assert start == span.start
        seconds[start:] = [span.verdict] * (len(seconds) - start)
    return seconds
