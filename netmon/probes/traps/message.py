"""Notifications on the wire: SNMPv1 traps, v2c traps and informs (RFC 1157, RFC 3416), and the head of v3 messages.

All forms become one `Notification`, as RFC 3584 §3.1 translates them. Every failure is `Malformed`.
"""

from __future__ import annotations

from typing import NamedTuple

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import Malformed, Varbind
from netmon.probes.snmp.pdu import RESPONSE, V1, V2C

V3 = 3
TRAP_V1 = 0xA4
INFORM = 0xA6
TRAP = 0xA7

UPTIME = ber.oid("1.3.6.1.2.1.1.3.0")
TRAP_OID = ber.oid("1.3.6.1.6.3.1.1.4.1.0")
TRAP_ADDRESS = ber.oid("1.3.6.1.6.3.18.1.3.0")
GENERIC_TRAPS = ber.oid("1.3.6.1.6.3.1.1.5")
ENTERPRISE_SPECIFIC = 6
MOST_VARBINDS = 256
UNSPECIFIED = "0.0.0.0"  # noqa: S104 (what an agent writes that does not know its own address)


class Notification(NamedTuple):
    """What was said. `speaker` is the address that the message names as its origin, if any (RFC 3584 §3.1).

    `varbinds` are those behind sysUpTime.0 and snmpTrapOID.0, in the order of the MIB's OBJECTS clause.
    """

    trap: bytes
    varbinds: list[Varbind]
    speaker: str | None = None


class CommunityMessage(NamedTuple):
    """A version 1 or 2c message. `answer` is the datagram that acknowledges an inform, None for a trap."""

    version: int
    community: bytes
    notification: Notification
    answer: bytes | None = None


class SecureHead(NamedTuple):
    """What stands in clear in a version 3 message (RFC 3412 §6, RFC 3414 §2.4); none of it is proven yet."""

    authenticated: bool
    encrypted: bool
    engine_id: bytes
    boots: int
    time: int
    user: bytes


def version_of(data: bytes) -> int:
    """Return the number that a message gives as its version: 0, 1 or 3.

    Raises:
        Malformed: not an SNMP message.
    """
    at, end = ber.contents(data, 0, len(data), ber.SEQUENCE)
    version, _ = ber.integer(data, at, end)
    if version not in (V1, V2C, V3):
        raise Malformed(f"version {version}")
    return version


def decode_community_message(data: bytes) -> CommunityMessage:
    """Return what a version 1 or 2c message says; whether its community is right is for the caller to check.

    Raises:
        Malformed: not a trap or an inform of these versions.
    """
    at, end = ber.contents(data, 0, len(data), ber.SEQUENCE)
    version, at = ber.integer(data, at, end)
    start, stop = ber.contents(data, at, end, ber.OCTET_STRING)
    community = data[start:stop]
    kind, at, end = ber.header(data, stop, end)
    if version == V1 and kind == TRAP_V1:
        return CommunityMessage(version, community, _v1_trap(data, at, end))
    if version != V2C or kind not in (TRAP, INFORM):
        raise Malformed(f"PDU {kind:#04x} in version {version}")
    notification = decode_pdu_body(data, at, end)
    if kind == TRAP:
        return CommunityMessage(version, community, notification)
    # RFC 3416 §4.2.7: the response repeats request id and bindings; no error is nothing but zeros.
    request_id, after = ber.integer(data, at, end)
    for _ in range(2):
        _, after = ber.integer(data, after, end)
    numbers = ber.encode_integer(request_id) + ber.encode_integer(0) + ber.encode_integer(0)
    body = ber.tlv(RESPONSE, numbers + data[after:end])
    head = ber.encode_integer(version) + ber.tlv(ber.OCTET_STRING, community)
    return CommunityMessage(version, community, notification, ber.tlv(ber.SEQUENCE, head + body))


