"""Radios of MikroTik and Ubiquiti: units, none, and who is behind them."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.vendors import mikrotik_radio as mikrotik
from netmon.probes.vendors import ubiquiti, ubiquiti_health
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.radio import frequency_hertz, noise_ratio_db, percent, signal_dbm
from netmon.probes.vendors.rows import Quantity, RadioRow, StationRow
from netmon.probes.vendors.tables import Found, Table
from tests.rows import every_row
from tests.unit.probes.vendors.found import about, read

CLIENT = (0x2C, 0xC8, 0x1B, 0, 1, 2)
WLAN = 5


def named(name: str) -> Table:
    return next(table for table in (*ubiquiti.TABLES, *ubiquiti_health.TABLES) if table.name == name)


@pytest.mark.quirk("MikroTik", "rates of 60 GHz are in Mbit/s; its distances, metres by the MIB, in centimetres")
@pytest.mark.quirk("MikroTik", "a virtual access point has no frequency and no quality: 0 is no sample")
def test_mikrotik_radios() -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        mikrotik.AP_CLIENTS: {(WLAN,): 12, (9,): 0},
        mikrotik.AP_NOISE: {(WLAN,): -104, (9,): 0},
        mikrotik.AP_FREQUENCY: {(WLAN,): 2412, (9,): 0},
        mikrotik.AP_QUALITY: {(WLAN,): 70, (9,): 0},
        mikrotik.STATION_STRENGTH: {(6,): 2**32 - 61},
        mikrotik.STATION_TRANSMITS: {(6,): 130_000_000},
        mikrotik.STATION_RECEIVES: {(6,): 65_000_000},
        mikrotik.STATION_FREQUENCY: {(6,): 5805},
        mikrotik.LTE_RSRP: {(7,): -97},
        mikrotik.LTE_SINR: {(7,): 11},
        mikrotik.W60G_CONNECTED: {(8,): 1},
        mikrotik.W60G_SIGNAL: {(8,): -52},
        mikrotik.W60G_FREQUENCY: {(8,): 58_320},
        mikrotik.W60G_QUALITY: {(8,): 80},
        mikrotik.W60G_RATE: {(8,): 2310},
        mikrotik.W60G_FAR_RATE: {(1,): 1540, (10,): 2310},
        mikrotik.W60G_FAR_DISTANCE: {(1,): 31_000, (10,): 18_545},
        mikrotik.W60G_FAR_SIGNAL: {(10,): -54},
    }
    scalars: dict[bytes, Value] = {mikrotik.CAPSMAN_POINTS: 3, mikrotik.CAPSMAN_CLIENTS: 40}
    names = {WLAN: "wlan1", 6: "wlan2", 7: "lte1", 8: "wlan60-1", 9: "guests", 10: "wlan60-station-1"}
    assert read(mikrotik.RADIOS, columns, scalars=scalars, ports=names) == (
        RadioRow("wlan1", frequency_hertz=2.412e9, noise_dbm=-104.0, stations=12, quality_ratio=0.7),
        RadioRow(
            "wlan2",
            frequency_hertz=5.805e9,
            signal_dbm=-61.0,
            transmit_bits_per_second=130e6,
            receive_bits_per_second=65e6,
        ),
        RadioRow("lte1", signal_dbm=-97.0, signal_to_noise_db=11.0),
        RadioRow(
            "wlan60-1",
            frequency_hertz=58.32e9,
            signal_dbm=-52.0,
            transmit_bits_per_second=2.31e9,
            link_up=True,
            quality_ratio=0.8,
        ),
        RadioRow("guests", stations=0),
        RadioRow("w60g station 1", transmit_bits_per_second=1.54e9, distance_meters=310.0),
        RadioRow(
            "wlan60-station-1", signal_dbm=-54.0, transmit_bits_per_second=2.31e9, distance_meters=about(185.45)
        ),
        RadioRow("capsman", stations=40),
    )
    assert mikrotik.RADIOS.then is not None
    assert mikrotik.RADIOS.then(Found({})) == ()
    assert mikrotik.RADIOS.then(Found({mikrotik.AP_CLIENTS: {(WLAN,): 0}})) == (
        mikrotik.AP_FREQUENCY,
        mikrotik.AP_QUALITY,
    )


def test_mikrotik_clients() -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        mikrotik.CLIENT_STRENGTH: {(*CLIENT, WLAN): -67, (1, 2, 3): -60},
        mikrotik.CLIENT_TRANSMITS: {(*CLIENT, WLAN): 65_000_000},
        mikrotik.CLIENT_RECEIVES: {(*CLIENT, WLAN): 39_000_000},
        mikrotik.CLIENT_UPTIME: {(*CLIENT, WLAN): 360_000},
        mikrotik.CLIENT_RATIO: {(*CLIENT, WLAN): 0},
    }
    assert read(mikrotik.STATIONS, columns, ports={WLAN: "wlan1"}) == (
        StationRow(
            "wlan1",
            "2c:c8:1b:00:01:02",
            signal_dbm=-67.0,
            transmit_bits_per_second=65e6,
            receive_bits_per_second=39e6,
            uptime_seconds=3600.0,
        ),
    )


@pytest.mark.quirk("Ubiquiti", "CCQ is per cent, and per mille on some firmware")
def test_airmax() -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        ubiquiti.FREQUENCY: {(1,): 5180},
        ubiquiti.SENDS: {(1,): 24},
        ubiquiti.SIGNAL: {(1,): -58},
        ubiquiti.CCQ: {(1,): 913},
        ubiquiti.NOISE: {(1,): -96},
        ubiquiti.TRANSMIT_RATE: {(1,): 270_000_000},
        ubiquiti.RECEIVE_RATE: {(1,): 52_000_000},
        ubiquiti.STATIONS: {(1,): 4},
    }
    assert read(named("ubiquiti.airmax"), columns) == (
        RadioRow(
            "radio 1",
            frequency_hertz=5.18e9,
            signal_dbm=-58.0,
            noise_dbm=-96.0,
            transmit_power_dbm=24.0,
            transmit_bits_per_second=270e6,
            receive_bits_per_second=52e6,
            stations=4,
            quality_ratio=about(0.913),
        ),
    )
    columns[ubiquiti.QUALITY] = {(1,): 88}
    (row,) = read(named("ubiquiti.airmax"), columns)
    assert row.quality_ratio == 0.88


def test_airmax_clients() -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        ubiquiti.STATION_SIGNAL: {(1, *CLIENT): -61},
        ubiquiti.STATION_DISTANCE: {(1, *CLIENT): 2100},
        ubiquiti.STATION_TRANSMITS: {(1, *CLIENT): 130_000},
        ubiquiti.STATION_RECEIVES: {(1, *CLIENT): 117_000},
    }
    (row,) = read(named("ubiquiti.stations"), columns)
    assert (row.port, row.mac, row.signal_dbm, row.distance_meters) == ("radio 1", "2c:c8:1b:00:01:02", -61.0, 2100.0)
    assert (row.transmit_bits_per_second, row.receive_bits_per_second) == (130e6, 117e6)


@pytest.mark.quirk("Ubiquiti", "the power of an airFiber counts only where it says that it is valid")
@pytest.mark.parametrize(("valid", "signal"), [(1, -49.0), (0, None), (None, None)])
def test_airfiber_power_counts_when_it_says_so(valid: int | None, signal: float | None) -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        ubiquiti.FIBER_POWER: {(1,): -49},
        ubiquiti.FIBER_POWER_VALID: {(1,): valid},
        ubiquiti.FIBER_STATE: {(1,): 1},
        ubiquiti.FIBER_UPTIME: {(1,): 77},
        ubiquiti.FIBER_RECEIVES: {(1,): 686_400_640},
        ubiquiti.FIBER_TRANSMITS: {(1,): 684_856_960},
        ubiquiti.FIBER_DISTANCE: {(1,): 11_450},
    }
    (row,) = read(named("ubiquiti.airfiber"), columns)
    assert (row.signal_dbm, row.link_up, row.link_up_seconds) == (signal, True, 77.0)
    assert (row.receive_bits_per_second, row.transmit_bits_per_second) == (686_400_640.0, 684_856_960.0)
    assert row.distance_meters == 11_450.0


@pytest.mark.quirk("Ubiquiti", "an AF-11 gives its frequency in kHz where the MIB has MHz")
@pytest.mark.parametrize(("raw", "hertz"), [(24_100, 24.1e9), (11_485_000, 11.485e9), (0, None), (-1, None)])
def test_frequencies(raw: int, hertz: float | None) -> None:
    assert frequency_hertz(raw) == hertz


@pytest.mark.quirk("Ubiquiti", "an LTU gives its distance in metres where the MIB has kilometres")
def test_ltu_states_what_it_should_receive() -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        ubiquiti.LTU_DISTANCE: {CLIENT: 3844},
        ubiquiti.LTU_RECEIVES: {CLIENT: 444_800},
        ubiquiti.LTU_POWER: {CLIENT: -63},
        ubiquiti.LTU_IDEAL: {CLIENT: -55},
        ubiquiti.LTU_TRANSMITS: {CLIENT: 140_800},
    }
    scalars: dict[bytes, Value] = {ubiquiti.LTU_CONNECTED: 1, ubiquiti.LTU_FREQUENCY: 5795}
    (row,) = read(named("ubiquiti.ltu"), columns, scalars=scalars)
    assert (row.port, row.signal_dbm, row.expected_signal_dbm) == ("ltu 2c:c8:1b:00:01:02", -63.0, -55.0)
    assert (row.link_up, row.transmit_bits_per_second, row.receive_bits_per_second) == (True, 140.8e6, 444.8e6)
    assert (row.distance_meters, row.frequency_hertz) == (3844.0, 5.795e9)


@pytest.mark.quirk("Ubiquiti", "-99 dBm is what an LTU says while it expects nothing: no sample")
def test_ltu_that_expects_nothing() -> None:
    (row,) = read(named("ubiquiti.ltu"), {ubiquiti.LTU_POWER: {CLIENT: -58}, ubiquiti.LTU_IDEAL: {CLIENT: -99}})
    assert (row.signal_dbm, row.expected_signal_dbm) == (-58.0, None)


@pytest.mark.quirk("Ubiquiti", "a 60 GHz link is numbered by the far end's address and then its radio")
def test_sixty_gigahertz_names_the_far_end() -> None:
    columns: dict[bytes, dict[Index, Value]] = {
        ubiquiti.SIXTY_SIGNAL: {(*CLIENT, 1): -47, (*CLIENT, 2): -61},
        ubiquiti.SIXTY_RATIO: {(*CLIENT, 1): 17},
        ubiquiti.SIXTY_TRANSMITS: {(*CLIENT, 1): 1_950_000},
        ubiquiti.SIXTY_RECEIVES: {(*CLIENT, 1): 1_800_000},
        ubiquiti.SIXTY_DISTANCE: {(*CLIENT, 1): 412},
        ubiquiti.SIXTY_UPTIME: {(*CLIENT, 1): 360_000},
        ubiquiti.SIXTY_FREQUENCY: {(1,): 69_120},
    }
    assert read(named("ubiquiti.60ghz"), columns) == (
        RadioRow(
            "60ghz 2c:c8:1b:00:01:02",
            frequency_hertz=69.12e9,
            signal_dbm=-47.0,
            signal_to_noise_db=17.0,
            transmit_bits_per_second=1.95e9,
            receive_bits_per_second=1.8e9,
            link_up_seconds=3600.0,
            distance_meters=412.0,
        ),
        RadioRow("60ghz 2c:c8:1b:00:01:02 radio 2", signal_dbm=-61.0),
    )


def test_the_other_families_of_ubiquiti() -> None:
    (sixty,) = read(named("ubiquiti.60ghz"), {ubiquiti.SIXTY_SIGNAL: {CLIENT: -50}})
    assert (sixty.port, sixty.signal_dbm) == ("60ghz 2c:c8:1b:00:01:02", -50.0)
    (vap,) = read(named("ubiquiti.unifi"), {ubiquiti.UNIFI_STATIONS: {(2,): 17}})
    assert (vap.port, vap.stations) == ("vap 2", 17)
    rows = read(named("ubiquiti.host"), {}, scalars={ubiquiti_health.CPU_LOAD: 1250, ubiquiti_health.TEMPERATURE: 51})
    assert [(row.quantity, row.value) for row in rows] == [(Quantity.CPU, 0.125), (Quantity.TEMPERATURE, 51.0)]
    assert read(named("ubiquiti.host"), {}, scalars={ubiquiti_health.TEMPERATURE: 0}) == ()


def test_gear_that_calls_itself_net_snmp_is_asked_too() -> None:
    for object_id in ("1.3.6.1.4.1.10002.1", "1.3.6.1.4.1.8072.3.2.10", "1.3.6.1.4.1.41112.1.4"):
        assert named("ubiquiti.airmax") in tables_of(object_id)


@pytest.mark.quirk("radio", "0 is no signal")
@every_row("raw", [0, 2147483647, 40, -200, b"N/A", None])
def test_no_signal(raw: Value) -> None:
    assert signal_dbm(raw) is None


def test_ratios() -> None:
    assert (percent(100), percent(913), percent(-1), percent(2**31 - 1)) == (1.0, 0.913, None, None)
    assert (noise_ratio_db(0), noise_ratio_db(31)) == (None, 31.0)
