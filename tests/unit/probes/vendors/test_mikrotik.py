"""Optical modules of RouterOS: units, sentinels, quirks."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import mikrotik as mib
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.mikrotik import decode_optics
from netmon.probes.vendors.rows import OpticRow
from netmon.probes.vendors.tables import Found
from tests.rows import every_row

GOOD: dict[str, Value] = {
    "NAME": b"sfp-sfpplus1",
    "RECEIVE_LOSS": 0,
    "TRANSMIT_FAULT": 0,
    "WAVELENGTH": 131000,
    "TEMPERATURE": 41,
    "SUPPLY_VOLTAGE": 3294,
    "BIAS_CURRENT": 32,
    "TRANSMIT_POWER": -2310,
    "RECEIVE_POWER": -7125,
}


def decode(**changes: Value) -> OpticRow | None:
    columns: dict[bytes, dict[Index, Value]] = {
        getattr(mib, name): {(3,): value} for name, value in {**GOOD, **changes}.items() if value is not None
    }
    rows = decode_optics(Found(columns))
    return rows[0] if rows else None


def test_units() -> None:
    row = decode()
    assert row is not None
    assert row.port == "sfp-sfpplus1"
    assert row.receive_power_dbm == pytest.approx(-7.125)
    assert row.transmit_power_dbm == pytest.approx(-2.31)
    assert row.temperature_celsius == 41.0
    assert row.bias_amperes == pytest.approx(0.032)
    assert row.supply_volts == pytest.approx(3.294)
    assert row.wavelength_meters == pytest.approx(1310e-9)
    assert (row.receive_lost, row.transmit_fault) == (False, False)


def test_the_columns_are_those_of_the_mib() -> None:
    assert oid("1.3.6.1.4.1.14988.1.1.19.1.1.10") == mib.RECEIVE_POWER
    assert oid("1.3.6.1.4.1.14988.1.1.19.1.1.6") == mib.TEMPERATURE


NOTHING = dict.fromkeys(
    ["WAVELENGTH", "TEMPERATURE", "SUPPLY_VOLTAGE", "BIAS_CURRENT", "TRANSMIT_POWER", "RECEIVE_POWER"], 0
)


def test_a_module_without_diagnostics_is_no_sample() -> None:
    assert decode(**NOTHING) is None


def test_nor_is_one_that_knows_its_wavelength_alone() -> None:
    assert decode(**{**NOTHING, "WAVELENGTH": 131000}) is None


def test_an_empty_cage_is_no_sample_and_no_loss_of_light() -> None:
    assert decode(TEMPERATURE=4294967168, RECEIVE_LOSS=1) is None


def test_a_zero_beside_a_missing_wavelength_is_no_sample() -> None:
    assert decode(WAVELENGTH=0, RECEIVE_POWER=0) is None
    assert decode(WAVELENGTH=100, BIAS_CURRENT=0) is None


@pytest.mark.quirk("MikroTik", "0 dBm is a legal reading")
def test_zero_dbm_with_a_wavelength_is_a_reading() -> None:
    row = decode(RECEIVE_POWER=0)
    assert row is not None
    assert row.receive_power_dbm == 0.0


@pytest.mark.quirk("MikroTik", "wavelength 0, 65535 or above 2000 nm is unknown; the powers may be good")
@pytest.mark.parametrize("wavelength", [0, 65535, 400_000, None])
def test_an_unknown_wavelength_does_not_hide_good_powers(wavelength: int | None) -> None:
    row = decode(WAVELENGTH=wavelength)
    assert row is not None
    assert row.wavelength_meters is None
    assert row.receive_power_dbm == pytest.approx(-7.125)


def test_loss_of_light_has_no_power() -> None:
    row = decode(RECEIVE_LOSS=1)
    assert row is not None
    assert (row.receive_lost, row.receive_power_dbm) == (True, None)


def test_the_floor_is_loss_of_light() -> None:
    row = decode(RECEIVE_POWER=-40_000, TRANSMIT_POWER=-40_000)
    assert row is not None
    assert (row.receive_lost, row.receive_power_dbm, row.transmit_power_dbm) == (True, None, None)


@every_row("raw", [2147483647, 2**31, -60_000, 12_000])
def test_implausible_power_is_no_sample_and_no_loss(raw: int) -> None:
    row = decode(RECEIVE_POWER=raw, RECEIVE_LOSS=0)
    assert row is not None
    assert row.receive_power_dbm is None


def test_negative_numbers_in_unsigned_types() -> None:
    row = decode(TEMPERATURE=2**32 - 5, RECEIVE_POWER=2**32 - 7125)
    assert row is not None
    assert row.temperature_celsius == -5.0
    assert row.receive_power_dbm == pytest.approx(-7.125)


def test_powers_alone_are_enough() -> None:
    """Small agents answer only name and powers."""
    only: dict[bytes, dict[Index, Value]] = {mib.NAME: {(1,): b"sfp1"}, mib.RECEIVE_POWER: {(1,): -7000}}
    assert decode_optics(Found(only)) == (OpticRow("sfp1", -7.0, receive_lost=False),)
    assert decode_optics(Found({mib.NAME: {(1,): b"sfp1"}})) == ()


def test_a_row_without_a_name_has_no_port_to_belong_to() -> None:
    assert decode(NAME=b"") is None
    assert decode(NAME=None) is None


def test_who_is_asked_for_light() -> None:
    assert mib.OPTICS in tables_of("1.3.6.1.4.1.14988.1")
    assert mib.OPTICS not in tables_of("1.3.6.1.4.1.14988.2")  # SwOS
    assert mib.OPTICS not in tables_of("1.3.6.1.4.1.14988.11")
    assert mib.OPTICS not in tables_of(None)
