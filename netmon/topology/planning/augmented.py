"""The network with spans that are not built yet, as an inventory like any other, so that the same code judges it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from netmon.model import IcmpProbe, Inventory, Link, LinkEnd, Node
from netmon.topology.graph import Graph
from netmon.topology.planning.candidates import Candidate
from netmon.topology.robustness.footing import Footing, speaking
from netmon.topology.robustness.spans import Span
from netmon.topology.robustness.spof import falls_by_code
from netmon.topology.robustness.toll import TollBooth
from netmon.topology.robustness.tree import Tree

PLANNED = "plan~"
"""How the ids of nodes and links begin that are not built."""


def entrances(inventory: Inventory, spans: Iterable[Candidate] = ()) -> dict[str, str]:
    """Return, by site, the node where a span arrives: reached, watched, with most links; the vantage last.

    A site of these spans without a node gets one, whose id begins with `PLANNED`.
    """
    beside: dict[str, list[str]] = {name: [] for name in inventory.nodes}
    for link in inventory.links.values():
        beside[link.a.node].append(link.b.node)
        beside[link.b.node].append(link.a.node)
    home = inventory.vantage.node
    waiting = [home, *inventory.vantage.also]
    reached = set(waiting)
    for here in waiting:
        for there in beside[here]:
            if there not in reached:
                reached.add(there)
                waiting.append(there)
    best: dict[str, tuple[tuple[bool, bool, bool, int], str]] = {}
    for name, node in sorted(inventory.nodes.items()):
        rank = (name in reached, name != home, node.is_monitored, len(beside[name]))
        if node.site not in best or rank > best[node.site][0]:
            best[node.site] = rank, name
    ends = {site: name for site, (_, name) in best.items()}
    for span in spans:
        for site in (span.a, span.b):
            ends.setdefault(site, f"{PLANNED}{site}")
    return ends


def with_spans(inventory: Inventory, spans: Sequence[Candidate]) -> Inventory:
    """Return the inventory with these spans, each a link in no cable, and a router at each site that has none."""
    nodes, links = dict(inventory.nodes), dict(inventory.links)
    ends = entrances(inventory, spans)
    for number, span in enumerate(spans):
        for site in (span.a, span.b):
            if ends[site] not in nodes:
                nodes[ends[site]] = Node(ends[site], site, icmp=IcmpProbe())
        name = _link_id(number)
        links[name] = Link(name, LinkEnd(ends[span.a]), LinkEnd(ends[span.b]), span.kind, span.length_km)
    return replace(inventory, nodes=nodes, links=links)


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What single nodes, links and cables darken elsewhere than at the centre.

    `falls` are codes, what falls, and by number the sites that it darkens. The centre is the vantage's own site: what
    fails there is no failure of the network outside. A site's own nodes are not held against it. `joined` are all
    served sites that are reached, `hung` those that a single failure darkens; `touched` are all sites of which a node
    is reached.
    """

    tree: Tree
    falls: tuple[tuple[int, tuple[Span, ...], frozenset[int]], ...]
    joined: frozenset[str]
    hung: frozenset[str]
    touched: frozenset[str]
    spofs: int
    worst: int

    @property
    def protected(self) -> frozenset[str]:
        """The sites that survive any single failure of a node, link or cable."""
        return self.joined - self.hung

    @classmethod
    def of(cls, inventory: Inventory) -> Exposure:
        """Return what hangs on what."""
        return cls.on(inventory, Footing.of(Graph.from_inventory(inventory)))

    @classmethod
    def on(cls, inventory: Inventory, footing: Footing) -> Exposure:
        """Return what hangs on what in the part of a network that is there."""
        graph = footing.graph
        tree = Tree(footing)
        booth = TollBooth(inventory, tree)
        centre = graph.site_of[graph.vantage]
        kept: list[tuple[int, tuple[Span, ...], frozenset[int]]] = []
        hung: set[int] = set()
        count = worst = 0
        for code, spans in falls_by_code(tree, areas=False):
            nodes, links = graph.fails(code)
            if nodes and len(spans) == 1 and spans[0].stop - spans[0].start == 1:  # it takes nothing with it
                continue
            own = frozenset(graph.site_of[node] for node in nodes)
            if own == {centre} or (links and all(_is_inside(graph, link, centre) for link in links)):
                continue
            dark = booth.dark(spans) - own
            if dark:
                kept.append((code, spans, dark))
                hung |= dark
                count += 1
                worst = max(worst, len(dark))
        ids, site_of, reached = graph.site_ids, graph.site_of, footing.reached
        touched = frozenset(ids[site] for node, site in enumerate(site_of) if reached[node])
        names = frozenset(ids[site] for site in hung)
        return cls(tree, tuple(kept), joined(footing), names, touched, count, worst)


