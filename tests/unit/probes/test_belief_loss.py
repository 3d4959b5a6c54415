"""Learning how a line loses: against plain counting, and on lines whose chances are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.belief.loss import CEILING, CONFIDENCE, FLOOR, LAST, MEMORY, PRIOR, Ints, Loss

ONE: Ints = np.array([0], np.int64)
RUNS = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 12)), max_size=30)


def learned(runs: list[tuple[int, int]]) -> Loss:
    loss = Loss(1)
    for replies, misses in runs:
        loss.replies_follow(ONE, np.array([replies]))
        loss.run_ended(ONE, np.array([misses]))
    return loss


def slow_chances(runs: list[tuple[int, int]]) -> list[float]:
    """The same by walking through every packet."""
    trials, misses = [0.0] * (LAST + 1), [0.0] * (LAST + 1)

    def trial(stage: int, *, missed: bool) -> None:
        keep = 1.0 - 1.0 / MEMORY[stage]
        trials[stage] = trials[stage] * keep + 1.0
        misses[stage] = misses[stage] * keep + missed

    for replies, length in runs:
        for _ in range(replies):
            trial(0, missed=False)
        for passed in range(length):
            trial(min(passed, LAST), missed=True)
        trial(min(length, LAST), missed=False)
    bounds: list[float] = []
    for stage in range(LAST + 1):
        counted = misses[stage] + CONFIDENCE[stage] * math.sqrt(misses[stage])
        guess = bounds[0] if bounds else FLOOR
        bounds.append((counted + PRIOR[stage] * guess) / (trials[stage] + PRIOR[stage]))
    return [min(max(bound, bounds[0], FLOOR), CEILING) for bound in bounds]


@given(RUNS)
def test_counting_in_bulk_agrees_with_counting_every_packet(runs: list[tuple[int, int]]) -> None:
    # In the stage of four and more the misses of one run are faded together, which differs by a fraction of a packet.
    assert learned(runs).chances(ONE)[:, 0].tolist() == pytest.approx(slow_chances(runs), rel=0.02)


@given(RUNS)
def test_chances_stay_within_floor_and_ceiling_and_later_stages_are_never_safer(runs: list[tuple[int, int]]) -> None:
    chances = learned(runs).chances(ONE)[:, 0]
    assert (chances >= FLOOR).all()
    assert (chances <= CEILING).all()
    assert (chances >= chances[0]).all()


def simulate(onset: float, persistence: float, runs: int, seed: int = 3) -> Loss:
    chance = np.random.default_rng(seed)
    loss, slots = Loss(100), np.arange(100)
    for _ in range(runs):
        loss.replies_follow(slots, chance.geometric(onset, 100) - 1)
        loss.run_ended(slots, chance.geometric(1.0 - persistence, 100))
    return loss


def test_independent_loss_is_learned_as_such() -> None:
    loss = simulate(0.05, 0.05, 400)
    assert float(np.nanmean(loss.ratio())) == pytest.approx(0.05, rel=0.1)
    chances = loss.chances(np.arange(100))
    assert 0.05 <= float(chances[0].mean()) < 0.07
    assert float(chances[1].mean()) < 0.12


def test_bursts_are_learned_as_such() -> None:
    loss = simulate(0.005, 2.0 / 3.0, 400)
    chances = loss.chances(np.arange(100))
    assert float(chances[0].mean()) < 0.012
    assert (chances[1:].mean(axis=1) > 0.63).all()
    assert float(np.nanmean(loss.ratio())) == pytest.approx(0.005 * 3 / (1 + 0.005 * 3), rel=0.15)


def test_short_blackouts_of_convergence_do_not_make_a_line_that_stays_silent() -> None:
    loss = learned([(1000, 2), (1000, 3), (1000, 2), (1000, 3)])
    chances = loss.chances(ONE)[:, 0]
    assert chances[1] > 0.3
    assert chances[LAST] < 0.05


def test_lines_without_history_start_from_the_network() -> None:
    loss = Loss(11)
    known, new = np.arange(10), np.array([10])
    assert loss.chances(new)[0, 0] == FLOOR
    for _ in range(100):
        loss.replies_follow(known, 9)
        loss.run_ended(known, np.ones(10, np.int64))
    loss.look_at_network()
    assert 0.1 < loss.chances(new)[0, 0] < 0.12
    assert np.isnan(loss.ratio()[10])


def test_what_was_learned_about_runs_fades_with_time() -> None:
    loss = learned([(100, 9)] * 20)
    before = loss.chances(ONE)[LAST, 0]
    for _ in range(14):
        loss.fade(86_400.0)
    after = loss.chances(ONE)[LAST, 0]
    assert before > 0.6
    assert after < 0.25


def test_forgetting_and_growing() -> None:
    loss = learned([(10, 5)] * 10)
    loss.grow(3)
    assert loss.chances(np.array([1]))[LAST, 0] == FLOOR
    loss.reset(ONE)
    assert loss.chances(ONE)[LAST, 0] == FLOOR
