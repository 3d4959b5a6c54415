"""ONUs of Huawei OLTs: units, sentinels, causes, and what is asked of whom."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value, encode_arcs, oid
from netmon.probes.vendors import huawei_olt as mib
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, Quantity
from netmon.probes.vendors.tables import Found
from tests.unit.probes.vendors.found import Columns, about, read

PON = 4194304256
ONU = (PON, 7)
STATUS: dict[str, Value] = {
    "SERIAL": b"HWTC\x1a\x2b\x3c\x4d",
    "DESCRIPTION": b"rtr-socorejo",
    "RUN_STATUS": 1,
    "RANGING": 4321,
    "LAST_UP": b"\x07\xea\x0b\x19\x0e\x03\x00\x00",
    "LAST_DOWN": b"\x07\xea\x0b\x19\x0d\x3b\x07\x00",
    "LAST_DOWN_CAUSE": 13,
}
LIGHT: dict[str, Value] = {
    "TEMPERATURE": 48,
    "BIAS": 12,
    "TRANSMIT_POWER": 231,
    "RECEIVE_POWER": -2145,
    "VOLTAGE": 3300,
    "OLT_RECEIVE_POWER": 7655,
}


def onu(**changes: Value) -> OnuRow:
    values = {**STATUS, **LIGHT, **changes}
    columns: Columns = {getattr(mib, n): {ONU: v} for n, v in values.items() if n not in LIGHT and v is not None}
    cells: Columns = {getattr(mib, n): {ONU: v} for n, v in values.items() if n in LIGHT and v is not None}
    (row,) = read(mib.ONUS, columns, cells, ports={PON: "GPON 0/0/1"})
    assert isinstance(row, OnuRow)
    return row


@pytest.mark.quirk("Huawei OLT", "what the OLT receives from an ONU is (raw - 10000) / 100 dBm")
def test_units() -> None:
    row = onu()
    assert row == OnuRow(
        port="GPON 0/0/1",
        onu=7,
        serial="HWTC1A2B3C4D",
        name="rtr-socorejo",
        online=True,
        state="up",
        last_down_cause=OnuCause.POWER,
        last_down="2026-11-25 13:59:07",
        last_up="2026-11-25 14:03:00",
        distance_meters=4321.0,
        receive_power_dbm=about(-21.45),
        transmit_power_dbm=about(2.31),
        olt_receive_power_dbm=about(-23.45),  # (7655 - 10000) / 100
        temperature_celsius=48.0,
        bias_amperes=about(0.012),
        supply_volts=about(3.3),
    )


def test_the_columns_are_those_of_the_mib() -> None:
    assert oid("1.3.6.1.4.1.2011.6.128.1.1.2.51.1.4") == mib.RECEIVE_POWER
    assert oid("1.3.6.1.4.1.2011.6.128.1.1.2.46.1.24") == mib.LAST_DOWN_CAUSE


@pytest.mark.quirk("Huawei OLT", "2147483647 is an ONU that is off, -1 a query that failed")
@pytest.mark.parametrize("raw", [2147483647, -1, None])
def test_what_is_not_readable_is_no_sample(raw: int | None) -> None:
    row = onu(**dict.fromkeys(LIGHT, raw))
    assert (row.receive_power_dbm, row.transmit_power_dbm, row.olt_receive_power_dbm) == (None, None, None)
    assert (row.temperature_celsius, row.bias_amperes, row.supply_volts) == (None, None, None)
    assert row.online is True


@pytest.mark.quirk("all OLTs", "an ONU that is off has no light, whatever was read before")
def test_light_of_an_onu_that_is_off_is_neither_asked_for_nor_shown() -> None:
    row = onu(RUN_STATUS=2)
    assert (row.online, row.state, row.receive_power_dbm, row.olt_receive_power_dbm) == (False, "down", None, None)
    columns: Columns = {mib.RUN_STATUS: {(PON, 1): 1, (PON, 2): 2, (PON, 3): -1}}
    assert mib.ONUS.cells is not None
    asked = mib.ONUS.cells(Found(columns))
    assert set(asked) == {f"{PON}.1", f"{PON}.3"}, "of the third it is not known"
    assert asked[f"{PON}.1"] == tuple(column + encode_arcs((PON, 1)) for column, _ in mib.METERED)


@pytest.mark.quirk("Huawei OLT", "a list of causes becomes power, fibre, admin or unknown")
@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (1, OnuCause.FIBRE),
        (6, OnuCause.FIBRE),
        (15, OnuCause.FIBRE),
        (13, OnuCause.POWER),
        (7, OnuCause.ADMIN),
        (10, OnuCause.ADMIN),
        (30, OnuCause.ADMIN),
        (35, OnuCause.ADMIN),
        (11, OnuCause.UNKNOWN),
        (37, OnuCause.UNKNOWN),
        (-1, OnuCause.UNKNOWN),
        (2147483647, None),
        (None, None),
    ],
)
def test_causes(raw: int | None, cause: OnuCause | None) -> None:
    assert onu(LAST_DOWN_CAUSE=raw).last_down_cause is cause


@pytest.mark.quirk("Huawei OLT", "a length of -1 is none; the last one measured locates the cut")
def test_the_last_length_stands_in_for_one_that_cannot_be_measured() -> None:
    assert onu(RANGING=-1).distance_meters is None
    assert onu(RANGING=-1, LAST_RANGING=4300).distance_meters == 4300.0
    assert onu(RANGING=-1, LAST_RANGING=-1).distance_meters is None


def test_a_port_without_a_name_is_named_by_its_index() -> None:
    """Indexes start at 4194304000, beyond what fits into a signed number."""
    (row,) = read(mib.ONUS, {mib.RUN_STATUS: {ONU: 1}})
    assert (row.port, row.onu) == (f"if#{PON}", 7)


def test_dates_that_are_none() -> None:
    assert onu(LAST_DOWN=b"\0\0\0\0\0\0\0\0").last_down is None
    assert onu(LAST_DOWN=b"").last_down is None
    assert onu(LAST_DOWN=b"2026-11-25 13:59:07").last_down == "2026-11-25 13:59:07"


def test_the_modules_of_pon_ports() -> None:
    values: Columns = {
        mib.PON_TEMPERATURE: {(PON,): 41},
        mib.PON_VOLTAGE: {(PON,): 330},
        mib.PON_BIAS: {(PON,): 17},
        mib.PON_TRANSMIT_POWER: {(PON,): 455},
        mib.PON_RECEIVE_POWER: {(PON,): 2147483647},
    }
    (row,) = read(mib.PON_OPTICS, values, ports={PON: "GPON 0/0/1"})
    assert (row.port, row.temperature_celsius) == ("GPON 0/0/1", 41.0)
    assert row.transmit_power_dbm == pytest.approx(4.55)
    assert row.supply_volts == pytest.approx(3.3)
    assert (row.receive_power_dbm, row.receive_lost) == (None, None)


def test_a_pon_port_without_a_module_is_not_at_zero_dbm() -> None:
    for nothing in (0, -1, 2147483647):
        assert read(mib.PON_OPTICS, {column: {(PON,): nothing} for column in mib.PON_COLUMNS}) == ()


@pytest.mark.quirk("Huawei OLT", "a board without a processor says -1 of its load")
def test_boards() -> None:
    columns: Columns = {
        mib.BOARD_KIND: {(0, 0): b"H805GPFD", (0, 8): b"H802X2CS"},
        mib.BOARD_CPU: {(0, 0): 11, (0, 8): -1},
        mib.BOARD_MEMORY: {(0, 0): 39, (0, 8): -1},
        mib.BOARD_TEMPERATURE: {(0, 0): 35, (0, 8): 21},
    }
    assert read(mib.BOARDS, columns) == (
        HealthRow(Quantity.CPU, "H805GPFD 0/0", 0.11),
        HealthRow(Quantity.MEMORY, "H805GPFD 0/0", 0.39),
        HealthRow(Quantity.TEMPERATURE, "H805GPFD 0/0", 35.0),
        HealthRow(Quantity.TEMPERATURE, "H802X2CS 0/8", 21.0),
    )
