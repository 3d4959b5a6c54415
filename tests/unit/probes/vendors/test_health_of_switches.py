"""Load, memory, temperatures and light of switches and chassis, as their agents were found to tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from netmon.probes.snmp.ber import Value, oid
from netmon.probes.vendors import (
    bdcom_health,
    cisco,
    dlink,
    entity,
    h3c,
    health,
    huawei,
    juniper,
    ruijie,
    sensors,
    zte_health,
)
from netmon.probes.vendors.rows import EntityRow, HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import Found, Table
from tests.unit.probes.vendors.found import Columns, read

CPU, MEMORY, TEMPERATURE = Quantity.CPU, Quantity.MEMORY, Quantity.TEMPERATURE


def told(
    table: Table, columns: Columns | None = None, scalars: Mapping[bytes, Value] | None = None
) -> dict[tuple[Quantity, str], float | bool | None]:
    """Return what a table tells of health: a value, or a state where there is none."""
    rows = read(table, columns or {}, scalars=scalars)
    return {row.key: row.is_ok if row.value is None else row.value for row in rows}


@pytest.mark.quirk("ZTE", "9900 has its hardware under a tree of its own; what a slot does not have reads 0")
def test_zte_chassis() -> None:
    inlet, outlet, _ = zte_health.TEMPERATURES
    columns: Columns = {
        zte_health.MEMORY: {(0, 0, 27, 0): 43, (0, 0, 28, 0): 0},
        zte_health.CPU: {(0, 0, 27, 0): 46, (0, 0, 28, 0): 0},
        inlet: {(0, 0, 27): 28, (0, 0, 28): 0},
        outlet: {(0, 0, 27): 34},
        zte_health.FAN_SPEED: {(0, 0, 1, 1): 3060, (0, 0, 1, 2): 0},
    }
    assert told(zte_health.CHASSIS, columns) == {
        (MEMORY, "cpu 0/0/27/0"): 0.43,
        (CPU, "cpu 0/0/27/0"): 0.46,
        (TEMPERATURE, "slot 0/0/27"): 28.0,
        (TEMPERATURE, "slot 0/0/27 #2"): 34.0,
        (Quantity.FAN, "fan 0/0/1/1"): 3060.0,
    }


@pytest.mark.quirk("ZTE", "older units tell the load over two minutes and not over five")
@pytest.mark.quirk("ZTE", "52xx tell load and memory as texts, each series under a tree of its own")
def test_zte_units_and_small_switches() -> None:
    units: Columns = {
        zte_health.UNIT_MEMORY: {(1,): 61, (2,): 58},
        zte_health.UNIT_CPU_TWO_MINUTES: {(1,): 12, (2,): 9},
        zte_health.UNIT_CPU_FIVE_MINUTES: {(1,): 14},
    }
    assert told(zte_health.UNITS, units) == {
        (CPU, "unit 1"): 0.14,
        (MEMORY, "unit 1"): 0.61,
        (CPU, "unit 2"): 0.09,
        (MEMORY, "unit 2"): 0.58,
    }
    said: dict[bytes, Value] = {
        oid("1.3.6.1.4.1.3902.15.2.30.1.3.0"): b"10.1",
        oid("1.3.6.1.4.1.3902.15.2.30.1.5.0"): b"82.5",
    }
    assert told(zte_health.SMALL, scalars=said) == {(CPU, "cpu"): 0.101, (MEMORY, "memory"): 0.825}


def test_bdcom() -> None:
    columns: Columns = {
        bdcom_health.CPU: {(1,): 38},
        bdcom_health.TEMPERATURE_NAME: {(1,): b"motherboard"},
        bdcom_health.TEMPERATURE: {(1,): 41, (2,): 0},
    }
    scalars: dict[bytes, Value] = {bdcom_health.MEMORY: 15, bdcom_health.MEMORY_SIZE: 536870912}
    assert told(bdcom_health.TABLES[0], columns, scalars) == {
        (CPU, "cpu"): 0.38,
        (MEMORY, "memory"): 0.15,
        (Quantity.MEMORY_SIZE, "memory"): 536870912.0,
        (TEMPERATURE, "motherboard"): 41.0,
    }


def test_dlink() -> None:
    scalars: dict[bytes, Value] = {dlink.CPU: 26, dlink.MEMORY: 88}
    assert told(dlink.TABLES[0], {dlink.TEMPERATURE: {(1,): 53, (2,): 0}}, scalars) == {
        (CPU, "cpu"): 0.26,
        (MEMORY, "memory"): 0.88,
        (TEMPERATURE, "unit 1"): 53.0,
    }


@pytest.mark.quirk("ENTITY-SENSOR", "a sensor may name its port at the end: DOM RX Power Sensor for Ethernet5")
def test_a_sensor_that_is_for_a_port() -> None:
    columns: Columns = {
        entity.CLASS: {(1,): 8, (2,): 8, (3,): 8},
        entity.DESCRIPTION: {
            (1,): b"DOM RX Power Sensor for Ethernet5",
            (2,): b"Board temp sensor for nobody",
            (3,): b"Lane 0 for Xcvr for Ethernet5",
        },
    }
    rows = read(entity.ENTITIES, columns, ports={5: "Ethernet5"})
    assert [row.port for row in rows] == ["Ethernet5", None, "Ethernet5"]


@pytest.mark.quirk("Ruijie", "the boards of a chassis have names; that of an empty slot ends with :invalid")
@pytest.mark.quirk("Ruijie", "two chassis that are one name their supplies alike: none may hide the other")
def test_ruijie_chassis() -> None:
    columns: Columns = {
        ruijie.MEMORY_NAME: {(1,): b"memory"},
        ruijie.MEMORY: {(1,): 36},
        ruijie.BOARD_CPU_NAME: {(1,): b"Slot 1/M1: CM II, Cpu 0", (2,): b"Slot 1/1: 44SFP, Cpu 0"},
        ruijie.BOARD_CPU: {(1,): 21, (2,): 25},
        ruijie.BOARD_TEMPERATURE_NAME: {(1,): b"switch 1 M1", (2,): b"switch 1 slot 2 cpu 0:invalid"},
        ruijie.BOARD_TEMPERATURE: {(1,): 38, (2,): 0},
        ruijie.SUPPLY_NAME: {(1, 1): b"power 1", (2, 1): b"power 1"},
        ruijie.SUPPLY_STATE: {(1, 1): 4, (2, 1): 2},
    }
    assert told(ruijie.HEALTH, columns) == {
        (MEMORY, "memory"): 0.36,
        (CPU, "Slot 1/M1: CM II, Cpu 0"): 0.21,
        (CPU, "Slot 1/1: 44SFP, Cpu 0"): 0.25,
        (TEMPERATURE, "switch 1 M1"): 38.0,
        (Quantity.POWER_SUPPLY, "power 1"): True,
        (Quantity.POWER_SUPPLY, "power 1 #2"): False,
    }


@pytest.mark.quirk(
    "Ruijie", "older firmware tells light in two columns, whole dBm and hundredths; -100 in both is none"
)
@pytest.mark.parametrize(
    ("whole", "hundredths", "dbm", "is_lost"),
    [(-7, 57, -7.57, False), (-2, 9, -2.09, False), (0, 95, -0.95, False), (1, 5, 1.05, False), (-40, 0, None, True)],
)
def test_light_of_ruijie_in_two_parts(whole: int, hundredths: int, dbm: float | None, is_lost: bool) -> None:
    columns: Columns = {
        ruijie.RECEIVE_PARTS[0]: {(5,): whole, (6,): -100},
        ruijie.RECEIVE_PARTS[1]: {(5,): hundredths, (6,): -100},
        ruijie.TRANSMIT_PARTS[0]: {(5,): -1, (6,): -100},
        ruijie.TRANSMIT_PARTS[1]: {(5,): 54, (6,): -100},
    }
    (row,) = read(ruijie.OPTICS, columns, ports={5: "TenGigabitEthernet 1/1/1", 6: "TenGigabitEthernet 1/1/2"})
    assert (row.receive_power_dbm, row.receive_lost, row.transmit_power_dbm) == (dbm, is_lost, -1.54)


def test_measures_with_one_name_are_numbered() -> None:
    rows = health.rows([HealthRow(CPU, "cpu", 0.1), None, HealthRow(CPU, "cpu", 0.2), HealthRow(MEMORY, "cpu", 0.3)])
    assert [row.name for row in rows] == ["cpu", "cpu #2", "cpu"]


@pytest.mark.quirk("Cisco", "old releases tell the load in another column, Nexus load and memory as single values")
def test_cisco() -> None:
    assert told(cisco.LOAD, {cisco.OLD_CPU: {(1,): 13}}) == {(CPU, "cpu"): 0.13}
    assert told(cisco.LOAD, {cisco.OLD_CPU: {(1,): 13}, cisco.CPU: {(1,): 14}}) == {(CPU, "cpu"): 0.14}
    said: dict[bytes, Value] = {cisco.NEXUS_CPU: 3, cisco.NEXUS_MEMORY: 29}
    assert told(cisco.LOAD, scalars=said) == {(CPU, "cpu"): 0.03, (MEMORY, "memory"): 0.29}


@pytest.mark.quirk(
    "Cisco", "Nexus has sensors of modules that ENTITY-MIB does not list: a laser's amperes are not the device's"
)
def test_sensors_of_what_is_not_listed() -> None:
    columns: Columns = {
        sensors.CISCO.type: {(7,): 8, (25818,): 5},
        sensors.CISCO.scale: {(7,): 9, (25818,): 8},
        sensors.CISCO.precision: {(7,): 0, (25818,): 0},
        sensors.CISCO.value: {(7,): 40, (25818,): 6692},
        sensors.CISCO.status: {(7,): 1, (25818,): 1},
    }
    found = Found(columns, entities={7: EntityRow(7, name="Module-1, Outlet")})
    assert sensors.decode_sensors(found, sensors.CISCO) == (HealthRow(TEMPERATURE, "Module-1, Outlet", 40.0),)
    assert len(sensors.decode_sensors(replace(found, entities={}), sensors.CISCO)) == 2, "without ENTITY-MIB"


@pytest.mark.quirk("Huawei", "bias is microamperes on switches and milliamperes on routers")
@pytest.mark.parametrize(("raw", "amperes"), [(30, 0.03), (2, 0.002), (30120, 0.03012), (1800, 0.0018), (0, 0.0)])
def test_bias_of_huawei(raw: int, amperes: float) -> None:
    columns: Columns = {
        huawei.RECEIVE_POWER: {(7,): -801},
        huawei.TRANSMIT_POWER: {(7,): -227},
        huawei.BIAS: {(7,): raw},
    }
    (row,) = huawei.decode_optics(Found(columns, entities={7: EntityRow(7, port="GigabitEthernet4/0/1")}))
    assert row.bias_amperes == amperes


@pytest.mark.quirk("H3C", "set to the old style of MIBs, the same tables stand under 2011.10, and none under 25506")
def test_h3c_of_the_old_style() -> None:
    table = h3c.of_old_style(h3c.HEALTH)
    load = oid("1.3.6.1.4.1.2011.10.2.6.1.1.1.1.6")
    memory = oid("1.3.6.1.4.1.2011.10.2.6.1.1.1.1.8")
    assert {load, memory} < set(table.columns)
    entities = {30: EntityRow(30, kind="module", name="Board 0")}
    rows = table.decode(Found({load: {(30,): 49}, memory: {(30,): 53}}, entities=entities))
    assert rows == (HealthRow(CPU, "Board 0", 0.49), HealthRow(MEMORY, "Board 0", 0.53))


@pytest.mark.quirk(
    "Juniper", "some releases count received power and its limits from -20 dBm: a limit above 10 dBm shows it"
)
def test_juniper_that_counts_from_twenty_below() -> None:
    def module(receive: int, limits: tuple[int, int, int, int]) -> OpticRow:
        columns: dict[bytes, Mapping[tuple[int, ...], Value]] = {
            column: {(5,): limit} for column, limit in zip(juniper.RECEIVE_LIMITS, limits, strict=True)
        }
        columns |= {
            juniper.RECEIVE_POWER: {(5,): receive},
            juniper.TRANSMIT_POWER: {(5,): -199},
            juniper.BIAS: {(5,): 32599},
        }
        (row,) = read(juniper.OPTICS, columns, ports={5: "xe-0/2/1"})
        assert isinstance(row, OpticRow)
        return row

    row = module(1598, (0, 199, 2200, 2250))
    assert (row.receive_power_dbm, row.receive_low_warning_dbm, row.receive_high_alarm_dbm) == (-4.02, -18.01, 2.5)
    assert module(754, (299, 400, 1900, 2000)).receive_power_dbm == -12.46, "plausible as it stands, and wrong"
    assert module(0, (0, 199, 2200, 2250)).receive_power_dbm is None
    plain = module(-402, (-2000, -1801, 200, 250))
    assert (plain.receive_power_dbm, plain.receive_low_alarm_dbm) == (-4.02, -20.0)
