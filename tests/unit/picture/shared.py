"""A ring that several probers share."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Self

from netmon.events import (
    Confirm,
    Coverage,
    Effect,
    Entry,
    Event,
    InventoryInForce,
    Member,
    NodeConfirmed,
    NodeDown,
    NodeUp,
    ProbersChanged,
    ProbingStarted,
    ToldBy,
)
from netmon.model import Inventory, Vantage
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from tests.drawings import drawing

T0 = 1000.0


RING = "noc-gw gw-a a-b b-c c-d d-e e-gw"


NODES = ("gw", "a", "b", "c", "d", "e")


class Shared:
    """Probers that tell a fold what they see of a network whose dead nodes are named; each has a run of its own."""

    def __init__(self, inventory: Inventory, *members: Member) -> None:
        self.inventory = inventory
        self.now = T0
        self.position = 0
        self.numbers: dict[str, int] = {}
        self.picture: Picture | None = None
        self.dead: set[str] = set()
        self.cut_off: dict[str, set[str]] = {}
        self.members: tuple[Member, ...] = ()
        self.fold(InventoryInForce(self.now, inventory.digest), inventory=inventory)
        self.join(*members)

    def again(self) -> Self:
        """Return probers who have told the same, and who go on by themselves."""
        other = copy(self)
        other.numbers, other.dead, other.cut_off = dict(self.numbers), set(self.dead), dict(self.cut_off)
        return other

    @property
    def seen(self) -> Picture:
        assert self.picture is not None
        return self.picture

    def fold(self, *events: Event, inventory: Inventory | None = None) -> list[Effect]:
        self.position += 1
        self.picture, effects = fold(self.picture, Entry(self.position, self.now, events, inventory))
        return list(effects)

    def members_are(self, *members: Member) -> None:
        self.members = tuple(sorted(members, key=lambda one: one.name))
        self.fold(ProbersChanged(self.now, self.members))

    def join(self, *members: Member) -> None:
        for member in members:
            self.tell(member.name, ProbingStarted(self.now, member.name), vantage=member.vantage)
        self.members_are(*self.members, *(replace(member, since=self.now) for member in members))
        self.now += 1.0
        for member in members:
            self.look(member.name)

    def vanish(self, name: str) -> None:
        self.members_are(*(one for one in self.members if one.name != name))

    def vantage(self, name: str) -> str:
        known = [one.vantage for one in self.members if one.name == name]
        return known[0] if known else "noc"

    def tell(
        self, name: str, *events: Event, vantage: str | None = None, run: str = "1", at: float | None = None
    ) -> list[Effect]:
        self.numbers[name] = self.numbers.get(name, 0) + 1
        head = ToldBy(
            self.now if at is None else at, name, vantage or self.vantage(name), f"{name}{run}", self.numbers[name]
        )
        return self.fold(head, *events)

    def kept(self, name: str) -> list[str]:
        kept = self.seen.sharing.keepers.get(self.vantage(name), {})
        return sorted(node for node, keeper in kept.items() if keeper == name)

    def is_dark(self, node: str, vantage: str) -> bool:
        return node in self.dead or node in self.cut_off.get(vantage, ())

    def look(self, *names: str) -> None:
        """Each prober says what it sees of every node it keeps, and answers what is asked of it."""
        for name in names or [one.name for one in self.members]:
            words: list[Event] = []
            for node in self.kept(name):
                gone = self.is_dark(node, self.vantage(name))
                words.append(NodeDown(self.now, node, self.now - 0.8) if gone else NodeUp(self.now, node, self.now))
            self.answer(self.tell(name, *words, Coverage(self.now, name, self.now)))

    def answer(self, effects: list[Effect]) -> None:
        for _ in range(10):
            asked = [node for effect in effects if isinstance(effect, Confirm) for node in effect.nodes]
            if not asked:
                return
            self.now += 0.1
            effects = []
            for member in self.members:
                words: list[Event] = [
                    NodeDown(self.now, node, self.now - 0.05)
                    if self.is_dark(node, member.vantage)
                    else NodeConfirmed(self.now, node, self.now)
                    for node in asked
                    if node in self.kept(member.name)
                ]
                if words:
                    effects += self.tell(member.name, *words)
        raise AssertionError("it goes on asking")

    def verdicts(self) -> dict[str, str]:
        return {name: str(self.seen.site_findings[name].verdict) for name in NODES}


def at(name: str, vantage: str = "noc") -> Member:
    return Member(name, vantage)


def both_ends(ways: str = "noc-a a-b b-c c-d d-far") -> Inventory:
    drawn = drawing(ways, passive="far")
    return replace(drawn, vantage=Vantage("noc", also=("far",)))
