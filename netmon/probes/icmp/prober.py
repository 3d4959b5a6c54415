"""The prober: the shell that keeps engine, schedule and watch going, turn by turn, and emits their events."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import time
from collections.abc import Callable, Collection, Sequence

import numpy as np

from netmon.clock import Clock
from netmon.events import Confirm, Event, EvidenceSeen
from netmon.model import EvidenceKind
from netmon.probes.icmp.channel import CONGESTED
from netmon.probes.icmp.engine import Engine, SendFailures
from netmon.probes.icmp.errors import Reports
from netmon.probes.icmp.inflight import EXTRA, ROUND, Floats, Ints
from netmon.probes.icmp.interruptions import Reading, interruption
from netmon.probes.icmp.measurements import IcmpMeasurements, IcmpTotals, PathError
from netmon.probes.icmp.schedule import Schedule
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget, change_targets, check_targets
from netmon.probes.icmp.watch import Watch
from netmon.probes.icmp.wheel import phase_of
from netmon.probes.sockets import Sockets

_CAPACITY = 64
_DEPTH = 32
"""Requests remembered for each slot: more than the shortest interval can have under way until they are late."""
_LONGEST_SLEEP = 1.0
_LOOK_AT_NETWORK = 10.0
FIRST_WORD = 1.0
"""Seconds within which a new target is asked for the first time, however long its interval."""
_DEFAULTS = IcmpSettings()


class IcmpProber:
    """Pings all targets and emits what is believed of them.

    Args:
        sockets: where sockets come from.
        clock: dates everything.
        settings: limits, timeouts and buffer sizes.
    """

    def __init__(self, sockets: Sockets, clock: Clock, *, settings: IcmpSettings = _DEFAULTS) -> None:
        self._clock = clock
        self._settings = settings
        self._engine = Engine(sockets, clock, settings, capacity=_CAPACITY, depth=_DEPTH)
        self._schedule = Schedule(_CAPACITY, settings)
        self._watch = Watch(_CAPACITY, settings, self._schedule.bursts)
        self._capacity = _CAPACITY
        self._intervals = np.zeros(_CAPACITY)
        self._targets: dict[str, IcmpTarget] = {}
        self._slots: dict[str, int] = {}
        self._path_errors: dict[str, PathError] = {}
        self._reports = Reports()
        self._last = self._read_clocks()
        self._next_look = 0.0
        self._interruptions = 0
        self._lag = 0.0
        self.lag_watchers: list[Callable[[float], None]] = []
        """Called after each sleep with how late it ended, in seconds."""
        self._sleep: asyncio.Future[None] | None = None

    def set_targets(
        self, targets: Sequence[IcmpTarget], *, false_alarms_per_year: float, asked_within: float = FIRST_WORD
    ) -> None:
        """Ping these targets from now on; those that stay keep their belief, history and phase.

        Args:
            targets: all targets.
            false_alarms_per_year: the budget of false downs for all of them together, more than 0.
            asked_within: seconds within which new ones are asked for the first time, as the limits on rates allow.

        Raises:
            ConfigError: the list cannot be pinged; the old one stays in force.
            PrivilegeError: no ICMP socket may be opened.
        """
        check_targets(targets, self._targets)
        now = self._clock.monotonic()
        change = change_targets(self._slots, self._targets, targets, self._capacity)
        slots = [change.slots[target.node] for target in targets]
        self._schedule.set_targets(slots, targets, change.capacity, now)
        if change.capacity > self._capacity:
            self._grow(change.capacity)
        watch = self._watch
        removed = [slot for _, slot in change.removed]
        self._engine.vacate(removed, [self._targets[node].address for node, _ in change.removed])
        watch.begin(self._clock.wall(), now)
        watch.forget(removed)
        for node, _ in change.removed:
            self._path_errors.pop(node, None)
            self._reports.forget(node)
            reason = "its address changed" if node in change.slots else "it is no longer pinged"
            watch.say_unknown(node, watch.wall(now), reason)
        added = [change.slots[target.node] for target in change.added]
        self._engine.place(added, [target.address for target in change.added])
        watch.forget(added)
        self._slots = {target.node: change.slots[target.node] for target in targets}
        self._targets = {target.node: target for target in targets}
        self._intervals[slots] = [target.interval for target in targets]
        neighbours = {
            slot: [self._slots[node] for node in target.neighbours if node in self._slots]
            for slot, target in zip(slots, targets, strict=True)
        }
        watch.set_nodes({slot: node for node, slot in self._slots.items()}, neighbours)
        self._ask_within(asked_within, added, now)
        watch.belief.set_budget(false_alarms_per_year=false_alarms_per_year, rounds_per_second=self._schedule.rate)
        self._wake()

    def confirm(self, effect: Confirm) -> None:
        """Ask these nodes at once; for each of them a NodeConfirmed, NodeDown or NodeUnknown follows."""
        self._watch.begin(self._clock.wall(), self._clock.monotonic())
        self._watch.confirm(effect, self._slots)
        self._wake()

    def say_again(self, besides: Collection[str] = ()) -> None:
        """Say anew of every node what is found, as soon as it is: who listens may have heard others of it since.

        Of the nodes `besides` it will be heard anyway.
        """
        slots = np.array([slot for node, slot in self._slots.items() if node not in besides], np.int64)
        now = self._clock.monotonic()
        self._watch.belief.blind(slots)
        self._ask_within(FIRST_WORD, slots.tolist(), now)
        self._wake()

    async def run(self, emit: Callable[[Sequence[Event]], None]) -> None:
        """Probe until cancelled; `emit` gets the events of each turn in one call."""
        loop = asyncio.get_running_loop()
        self._last = self._read_clocks()
        self._schedule.restart(self._last.monotonic)
        try:
            while True:
                events = self.turn()
                if events:
                    emit(events)
                planned = self._clock.monotonic() + self.delay()
                self._sleep = loop.create_future()
                timer = loop.call_later(planned - self._clock.monotonic(), self._wake)
                await self._sleep
                timer.cancel()
                self._lag = max(0.0, self._clock.monotonic() - planned)
                for watcher in self.lag_watchers:
                    watcher(self._lag)
        finally:
            self._engine.close()

    def turn(self) -> list[Event]:
        """Do what is due: drain, judge, send. Return the events that follow.

        The order matters: a reply that waits in the socket must be heard before its request is called missed.
        """
        self._notice_interruption()
        for replies in self._engine.receive():
            self._watch.hear(replies)
        misses = self._engine.overdue()
        self._watch.miss(misses)
        if len(misses.excused):
            self._lose_touch(misses.excused)
        said = self._note_errors()
        self._send()
        if self._last.monotonic >= self._next_look:
            self._next_look = self._last.monotonic + _LOOK_AT_NETWORK
            self._watch.look_at_network(_LOOK_AT_NETWORK)
        return [*said, *self._watch.take_events()]

    def delay(self) -> float:
        """Return how many seconds may pass until the next turn."""
        tick = self._tick()
        if math.isfinite(self._engine.in_flight.next_deadline()):
            return tick
        now = self._clock.monotonic()
        return min(max(self._schedule.next_due(now) - now, tick), _LONGEST_SLEEP)

    def covered_until(self) -> float:
        """Return the wall time up to which every target has been probed and judged, and every question answered."""
        undecided = self._watch.undecided_since
        oldest = min(self._engine.in_flight.oldest_waiting(), undecided, self._last.monotonic)
        return self._last.wall - (self._last.monotonic - oldest)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that are pinged."""
        return tuple(self._slots)

    @property
    def suspects(self) -> int:
        """How many targets have missed and are not judged yet."""
        return len(self._watch.belief.suspects)

    def measurements(self) -> IcmpMeasurements:
        """Return what was measured up to now."""
        slots = np.fromiter(self._slots.values(), np.int64, len(self._slots))
        counters, belief = self._watch.counters, self._watch.belief
        return IcmpMeasurements(
            nodes=tuple(self._slots),
            requests=counters.requests[slots],
            replies=counters.replies[slots],
            rtt_buckets=counters.rtt_buckets[slots],
            rtt_sum=counters.rtt_sum[slots],
            last_rtt=counters.last_rtt[slots],
            loss=belief.loss.ratio()[slots],
            flap_penalty=belief.penalty(self._last.monotonic)[slots],
            degraded=self._watch.quality.degraded[slots],
            path_errors=dict(self._path_errors),
            totals=self._totals(),
        )

    def _ask_within(self, seconds: float, slots: Sequence[int], now: float) -> None:
        """Ask once within so many seconds whose round comes later than that; spread over them by their phases."""
        nodes = {slot: node for node, slot in self._slots.items()}
        late = [slot for slot in slots if self._intervals[slot] > seconds]
        when = now + seconds * np.array([phase_of(nodes[slot]) for slot in late])
        self._schedule.bursts.ask(np.array(late, np.int64), when, urgent=False)

    def _totals(self) -> IcmpTotals:
        totals = self._engine.totals
        return IcmpTotals(
            late=totals.late,
            duplicate=totals.duplicate,
            forged=totals.forged,
            foreign=totals.foreign,
            truncated=totals.truncated,
            bad_stamps=totals.bad_stamps,
            icmp_errors=dict(totals.icmp_errors),
            send_errors={errno.errorcode.get(code, str(code)): n for code, n in totals.send_errors.items()},
            kernel_drops=self._engine.kernel_drops,
            receive_buffer_bytes=self._engine.receive_buffer,
            skipped=self._schedule.skipped,
            interruptions=self._interruptions,
            suspects=self.suspects,
            lag=self._lag,
            tick=self._tick(),
        )

    def _notice_interruption(self) -> None:
        now = self._read_clocks()
        gap = interruption(self._last, now, longest_stall=self._settings.gap_after)
        if gap is not None:
            since = min(self.covered_until(), now.wall)
            self._interruptions += 1
            self._watch.begin(now.wall, now.monotonic)
            self._watch.interrupted(since, gap.reason, lost_packets=gap.lost_packets)
            if gap.lost_packets:
                self._engine.in_flight.abandon()
                self._schedule.restart(now.monotonic)
        self._last = now
        self._watch.begin(now.wall, now.monotonic)

    def _send(self) -> None:
        now = self._last.monotonic
        belief, counters, bursts = self._watch.belief, self._watch.counters, self._schedule.bursts
        plan = self._schedule.plan(now, belief.misses)
        for slots, purpose in ((plan.rounds, ROUND), (plan.extras, EXTRA)):
            if not len(slots):
                continue
            failures = self._engine.send(slots, belief.round_trips.timeout[slots], purpose)
            counters.requests[slots] += 1
            if bursts.active:
                bursts.sent(slots, now)
            if len(failures.slots):
                counters.requests[failures.slots] -= 1
                self._blame_ourselves(failures, purpose)
        if len(plan.starved):
            last = self._engine.in_flight.last_sent(plan.starved)
            forgotten = last < now - self._settings.gap_after - self._intervals[plan.starved]
            self._lose_sight(plan.starved[forgotten], last[forgotten], errno.EAGAIN)

    def _blame_ourselves(self, failures: SendFailures, purpose: int) -> None:
        """Take requests that could not leave as our own trouble: nothing is known of their targets."""
        busy = np.isin(failures.errors, list(CONGESTED))
        if purpose == ROUND:
            self._schedule.put_back(failures.slots[busy])
        for code in np.unique(failures.errors[~busy]).tolist():
            alike = failures.errors == code
            self._lose_sight(failures.slots[alike], failures.times[alike], code)

    def _lose_touch(self, slots: Ints) -> None:
        """Believe nothing of those that have not been heard for long while this machine drops replies."""
        slots = np.unique(slots)
        last = self._watch.belief.answered(slots)
        gone = last < self._last.monotonic - self._settings.gap_after - self._intervals[slots]
        times = np.where(np.isfinite(last), last, self._last.monotonic)
        self._watch.lose_sight(slots[gone], times[gone], "this machine drops replies: the receive buffer is full")

    def _lose_sight(self, slots: Ints, times: Floats, code: int) -> None:
        self._watch.lose_sight(slots, times, f"cannot send to it: {os.strerror(code)}")

    def _note_errors(self) -> list[Event]:
        """Keep the latest error about each target; return what routers say of those that miss, each word once."""
        errors = self._engine.errors()
        if not errors:
            return []
        said: list[Event] = []
        nodes, belief, now = {slot: node for node, slot in self._slots.items()}, self._watch.belief, self._last.wall
        for slot, error in errors:
            if slot not in nodes:
                continue
            node = nodes[slot]
            self._path_errors[node] = PathError(error.kind, error.reporter, now)
            if belief.misses[slot] and self._reports.is_news(node, error, float(belief.first_miss[slot])):
                detail = f"{error.reporter} {error.kind}"
                said.append(EvidenceSeen(now, node, EvidenceKind.SAID_UNREACHABLE, now, detail))
        return said

    def _tick(self) -> float:
        return self._schedule.tick(self._engine.receive_buffer, waiting_for_word=self._watch.is_waiting)

    def _read_clocks(self) -> Reading:
        return Reading(self._clock.wall(), self._clock.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME))

    def _wake(self) -> None:
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    def _grow(self, capacity: int) -> None:
        self._engine.grow(capacity)
        self._watch.grow(capacity)
        self._intervals = np.concatenate([self._intervals, np.zeros(capacity - self._capacity)])
        self._capacity = capacity
