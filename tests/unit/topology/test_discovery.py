"""Links from what nodes hear: believed when both agree, or when one hears exactly one and nothing contradicts it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmon.events import NeighboursHeard
from netmon.model import Identity, LinkEnd, Neighbour
from netmon.topology.discovery import ANNOUNCED, BOTH_AGREE, ONE_SAYS, OVERHEARD, SHARED_SEGMENT, discover
from netmon.topology.hearing import REMEMBERED, listen, listen_to
from netmon.topology.port_names import same_port
from tests.rows import every_row
from tests.unit.topology.neighbourhoods import drawing, ears, end, heard, identity, ports, words

RING = [("a:1", "b:1"), ("b:2", "c:1"), ("c:2", "a:2"), ("c:3", "v:1")]


def test_both_ends_agree() -> None:
    found = discover(ears(RING), drawing(RING))
    assert ports(link.ends for link in found.links) == ports((end(a), end(b)) for a, b in RING)
    assert all(link.both and link.confidence == BOTH_AGREE and link.is_current for link in found.links)
    assert not found.candidates
    assert not found.former


@given(st.permutations(range(8)), st.data())
def test_any_wiring_is_found_with_its_ports(order: list[int], data: st.DataObject) -> None:
    """Every cabling of eight nodes, parallel links and all, is found exactly, whoever of two ends is polled."""
    cables = []
    for number, node in enumerate(order[1:], 1):
        other = order[data.draw(st.integers(0, number - 1))]
        cables.append((f"n{node}:p{number}", f"n{other}:q{number}"))
    cables.append((f"n{order[0]}:x", f"n{order[1]}:y"))  # parallel to the first
    mute = data.draw(st.sets(st.sampled_from(range(8)), max_size=1))
    seen = discover(ears(cables, mute={f"n{m}" for m in mute}), drawing(cables))
    assert ports(link.ends for link in seen.links) == ports((end(a), end(b)) for a, b in cables)


def test_one_end_is_believed_when_it_hears_one_neighbour_only() -> None:
    cables = [("a:1", "b:1"), ("a:2", "c:1")]
    found = discover(ears(cables, mute=["b", "c"]), drawing(cables))
    assert [link.confidence for link in found.links] == [ONE_SAYS, ONE_SAYS]
    crowded = {"a": listen(None, NeighboursHeard(1.0, "a", identity("a"), (heard("b:1", "1"), heard("c:1", "1"))))}
    found = discover(crowded, drawing(cables))
    assert not found.links
    assert {link.b.node for link in found.candidates} == {"b", "c"}


def test_a_stranger_beside_makes_a_single_word_a_candidate() -> None:
    rows = (heard("b:1", "1"), Neighbour("1", "mndp", "AP-desa", "02:00:00:00:00:01"))
    found = discover({"a": listen(None, NeighboursHeard(1.0, "a", identity("a"), rows))}, drawing([("a:1", "b:1")]))
    assert not found.links
    assert [(one.neighbour.name, one.is_alone) for one in found.strangers] == [("AP-desa", False)]


def test_a_silent_switch_makes_a_shared_segment() -> None:
    cables = [("a:1", "b:1"), ("a:1", "c:1"), ("b:1", "c:1")]
    found = discover(ears(cables), drawing(cables))
    assert len(found.links) == 3
    assert {link.confidence for link in found.links} == {SHARED_SEGMENT}


def test_protocols_that_speak_of_one_link_are_one_link() -> None:
    rows = (heard("b:1", "1"), Neighbour("1", "mndp", "b", "chassis-b"), Neighbour("1", "arp", address="198.18.0.2"))
    events = [
        NeighboursHeard(1.0, "a", identity("a"), rows),
        NeighboursHeard(1.0, "b", identity("b"), (heard("a:1", "1"),)),
    ]
    (link,) = discover(listen_to(events), drawing([("a:1", "b:1")])).links
    assert link.sources == ("arp", "lldp", "mndp")
    assert link.ends == (end("a:1"), end("b:1"))


def test_names_that_only_one_side_uses_do_not_make_two_links() -> None:
    rows = [
        NeighboursHeard(1.0, "a", identity("a"), (heard("b:uplink", "1"),)),
        NeighboursHeard(1.0, "b", identity("b"), (heard("a:to-b", "1"),)),
    ]
    (link,) = discover(listen_to(rows), drawing([("a:1", "b:1")])).links
    assert link.ends == (end("a:1"), end("b:1"))


def test_parallel_links_without_port_names_are_candidates() -> None:
    rows = [
        NeighboursHeard(1.0, "a", identity("a"), (heard("b", "1", "mndp"), heard("b", "2", "mndp"))),
        NeighboursHeard(1.0, "b", identity("b"), (heard("a", "1", "mndp"), heard("a", "2", "mndp"))),
    ]
    found = discover(listen_to(rows), drawing([("a:1", "b:1")]))
    assert all(not link.both for link in (*found.links, *found.candidates))


def test_overheard_stations_are_believed_less() -> None:
    inventory = drawing([("a:1", "b:1")])
    row = Neighbour("1", "arp", address=inventory.nodes["b"].address or "")
    (link,) = discover({"a": listen(None, NeighboursHeard(1.0, "a", identity("a"), (row,)))}, inventory).links
    assert (link.b, link.confidence) == (LinkEnd("b"), OVERHEARD)
    assert "arp" not in ANNOUNCED


@every_row(
    ("neighbour", "node"),
    [
        (Neighbour("1", "lldp", name="B.tuban.test"), "b"),
        (Neighbour("1", "lldp", chassis="AA:BB:CC:00:00:02"), "b"),
        (Neighbour("1", "lldp", chassis="198.18.0.2"), "b"),
        (Neighbour("1", "lldp", address="10.9.9.9"), "b"),
        (Neighbour("1", "mndp", name="Router Desa"), "b"),
        (Neighbour("1", "mndp", name="MikroTik", address="198.18.0.2"), "b"),
        (Neighbour("1", "mndp", name="MikroTik"), None),
        (Neighbour("1", "lldp", chassis="aa:bb:cc:00:00:ff"), None),
        (Neighbour("1", "lldp", chassis="aa:bb:cc:00:00:02", name="c"), "b"),  # the chassis says more than a name
    ],
)
def test_a_neighbour_is_recognised(neighbour: Neighbour, node: str | None) -> None:
    said = Identity("Router Desa", ("aa:bb:cc:00:00:02", "aa:bb:cc:00:00:ff"), ("10.9.9.9",))
    others = Identity("MikroTik", ("aa:bb:cc:00:00:ff",))
    known = {
        "a": listen(None, NeighboursHeard(1.0, "a", Identity("MikroTik"), (neighbour,))),
        "b": listen(None, NeighboursHeard(1.0, "b", said, ())),
        "c": listen(None, NeighboursHeard(1.0, "c", others, ())),
    }
    found = discover(known, drawing([("a", "b"), ("b", "c")]))
    assert [link.b.node for link in found.links] == ([] if node is None else [node])
    assert len(found.strangers) == (1 if node is None else 0)


def test_a_port_announced_by_its_mac_is_named() -> None:
    mac = "02:00:00:00:00:09"
    said = Identity("b", ("chassis-b",), (), ((mac, "ether5"),))
    known = {
        "a": listen(None, NeighboursHeard(1.0, "a", identity("a"), (Neighbour("1", "lldp", "b", "chassis-b", mac),))),
        "b": listen(None, NeighboursHeard(1.0, "b", said, ())),
    }
    (link,) = discover(known, drawing([("a", "b")])).links
    assert link.b == LinkEnd("b", "ether5")


def test_a_dark_node_keeps_its_last_edges() -> None:
    known = dict(ears(RING, at=100.0))
    for event in words([pair for pair in RING if "v:1" not in pair], at=200.0):
        known[event.node] = listen(known.get(event.node), event)
    lit = discover(known, drawing(RING))
    assert len(lit.links) == 4  # one end still says so, and nobody says otherwise
    dark = discover(known, drawing(RING), silent={"v": 150.0})
    (edge,) = [link for link in dark.links if "v" in {end.node for end in link.ends}]
    assert (edge.is_current, edge.first_seen, edge.last_seen) == (False, 100.0, 150.0)


def test_a_new_word_of_live_nodes_beats_what_a_dark_one_last_said() -> None:
    known = dict(ears([("a:1", "b:1")], at=100.0))
    for event in words([("a:1", "c:1")], at=200.0):
        known[event.node] = listen(known.get(event.node), event)
    found = discover(known, drawing([("a:1", "b:1"), ("a:2", "c:1")]), silent={"b": 150.0})
    assert [link.ends for link in found.links] == [(end("a:1"), end("c:1"))]
    assert [link.ends for link in found.candidates] == [(end("a:1"), end("b:1"))]


def test_who_has_gone_is_remembered_for_a_while() -> None:
    known = None
    for number in range(10):
        known = listen(known, NeighboursHeard(float(number), "a", identity("a"), (heard(f"n{number}:1", "1"),)))
    assert known is not None
    assert [hearing.until for hearing in known.hearings] == [None, 9.0, 8.0, 7.0]
    assert len(known.hearings) == 1 + REMEMBERED


def test_who_comes_back_was_first_seen_when_it_was() -> None:
    here, away = (heard("b:1", "1"),), ()
    known = listen(None, NeighboursHeard(1.0, "a", identity("a"), here))
    known = listen(known, NeighboursHeard(2.0, "a", identity("a"), away))
    assert known.hearings[0].until == 2.0
    known = listen(known, NeighboursHeard(3.0, "a", identity("a"), here))
    assert (known.hearings[0].since, known.hearings[0].until) == (1.0, None)


def test_events_of_nodes_that_are_not_drawn_are_left_out() -> None:
    found = discover(ears(RING), drawing(RING[:1]))
    assert [link.ends for link in found.links] == [(end("a:1"), end("b:1"))]
    assert {stranger.neighbour.name for stranger in found.strangers} == {"c"}


@every_row(
    ("one", "other", "same"),
    [
        ("GigabitEthernet1/0/4", "Gi1/0/4", True),
        ("GigabitEthernet1/0/4", "Gi1/0/14", False),
        ("XGigabitEthernet0/0/1", "XGE0/0/1", True),
        ("GigabitEthernet0/0/1", "GE0/0/1", True),
        ("TenGigabitEthernet1/1", "GigabitEthernet1/1", False),
        ("bridge/bond/sfp1", "sfp1", True),
        ("ge-0/0/1", "ge-0/0/1", True),
        ("ge-0/0/1", "ge-0/0/2", False),
        ("ether1", "ether10", False),
        ("Ethernet1", "eth1", True),
    ],
)
def test_one_port_under_two_names(one: str, other: str, same: bool) -> None:
    assert same_port(one, other) is same
