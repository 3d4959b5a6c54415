"""`netmon bench belief`: false alarms in a simulated year, and the time to notice a death, beside simpler rules.

A line that is alive loses packets in runs: a run begins at a probe with the chance `onset` and goes on at each
further one with the chance `persistence`. Years of probes are not walked through one by one: the replies between two
runs are drawn as one number, and every run is put to the real belief (its learned loss, its threshold). Other rules
have no state, so how many runs they fall for is drawn from the binomial distribution.
"""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from netmon.bench.report import bench_report
from netmon.cli.amounts import Amount
from netmon.cli.output import Format, report_options
from netmon.probes.belief.reach import YEAR, Belief, BeliefSettings
from netmon.probes.icmp.settings import IcmpSettings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Whole = NDArray[np.integer[Any]]

PAGE_HOLD = 5.0
"""Seconds for which a fault must last before netmon pages anybody."""
INTERVAL = 1.0
RESTARTS = 24
"""A year of one target is simulated as so many parts side by side, each of which learns its line from nothing."""
_SETTINGS = IcmpSettings()
_TIMEOUT = _SETTINGS.belief.timeout_min
_PARTS = 2
"""A network is simulated in so many parts, which the processors share."""
_DEATHS = 20_000
_DRAWS = 32
_FADE_EVERY = 16
_ALL = slice(None)


@dataclass(frozen=True, slots=True)
class Line:
    """How a living line loses: chances per probe, and blackouts a year of so many seconds (all packets lost).

    `share` is how much of the time asked for is simulated: a line that loses very much has very many runs.
    """

    name: str
    onset: float
    persistence: float
    blackouts: float = 0.0
    blackout_seconds: float = 3.0
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """Another tool's rule: down after `misses` checks in a row, `interval` seconds apart, each `timeout` seconds."""

    name: str
    misses: int
    interval: float
    timeout: float


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a simulation: some targets of a network of `network` targets, on one line, for `years`."""

    line: Line
    targets: int
    network: int
    years: float
    budget: float
    seed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Lines wrongly called down, how many of them were paged, and how many misses each would need in the end."""

    falls: int
    pages: int
    needed: Ints


def independent(ratio: float, *, share: float = 1.0) -> Line:
    """Return a line that loses each packet with the same chance."""
    return Line(f"independent {ratio:.1%}", ratio, ratio, share=share)


def bursty(name: str, *, overall: float, mean: float) -> Line:
    """Return a Gilbert-Elliott line that loses `overall` of its packets, in runs of `mean` packets."""
    persistence = 1.0 - 1.0 / mean
    return Line(name, overall * (1.0 - persistence) / (1.0 - overall), persistence)


BUDGETED = tuple(independent(ratio) for ratio in (0.001, 0.01, 0.05))
LINES = (
    *BUDGETED,
    independent(0.2, share=0.01),
    bursty("bursts of 3 packets, 1 % lost", overall=0.01, mean=3.0),
    # Answers once a second nearly always, and two of five in a burst.
    Line("rate-limited router", 0.005, 0.6),
    replace(independent(0.001), name="blackouts of 3 s, 24 a year", blackouts=24.0),
)
RULES = (
    Rule("3 lost of 3 (fping)", 3, 1.0, 0.5),
    Rule("4 x 20 s (NAV)", 4, 20.0, 5.0),
    Rule("3 x 30 s (Icinga)", 3, 30.0, 10.0),
)


