"""ONUs of FiberHome, V-SOL, C-Data, HSGQ, BDCOM and HIOSO: units, texts, sentinels, causes."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Value, encode_arcs
from netmon.probes.vendors import bdcom_olt, cdata_olt, fiberhome_olt, hioso_olt, vsol_olt
from netmon.probes.vendors.denied import DENIED
from netmon.probes.vendors.families import all_tables, tables_of
from netmon.probes.vendors.onus import cause_of_words, serial
from netmon.probes.vendors.rows import OnuCause, OnuRow, Quantity
from netmon.probes.vendors.tables import Found
from tests.rows import every_row
from tests.unit.probes.vendors.found import Columns, about, read

FIBERHOME_PON = 2 << 25 | 1 << 19
FIBERHOME = FIBERHOME_PON | 4 << 8


def fiberhome(status: Value) -> OnuRow:
    at = (FIBERHOME,)
    columns: Columns = {
        fiberhome_olt.SLOT: {at: 2},
        fiberhome_olt.PON: {at: 1},
        fiberhome_olt.ONU: {at: 4},
        fiberhome_olt.SERIAL: {at: b"FHTT00112233"},
        fiberhome_olt.STATUS: {at: status},
    }
    cells: Columns = {
        fiberhome_olt.RECEIVE_POWER: {at: -2145},
        fiberhome_olt.TRANSMIT_POWER: {at: 231},
        fiberhome_olt.VOLTAGE: {at: 330},
        fiberhome_olt.CURRENT: {at: 1250},
        fiberhome_olt.TEMPERATURE: {at: 4810},
        fiberhome_olt.OLT_RECEIVE_POWER: {(FIBERHOME_PON, 4): -2345},
    }
    (row,) = read(fiberhome_olt.ONUS, columns, cells)
    assert isinstance(row, OnuRow)
    return row


@pytest.mark.quirk("FiberHome OLT", "volts, milliamperes, degrees and dBm are hundredths")
def test_fiberhome_counts_in_hundredths() -> None:
    assert fiberhome(1) == OnuRow(
        port="pon 2/1",
        onu=4,
        serial="FHTT00112233",
        online=True,
        state="online",
        receive_power_dbm=about(-21.45),
        transmit_power_dbm=about(2.31),
        olt_receive_power_dbm=about(-23.45),
        temperature_celsius=about(48.1),
        bias_amperes=about(0.0125),
        supply_volts=about(3.3),
    )


@pytest.mark.quirk("FiberHome OLT", "state 0 is a cut or off, 2 is power, by model")
@pytest.mark.parametrize(
    ("status", "online", "cause"),
    [
        (0, False, OnuCause.UNKNOWN),  # a cut on one model, merely offline on others
        (1, True, None),
        (2, False, OnuCause.POWER),
        (3, False, OnuCause.UNKNOWN),
        (7, None, None),
    ],
)
def test_fiberhome_states_of_all_models(status: int, online: bool | None, cause: OnuCause | None) -> None:
    row = fiberhome(status)
    assert (row.online, row.last_down_cause) == (online, cause)


def test_fiberhome_place_out_of_the_index() -> None:
    (row,) = read(fiberhome_olt.ONUS, {fiberhome_olt.STATUS: {(FIBERHOME,): 1}})
    assert (row.port, row.onu) == ("pon 2/1", 4)


def test_fiberhome_health_and_ports() -> None:
    rows = read(
        fiberhome_olt.HEALTH,
        {fiberhome_olt.CARD_CPU: {(1,): 1250}},
        scalars={fiberhome_olt.SYSTEM_TEMPERATURE: 44},
    )
    assert [(row.quantity, row.value) for row in rows] == [(Quantity.CPU, 0.125), (Quantity.TEMPERATURE, 44.0)]
    cards: Columns = {fiberhome_olt.MANAGEMENT_CPU: {(9,): 458}, fiberhome_olt.MANAGEMENT_MEMORY: {(9,): 5945}}
    assert [(row.name, row.value) for row in read(fiberhome_olt.HEALTH, cards)] == [
        ("management card 9", 0.0458),
        ("management card 9", 0.5945),
    ]
    (port,) = read(fiberhome_olt.PONS, {fiberhome_olt.PON_TRANSMIT_POWER: {(FIBERHOME_PON,): 455}})
    assert (port.port, port.transmit_power_dbm) == ("pon 2/1", pytest.approx(4.55))


def vsol(phase: Value, light: Value = b"-21.45", reason: Value = b"") -> OnuRow:
    at = (3, 9)
    columns: Columns = {
        vsol_olt.PHASE: {at: phase},
        vsol_olt.NAME: {at: b"CL-0412"},
        vsol_olt.DOWN_REASON: {at: reason},
        vsol_olt.SERIAL: {at: b"GPON0012ABCD"},
    }
    cells: Columns = {
        vsol_olt.RECEIVE_POWER[0]: {at: light},
        vsol_olt.TRANSMIT_POWER[0]: {at: b"2.310(dBm)"},
        vsol_olt.TEMPERATURE[0]: {at: b"48.0(C)"},
        vsol_olt.VOLTAGE[0]: {at: b"3.30(V)"},
        vsol_olt.CURRENT[0]: {at: b"6.220(mA)"},
    }
    (row,) = read(vsol_olt.GPON, columns, cells)
    assert isinstance(row, OnuRow)
    return row


def test_vsol_numbers_are_texts() -> None:
    row = vsol(3)
    assert (row.port, row.onu, row.online, row.state) == ("pon 3", 9, True, "working")
    assert (row.serial, row.name) == ("GPON0012ABCD", "CL-0412")
    assert (row.receive_power_dbm, row.transmit_power_dbm, row.temperature_celsius) == (-21.45, 2.31, 48.0)
    assert (row.supply_volts, row.bias_amperes) == (3.3, about(0.00622))


@pytest.mark.quirk("V-SOL OLT", "numbers are texts; 0.000 and N/A are none")
@every_row("said", [b"0.000", b"N/A", b"--", b"-Inf", b"", None])
def test_vsol_words_for_none(said: Value) -> None:
    assert vsol(3, light=said).receive_power_dbm is None


@every_row(
    ("phase", "reason", "cause"),
    [
        (1, b"", OnuCause.FIBRE),
        (4, b"", OnuCause.POWER),
        (5, b"", OnuCause.AUTH),
        (6, b"", None),
        (6, b"Dying Gasp", OnuCause.POWER),
        (6, b"LOSi", OnuCause.FIBRE),
        (3, b"N/A", None),
    ],
)
def test_vsol_causes(phase: int, reason: bytes, cause: OnuCause | None) -> None:
    assert vsol(phase, reason=reason).last_down_cause is cause


def test_vsol_epon() -> None:
    at = (1, 2)
    columns: Columns = {
        vsol_olt.EPON_STATUS: {at: 1},
        vsol_olt.EPON_MAC: {at: b"\x80\x14\xa8\x00\x01\x02"},
        vsol_olt.EPON_NAME: {at: b"Banco do Sul", (1, 3): b"N/A"},
        vsol_olt.EPON_REASON: {at: 1, (1, 3): 0},
        vsol_olt.EPON_DISTANCE: {at: 812},
        vsol_olt.EPON_LAST_UP: {at: b"2026/11/20 07:12:44"},
        vsol_olt.EPON_LAST_DOWN: {at: b"N/A"},
    }
    cells: Columns = {
        vsol_olt.EPON_RECEIVE_OLDER[0]: {at: b"-19.2"},
        vsol_olt.EPON_TRANSMIT_OLDER[0]: {at: b"1.62 mW (2.09 dBm)"},
        vsol_olt.EPON_TEMPERATURE_OLDER[0]: {at: b"41.50 C"},
    }
    first, second = read(vsol_olt.EPON, columns, cells)
    assert (first.online, first.serial, first.name) == (True, "80:14:a8:00:01:02", "Banco do Sul")
    assert (first.last_up, first.last_down, first.transmit_power_dbm) == ("2026/11/20 07:12:44", None, 2.09)
    assert (first.temperature_celsius, second.name) == (41.5, None)
    assert (first.last_down_cause, first.distance_meters) == (OnuCause.POWER, 812.0)
    assert first.receive_power_dbm == -19.2
    assert (second.last_down_cause, second.online, second.receive_power_dbm) == (OnuCause.FIBRE, None, None)


@pytest.mark.quirk("V-SOL OLT", "EPON ones say a power twice, in mW and dBm: the dBm count")
@pytest.mark.parametrize(
    ("said", "power"),
    [
        (b"0.02 mW (-17.28 dBm)", -17.28),
        (b"0.00 mW (-29.59 dBm)", -29.59),
        (b"0.00 mW", None),
        (b"0.02 mW", about(-16.9897)),
        (b"N/A", None),
    ],
)
def test_vsol_epon_in_milliwatts(said: bytes, power: float | None) -> None:
    at = (1, 2)
    (row,) = read(vsol_olt.EPON, {vsol_olt.EPON_REASON: {at: 1}}, {vsol_olt.EPON_RECEIVE_OLDER[0]: {at: said}})
    assert row.receive_power_dbm == power


def test_vsol_epon_that_is_off() -> None:
    at = (1, 2)
    off: Columns = {vsol_olt.EPON_STATUS: {at: 0}, vsol_olt.EPON_REASON: {at: 2}}
    (row,) = read(vsol_olt.EPON, off, {vsol_olt.EPON_RECEIVE_POWER[0]: {at: b"0.02 mW (-17.28 dBm)"}})
    assert (row.online, row.last_down_cause, row.receive_power_dbm) == (False, OnuCause.POWER, None)


def test_vsol_modules_and_health() -> None:
    columns: Columns = {
        vsol_olt.PON_TEMPERATURE: {(1,): b"37.016", (2,): b"0.000"},
        vsol_olt.PON_VOLTAGE: {(1,): b"3.262", (2,): b"0.000"},
        vsol_olt.PON_CURRENT: {(1,): b"12.480", (2,): b"0.000"},
        vsol_olt.PON_TRANSMIT_POWER: {(1,): b"6.733", (2,): b"0.000"},
    }
    (lit,) = read(vsol_olt.PONS, columns)
    assert (lit.port, lit.transmit_power_dbm, lit.receive_power_dbm) == ("pon 1", 6.733, None)
    assert (lit.temperature_celsius, lit.supply_volts, lit.bias_amperes) == (37.016, 3.262, 0.01248)
    said: dict[bytes, Value] = {vsol_olt.CPU: 11, vsol_olt.MEMORY: 37, vsol_olt.HOST_TEMPERATURE: 42}
    assert [(row.quantity, row.value) for row in read(vsol_olt.HEALTH, {}, scalars=said)] == [
        (Quantity.CPU, 0.11),
        (Quantity.MEMORY, 0.37),
        (Quantity.TEMPERATURE, 42.0),
    ]
    nothing: dict[bytes, Value] = {vsol_olt.CPU: b"", vsol_olt.MEMORY: 0, vsol_olt.HOST_TEMPERATURE: 0}
    assert not read(vsol_olt.HEALTH, {}, scalars=nothing)


CDATA = 1 << 24 | 0 << 16 | 2 << 8 | 6


def test_cdata_epon() -> None:
    epon = cdata_olt.TABLES[0]
    columns: Columns = {cdata_olt.EPON_STATUS: {(CDATA,): 1}, cdata_olt.EPON_DISTANCE: {(CDATA,): 950}}
    cells: Columns = {
        cdata_olt.EPON_RECEIVES[0]: {(CDATA, 0, 0): -1910},
        cdata_olt.EPON_SENDS[0]: {(CDATA, 0, 0): 210},
    }
    (row,) = read(epon, columns, cells)
    assert (row.port, row.onu, row.online, row.distance_meters) == ("pon 0/2", 6, True, 950.0)
    assert (row.receive_power_dbm, row.transmit_power_dbm) == (pytest.approx(-19.1), pytest.approx(2.1))
    (dark,) = read(epon, columns, {cdata_olt.EPON_RECEIVES[0]: {(CDATA, 0, 0): 0}})
    assert dark.receive_power_dbm is None


def test_cdata_calls_a_port_as_if_mib_does() -> None:
    at = (16_780_544 + 6,)
    ports = {16_780_544: "pon0/0/1", 16_777_472: "ge0/0/1"}
    (row,) = read(cdata_olt.TABLES[0], {cdata_olt.EPON_STATUS: {at: 1}}, ports=ports)
    assert (row.port, row.onu) == ("pon0/0/1", 6)
    (row,) = read(cdata_olt.TABLES[0], {cdata_olt.EPON_STATUS: {(16_777_472 + 6,): 1}}, ports=ports)
    assert (row.port, row.onu) == ("pon 0/1", 6), "ONUs are behind no Ethernet port"


def test_cdata_health() -> None:
    said: dict[bytes, Value] = {
        cdata_olt.CPU: 19,
        cdata_olt.MEMORY_SIZE: 240,
        cdata_olt.MEMORY_FREE: 60,
        cdata_olt.TEMPERATURE: 305,
    }
    rows = read(cdata_olt.TABLES[3], {}, scalars=said)
    assert [(row.quantity, row.value) for row in rows] == [
        (Quantity.CPU, 0.19),
        (Quantity.MEMORY, 0.75),
        (Quantity.TEMPERATURE, 30.5),
    ]


def test_cdata_gpon_and_its_own_tree() -> None:
    columns: Columns = {
        cdata_olt.GPON_STATUS: {(CDATA,): 2},
        cdata_olt.GPON_DOWN_CAUSE: {(CDATA,): b"dying-gasp"},
    }
    (row,) = read(cdata_olt.TABLES[1], columns)
    assert (row.online, row.last_down_cause) == (False, OnuCause.POWER)
    own = cdata_olt.TABLES[2]
    (row,) = read(own, {cdata_olt.OWN_DISTANCE: {(1, 4): 1200}}, {cdata_olt.OWN_RECEIVES[0]: {(1, 4): b"-22.0 dBm"}})
    assert (row.port, row.onu, row.receive_power_dbm) == ("pon 1", 4, -22.0)


@pytest.mark.quirk("HSGQ OLT", "rows .0.0 are the ONU, rows .65535.65535 the OLT")
def test_hsgq() -> None:
    gpon, epon = cdata_olt.HSGQ_TABLES
    at = (0x10206,)
    columns: Columns = {
        cdata_olt.HSGQ_NAME: {at: b"Socorejo"},
        cdata_olt.HSGQ_STATUS: {at: 1},
        cdata_olt.HSGQ_REASON: {at: b"LOS"},
    }
    (row,) = read(gpon, columns, {cdata_olt.HSGQ_RECEIVES[0]: {(*at, 0, 0): -2145, (*at, 65535, 65535): -2300}})
    assert (row.name, row.last_down_cause, row.receive_power_dbm) == (
        "Socorejo",
        OnuCause.FIBRE,
        pytest.approx(-21.45),
    )
    (row,) = read(epon, {cdata_olt.HSGQ_MAC: {at: b"\xaa\xbb\xcc\x00\x01\x02"}, cdata_olt.HSGQ_EPON_STATUS: {at: 2}})
    assert (row.serial, row.online) == ("aa:bb:cc:00:01:02", False)
    columns = {
        cdata_olt.HSGQ_EPON_NAME: {at: b"Mercado"},
        cdata_olt.HSGQ_EPON_STATUS: {at: 1},
        cdata_olt.HSGQ_EPON_DISTANCE: {at: 1430},
    }
    light: Columns = {
        cdata_olt.HSGQ_EPON_RECEIVES[0]: {(*at, 0, 0): -2017},
        cdata_olt.HSGQ_EPON_SENDS[0]: {(*at, 0, 0): 265},
    }
    (row,) = read(epon, columns, light)
    assert (row.name, row.distance_meters, row.receive_power_dbm, row.transmit_power_dbm) == (
        "Mercado",
        1430.0,
        about(-20.17),
        about(2.65),
    )


@pytest.mark.quirk("BDCOM OLT", "temperature in 1/256 °C, supply in 100 µV, bias in 2 µA, powers in tenths of a dBm")
def test_bdcom_epon() -> None:
    columns: Columns = {
        bdcom_olt.MAC: {(37,): b"\xfc\xfa\xf7\x00\x01\x02"},
        bdcom_olt.STATUS: {(37,): 1, (38,): 4},
        bdcom_olt.DISTANCE: {(37,): 740},
    }
    cells: Columns = {
        bdcom_olt.TEMPERATURE[0]: {(37,): 48 * 256},
        bdcom_olt.VOLTAGE[0]: {(37,): 33_000},
        bdcom_olt.CURRENT[0]: {(37,): 6_000},
        bdcom_olt.RECEIVES[0]: {(37,): -214},
        bdcom_olt.SENDS[0]: {(37,): 23},
    }
    on, off = read(bdcom_olt.EPON, columns, cells, ports={37: "EPON0/1:3"})
    assert (on.port, on.onu, on.serial, on.online) == ("EPON0/1", 3, "fc:fa:f7:00:01:02", True)
    assert on.receive_power_dbm == pytest.approx(-21.4)
    assert (on.temperature_celsius, on.supply_volts, on.bias_amperes) == (
        48.0,
        pytest.approx(3.3),
        pytest.approx(0.012),
    )
    assert (off.port, off.onu, off.online, off.state) == ("pon", 38, False, "lost")
    (none,) = read(bdcom_olt.EPON, {bdcom_olt.STATUS: {(37,): 0}}, {bdcom_olt.RECEIVES[0]: {(37,): -65535}})
    assert (none.online, none.receive_power_dbm) == (True, None)


@pytest.mark.quirk("BDCOM OLT", "why an EPON ONU went off is told by the MAC address of the ONU")
@every_row(
    ("reason", "cause"),
    [
        (2, None),
        (3, OnuCause.UNKNOWN),
        (6, OnuCause.AUTH),
        (7, OnuCause.ADMIN),
        (8, OnuCause.FIBRE),
        (9, OnuCause.POWER),
        (255, OnuCause.UNKNOWN),
        (None, None),
    ],
)
def test_bdcom_epon_causes(reason: int | None, cause: OnuCause | None) -> None:
    columns: Columns = {
        bdcom_olt.MAC: {(37,): b"\xfc\xfa\xf7\x00\x01\x02"},
        bdcom_olt.STATUS: {(37,): 4},
        bdcom_olt.REASON: {(11, 0xFC, 0xFA, 0xF7, 0, 1, 2): reason, (11, 0xFC, 0xFA, 0xF7, 0, 1, 3): 7},
    }
    (row,) = read(bdcom_olt.EPON, columns)
    assert row.last_down_cause is cause


@pytest.mark.quirk("BDCOM OLT", "32767 and -65535 are no light of an ONU at the OLT")
@pytest.mark.parametrize(("raw", "power"), [(-253, about(-25.3)), (32767, None), (-65535, None), (0, None)])
def test_bdcom_light_at_the_olt(raw: int, power: float | None) -> None:
    (row,) = read(bdcom_olt.EPON, {bdcom_olt.STATUS: {(37,): 1}}, {bdcom_olt.OLT_RECEIVES[0]: {(37,): raw}})
    assert row.olt_receive_power_dbm == power


@pytest.mark.quirk("BDCOM OLT", "whether GPON light has an offset of -30 dB, plausibility decides")
@every_row(
    ("reason", "cause"),
    [
        (0, None),
        (1, OnuCause.POWER),
        (3, OnuCause.ADMIN),
        (5, OnuCause.UNKNOWN),
        (6, OnuCause.FIBRE),
        (8, OnuCause.FIBRE),
    ],
)
def test_bdcom_gpon(reason: int, cause: OnuCause | None) -> None:
    columns: Columns = {bdcom_olt.GPON_REASON: {(40,): reason}, bdcom_olt.GPON_STATUS: {(40,): 3}}
    for raw in (4275, -10_725):  # whether the offset applies is not known: plausibility decides
        (row,) = read(bdcom_olt.GPON, columns, {bdcom_olt.GPON_RECEIVES[0]: {(40,): raw}})
        assert row.receive_power_dbm == pytest.approx(-21.45)
        assert row.last_down_cause is cause


@pytest.mark.quirk("BDCOM", "0 and -65535 are no module")
def test_bdcom_uplinks() -> None:
    columns: Columns = {
        bdcom_olt.PORT_RECEIVES: {(1,): -71, (2,): -65535, (3,): 0},
        bdcom_olt.PORT_SENDS: {(1,): -23, (2,): -65535, (3,): 0},
    }
    (lit,) = read(bdcom_olt.PORTS, columns, ports={1: "tg0/1", 2: "tg0/2", 3: "tg0/3"})
    assert (lit.port, lit.receive_power_dbm, lit.receive_lost) == ("tg0/1", pytest.approx(-7.1), False)


def test_bdcom_modules_and_cards() -> None:
    columns: Columns = {
        bdcom_olt.SFP_RECEIVES: {(1,): -712, (2,): -65535},
        bdcom_olt.SFP_SENDS: {(1,): -231, (2,): -65535},
        bdcom_olt.SFP_TEMPERATURE: {(1,): 48 * 256},
        bdcom_olt.SFP_VOLTAGE: {(1,): 33_000},
        bdcom_olt.SFP_CURRENT: {(1,): 6_000},
    }
    (lit,) = read(bdcom_olt.MODULES, columns, ports={1: "tg0/1", 2: "tg0/2"})
    assert (lit.port, lit.receive_power_dbm, lit.transmit_power_dbm) == ("tg0/1", -7.12, -2.31)
    assert (lit.temperature_celsius, lit.supply_volts, lit.bias_amperes) == (48.0, 3.3, 0.012)
    cards: Columns = {
        bdcom_olt.CARD_CPU: {(0,): 4},
        bdcom_olt.CARD_MEMORY: {(0,): 26},
        bdcom_olt.CARD_TEMPERATURE: {(0,): 33},
    }
    assert [(row.quantity, row.name, row.value) for row in read(bdcom_olt.CARD_TABLE, cards)] == [
        (Quantity.CPU, "card 0", 0.04),
        (Quantity.MEMORY, "card 0", 0.26),
        (Quantity.TEMPERATURE, "card 0", 33.0),
    ]


@pytest.mark.quirk("HIOSO OLT", "an ONU that nobody has named is called NA")
@pytest.mark.parametrize(("said", "name"), [(b"NA", None), (b"Escola", "Escola"), (b"", None)])
def test_hioso_names(said: bytes, name: str | None) -> None:
    (row,) = read(hioso_olt.ONUS, {hioso_olt.STATUS: {(1, 1, 5): 1}, hioso_olt.NAME: {(1, 1, 5): said}})
    assert row.name == name


@pytest.mark.quirk("HIOSO OLT", "power and fibre cannot be told apart")
def test_hioso() -> None:
    at = (1, 1, 5)
    columns: Columns = {
        hioso_olt.MAC: {at: b"\x00\x01\x02\x03\x04\x05"},
        hioso_olt.STATUS: {at: 1},
        hioso_olt.DISTANCE: {at: 533},
        hioso_olt.LAST_DOWN: {at: b"2026/11/24 08:00:01"},
    }
    (row,) = read(hioso_olt.ONUS, columns, {hioso_olt.RECEIVES[0]: {at: b"-18.66"}})
    assert (row.port, row.onu, row.online, row.distance_meters) == ("pon 1/1", 5, True, 533.0)
    assert (row.receive_power_dbm, row.last_down, row.last_down_cause) == (-18.66, "2026/11/24 08:00:01", None)


@every_row(
    ("value", "said"),
    [
        (b"HWTC\x01\x02\x03\x04", "HWTC01020304"),
        (b"hwtc01020304", "hwtc01020304"),
        (b"\x00\x01\x02\x03\x04\x05", "00:01:02:03:04:05"),
        (b"", None),
        (5, None),
        (None, None),
    ],
)
def test_serials(value: Value, said: str | None) -> None:
    assert serial(value) == said


def test_words_that_say_nothing() -> None:
    assert cause_of_words(b"--") is None
    assert cause_of_words(b"rogue") is OnuCause.UNKNOWN
    assert cause_of_words(b"ONU reboot by operator") is OnuCause.ADMIN
    assert cause_of_words(b"password auth failed") is OnuCause.AUTH


@pytest.mark.quirk("C-Data", "17409 is the tree of several makes: all of its tables are asked for")
@every_row(
    ("object_id", "name"),
    [
        ("1.3.6.1.4.1.2011.2.248", "huawei.onus"),
        ("1.3.6.1.4.1.3902.1082.1001", "zte.onus"),
        ("1.3.6.1.4.1.5875.800.1001.11", "fiberhome.onus"),
        ("1.3.6.1.4.1.37950.1.1.5", "vsol.gpon"),
        ("1.3.6.1.4.1.17409", "cdata.epon"),
        ("1.3.6.1.4.1.50224.3.1.1", "hsgq.gpon"),
        ("1.3.6.1.4.1.3320.1.9", "bdcom.epon"),
        ("1.3.6.1.4.1.25355.3.2.6", "hioso.epon"),
    ],
)
def test_who_is_asked_for_onus(object_id: str, name: str) -> None:
    assert name in {table.name for table in tables_of(object_id)}


@pytest.mark.quirk(
    "all OLTs", "reading the light of an ONU makes the OLT ask it: cell by cell, once an hour, never by a walk"
)
def test_no_metered_column_is_ever_walked() -> None:
    """A walk of one would ask every ONU, budget or not; nor is anything denied read cell by cell."""
    index = (CDATA,)
    for table in all_tables():
        if table.cells is None:
            continue
        for at in (index, (3, 9), (1, 1, 5)):
            columns: Columns = {column: {at: 1} for column in table.columns}
            for names in table.cells(Found(columns)).values():
                for name in names:
                    assert not any(name.startswith(column + encode_arcs(at[:1])) for column in table.columns)
                    assert not any(name.startswith(denied) for denied in DENIED)
