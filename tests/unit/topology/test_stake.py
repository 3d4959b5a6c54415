"""What one more cut darkens: drawn by hand, and held against every cut there is on random networks."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.model import Element, ElementKind, Inventory, Observations, Stake
from netmon.topology.diagnosis.stake import at_stake
from netmon.topology.graph import Graph
from tests.draws import chances
from tests.unit.topology.chance import network
from tests.unit.topology.drawn import element, graph_of
from tests.unit.topology.oracle import Oracle

RING = "noc-gw-a-b-c-gw; b-v; b-w"


def staked(graph: Graph, lost: str, failed: str = "", dark: str = "") -> tuple[str, set[str]] | None:
    found = at_stake(graph, element(lost), failed=map(element, failed.split()), dark=dark.split())
    return None if found is None else (str(found.cut), set(found.sites))


def test_the_far_end_of_an_opened_ring_carries_all_of_it() -> None:
    graph = graph_of(RING)
    assert staked(graph, "link:gw-a") == ("link:c-gw", {"site-a", "site-b", "site-c", "site-v", "site-w"})
    assert staked(graph, "link:b-c") == ("link:gw-a", {"site-a", "site-b", "site-v", "site-w"})


def test_a_cable_of_two_ways_is_worse_than_either() -> None:
    """The duct holds two of three ways to b; while the third was whole, its cut darkened nothing."""
    graph = graph_of("noc-gw-a-b; gw-c-b; gw-d-b", cables={"duct": "gw-a gw-c"})
    assert staked(graph, "link:gw-d") == ("cable:duct", {"site-a", "site-b", "site-c", "site-d"})


def test_a_cable_that_darkened_as_much_before_is_not_counted() -> None:
    graph = graph_of("noc-gw-a-b-gw; gw-t", cables={"tail": "gw-t", "both": "gw-a b-gw"})
    assert staked(graph, "link:a-b") == ("link:b-gw", {"site-b"}) or staked(graph, "link:a-b") == (
        "link:gw-a",
        {"site-a"},
    )


def test_a_second_way_left_keeps_everything() -> None:
    assert staked(graph_of("noc-gw-a; gw-a"), "link:gw-a") == ("link:gw-a.2", {"site-a"})
    assert staked(graph_of("noc-gw-a; gw-a; gw-a"), "link:gw-a") is None


def test_what_is_dark_already_cannot_be_lost_again() -> None:
    graph = graph_of(RING)
    assert staked(graph, "link:gw-a", failed="node:v", dark="v") == (
        "link:c-gw",
        {"site-a", "site-b", "site-c", "site-w"},
    )


def test_two_open_rings_are_told_apart() -> None:
    graph = graph_of("noc-gw-a-b-gw; gw-c-d-gw")
    cuts = "link:a-b link:c-d"
    assert staked(graph, "link:a-b", failed=cuts) in (("link:b-gw", {"site-b"}), ("link:gw-a", {"site-a"}))
    assert staked(graph, "link:gw-c", failed="link:a-b link:gw-c") == ("link:d-gw", {"site-c", "site-d"})


def test_a_site_with_another_way_is_not_dark() -> None:
    graph = graph_of("noc-gw-a-b-gw; gw-x", sites={"twin": "a x"})
    assert staked(graph, "link:b-gw") == ("link:gw-a", {"site-b"})


def test_a_passive_joint_may_be_what_is_lost() -> None:
    graph = graph_of("noc-gw-a-j-b-gw", passive="j")
    assert staked(graph, "node:j") in (("link:b-gw", {"site-b"}), ("link:gw-a", {"site-a"}))


@settings(deadline=None)
@given(chances, st.integers(4, 12))
def test_no_cut_that_became_possible_darkens_more(random: Random, size: int) -> None:
    inventory = network(random, size)
    oracle = Oracle(inventory, Observations())
    links = [Element(ElementKind.LINK, name) for name in sorted(inventory.links)]
    cuts = links + [Element(ElementKind.CABLE, name) for name in sorted(inventory.cables)]
    lost = random.choice(links)
    others = random.sample(links, min(len(links), random.choice([0, 0, 1, 2])))
    failed = [one for one in others if one != lost]
    if _darkened(inventory, oracle, [*failed, lost]) != _darkened(inventory, oracle, failed):
        return  # not silent
    dark = _darkened(inventory, oracle, failed)
    most = 0
    for cut in cuts:
        before = _darkened(inventory, oracle, [*failed, cut]) - dark
        after = _darkened(inventory, oracle, [*failed, lost, cut]) - dark
        if after != before:
            most = max(most, len(after))
    found = at_stake(Graph.from_inventory(inventory), lost, failed=[*failed, lost])
    assert len(found.sites if found else ()) == most
    if isinstance(found, Stake):
        assert _darkened(inventory, oracle, [*failed, lost, found.cut]) - dark == set(found.sites)


def _darkened(inventory: Inventory, oracle: Oracle, elements: list[Element]) -> set[str]:
    links = set().union(*(oracle.fails(one)[1] for one in elements))
    reached = oracle.walk(set(), links)
    drawn = oracle.walk(set(), set())
    watched = [node for node in inventory.nodes.values() if node.is_monitored and node.id in drawn]
    lit = {node.site for node in watched if node.id in reached} | {inventory.nodes[oracle.vantage].site}
    return {node.site for node in watched} - lit
