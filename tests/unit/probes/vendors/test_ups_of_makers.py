"""Supplies whose makers have MIBs of their own, beside UPS-MIB or instead of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from netmon.probes.snmp.ber import Value
from netmon.probes.vendors import apc_ups, eaton_ups, huawei_ups
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.tables import Table
from tests.unit.probes.vendors import recordings
from tests.unit.probes.vendors.found import Columns, read

EATON: Mapping[bytes, Value] = {
    eaton_ups.SECONDS_REMAINING: 17218,
    eaton_ups.BATTERY_VOLTAGE: 78,
    eaton_ups.CHARGE: 100,
    eaton_ups.BATTERY_LOW: 2,
    eaton_ups.INPUT_FREQUENCY: 500,
    eaton_ups.LINE_BADS: 4,
    eaton_ups.INPUT_PHASES: 1,
    eaton_ups.LOAD: 9,
    eaton_ups.OUTPUT_PHASES: 1,
    eaton_ups.OUTPUT_SOURCE: 3,
    eaton_ups.ALARMS: 0,
}
EATON_LINES: Columns = {eaton_ups.INPUT_VOLTAGE: {(1,): 243}, eaton_ups.OUTPUT_VOLTAGE: {(1,): 231}}
APC: Mapping[bytes, Value] = {
    apc_ups.BATTERY_STATUS: 2,
    apc_ups.TIME_ON_BATTERY: 1_200,
    apc_ups.CHARGE[0]: 87,
    apc_ups.CHARGE[1]: 874,
    apc_ups.BATTERY_TEMPERATURE[0]: 29,
    apc_ups.BATTERY_TEMPERATURE[1]: 293,
    apc_ups.TIME_REMAINING: 190_200,
    apc_ups.BATTERY_VOLTAGE[0]: 27,
    apc_ups.BATTERY_VOLTAGE[1]: 271,
    apc_ups.BATTERY_CURRENT[0]: 8,
    apc_ups.INPUT_VOLTAGE[0]: 0,
    apc_ups.INPUT_VOLTAGE[1]: 0,
    apc_ups.INPUT_FREQUENCY[0]: 50,
    apc_ups.INPUT_FREQUENCY[1]: -1,
    apc_ups.OUTPUT_STATUS: 3,
    apc_ups.OUTPUT_VOLTAGE[0]: 230,
    apc_ups.LOAD[0]: 31,
    apc_ups.LOAD[1]: 0,
}


def one(table: tuple[Table, ...], scalars: Mapping[bytes, Value], columns: Columns | None = None) -> UpsRow:
    (row,) = read(table[0], columns or {}, scalars=scalars)
    assert isinstance(row, UpsRow)
    return row


def test_eaton() -> None:
    assert one(eaton_ups.TABLES, EATON, EATON_LINES) == UpsRow(
        battery_status="normal",
        source="normal",
        on_battery=False,
        remaining_seconds=17218.0,
        charge_ratio=1.0,
        battery_volts=78.0,
        input_volts=243.0,
        input_hertz=50.0,
        output_volts=231.0,
        load_ratio=0.09,
        line_failures=4,
        alarms=0,
    )


@pytest.mark.quirk("Eaton", "65535 seconds remaining were never reckoned")
def test_eaton_without_an_estimate() -> None:
    assert one(eaton_ups.TABLES, {**EATON, eaton_ups.SECONDS_REMAINING: 65535}).remaining_seconds is None


@pytest.mark.quirk("Eaton", "sources beyond those of UPS-MIB are parallel, efficient or bypassed; 240 is the battery")
@pytest.mark.parametrize(("raw", "source"), [(5, "battery"), (10, "normal"), (11, "bypass"), (240, "battery")])
def test_sources_of_eaton(raw: int, source: str) -> None:
    row = one(eaton_ups.TABLES, {**EATON, eaton_ups.OUTPUT_SOURCE: raw})
    assert (row.source, row.on_battery) == (source, source == "battery")


@pytest.mark.quirk("APC", "times are TimeTicks; measures stand there whole and in tenths, which may be -1 or 0")
def test_apc() -> None:
    assert one(apc_ups.TABLES, APC) == UpsRow(
        battery_status="normal",
        source="battery",
        on_battery=True,
        on_battery_seconds=12.0,
        remaining_seconds=1902.0,
        charge_ratio=0.874,
        battery_volts=27.1,
        battery_amperes=8.0,
        battery_celsius=29.3,
        input_volts=0.0,
        input_hertz=50.0,
        output_volts=230.0,
        load_ratio=0.31,
    )


@pytest.mark.quirk("APC", "its states of the output are not UPS-MIB's: 2 is on line, 12 trims, 15 tests the battery")
@pytest.mark.parametrize(("raw", "source"), [(2, "normal"), (4, "booster"), (12, "reducer"), (15, "battery")])
def test_sources_of_apc(raw: int, source: str) -> None:
    assert one(apc_ups.TABLES, {**APC, apc_ups.OUTPUT_STATUS: raw}).source == source


@pytest.mark.parametrize("table", [apc_ups.TABLES, eaton_ups.TABLES, huawei_ups.TABLES])
def test_a_strip_of_sockets_is_no_supply(table: tuple[Table, ...]) -> None:
    assert read(table[0], {}) == ()


@pytest.mark.quirk("Huawei UPS", "calls itself net-snmp; UPS-MIB has -1 for charge and time, and one line of three")
@pytest.mark.quirk("Huawei UPS", "UPS-MIB in tenths of volts and hundredths of a hertz")
def test_huawei() -> None:
    (row,) = recordings.read("huawei-ups").ups
    assert row == UpsRow(
        battery_status="normal",
        source="normal",
        on_battery=False,
        on_battery_seconds=0.0,
        remaining_seconds=28080.0,
        charge_ratio=1.0,
        battery_volts=538.5,
        battery_amperes=0.1,
        input_volts=234.7,
        input_hertz=50.0,
        output_volts=217.9,
        load_ratio=0.481,
        alarms=0,
    )


@pytest.mark.quirk("Eaton", "cards call themselves MGE (705) and may lack UPS-MIB")
def test_eaton_under_the_name_of_mge() -> None:
    reading = recordings.read("eaton-9px")
    assert reading.system is not None
    assert reading.system.vendor == "Eaton"
    assert [(row.source, row.remaining_seconds, row.load_ratio) for row in reading.ups] == [("normal", 16980.0, 0.12)]
