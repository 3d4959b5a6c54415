"""What stands around some nodes: their links, the way to the vantage, what they hang on, and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from netmon.model import Element, ElementKind, Inventory
from netmon.topology.graph import ROOT_LINK
from netmon.topology.lowlink import hinges
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.routes import Span, routes
from netmon.topology.robustness.spof import falls
from netmon.topology.robustness.toll import TollBooth
from netmon.topology.robustness.tree import Tree


@dataclass(frozen=True, slots=True)
class Line:
    """A link of one of the nodes; `is_bridge` when something is not reached without it."""

    node: str
    link: str
    neighbour: str
    is_bridge: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around nodes.

    `lines` are ordered by node and link; `way` is the shortest to a vantage, from the nearest of the nodes, empty
    where there is none, and for a vantage. `hangs_on` are the elements, other than the nodes themselves, each of
    which alone darkens all of the nodes that are reached; `sites` and `services` what goes dark elsewhere when all of
    the nodes fail.
    """

    lines: tuple[Line, ...]
    way: tuple[Span, ...]
    hangs_on: tuple[Element, ...]
    sites: tuple[str, ...]
    services: tuple[str, ...]


def surroundings(inventory: Inventory, footing: Footing, nodes: Collection[str]) -> Surroundings:
    """Return what stands around these nodes.

    Raises:
        KeyError: the drawing holds no such node.
    """
    graph = footing.graph
    numbers = sorted(graph.index[name] for name in nodes)
    tree = Tree(footing)
    booth = TollBooth(inventory, tree)
    places = [tree.place[number] for number in numbers if tree.place[number] >= 0]
    hangs_on = [
        element
        for element, spans in falls(tree)
        if places
        and all(any(start <= place < stop for start, stop in spans) for place in places)
        and not (element.kind is ElementKind.NODE and element.id in nodes)
    ]
    below = tree.falls(numbers, ())
    own = {inventory.nodes[name].site for name in nodes}
    eyes, gone = [graph.ids[root] for root in graph.roots], footing.missing()
    asked = sorted(nodes) if set(nodes).isdisjoint(eyes) else ()
    ways = [way for name in asked for eye in eyes for way in routes(inventory, graph, name, eye, avoid=gone)]
    bridges = hinges(graph, graph.vantage, footing.shut_nodes, footing.shut_links).bridges
    return Surroundings(
        tuple(
            Line(graph.ids[number], graph.link_ids[hop.link], graph.ids[hop.node], hop.link in bridges)
            for number in numbers
            for hop in sorted(graph.adjacency[number], key=lambda hop: hop.link)
            if not graph.link_ids[hop.link].startswith(ROOT_LINK)
        ),
        min(ways, key=lambda way: sum(span.length_km for span in way), default=()),
        tuple(hangs_on),
        tuple(site for site in booth.sites(below) if site not in own),
        booth.services(below),
    )
