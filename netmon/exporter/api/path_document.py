"""The ways between two nodes as plain JSON values: the same for the API and for `netmon topology path`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netmon.model import Inventory
from netmon.topology.graph import Graph
from netmon.topology.robustness.light import Section, sections, split_loss
from netmon.topology.robustness.routes import Span

Document = dict[str, Any]


def path_document(
    inventory: Inventory,
    graph: Graph,
    a: str,
    b: str,
    ways: Sequence[Sequence[Span]],
    *,
    budget: float | None = None,
) -> Document:
    """Return ways link by link, what each comes to, and its sections of fibre; `budget` is of light, in dB."""
    lit = [
        (number, one) for number, way in enumerate(ways, 1) for one in sections(inventory, graph, way, budget=budget)
    ]
    margins = {(number, one.spans[-1].link): round(one.margin, 2) for number, one in lit}
    split = {(number, node): split_loss(ratio) for number, one in lit for node, ratio in one.splitters}
    return {
        "a": a,
        "b": b,
        "ways": [
            {
                "links": len(way),
                "length_km": round(sum(span.length_km for span in way), 3),
                "rtt_seconds": round(2 * sum(span.delay for span in way), 9),
            }
            for way in ways
        ],
        "rows": [
            {
                "way": number,
                "a": span.a,
                "b": span.b,
                "link": span.link,
                "length_km": round(span.length_km, 3),
                "delay_seconds": round(span.delay, 9),
                "loss_db": None if span.loss_db is None else round(span.loss_db, 2),
                "splitter_db": split.get((number, span.b)),
                "margin_db": margins.get((number, span.link)),
                "length_assumed": span.is_assumed,
            }
            for number, way in enumerate(ways, 1)
            for span in way
        ],
        "sections": [_section(number, one) for number, one in lit],
    }


def _section(way: int, section: Section) -> Document:
    return {
        "way": way,
        "a": section.spans[0].a,
        "b": section.spans[-1].b,
        "links": [span.link for span in section.spans],
        "length_km": round(sum(span.length_km for span in section.spans), 3),
        "splitters": [{"node": node, "ways": ways} for node, ways in section.splitters],
        "optics": section.optics,
        "loss_db": round(section.loss, 2),
        "budget_db": round(section.budget, 2),
        "margin_db": round(section.margin, 2),
    }
