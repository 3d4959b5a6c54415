"""IF-MIB (RFC 2863): ifXTable and the states and errors of ifTable, with the old 32-bit columns to fall back on."""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.rows import InterfaceRow
from netmon.probes.vendors.tables import Found, Part, Table
from netmon.probes.vendors.values import count, integer, text, within

TYPE = oid("1.3.6.1.2.1.2.2.1.3")
ADMIN_STATUS = oid("1.3.6.1.2.1.2.2.1.7")
OPER_STATUS = oid("1.3.6.1.2.1.2.2.1.8")
IN_DISCARDS = oid("1.3.6.1.2.1.2.2.1.13")
IN_ERRORS = oid("1.3.6.1.2.1.2.2.1.14")
OUT_DISCARDS = oid("1.3.6.1.2.1.2.2.1.19")
OUT_ERRORS = oid("1.3.6.1.2.1.2.2.1.20")
NAME = oid("1.3.6.1.2.1.31.1.1.1.1")
HC_IN_OCTETS = oid("1.3.6.1.2.1.31.1.1.1.6")
HC_OUT_OCTETS = oid("1.3.6.1.2.1.31.1.1.1.10")
HIGH_SPEED = oid("1.3.6.1.2.1.31.1.1.1.15")
ALIAS = oid("1.3.6.1.2.1.31.1.1.1.18")
DISCONTINUITY = oid("1.3.6.1.2.1.31.1.1.1.19")

DESCRIPTION = oid("1.3.6.1.2.1.2.2.1.2")
SPEED = oid("1.3.6.1.2.1.2.2.1.5")
IN_OCTETS = oid("1.3.6.1.2.1.2.2.1.10")
OUT_OCTETS = oid("1.3.6.1.2.1.2.2.1.16")

COLUMNS = (
    TYPE,
    ADMIN_STATUS,
    OPER_STATUS,
    IN_DISCARDS,
    IN_ERRORS,
    OUT_DISCARDS,
    OUT_ERRORS,
    NAME,
    HC_IN_OCTETS,
    HC_OUT_OCTETS,
    HIGH_SPEED,
    ALIAS,
    DISCONTINUITY,
)
FALLBACK_COLUMNS = (DESCRIPTION, SPEED, IN_OCTETS, OUT_OCTETS)

_ADMIN = {1: True, 2: False, 3: False}  # up, down, testing; anything else is no ifAdminStatus
_OPER = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
_SPEED_OVERFLOWS = (2**32 - 1, 2**31 - 1)  # as the MIB has it, and as agents with signed numbers do
_SPEED_OF_NO_LINK = 1e7
_FASTEST = 1e13
_SLOWEST_ETHERNET = 1e6
_ETHERNET = frozenset({6, 62, 69, 117})  # ethernetCsmacd and what it used to be called
_TICK = 0.01


def fallback(found: Found) -> tuple[bytes, ...]:
    """Return the old columns where any interface lacks its ifXTable row: SNMPv1 and old agents."""
    names, octets = found.columns.get(NAME, {}), found.columns.get(HC_IN_OCTETS, {})
    is_short = any(index not in names or index not in octets for index in found.columns.get(OPER_STATUS, {}))
    return FALLBACK_COLUMNS if is_short else ()


def decode_interfaces(found: Found) -> tuple[InterfaceRow, ...]:
    """Decode the columns of `COLUMNS` and, where read, `FALLBACK_COLUMNS`; rows in order of ifIndex.

    A name that is empty or taken is made unique by the index, so that no two ports share a key.
    """
    taken: set[str] = set()
    return tuple(_decode_row(found, index, taken) for index in found.indexes(NAME, OPER_STATUS) if len(index) == 1)


def _decode_row(found: Found, index: Index, taken: set[str]) -> InterfaceRow:
    def at(column: bytes) -> Value:
        return found.at(column, index)

    name = text(at(NAME)) or text(at(DESCRIPTION)) or f"if#{index[0]}"
    while name in taken:
        name = f"{name}#{index[0]}"
    taken.add(name)
    oper = integer(at(OPER_STATUS))
    admin = integer(at(ADMIN_STATUS))
    has_64_bits = at(HC_IN_OCTETS) is not None
    discontinuity = within(0, integer(at(DISCONTINUITY)), 2**32 - 1)
    return InterfaceRow(
        name=name,
        index=index[0],
        alias=text(at(ALIAS)),
        type=count(at(TYPE)),
        admin_up=_ADMIN.get(admin or 0),
        oper_up=_is_up(oper),
        oper_status=None if oper is None else _OPER.get(oper, "unknown"),
        speed_bits_per_second=_speed(integer(at(HIGH_SPEED)), integer(at(SPEED)), integer(at(TYPE)), is_up=oper == 1),
        receive_bytes=count(at(HC_IN_OCTETS) if has_64_bits else at(IN_OCTETS)),
        transmit_bytes=count(at(HC_OUT_OCTETS) if has_64_bits else at(OUT_OCTETS)),
        receive_errors=count(at(IN_ERRORS)),
        transmit_errors=count(at(OUT_ERRORS)),
        receive_discards=count(at(IN_DISCARDS)),
        transmit_discards=count(at(OUT_DISCARDS)),
        counter_bits=64 if has_64_bits else 32,
        discontinuity_seconds=None if discontinuity is None else discontinuity * _TICK,
    )


def _is_up(oper: int | None) -> bool | None:
    """Map ifOperStatus; `testing` and `unknown` are no evidence, `dormant` and worse carry nothing."""
    if oper == 1:
        return True
    return False if oper in (2, 5, 6, 7) else None


def _speed(megabits: int | None, bits: int | None, kind: int | None, *, is_up: bool) -> float | None:
    """Return bit/s. A port that is down and says 10 Mbit/s has no speed and says so badly (EdgeMAX).

    ifHighSpeed in bit/s (D-Link) and ifSpeed in Mbit/s show by what they would come to.
    """
    if megabits is not None and megabits > 0:
        speed = megabits * 1e6 if megabits * 1e6 < _FASTEST else float(megabits)
    elif bits is not None and bits > 0 and bits not in _SPEED_OVERFLOWS:
        speed = float(bits) if kind not in _ETHERNET or bits >= _SLOWEST_ETHERNET else bits * 1e6
    else:
        return None
    return within(1.0, speed, _FASTEST) if is_up or speed != _SPEED_OF_NO_LINK else None


TABLE = Table("interfaces", Part.INTERFACES, decode_interfaces, COLUMNS, then=fallback, optional=False)
