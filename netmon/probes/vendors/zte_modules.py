"""Modules and cards of a ZTE OLT: ZTE-AN-OPTICAL-MODULE-MIB and ZTE-AN-INTERFACE-MIB, which was before it.

Values are thousandths of a dBm, V and degree, and microamperes. -80 dBm is "no signal", 0 what is not measured. The
cards are in ZTE-AN-CHASSIS-MIB and ZTE-AN-ENVMON-MIB, or in the tree of C300.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.optics import optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import ratio_of_percent, scaled
from netmon.probes.vendors.zte_ports import Ports


class Module(NamedTuple):
    """The columns of a table of modules; the older one has no wavelength."""

    receive: bytes
    transmit: bytes
    bias: bytes
    volts: bytes
    celsius: bytes
    wavelength: bytes | None = None

    @property
    def columns(self) -> tuple[bytes, ...]:
        """Those that there are."""
        return tuple(column for column in self if column is not None)


def _module_of(table: str, *columns: int) -> Module:
    return Module(*(oid(f"{table}{column}") for column in columns))


MODULE = _module_of("1.3.6.1.4.1.3902.1082.30.40.2.4.1.", 2, 3, 5, 6, 8, 7)
OLD_MODULE = _module_of("1.3.6.1.4.1.3902.1015.3.1.13.1.", 1, 4, 9, 10, 12)

OLD_CPU = oid("1.3.6.1.4.1.3902.1015.2.1.1.3.1.9")
OLD_MEMORY = oid("1.3.6.1.4.1.3902.1015.2.1.1.3.1.11")
CPU = oid("1.3.6.1.4.1.3902.1082.10.1.2.4.1.9")
MEMORY = oid("1.3.6.1.4.1.3902.1082.10.1.2.4.1.11")
CELSIUS = oid("1.3.6.1.4.1.3902.1082.10.10.2.1.6.1.2")
FAN = oid("1.3.6.1.4.1.3902.1082.10.10.2.4.11.1.7")
CARDS = (OLD_CPU, OLD_MEMORY, CPU, MEMORY, CELSIUS, FAN)


def decode_modules(found: Found, module: Module) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports, uplinks among them."""
    ports = Ports(found)
    indexes = [index for index in found.indexes(module.receive, module.transmit) if len(index) == 1]
    return optics.rows(_module(found, index, module, ports) for index in indexes)


def _module(found: Found, index: Index, module: Module, ports: Ports) -> OpticRow | None:
    def at(column: bytes | None, factor: float) -> float | None:
        return None if column is None else scaled(found.at(column, index), factor) or None

    return optic(
        ports.of(index[0]),
        receive=at(module.receive, 1e-3),
        transmit=at(module.transmit, 1e-3),
        temperature=at(module.celsius, 1e-3),
        bias=at(module.bias, 1e-6),
        supply=at(module.volts, 1e-3),
        wavelength=at(module.wavelength, 1e-9),
    )


def decode_cards(found: Found) -> tuple[HealthRow, ...]:
    """Decode how busy, how full and how warm the cards of an OLT are, and its fans."""
    return health.rows(_cards(found))


def _cards(found: Found) -> Iterator[HealthRow | None]:
    for cpu, memory in ((OLD_CPU, OLD_MEMORY), (CPU, MEMORY)):
        for index in found.indexes(cpu, memory):
            full = ratio_of_percent(found.at(memory, index))
            if full != 0.0:  # a card without a processor says that its memory is empty, and its load nothing
                yield health.measure(
                    Quantity.CPU, health.place("card", index), ratio_of_percent(found.at(cpu, index))
                )
                yield health.measure(Quantity.MEMORY, health.place("card", index), full)
    for index in found.indexes(CELSIUS):
        celsius = scaled(found.at(CELSIUS, index), 1.0) or None  # -1000 of one without a sensor
        yield health.measure(Quantity.TEMPERATURE, health.place("card", index), celsius)
    for index in found.indexes(FAN):
        yield health.measure(Quantity.FAN, health.place("fan", index), scaled(found.at(FAN, index), 1.0))


def _table(name: str, module: Module) -> Table:
    return Table(name, Part.OPTICS, lambda found: decode_modules(found, module), module.columns, every=MINUTE)


MODULES = _table("zte.modules", MODULE)
OLD_MODULES = _table("zte.old-modules", OLD_MODULE)
CARD_TABLE = Table("zte.cards", Part.HEALTH, decode_cards, CARDS, every=MINUTE)
TABLES = (MODULES, OLD_MODULES, CARD_TABLE)
