"""Radios of Ubiquiti: UBNT-AirMAX-MIB, UBNT-AirFIBER-MIB, UBNT-AFLTU-MIB, UI-AF60-MIB and UniFi's.

Such gear often says of itself that it is plain net-snmp, so that whoever says so is asked as well.
"""

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
from netmon.probes.vendors.values import integer, number, valid, within

_ROOT = "1.3.6.1.4.1.41112.1."
FREQUENCY = oid(_ROOT + "4.1.1.4")
SENDS = oid(_ROOT + "4.1.1.6")
SIGNAL = oid(_ROOT + "4.5.1.5")
CCQ = oid(_ROOT + "4.5.1.7")
NOISE = oid(_ROOT + "4.5.1.8")
TRANSMIT_RATE = oid(_ROOT + "4.5.1.9")
RECEIVE_RATE = oid(_ROOT + "4.5.1.10")
STATIONS = oid(_ROOT + "4.5.1.15")
QUALITY = oid(_ROOT + "4.6.1.3")
AIRMAX = (FREQUENCY, SENDS, SIGNAL, CCQ, NOISE, TRANSMIT_RATE, RECEIVE_RATE, STATIONS, QUALITY)

STATION_SIGNAL = oid(_ROOT + "4.7.1.3")
STATION_DISTANCE = oid(_ROOT + "4.7.1.5")
STATION_TRANSMITS = oid(_ROOT + "4.7.1.17")
STATION_RECEIVES = oid(_ROOT + "4.7.1.18")
STATION = (STATION_SIGNAL, STATION_DISTANCE, STATION_TRANSMITS, STATION_RECEIVES)

FIBER_FREQUENCY = oid(_ROOT + "3.1.1.5")
FIBER_DISTANCE = oid(_ROOT + "3.2.1.4")
FIBER_RECEIVES = oid(_ROOT + "3.2.1.5")
FIBER_TRANSMITS = oid(_ROOT + "3.2.1.6")
FIBER_POWER = oid(_ROOT + "3.2.1.11")
FIBER_POWER_VALID = oid(_ROOT + "3.2.1.12")
FIBER_STATE = oid(_ROOT + "3.2.1.26")
FIBER_UPTIME = oid(_ROOT + "3.2.1.44")
AIRFIBER = (
    FIBER_FREQUENCY,
    FIBER_DISTANCE,
    FIBER_RECEIVES,
    FIBER_TRANSMITS,
    FIBER_POWER,
    FIBER_POWER_VALID,
    FIBER_STATE,
    FIBER_UPTIME,
)

LTU_FREQUENCY = oid(_ROOT + "10.1.2.2.0")
LTU_TRANSMITS = oid(_ROOT + "10.1.4.1.3")
LTU_RECEIVES = oid(_ROOT + "10.1.4.1.4")
LTU_POWER = oid(_ROOT + "10.1.4.1.5")
LTU_IDEAL = oid(_ROOT + "10.1.4.1.7")
LTU_DISTANCE = oid(_ROOT + "10.1.4.1.23")
LTU_CONNECTED = oid(_ROOT + "10.1.5.5.0")
LTU = (LTU_TRANSMITS, LTU_RECEIVES, LTU_POWER, LTU_IDEAL, LTU_DISTANCE)

SIXTY_FREQUENCY = oid(_ROOT + "11.1.1.2")  # by radio
SIXTY_SIGNAL = oid(_ROOT + "11.1.3.1.3")
SIXTY_RATIO = oid(_ROOT + "11.1.3.1.4")
SIXTY_TRANSMITS = oid(_ROOT + "11.1.3.1.7")
SIXTY_RECEIVES = oid(_ROOT + "11.1.3.1.8")
SIXTY_DISTANCE = oid(_ROOT + "11.1.3.1.15")
SIXTY_UPTIME = oid(_ROOT + "11.1.3.1.17")
SIXTY = (SIXTY_SIGNAL, SIXTY_RATIO, SIXTY_TRANSMITS, SIXTY_RECEIVES, SIXTY_DISTANCE, SIXTY_UPTIME)

UNIFI_STATIONS = oid(_ROOT + "6.1.2.1.8")

_NO_IDEAL = -99.0  # of LTU, where it has not reckoned what should arrive
_TICK = 0.01
_MAIN_RADIO = 1


def decode_airmax(found: Found) -> tuple[RadioRow, ...]:
    """Decode the radios of airMAX."""
    return tuple(_airmax(found, index) for index in found.indexes(*AIRMAX) if len(index) == 1)


def _airmax(found: Found, index: Index) -> RadioRow:
    at = column_reader(found, index)
    quality = percent(at(QUALITY))
    return RadioRow(
        port=f"radio {index[0]}",
        frequency_hertz=frequency_hertz(at(FREQUENCY)),
        signal_dbm=signal_dbm(at(SIGNAL)),
        noise_dbm=signal_dbm(at(NOISE)),
        transmit_power_dbm=within(-20.0, number(valid(at(SENDS))), 60.0) or None,  # 0: it says none
        transmit_bits_per_second=rate(at(TRANSMIT_RATE), 1.0),
        receive_bits_per_second=rate(at(RECEIVE_RATE), 1.0),
        stations=stations(at(STATIONS)),
        quality_ratio=percent(at(CCQ)) if quality is None else quality,
    )


