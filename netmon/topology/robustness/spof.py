"""Single points of failure: every node, link, cable and power area whose failure alone darkens a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from netmon.model import Element, Inventory
from netmon.topology.graph import ROOT_LINK
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.many_tolls import tolls_of
from netmon.topology.robustness.spans import Span
from netmon.topology.robustness.toll import Toll, TollBooth
from netmon.topology.robustness.tree import Tree


@dataclass(frozen=True, slots=True)
class Spof:
    """An element, what its failure costs, and where it falls: `booth` names the sites of `spans`."""

    element: Element
    toll: Toll
    spans: tuple[Span, ...]
    booth: TollBooth

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that go dark, by id, sorted."""
        return self.booth.sites(self.spans)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that are lost with them, by id, sorted."""
        return self.booth.services(self.spans)


def spofs(
    inventory: Inventory, footing: Footing, told: Callable[[int, int], None] = lambda _done, _of: None
) -> list[Spof]:
    """Return every element whose failure darkens a site, the worst first: villages, services, people, sites.

    The vantage is left out: without it nothing is seen at all. `told` hears how many elements are done, of how many.
    """
    tree = Tree(footing)
    booth = TollBooth(inventory, tree)
    element = footing.graph.element
    fallen = list(falls_by_code(tree, told))
    found = [
        Spof(element(code), toll, spans, booth)
        for (code, spans), toll in zip(fallen, tolls_of(booth, [spans for _, spans in fallen]), strict=True)
        if toll.sites > 0
    ]
    found.sort(key=lambda one: one.toll, reverse=True)  # equal ones stay in the order of their codes
    return found


def falls(tree: Tree) -> Iterator[tuple[Element, tuple[Span, ...]]]:
    """Yield what falls with every element that makes anything fall, in the order of their codes."""
    for code, spans in falls_by_code(tree):
        yield tree.footing.graph.element(code), spans


def falls_by_code(
    tree: Tree, told: Callable[[int, int], None] = lambda _done, _of: None, *, areas: bool = True
) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Yield the code of every element that makes anything fall, and what falls; without `areas`, not power areas."""
    graph = tree.footing.graph
    for node, place in enumerate(tree.place):
        if place > 0:  # the vantage is at the first
            yield node, tree.below_node(place)
    for link, place in sorted(tree.below.items()):
        if not graph.link_ids[link].startswith(ROOT_LINK) and (spans := tree.below_link(place)):
            yield graph.code_of_link(link), spans
    yield from falls_of_several(tree, told, areas=areas)


def falls_of_several(
    tree: Tree, told: Callable[[int, int], None] = lambda _done, _of: None, *, areas: bool = True
) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Yield the code of every cable and power area that makes anything fall, and what falls."""
    graph = tree.footing.graph
    first, count = graph.code_of_cable(0), graph.code_of_area(len(graph.area_ids) if areas else 0)
    for code in range(first, count):
        if (code - first) % 256 == 0:
            told(code - first, count - first)
        if spans := tree.falls(*graph.fails(code)):
            yield code, spans
    told(count - first, count - first)
