"""What the lab's routers say about a change, and that the receiver understands it."""

from __future__ import annotations

from dataclasses import replace

from netmon.lab.routers.trap_words import Moment, Word, encode, words
from netmon.lab.story import faults as f
from netmon.lab.story.state import LabState, apply_fault, physical
from netmon.lab.wires.wiring import wire
from netmon.model import Inventory, LinkEnd, TrapKind
from netmon.probes.traps.meaning import understand
from netmon.probes.traps.message import decode_community_message
from tests.drawings import drawing

RING = drawing("noc-a a-b b-c c-a c-d", ports=True)
QUIET = Moment(LabState(), physical(RING, LabState()))


def after(inventory: Inventory, moment: Moment, fault: f.LabFault, at: float = 9.0) -> Moment:
    state = apply_fault(inventory, moment.state, fault, at)
    return Moment(state, physical(inventory, state))


def said(inventory: Inventory, before: Moment, now: Moment) -> list[tuple[str, TrapKind, int | None]]:
    """Return who says what of which ifIndex, as it is understood once it has been on the wire."""
    return [heard(word) for word in words(inventory, wire(inventory), before, now)]


def heard(word: Word) -> tuple[str, TrapKind, int | None]:
    message = decode_community_message(encode(word, b"public", 1, 12.5))
    assert message.community == b"public"
    meaning = understand(message.notification)
    return word.node, meaning.kind, meaning.index


def index(node: str, far: str) -> int:
    return next(port.index for port in wire(RING).ports[node] if port.name == far)


def test_both_ends_of_a_cut_line_say_so_and_of_a_mended_one() -> None:
    cut = after(RING, QUIET, f.CutLink("a-b"))
    assert said(RING, QUIET, cut) == [
        ("a", TrapKind.LINK_DOWN, index("a", "b")),
        ("b", TrapKind.LINK_DOWN, index("b", "a")),
    ]
    assert said(RING, cut, QUIET) == [
        ("a", TrapKind.LINK_UP, index("a", "b")),
        ("b", TrapKind.LINK_UP, index("b", "a")),
    ]


def test_nothing_happened_nothing_is_said() -> None:
    assert said(RING, QUIET, QUIET) == []


def test_without_power_only_the_neighbours_speak() -> None:
    off = after(RING, QUIET, f.PowerOff("c"))
    assert {node for node, _, _ in said(RING, QUIET, off)} == {"a", "b", "d"}


def test_who_boots_says_so_first() -> None:
    off = after(RING, QUIET, f.PowerOff("d"))
    on = after(RING, off, f.PowerOn("d"))
    assert said(RING, off, on) == [
        ("d", TrapKind.COLD_START, None),
        ("c", TrapKind.LINK_UP, index("c", "d")),
        ("d", TrapKind.LINK_UP, index("d", "c")),
    ]


def test_who_is_mute_says_nothing() -> None:
    muted = after(RING, QUIET, f.MuteManagement("b"))
    assert [node for node, _, _ in said(RING, muted, after(RING, muted, f.CutLink("a-b")))] == ["a"]


def test_an_onu_whose_power_goes_is_heard_through_its_splitter() -> None:
    drawn = drawing("noc-olt olt-split split-x split-y", passive="split", ports=True)
    roles = {"olt": "olt", "x": "onu", "y": "onu", "split": "splitter"}
    nodes = {
        name: replace(node, role=roles.get(name, node.role), address=None if name == "split" else node.address)
        for name, node in drawn.nodes.items()
    }
    links = {**drawn.links, "olt-split": replace(drawn.links["olt-split"], a=LinkEnd("olt", "GPON 0/1/3"))}
    pon = replace(drawn, nodes=nodes, links=links)
    quiet = Moment(LabState(), physical(pon, LabState()))
    off = after(pon, quiet, f.PowerOff("y"))
    (gasp,) = [word for word in words(pon, wire(pon), quiet, off) if heard(word)[1] is TrapKind.DYING_GASP]
    assert gasp.node == "olt"
    meaning = understand(decode_community_message(encode(gasp, b"public", 1, 0.0)).notification)
    assert (meaning.names, meaning.onu) == (("GPON 0/1/3",), 2)
