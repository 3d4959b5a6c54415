"""Drawing against network: one thing that was done is one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.events import NeighboursHeard
from netmon.model import Inventory, LinkEnd, Neighbour
from netmon.topology.discovery import discover
from netmon.topology.drift import Drift, DriftKind, compare, drift
from netmon.topology.hearing import Ears, listen
from tests.unit.topology.neighbourhoods import Pair, drawing, ears, end, heard, identity, words

RING = [("a:1", "b:1"), ("b:2", "c:1"), ("c:2", "a:2"), ("c:3", "v:1"), ("b:3", "w:1")]


def drifts(
    drawn: Inventory, known: Mapping[str, Ears], silent: Mapping[str, float] | None = None
) -> tuple[Drift, ...]:
    return drift(drawn, discover(known, drawn, silent=silent))


def later(known: Mapping[str, Ears], cables: Iterable[Pair], at: float = 200.0) -> Mapping[str, Ears]:
    """Return what everybody has heard after the cables have become these."""
    after = dict(known)
    told = {event.node: event for event in words(cables, at)}
    for node in known.keys() | told.keys():
        after[node] = listen(after.get(node), told.get(node) or NeighboursHeard(at, node, identity(node), ()))
    return after


def test_what_is_as_drawn_has_no_drift() -> None:
    drawn = drawing(RING)
    compared = compare(drawn, discover(ears(RING), drawn))
    assert compared.drifts == ()
    assert compared.confirmed.keys() == drawn.links.keys()


def test_ports_that_are_not_drawn_are_confirmed_by_any() -> None:
    bare = drawing([(a.partition(":")[0], b.partition(":")[0]) for a, b in RING])
    assert drifts(bare, ears(RING)) == ()


@pytest.mark.parametrize("has_history", [True, False])
@pytest.mark.parametrize(
    ("cable", "kind"),
    [
        (("c:2", "w:7"), DriftKind.MOVED),
        (("b:9", "a:2"), DriftKind.MOVED),
        (("c:8", "a:2"), DriftKind.SWAPPED),
        (("c:2", "a:9"), DriftKind.SWAPPED),
        (("c:8", "a:9"), DriftKind.SWAPPED),
    ],
)
def test_one_cable_plugged_elsewhere_is_one_finding(cable: Pair, kind: DriftKind, *, has_history: bool) -> None:
    now = [cable if pair == ("c:2", "a:2") else pair for pair in RING]
    known = later(ears(RING), now) if has_history else ears(now, at=200.0)
    (found,) = drifts(drawing(RING), known)
    assert (found.kind, found.link, found.since) == (kind, "c:2=a:2", 200.0)
    assert found.drawn == (end("c:2"), end("a:2"))
    assert found.seen is not None
    assert set(found.seen) == {end(cable[0]), end(cable[1])}


def test_an_old_word_of_the_former_neighbour_does_not_hide_the_move() -> None:
    """LLDP holds a neighbour for two minutes: b still says that it hears a, which already hears w."""
    known = dict(ears(RING))
    for event in words([("a:1", "w:5") if pair == ("a:1", "b:1") else pair for pair in RING], at=200.0):
        if event.node != "b":
            known[event.node] = listen(known.get(event.node), event)
    (found,) = drifts(drawing(RING), known)
    assert (found.kind, found.link) == (DriftKind.MOVED, "a:1=b:1")


def test_a_drawing_without_ports_knows_them_from_before() -> None:
    bare = drawing([(a.partition(":")[0], b.partition(":")[0]) for a, b in RING])
    now = [("c:2", "w:7") if pair == ("c:2", "a:2") else pair for pair in RING]
    (found,) = drifts(bare, later(ears(RING), now))
    assert (found.kind, found.link) == (DriftKind.MOVED, "c=a")
    (found,) = drifts(bare, ears(now))  # without history too, as long as it can only be this one
    assert (found.kind, found.link) == (DriftKind.MOVED, "c=a")


def test_a_cable_plugged_into_a_device_that_is_not_drawn_is_moved() -> None:
    known = dict(ears([pair for pair in RING if "v:1" not in pair]))
    stranger = Neighbour("3", "lldp", "switch-baru", "02:00:00:00:00:99", "24")
    rows = (*(hearing.neighbour for hearing in known["c"].hearings), stranger)
    known["c"] = listen(known["c"], NeighboursHeard(300.0, "c", identity("c"), rows))
    (found,) = drifts(drawing(RING), known)
    assert (found.kind, found.link) == (DriftKind.MOVED, "c:3=v:1")
    assert found.seen == (end("c:3"), LinkEnd("switch-baru", "24"))


def test_a_stranger_on_a_port_without_a_link_is_no_drift() -> None:
    known = dict(ears(RING))
    rows = (*(hearing.neighbour for hearing in known["v"].hearings), Neighbour("lan", "mndp", "AP"))
    known["v"] = listen(known["v"], NeighboursHeard(300.0, "v", identity("v"), rows))
    assert drifts(drawing(RING), known) == ()


def test_what_was_seen_and_is_gone_is_missing_and_since_when() -> None:
    known = later(ears(RING), [pair for pair in RING if pair != ("b:2", "c:1")])
    (found,) = drifts(drawing(RING), known)
    assert (found.kind, found.link, found.since, found.seen) == (DriftKind.MISSING, "b:2=c:1", 200.0, None)


def test_what_a_dark_node_would_show_is_not_missing() -> None:
    known = later(ears(RING), [pair for pair in RING if "v:1" not in pair])
    assert [found.link for found in drifts(drawing(RING), known)] == ["c:3=v:1"]
    assert drifts(drawing(RING), known, silent={"v": 150.0}) == ()


def test_what_nobody_could_have_seen_is_not_unconfirmed() -> None:
    drawn = drawing([*RING, ("x:1", "y:1"), ("v:2", "x:2")])
    found = drifts(drawn, ears(RING))
    assert [(one.kind, one.link) for one in found] == [(DriftKind.UNCONFIRMED, "v:2=x:2")]
    assert found[0].detail == "v hears others, but not this"
    assert drifts(drawn, {}) == ()
    (both,) = drifts(drawing([*RING, ("b:9", "c:9")]), ears(RING))
    assert both.detail == "b and c hear others, but not this"


def test_a_link_that_is_not_drawn_is_extra() -> None:
    (found,) = drifts(drawing(RING), ears([*RING, ("v:2", "w:2")], at=7.0))
    assert (found.kind, found.link, found.since) == (DriftKind.EXTRA, None, 7.0)


def test_two_cables_crossed_are_two_findings() -> None:
    drawn = drawing([("a:1", "b:1"), ("a:2", "b:2")])
    found = drifts(drawn, ears([("a:1", "b:2"), ("a:2", "b:1")]))
    assert [(one.kind, one.link) for one in found] == [
        (DriftKind.SWAPPED, "a:1=b:1"),
        (DriftKind.SWAPPED, "a:2=b:2"),
    ]


def test_links_through_a_passive_node_are_confirmed_by_who_hears_whom_through_it() -> None:
    drawn = drawing([("a:1", "s:1"), ("s:2", "b:1"), ("s:3", "c:1"), ("a:2", "b:2")], passive=["s"])
    known = ears([("a:1", "b:1"), ("a:1", "c:1"), ("b:1", "c:1"), ("a:2", "b:2")])
    compared = compare(drawn, discover(known, drawn))
    assert compared.drifts == ()
    assert compared.confirmed.keys() == drawn.links.keys()


def test_a_splitter_with_only_dark_ones_behind_it_is_not_unconfirmed() -> None:
    drawn = drawing([("a:1", "s:1"), ("s:2", "b:1"), ("s:3", "c:1"), ("a:2", "d:1")], passive=["s"])
    known = ears([("a:2", "d:1")])
    assert drifts(drawn, known, silent={"b": 100.0, "c": 100.0}) == ()
    one_answers = drifts(drawn, known, silent={"b": 100.0})
    assert [(one.kind, one.link) for one in one_answers] == [(DriftKind.UNCONFIRMED, "a:1=s:1")]


def test_a_lone_word_in_a_crowd_confirms_what_is_drawn() -> None:
    """RouterOS hears all behind an unmanaged switch: not believed by itself, but good enough for the drawing."""
    drawn = drawing([("a:1", "b:1"), ("c:1", "b:2")])
    rows = (heard("b:1", "1"), Neighbour("1", "mndp", "printer"))
    known = {"a": listen(None, NeighboursHeard(1.0, "a", identity("a"), rows))}
    compared = compare(drawn, discover(known, drawn))
    assert set(compared.confirmed) == {"a:1=b:1"}
    assert compared.drifts == ()


@given(st.integers(3, 12), st.data())
def test_any_one_cable_moved_is_exactly_one_move(size: int, data: st.DataObject) -> None:
    """In any tree with extra links, one end moved to another node is one finding, with and without history."""
    cables = [(f"n{i}:up", f"n{data.draw(st.integers(0, i - 1))}:down{i}") for i in range(1, size)]
    cables += [("n0:ring", f"n{size - 1}:ring")]
    number = data.draw(st.integers(0, len(cables) - 1))
    a, b = cables[number]
    others = sorted({f"n{i}" for i in range(size)} - {end(a).node, end(b).node})
    target = data.draw(st.sampled_from(others))
    moved = [*cables[:number], (a, f"{target}:spare"), *cables[number + 1 :]]
    drawn = drawing(cables)
    known = later(ears(cables), moved) if data.draw(st.booleans()) else ears(moved)
    assert [(one.kind, one.link) for one in drifts(drawn, known)] == [(DriftKind.MOVED, f"{a}={b}")]
