"""The prober: keeps the engine going turn by turn, and turns what belief concludes into events."""

from __future__ import annotations

import asyncio
import errno
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from netmon.clock import Clock
from netmon.events import Confirm, Event, NodeConfirmed, NodeDown, NodeQuality, NodeUnknown, NodeUp, ProbingGap
from netmon.probes.belief import DOWN, UNKNOWN, UP, Belief
from netmon.probes.icmp.channel import CONGESTED
from netmon.probes.icmp.engine import Engine, SendFailures
from netmon.probes.icmp.inflight import EXTRA, ROUND, Floats, Ints, Misses, Replies
from netmon.probes.icmp.interruptions import Reading, interruption
from netmon.probes.icmp.measurements import Counters, IcmpMeasurements, IcmpTotals, PathError
from netmon.probes.icmp.schedule import Schedule
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget, change_targets, check_targets
from netmon.probes.icmp.wheel import phase_of
from netmon.probes.quality import Quality
from netmon.probes.sockets import Sockets

PROBER = "icmp"
"""The name that the events of this prober carry."""
_CAPACITY = 64
_DEPTH = 32
"""Requests remembered for each slot: more than the shortest interval can have under way until they are late."""
_LONGEST_SLEEP = 1.0
_LOOK_AT_NETWORK = 10.0
_FIRST_WORD = 1.0
"""Seconds within which a new target is asked for the first time, however long its interval."""
_DEFAULTS = IcmpSettings()


