"""What hangs by one thread, held against taking everything out, one after another."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Element, ElementKind, Link, LinkEnd, Service, Site, SiteKind, Vantage
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.spof import spofs
from netmon.topology.robustness.surroundings import surroundings
from netmon.topology.robustness.tree import Tree
from netmon.topology.robustness.whatif import what_if
from tests.draws import chances
from tests.unit.topology.chance import few
from tests.unit.topology.drawn import draw, element
from tests.unit.topology.townscape import Removal, townscape


@given(chances, st.integers(2, 12))
def test_what_darkens_a_site_is_what_removing_it_darkens(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    everything = Removal(inventory).elements()
    base = random.sample(everything, min(len(everything), random.choice([0, 0, 1, 2])))
    base = [one for one in base if one.kind is not ElementKind.POWER_AREA]
    removal = Removal(inventory, base)
    footing = Footing.of(Graph.from_inventory(inventory), failed=base)
    found = spofs(inventory, footing)
    expected = {one: sites for one in everything if (sites := removal.dark_sites([one]))}
    assert {one.element: set(one.sites) for one in found} == expected
    for one in found:
        assert one.toll.sites == len(one.sites)
        assert one.toll.services == len(one.services) == len(lost_services(removal, one.element))
        dark = [inventory.sites[site] for site in one.sites]
        assert one.toll.villages == sum(site.kind != "opd" for site in dark)
        assert one.toll.people == sum(site.people or 0 for site in dark)
        assert one.toll.uncounted == sum(site.people is None for site in dark)
    tolls = [one.toll for one in found]
    assert tolls == sorted(tolls, reverse=True)


def lost_services(removal: Removal, failed: Element) -> set[str]:
    dark, fallen = removal.dark_sites([failed]), removal.before - removal.reached([failed])
    return {
        service.id
        for service in removal.inventory.services.values()
        if removal.before.issuperset(service.depends_on)
        and (service.site in dark or not fallen.isdisjoint(service.depends_on))
    }


@given(chances, st.integers(2, 16))
def test_whatever_fails_together_darkens_what_its_removal_does(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    removal = Removal(inventory)
    everything = removal.elements()
    footing = Footing.of(Graph.from_inventory(inventory))
    failed = random.sample(everything, min(len(everything), random.randint(1, 5)))
    outcome = what_if(inventory, footing, failed)
    assert set(outcome.sites) == removal.dark_sites(failed)
    assert set(outcome.nodes) == removal.before - removal.reached(failed)
    assert outcome.toll.sites == len(outcome.sites)
    if removal.vantage in removal.left(failed):
        assert set(outcome.all_bridges) == removal.bridges(failed)
        assert set(outcome.bridges) == removal.bridges(failed) - removal.bridges([])


def rows(ways: str, **options: object) -> dict[str, set[str]]:
    inventory = draw(ways, **options)  # type: ignore[arg-type]  # passed through to draw
    found = spofs(inventory, Footing.of(Graph.from_inventory(inventory)))
    return {str(one.element): set(one.sites) for one in found}


def test_a_ring_hangs_on_nothing_but_its_gateway_and_each_village_on_itself() -> None:
    found = rows("noc-gw-a-b-c-gw", passive="gw")
    assert found["node:gw"] == found["link:noc-gw"] == {"site-gw", "site-a", "site-b", "site-c"}
    assert "link:a-b" not in found
    assert found["node:a"] == {"site-a"}


def test_a_duct_under_both_sides_of_a_ring_is_worse_than_either_link() -> None:
    found = rows("noc-gw-a-b-c-gw", cables={"duct": "gw-a c-gw"})
    assert found["cable:duct"] == {"site-a", "site-b", "site-c"}


def test_a_power_area_takes_what_lies_between_its_nodes() -> None:
    found = rows("noc-gw-a-b-c-gw", areas={"feeder": "a c"})
    assert found["power_area:feeder"] == {"site-a", "site-b", "site-c"}


def test_what_lies_between_two_failures_may_hold_by_what_lies_below() -> None:
    """Seen from the vantage along a, b, c, d, only d leads back to it; b holds by its link to d."""
    found = rows("noc-a-b-c-d-noc; b-d", areas={"feeder": "a c"})
    assert found["power_area:feeder"] == {"site-a", "site-c"}


def test_one_of_two_parallel_links_is_no_thread_and_the_cable_of_both_is() -> None:
    found = rows("noc-gw-a; gw-a", cables={"duct": "gw-a gw-a.2"})
    assert "link:gw-a" not in found
    assert found["cable:duct"] == {"site-a"}


def test_a_site_with_a_second_router_elsewhere_is_not_dark() -> None:
    found = rows("noc-gw-a; noc-x", sites={"twin": "a x"})
    assert found["link:noc-gw"] == {"site-gw"}
    assert found["node:gw"] == {"site-gw"}


def test_a_passive_splitter_at_a_site_does_not_keep_it_alight() -> None:
    found = rows("noc-gw-odp-a; odp-b", passive="odp", sites={"village": "odp a"})
    assert found["node:a"] == {"village"}
    assert found["node:odp"] == {"site-b", "village"}


def test_a_website_goes_with_its_host_though_its_village_has_no_line_and_is_lost_only_once() -> None:
    inventory = draw("noc-host-proxy; noc-a")
    sites = {**inventory.sites, "far": Site("far", "Far", SiteKind.VILLAGE, served=False)}
    services = {
        "web-far": Service("web-far", "far", "website", depends_on=("host",)),
        "web-a": Service("web-a", "site-a", "website", depends_on=("host", "proxy")),
    }
    inventory = replace(inventory, sites=sites, services=services)
    graph = Graph.from_inventory(inventory)
    found = {str(one.element): one.services for one in spofs(inventory, Footing.of(graph))}
    assert found["node:host"] == found["link:noc-host"] == ("web-a", "web-far")
    assert found["node:a"] == ("web-a",)
    today = {str(one.element): one.services for one in spofs(inventory, Footing.of(graph, dark=["proxy"]))}
    assert today["node:a"] == ()
    assert today["node:host"] == ("web-far",)


def test_the_vantage_is_no_thread_but_its_power_is() -> None:
    found = rows("noc-gw-a", areas={"pln": "noc"})
    assert "node:noc" not in found
    assert found["power_area:pln"] == {"site-noc", "site-gw", "site-a"}


def test_what_nothing_joins_to_the_vantage_is_named_and_left_out() -> None:
    inventory = draw("noc-a; y-z")
    footing = Footing.of(Graph.from_inventory(inventory))
    assert footing.unjoined() == ("site-y", "site-z")
    assert {str(one.element) for one in spofs(inventory, footing)} == {"link:noc-a", "node:a"}


def test_a_ring_that_is_open_today_hangs_on_both_its_arms() -> None:
    inventory = draw("noc-gw-a-b-c-gw")
    footing = Footing.of(Graph.from_inventory(inventory), cut=["a-b"], dark=["c"])
    found = {str(one.element): set(one.sites) for one in spofs(inventory, footing)}
    assert found["link:gw-a"] == {"site-a"}
    assert not [one for one in found if "b" in one]


def test_a_second_vantage_keeps_what_it_reaches() -> None:
    inventory = replace(draw("noc-gw-a-b", areas={"pln": "noc gw"}), vantage=Vantage("noc", also=("b",)))
    found = {str(o.element): set(o.sites) for o in spofs(inventory, Footing.of(Graph.from_inventory(inventory)))}
    assert "link:gw-a" not in found
    assert found["power_area:pln"] == {"site-noc", "site-gw"}


@given(chances, st.integers(4, 12))
def test_where_the_first_vantage_is_lost_what_hangs_on_what_is_told_as_the_others_see_it(
    random: Random, size: int
) -> None:
    """As from a place that is joined to each of the others by a cable of its own."""
    inventory = townscape(random, size)
    others = tuple(random.sample(sorted(set(inventory.nodes) - {"n00"}), random.randint(1, 3)))
    inventory = replace(inventory, vantage=Vantage("n00", also=others))
    place = {"eye": replace(inventory.nodes["n00"], id="eye", power_area=None)}
    joins = {f"to-{one}": Link(f"to-{one}", LinkEnd("eye"), LinkEnd(one)) for one in (*others, "n00")}
    lost = [element("node:n00")]
    seen = Removal(
        replace(
            inventory,
            vantage=Vantage("eye"),
            nodes={**inventory.nodes, **place},
            links={**inventory.links, **joins},
        )
    )
    outcome = what_if(inventory, Footing.of(Graph.from_inventory(inventory)), lost)
    assert set(outcome.nodes) == seen.before - seen.reached(lost)
    assert set(outcome.all_bridges) == seen.bridges(lost) - joins.keys()
    assert set(outcome.bridges) == seen.bridges(lost) - seen.bridges([]) - joins.keys()


def test_where_no_vantage_is_left_nothing_hangs_on_anything() -> None:
    inventory = replace(draw("noc-a-b-far; noc-z-y", passive="far y"), vantage=Vantage("noc", also=("far", "y")))
    footing = Footing.of(Graph.from_inventory(inventory))
    outcome = what_if(inventory, footing, [element("node:noc")])
    assert outcome.sites == ("site-noc",)
    assert outcome.bridges == outcome.all_bridges == ("a-b", "b-far", "z-y")
    assert outcome.joints == ("b", "far", "y")
    blind = what_if(inventory, footing, [element("node:noc"), element("node:far"), element("node:y")])
    assert blind.all_bridges == ()


def test_a_chain_longer_than_the_stack_costs_one_pass() -> None:
    inventory = draw("noc-" + "-".join(f"n{node}" for node in range(1200)))
    found = spofs(inventory, Footing.of(Graph.from_inventory(inventory)))
    assert len(found) == 2400
    assert found[0].toll.sites == 1200


def test_a_fall_is_told_in_as_few_spans_as_it_has() -> None:
    inventory = draw("noc-gw-a-b-c-gw; b-v-w")
    graph = Graph.from_inventory(inventory)
    tree = Tree(Footing.of(graph))
    spans = tree.falls(*graph.fails(graph.code(element("link:b-v"))))
    assert len(spans) == 1
    assert spans[0].stop - spans[0].start == 2


@few(10)
@given(chances, st.integers(2, 8))
def test_what_a_node_hangs_on_is_what_darkens_it(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    graph = Graph.from_inventory(inventory)
    footing = Footing.of(graph)
    node = random.choice([name for name in graph.ids if name != inventory.vantage.node])
    reached = footing.reached[graph.index[node]]
    around = surroundings(inventory, footing, [node])
    expected = {
        element
        for element in Removal(inventory).elements()
        if reached and node in dark_if(graph, [element]) and element.id not in (node, inventory.vantage.node)
    }
    assert set(around.hangs_on) == expected
    assert bool(around.way) == reached


def test_the_way_is_the_one_to_the_nearest_of_several_vantages() -> None:
    inventory = draw("noc-a-b-c; far-y-c; eye-z", passive="far eye")
    inventory = replace(inventory, vantage=Vantage("noc", also=("far", "eye")))
    footing = Footing.of(Graph.from_inventory(inventory))
    asked = ("b", "c", "z", "noc")
    ways = {name: [span.link for span in surroundings(inventory, footing, [name]).way] for name in asked}
    assert ways == {"b": ["a-b", "noc-a"], "c": ["y-c", "far-y"], "z": ["eye-z"], "noc": []}
    today = Footing.of(Graph.from_inventory(inventory), cut=["far-y"])
    assert [span.link for span in surroundings(inventory, today, ["c"]).way] == ["b-c", "a-b", "noc-a"]
