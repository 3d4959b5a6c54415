"""The diagnosis of networks drawn by hand, each small enough to be judged by eye."""

from __future__ import annotations

from netmon.model import Diagnosis, ElementKind, Observations, Verdict
from netmon.topology.diagnosis.diagnose import diagnose
from tests.unit.topology.chance import is_stated
from tests.unit.topology.drawn import element, graph_of, seen, written

TREE = "noc-gw-a-b-c; a-d; b-e"
RING = "noc-gw-r1-r2-r3-r4-r5-r6-gw"


def named(diagnosis: Diagnosis) -> list[tuple[str, set[str]]]:
    """Return each fault's element and its alternatives."""
    return [(str(fault.element), written(fault.alternatives)) for fault in diagnosis.faults]


def verdicts(diagnosis: Diagnosis) -> dict[str, str]:
    """Return the verdicts of the nodes that are not up, the vantage left out."""
    return {
        node: str(found.verdict)
        for node, found in diagnosis.nodes.items()
        if found.verdict is not Verdict.UP and node != "noc"
    }


def test_nothing_dark_is_no_fault() -> None:
    graph = graph_of(TREE)
    diagnosis = diagnose(graph, seen(graph))
    assert diagnosis.faults == ()
    assert {found.verdict for found in diagnosis.nodes.values()} == {Verdict.UP}
    assert {found.verdict for found in diagnosis.sites.values()} == {Verdict.UP}


def test_nothing_seen_is_unknown_everywhere() -> None:
    diagnosis = diagnose(graph_of(TREE), Observations())
    assert diagnosis.faults == ()
    assert {found.verdict for found in diagnosis.nodes.values()} == {Verdict.UNKNOWN}
    assert {found.verdict for found in diagnosis.sites.values()} == {Verdict.UNKNOWN}


class TestTree:
    def test_a_leaf_is_down_by_itself_or_its_tail(self) -> None:
        graph = graph_of(TREE)
        diagnosis = diagnose(graph, seen(graph, "c"))
        assert named(diagnosis) == [("node:c", {"link:b-c"})]
        assert verdicts(diagnosis) == {"c": "down"}

    def test_what_stands_behind_a_dead_node_is_unreachable(self) -> None:
        graph = graph_of(TREE)
        diagnosis = diagnose(graph, seen(graph, "b c e"))
        assert {"link:a-b", "node:b"} == written([diagnosis.faults[0].element, *diagnosis.faults[0].alternatives])
        assert len(diagnosis.faults) == 1
        assert diagnosis.faults[0].nodes == ("b", "c", "e")
        assert diagnosis.faults[0].sites == ("site-b", "site-c", "site-e")
        assert verdicts(diagnosis) == {"b": "down", "c": "unreachable", "e": "unreachable"}

    def test_two_branches_are_two_faults(self) -> None:
        graph = graph_of(TREE)
        diagnosis = diagnose(graph, seen(graph, "c d"))
        assert [str(fault.element) for fault in diagnosis.faults] == ["node:c", "node:d"]
        assert [fault.id for fault in diagnosis.faults] == ["F1", "F2"]
        assert diagnosis.nodes["d"].fault == "F2"

    def test_the_core_router_dead_is_a_fault_while_the_gateway_lives(self) -> None:
        graph = graph_of(TREE, sentinels="gw")
        diagnosis = diagnose(graph, seen(graph, "a b c d e"))
        assert diagnosis.faults[0].element.kind is not ElementKind.VANTAGE
        assert verdicts(diagnosis)["a"] == "down"
        assert verdicts(diagnosis)["e"] == "unreachable"


class TestRing:
    def test_one_cut_darkens_nothing_and_is_seen_by_its_ports(self) -> None:
        graph = graph_of(RING)
        diagnosis = diagnose(graph, seen(graph, ports={"r2:r3": False, "r3:r2": False}))
        assert named(diagnosis) == [("link:r2-r3", set())]
        assert diagnosis.faults[0].nodes == diagnosis.faults[0].sites == ()
        assert "redundancy is lost" in " ".join(diagnosis.faults[0].evidence)
        assert verdicts(diagnosis) == {}

    def test_two_cuts_isolate_what_lies_between(self) -> None:
        graph = graph_of(RING)
        diagnosis = diagnose(graph, seen(graph, "r3 r4 r5"))
        assert named(diagnosis) == [("link:r2-r3", {"node:r3"}), ("link:r5-r6", {"node:r5"})]
        assert verdicts(diagnosis) == {"r3": "down", "r4": "unreachable", "r5": "down"}
        assert all(fault.nodes == ("r3", "r4", "r5") for fault in diagnosis.faults)

    def test_a_dead_node_is_likelier_than_both_its_links_cut(self) -> None:
        graph = graph_of(RING)
        diagnosis = diagnose(graph, seen(graph, "r3"))
        assert named(diagnosis) == [("node:r3", set())]
        assert 0.99 < diagnosis.faults[0].confidence < 1.0

    def test_two_cuts_in_one_cable_are_one_fault(self) -> None:
        graph = graph_of(RING, cables={"k": "r2-r3 r5-r6"})
        diagnosis = diagnose(graph, seen(graph, "r3 r4 r5"))
        assert named(diagnosis) == [("cable:k", set())]
        assert set(verdicts(diagnosis).values()) == {"unreachable"}


