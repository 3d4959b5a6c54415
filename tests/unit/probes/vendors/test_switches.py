"""Switches of FiberHome and Raisecom, where they are not of a recording."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value
from netmon.probes.vendors import fiberhome, raisecom
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.system import vendor
from tests.unit.probes.vendors.found import Columns, about, read


@pytest.mark.quirk("FiberHome", "switches count their load in hundredths of a per cent, their memory in whole ones")
def test_fiberhome() -> None:
    columns: Columns = {
        fiberhome.CPU: {(3,): 820},
        fiberhome.CPU_NAME: {(3,): b"Cpu-1/0/1"},
        fiberhome.MEMORY: {(4,): 73},
        fiberhome.CELSIUS: {(5,): 36, (6,): 0},
        fiberhome.CELSIUS_NAME: {(5,): b"Temper-1/0/1"},
        fiberhome.VOLTAGE: {(7,): 11_819},
        fiberhome.VOLTAGE_NAME: {(7,): b"Voltage-1/0/1"},
        fiberhome.SUPPLY_STATE: {(1,): 1, (2,): 0},
        fiberhome.SUPPLY_NAME: {(1,): b"Power-1/1", (2,): b"Power-1/2"},
    }
    assert read(fiberhome.HEALTH, columns) == (
        HealthRow(Quantity.CPU, "Cpu-1/0/1", 0.082),
        HealthRow(Quantity.MEMORY, "4", 0.73),
        HealthRow(Quantity.TEMPERATURE, "Temper-1/0/1", 36.0),
        HealthRow(Quantity.VOLTAGE, "Voltage-1/0/1", about(11.819)),
        HealthRow(Quantity.POWER_SUPPLY, "Power-1/1", is_ok=False),
        HealthRow(Quantity.POWER_SUPPLY, "Power-1/2", is_ok=True),
    )
    assert vendor("1.3.6.1.4.1.3807.1.582815") == "FiberHome"


@pytest.mark.quirk("Raisecom", "ROS 6 has the same tables in another tree; an OLT's chassis is in a third")
def test_raisecom() -> None:
    module = raisecom.ROS_MODULE
    columns: Columns = {
        module.value: {(9, 1): 36_000, (9, 3): -2_840, (9, 4): -920, (10, 3): -3_098, (10, 4): -40_000},
        module.status: {(9, 1): 1, (9, 3): 1, (9, 4): 1},
    }
    lit, dark = read(raisecom.ROS_OPTICS, columns, ports={9: "tengigabitethernet1/1/1", 10: "gigaethernet1/2/1"})
    assert (lit.receive_power_dbm, lit.transmit_power_dbm, lit.temperature_celsius) == (-0.92, -2.84, 36.0)
    assert (dark.receive_power_dbm, dark.receive_lost) == (None, True)
    ros: dict[bytes, Value] = {raisecom.ROS_CPU: 21, raisecom.ROS_MEMORY_SIZE: 1000, raisecom.ROS_MEMORY_FREE: 250}
    assert read(raisecom.HEALTH, {}, scalars=ros) == (
        HealthRow(Quantity.CPU, "cpu", 0.21),
        HealthRow(Quantity.MEMORY, "memory", 0.75),
    )
    older: Columns = {raisecom.FAN: {(1,): 7440}, raisecom.VOLTAGE: {(1,): 3266}}
    said: dict[bytes, Value] = {raisecom.CPU: 6, raisecom.TEMPERATURE: 33}
    assert read(raisecom.HEALTH, older, scalars=said) == (
        HealthRow(Quantity.CPU, "cpu", 0.06),
        HealthRow(Quantity.TEMPERATURE, "chassis", 33.0),
        HealthRow(Quantity.FAN, "fan 1", 7440.0),
        HealthRow(Quantity.VOLTAGE, "rail 1", about(3.266)),
    )
