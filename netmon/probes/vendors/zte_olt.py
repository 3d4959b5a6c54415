"""ONUs of a ZTE OLT: ZXGPON-SERVICE-MIB and ZXGPON-ONTMGMT-MIB (C300, C320), and the tree of C600, C650 and C680.

Both trees index by PON port and ONU and speak of powers in steps of 0.002 dB, but number ports differently, and the
newer one counts its phases from one instead of zero. Which tree a device has is seen from the first.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.onus import (
    Suffixed,
    cell,
    cells,
    online,
    received,
    received_by_steps,
    sent_by_steps,
    serial,
)
from netmon.probes.vendors.rows import OnuCause, OnuRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, scaled, text
from netmon.probes.vendors.zte_ports import Ports

_OLD = "1.3.6.1.4.1.3902.1012.3."
NAME = oid(_OLD + "28.1.1.2")
DESCRIPTION = oid(_OLD + "28.1.1.3")
SERIAL = oid(_OLD + "28.1.1.5")
ADMIN_STATE = oid(_OLD + "28.2.1.1")
PHASE = oid(_OLD + "28.2.1.4")
DOWN_CAUSE = oid(_OLD + "28.2.1.7")
COLUMNS = (NAME, DESCRIPTION, SERIAL, ADMIN_STATE, PHASE, DOWN_CAUSE)
RECEIVE_LEVEL: Suffixed = (oid(_OLD + "50.12.1.1.10"), (1,))
TRANSMIT_LEVEL: Suffixed = (oid(_OLD + "50.12.1.1.14"), (1,))
OLT_RECEIVES: Suffixed = (oid("1.3.6.1.4.1.3902.1015.1010.11.2.1.2"), ())

_NEW = "1.3.6.1.4.1.3902.1082.500."
NEW_NAME = oid(_NEW + "10.2.3.3.1.2")
NEW_SERIAL = oid(_NEW + "20.2.1.2.1.3")
NEW_ONLINE = oid(_NEW + "20.2.1.2.1.7")
NEW_ADMIN_STATE = oid(_NEW + "10.2.3.8.1.1")
NEW_PHASE = oid(_NEW + "10.2.3.8.1.4")
NEW_COLUMNS = (NEW_NAME, NEW_SERIAL, NEW_ONLINE, NEW_ADMIN_STATE, NEW_PHASE)
NEW_RECEIVE_LEVEL: Suffixed = (oid(_NEW + "20.2.2.2.1.10"), (1,))
NEW_RECEIVE_BARE: Suffixed = (NEW_RECEIVE_LEVEL[0], ())  # the form of the index is field knowledge: both are asked
NEW_OLT_RECEIVES: Suffixed = (oid(_NEW + "1.2.4.2.1.2"), ())

_PHASES = ("logging", "los", "syncMib", "working", "dyingGasp", "authFailed", "offline")
_PHASE_CAUSES = {"los": OnuCause.FIBRE, "dyingGasp": OnuCause.POWER, "authFailed": OnuCause.AUTH}
_FIBRE = range(1, 7)  # LOS, LOSi, LOFi, SFi, LOAi, LOAMi
_BY_OPERATOR = (7, 8)
_POWER = 9


def is_new(found: Found) -> bool:
    """Say whether a device has the tree of C600: then the one of C300 is empty."""
    return not found.indexes(PHASE, SERIAL)


def decode_onus(found: Found) -> tuple[OnuRow, ...]:
    """Decode the ONUs of an OLT of either generation."""
    return tuple(_rows(found).values())


def _rows(found: Found) -> Mapping[Index, OnuRow]:
    row, columns = (_new_row, (NEW_PHASE, NEW_SERIAL)) if is_new(found) else (_old_row, (PHASE, SERIAL))
    ports = Ports(found)
    return {index: row(found, index, ports) for index in found.indexes(*columns) if len(index) == 2}


def _old_row(found: Found, index: Index, ports: Ports) -> OnuRow:
    phase = _phase(found.at(PHASE, index), 0)
    is_up = None if phase is None else phase == "working"
    olt_receives = cell(found, index, OLT_RECEIVES) if is_up else None
    return OnuRow(
        port=ports.of(index[0]),
        onu=index[1],
        serial=serial(found.at(SERIAL, index)),
        name=text(found.at(NAME, index)) or text(found.at(DESCRIPTION, index)) or None,
        online=is_up,
        state=phase,
        admin_up=_admin(found.at(ADMIN_STATE, index)),
        last_down_cause=_PHASE_CAUSES.get(phase or "") or down_cause(found.at(DOWN_CAUSE, index)),
        receive_power_dbm=received_by_steps(cell(found, index, RECEIVE_LEVEL)) if is_up else None,
        transmit_power_dbm=sent_by_steps(cell(found, index, TRANSMIT_LEVEL)) if is_up else None,
        olt_receive_power_dbm=received(scaled(olt_receives, 1e-3)),
    )


def _new_row(found: Found, index: Index, ports: Ports) -> OnuRow:
    phase = _phase(found.at(NEW_PHASE, index), 1)
    is_up = None if phase is None else phase == "working"
    if is_up is None:
        is_up = {1: True, 2: False}.get(integer(found.at(NEW_ONLINE, index)) or 0)
    olt_receives = cell(found, index, NEW_OLT_RECEIVES) if is_up else None
    level = cell(found, index, NEW_RECEIVE_LEVEL, NEW_RECEIVE_BARE) if is_up else None
    return OnuRow(
        port=ports.of(index[0]),
        onu=index[1],
        serial=serial(found.at(NEW_SERIAL, index)),
        name=text(found.at(NEW_NAME, index)) or None,
        online=is_up,
        state=phase,
        admin_up=_admin(found.at(NEW_ADMIN_STATE, index)),
        last_down_cause=_PHASE_CAUSES.get(phase or ""),
        receive_power_dbm=received_by_steps(level),
        olt_receive_power_dbm=received(scaled(olt_receives, 1e-3)),
    )


def down_cause(value: Value) -> OnuCause | None:
    """Return the last-down cause of C300 as one of a few words; 0 is "normal"."""
    raw = integer(value)
    if raw is None or raw <= 0:
        return None
    if raw in _FIBRE:
        return OnuCause.FIBRE
    if raw == _POWER:
        return OnuCause.POWER
    return OnuCause.ADMIN if raw in _BY_OPERATOR else OnuCause.UNKNOWN


def _phase(value: Value, first: int) -> str | None:
    raw = integer(value)
    return _PHASES[raw - first] if raw is not None and 0 <= raw - first < len(_PHASES) else None


def _admin(value: Value) -> bool | None:
    return {1: True, 2: False}.get(integer(value) or 0)


def _cells(found: Found) -> Mapping[str, tuple[bytes, ...]]:
    old = (RECEIVE_LEVEL, TRANSMIT_LEVEL, OLT_RECEIVES)
    new = (NEW_RECEIVE_LEVEL, NEW_RECEIVE_BARE, NEW_OLT_RECEIVES)
    return cells(online(_rows(found)), new if is_new(found) else old)


ONUS = Table(
    "zte.onus",
    Part.ONUS,
    decode_onus,
    COLUMNS,
    every=MINUTE,
    then=lambda found: NEW_COLUMNS if is_new(found) else (),
    cells=_cells,
)
TABLES = (ONUS,)
