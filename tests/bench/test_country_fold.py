"""What folding costs by the size of the country and of what falls dark at once: no network, the real fold.

Four probers report as they do, a turn of 20 ms at a time: a region falls silent within a second, each of its nodes is
told dark a little more than a second after its first miss, and whoever is asked answers 30 ms later. Counted is
processor time of the fold alone.
"""

from __future__ import annotations

import random
import time
from heapq import heappop, heappush
from pathlib import Path

import pytest

from netmon.bench.country_drawing import Drawing, country
from netmon.events import (
    Confirm,
    Coverage,
    Elapsed,
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
    Wake,
)
from netmon.inventory.load import load_inventory
from netmon.model import Element, ElementKind, Inventory
from netmon.picture.fold import fold
from netmon.picture.state import Picture

pytestmark = pytest.mark.bench
PROBERS = ("p0", "p1", "p2", "p3")
TURN, ANSWER, LONGEST = 0.02, 0.03, 10.0
AT_ONCE = 2_000


class Told:
    """A journal that four probers write, and its fold. `spent` are the seconds that each entry took."""

    def __init__(self, inventory: Inventory) -> None:
        self.now = 1.7e9
        self.picture: Picture | None = None
        self.spent: list[float] = []
        self.wakes: list[float] = []
        self.asked: list[tuple[float, str]] = []
        self._position = 0
        self._numbers = dict.fromkeys(PROBERS, 0)
        self.fold(InventoryInForce(self.now, inventory.digest), inventory=inventory)
        for name in PROBERS:
            self.tell(name, ProbingStarted(self.now, name))
        self.fold(ProbersChanged(self.now, tuple(Member(name, "noc", "", 1.0, self.now) for name in PROBERS)))
        self.keepers = dict(self.seen.sharing.keepers["noc"])
        for name in PROBERS:
            own = [node for node, keeper in self.keepers.items() if keeper == name]
            for start in range(0, len(own), AT_ONCE):
                self.now += TURN
                self.tell(name, *(NodeUp(self.now, node, self.now) for node in own[start : start + AT_ONCE]))
        self.now += 5.0
        self.fold(Elapsed(self.now))

    @property
    def seen(self) -> Picture:
        assert self.picture is not None
        return self.picture

    def fold(self, *events: Event, inventory: Inventory | None = None) -> None:
        self._position += 1
        entry = Entry(self._position, self.now, events, inventory)
        began = time.process_time()
        self.picture, effects = fold(self.picture, entry)
        self.spent.append(time.process_time() - began)
        for effect in effects:
            if isinstance(effect, Wake):
                heappush(self.wakes, effect.at)
            elif isinstance(effect, Confirm):
                self.asked += [(self.now, node) for node in effect.nodes]

    def tell(self, name: str, *events: Event) -> None:
        self._numbers[name] += 1
        self.fold(ToldBy(self.now, name, "noc", "run", self._numbers[name]), *events)

    def tell_all(self, words: list[tuple[str, Event]]) -> None:
        """Let each prober tell what it has to, in one entry."""
        for name in PROBERS:
            if own := [event for node, event in words if self.keepers[node] == name]:
                self.tell(name, *own)

    def cover(self) -> None:
        for name in PROBERS:
            self.tell(name, Coverage(self.now, name, self.now - 0.1))

    def darken(self, nodes: tuple[str, ...]) -> float:
        """Let nodes fall silent; return how long it took until one fault had them all, by the journal's clock."""
        cut, chance, silent = self.now, random.Random(1), set(nodes)
        misses = {node: cut + chance.random() for node in nodes}
        downs = sorted((since + chance.uniform(1.1, 1.2), node) for node, since in misses.items())
        place, covered = 0, cut
        while not any(len(one.fault.nodes) == len(nodes) for one in self.seen.open_incidents):
            assert self.now - cut < LONGEST
            self.now += TURN
            while self.wakes and self.wakes[0] <= self.now:
                heappop(self.wakes)
                self.fold(Elapsed(self.now))
            words: list[tuple[str, Event]] = []
            while place < len(downs) and downs[place][0] <= self.now:
                node = downs[place][1]
                words.append((node, NodeDown(self.now, node, misses[node])))
                place += 1
            due = [one for one in self.asked if one[0] + ANSWER <= self.now]
            self.asked = [one for one in self.asked if one not in due]
            words += [(node, NodeConfirmed(self.now, node, at)) for at, node in due if node not in silent]
            self.tell_all(words)
            if self.now - covered >= 1.0:
                covered = self.now
                self.cover()
        return self.now - cut

    def relight(self, nodes: tuple[str, ...]) -> None:
        """Let nodes answer again within a second, until nothing is wrong any more."""
        begun, chance = self.now, random.Random(2)
        ups = sorted((begun + chance.random(), node) for node in nodes)
        place, covered = 0, begun
        while self.seen.open_incidents or self.seen.is_overtaken:
            assert self.now - begun < LONGEST
            self.now += TURN
            while self.wakes and self.wakes[0] <= self.now:
                heappop(self.wakes)
                self.fold(Elapsed(self.now))
            words: list[tuple[str, Event]] = []
            while place < len(ups) and ups[place][0] <= self.now:
                words.append((ups[place][1], NodeUp(self.now, ups[place][1], ups[place][0])))
                place += 1
            self.asked.clear()  # who comes back says so by itself
            self.tell_all(words)
            if self.now - covered >= 1.0:
                covered = self.now
                self.cover()


def _drawn(folder: Path, villages: int, regions: int, dark: int) -> tuple[Drawing, Inventory]:
    drawing = country(villages, regions, dark)
    (folder / "country.yaml").write_text(drawing.text)
    return drawing, load_inventory(folder / "country.yaml").inventory


@pytest.mark.parametrize(
    ("villages", "regions", "dark"),
    [(4_000, 24, 500), (4_000, 24, 1_000), (4_000, 24, 2_000), (20_000, 120, 2_000), (83_000, 500, 2_000)],
)
def test_cost_of_folding(
    villages: int, regions: int, dark: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing, inventory = _drawn(tmp_path, villages, regions, dark)
    told = Told(inventory)
    start = sum(told.spent)
    told.spent.clear()
    for _ in range(25):
        told.now += 1.0
        told.cover()
    calm = sum(told.spent) / len(told.spent)
    told.spent.clear()
    named = told.darken(drawing.region)
    (fault,) = (one.fault for one in told.seen.open_incidents)
    assert Element(ElementKind.CABLE, drawing.trunk) in (fault.element, *fault.alternatives)
    until_named = list(told.spent)
    told.spent.clear()
    told.relight(drawing.region)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{villages} villages, {drawing.nodes} nodes: start {start:.1f} s, coverage {calm * 1e3:.2f} ms a word;"
            f" {len(drawing.region)} dark, told in {len(until_named)} entries: folded in {sum(until_named):.2f} s,"
            f" the longest {max(until_named):.2f} s; named {named:.1f} s after the cut by the clock of the network;"
            f" back again in {sum(told.spent):.2f} s"
        )
