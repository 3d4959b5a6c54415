"""The light that a way costs, section by section, and what is left of it.

A section is fibre from one device that makes light to the next: it goes on through splitters and closures. Its loss
is that of the fibre, two mated pairs of connectors for each link, and the splitters; its budget what the usual optics
for it launch at least, less what their receivers need at least:

- through a splitter GPON class B+, +1.5 to -26.5 dBm with its penalty: the 28 dB of ITU-T G.984.2 Amendment 1;
- up to 10 km 1000BASE-BX10, -9 to -19.5 dBm (IEEE 802.3 clause 59);
- farther 1000BASE-ZX, 0 to -23 dBm (the 23 dB that Cisco names for it).

Where the drawing tells what the receivers of a link need (`expect_receive_dbm`), that holds. A splitter loses 3.5 dB
each time that it halves the light, so 10.5 dB for 1:8 and 17.5 dB for 1:32; the drawing gives no ratio, so that the
next that is made for the fibres that leave it is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netmon.model import Inventory, LinkKind, Node
from netmon.topology.graph import Graph
from netmon.topology.robustness.routes import Span

DB_PER_HALVING = 3.5
"""Of planar splitters: 3 dB for the halving, and what they lose besides (data sheets of 1:2 to 1:64)."""
SPLITTERS = frozenset({"splitter", "odp"})
"""Roles of nodes that divide light."""
PASSED = SPLITTERS | {"odc", "odf", "closure", "joint"}
"""Roles of nodes that light passes as light."""


@dataclass(frozen=True, slots=True)
class Optics:
    """What a pair of modules can do: the least that one launches, and the least that the other needs, in dBm."""

    name: str
    launch: float
    need: float


GPON = Optics("GPON B+", 1.5, -26.5)
BX10 = Optics("1000BASE-BX10", -9.0, -19.5)
ZX = Optics("1000BASE-ZX", 0.0, -23.0)
BX10_KM = 10.0


@dataclass(frozen=True, slots=True)
class Section:
    """Fibre between two devices that make light. Losses, budget and margin are in dB.

    `spans` are its links in order, `splitters` pairs of a node and the number of ways it is taken to divide into.
    """

    spans: tuple[Span, ...]
    splitters: tuple[tuple[str, int], ...]
    optics: str
    loss: float
    budget: float

    @property
    def margin(self) -> float:
        """What is left; below nothing, the receiver sees too little."""
        return self.budget - self.loss


def split_loss(ways: int) -> float:
    """Return what a splitter into so many ways loses, in dB."""
    return DB_PER_HALVING * (ways - 1).bit_length()


def sections(
    inventory: Inventory, graph: Graph, way: Sequence[Span], *, budget: float | None = None
) -> list[Section]:
    """Return the sections of a way that are fibre, in order. `budget`, in dB, stands instead of the usual optics."""
    found: list[Section] = []
    begun: list[Span] = []
    for number, span in enumerate(way):
        if inventory.links[span.link].kind is LinkKind.FIBRE:
            begun.append(span)
            is_passed = inventory.nodes[span.b].role in PASSED and number + 1 < len(way)
            if is_passed and inventory.links[way[number + 1].link].kind is LinkKind.FIBRE:
                continue
        if begun:
            found.append(_section(inventory, graph, begun, budget))
            begun = []
    return found


def _section(inventory: Inventory, graph: Graph, spans: Sequence[Span], budget: float | None) -> Section:
    nodes = [inventory.nodes[span.b] for span in spans[:-1]]
    splitters = tuple((node.id, _ways_out(graph, node)) for node in nodes if node.role in SPLITTERS)
    plain = BX10 if sum(span.length_km for span in spans) <= BX10_KM else ZX
    optics = GPON if splitters else plain
    needs = [inventory.links[span.link].expect_receive_dbm for span in spans]
    need = max((value for value in needs if value is not None), default=optics.need)
    loss = sum(span.loss_db or 0.0 for span in spans) + sum(split_loss(ways) for _, ways in splitters)
    if budget is not None:
        return Section(tuple(spans), splitters, "as given", loss, budget)
    return Section(tuple(spans), splitters, optics.name, loss, optics.launch - need)


def _ways_out(graph: Graph, node: Node) -> int:
    """Return the ratio of a splitter: of those made, the smallest that has a way for every fibre but the feeder."""
    number = graph.index[node.id]
    fibres = sum(graph.is_fibre[hop.link] for hop in graph.adjacency[number])
    return 1 << max(1, (fibres - 2).bit_length())