def decode_pdu(data: bytes) -> Notification:
    """Return what a bare trap or inform PDU says: what is left of a version 3 message once it is proven and clear.

    Raises:
        Malformed: it is neither.
    """
    kind, at, end = ber.header(data, 0, len(data))
    if kind not in (TRAP, INFORM):
        raise Malformed(f"PDU {kind:#04x}")
    return decode_pdu_body(data, at, end)


def decode_pdu_body(data: bytes, at: int, end: int) -> Notification:
    """Return what the contents of a trap or inform PDU say."""
    for _ in range(3):  # request id, error-status, error-index
        _, at = ber.integer(data, at, end)
    found = _varbinds(data, at, end)
    # RFC 3416 §4.2.6 puts sysUpTime.0 first; some agents leave it out, and nothing here rests on it.
    if found and found[0][0] == UPTIME:
        del found[0]
    if not found or found[0][0] != TRAP_OID or not isinstance(found[0][2], ber.Oid):
        raise Malformed("a notification does not say what it is")
    trap = bytes(found[0][2])
    ber.arcs(trap)
    return Notification(trap, found[1:], _address_among(found))


def decode_secure_head(data: bytes) -> SecureHead:
    """Return the head of a version 3 message of the user-based security model.

    Raises:
        Malformed: it has no such head.
    """
    at, end = ber.contents(data, 0, len(data), ber.SEQUENCE)
    _, at = ber.integer(data, at, end)
    at, stop = ber.contents(data, at, end, ber.SEQUENCE)
    _, at = ber.integer(data, at, stop)
    _, at = ber.integer(data, at, stop)
    start, at = ber.contents(data, at, stop, ber.OCTET_STRING)
    flags = data[start:at]
    if len(flags) != 1:
        raise Malformed("the flags of a version 3 message are one octet")
    start, stop = ber.contents(data, stop, end, ber.OCTET_STRING)
    at, stop = ber.contents(data, start, stop, ber.SEQUENCE)
    start, at = ber.contents(data, at, stop, ber.OCTET_STRING)
    engine_id = data[start:at]
    boots, at = ber.integer(data, at, stop)
    time, at = ber.integer(data, at, stop)
    start, at = ber.contents(data, at, stop, ber.OCTET_STRING)
    return SecureHead(bool(flags[0] & 1), bool(flags[0] & 2), engine_id, boots, time, data[start:at])


def _v1_trap(data: bytes, at: int, end: int) -> Notification:
    start, at = ber.contents(data, at, end, ber.OBJECT_IDENTIFIER)
    enterprise = data[start:at]
    start, at = ber.contents(data, at, end, ber.IP_ADDRESS)
    agent = data[start:at]
    generic, at = ber.integer(data, at, end)
    specific, at = ber.integer(data, at, end)
    _, at = ber.contents(data, at, end, ber.TIME_TICKS)
    found = _varbinds(data, at, end)
    if 0 <= generic < ENTERPRISE_SPECIFIC:
        trap = GENERIC_TRAPS + ber.encode_arcs((generic + 1,))
    elif generic == ENTERPRISE_SPECIFIC and 0 <= specific <= ber.LARGEST_ARC:
        trap = enterprise + ber.encode_arcs((0, specific))
    else:
        raise Malformed(f"generic trap {generic}, specific {specific}")
    ber.arcs(trap)
    return Notification(trap, found, _address_among(found) or _address(agent))


def _varbinds(data: bytes, at: int, end: int) -> list[Varbind]:
    at, end = ber.contents(data, at, end, ber.SEQUENCE)
    found = ber.varbinds(data, at, end)
    if len(found) > MOST_VARBINDS:
        raise Malformed(f"{len(found)} bindings in one notification")
    return found


def _address_among(varbinds: list[Varbind]) -> str | None:
    """Return what a relay wrote into snmpTrapAddress.0 (RFC 3584 §3.1, step 2)."""
    for oid, _, value in varbinds:
        if oid == TRAP_ADDRESS and isinstance(value, ber.IpAddress):
            return _address(value)
    return None


def _address(octets: bytes) -> str | None:
    if len(octets) != 4:
        return None
    address = ".".join(map(str, octets))
    return None if address == UNSPECIFIED else address
