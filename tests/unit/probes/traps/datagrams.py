"""Notifications as datagrams, of all forms, for tests."""

from __future__ import annotations

from collections.abc import Sequence

from netmon.probes.snmp import ber
from netmon.probes.snmp.pdu import V1, V2C
from netmon.probes.traps.message import INFORM, TRAP, TRAP_OID, TRAP_V1, UPTIME

Bindings = Sequence[tuple[str, bytes]]
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
LINK_UP = "1.3.6.1.6.3.1.1.5.4"


def number(value: int) -> bytes:
    return ber.encode_integer(value)


def text(value: str) -> bytes:
    return ber.tlv(ber.OCTET_STRING, value.encode())


def name(dotted: str) -> bytes:
    return ber.tlv(ber.OBJECT_IDENTIFIER, ber.oid(dotted))


def address(dotted: str) -> bytes:
    return ber.tlv(ber.IP_ADDRESS, bytes(map(int, dotted.split("."))))


def ticks(value: int = 4711) -> bytes:
    return ber.tlv(ber.TIME_TICKS, value.to_bytes(4, "big"))


def listed(bindings: Bindings) -> bytes:
    return ber.tlv(ber.SEQUENCE, b"".join(ber.tlv(ber.SEQUENCE, name(oid) + value) for oid, value in bindings))


def message(version: int, community: str, body: bytes) -> bytes:
    return ber.tlv(ber.SEQUENCE, number(version) + text(community) + body)


def v2c(
    trap: str, bindings: Bindings = (), *, community: str = "public", inform: bool = False, request_id: int = 7
) -> bytes:
    head = [(ber.oid_text(UPTIME), ticks()), (ber.oid_text(TRAP_OID), name(trap))]
    numbers = number(request_id) + number(0) + number(0)
    return message(V2C, community, ber.tlv(INFORM if inform else TRAP, numbers + listed([*head, *bindings])))


def v1(
    enterprise: str,
    generic: int,
    specific: int = 0,
    bindings: Bindings = (),
    *,
    agent: str = "0.0.0.0",
    community: str = "public",
) -> bytes:
    body = name(enterprise) + address(agent) + number(generic) + number(specific) + ticks() + listed(bindings)
    return message(V1, community, ber.tlv(TRAP_V1, body))


def of_port(index: int, admin: int = 1, oper: int = 2) -> Bindings:
    """Return the bindings of linkDown and linkUp in IF-MIB's order."""
    entry = "1.3.6.1.2.1.2.2.1"
    return [
        (f"{entry}.1.{index}", number(index)),
        (f"{entry}.7.{index}", number(admin)),
        (f"{entry}.8.{index}", number(oper)),
    ]
