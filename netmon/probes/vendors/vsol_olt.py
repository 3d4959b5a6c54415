"""ONUs of a V-SOL OLT: V1600G (GPON) and V1600D (EPON), indexed by PON and ONU. Numbers come as text.

"0.000" and "N/A" stand for none; EPON ones say a power twice, as in "0.02 mW (-17.28 dBm)". When and why a GPON ONU
went off is in columns that are known from the field alone; some firmware of V1600G lacks these tables altogether.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.onus import (
    Suffixed,
    bias,
    cause_of_words,
    cell,
    cells,
    celsius,
    date_and_time,
    distance_meters,
    online,
    received,
    sent,
    serial,
)
from netmon.probes.vendors.rows import OnuCause, OnuRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, plausible_supply_volts, power_dbm, scaled, text

_GPON = "1.3.6.1.4.1.37950.1.1.6.1.1."
PHASE = oid(_GPON + "1.1.5")
NAME = oid(_GPON + "1.1.7")
LAST_UP = oid(_GPON + "1.1.8")
LAST_DOWN = oid(_GPON + "1.1.9")
DOWN_REASON = oid(_GPON + "1.1.10")
SERIAL = oid(_GPON + "2.1.5")
COLUMNS = (PHASE, NAME, LAST_UP, LAST_DOWN, DOWN_REASON, SERIAL)
TEMPERATURE: Suffixed = (oid(_GPON + "3.1.3"), ())
VOLTAGE: Suffixed = (oid(_GPON + "3.1.4"), ())
CURRENT: Suffixed = (oid(_GPON + "3.1.5"), ())
TRANSMIT_POWER: Suffixed = (oid(_GPON + "3.1.6"), ())
RECEIVE_POWER: Suffixed = (oid(_GPON + "3.1.7"), ())
GPON_CELLS = (TEMPERATURE, VOLTAGE, CURRENT, TRANSMIT_POWER, RECEIVE_POWER)

_EPON = "1.3.6.1.4.1.37950.1.1.5.12."
EPON_REASON = oid(_EPON + "1.25.1.15")
EPON_DISTANCE = oid(_EPON + "1.25.1.17")
EPON_COLUMNS = (EPON_REASON, EPON_DISTANCE)
EPON_RECEIVE_POWER: Suffixed = (oid(_EPON + "2.1.13.1.7"), ())
EPON_RECEIVE_OLDER: Suffixed = (oid(_EPON + "2.1.8.1.7"), ())

_PHASES = ("logging", "los", "syncMib", "working", "dyingGasp", "authFail", "offLine")
_PHASE_CAUSES = {"los": OnuCause.FIBRE, "dyingGasp": OnuCause.POWER, "authFail": OnuCause.AUTH}
_EPON_CAUSES = {0: OnuCause.FIBRE, 1: OnuCause.POWER}


def decode_gpon(found: Found) -> tuple[OnuRow, ...]:
    """Decode the ONUs of a V1600G."""
    return tuple(_gpon_rows(found).values())


def _gpon_rows(found: Found) -> Mapping[Index, OnuRow]:
    return {index: _gpon_row(found, index) for index in found.indexes(PHASE) if len(index) == 2}


def _gpon_row(found: Found, index: Index) -> OnuRow:
    raw = integer(found.at(PHASE, index))
    phase = _PHASES[raw] if raw is not None and 0 <= raw < len(_PHASES) else None
    is_up = None if phase is None else phase == "working"

    def measured(column: Suffixed) -> Value:
        return cell(found, index, column) if is_up else None

    return OnuRow(
        port=f"pon {index[0]}",
        onu=index[1],
        serial=serial(found.at(SERIAL, index)),
        name=text(found.at(NAME, index)) or None,
        online=is_up,
        state=phase,
        last_down_cause=_PHASE_CAUSES.get(phase or "") or cause_of_words(found.at(DOWN_REASON, index)),
        last_down=date_and_time(found.at(LAST_DOWN, index)),
        last_up=date_and_time(found.at(LAST_UP, index)),
        receive_power_dbm=received(power_dbm(measured(RECEIVE_POWER))),
        transmit_power_dbm=sent(power_dbm(measured(TRANSMIT_POWER))),
        temperature_celsius=celsius(number(measured(TEMPERATURE))),
        bias_amperes=bias(scaled(measured(CURRENT), 1e-3)),
        supply_volts=plausible_supply_volts(number(measured(VOLTAGE))),
    )


def decode_epon(found: Found) -> tuple[OnuRow, ...]:
    """Decode the ONUs of a V1600D, whose table does not say which of them are on."""
    return tuple(_epon_rows(found).values())


def _epon_rows(found: Found) -> Mapping[Index, OnuRow]:
    return {
        index: OnuRow(
            port=f"pon {index[0]}",
            onu=index[1],
            last_down_cause=_epon_cause(found.at(EPON_REASON, index)),
            distance_meters=distance_meters(found.at(EPON_DISTANCE, index)),
            receive_power_dbm=received(power_dbm(cell(found, index, EPON_RECEIVE_POWER, EPON_RECEIVE_OLDER))),
        )
        for index in found.indexes(EPON_REASON, EPON_DISTANCE)
        if len(index) == 2
    }


def _epon_cause(value: Value) -> OnuCause | None:
    raw = integer(value)
    return None if raw is None else _EPON_CAUSES.get(raw, OnuCause.UNKNOWN)


GPON = Table(
    "vsol.gpon",
    Part.ONUS,
    decode_gpon,
    COLUMNS,
    every=MINUTE,
    cells=lambda found: cells(online(_gpon_rows(found)), GPON_CELLS),
)
EPON = Table(
    "vsol.epon",
    Part.ONUS,
    decode_epon,
    EPON_COLUMNS,
    every=MINUTE,
    cells=lambda found: cells(online(_epon_rows(found)), (EPON_RECEIVE_POWER, EPON_RECEIVE_OLDER)),
)
TABLES = (GPON, EPON)
