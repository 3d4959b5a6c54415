"""What falls when much fails at once, held against taking it out: areas of whole columns, cables along whole rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Cable, Inventory
from netmon.topology.graph import Graph
from netmon.topology.robustness import fall
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.redundancy import redundancy
from netmon.topology.robustness.spof import falls_of_several
from netmon.topology.robustness.tree import Tree
from tests.draws import chances
from tests.unit.topology.drawn import draw, graph_of
from tests.unit.topology.townscape import Removal


def streets(random: Random, wide: int, long: int) -> Inventory:
    """Return streets that cross, some missing and some more, with areas and cables that reach far."""
    pairs = {(n, n + 1) for n in range(wide * long - 1) if (n + 1) % wide}
    pairs |= {(n, n + wide) for n in range(wide * (long - 1))}
    for pair in random.sample(sorted(pairs), random.choice((0, 0, len(pairs) // 8, len(pairs) // 3))):
        pairs.remove(pair)
    for _ in range(random.choice((0, 0, 1, 4))):
        a, b = sorted((random.randrange(wide * long), random.randrange(wide * long)))
        pairs.add((a, b))
    doors = random.sample(range(wide * long), min(wide * long, random.choice((1, 1, 2, 3))))
    inventory = draw("; ".join([f"n{a}-n{b}" for a, b in sorted(pairs)] + [f"noc-n{door}" for door in doors]))
    step, skip = random.choice((1, 2)), random.choice((1, 1, 3))
    scattered = random.random() < 0.3

    def area(name: str) -> str | None:
        if name == "noc":
            return random.choice((None, None, "home"))
        number = random.randrange(wide * long) if scattered else int(name[1:])
        column = number // wide // step
        return f"p{column}" if column % skip == 0 else None

    def cables(name: str) -> tuple[str, ...]:
        a, b = (
            sorted(int(end[1:]) for end in name.split(".", maxsplit=1)[0].split("-")) if "noc" not in name else (0, 0)
        )
        along = f"row{a % wide}" if b - a == wide else f"column{a // wide}"
        found = {along} if random.random() < 0.8 else set()
        return tuple(sorted(found | ({f"x{random.randrange(3)}"} if random.random() < 0.2 else set())))

    links = {name: replace(link, cables=cables(name)) for name, link in inventory.links.items()}
    return replace(
        inventory,
        nodes={name: replace(node, power_area=area(name)) for name, node in inventory.nodes.items()},
        links=links,
        cables={cable: Cable(cable, cable) for link in links.values() for cable in link.cables},
    )


@given(
    chances,
    st.integers(1, 4),
    st.integers(2, 9),
    st.sampled_from([(1, 0), (fall.TRIES, 0), (fall.TRIES, fall.SMALL)]),
)
def test_what_falls_is_what_is_not_reached_without_it(
    random: Random, wide: int, long: int, limits: tuple[int, int]
) -> None:
    inventory = streets(random, wide, long)
    everything = Removal(inventory).elements()
    base = random.sample(everything, random.choice((0, 0, 0, 2)))
    base = [one for one in base if not {"noc", "home"} & {one.id}]
    removal = Removal(inventory, base)
    graph = Graph.from_inventory(inventory)
    tree = Tree(Footing.of(graph, failed=base))
    some = [random.sample(everything, min(len(everything), 3)) for _ in range(10)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fall, "TRIES", limits[0])
        patch.setattr(fall, "SMALL", limits[1])
        for failed in [[one] for one in everything] + some:
            parts = [graph.fails(graph.code(one)) for one in failed]
            nodes = [node for part, _ in parts for node in part]
            spans = tree.falls(nodes, {link for _, part in parts for link in part})
            fallen = {graph.ids[tree.order[place]] for span in spans for place in range(*span)}
            assert fallen == removal.before - removal.reached(failed), failed


@given(chances, st.integers(2, 3), st.integers(2, 6))
def test_what_sites_share_is_what_darkens_them(random: Random, wide: int, long: int) -> None:
    inventory = streets(random, wide, long)
    homes = sorted(set(inventory.sites) - {"site-noc"})[::2]
    nodes = {
        name: replace(node, site=random.choice(homes)) if random.random() < 0.3 else node
        for name, node in inventory.nodes.items()
    }
    inventory = replace(inventory, nodes=nodes)
    removal = Removal(inventory)
    dark = {one: removal.dark_sites([one]) for one in removal.elements() if one.kind in ("cable", "power_area")}
    for row in redundancy(Footing.of(Graph.from_inventory(inventory))):
        expected = {one for one, sites in dark.items() if row.site in sites} if row.link_disjoint > 1 else set()
        assert set(row.shared) == expected
        assert list(row.shared) == sorted(row.shared, key=lambda one: (one.kind != "cable", one.id))


def test_a_link_to_what_has_failed_holds_nothing_beside_a_cut() -> None:
    graph = graph_of("noc-a; a-b; b-c; c-d; d-a; noc-c")
    tree = Tree(Footing.of(graph))
    spans = tree.falls([graph.index["a"]], [graph.link_ids.index("c-d")])
    assert [graph.ids[tree.order[place]] for span in spans for place in range(*span)] == ["a", "d"]


def test_no_more_is_looked_through_than_marks_would_take() -> None:
    tree = Tree(Footing.of(graph_of("noc-a; a-b; b-noc")))
    assert [tree.spends(places) for places in (2, 2, 1, 1)] == [True, False, True, False]


def test_twice_as_long_a_network_of_whole_columns_takes_twice_the_looks() -> None:
    """Half of it goes dark with each on average: to look at all of that would take four times as many."""
    looks = [looked_at(long) for long in (30, 60)]
    assert 0 < looks[1] < 2.2 * looks[0]


def looked_at(long: int) -> int:
    """Return how many places are looked at, and joined pieces, for the falls of columns and of what joins them."""
    pairs = [(n, n + 1) for n in range(6 * long - 1) if (n + 1) % 6] + [(n, n + 6) for n in range(6 * (long - 1))]
    ways = "; ".join(f"n{a}-n{b}" for a, b in pairs) + "; noc-n0; noc-n3"
    areas = {f"p{column}": " ".join(f"n{6 * column + row}" for row in range(6)) for column in range(long)}
    cables = {
        f"x{column}": " ".join(f"n{n}-n{n + 6}" for n in range(6 * column, 6 * column + 6)) for column in range(long)
    }
    tree, count = Tree(Footing.of(graph_of(ways, areas=areas, cables=cables))), 0

    class Counted(fall.Fall):
        def _around(self, place: int) -> Iterator[tuple[int, int]]:
            nonlocal count
            count += 1
            return super()._around(place)

        def _piece_of(self, place: int) -> int:
            nonlocal count
            count += 1
            return super()._piece_of(place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netmon.topology.robustness.tree.Fall", Counted)
        falls = [spans for _, spans in falls_of_several(tree)]
    assert sum(stop - start for spans in falls for start, stop in spans) == 6 * long * long
    return count
