"""A rehearsal: the real schedule, watch, belief and fold on a simulated network and clock, without sockets.

Everything that decides is netmon's own: when requests are sent, which are missed, what is believed, what the fold
asks to be confirmed and what it announces. Simulated are the wire (a request is answered when the way to its node is
whole at that moment, after a random round trip, unless it is lost) and the clock, so that an outage of twenty seconds
takes milliseconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random

import numpy as np

from netmon.events import (
    Announce,
    Confirm,
    Coverage,
    Effect,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    NodeDown,
    ProbingStarted,
    Record,
    Wake,
)
from netmon.model import Element, Inventory
from netmon.picture.fold import fold
from netmon.picture.state import Incident, Picture
from netmon.probes.icmp.inflight import EXTRA, ROUND, Misses, Replies
from netmon.probes.icmp.interruptions import Reading, interruption
from netmon.probes.icmp.schedule import Schedule
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.icmp.watch import PROBER, Watch
from netmon.topology.graph import Graph
from netmon.topology.islands import surroundings
from netmon.topology.reach import dark_if

RECEIVE_BUFFER = 4 << 20
INTERVAL = 1.0
T0 = 1.7e9
_LEARN_EVERY = 10.0
_COVER_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class Page:
    """What people were told: the incident as it was then, and what was dark in truth."""

    at: float
    incident: Incident
    truly_dark: frozenset[str]


class Rehearsal:
    """One network, its prober and its picture. `now` is the monotonic clock, `wall` the other, Unix seconds.

    Args:
        inventory: the drawing; every monitored node has an address.
        random: the source of chance: round trips, losses and phases.
        most_lost: each node loses packets at random, with a chance between nothing and this.
        apart: each event is an entry of its own, and those of one turn come in any order.
    """

    def __init__(self, inventory: Inventory, random: Random, *, most_lost: float, apart: bool = False) -> None:
        self.inventory = inventory
        self.graph = Graph.from_inventory(inventory)
        self.random = random
        self.now = T0 + random.random()
        self.nodes = [name for name, node in sorted(inventory.nodes.items()) if node.is_monitored]
        self.slots = {name: slot for slot, name in enumerate(self.nodes)}
        self.loss = [random.uniform(0.0, most_lost) for _ in self.nodes]
        self.round_trip = [random.uniform(0.001, 0.03) for _ in self.nodes]
        self.failed: tuple[Element, ...] = ()
        self.dark: frozenset[str] = frozenset()
        self.pages: list[Page] = []
        self.downs: list[NodeDown] = []
        self.opened: dict[str, Incident] = {}
        self.lag = 0.0
        """Seconds after which an entry reaches the fold: a slow disk, or a processor that others use."""
        self._apart = apart
        self._late: deque[tuple[float, Entry]] = deque()
        self._settings = IcmpSettings()
        self._schedule = Schedule(len(self.nodes), self._settings)
        self._watch = Watch(len(self.nodes), self._settings, self._schedule.bursts)
        self._stepped = 0.0  # seconds by which the wall clock has been stepped
        self._suspended = 0.0  # seconds for which the machine was suspended: monotonic time stood still
        self._last = self._read_clocks()
        self._wire: list[tuple[float, int, int, float, int, float]] = []  # heap: when, number, slot, sent, mark, due
        self._sent = 0
        self._deeds: list[tuple[float, tuple[Element, ...]]] = []
        self._wakes: list[float] = []
        self._learned = self._told_coverage = self.now
        self._position = 0
        self.picture: Picture = self._begin()

    def _begin(self) -> Picture:
        targets = [
            IcmpTarget(name, f"198.18.{slot // 250}.{slot % 250 + 1}", INTERVAL, surroundings(self.graph, name))
            for name, slot in self.slots.items()
        ]
        slots = list(self.slots.values())
        self._schedule.set_targets(slots, targets, len(slots), self.now)
        self._watch.begin(self.now, self.now)
        neighbours = {
            self.slots[one.node]: [self.slots[node] for node in one.neighbours if node in self.slots]
            for one in targets
        }
        self._watch.set_nodes({slot: name for name, slot in self.slots.items()}, neighbours)
        self._watch.belief.set_budget(
            false_alarms_per_year=self.inventory.false_alarms_per_year, rounds_per_second=self._schedule.rate
        )
        digest = self.inventory.digest
        events: tuple[Event, ...] = (InventoryInForce(self.now, digest), ProbingStarted(self.now, PROBER))
        self._position = 1
        return fold(None, Entry(1, self.now, events, self.inventory))[0]

    @property
    def wall(self) -> float:
        """The wall clock."""
        return self.now + self._suspended + self._stepped

    def step(self, seconds: float) -> None:
        """Step the wall clock, forward or back."""
        self._stepped += seconds

    def suspend(self, seconds: float) -> None:
        """Let the machine sleep. What is under way is lost, and the network lives on."""
        self._suspended += seconds

    def starve(self, seconds: float) -> None:
        """Let the monitor get no processor time: the network lives on, and its replies wait in the socket."""
        self.now += seconds

    def _read_clocks(self) -> Reading:
        return Reading(self.wall, self.now, self.now + self._suspended)

    def _notice_interruption(self) -> None:
        """Do as the prober does between two turns."""
        now = self._read_clocks()
        gap = interruption(self._last, now, longest_stall=self._settings.gap_after)
        self._watch.begin(now.wall, now.monotonic)
        if gap is not None:
            since = min(self._covered_until(), now.wall)
            self._watch.interrupted(since, gap.reason, lost_packets=gap.lost_packets)
            if gap.lost_packets:
                self._wire.clear()
                self._schedule.restart(self.now)
        self._last = now

    def _covered_until(self) -> float:
        """Return the wall time up to which everything is judged, as the prober does."""
        under_way = min((sent for *_, sent, _, _ in self._wire), default=np.inf)
        oldest = min(under_way, self._watch.undecided_since, self._last.monotonic)
        return self._last.wall - (self._last.monotonic - oldest)

    def fail(self, failed: Collection[Element], *, after: float = 0.0) -> None:
        """Let exactly these elements be failed, some seconds from now on."""
        heappush(self._deeds, (self.now + after, tuple(sorted(failed))))

    def pass_over(self, seconds: float) -> None:
        """Let time go by in which nothing happens and nothing is sent: hours of quiet, for nothing."""
        self.now += seconds
        self._wire.clear()
        self._schedule.restart(self.now)
        self._learned = self.now
        self._last = self._read_clocks()
        self._fold([Elapsed(self.wall)])

    def run(self, seconds: float) -> None:
        """Live for some seconds."""
        end = self.now + seconds
        while self.now < end:
            tick = self._schedule.tick(RECEIVE_BUFFER, waiting_for_word=self._watch.is_waiting)
            self.now += tick * self.random.uniform(1.0, 1.3)
            self._turn()

    def _turn(self) -> None:
        self._notice_interruption()
        while self._deeds and self._deeds[0][0] <= self.now:
            self.failed = heappop(self._deeds)[1]
            self.dark = dark_if(self.graph, self.failed)
        self._deliver()
        plan = self._schedule.plan(self.now, self._watch.belief.misses)
        for slots, mark in ((plan.rounds, ROUND), (plan.extras, EXTRA)):
            if len(slots):
                self._send(slots.tolist(), mark)
                if self._schedule.bursts.active:
                    self._schedule.bursts.sent(slots, self.now)
        if self.now - self._learned > _LEARN_EVERY:
            self._watch.look_at_network(self.now - self._learned)
            self._learned = self.now
        events = self._watch.take_events()
        if events:
            self._fold(events)
        if self.now - self._told_coverage > _COVER_EVERY:
            self._fold([Coverage(self.wall, PROBER, self._covered_until())])
            self._told_coverage = self.now
        while self._wakes and self._wakes[0] <= self.now:
            heappop(self._wakes)
            self._fold([Elapsed(self.wall)])
        while self._late and self._late[0][0] <= self.now:
            self._judge(self._late.popleft()[1])

    def _send(self, slots: Sequence[int], mark: int) -> None:
        timeouts = self._watch.belief.round_trips.timeout
        for slot in slots:
            due = self.now + float(timeouts[slot])
            is_lost = self.nodes[slot] in self.dark or self.random.random() < self.loss[slot]
            arrives = self.now + self.round_trip[slot] * self.random.uniform(1.0, 1.5)
            self._sent += 1
            heappush(self._wire, (due if is_lost else arrives, self._sent, slot, self.now, mark, due))

    def _deliver(self) -> None:
        """Hand over what has arrived, then what has not in time."""
        heard: list[tuple[int, float, float, int]] = []
        missed: list[tuple[int, float, float, int]] = []
        while self._wire and self._wire[0][0] <= self.now:
            when, _, slot, sent, mark, due = heappop(self._wire)
            (missed if when == due else heard).append((slot, sent, when, mark))
        if heard:
            slots, sents, whens, marks = zip(*heard, strict=True)
            self._watch.hear(
                Replies(
                    np.array(slots, np.int64),
                    np.array(sents),
                    np.array(whens),
                    np.array(marks, np.uint8),
                    np.zeros(len(slots), np.bool_),
                )
            )
        if missed:
            slots, sents, _, marks = zip(*missed, strict=True)
            self._watch.miss(Misses(np.array(slots, np.int64), np.array(sents), np.array(marks, np.uint8)))

    def _fold(self, events: Sequence[Event]) -> None:
        self.downs += [event for event in events if isinstance(event, NodeDown)]
        parts = [[one] for one in self.random.sample(events, len(events))] if self._apart else [events]
        for part in parts:
            self._position += 1
            entry = Entry(self._position, self.wall, tuple(part))
            if self.lag or self._late:
                self._late.append((self.now + self.lag, entry))
            else:
                self._judge(entry)

    def _judge(self, entry: Entry) -> None:
        self.picture, effects = fold(self.picture, entry)
        self.opened |= {incident.id: incident for incident in self.picture.open_incidents}
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Confirm():
                self._watch.begin(self.wall, self.now)
                self._watch.confirm(effect, self.slots)
            case Wake():
                heappush(self._wakes, self.now + max(effect.at - self.wall, 0.0))
            case Record():
                self._fold([effect.event])
            case Announce(incident=name, change="opened"):
                incident = self.picture.incident(name)
                if incident is not None:
                    self.pages.append(Page(self.wall, incident, self.dark))
            case _:
                return