class TestCable:
    WAYS = "noc-gw-a; gw-b; gw-c; gw-d"
    THREE = {"k": "gw-a gw-b gw-c"}  # noqa: RUF012 (a constant of the tests)

    def test_three_links_lost_together_are_their_cable(self) -> None:
        graph = graph_of(self.WAYS, cables=self.THREE)
        diagnosis = diagnose(graph, seen(graph, "a b c"))
        assert named(diagnosis) == [("cable:k", set())]
        assert verdicts(diagnosis) == dict.fromkeys("abc", "unreachable")

    def test_one_live_link_clears_the_cable(self) -> None:
        graph = graph_of(self.WAYS, cables=self.THREE)
        diagnosis = diagnose(graph, seen(graph, "a b"))
        assert named(diagnosis) == [("node:a", {"link:gw-a"}), ("node:b", {"link:gw-b"})]

    def test_a_port_that_is_up_clears_the_cable(self) -> None:
        graph = graph_of(self.WAYS, cables=self.THREE)
        diagnosis = diagnose(graph, seen(graph, "a b c", ports={"gw:a": True}))
        assert named(diagnosis) == [("node:a", set()), ("node:b", {"link:gw-b"}), ("node:c", {"link:gw-c"})]

    def test_a_cable_beside_a_fault_of_its_own(self) -> None:
        graph = graph_of(self.WAYS, cables=self.THREE)
        diagnosis = diagnose(graph, seen(graph, "a b c d"))
        assert named(diagnosis) == [("cable:k", set()), ("node:d", {"link:gw-d"})]

    def test_redundant_links_lost_together_are_their_cable(self) -> None:
        graph = graph_of("noc-gw-a-b-gw; gw-x-b", cables={"k": "gw-a b-gw"})
        diagnosis = diagnose(graph, seen(graph, ports={"gw:a": False, "gw:b": False}))
        assert named(diagnosis) == [("cable:k", set())]
        assert diagnosis.faults[0].nodes == ()

    def test_a_cable_darkens_what_it_cuts_off_from_within(self) -> None:
        graph = graph_of("noc-gw-a-b-c; gw-d", cables={"k": "gw-a a-b b-c"})
        (fault,) = diagnose(graph, seen(graph, "a b c")).faults
        assert str(fault.element) == "cable:k"
        assert fault.nodes == ("a", "b", "c")

    def test_each_of_two_faults_darkens_what_its_repair_would_light(self) -> None:
        graph = graph_of("noc-gw-a-b-c; gw-d-c; gw-x", cables={"k": "gw-a a-b"})
        first, second = diagnose(graph, seen(graph, "a b c", ports={"d:c": False})).faults
        assert (str(first.element), first.nodes) == ("cable:k", ("a", "b", "c"))
        assert (str(second.element), second.nodes) == ("link:d-c", ("b", "c"))

    def test_a_cable_that_live_nodes_hang_on_is_not_cut(self) -> None:
        graph = graph_of("noc-gw-a-b-c; gw-d", cables={"k": "a-b gw-d"})
        diagnosis = diagnose(graph, seen(graph, "d"))
        assert named(diagnosis) == [("node:d", {"link:gw-d"})]


