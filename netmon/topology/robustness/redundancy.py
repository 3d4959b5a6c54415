"""How many ways each site has to the vantage that share no node, no link, no cable; and what they share after all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from operator import sub
from typing import NamedTuple

from netmon.collector import without_collector
from netmon.model import Element
from netmon.topology.graph import ROOT_LINK
from netmon.topology.robustness.cable_ways import CableMaze, CableWays
from netmon.topology.robustness.covers import Covers
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.maze import Maze
from netmon.topology.robustness.node_places import NodesAsPlaces
from netmon.topology.robustness.node_ways import NodesAsGates
from netmon.topology.robustness.spans import Span
from netmon.topology.robustness.spof import falls_of_several
from netmon.topology.robustness.thinning import thin_maze
from netmon.topology.robustness.towns import Towns
from netmon.topology.robustness.tree import Tree


class Ways(NamedTuple):
    """How well a site is joined. A site that is not reached has no way at all.

    The site's own nodes and the vantage are the ends of all ways and not shared. `cables_exact` is False where
    `cable_disjoint` is only known to be at least so many. `places` are those of the nodes that speak for the site;
    `covers` names what makes them fall.
    """

    site: str
    node_disjoint: int
    link_disjoint: int
    cable_disjoint: int
    cables_exact: bool
    places: tuple[int, ...]
    covers: Covers

    @property
    def shared(self) -> tuple[Element, ...]:
        """The cables and power areas each of which alone darkens the site although two ways share no link."""
        return self.covers.of_all(self.places) if self.link_disjoint > 1 else ()


@without_collector()  # millions of small things and not one cycle
def redundancy(footing: Footing) -> list[Ways]:
    """Return the ways of every served site that has a node, besides those of vantages, by id."""
    graph = footing.graph
    tree = Tree(footing)
    threads = _Threads(tree)
    cables = CableMaze.of(footing)
    by_node = NodesAsGates(footing, threads.nodes)
    links = _link_maze(footing)
    thin = thin_maze(links, graph.roots, threads.links)
    towns = Towns(thin, by_node, graph.roots, threads.nodes)
    least = by_node.known  # what shares no node shares no link, nor does what shares no cable
    by_cable = None
    is_same = cables.is_exact and 2 * len(cables.maze.ends) == sum(map(len, links.gates))  # each link is a cable
    if not is_same:
        hanging = threads.cables if cables.is_exact else threads.links  # on one gate; of a cable there may be several
        thin_cables = thin_maze(cables.maze, graph.roots, hanging)
        bundled = cables.bundled(graph, threads.nodes)
        at_least = list(map(sub, by_node.known, bundled))
        by_cable = NodesAsPlaces(footing, cables.maze, thin_cables, threads.cables, towns, least=at_least)
        least = list(map(max, least, by_cable.known))
    by_link = NodesAsPlaces(footing, links, thin, threads.links, towns, least=least)
    counter = CableWays(cables, graph.roots)
    homes = {graph.site_of[root] for root in graph.roots}
    asked = [
        site for site, nodes in enumerate(graph.site_nodes) if nodes and graph.is_served[site] and site not in homes
    ]
    joined = [site for site in asked if footing.speakers[site]]
    starts = [threads.foremost(footing.speakers[site]) for site in joined]
    no_node = no_cable = by_node.of(starts)
    if by_cable is not None:
        sure = [ways - sum(bundled[node] for node in nodes) for ways, nodes in zip(no_node, starts, strict=True)]
        no_cable = by_cable.of(starts, sure)
    no_link = by_link.of(starts, list(map(max, no_node, no_cable)))
    together = no_link if by_cable is None else list(map(min, no_link, no_cable))
    covers = Covers(graph, len(tree.order), threads.several)
    rows: list[Ways] = []
    counts = zip(starts, no_node, no_link, together, strict=True)
    for site in asked:
        places = tuple(map(tree.place.__getitem__, footing.speakers[site]))
        if not places:
            rows.append(Ways(graph.site_ids[site], 0, 0, 0, cables_exact=True, places=(), covers=covers))
            continue
        nodes, by_nodes, by_links, by_cables = next(counts)
        is_exact = cables.is_exact
        if not is_exact:
            by_cables, is_exact = counter.count(nodes, by_cables)
        rows.append(Ways(graph.site_ids[site], by_nodes, by_links, by_cables, is_exact, places, covers))
    return rows


class _Threads:
    """Which places of the tree hang on a single node, link, or cable: masks over the nodes of the graph."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        graph = tree.footing.graph
        self.several = list(falls_of_several(tree))
        self.links, self.nodes = self._hanging()
        self.cables = self._with(self.links, [one for code, one in self.several if code < graph.code_of_area(0)])

    def _with(self, mask: bytearray, falls: Iterable[Sequence[Span]]) -> bytearray:
        """Return a mask and all that is in any of these falls."""
        steps = [0] * (len(self.tree.order) + 1)
        for start, stop in chain.from_iterable(falls):
            steps[start] += 1
            steps[stop] -= 1
        found = bytearray(mask)
        for node, depth in zip(self.tree.order, accumulate(steps), strict=False):
            if depth:
                found[node] = 1
        return found

    def _hanging(self) -> tuple[bytearray, bytearray]:
        """Return which nodes hang on a link, and which on a link or a node: those below who hangs hang too."""
        tree, graph = self.tree, self.tree.footing.graph
        drawn = {place for link, place in tree.below.items() if not graph.link_ids[link].startswith(ROOT_LINK)}
        links, nodes = bytearray(len(tree.place)), bytearray(len(tree.place))
        for place, node in enumerate(tree.order):
            above = tree.parent[place]
            if above < 0:
                continue
            parent, low = tree.order[above], tree.low[place]
            is_below = low >= place and place in drawn
            links[node] = links[parent] or is_below
            nodes[node] = nodes[parent] or is_below or (low >= above and parent not in graph.roots)
        return links, nodes

    def foremost(self, nodes: Sequence[int]) -> Sequence[int]:
        """Return those of some nodes that lie behind no other of them: each way from one behind leads through it."""
        if len(nodes) == 1:
            return nodes
        tree, found = self.tree, []
        around: list[int] = []  # places of those found that the next one lies below; what cuts it off is the last
        for place in sorted(tree.place[node] for node in nodes):
            while around and tree.stop[around[-1]] <= place:
                around.pop()
            if around:
                children = tree.children[around[-1]]
                child = children[bisect_right(children, place) - 1]
                if tree.low[child] >= around[-1]:
                    continue
            around.append(place)
            found.append(tree.order[place])
        return found


def _link_maze(footing: Footing) -> Maze:
    """Return the reached nodes as places, the links between them as gates."""
    graph = footing.graph
    if footing.is_whole:
        return Maze(graph.ends, [tuple(zip(*hops, strict=True))[1] if hops else () for hops in graph.adjacency])
    gates: list[list[int]] = [[] for _ in graph.ids]
    for node, hops in enumerate(graph.adjacency):
        if footing.reached[node]:
            gates[node] = [link for there, link in hops if footing.reached[there] and link not in footing.shut_links]
    return Maze(graph.ends, gates)
