"""A clock that was ahead, and then set right: nobody is blind until its time comes, and nothing written is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from random import Random

import pytest

from netmon.events import (
    Coverage,
    Elapsed,
    Entry,
    InventoryInForce,
    NodeConfirmed,
    NodeUp,
    ProbingGap,
    ProbingStarted,
    ProbingStopped,
    Rebooted,
    RunningSince,
)
from netmon.model import Neighbour, PortId, ShareKind, Verdict
from netmon.picture.altered import altered
from netmon.picture.ledger import Span, buckets, outages
from netmon.picture.set_back import FAR, told_the_time
from netmon.picture.state import Pending, Picture, ServiceFault, ServiceState
from netmon.topology.hearing import Ears, Hearing
from tests.drawings import drawing
from tests.scenarios import BEGIN, Player, Scenario, play, scenarios

DAY = 86_400.0
TREE = drawing("noc-gw gw-a a-b b-c gw-d")


def cover(player: Player) -> None:
    player.say(Coverage(player.now, "p", player.now))


def hear_all(player: Player) -> None:
    player.now += 1.0
    player.say(*(NodeUp(player.now, name, player.now) for name in TREE.nodes if name not in {"noc", *player.dead}))


def lived(begin: float, seconds: float) -> Player:
    """Return a player who began then, and covered these seconds."""
    return _lived(begin, seconds).again()


@cache
def _lived(begin: float, seconds: float) -> Player:
    player = Player(TREE, begin)
    player.run_to(begin + seconds)
    cover(player)
    return player


def stepped(player: Player, at: float) -> None:
    """Let the clock be set while the daemon runs: its prober says so."""
    since, player.now = player.now, at
    player.say(ProbingGap(at, "p", min(since, at), "the wall clock was stepped"))


def restarted(player: Player, at: float) -> None:
    """Let the clock be set while nothing runs."""
    player.say(ProbingStopped(player.now, "p"))
    killed(player, at)


def killed(player: Player, at: float) -> None:
    player.now = at
    player.say(InventoryInForce(at, TREE.digest), ProbingStarted(at, "p"), inventory=TREE)


def overtaken(player: Player, at: float) -> None:
    """Let another machine write from now on, whose clock is right."""
    player.now = at
    cover(player)


SET: list[Callable[[Player, float], None]] = [stepped, restarted, killed, overtaken]


@pytest.mark.parametrize("set_clock", SET)
@pytest.mark.parametrize("ahead", [FAR + 61.0, DAY, 400 * DAY])
def test_a_fault_after_the_clock_was_set_right_is_named_told_and_written(
    set_clock: Callable[[Player, float], None], ahead: float
) -> None:
    player = lived(BEGIN + ahead - 60.0, 60.0)
    set_clock(player, BEGIN)
    hear_all(player)
    player.run_to(BEGIN + 20.0)
    cover(player)
    player.do_lose("b", "c")
    (incident,) = player.seen.open_incidents
    assert {str(one) for one in (incident.fault.element, *incident.fault.alternatives)} >= {"link:a-b"}
    assert (incident.opened, incident.announced) == (BEGIN + 20.0, False), "the hold before paging is one of time"
    player.run_to(BEGIN + 26.0)
    assert player.seen.open_incidents[0].announced
    player.run_to(BEGIN + 40.0)
    player.do_back("b", "c")
    player.run_to(BEGIN + 50.0)
    cover(player)
    assert player.seen.at == BEGIN + 50.0
    for site in ("b", "c"):
        (outage,) = outages(site, player.seen.ledger[site], player.now)
        assert BEGIN + 20.0 <= outage.start <= BEGIN + 21.1
        assert outage.end == BEGIN + 40.0
        assert all(span.start <= player.now for span in player.seen.ledger[site])


def test_when_the_time_comes_that_was_written_of_it_is_as_it_was_written() -> None:
    player = lived(BEGIN + 1000.0, 60.0)
    player.do_lose("c")
    player.run_to(BEGIN + 1100.0)
    cover(player)
    killed(player, BEGIN)
    hear_all(player)
    player.do_back("c")
    for seconds_on in range(50, 1201, 50):
        player.run_to(BEGIN + seconds_on)
        cover(player)
    player.do_lose("c")
    player.run_to(BEGIN + 1300.0)
    cover(player)
    timeline = player.seen.ledger["c"]
    assert sorted(timeline, key=lambda span: span.start) == list(timeline)
    assert [(one.start, one.end) for one in outages("c", timeline, player.now)] == [
        (BEGIN + 1060.0, BEGIN + 1100.0),
        (BEGIN + 1200.0, None),
    ]
    seconds = buckets(timeline, BEGIN, player.now)
    assert sum(seconds.values()) == pytest.approx(1300.0)
    assert seconds[Verdict.UNKNOWN] == pytest.approx(51.0), "since the last word before, and until the first"


@pytest.mark.parametrize("at", [BEGIN - 20 * 365 * DAY, BEGIN + 10 * DAY])
def test_a_clock_that_is_wrong_for_some_minutes_takes_nothing_from_the_years_since(at: float) -> None:
    """A machine with a flat battery starts in a year long past, until it hears the time."""
    player = lived(BEGIN, 30 * DAY)
    before = player.seen.ledger["b"]
    killed(player, at)
    hear_all(player)
    player.do_lose("b", "c")
    player.run_to(at + 100.0)
    cover(player)
    player.do_back("b", "c")
    player.run_to(at + 120.0)
    cover(player)
    stepped(player, BEGIN + 30 * DAY + 300.0)
    hear_all(player)
    player.run_to(player.now + DAY)
    cover(player)
    end = BEGIN + 30 * DAY
    assert buckets(player.seen.ledger["b"], BEGIN, end) == buckets(before, BEGIN, end)
    after = buckets(player.seen.ledger["b"], end, player.now)
    assert after[Verdict.UP] == pytest.approx(DAY)
    assert after[Verdict.UNKNOWN] == pytest.approx(301.0)
    assert after[Verdict.DOWN] == 0.0


@pytest.mark.parametrize("ahead", [FAR + 61.0, DAY, 400 * DAY])
def test_a_clock_that_is_set_right_before_anything_is_heard_has_written_nothing_of_its_time(ahead: float) -> None:
    """So it is where the time is heard within seconds, and for all that was dark when the machine booted."""
    player = lived(BEGIN, 600.0)
    killed(player, BEGIN + 660.0 + ahead)
    player.run_to(player.now + 2.0)
    cover(player)
    stepped(player, BEGIN + 700.0)
    hear_all(player)
    player.run_to(BEGIN + 1_700.0)
    cover(player)
    for site in ("a", "b", "c"):
        seconds = buckets(player.seen.ledger[site], BEGIN, player.now)
        assert seconds[Verdict.UP] == pytest.approx(1_600.0 - 1.0, abs=1.0)
        assert seconds[Verdict.UNKNOWN] == pytest.approx(101.0, abs=1.0)


def test_a_clock_that_is_set_back_again_writes_on_after_the_hour_that_it_repeats() -> None:
    player = lived(BEGIN, 600.0)
    killed(player, BEGIN + 660.0 + DAY)
    stepped(player, BEGIN + 700.0)
    hear_all(player)
    player.run_to(BEGIN + 2_000.0)
    cover(player)
    killed(player, BEGIN + 1_500.0)
    hear_all(player)
    for seconds_on in range(1_600, 3_001, 100):
        player.run_to(BEGIN + seconds_on)
        player.do_lose("c") if seconds_on == 2_500 else cover(player)
    timeline = player.seen.ledger["c"]
    assert buckets(timeline, BEGIN + 2_000.0, BEGIN + 2_500.0)[Verdict.UP] == pytest.approx(500.0)
    assert [(one.start, one.end) for one in outages("c", timeline, player.now)] == [(BEGIN + 2_500.0, None)]


def test_a_gap_that_a_clock_comes_to_again_is_filled_by_what_is_known_then() -> None:
    """It is set back by another writer, and nobody says anything anew."""
    player = lived(BEGIN, 1_000.0)
    hear_all(player)
    killed(player, BEGIN + 1_500.0)
    hear_all(player)
    player.run_to(BEGIN + 2_000.0)
    cover(player)
    overtaken(player, BEGIN + 900.0)
    for seconds_on in range(950, 2_101, 50):
        player.run_to(BEGIN + seconds_on)
        cover(player)
    known = buckets(player.seen.ledger["c"], BEGIN, player.now)
    assert known[Verdict.UP] == pytest.approx(2_100.0, abs=61.0)


@pytest.mark.parametrize("seed", range(20))
def test_however_often_a_clock_is_set_what_was_written_stays_and_time_goes_on(seed: int) -> None:
    random = Random(seed)
    player = lived(BEGIN, 300.0)
    written: list[tuple[float, float, tuple[Span, ...]]] = []
    for _ in range(12):
        began = player.now
        for _ in range(random.randint(1, 4)):
            player.run_to(player.now + random.uniform(1.0, 200.0))
            random.choice((player.do_lose, player.do_back))("b")
            cover(player)
        player.do_back("b")
        cover(player)
        if player.seen.ahead is None or player.seen.ahead.is_over:
            written.append((began, player.now, player.seen.ledger["b"]))
        random.choice(SET)(player, max(0.0, player.now + random.uniform(-3.0, 3.0) * 10 ** random.uniform(1.0, 4.0)))
        hear_all(player)
        assert player.seen.at == pytest.approx(player.now) or player.now > player.seen.at - FAR
    player.now = max([player.now, *(end for _, end, _ in written)]) + 1e6
    hear_all(player)
    assert player.seen.ahead is None or player.seen.ahead.is_over
    timeline = player.seen.ledger["b"]
    assert sorted(timeline, key=lambda span: span.start) == list(timeline)
    for began, end, then in written:
        was, now = buckets(then, began, end), buckets(timeline, began, end)
        assert now[Verdict.UNKNOWN] <= was[Verdict.UNKNOWN] + 1e-6
        assert now[Verdict.UP] >= was[Verdict.UP] - 1e-6
        assert now[Verdict.DOWN] >= was[Verdict.DOWN] - 1e-6


MAY_LIE_AHEAD = {
    "latest", "ahead", "lines_ahead", "windows", "graph", "uncut", "inventory",
    "judged", "judged_told",  # so that it is judged at once
}  # fmt: skip


def times(value: object, at: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a picture with its place, but those that may lie ahead."""
    if isinstance(value, float):
        yield at, value
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield from times(held, f"{at}[{name}]")
    elif isinstance(value, tuple | frozenset):
        for held in value:
            yield from times(held, at)
    elif is_dataclass(value):
        for each in fields(value):
            if each.name not in MAY_LIE_AHEAD:
                yield from times(getattr(value, each.name), f"{at}.{each.name}")


