"""What would happen if several things failed at once, or were taken out for work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from netmon.model import Element, Inventory
from netmon.topology.graph import ROOT_LINK
from netmon.topology.lowlink import Hinges, hinges
from netmon.topology.masks import either
from netmon.topology.reach import failed_parts
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.toll import Toll, TollBooth
from netmon.topology.robustness.tree import Tree


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a failure does, all by id and sorted.

    `sites`, `services` and `nodes` are what goes dark; `bridges` and `joints` the links and nodes on which something
    comes to hang that had another way before; `all_bridges` every bridge that is left.
    """

    toll: Toll
    sites: tuple[str, ...]
    services: tuple[str, ...]
    nodes: tuple[str, ...]
    bridges: tuple[str, ...]
    joints: tuple[str, ...]
    all_bridges: tuple[str, ...]


def what_if(inventory: Inventory, footing: Footing, failed: Collection[Element]) -> Outcome:
    """Return what happens when these elements fail together.

    Raises:
        KeyError: the drawing holds no such element.
    """
    graph = footing.graph
    lost_nodes, lost_links = failed_parts(graph, failed)
    tree = Tree(footing)
    booth = TollBooth(inventory, tree)
    spans = tree.falls([node for node, is_lost in enumerate(lost_nodes) if is_lost], lost_links)
    before = hinges(graph, graph.vantage, footing.shut_nodes, footing.shut_links)
    after = _left(footing, lost_nodes, lost_links)
    fallen = sorted(graph.ids[tree.order[place]] for span in spans for place in range(*span))
    names = graph.link_ids
    bridges = sorted(names[link] for link in after.bridges if not names[link].startswith(ROOT_LINK))
    were, held = {names[link] for link in before.bridges}, set(before.joints)
    return Outcome(
        booth.toll(spans),
        booth.sites(spans),
        booth.services(spans),
        tuple(fallen),
        tuple(name for name in bridges if name not in were),
        tuple(graph.ids[node] for node in after.joints if node not in held),
        tuple(bridges),
    )


def _left(footing: Footing, lost_nodes: bytearray, lost_links: Collection[int]) -> Hinges:
    """Return what hangs on what in the rest. Of a vantage that is lost, what joins it to the others stays."""
    graph = footing.graph
    shut_nodes = either(footing.shut_nodes, lost_nodes)
    shut_links = {*footing.shut_links, *lost_links}
    if shut_nodes[graph.vantage]:
        around = (link for _, link in graph.adjacency[graph.vantage])
        shut_links.update(link for link in around if not graph.link_ids[link].startswith(ROOT_LINK))
        shut_nodes[graph.vantage] = 0
    return hinges(graph, graph.vantage, shut_nodes, shut_links)