def decode_stations(found: Found) -> tuple[StationRow, ...]:
    """Decode the clients of airMAX, whose radio and address are in the index."""
    rows = []
    for index in found.indexes(STATION_SIGNAL, STATION_DISTANCE):
        client = mac(index[1:])
        if client is None:
            continue
        at = column_reader(found, index)
        row = StationRow(
            port=f"radio {index[0]}",
            mac=client,
            signal_dbm=signal_dbm(at(STATION_SIGNAL)),
            transmit_bits_per_second=rate(at(STATION_TRANSMITS), 1e3),
            receive_bits_per_second=rate(at(STATION_RECEIVES), 1e3),
            distance_meters=length_meters(at(STATION_DISTANCE)),
        )
        rows.append(row)
    return tuple(rows)


def decode_airfiber(found: Found) -> tuple[RadioRow, ...]:
    """Decode the link of an airFiber; its power counts only where it says that it does."""
    return tuple(_airfiber(found, index) for index in found.indexes(*AIRFIBER) if len(index) == 1)


def _airfiber(found: Found, index: Index) -> RadioRow:
    at = column_reader(found, index)
    state = integer(at(FIBER_STATE))
    is_up = None if state not in (0, 1) else state == 1
    return RadioRow(
        port=f"airfiber {index[0]}",
        frequency_hertz=frequency_hertz(at(FIBER_FREQUENCY)),
        signal_dbm=signal_dbm(at(FIBER_POWER)) if integer(at(FIBER_POWER_VALID)) == 1 else None,
        transmit_bits_per_second=rate(at(FIBER_TRANSMITS), 1.0),
        receive_bits_per_second=rate(at(FIBER_RECEIVES), 1.0),
        link_up=is_up,
        link_up_seconds=uptime_seconds(at(FIBER_UPTIME)) if is_up else None,
        distance_meters=length_meters(at(FIBER_DISTANCE)),
    )


def decode_ltu(found: Found) -> tuple[RadioRow, ...]:
    """Decode the links of LTU: what arrives, and what would if both ends were aligned.

    The MIB has the distance in kilometres, the radios give metres.
    """
    connected = integer(found.scalars.get(LTU_CONNECTED))
    rows = []
    for index in found.indexes(*LTU):
        at = column_reader(found, index)
        ideal = signal_dbm(at(LTU_IDEAL))
        row = RadioRow(
            port="ltu " + (mac(index[-6:]) or ".".join(map(str, index))),
            frequency_hertz=frequency_hertz(found.scalars.get(LTU_FREQUENCY)),
            signal_dbm=signal_dbm(at(LTU_POWER)),
            expected_signal_dbm=None if ideal == _NO_IDEAL else ideal,
            transmit_bits_per_second=rate(at(LTU_TRANSMITS), 1e3),
            receive_bits_per_second=rate(at(LTU_RECEIVES), 1e3),
            link_up=None if connected not in (0, 1) else connected == 1,
            distance_meters=length_meters(at(LTU_DISTANCE)),
        )
        rows.append(row)
    return tuple(rows)


def decode_sixty(found: Found) -> tuple[RadioRow, ...]:
    """Decode the links of 60 GHz gear, whose index is the far end's address and then the number of the radio."""
    return tuple(_sixty(found, index) for index in found.indexes(*SIXTY))


def _sixty(found: Found, index: Index) -> RadioRow:
    at = column_reader(found, index)
    radio = index[6:] or (_MAIN_RADIO,)
    return RadioRow(
        port="60ghz " + _sixty_name(index),
        frequency_hertz=frequency_hertz(found.at(SIXTY_FREQUENCY, radio)),
        signal_dbm=signal_dbm(at(SIXTY_SIGNAL)),
        signal_to_noise_db=noise_ratio_db(at(SIXTY_RATIO)),
        transmit_bits_per_second=rate(at(SIXTY_TRANSMITS), 1e3),
        receive_bits_per_second=rate(at(SIXTY_RECEIVES), 1e3),
        link_up_seconds=uptime_seconds(at(SIXTY_UPTIME), _TICK),
        distance_meters=length_meters(at(SIXTY_DISTANCE)),
    )


def _sixty_name(index: Index) -> str:
    """Return the far end, and by which radio where it is not the first: two of them may reach the same one."""
    far = mac(index[:6])
    if far is None:
        return ".".join(map(str, index))
    return far if index[6:] in ((), (_MAIN_RADIO,)) else f"{far} radio {'.'.join(map(str, index[6:]))}"


def decode_unifi(found: Found) -> tuple[RadioRow, ...]:
    """Decode how many clients each network of a UniFi access point has."""
    return tuple(
        RadioRow(port="vap " + ".".join(map(str, index)), stations=stations(found.at(UNIFI_STATIONS, index)))
        for index in found.indexes(UNIFI_STATIONS)
    )


TABLES = (
    Table("ubiquiti.airmax", Part.RADIOS, decode_airmax, AIRMAX, every=MINUTE),
    Table("ubiquiti.stations", Part.STATIONS, decode_stations, STATION, every=MINUTE),
    Table("ubiquiti.airfiber", Part.RADIOS, decode_airfiber, AIRFIBER, every=MINUTE),
    Table("ubiquiti.ltu", Part.RADIOS, decode_ltu, LTU, (LTU_FREQUENCY, LTU_CONNECTED), every=MINUTE),
    Table("ubiquiti.60ghz", Part.RADIOS, decode_sixty, (*SIXTY, SIXTY_FREQUENCY), every=MINUTE),
    Table("ubiquiti.unifi", Part.RADIOS, decode_unifi, (UNIFI_STATIONS,), every=MINUTE),
)