@pytest.mark.parametrize("scenario", scenarios()[::3], ids=lambda one: one.id)
def test_nothing_in_a_picture_keeps_a_time_that_is_yet_to_come(scenario: Scenario) -> None:
    seen = play(scenario)
    at = seen.at - DAY
    link, node = next(iter(seen.inventory.links)), next(iter(seen.nodes))
    fault = ServiceFault("S1", ShareKind.SERVICE, "web", seen.at - 9.0, ("web",), ("web",), seen.at)
    seen = altered(
        seen,
        unheard={link: seen.at},
        ports_back={PortId(node, "sfp1"): seen.at},
        services={"web": ServiceState(up=True, since=seen.at, word=seen.at)},
        service_asked={"web": seen.at},
        service_faults=(fault,),
        past_service_faults=(fault,),
        ears={node: Ears(at=seen.at, hearings=(Hearing(Neighbour("sfp1", "lldp"), seen.at - 5.0, seen.at),))},
        pending=(Pending((node,), {node: seen.at}, seen.at),),
        line_ledger={link: (Span(seen.at - 5.0, Verdict.UP),)},
    )
    after = told_the_time(seen, Entry(seen.position + 1, at, (Elapsed(at),)))
    found = [(place, when) for place, when in times(after) if at < when <= seen.at]
    assert not found
    assert after.at == at
    assert after.lines_ahead is not None