class TestSilentForwarder:
    def test_what_answers_behind_it_proves_that_it_forwards(self) -> None:
        graph = graph_of("noc-gw-a-b; gw-c", sites={"here": "a"})
        diagnosis = diagnose(graph, seen(graph, "a"))
        assert named(diagnosis) == [("node:a", set())]
        assert diagnosis.faults[0].sites == ()
        assert verdicts(diagnosis) == {"a": "degraded"}
        assert diagnosis.sites["here"].verdict is Verdict.DEGRADED

    def test_a_dark_node_behind_it_has_a_fault_of_its_own(self) -> None:
        graph = graph_of("noc-gw-a-b; a-c")
        diagnosis = diagnose(graph, seen(graph, "a c"))
        assert named(diagnosis) == [("node:a", set()), ("node:c", {"link:a-c"})]
        assert verdicts(diagnosis) == {"a": "degraded", "c": "down"}

    def test_a_chain_of_them_is_as_many_faults(self) -> None:
        graph = graph_of("noc-gw-a-b-c")
        assert [name for name, _ in named(diagnose(graph, seen(graph, "a b")))] == ["node:a", "node:b"]

    def test_light_tells_which_of_two_forwards(self) -> None:
        graph = graph_of("noc-gw-a-z; gw-b-z")
        diagnosis = diagnose(graph, seen(graph, "a b", gw__a=None, gw__b=-9.0))
        assert verdicts(diagnosis) == {"a": "down", "b": "degraded"}


class TestPassive:
    WAYS = "noc-olt-s-o1; s-o2; s-o3; olt-x"

    def test_all_behind_a_splitter_dark_is_the_splitter_or_its_feeder(self) -> None:
        graph = graph_of(self.WAYS, passive="s")
        diagnosis = diagnose(graph, seen(graph, "o1 o2 o3"))
        assert named(diagnosis) == [("link:olt-s", {"node:s"})]
        assert verdicts(diagnosis) == {"o1": "unreachable", "o2": "unreachable", "o3": "unreachable", "s": "unknown"}

    def test_one_that_answers_clears_the_splitter(self) -> None:
        graph = graph_of(self.WAYS, passive="s")
        diagnosis = diagnose(graph, seen(graph, "o1 o3"))
        assert named(diagnosis) == [("node:o1", {"link:s-o1"}), ("node:o3", {"link:s-o3"})]

    def test_a_splitter_for_one_leaves_everything_open(self) -> None:
        graph = graph_of("noc-olt-s-o1; olt-x", passive="s")
        diagnosis = diagnose(graph, seen(graph, "o1"))
        assert named(diagnosis) == [("node:o1", {"link:olt-s", "node:s", "link:s-o1"})]
        assert verdicts(diagnosis) == {"o1": "down", "s": "unknown"}

    def test_a_splitter_with_two_feeders_is_named_when_it_alone_explains(self) -> None:
        graph = graph_of("noc-olt1-s-o1; noc-olt2-s-o2", passive="s")
        diagnosis = diagnose(graph, seen(graph, "o1 o2"))
        assert named(diagnosis) == [("node:s", set())]
        assert verdicts(diagnosis) == {"o1": "unreachable", "o2": "unreachable", "s": "down"}

    def test_explanations_of_the_same_size_are_hypotheses(self) -> None:
        graph = graph_of("noc-x-p-a; p-b; noc-y-q-b; q-a", passive="p q")
        diagnosis = diagnose(graph, seen(graph, "a b"))
        assert diagnosis.hypotheses
        assert is_stated(diagnosis, frozenset({element("node:a"), element("node:b")}))
        assert is_stated(diagnosis, frozenset({element("node:p"), element("node:q")}))
        assert not is_stated(diagnosis, frozenset({element("node:a"), element("node:q")}))


class TestUnknown:
    def test_a_node_without_a_path_is_never_shadowed(self) -> None:
        graph = graph_of("noc-gw-a; gw-b; y-z")
        diagnosis = diagnose(graph, seen(graph, "a y z"))
        assert [name for name, _ in named(diagnosis)] == ["node:a", "node:y", "node:z"]
        assert verdicts(diagnosis) == {"a": "down", "y": "down", "z": "down"}
        assert "no path" in diagnosis.faults[1].evidence[0]

    def test_a_node_that_nobody_heard_of_is_a_last_resort(self) -> None:
        graph = graph_of("noc-gw-u-d; gw-x")
        diagnosis = diagnose(graph, seen(graph, "d", unknown="u"))
        assert named(diagnosis) == [("node:d", {"link:gw-u", "link:u-d", "node:u"})]
        assert diagnosis.faults[0].alternatives[-1].id == "u"
        assert verdicts(diagnosis) == {"d": "down", "u": "unknown"}

    def test_but_named_when_nothing_else_explains(self) -> None:
        graph = graph_of("noc-x-u-d; noc-y-u-e; u-f", sites={"here": "u"})
        diagnosis = diagnose(graph, seen(graph, "d e f", unknown="u"))
        assert named(diagnosis) == [("node:u", set())]
        assert diagnosis.nodes["u"] == (Verdict.UNKNOWN, "F1")
        assert diagnosis.sites["here"] == (Verdict.UNKNOWN, "F1")