@dataclass(frozen=True, slots=True)
class _Ask:
    """Somebody waits for word of a node: since when, on both clocks."""

    wall: float
    monotonic: float


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
        self._belief = Belief(_CAPACITY, settings.belief)
        self._quality = Quality(_CAPACITY)
        self._schedule = Schedule(_CAPACITY, settings)
        self._counters = Counters(_CAPACITY)
        self._trouble = np.zeros(_CAPACITY, np.int64)
        self._intervals = np.zeros(_CAPACITY)
        self._neighbours: dict[int, Ints] = {}
        self._targets: dict[str, IcmpTarget] = {}
        self._slots: dict[str, int] = {}
        self._nodes: dict[int, str] = {}
        self._capacity = _CAPACITY
        self._asks: dict[int, _Ask] = {}
        self._path_errors: dict[int, PathError] = {}
        self._outbox: list[Event] = []
        self._last = self._read_clocks()
        self._next_look = 0.0
        self._interruptions = 0
        self._lag = 0.0
        self._sleep: asyncio.Future[None] | None = None

    def set_targets(self, targets: Sequence[IcmpTarget], *, false_alarms_per_year: float) -> None:
        """Ping these targets from now on; those that stay keep their belief, history and phase.

        Args:
            targets: all targets.
            false_alarms_per_year: the budget of false downs for all of them together, more than 0.

        Raises:
            ConfigError: the list cannot be pinged; the old one stays in force.
            PrivilegeError: no ICMP socket may be opened.
        """
        check_targets(targets)
        now = self._clock.monotonic()
        change = change_targets(self._slots, self._targets, targets, self._capacity)
        self._schedule.set_targets([change.slots[target.node] for target in targets], targets, change.capacity, now)
        if change.capacity > self._capacity:
            self._grow(change.capacity)
        gone = [slot for _, slot in change.removed]
        self._engine.vacate(gone, [self._targets[node].address for node, _ in change.removed])
        self._forget(gone)
        wanted = {target.node for target in targets}
        for node, _ in change.removed:
            reason = "its address changed" if node in wanted else "it is no longer pinged"
            self._outbox.append(NodeUnknown(self._wall(now), node, self._wall(now), reason))
        added = [change.slots[target.node] for target in change.added]
        self._engine.place(added, [target.address for target in change.added])
        self._forget(added)
        for target in change.added:
            if target.interval > _FIRST_WORD:
                slot = np.array([change.slots[target.node]])
                self._schedule.bursts.ask(slot, now + phase_of(target.node) * _FIRST_WORD, urgent=False)
        self._slots = dict(change.slots)
        self._targets = {target.node: target for target in targets}
        self._nodes = {slot: node for node, slot in self._slots.items()}
        for target in targets:
            self._intervals[self._slots[target.node]] = target.interval
        self._neighbours = {
            self._slots[target.node]: np.array(
                [self._slots[node] for node in target.neighbours if node in self._slots], np.int64
            )
            for target in targets
        }
        self._belief.set_budget(false_alarms_per_year=false_alarms_per_year, rounds_per_second=self._schedule.rate)

    def confirm(self, effect: Confirm) -> None:
        """Ask these nodes at once; for each of them a NodeConfirmed, NodeDown or NodeUnknown follows."""
        now = self._clock.monotonic()
        asked = min(now, now - (self._clock.wall() - effect.asked))
        for node in effect.nodes:
            slot = self._slots.get(node)
            if slot is None:
                self._outbox.append(NodeUnknown(self._wall(now), node, effect.asked, "it is not pinged"))
                continue
            self._asks[slot] = _Ask(effect.asked, asked)
            self._schedule.bursts.ask(np.array([slot]), now, urgent=True)
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
        finally:
            self._engine.close()

    def turn(self) -> list[Event]:
        """Do what is due: drain, judge, send. Return the events that follow.

        The order matters: a reply that waits in the socket must be heard before its request is called missed.
        """
        self._notice_interruption()
        for replies in self._engine.receive():
            self._hear(replies)
        self._miss(self._engine.overdue())
        self._note_errors()
        self._send()
        if self._last.monotonic >= self._next_look:
            self._look_at_network()
        events, self._outbox = self._outbox, []
        return events

    def delay(self) -> float:
        """Return how many seconds may pass until the next turn."""
        now = self._clock.monotonic()
        in_flight = self._engine.in_flight.next_deadline()
        waiting = self._schedule.bursts.active or bool(self._asks)
        tick = self._schedule.tick(self._engine.receive_buffer, waiting_for_word=waiting)
        if math.isfinite(in_flight):
            return tick
        return min(max(self._schedule.next_due(now) - now, tick), _LONGEST_SLEEP)

    def covered_until(self) -> float:
        """Return the wall time up to which every target has been probed and judged."""
        oldest = min(
            self._engine.in_flight.oldest_waiting(),
            float(self._belief.first_miss[self._belief.suspects].min(initial=np.inf)),
        )
        return self._wall(min(self._last.monotonic, oldest))

    def measurements(self) -> IcmpMeasurements:
        """Return what was measured up to now."""
        slots = np.fromiter(self._slots.values(), np.int64, len(self._slots))
        counters, totals = self._counters, self._engine.totals
        waiting = self._schedule.bursts.active or bool(self._asks)
        return IcmpMeasurements(
            nodes=tuple(self._slots),
            requests=counters.requests[slots],
            replies=counters.replies[slots],
            rtt_buckets=counters.rtt_buckets[slots],
            rtt_sum=counters.rtt_sum[slots],
            last_rtt=counters.last_rtt[slots],
            loss=self._belief.loss.ratio()[slots],
            flap_penalty=self._belief.penalty(self._last.monotonic)[slots],
            degraded=self._quality.degraded[slots],
            path_errors={self._nodes[slot]: error for slot, error in self._path_errors.items()},
            totals=IcmpTotals(
                late=totals.late,
                duplicate=totals.duplicate,
                forged=totals.forged,
                foreign=totals.foreign,
                truncated=totals.truncated,
                bad_stamps=totals.bad_stamps,
                icmp_errors=dict(totals.icmp_errors),
                send_errors={
                    errno.errorcode.get(code, str(code)): count for code, count in totals.send_errors.items()
                },
                kernel_drops=self._engine.kernel_drops,
                receive_buffer_bytes=self._engine.receive_buffer,
                skipped=self._schedule.skipped,
                interruptions=self._interruptions,
                suspects=len(self._belief.suspects),
                lag=self._lag,
                tick=self._schedule.tick(self._engine.receive_buffer, waiting_for_word=waiting),
            ),
        )

    # -----------------------------------------------------------------------------------------------------
    # One turn
    # -----------------------------------------------------------------------------------------------------

    def _notice_interruption(self) -> None:
        after = self._read_clocks()
        gap = interruption(self._last, after, longest_stall=self._settings.gap_after)
        if gap is None:
            self._last = after
            return
        since = min(self.covered_until(), after.wall)
        self._last = after
        self._interruptions += 1
        self._outbox.append(ProbingGap(after.wall, PROBER, since, gap.reason))
        everyone = np.fromiter(self._nodes, np.int64, len(self._nodes))
        self._belief.blind(everyone)
        if gap.lost_packets:
            self._engine.in_flight.abandon()
            self._schedule.restart(self._last.monotonic)
            self._schedule.bursts.stop(everyone)
            self._ask_again()

    def _hear(self, replies: Replies) -> None:
        slots, counters = replies.slots, self._counters
        rtt = replies.rtt
        counters.count_replies(slots, rtt)
        if np.count_nonzero(replies.marks):
            np.add.at(counters.extras_answered, slots[replies.extra], 1)
        if np.count_nonzero(replies.overdue):
            np.subtract.at(counters.rounds_lost, slots[replies.overdue & ~replies.extra], 1)
        heard = self._belief.heard(slots, replies.sent, replies.received, rtt)
        if len(heard.cleared) or len(heard.risen):
            self._schedule.bursts.stop(np.concatenate([heard.cleared, heard.risen]))
            self._trouble[heard.risen] = 0
            for slot, since in zip(heard.risen.tolist(), heard.risen_at.tolist(), strict=True):
                self._outbox.append(NodeUp(self._last.wall, self._nodes[slot], self._wall(since)))
        if self._asks:
            for slot, sent in zip(slots.tolist(), replies.sent.tolist(), strict=True):
                ask = self._asks.get(slot)
                if ask is not None and sent >= ask.monotonic:
                    del self._asks[slot]
                    self._outbox.append(NodeConfirmed(self._last.wall, self._nodes[slot], ask.wall))
            self._ask_again()

    def _miss(self, misses: Misses) -> None:
        if not len(misses.slots):
            return
        slots = misses.slots
        np.add.at(self._counters.rounds_lost, slots[~misses.extra], 1)
        now = self._last.monotonic
        missed = self._belief.missed(slots, misses.sent, now)
        if len(missed.suspected):
            self._schedule.bursts.start(missed.suspected, now)
            self._ask_neighbours(missed.suspected)
        if len(missed.fallen):
            self._schedule.bursts.stop(missed.fallen)
            self._trouble[missed.fallen] = 0
        for slot, since in zip(missed.fallen.tolist(), missed.fallen_since.tolist(), strict=True):
            self._asks.pop(slot, None)
            self._outbox.append(NodeDown(self._last.wall, self._nodes[slot], self._wall(since)))
        if self._asks:
            for slot, sent in zip(slots.tolist(), misses.sent.tolist(), strict=True):
                ask = self._asks.get(slot)
                if ask is not None and sent >= ask.monotonic and self._belief.known[slot] == DOWN:
                    del self._asks[slot]
                    since = self._wall(float(self._belief.first_miss[slot]))
                    self._outbox.append(NodeDown(self._last.wall, self._nodes[slot], since))

    def _ask_neighbours(self, suspected: Ints) -> None:
        """Ask who stands beside new suspects, so that a dead parent is not found last."""
        beside = np.unique(np.concatenate([self._neighbours[slot] for slot in suspected.tolist()]))
        trusted = (self._belief.known[beside] == UP) & (self._belief.misses[beside] == 0)
        self._schedule.bursts.ask(beside[trusted], self._last.monotonic, urgent=False)

    def _ask_again(self) -> None:
        """Plan a request for every node that somebody waits for and that has none planned."""
        if self._asks:
            slots = np.fromiter(self._asks, np.int64, len(self._asks))
            self._schedule.bursts.ask(slots, self._last.monotonic + self._settings.burst_gap, urgent=True)

    def _send(self) -> None:
        now = self._last.monotonic
        plan = self._schedule.plan(now, self._belief.misses)
        timeout = self._belief.round_trips.timeout
        for slots, purpose in ((plan.rounds, ROUND), (plan.extras, EXTRA)):
            if not len(slots):
                continue
            failures = self._engine.send(slots, timeout[slots], purpose)
            self._counters.requests[slots] += 1
            if self._schedule.bursts.active:
                self._schedule.bursts.sent(slots, now)
            if len(failures.slots):
                self._counters.requests[failures.slots] -= 1
                self._blame_ourselves(failures, purpose)
        if len(plan.starved):
            last = self._engine.in_flight.last_sent(plan.starved)
            forgotten = last < now - self._settings.gap_after - self._intervals[plan.starved]
            slots = plan.starved[forgotten]
            self._lose_sight(slots, last[forgotten], np.full(len(slots), errno.EAGAIN))

    def _blame_ourselves(self, failures: SendFailures, purpose: int) -> None:
        """Take requests that could not leave as our own trouble: nothing is known of their targets."""
        busy = np.isin(failures.errors, list(CONGESTED))
        if purpose == ROUND:
            self._schedule.put_back(failures.slots[busy])
        hard = ~busy
        self._lose_sight(failures.slots[hard], failures.times[hard], failures.errors[hard])

    def _lose_sight(self, slots: Ints, times: Floats, errors: Ints) -> None:
        news = (self._belief.known[slots] != UNKNOWN) | (self._trouble[slots] == 0)
        asked = np.array([slot in self._asks for slot in slots.tolist()], np.bool_)
        for row in np.flatnonzero(news | asked).tolist():
            slot, code = int(slots[row]), int(errors[row])
            self._asks.pop(slot, None)
            reason = f"cannot send to it: {os.strerror(code)}"
            since = self._wall(float(times[row]))
            self._outbox.append(NodeUnknown(self._last.wall, self._nodes[slot], since, reason))
        self._trouble[slots] = errors
        self._belief.blind(slots)
        self._schedule.bursts.stop(slots)

    def _note_errors(self) -> None:
        for slot, error in self._engine.errors():
            if slot in self._nodes:
                self._path_errors[slot] = PathError(error.kind, error.reporter, self._last.wall)

    def _look_at_network(self) -> None:
        """Judge the quality of lines, and learn what loss is usual, every few seconds over all targets."""
        self._next_look = self._last.monotonic + _LOOK_AT_NETWORK
        self._belief.loss.look_at_network()
        changes = self._quality.look(self._counters.rounds())
        for change in changes:
            node = self._nodes[change.slot]
            self._outbox.append(NodeQuality(self._last.wall, node, change.degraded, change.reason))

    # -----------------------------------------------------------------------------------------------------

    def _read_clocks(self) -> Reading:
        return Reading(self._clock.wall(), self._clock.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME))

    def _wall(self, monotonic: float) -> float:
        return self._last.wall - (self._last.monotonic - monotonic)

    def _wake(self) -> None:
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    def _grow(self, capacity: int) -> None:
        for columns in (self._engine, self._belief, self._quality, self._schedule.bursts, self._counters):
            columns.grow(capacity)
        self._trouble = np.concatenate([self._trouble, np.zeros(capacity - self._capacity, np.int64)])
        self._intervals = np.concatenate([self._intervals, np.zeros(capacity - self._capacity)])
        self._capacity = capacity

    def _forget(self, slots: Sequence[int]) -> None:
        """Clear every column of these slots, for new targets or none."""
        where = np.array(slots, np.int64)
        self._belief.reset(where)
        self._quality.reset(where)
        self._schedule.bursts.stop(where)
        self._counters.reset(where)
        self._trouble[where] = 0
        for slot in slots:
            self._asks.pop(slot, None)
            self._path_errors.pop(slot, None)
