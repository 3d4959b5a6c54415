"""From replies and misses to up and down: the sequential test, and how seldom it is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.belief.loss import FLOOR, Ints
from netmon.probes.belief.reach import A_LITTLE_LATE, DOWN, UNKNOWN, UP, YEAR, Belief, BeliefSettings

ONE: Ints = np.array([0], np.int64)


def made(capacity: int = 4, *, budget: float = 1.0, rounds_per_second: float = 400.0) -> Belief:
    belief = Belief(capacity, BeliefSettings())
    belief.set_budget(false_alarms_per_year=budget, rounds_per_second=rounds_per_second)
    return belief


def hear(belief: Belief, slot: int, sent: float, rtt: float = 0.01) -> tuple[list[int], list[int]]:
    heard = belief.heard(np.array([slot]), np.array([sent]), np.array([sent + rtt]), np.array([rtt]))
    return heard.risen.tolist(), heard.cleared.tolist()


def miss(belief: Belief, slot: int, sent: float) -> tuple[list[int], list[int]]:
    missed = belief.missed(np.array([slot]), np.array([sent]), sent + 0.1)
    return missed.suspected.tolist(), missed.fallen.tolist()


def misses_until_down(belief: Belief, slot: int, start: float) -> int:
    for count in range(1, 1000):
        if miss(belief, slot, start + count)[1]:
            return count
    raise AssertionError("never down")


def live(belief: Belief, slots: Ints, replies: int, lose: np.ndarray | None = None) -> None:
    """Let every slot answer `replies` times, with single misses where `lose` (replies x slots) says so."""
    now = 10.0
    for step in range(replies):
        now += 1.0
        lost = np.zeros(len(slots), np.bool_) if lose is None else lose[step]
        belief.missed(slots[lost], np.full(int(lost.sum()), now), now + 0.1)
        answering = slots[~lost] if lose is not None else slots
        rtt = np.full(len(answering), 0.01)
        belief.heard(answering, np.full(len(answering), now), now + rtt, rtt)


def test_a_clean_line_of_a_county_is_down_after_six_misses() -> None:
    belief = made()
    live(belief, ONE, 1000)
    assert misses_until_down(belief, 0, 5000.0) == 6


def test_a_line_that_loses_a_fifth_waits_for_more() -> None:
    belief = made(64)
    slots = np.arange(64)
    live(belief, slots, 600, np.random.default_rng(1).random((600, 64)) < 0.2)
    needed = belief.misses_needed(slots)
    assert 14 <= int(np.median(needed)) <= 30
    assert int(needed.max()) <= 52


@given(st.floats(0.001, 1000.0), st.floats(0.1, 100_000.0))
def test_a_false_alarm_is_as_seldom_as_the_budget_says(budget: float, rate: float) -> None:
    belief = made(budget=budget, rounds_per_second=rate)
    needed = int(belief.misses_needed(ONE)[0])
    trials = rate * YEAR
    assert trials * FLOOR**needed <= budget * 1.0000001
    assert needed == 1 or trials * FLOOR ** (needed - 1) > budget * 0.9999999


def test_the_first_reply_raises_and_later_ones_say_nothing() -> None:
    belief = made()
    assert hear(belief, 1, 1.0) == ([1], [])
    assert hear(belief, 1, 2.0) == ([], [])
    assert belief.known.tolist() == [UNKNOWN, UP, UNKNOWN, UNKNOWN]


def test_any_reply_clears_a_suspect() -> None:
    belief = made()
    hear(belief, 0, 1.0)
    assert miss(belief, 0, 2.0) == ([0], [])
    assert miss(belief, 0, 2.1) == ([], [])
    assert belief.suspects.tolist() == [0]
    assert hear(belief, 0, 2.2) == ([], [0])
    assert belief.suspects.tolist() == []


def test_a_late_finding_that_an_old_request_was_lost_is_no_suspicion() -> None:
    belief = made()
    hear(belief, 0, 10.0)
    assert miss(belief, 0, 9.5) == ([], [])
    assert belief.known[0] == UP


def test_a_reply_that_is_only_a_little_late_teaches_no_loss() -> None:
    belief = made()
    live(belief, ONE, 20)
    for start in (100.0, 110.0, 120.0):
        for count in range(A_LITTLE_LATE):
            miss(belief, 0, start + 0.15 * count)
        assert hear(belief, 0, start, rtt=0.3)[1] == [0]  # it answers the first of them
    assert misses_until_down(belief, 0, 5000.0) == 6


def test_a_line_that_is_often_very_late_is_given_more_time() -> None:
    belief = made()
    live(belief, ONE, 20)
    for start in (100.0, 110.0, 120.0):
        for count in range(5):
            miss(belief, 0, start + 0.15 * count)
        assert hear(belief, 0, start, rtt=0.75)[1] == [0]
    assert misses_until_down(belief, 0, 5000.0) > 6


def test_a_request_that_was_never_answered_teaches_loss() -> None:
    belief = made()
    live(belief, ONE, 20)
    for count in range(4):
        miss(belief, 0, 100.0 + 0.15 * count)
    assert hear(belief, 0, 100.15, rtt=0.5)[1] == [0]  # the second was late, the first is lost
    assert misses_until_down(belief, 0, 5000.0) > 6


def test_silence_before_the_first_word_teaches_no_loss() -> None:
    """The monitor came up before the network, or had been away."""
    belief = made()
    for count in range(5):
        miss(belief, 0, 10.0 + count)
    assert hear(belief, 0, 16.0) == ([0], [0])
    belief.blind(ONE)
    miss(belief, 0, 20.0)
    hear(belief, 0, 21.0)
    assert misses_until_down(belief, 0, 5000.0) == 6


def test_down_since_the_first_miss_and_up_again_by_one_reply() -> None:
    belief = made()
    hear(belief, 0, 1.0)
    for sent in (3.0, 2.5, 3.5):  # misses may be found out of order
        miss(belief, 0, sent)
    assert misses_until_down(belief, 0, 4.0) == 3
    assert belief.known[0] == DOWN
    assert belief.first_miss[0] == 2.5
    assert hear(belief, 0, 60.0) == ([0], [])


def test_a_target_never_heard_of_can_be_found_down() -> None:
    belief = made()
    assert misses_until_down(belief, 0, 1.0) == 6
    assert belief.known[0] == DOWN


def test_several_replies_of_one_slot_count_the_first() -> None:
    belief = made()
    slots, sent = np.array([2, 2, 2]), np.array([5.0, 4.0, 6.0])
    heard = belief.heard(slots, sent, sent + 0.1, np.full(3, 0.1))
    assert heard.risen.tolist() == [2]
    assert heard.risen_at.tolist() == pytest.approx([4.1])


def test_several_misses_of_one_slot_in_one_turn_all_count() -> None:
    belief = made()
    hear(belief, 0, 1.0)
    sent = np.arange(2.0, 8.0)
    missed = belief.missed(np.zeros(6, np.int64), sent, 9.0)
    assert (missed.fallen.tolist(), missed.fallen_since.tolist()) == ([0], [2.0])


def test_blindness_forgets_the_word_but_not_the_line() -> None:
    belief = made()
    live(belief, ONE, 100)
    timeout = belief.round_trips.timeout[0]
    belief.blind(ONE)
    assert belief.known[0] == UNKNOWN
    assert belief.round_trips.timeout[0] == timeout
    belief.reset(ONE)
    assert belief.round_trips.timeout[0] == BeliefSettings().timeout_max


def test_flapping_is_a_penalty_that_decays() -> None:
    belief = made()
    for start in (0.0, 100.0, 200.0):
        misses_until_down(belief, 0, start)
        hear(belief, 0, start + 50.0)
    now = 206.1
    assert 2.5 < belief.penalty(now)[0] <= 3.0
    half_life = BeliefSettings().flap_half_life
    assert belief.penalty(now + half_life)[0] == pytest.approx(belief.penalty(now)[0] / 2.0)


@pytest.mark.parametrize("ratio", [0.001, 0.01, 0.05])
def test_independent_loss_gives_no_false_down_in_ten_million_probes(ratio: float) -> None:
    lines = 2000  # numpy takes as long for a few: many lines are tried sooner than long ones
    belief = made(lines)
    chance = np.random.default_rng(7)
    slots = np.arange(lines)
    elapsed = np.zeros(lines)
    while elapsed.sum() < 10_000_000:
        replies = chance.geometric(ratio, lines) - 1
        misses = chance.geometric(1.0 - ratio, lines)
        belief.loss.replies_follow(slots, replies)
        assert (misses < belief.misses_needed(slots)).all()
        belief.loss.run_ended(slots, misses)
        elapsed += replies + 1.0


@given(st.integers(1, 100))
def test_growing_changes_nothing_for_those_who_are_there(added: int) -> None:
    belief = made()
    hear(belief, 0, 1.0)
    miss(belief, 1, 1.0)
    belief.grow(4 + added)
    assert belief.known.tolist() == [UP, UNKNOWN, UNKNOWN, UNKNOWN] + [UNKNOWN] * added
    assert belief.suspects.tolist() == [1]
    assert hear(belief, 3 + added, 2.0) == ([3 + added], [])


def test_the_threshold_is_the_logarithm_of_trials_over_budget() -> None:
    assert made(budget=2.0, rounds_per_second=10.0).threshold == pytest.approx(math.log(10.0 * YEAR / 2.0))
