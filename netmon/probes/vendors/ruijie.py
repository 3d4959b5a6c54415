"""Ruijie (RGOS): RUIJIE-FIBER-MIB, by ifIndex, and the load, temperature, fans and supplies of the device.

The table of modules has more than 160 columns, and walking all of them makes the agent time out: only those that are
needed are asked for. A power of -10000 is invalid, and a module that does not support DDM says so. Boards of a
chassis have loads, memory and temperatures of their own; the name of an empty slot ends with `:invalid`.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.optics import Limits, optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, ratio_of_percent, scaled, text, valid

_MODULE = "1.3.6.1.4.1.4881.1.1.10.2.105.1.1.1."
WAVELENGTH = oid(_MODULE + "5")
HAS_DDM = oid(_MODULE + "15")
MODULE_TEMPERATURE = oid(_MODULE + "17")
VOLTAGE = oid(_MODULE + "19")
BIAS = oid(_MODULE + "21")
RECEIVE_PARTS = (oid(_MODULE + "31"), oid(_MODULE + "32"))  # whole dBm and hundredths, of firmware without the next
TRANSMIT_PARTS = (oid(_MODULE + "51"), oid(_MODULE + "52"))
RECEIVE_POWER = oid(_MODULE + "76")
TRANSMIT_POWER = oid(_MODULE + "81")
RECEIVE_LIMITS = tuple(oid(_MODULE + str(column)) for column in (93, 91, 92, 94))  # in the order of `Limits`

_MANAGEMENT = "1.3.6.1.4.1.4881.1.1.10.2."
CPU = oid(_MANAGEMENT + "36.1.1.2.0")
TEMPERATURE = oid(_MANAGEMENT + "1.1.16.0")
BOARD_TEMPERATURE_NAME = oid(_MANAGEMENT + "1.1.23.1.2")
BOARD_TEMPERATURE = oid(_MANAGEMENT + "1.1.23.1.3")
MEMORY_NAME = oid(_MANAGEMENT + "35.1.1.1.2")
MEMORY = oid(_MANAGEMENT + "35.1.1.1.3")
BOARD_MEMORY_NAME = oid(_MANAGEMENT + "35.1.2.1.2")
BOARD_MEMORY = oid(_MANAGEMENT + "35.1.2.1.3")
BOARD_CPU_NAME = oid(_MANAGEMENT + "36.1.2.1.2")
BOARD_CPU = oid(_MANAGEMENT + "36.1.2.1.4")  # over one minute
SUPPLY_STATE = oid(_MANAGEMENT + "21.1.5.1.3")
SUPPLY_NAME = oid(_MANAGEMENT + "21.1.5.1.4")
FAN_STATE = oid(_MANAGEMENT + "21.1.6.1.3")
FAN_NAME = oid(_MANAGEMENT + "21.1.6.1.4")

_OF_BOARDS = (
    (Quantity.MEMORY, MEMORY_NAME, MEMORY, 0.01),
    (Quantity.MEMORY, BOARD_MEMORY_NAME, BOARD_MEMORY, 0.01),
    (Quantity.CPU, BOARD_CPU_NAME, BOARD_CPU, 0.01),
    (Quantity.TEMPERATURE, BOARD_TEMPERATURE_NAME, BOARD_TEMPERATURE, 1.0),
)
_EMPTY = ":invalid"
_FALSE = 2
_INVALID = -10_000
_SUPPLY_OK, _SUPPLY_BAD = 4, (2, 5)  # linked and powered; linked without power, linked and abnormal
_FAN_OK = 1


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports."""
    columns = (RECEIVE_POWER, TRANSMIT_POWER, RECEIVE_PARTS[0], TRANSMIT_PARTS[0])
    indexes = [index for index in found.indexes(*columns) if len(index) == 1]
    return optics.rows(_module(found, index) for index in indexes if integer(found.at(HAS_DDM, index)) != _FALSE)


