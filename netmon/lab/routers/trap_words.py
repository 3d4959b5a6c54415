"""What the lab's routers say unasked when something happens to them, and how it looks on the wire. Pure.

Both live ends of a line say that it went down or came up; a router that boots says coldStart; an optical line
terminal passes on the last word of an ONU whose power goes. Only version 2c is spoken (RFC 3416 §4.2.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netmon.lab.routers.neighbours import heard_on
from netmon.lab.story.state import LabState, Physical, powered_off
from netmon.lab.wires.wiring import Port, Wiring
from netmon.model import Inventory
from netmon.probes.snmp import ber
from netmon.probes.snmp.pdu import V2C
from netmon.probes.traps.message import TRAP, TRAP_OID, UPTIME

OLT, ONU = "olt", "onu"
"""Roles of nodes that speak of one another's power."""

_COLD_START = ber.oid("1.3.6.1.6.3.1.1.5.1")
_LINK_DOWN = ber.oid("1.3.6.1.6.3.1.1.5.3")
_LINK_UP = ber.oid("1.3.6.1.6.3.1.1.5.4")
_DYING_GASP = ber.oid("1.3.6.1.4.1.2011.6.128.1.1.12.2.2.0.18")  # hwGponProfOntDGAlarmTrap
_IF_ENTRY = ber.oid("1.3.6.1.2.1.2.2.1")
_PLACE = ber.oid("1.3.6.1.4.1.2011.6.128.1.1.12.1")  # of its frame, slot, port and ONU: told by their order
_INDEX, _ADMIN, _OPER = 1, 7, 8
_UP, _DOWN = 1, 2
_TICKS = 100  # TimeTicks a second
_PON = re.compile(r"([0-9]+)/([0-9]+)/([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Word:
    """One notification: who sends it, what it is, and its bindings."""

    node: str
    trap: bytes
    bindings: tuple[tuple[bytes, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """The network at one moment: what was done to it and what it shows."""

    state: LabState
    shown: Physical


def words(inventory: Inventory, wiring: Wiring, before: Moment, after: Moment) -> Iterator[Word]:
    """Yield what is said about a change, by those who live and can speak."""

    def speaks(node: str) -> bool:
        return inventory.nodes[node].address is not None and node not in after.shown.silent_nodes

    booted = [node for node, at in after.state.booted.items() if before.state.booted.get(node) != at]
    yield from (Word(node, _COLD_START) for node in booted if speaks(node))
    changes = (
        (_LINK_DOWN, _DOWN, after.shown.links_down - before.shown.links_down),
        (_LINK_UP, _UP, before.shown.links_down - after.shown.links_down),
    )
    for trap, oper, links in changes:
        for link in sorted(links):
            for port in wiring.ends[link]:
                if speaks(port.node):
                    yield Word(port.node, trap, _of_port(port, oper))
    for node in sorted(powered_off(inventory, after.state) - powered_off(inventory, before.state)):
        if inventory.nodes[node].role == ONU:
            yield from (word for word in _last_words(inventory, wiring, before.shown, node) if speaks(word.node))


def _of_port(port: Port, oper: int) -> tuple[tuple[bytes, int], ...]:
    values = ((_INDEX, port.index), (_ADMIN, _UP), (_OPER, oper))
    return tuple((_IF_ENTRY + ber.encode_arcs((column, port.index)), value) for column, value in values)


def _last_words(inventory: Inventory, wiring: Wiring, shown: Physical, onu: str) -> Iterator[Word]:
    """Yield the dying gasps of an ONU as the terminals pass them on whose PON ports it was heard on."""
    for own in wiring.ports[onu]:
        for port in heard_on(inventory, wiring, shown, own):
            place = _PON.search(port.name)
            if inventory.nodes[port.node].role != OLT or place is None:
                continue
            number = 1 + [one.node for one in heard_on(inventory, wiring, shown, port)].index(onu)
            values = (*map(int, place.groups()), number)
            bindings = ((_PLACE + ber.encode_arcs((position,)), value) for position, value in enumerate(values, 1))
            yield Word(port.node, _DYING_GASP, tuple(bindings))


def encode(word: Word, community: bytes, number: int, uptime: float) -> bytes:
    """Return the datagram of a word: `number` tells it from others, `uptime` is its sender's, in seconds."""
    ticks = int(uptime * _TICKS) % 2**32
    bindings = [
        (UPTIME, ber.tlv(ber.TIME_TICKS, ticks.to_bytes(ticks.bit_length() // 8 + 1, "big"))),
        (TRAP_OID, ber.tlv(ber.OBJECT_IDENTIFIER, word.trap)),
        *((oid, ber.encode_integer(value)) for oid, value in word.bindings),
    ]
    listed = b"".join(ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, oid) + value) for oid, value in bindings)
    numbers = ber.encode_integer(number) + ber.encode_integer(0) + ber.encode_integer(0)
    head = ber.encode_integer(V2C) + ber.tlv(ber.OCTET_STRING, community)
    return ber.tlv(ber.SEQUENCE, head + ber.tlv(TRAP, numbers + ber.tlv(ber.SEQUENCE, listed)))
