"""Health of RouterOS and SwOS: the scalars of mtxrHealth, the gauges that replace them in RouterOS 7, and PoE.

An absent sensor answers with 0 or is left out; a supply of 0 V, a temperature of 0 °C and a power of 0 W are no
sample. mtxrHlProcessorTemperature and mtxrHlCpuTemperature are two names of one thing.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, InterfaceRow, PoeRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import count, integer, scaled, signed32, text, valid, within

_HEALTH = "1.3.6.1.4.1.14988.1.1.3."
CORE_VOLTAGE = oid(_HEALTH + "1.0")
CPU_TEMPERATURE = oid(_HEALTH + "6.0")
VOLTAGE = oid(_HEALTH + "8.0")
TEMPERATURE = oid(_HEALTH + "10.0")
PROCESSOR_TEMPERATURE = oid(_HEALTH + "11.0")
POWER = oid(_HEALTH + "12.0")
CURRENT = oid(_HEALTH + "13.0")
SUPPLY_STATE = oid(_HEALTH + "15.0")
BACKUP_SUPPLY_STATE = oid(_HEALTH + "16.0")
FAN_1 = oid(_HEALTH + "17.0")
FAN_2 = oid(_HEALTH + "18.0")
_SCALARS = (
    (CORE_VOLTAGE, Quantity.VOLTAGE, "core", 0.1),
    (CPU_TEMPERATURE, Quantity.TEMPERATURE, "cpu", 0.1),
    (VOLTAGE, Quantity.SUPPLY, "supply", 0.1),
    (TEMPERATURE, Quantity.TEMPERATURE, "board", 0.1),
    (PROCESSOR_TEMPERATURE, Quantity.TEMPERATURE, "cpu", 0.1),
    (POWER, Quantity.POWER, "total", 0.1),
    (CURRENT, Quantity.CURRENT, "total", 1e-3),
    (FAN_1, Quantity.FAN, "fan1", 1.0),
    (FAN_2, Quantity.FAN, "fan2", 1.0),
)
_STATES = ((SUPPLY_STATE, "psu1"), (BACKUP_SUPPLY_STATE, "psu2"))

GAUGE_NAME = oid(_HEALTH + "100.1.2")
GAUGE_VALUE = oid(_HEALTH + "100.1.3")
GAUGE_UNIT = oid(_HEALTH + "100.1.4")
_GAUGES = {
    1: (Quantity.TEMPERATURE, 1.0),
    2: (Quantity.FAN, 1.0),
    3: (Quantity.VOLTAGE, 0.1),
    4: (Quantity.CURRENT, 0.1),
    5: (Quantity.POWER, 0.1),
}
_STATUS = 6
_STATUS_OK = 0  # as seen on RouterOS 7; the MIB does not say
_SUPPLY_GAUGE = "voltage"  # the input; others are named after what they feed

_POE = "1.3.6.1.4.1.14988.1.1.15.1.1."
POE_NAME = oid(_POE + "2")
POE_STATUS = oid(_POE + "3")
POE_VOLTAGE = oid(_POE + "4")
POE_CURRENT = oid(_POE + "5")
POE_POWER = oid(_POE + "6")
_POE_STATES = {
    1: "disabled",
    2: "waitingForLoad",
    3: "poweredOn",
    4: "overload",
    5: "shortCircuit",
    6: "voltageTooLow",
    7: "currentTooLow",
    8: "powerReset",
    9: "voltageTooHigh",
    10: "controllerError",
    11: "controllerUpgrade",
    12: "poeInDetected",
    13: "noValidPsu",
}
_POE_FAULTS = frozenset({4, 5, 6, 9, 10, 13})
_POE_ON = 3

_STATS = "1.3.6.1.4.1.14988.1.1.14.1.1."
PORT_NAME = oid(_STATS + "2")
CHECKSUM_ERRORS = oid(_STATS + "45")
LINK_DOWNS = oid(_STATS + "90")


def decode_scalars(found: Found) -> tuple[HealthRow, ...]:
    """Decode the scalars of mtxrHealth."""
    measures = [
        health.measure(quantity, name, _present(found.scalars.get(column), factor))
        for column, quantity, name, factor in _SCALARS
    ]
    states = [(name, integer(found.scalars.get(column))) for column, name in _STATES]
    return health.rows(
        (
            *measures,
            *(
                health.measure(Quantity.POWER_SUPPLY, name, None, state == 1)
                for name, state in states
                if state in (0, 1)
            ),
        )
    )


def _present(value: Value, factor: float) -> float | None:
    raw = signed32(valid(value))
    return raw * factor if raw else None


def decode_gauges(found: Found) -> tuple[HealthRow, ...]:
    """Decode mtxrGaugeTable: name, value and unit of each reading."""
    return health.rows(_gauge(found, index) for index in found.indexes(GAUGE_VALUE))


def _gauge(found: Found, index: Index) -> HealthRow | None:
    name, unit = text(found.at(GAUGE_NAME, index)), integer(found.at(GAUGE_UNIT, index))
    raw = signed32(valid(found.at(GAUGE_VALUE, index)))
    if name is None or raw is None:
        return None
    if unit == _STATUS:
        is_supply = name.startswith("psu") and raw in (_STATUS_OK, 1)
        supply = name.removesuffix("-state")
        return health.measure(Quantity.POWER_SUPPLY, supply, None, raw == _STATUS_OK) if is_supply else None
    quantity, factor = _GAUGES.get(unit or 0, (None, 0.0))
    if quantity is None or (raw == 0 and quantity is not Quantity.FAN):  # a fan may stand still
        return None
    if name == _SUPPLY_GAUGE:
        return health.measure(Quantity.SUPPLY, "supply", raw * factor)
    return health.measure(quantity, name.removesuffix("-temperature").removesuffix("-speed"), raw * factor)


def decode_poe(found: Found) -> tuple[PoeRow, ...]:
    """Decode mtxrPOETable; volts and watts count while the port feeds something."""
    rows = (_poe(found, index) for index in found.indexes(POE_NAME))
    return tuple(row for row in rows if row is not None)


def _poe(found: Found, index: Index) -> PoeRow | None:
    port, status = text(found.at(POE_NAME, index)), integer(found.at(POE_STATUS, index))
    if not port or status is None:
        return None
    is_feeding = status == _POE_ON

    def measured(column: bytes, factor: float, most: float) -> float | None:
        value = within(0.0, scaled(found.at(column, index), factor), most) if is_feeding else None
        return None if value is None else round(value, 3)

    return PoeRow(
        port=port,
        status=_POE_STATES.get(status, "unknown"),
        is_feeding=is_feeding,
        is_fault=status in _POE_FAULTS,
        volts=measured(POE_VOLTAGE, 0.1, 100.0),
        amperes=measured(POE_CURRENT, 1e-3, 10.0),
        watts=measured(POE_POWER, 0.1, 500.0),
    )


def decode_ports(found: Found) -> tuple[InterfaceRow, ...]:
    """Decode what mtxrInterfaceStatsTable adds to IF-MIB; columns that the hardware lacks read 0."""
    indexes = {name: index for index, name in found.ports.items()}
    rows = []
    for index in found.indexes(PORT_NAME):
        name = text(found.at(PORT_NAME, index))
        if name in indexes:
            errors, downs = count(found.at(CHECKSUM_ERRORS, index)), count(found.at(LINK_DOWNS, index))
            rows.append(InterfaceRow(name, indexes[name], checksum_errors=errors, link_downs=downs))
    return tuple(rows)


SCALARS = Table(
    "mikrotik.health",
    Part.HEALTH,
    decode_scalars,
    scalars=(*(column for column, *_ in _SCALARS), *(column for column, _ in _STATES)),
)
GAUGES = Table("mikrotik.gauges", Part.HEALTH, decode_gauges, (GAUGE_NAME, GAUGE_VALUE, GAUGE_UNIT))
POE = Table(
    "mikrotik.poe", Part.POE, decode_poe, (POE_NAME, POE_STATUS, POE_VOLTAGE, POE_CURRENT, POE_POWER), every=MINUTE
)
PORTS = Table(
    "mikrotik.ports",
    Part.INTERFACES,
    decode_ports,
    (PORT_NAME, CHECKSUM_ERRORS, LINK_DOWNS),
    every=MINUTE,
    fills=True,
)
TABLES = (SCALARS, GAUGES, POE, PORTS)
