"""Radios of RouterOS: the wireless tables of MIKROTIK-MIB (2.4 and 5 GHz, CAPsMAN, 60 GHz, LTE)."""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors.radio import (
    column_reader,
    length_meters,
    mac,
    noise_ratio_db,
    rate,
    signal_dbm,
    stations,
    uptime_seconds,
)
from netmon.probes.vendors.rows import RadioRow, StationRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, within

_WIRELESS = "1.3.6.1.4.1.14988.1.1.1."
STATION_STRENGTH = oid(_WIRELESS + "1.1.4")
CLIENT_STRENGTH = oid(_WIRELESS + "2.1.3")
CLIENT_RATE = oid(_WIRELESS + "2.1.8")
CLIENT_UPTIME = oid(_WIRELESS + "2.1.11")
CLIENT_RATIO = oid(_WIRELESS + "2.1.12")
AP_CLIENTS = oid(_WIRELESS + "3.1.6")
AP_NOISE = oid(_WIRELESS + "3.1.9")
CAPSMAN_CLIENTS = oid(_WIRELESS + "6.0")
CAPSMAN_POINTS = oid(_WIRELESS + "10.0")
W60G_CONNECTED = oid(_WIRELESS + "8.1.4")
W60G_SIGNAL = oid(_WIRELESS + "8.1.12")
W60G_RATE = oid(_WIRELESS + "9.1.8")
W60G_DISTANCE = oid(_WIRELESS + "9.1.10")
LTE_RSRP = oid("1.3.6.1.4.1.14988.1.1.16.1.1.4")
LTE_SINR = oid("1.3.6.1.4.1.14988.1.1.16.1.1.7")

BY_PORT = (STATION_STRENGTH, AP_CLIENTS, AP_NOISE, W60G_CONNECTED, W60G_SIGNAL, LTE_RSRP, LTE_SINR)
_TICK = 0.01


def decode_radios(found: Found) -> tuple[RadioRow, ...]:
    """Decode the radios, each by the name of its interface, and the access points that CAPsMAN runs as one."""
    rows = [_radio(found, index) for index in found.indexes(*BY_PORT) if len(index) == 1]
    rows += [_w60g(found, index) for index in found.indexes(W60G_RATE, W60G_DISTANCE)]
    if stations(found.scalars.get(CAPSMAN_POINTS)):
        rows.append(RadioRow("capsman", stations=stations(found.scalars.get(CAPSMAN_CLIENTS))))
    return tuple(rows)


def _radio(found: Found, index: Index) -> RadioRow:
    at = column_reader(found, index)
    signals = (signal_dbm(at(column)) for column in (STATION_STRENGTH, W60G_SIGNAL, LTE_RSRP))
    return RadioRow(
        port=_port(found, index[0]),
        signal_dbm=next((signal for signal in signals if signal is not None), None),
        signal_to_noise_db=within(-30.0, number(at(LTE_SINR)), 60.0),
        noise_dbm=signal_dbm(at(AP_NOISE)),
        stations=stations(at(AP_CLIENTS)),
        link_up={0: False, 1: True}.get(_flag(found, index)),
    )


def _flag(found: Found, index: Index) -> int:
    connected = integer(found.at(W60G_CONNECTED, index))
    return -1 if connected is None else connected


def _w60g(found: Found, index: Index) -> RadioRow:
    """Decode the far end of a 60 GHz link, which has rows of its own numbers. The rate is in Mbit/s."""
    at = column_reader(found, index)
    return RadioRow(
        port="w60g station " + ".".join(map(str, index)),
        transmit_bits_per_second=rate(at(W60G_RATE), 1e6),
        distance_meters=length_meters(at(W60G_DISTANCE)),
    )


def decode_stations(found: Found) -> tuple[StationRow, ...]:
    """Decode the clients, whose address and interface are in the index."""
    rows = []
    for index in found.indexes(CLIENT_STRENGTH):
        client = mac(index[:6])
        if client is None or len(index) != 7:
            continue
        at = column_reader(found, index)
        row = StationRow(
            port=_port(found, index[6]),
            mac=client,
            signal_dbm=signal_dbm(at(CLIENT_STRENGTH)),
            signal_to_noise_db=noise_ratio_db(at(CLIENT_RATIO)),
            transmit_bits_per_second=rate(at(CLIENT_RATE), 1.0),
            uptime_seconds=uptime_seconds(at(CLIENT_UPTIME), _TICK),
        )
        rows.append(row)
    return tuple(rows)


def _port(found: Found, index: int) -> str:
    return found.ports.get(index) or f"if#{index}"


RADIOS = Table(
    "mikrotik.radios",
    Part.RADIOS,
    decode_radios,
    BY_PORT,
    (CAPSMAN_CLIENTS, CAPSMAN_POINTS),
    every=MINUTE,
    then=lambda found: (W60G_RATE, W60G_DISTANCE) if found.indexes(W60G_CONNECTED) else (),
)
STATIONS = Table(
    "mikrotik.stations",
    Part.STATIONS,
    decode_stations,
    (CLIENT_STRENGTH, CLIENT_RATE, CLIENT_UPTIME, CLIENT_RATIO),
    every=MINUTE,
)
TABLES = (RADIOS, STATIONS)