def test_an_answer_to_a_question_of_the_time_before_is_no_word_of_the_future() -> None:
    player = lived(BEGIN + DAY, 60.0)
    asked = player.now
    stepped(player, BEGIN)
    player.say(NodeConfirmed(BEGIN + 1.0, "a", asked))
    state = player.seen.nodes["a"]
    assert (state.since, state.word) == (BEGIN + 1.0, BEGIN + 1.0)
    player.say(NodeConfirmed(BEGIN + 2.0, "a", asked))
    assert player.seen.nodes["a"].word == BEGIN + 2.0


@pytest.mark.parametrize("kind", [RunningSince, Rebooted])
def test_an_uptime_that_was_asked_for_by_the_clock_before_proves_nothing_of_the_future(
    kind: type[RunningSince | Rebooted],
) -> None:
    player = lived(BEGIN + DAY, 60.0)
    asked = player.now
    stepped(player, BEGIN)
    player.say(kind(BEGIN + 1.0, "a", asked - 3_600.0, asked))
    assert "a" not in player.seen.evidence
    assert "a" not in player.seen.booted
    player.say(kind(BEGIN + 1.0, "a", BEGIN - 3_600.0, asked))
    (said,) = player.seen.evidence["a"]
    assert (said.at, said.value, player.seen.booted["a"]) == (BEGIN + 1.0, BEGIN - 3_600.0, BEGIN - 3_600.0)


def test_clocks_of_two_writers_that_differ_by_seconds_set_nothing_back() -> None:
    player = lived(BEGIN, 60.0)
    before: Picture = player.seen
    player.now -= 30.0
    cover(player)
    assert player.seen.at == before.at
    assert player.seen.ahead is None
