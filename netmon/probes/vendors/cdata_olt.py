"""ONUs of C-Data OLTs and their re-brands: NSCRTV trees under 17409 (EPON and GPON), and C-Data's own under 34592.

A row of the NSCRTV trees is indexed by one number that holds slot, port and ONU; behind it, the optical tables have a
card and a port, which are 0 on most makes. HSGQ follows the same pattern in a tree of its own. Of the FD series no
list of ONUs is known that could be read without reading their light, so that it is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.onus import (
    Suffixed,
    cause_of_words,
    cell,
    cells,
    distance_meters,
    given_name,
    online,
    received,
    sent,
    serial,
)
from netmon.probes.vendors.rows import HealthRow, OnuRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, power_dbm, ratio_of_percent, scaled, text

_TREE = "1.3.6.1.4.1.17409.2."
EPON_STATUS = oid(_TREE + "3.4.1.1.8")
EPON_DISTANCE = oid(_TREE + "3.4.1.1.15")
EPON_RECEIVES: Suffixed = (oid(_TREE + "3.4.2.1.4"), (0, 0))
EPON_SENDS: Suffixed = (oid(_TREE + "3.4.2.1.5"), (0, 0))
GPON_STATUS = oid(_TREE + "8.4.1.1.7")
GPON_DOWN_CAUSE = oid(_TREE + "8.4.1.1.103")
GPON_RECEIVES: Suffixed = (oid(_TREE + "8.4.4.1.4"), (0, 0))
GPON_RECEIVES_BARE: Suffixed = (oid(_TREE + "8.4.4.1.4"), ())

OWN_DISTANCE = oid("1.3.6.1.4.1.34592.1.5.1.1.2.18.2.1.4")
OWN_SENDS: Suffixed = (oid("1.3.6.1.4.1.34592.1.5.1.1.2.18.6.1.2"), ())
OWN_RECEIVES: Suffixed = (oid("1.3.6.1.4.1.34592.1.5.1.1.2.18.6.1.4"), ())

HSGQ_NAME = oid("1.3.6.1.4.1.50224.3.12.2.1.2")
HSGQ_STATUS = oid("1.3.6.1.4.1.50224.3.12.2.1.4")
HSGQ_SERIAL = oid("1.3.6.1.4.1.50224.3.12.2.1.15")
HSGQ_REASON = oid("1.3.6.1.4.1.50224.3.12.2.1.22")
HSGQ_RECEIVES: Suffixed = (oid("1.3.6.1.4.1.50224.3.12.3.1.4"), (0, 0))
HSGQ_SENDS: Suffixed = (oid("1.3.6.1.4.1.50224.3.12.3.1.5"), (0, 0))
HSGQ_EPON_NAME = oid("1.3.6.1.4.1.50224.3.3.2.1.2")
HSGQ_MAC = oid("1.3.6.1.4.1.50224.3.3.2.1.7")
HSGQ_EPON_STATUS = oid("1.3.6.1.4.1.50224.3.3.2.1.8")
HSGQ_EPON_DISTANCE = oid("1.3.6.1.4.1.50224.3.3.2.1.15")
HSGQ_EPON = (HSGQ_EPON_NAME, HSGQ_MAC, HSGQ_EPON_STATUS, HSGQ_EPON_DISTANCE)
HSGQ_EPON_RECEIVES: Suffixed = (oid("1.3.6.1.4.1.50224.3.3.3.1.4"), (0, 0))
HSGQ_EPON_SENDS: Suffixed = (oid("1.3.6.1.4.1.50224.3.3.3.1.5"), (0, 0))

_SYSTEM = "1.3.6.1.4.1.34592.1.3.100.1.8."
CPU = oid(_SYSTEM + "1.0")
MEMORY_SIZE = oid(_SYSTEM + "2.0")  # megabytes, as it seems: only its share of what is free is used
MEMORY_FREE = oid(_SYSTEM + "3.0")
TEMPERATURE = oid(_SYSTEM + "6.0")  # tenths of a degree

_STATES = {1: "up", 2: "down", 3: "testing"}
_UP = {1: True, 2: False}


def place(found: Found, index: Index) -> tuple[str, int]:
    """Return the PON port and the number of the ONU that a row of any of these tables is about.

    On OLTs whose ports IF-MIB counts in the same way, the port is called as there.
    """
    if len(index) == 1 and index[0] >> 8:
        name = found.ports.get(index[0] & ~0xFF)
        if name is not None and "pon" in name.lower():
            return name, index[0] & 0xFF
        slot, port = index[0] >> 16 & 0xFF, index[0] >> 8 & 0xFF
        return f"pon {slot}/{port}", index[0] & 0xFF
    return "pon " + "/".join(map(str, index[:-1] or (0,))), index[-1]


Decode = Callable[[Found, Index], OnuRow]


def _table(
    name: str, decode: Decode, columns: tuple[bytes, ...], metered: tuple[Suffixed, ...], listing: tuple[bytes, ...]
) -> Table:
    """Return a table of ONUs whose rows `listing` has."""

    def rows(found: Found) -> Mapping[Index, OnuRow]:
        return {index: decode(found, index) for index in found.indexes(*listing) if index}

    return Table(
        name,
        Part.ONUS,
        lambda found: tuple(rows(found).values()),
        columns,
        every=MINUTE,
        cells=lambda found: cells(online(rows(found)), metered),
    )


def decode_epon(found: Found, index: Index) -> OnuRow:
    """Decode an ONU of the EPON tree."""
    port, onu = place(found, index)
    status = integer(found.at(EPON_STATUS, index)) or 0
    is_up = _UP.get(status)
    return OnuRow(
        port=port,
        onu=onu,
        online=is_up,
        state=_STATES.get(status),
        distance_meters=distance_meters(found.at(EPON_DISTANCE, index)),
        receive_power_dbm=received(scaled(cell(found, index, EPON_RECEIVES), 0.01)) if is_up else None,
        transmit_power_dbm=sent(scaled(cell(found, index, EPON_SENDS), 0.01)) if is_up else None,
    )


def decode_gpon(found: Found, index: Index) -> OnuRow:
    """Decode an ONU of the GPON tree."""
    port, onu = place(found, index)
    status = integer(found.at(GPON_STATUS, index)) or 0
    is_up = _UP.get(status)
    light = cell(found, index, GPON_RECEIVES, GPON_RECEIVES_BARE) if is_up else None
    return OnuRow(
        port=port,
        onu=onu,
        online=is_up,
        state=_STATES.get(status),
        last_down_cause=cause_of_words(found.at(GPON_DOWN_CAUSE, index)),
        receive_power_dbm=received(scaled(light, 0.01)),
    )


def decode_own(found: Found, index: Index) -> OnuRow:
    """Decode an ONU of C-Data's own tree, which gives powers as text and no state."""
    port, onu = place(found, index)
    return OnuRow(
        port=port,
        onu=onu,
        distance_meters=distance_meters(found.at(OWN_DISTANCE, index)),
        receive_power_dbm=received(power_dbm(cell(found, index, OWN_RECEIVES))),
        transmit_power_dbm=sent(power_dbm(cell(found, index, OWN_SENDS))),
    )


