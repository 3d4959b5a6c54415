"""Single points of failure: every node, link, cable and power area whose failure alone darkens a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from netmon.model import Element, ElementKind, Inventory
from netmon.topology.graph import ROOT_LINK
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.toll import Toll, TollBooth
from netmon.topology.robustness.tree import Span, Tree


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

    The vantage is left out: without it nothing is seen at all. Linear for nodes and links; for cables and areas in
    what they remove and what has to be searched around it. `told` hears how many elements are done, of how many.
    """
    tree = Tree(footing)
    booth = TollBooth(inventory, tree)
    found = [
        Spof(element, toll, spans, booth)
        for element, spans in falls(tree, told)
        if (toll := booth.toll(spans)).sites > 0
    ]
    found.sort(key=lambda one: one.toll, reverse=True)  # equal ones stay in the order of their codes
    return found


def falls(
    tree: Tree, told: Callable[[int, int], None] = lambda _done, _of: None
) -> Iterator[tuple[Element, tuple[Span, ...]]]:
    """Yield what falls with every element that makes anything fall, in the order of their codes."""
    for code, spans in falls_by_code(tree, told):
        yield tree.footing.graph.element(code), spans


def falls_by_code(
    tree: Tree, told: Callable[[int, int], None] = lambda _done, _of: None, *, areas: bool = True
) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Yield the code of every element that makes anything fall, and what falls; without `areas`, not power areas."""
    graph = tree.footing.graph
    count = graph.code_of_area(len(graph.area_ids) if areas else 0)
    for code in range(count):
        if code % 1024 == 0:
            told(code, count)
        kind, number = graph.member(code)
        if kind is ElementKind.NODE and number == graph.vantage:
            continue
        if kind is ElementKind.LINK and (number not in tree.below or graph.link_ids[number].startswith(ROOT_LINK)):
            continue
        spans = tree.falls(*graph.fails(code))
        if spans:
            yield code, spans
    told(count, count)
