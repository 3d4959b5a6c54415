"""Limits hold, urgent requests go first, and nothing is queued up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import ConfigError
from netmon.probes.icmp.budget import Bucket, PrefixBuckets
from netmon.probes.icmp.bursts import Bursts
from netmon.probes.icmp.inflight import Ints
from netmon.probes.icmp.schedule import REPLY_MEMORY, Schedule
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget
from tests.draws import chances


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def targets(count: int, *, interval: float = 1.0, network: str = "198.18.{}.{}") -> list[IcmpTarget]:
    return [IcmpTarget(f"n{i}", network.format(i // 200, i % 200 + 1), interval) for i in range(count)]


def schedule(some: list[IcmpTarget], settings: IcmpSettings | None = None) -> Schedule:
    made = Schedule(64, settings or IcmpSettings())
    capacity = max(64, len(some))
    made.bursts.grow(capacity)
    made.set_targets(range(len(some)), some, capacity, now=0.0)
    return made


@given(st.lists(st.tuples(st.floats(0.0, 0.5), st.integers(0, 300)), min_size=1, max_size=50))
def test_a_bucket_never_gives_more_than_its_rate_and_depth(steps: list[tuple[float, int]]) -> None:
    bucket, now, taken = Bucket(100.0, depth=0.5), 0.0, 0
    for seconds, wanted in steps:
        now += seconds
        got = bucket.take(wanted, now)
        assert 0 <= got <= wanted
        taken += got
    assert taken <= 50 + 100.0 * now + 1


@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 0.5),
            st.builds(lambda chance, count: chance.sample(range(10), count), chances, st.integers(1, 10)),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_no_prefix_gets_more_than_its_rate(steps: list[tuple[float, list[int]]]) -> None:
    prefix_of = ints(0, 0, 0, 0, 0, 0, 1, 1, 2, 3)
    buckets, now, sent = PrefixBuckets(prefix_of, 4.0), 0.0, np.zeros(4, np.int64)
    for seconds, slots in steps:
        now += seconds
        allowed = buckets.allow(ints(*slots), now)
        np.add.at(sent, prefix_of[ints(*slots)[allowed]], 1)
        assert (sent <= 4 + 4.0 * now + 1).all()
        first_of_prefix = [slots.index(slot) for slot in slots if prefix_of[slot] == prefix_of[slots[0]]]
        refused = [row for row in first_of_prefix if not allowed[row]]
        assert refused == first_of_prefix[len(first_of_prefix) - len(refused) :]  # the first ones go first


def test_prefixes_that_have_enough_are_not_held_up_by_others() -> None:
    buckets = PrefixBuckets(ints(0, 0, 0, 1), 1.0)
    assert buckets.allow(ints(0, 1, 2, 3), 0.0).tolist() == [True, False, False, True]
    assert buckets.allow(ints(1), 0.5).tolist() == [False]
    assert buckets.allow(ints(1), 1.1).tolist() == [True]


def test_rounds_beyond_the_limit_wait_one_turn_and_are_never_doubled() -> None:
    made = schedule(targets(40, interval=0.1), IcmpSettings(rate_limit=400.0))
    weight = np.zeros(64, np.int64)
    seen: list[int] = []
    now = 0.0
    for _ in range(40):
        now += 0.05
        plan = made.plan(now, weight)
        assert len(set(plan.rounds.tolist())) == len(plan.rounds)
        seen += plan.rounds.tolist()
    assert len(seen) <= 400 * now + 40
    assert {seen.count(slot) for slot in range(40)} <= {18, 19, 20, 21}


def test_what_cannot_be_sent_before_it_is_due_again_is_skipped_and_told() -> None:
    made = schedule(targets(10, interval=0.1))
    weight = np.zeros(64, np.int64)
    due = made.plan(0.1, weight).rounds
    made.put_back(due)
    again = made.plan(0.2, weight)
    assert sorted(again.rounds.tolist()) == sorted(due.tolist())
    assert sorted(again.starved.tolist()) == sorted(due.tolist())
    assert made.skipped == len(due)


def test_rounds_that_wait_go_in_the_order_in_which_they_fell_due() -> None:
    made = schedule(targets(40, interval=1.0), IcmpSettings(rate_limit=40.0))  # four tokens at a time
    weight = np.zeros(64, np.int64)
    order = Schedule(64, IcmpSettings())
    order.set_targets(range(40), targets(40), 64, now=0.0)
    by_phase = [slot for step in range(1, 101) for slot in order.plan(0.01 * step, weight).rounds.tolist()]
    sent = made.plan(0.5, weight).rounds.tolist()  # the loop stood still for half a second
    first = made.plan(0.55, weight).rounds.tolist()
    made.put_back(ints(*first))
    assert made.plan(0.551, weight).rounds.tolist() == []
    now = 0.551
    while len(sent) < 40 and now < 2.0:
        now += 0.1
        sent += made.plan(now, weight).rounds.tolist()
    assert sent[:40] == by_phase
    assert made.skipped == 0


def test_a_dead_county_makes_no_storm() -> None:
    county = targets(400)
    made = schedule(county)
    made.bursts.start(np.arange(400), 0.0)
    extras = 0
    for step in range(100):
        plan = made.plan(0.01 * step, np.ones(400, np.int64))
        extras += len(plan.extras)
        made.bursts.sent(plan.rounds, 0.01 * step)
        made.bursts.sent(plan.extras, 0.01 * step)
    assert extras <= 1_600 * 1.1


def test_urgent_requests_go_first_then_the_likeliest_dead_then_the_vigil() -> None:
    bursts = Bursts(8, gap=0.15)
    weight = ints(0, 1, 5, 2, 9, 0, 0, 0)
    bursts.start(ints(1, 2, 3, 4), 0.0)
    bursts.keep_vigil(ints(4), until=5.0)
    bursts.ask(ints(7), 0.0, urgent=True)
    assert bursts.due(0.0, weight).tolist() == [7, 2, 3, 1, 4]
    assert bursts.due(-0.1, weight).tolist() == []


def test_a_series_goes_on_until_it_is_stopped_and_a_vigil_ends_by_itself() -> None:
    bursts, weight = Bursts(4, gap=0.15), np.zeros(4, np.int64)
    bursts.start(ints(1, 2), 0.0)
    bursts.sent(ints(1, 2), 0.0)
    assert bursts.next_due() == pytest.approx(0.15)
    assert bursts.due(0.16, weight).tolist() == [1, 2]
    bursts.stop(ints(1))
    bursts.keep_vigil(ints(2), until=0.2)
    bursts.sent(ints(2), 0.16)
    assert bursts.due(0.32, weight).tolist() == [2]
    bursts.sent(ints(2), 0.32)
    assert bursts.next_due() == np.inf
    bursts.ask(ints(3), 1.0, urgent=False)
    assert bursts.next_due() == 1.0
    assert bursts.due(1.0, weight).tolist() == [3]
    bursts.sent(ints(3), 1.0)
    assert bursts.next_due() == np.inf
    bursts.ask(ints(), 2.0, urgent=False)
    assert not bursts.active


def test_a_request_of_the_round_stands_in_for_the_one_that_was_planned() -> None:
    made = schedule(targets(4, interval=0.1))
    made.bursts.start(np.arange(4), 0.0)
    plan = made.plan(0.2, np.zeros(64, np.int64))
    assert sorted(plan.rounds.tolist()) == [0, 1, 2, 3]
    assert plan.extras.tolist() == []


def test_rounds_that_exceed_a_limit_by_themselves_are_refused_with_the_reason() -> None:
    with pytest.raises(ConfigError, match=r"300 targets need 3000 requests a second, the limit is 1000"):
        schedule(targets(300, interval=0.1), IcmpSettings(rate_limit=1000.0))
    with pytest.raises(ConfigError, match=r"prefix of 198\.18\.0\.1 needs 2000"):
        schedule(targets(200, interval=0.1), IcmpSettings(prefix_rate_limit=100.0))


def test_sleeps_are_long_when_little_happens_and_short_when_much_does() -> None:
    buffer = 64 << 20
    assert schedule(targets(400)).tick(buffer, waiting_for_word=False) == IcmpSettings().tick_max
    assert schedule(targets(400)).tick(buffer, waiting_for_word=True) == IcmpSettings().tick_burst
    busy = schedule(targets(10_000, interval=0.25))
    assert busy.tick(buffer, waiting_for_word=False) == pytest.approx(IcmpSettings().batch / 40_000)
    small = busy.tick(256 * REPLY_MEMORY, waiting_for_word=False)
    assert small == IcmpSettings().tick_min  # a default receive buffer holds 256 replies


def test_a_round_and_a_burst_never_ask_at_the_same_moment() -> None:
    """Two packets of one moment share its luck, and would count as two."""
    made = schedule(targets(1))
    made.plan(0.0, ints(0))
    made.bursts.start(ints(0), 1.0)
    plan = made.plan(1.0, np.ones(64, np.int64))
    assert (plan.rounds.tolist(), plan.extras.tolist()) == ([0], [])
    made.bursts.sent(plan.rounds, 1.0)
    assert made.plan(1.2, np.ones(64, np.int64)).extras.tolist() == [0]
