"""Radios of RouterOS: the wireless tables of MIKROTIK-MIB (2.4 and 5 GHz, CAPsMAN, 60 GHz, LTE)."""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors.radio import (
    column_reader,
    frequency_hertz,
    length_meters,
    mac,
    noise_ratio_db,
    percent,
    rate,
    signal_dbm,
    stations,
    uptime_seconds,
)
from netmon.probes.vendors.rows import RadioRow, StationRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, within

_WIRELESS = "1.3.6.1.4.1.14988.1.1.1."
STATION_TRANSMITS = oid(_WIRELESS + "1.1.2")
STATION_RECEIVES = oid(_WIRELESS + "1.1.3")
STATION_STRENGTH = oid(_WIRELESS + "1.1.4")
STATION_FREQUENCY = oid(_WIRELESS + "1.1.7")
CLIENT_STRENGTH = oid(_WIRELESS + "2.1.3")
CLIENT_TRANSMITS = oid(_WIRELESS + "2.1.8")  # as the access point sees it
CLIENT_RECEIVES = oid(_WIRELESS + "2.1.9")
CLIENT_UPTIME = oid(_WIRELESS + "2.1.11")
CLIENT_RATIO = oid(_WIRELESS + "2.1.12")
AP_CLIENTS = oid(_WIRELESS + "3.1.6")
AP_FREQUENCY = oid(_WIRELESS + "3.1.7")
AP_NOISE = oid(_WIRELESS + "3.1.9")
AP_QUALITY = oid(_WIRELESS + "3.1.10")
CAPSMAN_CLIENTS = oid(_WIRELESS + "6.0")
CAPSMAN_POINTS = oid(_WIRELESS + "10.0")
W60G_CONNECTED = oid(_WIRELESS + "8.1.4")
W60G_FREQUENCY = oid(_WIRELESS + "8.1.6")
W60G_QUALITY = oid(_WIRELESS + "8.1.8")
W60G_SIGNAL = oid(_WIRELESS + "8.1.12")
W60G_RATE = oid(_WIRELESS + "8.1.13")
W60G_FAR_QUALITY = oid(_WIRELESS + "9.1.5")
W60G_FAR_RATE = oid(_WIRELESS + "9.1.8")
W60G_FAR_SIGNAL = oid(_WIRELESS + "9.1.9")
W60G_FAR_DISTANCE = oid(_WIRELESS + "9.1.10")
LTE_RSRP = oid("1.3.6.1.4.1.14988.1.1.16.1.1.4")
LTE_SINR = oid("1.3.6.1.4.1.14988.1.1.16.1.1.7")

BY_PORT = (STATION_STRENGTH, AP_CLIENTS, AP_NOISE, W60G_CONNECTED, W60G_SIGNAL, LTE_RSRP, LTE_SINR)
FAR_ENDS = (W60G_FAR_QUALITY, W60G_FAR_RATE, W60G_FAR_SIGNAL, W60G_FAR_DISTANCE)
MORE = (
    (STATION_STRENGTH, (STATION_TRANSMITS, STATION_RECEIVES, STATION_FREQUENCY)),
    (AP_CLIENTS, (AP_FREQUENCY, AP_QUALITY)),
    (W60G_CONNECTED, (W60G_FREQUENCY, W60G_QUALITY, W60G_RATE, *FAR_ENDS)),
)
"""What else a device has that has a column."""

_FREQUENCIES = (STATION_FREQUENCY, AP_FREQUENCY, W60G_FREQUENCY)
_TICK = 0.01
_CENTIMETERS = 0.01
_MEGABIT = 1e6


def decode_radios(found: Found) -> tuple[RadioRow, ...]:
    """Decode the radios, each by the name of its interface, and the access points that CAPsMAN runs as one."""
    rows = [_radio(found, index) for index in found.indexes(*BY_PORT) if len(index) == 1]
    rows += [_w60g(found, index) for index in found.indexes(*FAR_ENDS)]
    if stations(found.scalars.get(CAPSMAN_POINTS)):
        rows.append(RadioRow("capsman", stations=stations(found.scalars.get(CAPSMAN_CLIENTS))))
    return tuple(rows)


def _radio(found: Found, index: Index) -> RadioRow:
    at = column_reader(found, index)
    signals = (signal_dbm(at(column)) for column in (STATION_STRENGTH, W60G_SIGNAL, LTE_RSRP))
    frequencies = (frequency_hertz(at(column)) for column in _FREQUENCIES)
    transmits = rate(at(STATION_TRANSMITS), 1.0)
    return RadioRow(
        port=_port(found, index[0]),
        frequency_hertz=next((frequency for frequency in frequencies if frequency is not None), None),
        signal_dbm=next((signal for signal in signals if signal is not None), None),
        signal_to_noise_db=within(-30.0, number(at(LTE_SINR)), 60.0),
        noise_dbm=signal_dbm(at(AP_NOISE)),
        transmit_bits_per_second=rate(at(W60G_RATE), _MEGABIT) if transmits is None else transmits,
        receive_bits_per_second=rate(at(STATION_RECEIVES), 1.0),
        stations=stations(at(AP_CLIENTS)),
        link_up={0: False, 1: True}.get(_flag(found, index)),
        quality_ratio=percent(at(AP_QUALITY)) or percent(at(W60G_QUALITY)) or None,  # 0 of a radio without clients
    )


def _flag(found: Found, index: Index) -> int:
    connected = integer(found.at(W60G_CONNECTED, index))
    return -1 if connected is None else connected


def _w60g(found: Found, index: Index) -> RadioRow:
    """Decode the far end of a 60 GHz link. The rate is in Mbit/s; the distance, "meters" by the MIB, in centimetres.

    It is a port of its own, `wlan60-station-1`, on devices whose number of it is an ifIndex.
    """
    at = column_reader(found, index)
    is_port = len(index) == 1 and found.at(W60G_CONNECTED, index) is None
    name = found.ports.get(index[0]) if is_port else None
    return RadioRow(
        port=name or "w60g station " + ".".join(map(str, index)),
        signal_dbm=signal_dbm(at(W60G_FAR_SIGNAL)),
        transmit_bits_per_second=rate(at(W60G_FAR_RATE), _MEGABIT),
        quality_ratio=percent(at(W60G_FAR_QUALITY)) or None,
        distance_meters=length_meters(at(W60G_FAR_DISTANCE), _CENTIMETERS),
    )


def _more(found: Found) -> tuple[bytes, ...]:
    return tuple(column for seen, columns in MORE if found.indexes(seen) for column in columns)


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
            transmit_bits_per_second=rate(at(CLIENT_TRANSMITS), 1.0),
            receive_bits_per_second=rate(at(CLIENT_RECEIVES), 1.0),
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
    then=_more,
)
STATIONS = Table(
    "mikrotik.stations",
    Part.STATIONS,
    decode_stations,
    (CLIENT_STRENGTH, CLIENT_TRANSMITS, CLIENT_RECEIVES, CLIENT_UPTIME, CLIENT_RATIO),
    every=MINUTE,
)
TABLES = (RADIOS, STATIONS)