class TestVantage:
    def test_nothing_answers_means_that_the_monitor_is_cut_off(self) -> None:
        graph = graph_of(TREE, sentinels="gw")
        diagnosis = diagnose(graph, seen(graph, "gw a b c d e"))
        assert named(diagnosis) == [("vantage:noc", {"link:noc-gw", "node:gw"})]
        assert set(verdicts(diagnosis).values()) == {"unknown"}
        assert diagnosis.sites["site-c"] == (Verdict.UNKNOWN, "F1")
        assert diagnosis.faults[0].nodes == ("a", "b", "c", "d", "e", "gw")

    def test_dark_sentinels_are_enough(self) -> None:
        graph = graph_of(TREE, sentinels="gw")
        diagnosis = diagnose(graph, seen(graph, "gw", unknown="a b c d e"))
        assert diagnosis.faults[0].element.kind is ElementKind.VANTAGE

    def test_a_dark_node_far_out_is_not(self) -> None:
        graph = graph_of(TREE, sentinels="gw")
        diagnosis = diagnose(graph, seen(graph, "c", unknown="gw a b d e"))
        assert diagnosis.faults[0].element.kind is not ElementKind.VANTAGE
        assert diagnosis.nodes["a"].verdict is Verdict.UNKNOWN

    def test_the_nearest_nodes_stand_in_for_sentinels(self) -> None:
        graph = graph_of("noc-sw-a; sw-b", passive="sw")
        assert diagnose(graph, seen(graph, "a b")).faults[0].element.kind is ElementKind.VANTAGE
        assert diagnose(graph, seen(graph, "a")).faults[0].element.kind is ElementKind.NODE

    def test_a_sentinel_that_forwards_but_is_silent_mutes_nothing(self) -> None:
        graph = graph_of(TREE, sentinels="gw")
        diagnosis = diagnose(graph, seen(graph, "gw c"))
        assert [name for name, _ in named(diagnosis)] == ["node:c", "node:gw"]
        assert verdicts(diagnosis) == {"c": "down", "gw": "degraded"}


class TestPorts:
    def test_a_live_port_up_leaves_only_the_node(self) -> None:
        graph = graph_of(TREE)
        diagnosis = diagnose(graph, seen(graph, "c", ports={"b:c": True}))
        assert named(diagnosis) == [("node:c", set())]

    def test_a_port_of_a_dark_node_says_nothing(self) -> None:
        graph = graph_of(TREE)
        diagnosis = diagnose(graph, seen(graph, "c", ports={"c:b": True}))
        assert named(diagnosis) == [("node:c", {"link:b-c"})]

    def test_light_lost_between_two_live_nodes_is_fibre(self) -> None:
        graph = graph_of(RING)
        diagnosis = diagnose(graph, seen(graph, r2__r3=None, r3__r2=-40.0))
        assert named(diagnosis) == [("link:r2-r3", set())]

    def test_light_that_arrives_on_a_dead_line_is_a_device(self) -> None:
        graph = graph_of(RING, cables={"k": "r2-r3"})
        diagnosis = diagnose(graph, seen(graph, ports={"r2:r3": False}, r2__r3=-9.0))
        assert named(diagnosis) == [("link:r2-r3", set())]

    def test_up_at_one_live_end_outweighs_down_at_the_other(self) -> None:
        graph = graph_of(RING)
        assert diagnose(graph, seen(graph, ports={"r2:r3": True, "r3:r2": False})).faults == ()

    def test_a_line_that_live_nodes_need_is_not_lost(self) -> None:
        graph = graph_of("noc-gw-a-b")
        assert diagnose(graph, seen(graph, ports={"a:b": False})).faults == ()

    def test_a_dark_node_accounts_for_the_ports_around_it(self) -> None:
        graph = graph_of(RING)
        diagnosis = diagnose(graph, seen(graph, "r3", ports={"r2:r3": False, "r4:r3": False}))
        assert named(diagnosis) == [("node:r3", set())]

    def test_a_second_cut_beside_a_dead_node_is_found(self) -> None:
        graph = graph_of("noc-gw-a-b-gw; gw-c")
        diagnosis = diagnose(graph, seen(graph, "c", ports={"gw:c": False, "a:b": False}))
        assert named(diagnosis) == [("link:a-b", set()), ("node:c", {"link:gw-c"})]


