"""The watch: what follows from replies, misses and failures, as events and as requests out of turn. Pure.

It joins what is believed of every slot (`belief`, `quality`) with who stands there and who waits for word of them.
Times are passed in: each turn of the prober begins with `begin`, which sets both clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netmon.events import Confirm, Event, NodeConfirmed, NodeDown, NodeQuality, NodeUnknown, NodeUp, ProbingGap
from netmon.probes.belief.quality import Quality
from netmon.probes.belief.reach import DOWN, UNKNOWN, UP, Belief
from netmon.probes.icmp.bursts import Bursts
from netmon.probes.icmp.inflight import Floats, Ints, Misses, Replies
from netmon.probes.icmp.measurements import Counters
from netmon.probes.icmp.settings import IcmpSettings

PROBER = "icmp"
"""The name that the events of this prober carry."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """Somebody waits for word of a node: since when, on both clocks, and how many misses are word of its death."""

    wall: float
    monotonic: float
    misses: int


class Watch:
    """What is believed of `capacity` slots, and what has to be told.

    Args:
        capacity: slots.
        settings: timeouts and the gap of bursts.
        bursts: where requests out of turn are planned.
    """

    def __init__(self, capacity: int, settings: IcmpSettings, bursts: Bursts) -> None:
        self._burst_gap, self._vigil = settings.burst_gap, settings.vigil
        self.belief = Belief(capacity, settings.belief)
        self.quality = Quality(capacity)
        self.counters = Counters(capacity)
        self._bursts = bursts
        self._in_trouble = np.zeros(capacity, np.bool_)
        self._nodes: Mapping[int, str] = {}
        self._neighbours: Mapping[int, Sequence[int]] = {}
        self._asks: dict[int, _Ask] = {}
        self._events: list[Event] = []
        self._wall = self._monotonic = 0.0

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        for columns in (self.belief, self.quality, self.counters, self._bursts):
            columns.grow(capacity)
        added = capacity - len(self._in_trouble)
        self._in_trouble = np.concatenate([self._in_trouble, np.zeros(added, np.bool_)])

    def begin(self, wall: float, monotonic: float) -> None:
        """Set the time of what follows."""
        self._wall, self._monotonic = wall, monotonic

    def set_nodes(self, nodes: Mapping[int, str], neighbours: Mapping[int, Sequence[int]]) -> None:
        """Say which node stands at each slot, and which slots are its neighbours."""
        self._nodes, self._neighbours = nodes, neighbours

    def forget(self, slots: Sequence[int]) -> None:
        """Clear every column of these slots, for new targets or none."""
        where = np.array(slots, np.int64)
        for columns in (self.belief, self.quality, self.counters):
            columns.reset(where)
        self._bursts.stop(where)
        self._in_trouble[where] = False
        for slot in slots:
            self._asks.pop(slot, None)

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    @property
    def is_waiting(self) -> bool:
        """True while a suspect is tried or somebody waits for word of a node."""
        return bool(self._asks) or self._bursts.active

    @property
    def undecided_since(self) -> float:
        """Return the monotonic time of the oldest thing that is not judged yet: a first miss, or what was asked.

        Infinity when all is.
        """
        asked = min((ask.monotonic for ask in self._asks.values()), default=np.inf)
        return min(float(self.belief.first_miss[self.belief.suspects].min(initial=np.inf)), asked)

    def wall(self, monotonic: float) -> float:
        """Return the wall time of a moment on the monotonic clock."""
        return self._wall - (self._monotonic - monotonic)

    def confirm(self, effect: Confirm, slots: Mapping[str, int]) -> None:
        """Ask these nodes out of turn; one word of each will follow.

        That a node is still down takes as much evidence as that it is: one lost packet must not turn a repair that is
        under way into a fault of its own.
        """
        for node in effect.nodes:
            if node not in slots:
                self.say_unknown(node, effect.asked, "it is not pinged")
        pinged = np.array([slots[node] for node in effect.nodes if node in slots], np.int64)
        asked = min(self._monotonic, self._monotonic - (self._wall - effect.asked))
        for slot, needed in zip(pinged.tolist(), self.belief.misses_needed(pinged).tolist(), strict=True):
            self._asks[slot] = _Ask(effect.asked, asked, needed)
        self._bursts.ask(pinged, self._monotonic, urgent=True)

    def say_unknown(self, node: str, since: float, reason: str) -> None:
        """Tell that nothing is known of a node since a wall time."""
        self._events.append(NodeUnknown(self._wall, node, since, reason))

    def interrupted(self, since: float, reason: str, *, lost_packets: bool) -> None:
        """Void what is believed: the prober was away since a wall time. What was learned of lines stays."""
        self._events.append(ProbingGap(self._wall, PROBER, since, reason))
        everyone = np.fromiter(self._nodes, np.int64, len(self._nodes))
        self.belief.blind(everyone)
        if lost_packets:
            self._bursts.stop(everyone)
            self._ask_again()

    def hear(self, replies: Replies) -> None:
        """Take in believed replies."""
        slots, counters, rtt = replies.slots, self.counters, replies.rtt
        counters.count_replies(slots, rtt)
        if np.count_nonzero(replies.marks):
            np.add.at(counters.extras_answered, slots[replies.extra], 1)
        if np.count_nonzero(replies.overdue):
            np.subtract.at(counters.rounds_lost, slots[replies.overdue & ~replies.extra], 1)
        heard = self.belief.heard(slots, replies.sent, replies.received, rtt)
        if len(heard.cleared) or len(heard.risen):
            self._bursts.stop(np.concatenate([heard.cleared, heard.risen]))
            self._in_trouble[heard.risen] = False
            for slot, since in zip(heard.risen.tolist(), heard.risen_at.tolist(), strict=True):
                self._events.append(NodeUp(self._wall, self._nodes[slot], self.wall(since)))
        if self._asks:
            for slot, sent in zip(slots.tolist(), replies.sent.tolist(), strict=True):
                ask = self._asks.get(slot)
                if ask is not None and sent >= ask.monotonic:
                    del self._asks[slot]
                    self._events.append(NodeConfirmed(self._wall, self._nodes[slot], ask.wall))
            self._ask_again()

    def miss(self, misses: Misses) -> None:
        """Take in requests that stayed unanswered."""
        slots = misses.slots
        if not len(slots):
            return
        is_loss = ~misses.extra & (self.belief.known[slots] != DOWN)  # an outage is no quality of the line
        np.add.at(self.counters.rounds_lost, slots[is_loss], 1)
        missed = self.belief.missed(slots, misses.sent, self._monotonic)
        if len(missed.suspected):
            self._bursts.start(missed.suspected, self._monotonic)
            self._ask_neighbours(missed.suspected)
        self._bursts.keep_vigil(missed.fallen, self._monotonic + self._vigil)
        self._in_trouble[missed.fallen] = False
        for slot in missed.fallen.tolist():
            self._say_down(slot)
        if self._asks:
            for slot, sent in zip(slots.tolist(), misses.sent.tolist(), strict=True):
                ask = self._asks.get(slot)
                if ask is None or sent < ask.monotonic or self.belief.known[slot] != DOWN:
                    continue
                self._asks[slot] = replace(ask, misses=ask.misses - 1)
                if ask.misses <= 1:
                    self._say_down(slot)
            self._ask_again()

    def lose_sight(self, slots: Ints, times: Floats, reason: str) -> None:
        """Believe nothing of slots that cannot be sent to since `times`: our own trouble, and not theirs."""
        news = (self.belief.known[slots] != UNKNOWN) | ~self._in_trouble[slots]
        for slot, since, is_news in zip(slots.tolist(), times.tolist(), news.tolist(), strict=True):
            if self._asks.pop(slot, None) is not None or is_news:
                self.say_unknown(self._nodes[slot], self.wall(since), reason)
        self._in_trouble[slots] = True
        self.belief.blind(slots)
        self._bursts.stop(slots)

    def look_at_network(self, seconds: float) -> None:
        """Judge the quality of all lines, and learn what loss is usual; every few `seconds`."""
        self.belief.loss.fade(seconds)
        self.belief.loss.look_at_network()
        for change in self.quality.look(self.counters.rounds()):
            node = self._nodes[change.slot]
            self._events.append(NodeQuality(self._wall, node, change.degraded, change.reason))

    def _say_down(self, slot: int) -> None:
        self._asks.pop(slot, None)
        since = self.wall(float(self.belief.first_miss[slot]))
        self._events.append(NodeDown(self._wall, self._nodes[slot], since))

    def _ask_neighbours(self, suspected: Ints) -> None:
        """Ask who stands beside new suspects, so that a dead parent is not found last."""
        slots = {beside for slot in suspected.tolist() for beside in self._neighbours.get(slot, ())}
        beside = np.array(sorted(slots), np.int64)
        trusted = (self.belief.known[beside] == UP) & (self.belief.misses[beside] == 0)
        self._bursts.ask(beside[trusted], self._monotonic, urgent=False)

    def _ask_again(self) -> None:
        """Plan a request for every node that somebody waits for and that has none planned."""
        if self._asks:
            slots = np.fromiter(self._asks, np.int64, len(self._asks))
            self._bursts.ask(slots, self._monotonic + self._burst_gap, urgent=True)
