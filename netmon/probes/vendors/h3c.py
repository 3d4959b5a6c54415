"""H3C (Comware): HH3C-TRANSCEIVER-INFO-MIB, by ifIndex, and HH3C-ENTITY-EXT-MIB.

Devices set to the old style of MIBs have the same tables under 2011.10, whatever their sysObjectID says.

2147483647 and 0 are no sample; copper modules answer with the text `Copper`. Powers are hundredths of a dBm, but
their limits are tenths of a microwatt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.entity import label
from netmon.probes.vendors.optics import Limits, optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity, Row
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import dbm_of_milliwatts, integer, number, ratio_of_percent, scaled, valid

_MODULE = "1.3.6.1.4.1.25506.2.70.1.1.1."
WAVELENGTH = oid(_MODULE + "3")
DIAGNOSTIC = oid(_MODULE + "8")
TRANSMIT_POWER = oid(_MODULE + "9")
RECEIVE_POWER = oid(_MODULE + "12")
MODULE_TEMPERATURE = oid(_MODULE + "15")
VOLTAGE = oid(_MODULE + "16")
BIAS = oid(_MODULE + "17")
TRANSMIT_LIMITS = tuple(oid(_MODULE + str(column)) for column in (31, 33, 32, 30))  # in the order of `Limits`
RECEIVE_LIMITS = tuple(oid(_MODULE + str(column)) for column in (35, 37, 36, 34))

_ENTITY = "1.3.6.1.4.1.25506.2.6.1.1.1.1."
CPU = oid(_ENTITY + "6")
MEMORY = oid(_ENTITY + "8")
TEMPERATURE = oid(_ENTITY + "12")
ERROR = oid(_ENTITY + "19")

_NO_TEMPERATURE = 65535
_NORMAL, _FAN_ERROR, _SUPPLY_ERROR = 2, 41, 51
_FALSE = 2
_TENTH_MICROWATT = 1e-4  # in milliwatts


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules that can measure themselves."""
    indexes = [index for index in found.indexes(RECEIVE_POWER, TRANSMIT_POWER) if len(index) == 1]
    return optics.rows(_module(found, index) for index in indexes if integer(found.at(DIAGNOSTIC, index)) != _FALSE)


def _module(found: Found, index: Index) -> OpticRow | None:
    def at(column: bytes, unit: float) -> float | None:
        return scaled(found.at(column, index), unit) or None

    return optic(
        found.port(index[0]),
        receive=at(RECEIVE_POWER, 0.01),
        transmit=at(TRANSMIT_POWER, 0.01),
        temperature=at(MODULE_TEMPERATURE, 1.0),
        bias=at(BIAS, 1e-5),
        supply=at(VOLTAGE, 0.01),
        wavelength=at(WAVELENGTH, 1e-9),
        receive_limits=Limits(*(_limit(found.at(column, index)) for column in RECEIVE_LIMITS)),
        transmit_limits=Limits(*(_limit(found.at(column, index)) for column in TRANSMIT_LIMITS)),
    )


def _limit(value: Value) -> float | None:
    raw = number(valid(value))
    return dbm_of_milliwatts(raw * _TENTH_MICROWATT) if raw else None


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode boards, fans and power supplies; 0 and 65535 are what a part answers that cannot say."""
    measures = []
    for index in found.indexes(CPU, MEMORY, TEMPERATURE, ERROR):
        entity = found.entities.get(index[0]) if len(index) == 1 else None
        if entity is None or entity.port is not None:
            continue
        name, memory = label(found, index[0]), found.at(MEMORY, index)
        if integer(memory):
            measures.append(health.measure(Quantity.CPU, name, ratio_of_percent(found.at(CPU, index))))
            measures.append(health.measure(Quantity.MEMORY, name, ratio_of_percent(memory)))
        celsius = integer(found.at(TEMPERATURE, index))
        if celsius and celsius != _NO_TEMPERATURE:
            measures.append(health.measure(Quantity.TEMPERATURE, name, float(celsius)))
        error = integer(found.at(ERROR, index))
        for kind, quantity, bad in (
            ("fan", Quantity.FAN, _FAN_ERROR),
            ("power supply", Quantity.POWER_SUPPLY, _SUPPLY_ERROR),
        ):
            if entity.kind == kind and error in (_NORMAL, bad):
                measures.append(health.measure(quantity, name, None, error == _NORMAL))
    return health.rows(measures)


OPTICS = Table(
    "h3c.optics",
    Part.OPTICS,
    decode_optics,
    (
        WAVELENGTH,
        DIAGNOSTIC,
        TRANSMIT_POWER,
        RECEIVE_POWER,
        MODULE_TEMPERATURE,
        VOLTAGE,
        BIAS,
        *TRANSMIT_LIMITS,
        *RECEIVE_LIMITS,
    ),
    every=MINUTE,
)
HEALTH = Table("h3c.health", Part.HEALTH, decode_health, (CPU, MEMORY, TEMPERATURE, ERROR), every=MINUTE)
_NEW, _OLD = oid("1.3.6.1.4.1.25506.2"), oid("1.3.6.1.4.1.2011.10.2")


def of_old_style(table: Table) -> Table:
    """Return the same table where devices have it that are set to the old style of MIBs."""
    renamed = {column: _OLD + column.removeprefix(_NEW) for column in table.columns}

    def decode(found: Found) -> Sequence[Row]:
        columns = {new: found.columns[old] for new, old in renamed.items() if old in found.columns}
        return table.decode(replace(found, columns=columns))

    return replace(table, name=f"{table.name}-old", decode=decode, columns=tuple(renamed.values()))


TABLES = (OPTICS, HEALTH, of_old_style(OPTICS), of_old_style(HEALTH))
