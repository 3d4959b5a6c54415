"""ONUs, PON modules and well-being of a V-SOL OLT: V1600G (GPON) and V1600D (EPON), ONUs indexed by PON and ONU.

Numbers come as text. "0.000" and "N/A" stand for none; EPON ones say a power twice, as in "0.02 mW (-17.28 dBm)".
When and why a GPON ONU went off is in columns that are known from the field alone; some firmware of V1600G lacks
these tables altogether.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.onus import (
    Suffixed,
    bias,
    cause_of_words,
    cell,
    cells,
    celsius,
    date_and_time,
    distance_meters,
    given_name,
    online,
    received,
    sent,
    serial,
)
from netmon.probes.vendors.optics import optic
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, plausible_supply_volts, power_dbm, ratio_of_percent, scaled

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
EPON_STATUS = oid(_EPON + "1.25.1.4")
EPON_MAC = oid(_EPON + "1.25.1.5")
EPON_NAME = oid(_EPON + "1.25.1.9")
EPON_REASON = oid(_EPON + "1.25.1.15")
EPON_DISTANCE = oid(_EPON + "1.25.1.17")
EPON_LAST_UP = oid(_EPON + "1.25.1.18")
EPON_LAST_DOWN = oid(_EPON + "1.25.1.19")
EPON_COLUMNS = (EPON_STATUS, EPON_MAC, EPON_NAME, EPON_REASON, EPON_DISTANCE, EPON_LAST_UP, EPON_LAST_DOWN)
_OPTICAL, _OPTICAL_OLDER = _EPON + "2.1.13.1.", _EPON + "2.1.8.1."
EPON_TEMPERATURE: Suffixed = (oid(_OPTICAL + "3"), ())
EPON_TEMPERATURE_OLDER: Suffixed = (oid(_OPTICAL_OLDER + "3"), ())
EPON_TRANSMIT_POWER: Suffixed = (oid(_OPTICAL + "6"), ())
EPON_TRANSMIT_OLDER: Suffixed = (oid(_OPTICAL_OLDER + "6"), ())
EPON_RECEIVE_POWER: Suffixed = (oid(_OPTICAL + "7"), ())
EPON_RECEIVE_OLDER: Suffixed = (oid(_OPTICAL_OLDER + "7"), ())
EPON_CELLS = (
    EPON_TEMPERATURE,
    EPON_TEMPERATURE_OLDER,
    EPON_TRANSMIT_POWER,
    EPON_TRANSMIT_OLDER,
    EPON_RECEIVE_POWER,
    EPON_RECEIVE_OLDER,
)

_OLT = "1.3.6.1.4.1.37950.1.1.5.10."
CPU = oid(_OLT + "12.3.0")
MEMORY = oid(_OLT + "12.4.0")
HOST_TEMPERATURE = oid(_OLT + "12.5.9.0")
PON_TEMPERATURE = oid(_OLT + "13.1.1.2")
PON_VOLTAGE = oid(_OLT + "13.1.1.3")
PON_CURRENT = oid(_OLT + "13.1.1.4")
PON_TRANSMIT_POWER = oid(_OLT + "13.1.1.5")
PON_COLUMNS = (PON_TEMPERATURE, PON_VOLTAGE, PON_CURRENT, PON_TRANSMIT_POWER)

_PHASES = ("logging", "los", "syncMib", "working", "dyingGasp", "authFail", "offLine")
_PHASE_CAUSES = {"los": OnuCause.FIBRE, "dyingGasp": OnuCause.POWER, "authFail": OnuCause.AUTH}
_EPON_CAUSES = {0: OnuCause.FIBRE, 1: OnuCause.POWER, 2: OnuCause.POWER}
_EPON_UP = {0: False, 1: True}


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
        name=given_name(found.at(NAME, index)),
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
    """Decode the ONUs of a V1600D."""
    return tuple(_epon_rows(found).values())


def _epon_rows(found: Found) -> Mapping[Index, OnuRow]:
    listed = found.indexes(EPON_STATUS, EPON_REASON, EPON_DISTANCE)
    return {index: _epon_row(found, index) for index in listed if len(index) == 2}


def _epon_row(found: Found, index: Index) -> OnuRow:
    status = integer(found.at(EPON_STATUS, index))
    is_up = None if status is None else _EPON_UP.get(status)

    def measured(*columns: Suffixed) -> Value:
        return None if is_up is False else cell(found, index, *columns)

    return OnuRow(
        port=f"pon {index[0]}",
        onu=index[1],
        serial=serial(found.at(EPON_MAC, index)),
        name=given_name(found.at(EPON_NAME, index)),
        online=is_up,
        last_down_cause=_epon_cause(found.at(EPON_REASON, index)),
        last_down=date_and_time(found.at(EPON_LAST_DOWN, index)),
        last_up=date_and_time(found.at(EPON_LAST_UP, index)),
        distance_meters=distance_meters(found.at(EPON_DISTANCE, index)),
        receive_power_dbm=received(power_dbm(measured(EPON_RECEIVE_POWER, EPON_RECEIVE_OLDER))),
        transmit_power_dbm=sent(power_dbm(measured(EPON_TRANSMIT_POWER, EPON_TRANSMIT_OLDER))),
        temperature_celsius=celsius(number(measured(EPON_TEMPERATURE, EPON_TEMPERATURE_OLDER))),
    )


def _epon_cause(value: Value) -> OnuCause | None:
    raw = integer(value)
    return None if raw is None else _EPON_CAUSES.get(raw, OnuCause.UNKNOWN)


def decode_pons(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the PON ports."""
    return optics.rows(
        optic(
            f"pon {index[0]}",
            transmit=power_dbm(found.at(PON_TRANSMIT_POWER, index)),
            temperature=celsius(number(found.at(PON_TEMPERATURE, index))),
            bias=scaled(found.at(PON_CURRENT, index), 1e-3),
            supply=number(found.at(PON_VOLTAGE, index)),
        )
        for index in found.indexes(*PON_COLUMNS)
        if len(index) == 1
    )


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory and temperature of an OLT; a memory of 0 % and 0 °C are what is not measured."""
    said = found.scalars.get
    return health.rows(
        (
            health.measure(Quantity.CPU, "cpu", ratio_of_percent(said(CPU))),
            health.measure(Quantity.MEMORY, "memory", ratio_of_percent(said(MEMORY)) or None),
            health.measure(Quantity.TEMPERATURE, "host", scaled(said(HOST_TEMPERATURE), 1.0) or None),
        )
    )


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
    cells=lambda found: cells(online(_epon_rows(found)), EPON_CELLS),
)
PONS = Table("vsol.pons", Part.OPTICS, decode_pons, PON_COLUMNS, every=MINUTE)
HEALTH = Table("vsol.health", Part.HEALTH, decode_health, scalars=(CPU, MEMORY, HOST_TEMPERATURE), every=MINUTE)
TABLES = (GPON, EPON, PONS, HEALTH)
