"""Light along a way: what fibre, connectors and splitters take, and what is left of the budget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.model import Inventory, LinkKind
from netmon.topology.graph import Graph
from netmon.topology.robustness.light import Section, sections, split_loss
from netmon.topology.robustness.routes import routes
from tests.rows import every_row
from tests.unit.topology.drawn import draw


def lit(inventory: Inventory, a: str, b: str, budget: float | None = None) -> list[Section]:
    graph = Graph.from_inventory(inventory)
    (way,) = routes(inventory, graph, a, b)
    return sections(inventory, graph, way, budget=budget)


def passive(inventory: Inventory, *names: str, role: str = "splitter") -> Inventory:
    nodes = {name: replace(node, role=role) if name in names else node for name, node in inventory.nodes.items()}
    return replace(inventory, nodes=nodes)


def long(inventory: Inventory, **kilometres: float) -> Inventory:
    links = {
        name: replace(link, length_km=kilometres.get(name.replace("-", "_"), link.length_km))
        for name, link in inventory.links.items()
    }
    return replace(inventory, links=links)


@every_row(("ways", "db"), [(2, 3.5), (4, 7.0), (8, 10.5), (16, 14.0), (32, 17.5), (64, 21.0)])
def test_a_splitter_loses_what_its_ratio_says(ways: int, db: float) -> None:
    assert split_loss(ways) == db


@every_row(("fibres", "ways"), [(1, 2), (2, 2), (3, 4), (4, 4), (5, 8), (8, 8), (9, 16)])
def test_a_splitter_has_the_ratio_of_its_fibres(fibres: int, ways: int) -> None:
    inventory = passive(draw("; ".join(["noc-odp", *(f"odp-v{number}" for number in range(fibres))])), "odp")
    (section,) = lit(inventory, "noc", "v0")
    assert section.splitters == (("odp", ways),)


def test_light_goes_through_two_splitters_on_one_budget() -> None:
    inventory = long(passive(draw("noc-olt-s1-s2-v; s1-w; s2-x; s2-y"), "s1", "s2"), olt_s1=5, s1_s2=2, s2_v=1)
    first, second = lit(inventory, "noc", "v")
    assert (first.spans[0].b, first.optics) == ("olt", "1000BASE-BX10")
    assert [span.link for span in second.spans] == ["olt-s1", "s1-s2", "s2-v"]
    assert second.loss == pytest.approx(8 * 0.35 + 3 * 1.0 + 3.5 + 7.0)
    assert (second.optics, second.budget) == ("GPON B+", 28.0)
    assert second.margin == pytest.approx(28.0 - 16.3)


def test_a_long_fibre_has_other_optics_and_a_longer_one_none() -> None:
    inventory = draw("noc-a-b-c", passive="a")
    near, far, beyond = lit(long(inventory, noc_a=10, a_b=40, b_c=70), "noc", "c")
    assert (near.optics, far.optics) == ("1000BASE-BX10", "1000BASE-ZX")
    assert near.margin == pytest.approx(10.5 - 4.5)
    assert far.margin == pytest.approx(23.0 - 15.0)
    assert beyond.margin < 0
    assert lit(long(inventory, b_c=70), "b", "c", budget=30.0)[0].margin == pytest.approx(30 - 25.5)


def test_what_the_drawing_expects_of_a_receiver_holds_and_air_needs_no_light() -> None:
    inventory = long(draw("noc-a-b"), noc_a=4)
    links = {
        "noc-a": replace(inventory.links["noc-a"], expect_receive_dbm=-15.0),
        "a-b": replace(inventory.links["a-b"], kind=LinkKind.RADIO),
    }
    (only,) = lit(replace(inventory, links=links), "noc", "b")
    assert only.budget == pytest.approx(6.0)
    assert only.margin == pytest.approx(6.0 - 2.4)


def test_a_closure_joins_fibres_and_splits_nothing() -> None:
    inventory = passive(draw("noc-box-a; box-b"), "box", role="closure")
    (section,) = lit(inventory, "noc", "a")
    assert (len(section.spans), section.splitters) == (2, ())