def decode_hsgq(found: Found, index: Index) -> OnuRow:
    """Decode a GPON ONU of HSGQ, whose tables are known from the field alone."""
    port, onu = place(found, index)
    is_up = _UP.get(integer(found.at(HSGQ_STATUS, index)) or 0)
    return OnuRow(
        port=port,
        onu=onu,
        serial=text(found.at(HSGQ_SERIAL, index)) or None,
        name=given_name(found.at(HSGQ_NAME, index)),
        online=is_up,
        last_down_cause=cause_of_words(found.at(HSGQ_REASON, index)),
        receive_power_dbm=received(scaled(cell(found, index, HSGQ_RECEIVES), 0.01)) if is_up else None,
        transmit_power_dbm=sent(scaled(cell(found, index, HSGQ_SENDS), 0.01)) if is_up else None,
    )


def decode_hsgq_epon(found: Found, index: Index) -> OnuRow:
    """Decode an EPON ONU of HSGQ."""
    port, onu = place(found, index)
    is_up = _UP.get(integer(found.at(HSGQ_EPON_STATUS, index)) or 0)
    return OnuRow(
        port=port,
        onu=onu,
        serial=serial(found.at(HSGQ_MAC, index)),
        name=given_name(found.at(HSGQ_EPON_NAME, index)),
        online=is_up,
        distance_meters=distance_meters(found.at(HSGQ_EPON_DISTANCE, index)),
        receive_power_dbm=received(scaled(cell(found, index, HSGQ_EPON_RECEIVES), 0.01)) if is_up else None,
        transmit_power_dbm=sent(scaled(cell(found, index, HSGQ_EPON_SENDS), 0.01)) if is_up else None,
    )


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory and temperature of an OLT; 0 °C is no sample."""
    said = found.scalars.get
    size, free = integer(said(MEMORY_SIZE)), integer(said(MEMORY_FREE))
    used = None if not size or size < 0 or free is None else 1.0 - free / size
    return health.rows(
        (
            health.measure(Quantity.CPU, "cpu", ratio_of_percent(said(CPU))),
            health.measure(Quantity.MEMORY, "memory", used),
            health.measure(Quantity.TEMPERATURE, "host", scaled(said(TEMPERATURE), 0.1) or None),
        )
    )


TABLES = (
    _table("cdata.epon", decode_epon, (EPON_STATUS, EPON_DISTANCE), (EPON_RECEIVES, EPON_SENDS), (EPON_STATUS,)),
    _table(
        "cdata.gpon",
        decode_gpon,
        (GPON_STATUS, GPON_DOWN_CAUSE),
        (GPON_RECEIVES, GPON_RECEIVES_BARE),
        (GPON_STATUS,),
    ),
    _table("cdata.own", decode_own, (OWN_DISTANCE,), (OWN_SENDS, OWN_RECEIVES), (OWN_DISTANCE,)),
    Table(
        "cdata.health",
        Part.HEALTH,
        decode_health,
        scalars=(CPU, MEMORY_SIZE, MEMORY_FREE, TEMPERATURE),
        every=MINUTE,
    ),
)
HSGQ_TABLES = (
    _table(
        "hsgq.gpon",
        decode_hsgq,
        (HSGQ_NAME, HSGQ_STATUS, HSGQ_SERIAL, HSGQ_REASON),
        (HSGQ_RECEIVES, HSGQ_SENDS),
        (HSGQ_STATUS,),
    ),
    _table("hsgq.epon", decode_hsgq_epon, HSGQ_EPON, (HSGQ_EPON_RECEIVES, HSGQ_EPON_SENDS), (HSGQ_EPON_STATUS,)),
)
