"""Where a trap makes netmon look, and what it is evidence of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.events import EvidenceSeen, TrapSeen
from netmon.model import EvidenceKind, Inventory, SnmpProbe, TrapKind
from netmon.probes.traps.hints import FarEnds, Look, evidence_in, where_to_look
from netmon.probes.vendors.tables import Part
from tests.drawings import drawing


def polled(inventory: Inventory) -> Inventory:
    nodes = {
        name: replace(node, snmp=SnmpProbe()) if node.icmp is not None else node
        for name, node in inventory.nodes.items()
    }
    return replace(inventory, nodes=nodes)


RING = polled(drawing("noc-a a-b b-c c-a c-split split-d split-e", passive="split", ports=True))
ENDS = FarEnds(RING)


def look(what: TrapKind, node: str, port: str | None) -> Look:
    return where_to_look(TrapSeen(1.0, node, what, port), ENDS, RING)


def test_a_line_has_two_ends() -> None:
    assert look(TrapKind.LINK_DOWN, "a", "b") == Look(ping=("a", "b"), poll=("a",), poll_later=("b",))


def test_a_port_that_leads_nowhere_is_read_all_the_same() -> None:
    assert look(TrapKind.LINK_DOWN, "a", "ether9") == Look(ping=("a",), poll=("a",))
    assert look(TrapKind.LINK_UP, "a", None) == Look(ping=("a",), poll=("a",))


def test_what_nobody_probes_is_not_probed_for_a_trap() -> None:
    assert look(TrapKind.LINK_DOWN, "a", "noc") == Look(ping=("a",), poll=("a",))
    assert look(TrapKind.LINK_DOWN, "c", "split") == Look(ping=("c",), poll=("c",))


def test_a_restart_is_of_one_node() -> None:
    assert look(TrapKind.COLD_START, "b", "a") == Look(ping=("b",), poll=("b",))


@pytest.mark.parametrize(
    ("what", "part"),
    [
        (TrapKind.NEIGHBOURS_CHANGED, Part.NEIGHBOURS),
        (TrapKind.ROUTING_CHANGED, Part.ROUTING),
        (TrapKind.ON_BATTERY, Part.UPS),
    ],
)
def test_what_changed_is_read_before_its_time(what: TrapKind, part: Part) -> None:
    assert look(what, "b", None) == Look(ping=("b",), poll=("b",), parts=frozenset({part}))


def test_a_wrong_community_says_nothing_of_the_network() -> None:
    assert look(TrapKind.AUTHENTICATION_FAILURE, "a", None) == Look()


@pytest.mark.parametrize(
    ("what", "kind"),
    [(TrapKind.ON_BATTERY, EvidenceKind.ON_BATTERY), (TrapKind.LINE_RESTORED, EvidenceKind.MAINS_BACK)],
)
def test_a_ups_speaks_of_its_site(what: TrapKind, kind: EvidenceKind) -> None:
    trap = TrapSeen(5.0, "b", what, None, "about 12 min left")
    assert evidence_in(trap, ENDS, RING) == (EvidenceSeen(5.0, "b", kind, 5.0, "about 12 min left"),)


def test_a_dying_gasp_is_of_the_node_behind_the_port() -> None:
    trap = TrapSeen(5.0, "b", TrapKind.DYING_GASP, "c", "ONU 1")
    assert evidence_in(trap, ENDS, RING) == (EvidenceSeen(5.0, "c", EvidenceKind.DYING_GASP, 5.0, "b c ONU 1"),)


def test_behind_a_splitter_it_could_be_anyone() -> None:
    assert evidence_in(TrapSeen(5.0, "c", TrapKind.DYING_GASP, "split", "ONU 1"), ENDS, RING) == ()
    assert evidence_in(TrapSeen(5.0, "c", TrapKind.DYING_GASP, None), ENDS, RING) == ()


def test_ports_are_left_to_the_polls() -> None:
    assert evidence_in(TrapSeen(5.0, "a", TrapKind.LINK_DOWN, "b"), ENDS, RING) == ()
