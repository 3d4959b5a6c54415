"""Several vantages against a walk of the network from each: what is dark, and where vantages disagree."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.events import Coverage, NodeDown, NodeUp
from netmon.model import Inventory, Observations, Vantage
from netmon.picture.settle import PATIENCE
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if
from tests.draws import chances
from tests.unit.picture.shared import RING, Shared, at, both_ends
from tests.unit.topology.chance import network
from tests.unit.topology.oracle import Oracle


def walk(inventory: Inventory, start: str, nodes: set[str], links: set[str]) -> set[str]:
    return Oracle(replace(inventory, vantage=Vantage(start)), Observations()).walk(nodes, links)


@settings(deadline=None, max_examples=30)
@given(chances, st.integers(4, 9))
def test_dark_is_what_no_vantage_reaches_and_a_partition_what_one_lost_and_another_reaches(
    random: Random, size: int
) -> None:
    inventory = network(random, size)
    home = inventory.vantage.node
    far = random.choice(sorted(inventory.nodes.keys() - {home}))
    drawn_nodes = {
        name: replace(node, address=f"198.18.0.{place}") for place, (name, node) in enumerate(inventory.nodes.items())
    }
    drawn_nodes[far] = replace(drawn_nodes[far], monitor=(), icmp=None)
    inventory = replace(inventory, nodes=drawn_nodes, vantage=replace(inventory.vantage, also=(far,)))
    oracle = Oracle(inventory, Observations())
    pool = [one for one in oracle.elements() if not {home, far} & oracle.fails(one)[0]]
    truth = random.sample(pool, min(len(pool), random.randint(1, 3)))
    nodes = set().union(*(oracle.fails(one)[0] for one in truth))
    links = set().union(*(oracle.fails(one)[1] for one in truth))
    drawn = {start: walk(inventory, start, set(), set()) for start in (home, far)}
    reached = {start: walk(inventory, start, nodes, links) for start in (home, far)}
    story = Shared(inventory, at("p", home), at("q", far))
    watched = set(story.seen.nodes)
    story.cut_off = {start: watched - drawn[start] for start in drawn}
    story.look()
    story.now += 5.0
    story.cut_off = {start: watched - reached[start] for start in reached}
    story.look()
    story.look()
    up = {name for name, state in story.seen.nodes.items() if state.reach == "up"}
    assert up == watched & (reached[home] | reached[far])
    expected = {}
    for start, other in ((home, far), (far, home)):
        lost = watched & reached[other] & drawn[start] - reached[start]
        if lost:
            expected[start] = lost
    assert {one.vantage: set(one.nodes) for one in story.seen.sharing.partitions} == expected
    for one in story.seen.sharing.partitions:
        graph = Graph.from_inventory(replace(inventory, vantage=Vantage(one.vantage)))
        assert set(one.nodes) <= dark_if(graph, [each[0] for each in one.between])
        assert set(one.seen_from) == {home, far} - {one.vantage}


def test_a_ring_cut_in_two_places_is_in_parts_and_the_cuts_are_named_from_either_side() -> None:
    drawn = both_ends(RING.replace("c-d d-e", "c-far far-d d-e"))
    story = Shared(drawn, at("p"), at("q", "far"))
    story.now += 5.0
    story.look()
    assert not story.seen.sharing.partitions
    story.cut_off = {"noc": {"b", "c", "d"}, "far": {"gw", "a", "e"}}
    story.now += 5.0
    story.look()
    assert not story.seen.open_incidents
    one, other = story.seen.sharing.partitions
    assert (one.vantage, one.nodes, one.seen_from) == ("far", ("a", "e", "gw"), ("noc",))
    assert (other.vantage, other.nodes, other.seen_from) == ("noc", ("b", "c", "d"), ("far",))
    assert {str(element) for named in other.between for element in named} >= {"link:a-b", "link:d-e"}
    story.cut_off = {}
    story.now += 5.0
    story.look()
    assert not story.seen.sharing.partitions


def test_a_node_that_just_fell_silent_at_one_vantage_is_asked_about_before_the_network_is_called_divided() -> None:
    story = Shared(both_ends(), at("p"), at("q", "far"))
    story.now += 5.0
    story.look()
    story.now += 5.0
    story.dead = {"b"}
    story.look("p")
    assert story.seen.sharing.partitions == ()
    assert str(story.seen.site_findings["b"].verdict) == "down"


def test_where_it_came_apart_is_not_named_before_those_around_have_spoken() -> None:
    story = Shared(both_ends(RING.replace("c-d d-e", "c-far far-d d-e")), at("p"), at("q", "far"))
    story.now += 5.0
    story.look()
    story.now += 5.0
    story.cut_off = {"noc": {"b", "c", "d"}}
    story.tell("p", NodeDown(story.now, "c", story.now - 0.8))
    asked = story.tell("q", NodeUp(story.now, "c", story.now))
    (part,) = story.seen.sharing.partitions
    assert (part.nodes, part.between) == (("c",), ())
    story.answer(asked)
    (part,) = story.seen.sharing.partitions
    assert part.nodes == ("b", "c", "d")
    assert {str(element) for named in part.between for element in named} >= {"link:a-b", "link:d-e"}


def test_where_it_came_apart_is_named_when_those_around_were_waited_for_in_vain() -> None:
    story = Shared(both_ends(RING.replace("c-d d-e", "c-far far-d d-e")), at("p"), at("q", "far"))
    story.now += 5.0
    story.look()
    story.now += 5.0
    story.tell("p", NodeDown(story.now, "c", story.now - 0.8))
    story.tell("q", NodeUp(story.now, "c", story.now))
    assert story.seen.sharing.partitions[0].between == ()
    story.now += PATIENCE
    story.tell("p", Coverage(story.now, "p", story.now))
    assert story.seen.sharing.partitions[0].between
