"""What to send now: rounds from the wheel, requests out of turn, and the limits on both. Pure; time is passed in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmon.errors import ConfigError
from netmon.probes.icmp.budget import Bucket, PrefixBuckets
from netmon.probes.icmp.bursts import Bursts
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget, Prefixes
from netmon.probes.icmp.wheel import Wheel, phase_of

Ints = NDArray[np.int64]

REPLY_MEMORY = 832
"""Bytes of receive buffer that the kernel charges for one echo reply, as measured; decides how much may be unread."""
_NONE: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send this turn. `starved` are targets whose round fell due again before the last one could be sent."""

    rounds: Ints
    extras: Ints
    starved: Ints


class Schedule:
    """Wheel, bursts and limits over slots."""

    def __init__(self, capacity: int, settings: IcmpSettings) -> None:
        self._settings = settings
        self.bursts = Bursts(capacity, gap=settings.burst_gap)
        self._wheel = Wheel(_NONE, np.empty(0), np.empty(0), start=0.0)
        self._total = Bucket(settings.rate_limit)
        self._burst_total = Bucket(0.0)
        self._prefix_numbers = Prefixes()
        self._prefixes = PrefixBuckets(np.zeros(capacity, np.int64), settings.prefix_rate_limit)
        self._prefixes_matter = False  # not while all that may leave fits into the limit of one prefix
        self._backlog = _NONE  # rounds that are due and could not be sent yet, the oldest first
        self._waits = np.zeros(capacity, np.bool_)  # which slots are in the backlog
        self.skipped = 0

    def set_targets(self, slots: Sequence[int], targets: Sequence[IcmpTarget], capacity: int, now: float) -> None:
        """Take a new list of targets into the wheel; phases are stable, so nobody else is disturbed.

        Raises:
            ConfigError: the rounds alone exceed a rate limit.
        """
        intervals = np.array([target.interval for target in targets], np.float64)
        prefixes = self._prefix_numbers.of([target.address for target in targets])
        self._check_rates(targets, 1.0 / intervals, prefixes)
        where = np.array(slots, np.int64)
        phases = np.array([phase_of(target.node) for target in targets])
        self._wheel = Wheel(where, intervals, phases, start=now)
        prefix_of = np.zeros(capacity, np.int64)
        prefix_of[where] = prefixes
        self._prefixes = PrefixBuckets(prefix_of, self._settings.prefix_rate_limit)
        burst_rate = min(max(1_000.0, 4.0 * self._wheel.rate), 10_000.0)
        self._burst_total = Bucket(burst_rate)
        self._prefixes_matter = self._wheel.rate + burst_rate > self._settings.prefix_rate_limit
        self._keep(self._backlog[np.isin(self._backlog, where)], capacity)

    @property
    def rate(self) -> float:
        """Rounds per second of all targets together."""
        return self._wheel.rate

    def restart(self, now: float) -> None:
        """Go on from `now` without making up for the time before."""
        self._wheel.due(now)
        self._keep(_NONE, len(self._waits))

    def plan(self, now: float, weight: Ints) -> Plan:
        """Return what to send now; `weight` (of every slot) says whose burst goes first when not all may."""
        due, skipped = self._wheel.due(now)
        starved = _NONE
        if len(self._backlog):
            again = self._waits[due]
            starved = due[again]
            due = np.concatenate([self._backlog, due[~again]])
        self.skipped += skipped + len(starved)
        rounds = self._limit(due, self._total.take(len(due), now), now)
        extras = self.bursts.due(now, weight)
        if len(extras) and len(rounds):
            extras = extras[~np.isin(extras, rounds)]  # two packets of one moment share its luck
        if len(extras) or len(rounds) < len(due) or len(self._backlog):
            self._waits[due] = True
            extras = extras[~self._waits[extras]]
            self._waits[rounds] = False
            self._backlog = due[self._waits[due]]
        if len(extras):
            allowed = self._burst_total.take(self._total.take(len(extras), now), now)
            extras = self._limit(extras, allowed, now)
        return Plan(rounds, extras, starved)

    def put_back(self, slots: Ints) -> None:
        """Send these rounds again at the next turn: the machine was too busy."""
        self._backlog = np.concatenate([slots[~self._waits[slots]], self._backlog])
        self._waits[slots] = True

    def tick(self, receive_buffer: int, *, waiting_for_word: bool) -> float:
        """Return how long to sleep between turns.

        Long sleeps make big batches, which are cheap; they are bounded by how many replies the receive buffer
        holds, by how many requests may leave back to back, and by how soon a suspect's burst must go on.
        """
        batch = min(float(self._settings.batch), receive_buffer / REPLY_MEMORY / 4.0)
        longest = self._settings.tick_burst if waiting_for_word else self._settings.tick_max
        return max(self._settings.tick_min, min(longest, batch / max(self.rate, 1e-9)))

    def next_due(self, now: float) -> float:
        """Return when something falls due next."""
        return now if len(self._backlog) else min(self._wheel.next_due(now), self.bursts.next_due())

    def _keep(self, backlog: Ints, capacity: int) -> None:
        self._backlog = backlog
        self._waits = np.zeros(capacity, np.bool_)
        self._waits[backlog] = True

    def _limit(self, slots: Ints, allowed: int, now: float) -> Ints:
        slots = slots[:allowed]
        return slots[self._prefixes.allow(slots, now)] if self._prefixes_matter and len(slots) else slots

    def _check_rates(self, targets: Sequence[IcmpTarget], rates: NDArray[np.float64], prefixes: Ints) -> None:
        total = float(rates.sum())
        if total > self._settings.rate_limit:
            raise ConfigError(
                f"{len(targets)} targets need {total:.0f} requests a second, "
                f"the limit is {self._settings.rate_limit:.0f}",
                "lengthen the intervals or raise the limit",
            )
        per_prefix = np.bincount(prefixes, weights=rates) if len(prefixes) else np.zeros(1)
        worst = int(per_prefix.argmax())
        if per_prefix[worst] > self._settings.prefix_rate_limit:
            example = targets[int(np.flatnonzero(prefixes == worst)[0])].address
            raise ConfigError(
                f"the prefix of {example} needs {math.ceil(per_prefix[worst])} requests a second; "
                f"the limit of a /24 (IPv6: /64) is {self._settings.prefix_rate_limit:.0f}",
                "lengthen the intervals or raise the limit",
            )