class TestPower:
    def test_nodes_of_one_area_dark_at_once_lost_their_power(self) -> None:
        graph = graph_of("noc-gw-a; gw-b; gw-c-d", areas={"p": "a b"})
        diagnosis = diagnose(graph, seen(graph, "a b"))
        assert named(diagnosis) == [("power_area:p", set())]
        assert verdicts(diagnosis) == {"a": "down", "b": "down"}

    def test_one_of_them_with_light_on_clears_the_area(self) -> None:
        graph = graph_of("noc-gw-a; gw-b; gw-c", areas={"p": "a b"})
        diagnosis = diagnose(graph, seen(graph, "a b", gw__a=-7.0))
        assert [name for name, _ in named(diagnosis)] == ["node:a", "node:b"]


class TestSites:
    WAYS = "noc-gw-a; gw-b; gw-c"

    def test_a_site_with_one_node_dark_is_degraded(self) -> None:
        graph = graph_of(self.WAYS, sites={"here": "a b"})
        diagnosis = diagnose(graph, seen(graph, "a"))
        assert diagnosis.sites["here"] == (Verdict.DEGRADED, "F1")
        assert diagnosis.faults[0].sites == ()

    def test_a_site_all_dark_is_down_if_one_node_is(self) -> None:
        graph = graph_of("noc-gw-a-b; gw-c", sites={"here": "a b"})
        diagnosis = diagnose(graph, seen(graph, "a b"))
        assert diagnosis.sites["here"] == (Verdict.DOWN, "F1")
        assert diagnosis.faults[0].sites == ("here",)

    def test_nodes_nobody_heard_of_do_not_pull_a_site_down(self) -> None:
        graph = graph_of(self.WAYS, sites={"here": "a b"})
        diagnosis = diagnose(graph, seen(graph, unknown="a"))
        assert diagnosis.sites["here"].verdict is Verdict.UP


def test_the_way_to_the_dark_may_lead_over_hidden_nodes_between_two_failures() -> None:
    """A cable beyond a splitter and a router at the other end: either, repaired alone, lights the stretch."""
    graph = graph_of("noc-gw-x-h-i-b-c-d-e-gw", passive="h i", cables={"k": "h-i i-b", "m": "gw-x x-h"})
    diagnosis = diagnose(graph, seen(graph, "b c d e"))
    assert {str(fault.element) for fault in diagnosis.faults} >= {"cable:k"}
    for fault in diagnosis.faults:
        assert set(fault.nodes) >= {"b", "c", "d"}
        assert all(text.rstrip().rstrip(":") == text for text in fault.evidence)


def test_where_light_comes_out_of_a_line_that_is_down_the_silent_sender_is_named_first() -> None:
    graph = graph_of("noc-gw-a-b-c; gw-d")
    for light, expected in ({}, "link:gw-a"), ({"gw__a": None}, "link:gw-a"), ({"gw__a": -8.0}, "node:a"):
        (fault,) = diagnose(graph, seen(graph, "a b c", ports={"gw:a": False}, **light)).faults
        assert str(fault.element) == expected
        assert written((fault.element, *fault.alternatives)) == {"link:gw-a", "node:a"}


class TestWords:
    """What never answers is not said to answer, nor not to."""

    def test_a_splitter_whose_others_answer_works(self) -> None:
        graph = graph_of("noc-olt-odp-a; odp-b", passive="odp")
        (fault,) = diagnose(graph, seen(graph, "a")).faults
        assert fault.evidence == ("a is dark; beside it odp must work: what answers is reached that way alone",)

    def test_of_a_splitter_with_all_behind_it_dark_nothing_is_known(self) -> None:
        graph = graph_of("noc-olt-odp-a; odp-b; olt-c", passive="odp")
        (fault,) = diagnose(graph, seen(graph, "a b")).faults
        assert str(fault.element) == "link:olt-odp"
        assert fault.evidence[0] == "olt answers, and of odp beyond olt-odp nothing is known"

    def test_a_router_that_only_forwards_is_not_said_to_answer(self) -> None:
        graph = graph_of("noc-gw-mute-a; mute-x-y")
        faults = diagnose(graph, seen(graph, "mute x y")).faults
        said = {str(fault.element): fault.evidence for fault in faults}
        assert said["link:mute-x"][0] == "mute carries traffic, but not over mute-x to x"

    def test_a_lost_line_to_a_splitter_lies_between_two_that_work(self) -> None:
        graph = graph_of("noc-olt-odp-a-olt; odp-b", passive="odp")
        (fault,) = diagnose(graph, seen(graph, ports={"a:odp": False})).faults
        assert fault.evidence[0] == "a and odp work, but odp-a between them is down: redundancy is lost"