@click.command()
@click.option("--targets", default=400, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--years", default=1.0, show_default=True, type=Amount(0.001))
@click.option(
    "--budget", default=1.0, show_default=True, type=Amount(0.0), help="False alarms a year that netmon may give."
)
@click.option("--seed", default=1, show_default=True)
@report_options
def belief(targets: int, years: float, budget: float, seed: int, format_: Format, output: str | None) -> int:
    """Simulate a year of living lines that lose packets, and count how often each rule calls one of them down.

    Detection times are those of a target that dies at any moment, its line's loss having been learned. Exit code 1
    when netmon exceeds its budget on independent loss up to 5 %.
    """
    some = max(1, targets // _PARTS)
    parts = [
        Part(line, some, targets, years * line.share, budget, (seed, number, part))
        for number, line in enumerate(LINES)
        for part in range(targets // some)
    ]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        outcomes = list(processes.map(simulate, parts))
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(LINES):
        chance = np.random.default_rng([seed, number])
        mine = [outcome for part, outcome in zip(parts, outcomes, strict=True) if part.line == line]
        rows.append(judge(line, mine, targets, years, chance))
        rows += [judge_by(rule, line, targets, years * line.share, chance) for rule in RULES]
    bench_report(rows, {}, format_=format_, output=output)
    budgeted = {line.name for line in BUDGETED}
    wrong = [row["false_downs"] for row in rows if row["engine"] == "netmon" and row["line"] in budgeted]
    return int(any(downs > budget * years for downs in wrong))


def simulate(part: Part) -> Outcome:
    """Put every run of losses of some targets to the real belief."""
    chance = np.random.default_rng(part.seed)
    lanes = part.targets * RESTARTS
    subject = Belief(lanes, BeliefSettings())
    subject.set_budget(false_alarms_per_year=part.budget, rounds_per_second=part.network / INTERVAL)
    limit = part.years * YEAR / INTERVAL / RESTARTS
    quickest = int(subject.misses_needed(np.zeros(1, np.int64))[0])  # on a line believed to be perfect
    elapsed, since_fade = np.zeros(lanes), np.zeros(lanes)
    falls = pages = 0
    for step, (replies, misses) in enumerate(_runs(part.line, lanes, chance)):
        elapsed += replies + 1
        subject.loss.replies_follow(_ALL, replies)
        long = np.flatnonzero(misses >= quickest)
        needed = subject.misses_needed(long)
        fell = (misses[long] >= needed) & (elapsed[long] <= limit)
        if fell.any():
            falls += int(np.count_nonzero(fell))
            dark = _seconds_down(misses[long[fell]] - needed[fell], chance)
            pages += int(np.count_nonzero(dark > PAGE_HOLD))
            learning = np.setdiff1d(np.arange(lanes), long[fell])  # what was called an outage is not learned as loss
            subject.loss.run_ended(learning, misses[learning])
        else:
            subject.loss.run_ended(_ALL, misses)
        since_fade += replies
        if step % _FADE_EVERY == 0:
            subject.loss.fade(since_fade * INTERVAL)
            since_fade[:] = 0.0
            if elapsed.min() > limit:
                break
    return Outcome(falls, pages, subject.misses_needed(np.arange(lanes)))


def _runs(line: Line, lanes: int, chance: np.random.Generator) -> Iterator[tuple[Whole, Whole]]:
    """Draw, for all lanes again and again, how many replies come before the next run of misses, and its length."""
    calm, going_on = -math.log1p(-line.onset), -math.log(line.persistence)
    while True:
        draws = chance.standard_exponential((_DRAWS, 2, lanes), np.float32)
        draws[:, 0] /= calm
        draws[:, 1] /= going_on
        for replies, further in draws.astype(np.int32):
            yield replies, further + 1


def _seconds_down(further_misses: Whole, chance: np.random.Generator) -> Floats:
    """Return how long lines that were wrongly called down stay so: the rest of the run, at the pace of the vigil."""
    in_vigil = np.minimum(further_misses, round(_SETTINGS.vigil / _SETTINGS.burst_gap))
    gaps = in_vigil * _SETTINGS.burst_gap + (further_misses - in_vigil) * INTERVAL
    return gaps + chance.uniform(0.0, _SETTINGS.burst_gap, len(further_misses))


def judge(
    line: Line, outcomes: list[Outcome], targets: int, years: float, chance: np.random.Generator
) -> dict[str, Any]:
    """Return netmon's row: what was simulated, the blackouts on top, and the time to notice a death."""
    needed = np.concatenate([outcome.needed for outcome in outcomes])
    count = int(chance.poisson(line.blackouts * targets * years))
    first_miss = chance.uniform(0.0, INTERVAL, count)
    called = first_miss + _judging_seconds(chance.choice(needed, count))
    heard_again = line.blackout_seconds + chance.uniform(0.0, _SETTINGS.burst_gap, count)
    down = called < line.blackout_seconds
    paged = down & (heard_again - called > PAGE_HOLD)
    detected = chance.uniform(0.0, INTERVAL, _DEATHS) + _judging_seconds(chance.choice(needed, _DEATHS))
    return _row(
        line,
        "netmon",
        sum(outcome.falls for outcome in outcomes) + int(np.count_nonzero(down)),
        sum(outcome.pages for outcome in outcomes) + int(np.count_nonzero(paged)),
        detected,
    )


def _judging_seconds(needed: Ints) -> Floats:
    """Return the time from the first missed request to the verdict: a timeout, the burst, its last timeout."""
    gaps = np.maximum(needed - 2, 0) * _SETTINGS.burst_gap
    return _TIMEOUT + np.where(needed > 1, _TIMEOUT, 0.0) + gaps + _SETTINGS.tick_burst


def judge_by(rule: Rule, line: Line, targets: int, years: float, chance: np.random.Generator) -> dict[str, Any]:
    """Return the row of another rule; it pages whenever it calls a target down."""
    checks = round(targets * years * YEAR / rule.interval)
    falls = int(chance.binomial(checks, line.onset * line.persistence ** (rule.misses - 1)))
    blackouts = int(chance.poisson(line.blackouts * targets * years))
    first = chance.uniform(0.0, rule.interval, blackouts)
    falls += int(np.count_nonzero(first + (rule.misses - 1) * rule.interval < line.blackout_seconds))
    wait = chance.uniform(0.0, rule.interval, _DEATHS)
    return _row(line, rule.name, falls, falls, wait + (rule.misses - 1) * rule.interval + rule.timeout)


def _row(line: Line, engine: str, downs: int, pages: int, detected: Floats) -> dict[str, Any]:
    median, high = np.percentile(detected, [50, 99])
    return {
        "line": line.name,
        "engine": engine,
        "time_ratio": line.share,
        "false_downs": downs,
        "false_pages": pages,
        "detection_p50_seconds": round(float(median), 2),
        "detection_p99_seconds": round(float(high), 2),
    }
