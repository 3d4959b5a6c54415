"""Scenarios: labelled stories of `tests/data/scenarios`, told to the fold. Their README says how to write one."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

import yaml

from netmon.events import (
    CauseRevised,
    Confirm,
    Coverage,
    Elapsed,
    Entry,
    Event,
    EvidenceSeen,
    InventoryInForce,
    LightLevel,
    NodeConfirmed,
    NodeDown,
    NodeUp,
    PortState,
    ProbingGap,
    ProbingStarted,
    ProbingStopped,
    Record,
    RunningSince,
    Wake,
)
from netmon.model import Cause, EvidenceKind, Inventory, LinkKind, SnmpProbe
from netmon.picture.fold import fold
from netmon.picture.state import Incident, Picture
from tests.drawings import drawing

FOLDER = Path(__file__).parent / "data" / "scenarios"
BEGIN = 1_790_000_000.0
"""Wall-clock time of second 0."""
AFTERWARDS = 120.0
"""Seconds that a story goes on after its last line."""
NOTICED = 1.0
"""Seconds from a first miss to the verdict."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """One story. `expect` lists element and cause of each incident; `without` replaces parts of the drawing."""

    id: str
    about: str
    draw: str
    truth: Cause
    story: str
    expect: Sequence[str]
    cables: dict[str, str] = field(default_factory=dict)
    power: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    passive: str = ""
    without: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def robbed(self) -> Scenario:
        """The scenario without its evidence."""
        kept = [line for line in self.story.splitlines() if not line.lstrip().startswith("!")]
        return replace(self, story="\n".join(kept), **self.without)

    def inventory(self) -> Inventory:
        """Return its drawing, every node polled."""
        drawn = drawing(self.draw, cables=self.cables, passive=self.passive, power=self.power, ports=True)
        return replace(
            drawn,
            nodes={
                name: replace(node, snmp=SnmpProbe() if node.icmp else None) for name, node in drawn.nodes.items()
            },
            links={
                name: replace(link, kind=LinkKind(self.kinds.get(name, link.kind)))
                for name, link in drawn.links.items()
            },
        )


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios, by file and place."""
    entries = [
        entry
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]
    return tuple(Scenario(**{**entry, "truth": Cause(entry["truth"])}) for entry in entries)


@cache
def play(scenario: Scenario) -> Picture:
    """Return the picture after a story."""
    player = Player(scenario.inventory())
    lines = [line.replace("!", " ").split() for line in scenario.story.splitlines() if line.strip()]
    for when, verb, *words in lines:
        player.run_to(BEGIN + float(when))
        getattr(player, f"do_{verb}")(*words)
    player.run_to(player.now + AFTERWARDS)
    return player.seen


def stated(picture: Picture) -> list[str]:
    """Return element and cause of each incident of a picture, oldest first."""
    return [f"{one.fault.element} {one.fault.cause}" for one in incidents(picture)]


def incidents(picture: Picture) -> list[Incident]:
    """Return all incidents, oldest first."""
    return sorted((*picture.open_incidents, *picture.closed_incidents), key=lambda one: (one.opened, one.id))