def unmade(inventory: Inventory, footing: Footing) -> list[tuple[str, str]]:
    """Return pairs of sites whose entrances hang together where nothing is reached: who joins one joins both.

    What hangs on another node of a site is not joined with it: a span arrives at the entrance.
    """
    graph, seen = footing.graph, bytearray(footing.reached)
    entered = {graph.index[node]: site for site, node in entrances(inventory).items()}
    pairs = []
    for start in range(len(graph.ids)):
        if seen[start]:
            continue
        seen[start] = 1
        together = [start]
        for here in together:
            for there, link in graph.adjacency[here]:
                if not seen[there] and link not in footing.shut_links:
                    seen[there] = 1
                    together.append(there)
        sites = sorted(entered[node] for node in together if node in entered)
        pairs += [(sites[0], site) for site in sites[1:]]
    return pairs


class Growth:
    """A network and all spans that a plan may build, as one graph by which any part of them is judged."""

    def __init__(self, inventory: Inventory, spans: Sequence[Candidate]) -> None:
        self.spans = spans
        self.inventory = with_spans(inventory, spans)
        self.graph = Graph.from_inventory(self.inventory)

    def built(self, numbers: Collection[int]) -> Exposure:
        """Return what hangs on what when these spans are built, and the others are not there."""
        return Exposure.on(self.inventory, self._footing(numbers))

    def joining(self, numbers: Iterable[int]) -> Iterator[frozenset[str]]:
        """Yield the sites that each of these spans joins, built one by one; `built` tells too, in more time."""
        graph = self.graph
        centre = graph.site_of[graph.vantage]
        footing = self._footing(())
        reached, done = footing.reached, {site for site, speakers in enumerate(footing.speakers) if speakers}
        links = {name: link for link, name in enumerate(graph.link_ids) if name.startswith(PLANNED)}
        shut = set(links.values())
        for number in numbers:
            link = links[_link_id(number)]
            shut.discard(link)
            ends = graph.ends[link]
            waiting = [end for end in ends if not reached[end]] if any(reached[end] for end in ends) else []
            for node in waiting:
                reached[node] = 1
            for here in waiting:
                for there, by in graph.adjacency[here]:
                    if not reached[there] and by not in shut:
                        reached[there] = 1
                        waiting.append(there)
            sites = {graph.site_of[node] for node in waiting}
            now = {
                site
                for site in sites - done - {centre}
                if graph.is_served[site] and any(reached[node] for node in speaking(graph, site))
            }
            done |= now
            yield frozenset(graph.site_ids[site] for site in now)

    def _footing(self, numbers: Collection[int]) -> Footing:
        chosen = set(numbers)
        return Footing.of(
            self.graph, cut=[_link_id(number) for number in range(len(self.spans)) if number not in chosen]
        )


def joined(footing: Footing) -> frozenset[str]:
    """Return the served sites that are reached, besides the centre."""
    graph = footing.graph
    centre = graph.site_of[graph.vantage]
    return frozenset(name for site, name in enumerate(graph.site_ids) if footing.speakers[site] and site != centre)


def _link_id(number: int) -> str:
    return f"{PLANNED}{number:05d}"


def _is_inside(graph: Graph, link: int, site: int) -> bool:
    return all(graph.site_of[end] == site for end in graph.ends[link])