def _module(found: Found, index: Index) -> OpticRow | None:
    def at(column: bytes) -> Value:
        return valid(found.at(column, index))

    return optic(
        found.port(index[0]),
        receive=_power(found, index, RECEIVE_POWER, RECEIVE_PARTS),
        transmit=_power(found, index, TRANSMIT_POWER, TRANSMIT_PARTS),
        temperature=scaled(at(MODULE_TEMPERATURE), 1.0),
        bias=scaled(at(BIAS), 1e-6),
        supply=scaled(at(VOLTAGE), 1e-3),
        wavelength=scaled(at(WAVELENGTH), 1e-9),
        receive_limits=Limits(*(_hundredths(at(column)) for column in RECEIVE_LIMITS)),
    )


def _power(found: Found, index: Index, column: bytes, parts: tuple[bytes, bytes]) -> float | None:
    """Return a power from its column, or from two, which lose the sign of less than one dBm: light is below that."""
    if index in found.columns.get(column, {}):
        return _hundredths(valid(found.at(column, index)))
    whole, hundredths = (integer(found.at(part, index)) for part in parts)
    if whole is None or hundredths is None or not 0 <= hundredths < 100:
        return None
    dbm = abs(whole) + hundredths / 100.0
    return (dbm if whole > 0 else -dbm) or None


def _hundredths(value: Value) -> float | None:
    return None if integer(value) in (None, 0, _INVALID) else scaled(value, 0.01)


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory, temperature, fans and power supplies; 0 °C is no sample."""
    measures = [
        health.measure(Quantity.CPU, "cpu", ratio_of_percent(found.scalars.get(CPU))),
        health.measure(Quantity.TEMPERATURE, "board", scaled(found.scalars.get(TEMPERATURE), 1.0) or None),
    ]
    for quantity, names, column, unit in _OF_BOARDS:
        for index in found.indexes(column):
            board = text(found.at(names, index)) or health.place("board", index)
            if not board.endswith(_EMPTY):
                measures.append(health.measure(quantity, board, scaled(found.at(column, index), unit) or None))
    for index in found.indexes(SUPPLY_STATE):
        state = integer(found.at(SUPPLY_STATE, index))
        is_ok = True if state == _SUPPLY_OK else False if state in _SUPPLY_BAD else None
        name = text(found.at(SUPPLY_NAME, index)) or health.place("psu", index)
        measures.append(health.measure(Quantity.POWER_SUPPLY, name, None, is_ok))
    for index in found.indexes(FAN_STATE):
        is_ok = True if integer(found.at(FAN_STATE, index)) == _FAN_OK else None  # what else it may say is not known
        name = text(found.at(FAN_NAME, index)) or health.place("fan", index)
        measures.append(health.measure(Quantity.FAN, name, None, is_ok))
    return health.rows(measures)


OPTICS = Table(
    "ruijie.optics",
    Part.OPTICS,
    decode_optics,
    (
        WAVELENGTH,
        HAS_DDM,
        MODULE_TEMPERATURE,
        VOLTAGE,
        BIAS,
        *RECEIVE_PARTS,
        *TRANSMIT_PARTS,
        RECEIVE_POWER,
        TRANSMIT_POWER,
        *RECEIVE_LIMITS,
    ),
    every=MINUTE,
)
HEALTH = Table(
    "ruijie.health",
    Part.HEALTH,
    decode_health,
    (
        BOARD_TEMPERATURE_NAME,
        BOARD_TEMPERATURE,
        MEMORY_NAME,
        MEMORY,
        BOARD_MEMORY_NAME,
        BOARD_MEMORY,
        BOARD_CPU_NAME,
        BOARD_CPU,
        SUPPLY_STATE,
        SUPPLY_NAME,
        FAN_STATE,
        FAN_NAME,
    ),
    (CPU, TEMPERATURE),
    every=MINUTE,
)
TABLES = (OPTICS, HEALTH)
