"""UPS-MIB: units, several lines, and who lives on the battery."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value, oid
from netmon.probes.vendors import ups as mib
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.tables import Found
from tests.rows import every_row
from tests.unit.probes.vendors.found import Columns, about, read

GOOD: dict[str, Value] = {
    "BATTERY_STATUS": 2,
    "SECONDS_ON_BATTERY": 0,
    "MINUTES_REMAINING": 42,
    "CHARGE": 97,
    "BATTERY_VOLTAGE": 273,
    "BATTERY_CURRENT": 12,
    "BATTERY_TEMPERATURE": 31,
    "LINE_BADS": 5,
    "INPUT_LINES": 3,
    "OUTPUT_SOURCE": 3,
    "OUTPUT_LINES": 2,
    "ALARMS": 0,
}


def ups(**changes: Value) -> UpsRow:
    scalars = {getattr(mib, name): value for name, value in {**GOOD, **changes}.items() if value is not None}
    columns: Columns = {
        mib.INPUT_VOLTAGE: {(1,): 231, (2,): 187, (3,): 229},
        mib.INPUT_FREQUENCY: {(1,): 499},
        mib.OUTPUT_VOLTAGE: {(1,): 230},
        mib.OUTPUT_LOAD: {(1,): 20, (2,): 61},
    }
    (row,) = read(mib.UPS, columns, scalars=scalars)
    assert isinstance(row, UpsRow)
    return row


@pytest.mark.quirk("UPS", "minutes remaining, tenths of volts and amperes, seconds on battery")
def test_units() -> None:
    assert ups() == UpsRow(
        battery_status="normal",
        source="normal",
        on_battery=False,
        on_battery_seconds=0.0,
        remaining_seconds=2520.0,
        charge_ratio=about(0.97),
        battery_volts=about(27.3),
        battery_amperes=about(1.2),
        battery_celsius=31.0,
        input_volts=187.0,  # of several lines the one that fails
        input_hertz=about(49.9),
        output_volts=230.0,
        load_ratio=about(0.61),
        line_failures=5,
        alarms=0,
    )


def test_the_scalars_are_those_of_the_mib() -> None:
    assert oid("1.3.6.1.2.1.33.1.4.1.0") == mib.OUTPUT_SOURCE
    assert oid("1.3.6.1.2.1.33.1.2.3.0") == mib.MINUTES_REMAINING


@every_row(
    ("source", "seconds", "on_battery"),
    [
        (5, 12, True),
        (5, None, True),
        (3, 12, False),  # seconds that an agent forgot to reset
        (6, 0, False),
        (None, 12, True),
        (None, 0, False),
        (1, 12, True),
        (None, None, None),
    ],
)
def test_on_battery(source: int | None, seconds: int | None, on_battery: bool | None) -> None:
    assert ups(OUTPUT_SOURCE=source, SECONDS_ON_BATTERY=seconds).on_battery is on_battery


@pytest.mark.quirk("UPS", "values outside what a battery can be are no sample")
@every_row(
    ("name", "field", "raw"),
    [
        ("MINUTES_REMAINING", "remaining_seconds", 65535),
        ("MINUTES_REMAINING", "remaining_seconds", -1),
        ("CHARGE", "charge_ratio", 255),
        ("BATTERY_TEMPERATURE", "battery_celsius", 2147483647),
        ("BATTERY_VOLTAGE", "battery_volts", 0),
        ("SECONDS_ON_BATTERY", "on_battery_seconds", -1),
        ("BATTERY_TEMPERATURE", "battery_celsius", 0),
        ("BATTERY_TEMPERATURE", "battery_celsius", -1),
        ("BATTERY_CURRENT", "battery_amperes", -32768),
    ],
)
def test_sentinels_are_no_sample(name: str, field: str, raw: int) -> None:
    assert getattr(ups(**{name: raw}), field) is None


@pytest.mark.quirk("UPS", "0 minutes beside a battery that rests or is more than half full were never reckoned")
@every_row(
    ("source", "charge", "remaining"),
    [(3, 100, None), (3, 30, None), (5, 100, None), (5, 20, 0.0), (5, 0, 0.0), (3, 0, 0.0), (5, None, 0.0)],
)
def test_no_minutes_left(source: int, charge: int | None, remaining: float | None) -> None:
    assert ups(OUTPUT_SOURCE=source, CHARGE=charge, MINUTES_REMAINING=0).remaining_seconds == remaining


@pytest.mark.quirk("UPS", "1092 minutes are 65535 seconds, which were never reckoned")
def test_minutes_of_a_sentinel_in_seconds() -> None:
    assert ups(MINUTES_REMAINING=1092).remaining_seconds is None
    assert ups(MINUTES_REMAINING=1091).remaining_seconds == 65460.0


@pytest.mark.quirk("UPS", "a supply with one phase answers for three, the others reading 0: as many count as it has")
@pytest.mark.parametrize(("count", "volts"), [(1, 238.0), (3, 0.0), (None, 0.0), (0, 0.0)])
def test_lines_that_are_not_there(count: int | None, volts: float) -> None:
    scalars: dict[bytes, Value] = {mib.OUTPUT_SOURCE: 3}
    if count is not None:
        scalars |= {mib.INPUT_LINES: count, mib.OUTPUT_LINES: count}
    columns: Columns = {column: {(1,): 238, (2,): 0, (3,): 0} for column in (mib.INPUT_VOLTAGE, mib.OUTPUT_VOLTAGE)}
    (row,) = read(mib.UPS, columns, scalars=scalars)
    assert (row.input_volts, row.output_volts) == (volts, volts)


@pytest.mark.quirk("UPS", "the MIB has whole volts; some makers send tenths")
def test_tenths_of_volts() -> None:
    columns: Columns = {mib.INPUT_VOLTAGE: {(1,): 2369}, mib.OUTPUT_VOLTAGE: {(1,): 2199}}
    (row,) = read(mib.UPS, columns, scalars={mib.OUTPUT_SOURCE: 3})
    assert (row.input_volts, row.output_volts) == (236.9, 219.9)


@pytest.mark.quirk("UPS", "the MIB has tenths of a hertz; some makers send whole ones or hundredths")
@pytest.mark.parametrize(
    ("raw", "hertz"),
    [(499, about(49.9)), (50, 50.0), (60, 60.0), (4997, about(49.97)), (0, None), (5, None), (800, None)],
)
def test_frequency(raw: int, hertz: float | None) -> None:
    (row,) = read(mib.UPS, {mib.INPUT_FREQUENCY: {(1,): raw}}, scalars={mib.OUTPUT_SOURCE: 3})
    assert row.input_hertz == hertz


def test_a_device_without_the_mib_is_no_ups() -> None:
    assert read(mib.UPS, {}) == ()
    assert mib.UPS.then is not None
    assert mib.UPS.then(Found()) == (), "nor is it asked for lines"
    assert mib.UPS.then(Found(scalars={mib.CHARGE: 50})) == (*mib.INPUTS, *mib.OUTPUTS)
