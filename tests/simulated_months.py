"""A month of a county as probers would journal it, and what was true of it, kept apart.

A star of districts, each with its villages: a village is dark when its own router is, or its district's. What happens
is drawn at random from a seed: routers fail, districts fail, the monitor is restarted or killed, work is announced.
`Truth` knows nothing of netmon but the names of its buckets: it is what the report is held against.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from netmon.events import Confirm, Event, MaintenanceScheduled, NodeConfirmed, NodeDown, NodeUp
from netmon.model import Contract, IcmpProbe, Inventory, Link, LinkEnd, Node, Service, Site, SiteKind, Vantage
from tests.scenarios import Player

HOUR = 3600.0
_WORDS = NodeUp | NodeDown | NodeConfirmed


def county(districts: int, villages: int) -> Inventory:
    """Draw a star: `noc`, `gw`, districts `d0`…, and their villages `d0v0`…, each village on a supplier's line."""
    names = [f"d{number}" for number in range(districts)]
    below = {name: [f"{name}v{number}" for number in range(villages)] for name in names}
    sites = {"noc": Site("noc", "NOC", SiteKind.NOC), "gw": Site("gw", "Gerbang", SiteKind.POP)}
    links = {"noc-gw": Link("noc-gw", LinkEnd("noc"), LinkEnd("gw"))}
    for district in names:
        sites[district] = Site(district, district.upper(), SiteKind.DISTRICT, district)
        links[f"gw-{district}"] = Link(f"gw-{district}", LinkEnd("gw"), LinkEnd(district))
        for village in below[district]:
            sites[village] = Site(village, village.upper(), SiteKind.VILLAGE, district)
            name = f"{district}-{village}"
            links[name] = Link(
                name, LinkEnd(district), LinkEnd(village), supplier="icon", contract_mbps=20.0, contract="desa"
            )
    nodes = {
        name: Node(name, name, "198.18.0.1", monitor=("icmp",), icmp=IcmpProbe()) for name in sites if name != "noc"
    }
    nodes["noc"] = Node("noc", "noc", monitor=())
    return Inventory(
        region="uji",
        vantage=Vantage("noc", ("gw",)),
        sites=dict(sorted(sites.items())),
        nodes=dict(sorted(nodes.items())),
        links=links,
        services={
            f"web-{name}": Service(f"web-{name}", name, "website", f"https://{name}.desa.test/")
            for name in (villages_ for district in names for villages_ in below[district][:1])
        },
        contracts={"desa": Contract("desa", "icon", 99.5, 2_500_000.0, 20.0)},
        timezone="Asia/Jakarta",
        digest="simulated",
    )


@dataclass(slots=True)
class Truth:
    """What was true, as plain stretches of time."""

    begun: float
    dark: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    shadowed: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    work: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    blind: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    outages: int = 0

    def seconds(self, site: str, start: float, end: float) -> dict[str, float]:
        """Return the seconds of each bucket, looked up between any two moments at which something changed."""
        stretches = [*self.dark[site], *self.shadowed[site], *self.work[site], *self.blind[site]]
        moments = sorted({start, end, self.begun, *(when for pair in stretches for when in pair)})
        found: dict[str, float] = defaultdict(float)
        inside = [when for when in moments if start <= when <= end]
        for begin, finish in pairwise(inside):
            found[self._bucket(site, (begin + finish) / 2)] += finish - begin
        return found

    def _bucket(self, site: str, when: float) -> str:
        if when < self.begun or _in(self.blind[site], when):
            return "unknown"
        if _in(self.dark[site], when):
            return "maintenance" if _in(self.work[site], when) else "down"
        return "unreachable" if _in(self.shadowed[site], when) else "up"


def _in(stretches: list[tuple[float, float]], when: float) -> bool:
    return any(start <= when < end for start, end in stretches)


