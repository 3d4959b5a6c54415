"""Whole devices of every maker, made up after what their MIBs and their owners say, read as a poll reads them."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.pdu import V1
from netmon.probes.snmp.reading import Reading
from netmon.probes.vendors.denied import DENIED
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from tests.unit.probes.vendors.plausible import all_flaws
from tests.unit.probes.vendors.recordings import NAMES, OWN, poll, read


def light(name: str) -> dict[str, tuple[float | None, float | None, bool | None]]:
    """Return by port: received, sent, and whether the module says that no light arrives."""
    return {row.port: (row.receive_power_dbm, row.transmit_power_dbm, row.receive_lost) for row in read(name).optics}


def health(reading: Reading, quantity: Quantity) -> dict[str, float | bool | None]:
    """Return by name the value of a measure, or its state where it has none."""
    rows = [row for row in reading.health if row.quantity is quantity]
    return {row.name: row.is_ok if row.value is None else row.value for row in rows}


def module(name: str, port: str) -> OpticRow:
    return next(row for row in read(name).optics if row.port == port)


@pytest.mark.parametrize("name", NAMES)
def test_every_recording_decodes_to_plausible_values(name: str) -> None:
    reader, reading = poll(name)
    assert reading.mistakes == ()
    assert all_flaws(reading) == []
    if name in OWN:  # others may be of any device, and incomplete
        assert reader.problems == ()
        assert reading.failures == ()
        assert reading.system is not None
        assert reading.interfaces


@pytest.mark.parametrize("name", NAMES)
def test_version_one_reads_the_same_modules(name: str) -> None:
    new, old = read(name), read(name, V1)
    assert old.mistakes == ()
    assert old.optics == new.optics
    assert [row.name for row in old.interfaces] == [row.name for row in new.interfaces]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_denied_is_never_asked_for(name: str) -> None:
    reader, _ = poll(name)
    asked = [oid for request in reader.requests for oid in request.oids]
    assert not [oid for oid in asked if any(oid.startswith(denied) for denied in DENIED)]


@pytest.mark.quirk("MikroTik", "RouterOS 7 gives health as gauges with a name and a unit; absent ones read 0")
@pytest.mark.quirk("MikroTik", "an empty cage reads -128 °C as 4294967168")
@pytest.mark.quirk("MikroTik", "a module without diagnostics reads 0 throughout: no module, not 0 dBm")
@pytest.mark.quirk("MikroTik", "rows of the optical table are joined to ports by name; their indexes differ")
def test_mikrotik() -> None:
    reading = read("mikrotik-ccr2004")
    assert light("mikrotik-ccr2004") == {
        "sfp-sfpplus1": (-7.125, -2.31, False),
        "sfp-sfpplus3": (None, -1.95, True),
    }
    assert health(reading, Quantity.SUPPLY) == {"supply": 24.3}
    assert health(reading, Quantity.TEMPERATURE) == {"temperature": 38.0, "cpu": 52.0}
    assert health(reading, Quantity.FAN) == {"fan1": 4080.0, "fan2": 0.0}
    assert health(reading, Quantity.POWER_SUPPLY) == {"psu1": True, "psu2": False}
    assert health(reading, Quantity.CPU) == {"cpu": 0.06}
    assert health(reading, Quantity.MEMORY) == {"memory": 0.25}
    ports = {row.name: row for row in reading.interfaces}
    assert (ports["sfp-sfpplus1"].checksum_errors, ports["sfp-sfpplus1"].link_downs) == (17, 4)


@pytest.mark.quirk("MikroTik", "RouterOS 6 gives health as scalars in tenths; a core voltage of 0 is no sample")
@pytest.mark.quirk("MikroTik", "PoE volts and watts count only while a port feeds something")
def test_mikrotik_with_scalars_and_poe() -> None:
    reading = read("mikrotik-hex-poe")
    assert health(reading, Quantity.SUPPLY) == {"supply": 23.9}
    assert health(reading, Quantity.VOLTAGE) == {}
    assert health(reading, Quantity.POWER) == {"total": 6.2}
    assert [(row.port, row.status, row.is_feeding, row.is_fault, row.watts) for row in reading.poe] == [
        ("ether3", "disabled", False, False, None),
        ("ether4", "poweredOn", True, False, 2.6),
        ("ether5", "shortCircuit", False, True, None),
    ]


def test_swos_has_health_and_no_optical_table() -> None:
    reader, reading = poll("mikrotik-swos")
    assert health(reading, Quantity.TEMPERATURE) == {"cpu": 44.0}
    assert not reader.asked_below("1.3.6.1.4.1.14988.1.1.19")


@pytest.mark.quirk(
    "Cisco", "a sensor is of the port in which its module sits, or whose name it starts with, long or short"
)
@pytest.mark.quirk("Cisco", "a sensor that is not ok has no value")
@pytest.mark.quirk("Cisco", "limits that are all 0 are not set")
def test_cisco() -> None:
    assert light("cisco-c3750x") == {"Gi1/0/1": (-9.5, -6.1, False), "Te1/0/1": (None, -2.2, True)}
    row = module("cisco-c3750x", "Gi1/0/1")
    assert (row.temperature_celsius, row.bias_amperes, row.supply_volts) == (42.3, 0.0152, 3.29)
    assert (
        row.receive_low_alarm_dbm,
        row.receive_low_warning_dbm,
        row.receive_high_warning_dbm,
        row.receive_high_alarm_dbm,
    ) == (-20.0, -19.0, -3.0, -2.0)
    assert module("cisco-c3750x", "Te1/0/1").receive_low_alarm_dbm is None
    reading = read("cisco-c3750x")
    assert health(reading, Quantity.TEMPERATURE) == {
        "Switch 1 - Inlet Temp Sensor": 31.0,
        "SW#1, Sensor#1, GREEN": 34.0,
    }
    assert health(reading, Quantity.FAN) == {"Switch#1, Fan#1": True, "Switch#1, Fan#2": False}
    assert health(reading, Quantity.POWER_SUPPLY) == {
        "Sw1, PS1 Normal, RPS NotExist": True,
        "Switch 1 - Power Supply 0": True,
        "Switch 1 - Power Supply 1": False,
    }
    assert health(reading, Quantity.MEMORY) == {"Processor": 0.25, "I/O": 0.5}


@pytest.mark.quirk("Huawei", "2147483647 is invalid: no light to be read, or an empty cage")
@pytest.mark.quirk("Huawei", "lanes are a text of powers, some of them times 100; the weakest counts")
@pytest.mark.quirk("Huawei", "a part without memory has no load, and a part without a sensor reads 0 °C")
def test_huawei() -> None:
    assert light("huawei-s5720") == {
        "GigabitEthernet0/0/1": (-7.05, -5.52, False),
        "GigabitEthernet0/0/2": (None, -5.6, None),
        "40GE0/0/1": (-7.2, None, False),
    }
    row = module("huawei-s5720", "GigabitEthernet0/0/1")
    assert (row.receive_low_alarm_dbm, row.receive_low_warning_dbm, row.receive_high_alarm_dbm) == (
        -20.0,
        -19.0,
        -3.0,
    )
    assert (row.transmit_low_alarm_dbm, row.transmit_high_alarm_dbm) == (-11.0, -2.0)
    assert row.wavelength_meters == 1.31e-6
    reading = read("huawei-s5720")
    board = "S5720-32X-EI-24S-AC 0"
    assert health(reading, Quantity.CPU) == {board: 0.14}
    assert health(reading, Quantity.TEMPERATURE) == {board: 47.0}
    assert health(reading, Quantity.FAN) == {"fan 0/1": True, "fan 0/2": False}
    assert health(reading, Quantity.POWER_SUPPLY) == {"psu 0/1": True, "psu 0/2": False}


@pytest.mark.quirk(
    "Huawei", "some firmware gives microwatts: both powers of a module are then positive; 0 is no light"
)
@pytest.mark.quirk("Huawei", "-1 is invalid too")
def test_huawei_with_microwatts() -> None:
    assert light("huawei-s5300-microwatts") == {
        "GigabitEthernet0/0/23": (-5.901, -2.518, False),
        "GigabitEthernet0/0/24": (None, -2.636, True),
    }
    assert module("huawei-s5300-microwatts", "GigabitEthernet0/0/23").receive_low_alarm_dbm == -20.0


@pytest.mark.quirk("Juniper", "0 means that a module or a part cannot measure")
@pytest.mark.quirk("Juniper", "modules of several lanes have a row for each; the weakest counts")
def test_juniper() -> None:
    assert light("juniper-ex4300") == {"ge-0/2/0": (-8.12, -4.98, False), "et-0/1/0": (-3.05, None, False)}
    row = module("juniper-ex4300", "ge-0/2/0")
    assert (row.receive_low_alarm_dbm, row.receive_high_alarm_dbm, row.bias_amperes) == (-23.0, -1.0, 0.01521)
    reading = read("juniper-ex4300")
    assert health(reading, Quantity.CPU) == {"FPC: EX4300-48T @ 0/*/*": 0.09, "Routing Engine 0": 0.11}
    assert health(reading, Quantity.POWER_SUPPLY) == {"Power Supply 0": True, "Power Supply 1": False}


@pytest.mark.quirk("H3C", "limits are tenths of a microwatt where powers are hundredths of a dBm")
@pytest.mark.quirk("H3C", "copper modules answer with the text Copper")
@pytest.mark.quirk("H3C", "65535 °C is no sample")
def test_h3c() -> None:
    assert light("h3c-s5130") == {
        "Ten-GigabitEthernet1/0/25": (-8.34, -1.98, False),
        "Ten-GigabitEthernet1/0/28": (None, -2.05, None),
    }
    row = module("h3c-s5130", "Ten-GigabitEthernet1/0/25")
    assert (row.receive_low_alarm_dbm, row.receive_high_alarm_dbm) == (-16.99, 0.5)
    reading = read("h3c-s5130")
    assert health(reading, Quantity.TEMPERATURE) == {"Board 0": 42.0}
    assert health(reading, Quantity.POWER_SUPPLY) == {"POWER 1": True, "POWER 2": False}


@pytest.mark.quirk("ZTE", "powers of ZXR10 are texts, each with a column that says whether it is valid")
@pytest.mark.quirk("ZTE", "newer ZXR10 index modules by the length and the letters of the port's name")
def test_zte() -> None:
    assert light("zte-5928e") == {"gei_1/25": (-9.073, -5.986, False), "gei_1/26": (None, -6.021, None)}
    assert light("zte-5960") == {"xgei-0/1/1/1": (-3.21, -2.1, False)}
    assert read("zte-5960").interfaces[0].name == "xgei-0/1/1/1", "ifDescr is free text"


@pytest.mark.quirk("Ruijie", "-10000 is invalid; a module says whether it can measure at all")
def test_ruijie() -> None:
    assert light("ruijie-s2910") == {
        "GigabitEthernet 0/25": (-11.23, -5.87, False),
        "GigabitEthernet 0/26": (None, -6.01, True),
        "GigabitEthernet 0/28": (None, -6.01, None),
    }
    reading = read("ruijie-s2910")
    assert health(reading, Quantity.POWER_SUPPLY) == {"Power 1": True, "Power 2": False}
    assert health(reading, Quantity.CPU) == {"cpu": 0.09}


@pytest.mark.quirk("Raisecom", "a row counts while its status is valid; -1000000 is none")
@pytest.mark.quirk("Raisecom", "some firmware sends the transmit power in microwatts, which its positive limit shows")
def test_raisecom() -> None:
    assert light("raisecom-iscom2624") == {
        "gigaethernet1/1/25": (-12.3, -5.8, False),
        "gigaethernet1/1/26": (None, -5.901, True),
    }
    row = module("raisecom-iscom2624", "gigaethernet1/1/25")
    assert (row.temperature_celsius, row.bias_amperes, row.supply_volts) == (35.0, 0.015, 3.29)
    assert (row.receive_low_alarm_dbm, row.receive_high_warning_dbm) == (-23.0, -2.0)


@pytest.mark.quirk("BDCOM", "-65535 is none")
def test_bdcom() -> None:
    assert light("bdcom-s2528") == {"GigaEthernet0/25": (-11.2, -5.8, False), "GigaEthernet0/26": (None, -6.1, None)}


@pytest.mark.quirk("Ubiquiti", "EdgeMAX says 10 Mbit/s for a port that is down")
@pytest.mark.quirk("Ubiquiti", "EdgeSwitch gives its load as a text of three averages")
def test_edgeswitch() -> None:
    reading = read("ubiquiti-edgeswitch")
    speeds = {row.name: row.speed_bits_per_second for row in reading.interfaces}
    assert (speeds["0/1"], speeds["0/2"]) == (1e9, None)
    assert health(reading, Quantity.CPU) == {"cpu": 0.072113}
    assert health(reading, Quantity.TEMPERATURE) == {"sensor 1/0": 45.0}
    assert [(row.port, row.is_feeding, row.is_fault) for row in reading.poe] == [
        ("1/1", True, False),
        ("1/2", False, False),
        ("1/3", False, True),
        ("1/4", False, False),
    ]


@pytest.mark.quirk(
    "Ubiquiti", "radios call themselves 10002.1 or net-snmp; their load is in hundredths of a per cent"
)
def test_airmax() -> None:
    reading = read("ubiquiti-airmax")
    assert reading.system is not None
    assert reading.system.vendor == "Ubiquiti"
    assert health(reading, Quantity.CPU) == {"cpu": 0.125}
    assert health(reading, Quantity.TEMPERATURE) == {"host": 47.0}


@pytest.mark.quirk("hosts", "hrStorageSize turns negative at 2^31 units")
@pytest.mark.quirk("hosts", "memory that is free alone is not what is available: buffers and cache count too")
@pytest.mark.quirk("hosts", "hrSystemUptime tells a host from its agent, which restarts alone")
def test_linux() -> None:
    reading = read("net-snmp-linux")
    assert reading.system is not None
    assert reading.system.uptime_seconds == 30 * 86400.0
    assert health(reading, Quantity.MEMORY) == {"memory": 0.25}
    assert health(reading, Quantity.MEMORY_SIZE) == {"memory": 8_192_000_000.0}
    assert health(reading, Quantity.CPU) == {"cpu": 0.5}
    assert health(reading, Quantity.TEMPERATURE) == {"coretemp-isa-0000:Core 0": 54.0}


@pytest.mark.quirk("ENTITY-SENSOR", "there is no dBm: light comes in watts, and 0 W is no light")
@pytest.mark.quirk("ENTITY-SENSOR", "±1000000000 is overflow and underflow; only sensors that are ok count")
@pytest.mark.quirk("ENTITY-SENSOR", "a port that is merely warm has no module; parts may contain each other")
def test_standard_sensors() -> None:
    assert light("entity-sensors") == {"1/1/1": (-9.788, -3.006, False), "Ethernet2": (None, -3.188, True)}
    row = module("entity-sensors", "1/1/1")
    assert (row.temperature_celsius, row.bias_amperes) == (42.3, 0.01534)
    assert [row for row in read("entity-sensors").health if row.quantity is not Quantity.TEMPERATURE] == [
        HealthRow(Quantity.FAN, "Fan 1 speed", 6200.0),
        HealthRow(Quantity.VOLTAGE, "PSU 1 volts", 12.03),
    ]
    assert health(read("entity-sensors"), Quantity.TEMPERATURE) == {"loop a": 21.0}


@pytest.mark.quirk("all", "sysUpTime wraps at 497 days; snmpEngineTime does not")
@pytest.mark.quirk("all", "agents without ifXTable have 32-bit counters and no ifName: ifDescr names the port")
def test_an_uptime_that_has_wrapped() -> None:
    reading = read("wrapped-uptime")
    assert reading.system is not None
    assert reading.system.uptime_seconds == pytest.approx(42_949_722.96)
    (port,) = reading.interfaces
    assert (port.name, port.receive_bytes, port.counter_bits) == ("ether1", 4_294_967_290, 32)


@pytest.mark.quirk("ZTE", "snmpEngineTime of OLTs is nonsense (691375435 s); sysUpTime counts")
@pytest.mark.quirk("Huawei", "ifIndex of OLTs starts at 4194304000, above 2^31")
def test_an_engine_time_of_eight_thousand_days() -> None:
    reading = read("zte-c300-engine-time")
    assert reading.system is not None
    assert reading.system.uptime_seconds == 3600.0
    assert [(row.index, row.name) for row in reading.interfaces] == [
        (285278465, "gpon-olt_1/1/1"),
        (4194304000, "gpon 0/0/0"),
    ]
