"""A county that lives through what a test tells, and the picture that comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from netmon.events import (
    Confirm,
    Effect,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    NodeConfirmed,
    NodeDown,
    NodeUp,
    PortState,
    ProbingStarted,
    Wake,
)
from netmon.model import Inventory
from netmon.picture.fold import fold
from netmon.picture.state import Picture

T0 = 1000.0


class Story:
    """Folds what is said, and answers the fold's questions as a prober on a network with dead nodes would."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.now = T0
        self.entries: list[Entry] = []
        self.effects: list[Effect] = []
        self.picture: Picture | None = None
        self.say(InventoryInForce(self.now, inventory.digest), ProbingStarted(self.now, "p"), inventory=inventory)
        self.up(*(name for name, node in inventory.nodes.items() if node.is_monitored))

    @property
    def seen(self) -> Picture:
        assert self.picture is not None
        return self.picture

    def say(self, *events: Event, inventory: Inventory | None = None) -> Sequence[Effect]:
        entry = Entry(len(self.entries) + 1, self.now, events, inventory)
        self.entries.append(entry)
        self.picture, effects = fold(self.picture, entry)
        self.effects += effects
        return effects

    def up(self, *nodes: str) -> Sequence[Effect]:
        return self.say(*(NodeUp(self.now, node, self.now) for node in nodes))

    def down(self, *nodes: str, missed: float | None = None) -> Sequence[Effect]:
        since = self.now - 1.0 if missed is None else missed
        return self.say(*(NodeDown(self.now, node, since) for node in nodes))

    def read(self, ports: str, *, up: bool) -> Sequence[Effect]:
        """Let ports, written `node:port`, be read."""
        self.now += 0.01
        named = [port.split(":") for port in ports.split()]
        return self.say(*(PortState(self.now, node, port, up) for node, port in named))

    def answer(self, effects: Sequence[Effect], dead: frozenset[str] = frozenset()) -> None:
        """Answer confirmations, and those that follow from the answers.

        Who is unknown, and not said to be dead, is being tried: the story goes on to tell what comes of it.
        """
        for effect in effects:
            if isinstance(effect, Confirm):
                asked = self.now
                self.now += 0.1
                told: list[Event] = [
                    NodeDown(self.now, node, asked) if node in dead else NodeConfirmed(self.now, node, asked)
                    for node in effect.nodes
                    if node in dead or self.seen.nodes[node].reach != "unknown"
                ]
                self.answer(self.say(*told), dead)

    def wake(self) -> Sequence[Effect]:
        """Let time pass until the fold wanted to be woken next."""
        self.now = min(effect.at for effect in self.effects if isinstance(effect, Wake) and effect.at > self.now)
        return self.say(Elapsed(self.now))

    def lose(self, *nodes: str) -> None:
        """Let nodes fail as a prober would see it: the first named is noticed first, the rest when asked."""
        self.now += 10.0
        self.answer(self.down(nodes[0]), frozenset(nodes))
        for node in nodes[1:]:
            if self.seen.nodes[node].reach != "down":
                self.answer(self.down(node), frozenset(nodes))

    def named(self) -> set[str]:
        return {str(incident.fault.element) for incident in self.seen.open_incidents}

    def verdicts(self) -> dict[str, str]:
        return {site: str(found.verdict) for site, found in self.seen.site_findings.items()}
