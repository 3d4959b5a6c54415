"""ONUs of ZTE OLTs of both generations: steps of 0.002 dB, phases, and which tree is read."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value, encode_arcs
from netmon.probes.vendors import zte_hardware as hardware
from netmon.probes.vendors import zte_modules as modules
from netmon.probes.vendors import zte_olt as mib
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, Quantity
from netmon.probes.vendors.tables import Found
from tests.rows import every_row
from tests.unit.probes.vendors.found import Columns, read

OLD_PON, NEW_PON = 0x10000000 | 2 << 16 | 3 << 8, 0x11010000 | 2 << 8 | 3


def old(level: Value = 4275, phase: Value = 3, cause: Value = 0, **more: Value) -> OnuRow:
    at = (OLD_PON, 5)
    columns: Columns = {
        mib.NAME: {at: b"Socorejo"},
        mib.SERIAL: {at: b"ZTEG\xc0\xff\xee\x01"},
        mib.ADMIN_STATE: {at: 1},
        mib.PHASE: {at: phase},
        mib.DOWN_CAUSE: {at: cause},
    }
    cells: Columns = {
        mib.RECEIVE_LEVEL[0]: {(*at, 1): level},
        mib.TRANSMIT_LEVEL[0]: {(*at, 1): more.get("sends", 16_150)},
        mib.OLT_RECEIVES[0]: {at: more.get("olt", -23_456)},
    }
    (row,) = read(mib.ONUS, columns, cells)
    assert isinstance(row, OnuRow)
    return row


def test_units() -> None:
    row = old()
    assert (row.port, row.onu, row.serial, row.name) == ("gpon 2/3", 5, "ZTEGC0FFEE01", "Socorejo")
    assert (row.online, row.state, row.admin_up, row.last_down_cause) == (True, "working", True, None)
    assert row.receive_power_dbm == pytest.approx(4275 * 0.002 - 30)
    assert row.transmit_power_dbm == pytest.approx(2.3)
    assert row.olt_receive_power_dbm == pytest.approx(-23.456)


@pytest.mark.quirk(
    "ZTE OLT",
    "light is signed16 × 0.002 - 30 dBm, on firmware that follows the MIB without the offset; 65535 is none",
)
@every_row(
    ("raw", "dbm"),
    [
        (4275, -21.45),
        (5, -29.99),
        (2**16 - 10, -30.02),  # sixteen bits, two's complement
        (-10, -30.02),
        (-10_725, -21.45),  # firmware that follows the MIB's text: no offset
        (2**16 - 10_725, -21.45),
        (65535, None),
        (0, None),
        (-1, None),
        (2147483647, None),
        (70_000, None),
        (b"4275", -21.45),
        (b"N/A", None),
        (15_000, None),  # 0 dBm: no ONU receives that
        (None, None),
    ],
)
def test_steps(raw: Value, dbm: float | None) -> None:
    assert old(level=raw).receive_power_dbm == (None if dbm is None else pytest.approx(dbm))


def test_sent_light_with_and_without_offset() -> None:
    assert old(sends=1_150).transmit_power_dbm == pytest.approx(2.3)
    assert old(sends=65535).transmit_power_dbm is None
    assert old(sends=0).transmit_power_dbm is None


@every_row(
    ("phase", "raw", "cause"),
    [
        (3, 0, None),
        (3, 9, OnuCause.POWER),
        (1, 0, OnuCause.FIBRE),
        (4, 1, OnuCause.POWER),
        (5, 0, OnuCause.AUTH),
        (6, 1, OnuCause.FIBRE),
        (6, 6, OnuCause.FIBRE),
        (6, 8, OnuCause.ADMIN),
        (6, 77, OnuCause.UNKNOWN),
    ],
)
def test_causes(phase: int, raw: int, cause: OnuCause | None) -> None:
    row = old(phase=phase, cause=raw)
    assert row.last_down_cause is cause
    assert row.online is (phase == 3)
    assert (row.receive_power_dbm is None) is (phase != 3)


def new(phase: Value = 4, *, online: Value = None, suffix: tuple[int, ...] = (1,), olt: Value = -23_456) -> OnuRow:
    at = (NEW_PON, 5)
    columns: Columns = {
        mib.NEW_NAME: {at: b"Socorejo"},
        mib.NEW_SERIAL: {at: b"ZTEGC0FFEE01"},
        mib.NEW_ONLINE: {at: online} if online is not None else {},
        mib.NEW_PHASE: {at: phase} if phase is not None else {},
    }
    cells: Columns = {mib.NEW_RECEIVE_LEVEL[0]: {(*at, *suffix): 4275}, mib.NEW_OLT_RECEIVES[0]: {at: olt}}
    (row,) = read(mib.ONUS, columns, cells)
    assert isinstance(row, OnuRow)
    return row


@pytest.mark.quirk("ZTE OLT", "phases of C600 are one higher than those of C300")
@pytest.mark.parametrize(
    ("phase", "state", "cause"),
    [
        (2, "los", OnuCause.FIBRE),
        (4, "working", None),
        (5, "dyingGasp", OnuCause.POWER),
        (7, "offline", None),
        (0, None, None),
    ],
)
def test_the_newer_tree_counts_phases_from_one(phase: int, state: str | None, cause: OnuCause | None) -> None:
    row = new(phase)
    assert (row.state, row.last_down_cause, row.port) == (state, cause, "gpon 2/3")


@pytest.mark.parametrize("suffix", [(), (1,)])
def test_either_form_of_the_index_is_found(suffix: tuple[int, ...]) -> None:
    assert new(suffix=suffix).receive_power_dbm == pytest.approx(-21.45)


@pytest.mark.quirk("ZTE OLT", "-80000 at the OLT is no signal")
@pytest.mark.parametrize("raw", [-80_000, 65_535_000, 0])
def test_no_signal_at_the_olt_is_no_sample(raw: int) -> None:
    assert new(olt=raw).olt_receive_power_dbm is None


def test_without_a_phase_the_other_column_tells() -> None:
    assert new(None, online=1).online is True
    assert new(None, online=2).online is False


def test_the_newer_tree_is_read_where_the_older_is_absent() -> None:
    assert mib.ONUS.then is not None
    assert mib.ONUS.then(Found({mib.PHASE: {(OLD_PON, 1): 3}})) == ()
    assert mib.ONUS.then(Found({mib.PHASE: {}})) == mib.NEW_COLUMNS
    assert mib.ONUS.cells is not None
    (asked,) = mib.ONUS.cells(Found({mib.PHASE: {(OLD_PON, 1): 3}})).values()
    assert mib.RECEIVE_LEVEL[0] + encode_arcs((OLD_PON, 1, 1)) in asked


def test_the_ports_of_a_c600() -> None:
    at = (NEW_PON,)
    columns: Columns = {
        modules.MODULE.receive: {at: -7_125, (9,): -80_000},
        modules.MODULE.transmit: {at: -2_310, (9,): 3_000},
        modules.MODULE.bias: {at: 32_000},
        modules.MODULE.volts: {at: 3_294},
        modules.MODULE.celsius: {at: 41_000},
        modules.MODULE.columns[-1]: {at: 1310},
    }
    dark, lit = read(modules.MODULES, columns, ports={9: "xgei-1/1/1", NEW_PON: "gpon_olt-1/2/3"})
    assert (dark.port, dark.receive_lost, dark.receive_power_dbm) == ("xgei-1/1/1", True, None)
    assert (lit.port, lit.receive_lost, lit.receive_power_dbm) == ("gpon_olt-1/2/3", False, pytest.approx(-7.125))
    assert lit.bias_amperes == pytest.approx(0.032)
    assert lit.temperature_celsius == pytest.approx(41.0)
    assert lit.wavelength_meters == pytest.approx(1310e-9)


@pytest.mark.quirk("ZTE OLT", "an empty cage reads 0 or 2147483647 throughout: no module, not 0 dBm")
@pytest.mark.parametrize("nothing", [0, 2147483647])
def test_an_empty_cage_of_a_c600(nothing: int) -> None:
    columns: Columns = {column: {(9,): nothing} for column in modules.MODULE.columns}
    assert read(modules.MODULES, columns, ports={9: "xgei-1/1/1"}) == ()


@pytest.mark.quirk("ZTE OLT", "V2.1 numbers modules otherwise than IF-MIB does: the place in the name joins them")
def test_a_port_is_found_by_its_place() -> None:
    uplink, pon, unnamed = 0x11011301, 0x11010201, 0x11010209
    names = {0x10000000: "gpon_1/2/1", 0x100F0000: "xgei_1/19/1", 1: "gpon-onu_1/2/9:4", 2: "a1/2/9", 3: "b1/2/9"}
    columns: Columns = {modules.MODULE.transmit: {(uplink,): 32, (pon,): 6635, (unnamed,): 3594}}
    columns = {**columns, modules.MODULE.bias: {(at,): 11_522 for at in (uplink, pon, unnamed)}}
    found = read(modules.MODULES, columns, ports=names)
    assert [(row.port, row.transmit_power_dbm) for row in found] == [
        ("gpon_1/2/1", 6.635),
        ("gpon 2/9", 3.594),  # two claim the place
        ("xgei_1/19/1", 0.032),
    ]
    onus: Columns = {mib.NEW_PHASE: {(pon, 5): 4}}
    (onu,) = read(mib.ONUS, onus, ports=names)
    assert onu.port == "gpon_1/2/1"


def test_the_modules_of_a_c300() -> None:
    old = modules.OLD_MODULE
    columns: Columns = {
        old.receive: {(268_501_248,): 2147483647, (9,): -7_125},
        old.transmit: {(268_501_248,): 3_594, (9,): -2_310},
        old.bias: {(268_501_248,): 9_710},
        old.volts: {(268_501_248,): 3_242},
        old.celsius: {(268_501_248,): 29_009},
    }
    uplink, pon = read(modules.OLD_MODULES, columns, ports={268_501_248: "gpon_1/1/1", 9: "gei_1/3/1"})
    assert (uplink.port, uplink.receive_power_dbm, uplink.transmit_power_dbm) == ("gei_1/3/1", -7.125, -2.31)
    assert (pon.port, pon.receive_power_dbm, pon.transmit_power_dbm) == ("gpon_1/1/1", None, 3.594)
    assert (pon.bias_amperes, pon.supply_volts, pon.temperature_celsius) == (0.00971, 3.242, 29.009)


@pytest.mark.quirk(
    "ZTE OLT", "a card without a processor says a load and a memory of 0, one without a sensor -1000 °C"
)
def test_cards() -> None:
    columns: Columns = {modules.OLD_CPU: {(1, 1, 2): 37, (1, 1, 3): 255}, modules.OLD_MEMORY: {(1, 1, 2): 60}}
    assert [(row.quantity, row.name, row.value) for row in read(modules.CARD_TABLE, columns)] == [
        (Quantity.CPU, "card 1/1/2", 0.37),
        (Quantity.MEMORY, "card 1/1/2", 0.6),
    ]
    columns = {
        modules.CPU: {(1, 1, 0): 0, (1, 1, 10): 22},
        modules.MEMORY: {(1, 1, 0): 0, (1, 1, 10): 53},
        modules.CELSIUS: {(1, 1, 0): -1000, (1, 1, 10): 44},
        modules.FAN: {(1, 1, 1): 2580},
    }
    assert [(row.quantity, row.name, row.value) for row in read(modules.CARD_TABLE, columns)] == [
        (Quantity.CPU, "card 1/1/10", 0.22),
        (Quantity.MEMORY, "card 1/1/10", 0.53),
        (Quantity.TEMPERATURE, "card 1/1/10", 44.0),
        (Quantity.FAN, "fan 1/1/1", 2580.0),
    ]


@pytest.mark.quirk(
    "ZTE OLT", "C600 leaves the cards of the older MIB at 0 and tells of them in ZXR10's; volts are text"
)
def test_boards_of_a_c600() -> None:
    columns: Columns = {
        hardware.CPU_NAME: {(1, 1, 4, 0): b"MPU-1/4/0"},
        hardware.CPU: {(1, 1, 4, 0): 19},
        hardware.MEMORY: {(1, 1, 4, 0): 29},
        hardware.BOARD: {(1, 1, 4, 1, 6): b"SPUF"},
        hardware.SENSOR: {(1, 1, 4, 1, 6): b"fpp"},
        hardware.CELSIUS: {(1, 1, 4, 1, 6): 53},
        hardware.SHELF_CELSIUS: {(1, 1): 25},
        hardware.VOLTS: {(1, 1, 0, 6, 1): b"53.40", (1, 1, 0, 7, 1): b"0.00"},
    }
    assert read(hardware.HARDWARE, columns) == (
        HealthRow(Quantity.CPU, "MPU-1/4/0", 0.19),
        HealthRow(Quantity.MEMORY, "MPU-1/4/0", 0.29),
        HealthRow(Quantity.TEMPERATURE, "SPUF 1/1/4/1/6 fpp", 53.0),
        HealthRow(Quantity.TEMPERATURE, "shelf 1/1", 25.0),
        HealthRow(Quantity.SUPPLY, "supply 1/1/0/6/1", 53.4),
    )