class Player:
    """Tells the fold a story as probers would: it answers what is asked, and wakes when it is asked to."""

    def __init__(self, inventory: Inventory, begin: float = BEGIN - 60.0) -> None:
        self.now = begin
        self.dead: set[str] = set()
        self.entries: list[Entry] = []
        self._wakes: list[float] = []
        self._picture: Picture | None = None
        self.say(InventoryInForce(self.now, inventory.digest), ProbingStarted(self.now, "p"), inventory=inventory)
        self.say(*(NodeUp(self.now, name, self.now) for name, node in inventory.nodes.items() if node.is_monitored))

    def again(self) -> Self:
        """Return a player to whom the same has happened, and who goes on by itself."""
        other = copy(self)
        other.dead, other.entries, other._wakes = set(self.dead), list(self.entries), list(self._wakes)
        return other

    @property
    def seen(self) -> Picture:
        """The picture now."""
        assert self._picture is not None
        return self._picture

    def run_to(self, when: float) -> None:
        """Let time pass; wake the fold as often as it asked to be."""
        while self._wakes and self._wakes[0] <= when:
            self.now = max(self.now, heapq.heappop(self._wakes))
            self.say(Elapsed(self.now))
        self.now = max(self.now, when)

    def say(self, *events: Event, inventory: Inventory | None = None) -> None:
        """Fold one entry, and what follows from it."""
        entry = Entry(len(self.entries) + 1, self.now, events, inventory)
        self.entries.append(entry)
        self._picture, effects = fold(self._picture, entry)
        for effect in effects:
            match effect:
                case Wake():
                    heapq.heappush(self._wakes, effect.at)
                case Record():
                    self.say(effect.event)
                case Confirm():
                    self._confirm(effect)
                case _:
                    pass

    def _confirm(self, question: Confirm) -> None:
        answers: list[Event] = [
            NodeDown(self.now, node, question.asked)
            if node in self.dead
            else NodeConfirmed(self.now, node, question.asked)
            for node in question.nodes
            if self.seen.nodes[node].reach != "down" or node not in self.dead
        ]
        if answers:
            self.now += 0.05
            self.say(*answers)

    def do_lose(self, *nodes: str) -> None:
        """Let nodes fall silent; they are found silent one after the other."""
        since = self.now
        self.dead.update(nodes)
        self.run_to(since + NOTICED)
        for node in nodes:
            if node in self.seen.nodes and self.seen.nodes[node].reach != "down":
                self.say(NodeDown(self.now, node, since))

    def do_back(self, *nodes: str) -> None:
        """Let nodes answer again."""
        self.dead.difference_update(nodes)
        self.say(*(NodeUp(self.now, node, self.now) for node in nodes))

    def do_port(self, port: str, state: str) -> None:
        """Let a poll read a port."""
        node, _, name = port.partition(":")
        self.say(PortState(self.now, node, name, state == "up"))

    def do_light(self, port: str, level: str) -> None:
        """Let a poll read received light."""
        node, _, name = port.partition(":")
        self.say(LightLevel(self.now, node, name, None if level == "none" else float(level)))

    def do_told(self, node: str, kind: str, *since: str) -> None:
        """Let evidence arrive, true since another time where that is said."""
        true_from = BEGIN + float(since[1]) if since else self.now
        self.say(EvidenceSeen(self.now, node, EvidenceKind(kind), true_from))

    def do_runs(self, node: str, _since: str, start: str) -> None:
        """Let a poll read since when a node runs."""
        self.say(RunningSince(self.now, node, BEGIN + float(start)))

    def do_says(self, number: str, cause: str) -> None:
        """Let a person say the cause of an incident."""
        incident = incidents(self.seen)[int(number) - 1]
        self.say(CauseRevised(self.now, incident.id, Cause(cause), "siti"))

    def do_restart(self, seconds: str) -> None:
        """Stop the monitor for a while; then it finds out again what answers."""
        self.do_cover()
        self.say(ProbingStopped(self.now, "p"))
        self._be_away(float(seconds))
        self._find_out()

    def do_crash(self, seconds: str) -> None:
        """Kill the monitor: it says nothing any more, and is back after a while."""
        self._be_away(float(seconds))
        self._find_out()

    def do_cover(self) -> None:
        """Journal that probing was alive up to now."""
        self.say(Coverage(self.now, "p", self.now))

    def do_step(self, seconds: str) -> None:
        """Let the wall clock jump, forwards or backwards."""
        before = self.now
        self._wakes = [when + float(seconds) for when in self._wakes]
        self.now += float(seconds)
        self.say(ProbingGap(self.now, "p", min(before, self.now), "clock step"))
        self._hear()

    def _be_away(self, seconds: float) -> None:
        self.now += seconds
        self._wakes.clear()

    def _find_out(self) -> None:
        self.say(ProbingStarted(self.now, "p"))
        self._hear()

    def _hear(self) -> None:
        self.say(*(NodeUp(self.now, node, self.now) for node in self.seen.nodes if node not in self.dead))
        self.do_lose(*sorted(self.dead.intersection(self.seen.nodes)))
