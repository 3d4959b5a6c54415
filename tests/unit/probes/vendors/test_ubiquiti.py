"""Health of Ubiquiti's gear, and the ONUs of its OLT."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value
from netmon.probes.vendors import ubiquiti_health as mib
from netmon.probes.vendors import ubiquiti_olt as olt
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.rows import HealthRow, OnuRow, Quantity
from tests.unit.probes.vendors.found import Columns, about, read


def test_an_access_point_counts_its_memory_in_kib() -> None:
    scalars: dict[bytes, Value] = {
        mib.MEMORY_SIZE: 60_000,
        mib.MEMORY_FREE: 30_000,
        mib.MEMORY_BUFFERS: 5_000,
        mib.MEMORY_CACHED: 10_000,
    }
    assert read(mib.HOST, {}, scalars=scalars) == (
        HealthRow(Quantity.MEMORY_SIZE, "memory", 61_440_000.0),
        HealthRow(Quantity.MEMORY, "memory", 0.25),
    )


def test_radios_with_trees_of_their_own() -> None:
    ltu: dict[bytes, Value] = {mib.LTU_CPU: 23, mib.LTU_MEMORY: 61}
    assert read(mib.HOST, {}, scalars=ltu) == (
        HealthRow(Quantity.CPU, "cpu", 0.23),
        HealthRow(Quantity.MEMORY, "memory", 0.61),
    )
    columns: Columns = {mib.SIXTY_CPU: {(1,): 1}, mib.SIXTY_MEMORY: {(1,): 41}}
    assert read(mib.HOST, columns) == (
        HealthRow(Quantity.CPU, "cpu", 0.01),
        HealthRow(Quantity.MEMORY, "memory", 0.41),
    )
    assert read(mib.HOST, {mib.CHAIN_0: {(1,): 22}, mib.CHAIN_1: {(1,): 0}}) == (
        HealthRow(Quantity.TEMPERATURE, "airfiber 1 chain 0", 22.0),
    )


@pytest.mark.quirk("Ubiquiti", "EdgeMAX measures in thousandths; 0 V is a bay without a supply")
def test_edgemax() -> None:
    columns: Columns = {
        mib.OUTPUT_VOLTS: {(1,): 53_864},
        mib.OUTPUT_AMPERES: {(1,): 352},
        mib.OUTPUT_WATTS: {(1,): 19_040},
        mib.SUPPLY_STATUS: {(1,): 1, (2,): 3, (3,): 1},
        mib.SUPPLY_OPERATES: {(1,): 1, (2,): 0, (3,): 0},
        mib.SUPPLY_VOLTS: {(1,): 40_356, (2,): 0},
        mib.THERMOMETER_KIND: {(1,): 2},
        mib.THERMOMETER: {(1,): 31_500, (4,): 26_500, (5,): 0},
        mib.FAN: {(1,): 4200},
    }
    assert read(mib.EDGE_MAX, columns) == (
        HealthRow(Quantity.POWER_SUPPLY, "psu 1", is_ok=True),
        HealthRow(Quantity.SUPPLY, "psu 1", about(40.356)),
        HealthRow(Quantity.POWER_SUPPLY, "psu 3", is_ok=False),  # psu 2 stands by
        HealthRow(Quantity.VOLTAGE, "output 1", about(53.864)),
        HealthRow(Quantity.CURRENT, "output 1", about(0.352)),
        HealthRow(Quantity.POWER, "output 1", about(19.04)),
        HealthRow(Quantity.TEMPERATURE, "cpu 1", about(31.5)),
        HealthRow(Quantity.TEMPERATURE, "sensor 4", about(26.5)),
        HealthRow(Quantity.FAN, "fan 1", 4200.0),
    )


def test_onus_of_an_olt() -> None:
    columns: Columns = {
        olt.SERIAL: {(7,): b"UBNT00112233"},
        olt.NAME: {(7,): b"rtr-socorejo"},
        olt.ONLINE: {(7,): 1, (8,): 2},
        olt.PORT: {(7,): 3, (8,): 3},
    }
    light: Columns = {olt.RECEIVES[0]: {(7,): -1938, (8,): -1900}, olt.SENDS[0]: {(7,): 231}}
    assert read(olt.ONUS, columns, light) == (
        OnuRow(
            "pon 3",
            7,
            serial="UBNT00112233",
            name="rtr-socorejo",
            online=True,
            state="up",
            receive_power_dbm=about(-19.38),
            transmit_power_dbm=about(2.31),
        ),
        OnuRow("pon 3", 8, online=False, state="down"),
    )
    assert olt.ONUS in tables_of("1.3.6.1.4.1.41112.1.5")
    assert olt.ONUS not in tables_of("1.3.6.1.4.1.41112.1.4")