class Month(Player):
    """Plays a month: outages one after another, restarts between them, and coverage every hour."""

    def __init__(self, inventory: Inventory, begin: float, seed: int = 1) -> None:
        self._missed: dict[str, float] = {}
        self._heard: dict[str, float] = {}
        super().__init__(inventory, begin)
        self.truth = Truth(self.now)
        self._random = random.Random(seed)
        self._ends: list[tuple[float, str]] = []
        self._covered = self.now

    def live(self, until: float, outages: int, restarts: int = 6, works: int = 6, cover: float = 12 * HOUR) -> None:
        """Let things happen until then; what has failed is repaired before the end. Coverage comes every so often."""
        last = until - 4 * HOUR
        plan = [("lose", self._somewhen(last)) for _ in range(outages)]
        plan += [("away", self._somewhen(last)) for _ in range(restarts)]
        plan += [("work", self._somewhen(last)) for _ in range(works)]
        turns = int((until - self.now) // cover)
        plan += [("cover", self.now + cover * turn) for turn in range(1, turns + 1)]
        for what, when in sorted(plan, key=lambda one: (one[1], one[0])):
            self._repair(when)
            self.run_to(max(self.now, when))
            getattr(self, f"_{what}")()
        self._repair(until)
        self.run_to(until)
        self.do_cover()
        self.run_to(until + 30.0)
        self.do_cover()

    def _somewhen(self, last: float) -> float:
        return round(self._random.uniform(self.now + 60.0, last) * 4) / 4

    def _lose(self) -> None:
        """Let a router fail that is neither dark nor below or above one that is."""
        free = sorted(set(self.seen.nodes) - {"gw"} - self._busy())
        if not free:
            return
        node = self._random.choice(free)
        if "v" not in node and self._random.random() < 0.7:
            return
        self._fail(node, self._random.choice((90.25, 600.5, 1800.0, 7200.75)))

    def _fail(self, node: str, lasts: float) -> None:
        start = self.now
        self.truth.outages += 1
        self.do_lose(node, *self._below(node))
        self._ends.append((start + lasts, node))
        self.truth.dark[node].append((start, start + lasts))
        for village in self._below(node):
            self.truth.shadowed[village].append((start, start + lasts))

    def _work(self) -> None:
        """Announce an hour of work on a village's router, and let it be down for longer than that."""
        free = [node for node in sorted(set(self.seen.nodes) - self._busy()) if "v" in node]
        if not free:
            return
        node = self._random.choice(free)
        start, end = self.now + 60.0, self.now + 60.0 + HOUR
        self.say(MaintenanceScheduled(self.now, f"w{self.now:.0f}", f"node:{node}", start, end, "siti"))
        self.truth.work[node].append((start, end))
        self._repair(start + 300.0)
        self.run_to(start + 300.0)
        if node not in self._busy():
            self._fail(node, HOUR + 900.0)

    def _away(self) -> None:
        """Stop the monitor in good order, or kill it.

        Nothing is known from its last word of coverage on, or of a node, from the last word about it.
        """
        if self._random.random() < 0.5:
            self.do_cover()
        pause = self._random.choice((20.0, 300.5, 5400.0))
        since, back = self._covered, self.now + pause
        for _, node in list(self._ends):  # what is repaired meanwhile is found repaired
            if self._end_of(node) <= back:
                self.dead.difference_update((node, *self._below(node)))
        self._ends = [(end, node) for end, node in self._ends if end > back]
        for node in self.seen.nodes:
            self.truth.blind[node].append((max(since, self._heard.get(node, since)), back))
        self._be_away(pause)
        self._find_out()
        self._covered = back

    def _end_of(self, node: str) -> float:
        return next(end for end, name in self._ends if name == node)

    def _cover(self) -> None:
        self.do_cover()

    def say(self, *events: Event, inventory: Inventory | None = None) -> None:
        """Fold one entry; remember when each node was last spoken of."""
        self._heard.update({event.node: event.at for event in events if isinstance(event, _WORDS)})
        super().say(*events, inventory=inventory)

    def do_lose(self, *nodes: str) -> None:
        """Let nodes fall silent; whoever is asked about them later, they were first missed now."""
        self._missed.update(dict.fromkeys(nodes, self.now))
        super().do_lose(*nodes)

    def _confirm(self, question: Confirm) -> None:
        self.now += 0.05
        self.say(
            *(
                NodeDown(self.now, node, self._missed[node])
                if node in self.dead
                else NodeConfirmed(self.now, node, question.asked)
                for node in question.nodes
            )
        )

    def do_cover(self) -> None:
        """Journal that probing was alive up to now."""
        super().do_cover()
        self._covered = self.now

    def _repair(self, until: float) -> None:
        while self._ends and min(self._ends)[0] <= until:
            end, node = min(self._ends)
            self._ends.remove((end, node))
            self.run_to(max(self.now, end))
            self.do_back(node, *self._below(node))

    def _busy(self) -> set[str]:
        busy = set()
        for _, node in self._ends:
            busy |= {node, *self._below(node), node.split("v")[0]}
        return busy

    def _below(self, node: str) -> list[str]:
        return [name for name in self.seen.nodes if "v" not in node and name.startswith(f"{node}v")]


def without_village(inventory: Inventory, village: str) -> Inventory:
    """Return a drawing before a village was connected."""
    return replace(
        inventory,
        sites={name: site for name, site in inventory.sites.items() if name != village},
        nodes={name: node for name, node in inventory.nodes.items() if name != village},
        links={name: link for name, link in inventory.links.items() if village not in (link.a.node, link.b.node)},
        services={name: one for name, one in inventory.services.items() if one.site != village},
        digest=f"without {village}",
    )


def names(inventory: Inventory) -> Iterator[str]:
    """Yield the sites that are watched."""
    return (node.site for node in inventory.nodes.values() if node.is_monitored)
