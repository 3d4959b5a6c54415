"""From what the SNMP poller found to samples: lines, ONUs, supplies, radios and routing.

Clients of radios are counted and not listed: their addresses are people's, and each would be a series of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import numpy as np

from netmon.exporter.samples.columns import Sample, column
from netmon.exporter.samples.kept import Fact, Facts, Kept
from netmon.exporter.samples.snmp import Polls
from netmon.exporter.samples.writer import Column, Row
from netmon.probes.optics.health import Condition, LineHealth
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.vendors.rows import OnuRow, RadioRow, RoutingRow, StationRow, UpsRow


def _octets(bits: float | None) -> float | None:
    return None if bits is None else bits / 8


def _with_baseline(fact: Fact[LineHealth]) -> Fact[LineHealth]:
    """Return a fact that is told only of lines that have a baseline, a median of weeks."""
    return lambda health: None if health.line.baseline is None else fact(health)


def _deviation(health: LineHealth) -> float | None:
    level, baseline = health.line.level, health.line.baseline
    return None if level is None or baseline is None else level - baseline


def _drift(health: LineHealth) -> float | None:
    trend = health.line.trend
    return None if trend is None else trend.per_day


_CONDITION = "netmon_optical_condition"
_CONDITIONS = tuple(Condition)
_OF_LINE: Facts[LineHealth] = {
    "netmon_optical_baseline_dbm": lambda health: health.line.baseline,
    "netmon_optical_deviation_db": _deviation,
    "netmon_optical_spread_db": _with_baseline(lambda health: health.line.spread),
    "netmon_optical_drift_db_per_day": _with_baseline(_drift),
    "netmon_optical_limit_dbm": _with_baseline(lambda health: health.limit_dbm),
    "netmon_optical_margin_db": _with_baseline(lambda health: health.margin_db),
    "netmon_optical_days_to_margin": _with_baseline(lambda health: health.days_to_margin),
    _CONDITION: _with_baseline(lambda health: _CONDITIONS.index(health.condition)),  # its place
}
_OF_ONU: Facts[OnuRow] = {
    "netmon_onu_up": lambda onu: onu.online,
    "netmon_onu_receive_power_dbm": lambda onu: onu.receive_power_dbm,
    "netmon_onu_transmit_power_dbm": lambda onu: onu.transmit_power_dbm,
    "netmon_onu_olt_receive_power_dbm": lambda onu: onu.olt_receive_power_dbm,
    "netmon_onu_distance_meters": lambda onu: onu.distance_meters,
    "netmon_onu_temperature_celsius": lambda onu: onu.temperature_celsius,
}
_OFF: Facts[OnuRow] = {"netmon_onu_off": lambda _: 1.0}
_NAMED: Facts[OnuRow] = {"netmon_onu_info": lambda _: 1.0}
_OF_UPS: Facts[UpsRow] = {
    "netmon_ups_on_battery": lambda ups: ups.on_battery,
    "netmon_ups_on_battery_seconds": lambda ups: ups.on_battery_seconds,
    "netmon_ups_battery_charge_ratio": lambda ups: ups.charge_ratio,
    "netmon_ups_battery_runtime_seconds": lambda ups: ups.remaining_seconds,
    "netmon_ups_battery_volts": lambda ups: ups.battery_volts,
    "netmon_ups_battery_temperature_celsius": lambda ups: ups.battery_celsius,
    "netmon_ups_input_volts": lambda ups: ups.input_volts,
    "netmon_ups_output_volts": lambda ups: ups.output_volts,
    "netmon_ups_load_ratio": lambda ups: ups.load_ratio,
    "netmon_ups_alarms": lambda ups: ups.alarms,
    "netmon_ups_line_failures_total": lambda ups: ups.line_failures,
}
_OF_RADIO: Facts[RadioRow] = {
    "netmon_radio_link_up": lambda radio: radio.link_up,
    "netmon_radio_signal_dbm": lambda radio: radio.signal_dbm,
    "netmon_radio_expected_signal_dbm": lambda radio: radio.expected_signal_dbm,
    "netmon_radio_noise_dbm": lambda radio: radio.noise_dbm,
    "netmon_radio_transmit_bytes_per_second": lambda radio: _octets(radio.transmit_bits_per_second),
    "netmon_radio_receive_bytes_per_second": lambda radio: _octets(radio.receive_bits_per_second),
    "netmon_radio_quality_ratio": lambda radio: radio.quality_ratio,
    "netmon_radio_distance_meters": lambda radio: radio.distance_meters,
}
Clients = tuple[int, float | None]
"""How many clients a radio has, and the signal of the weakest."""
_OF_CLIENTS: Facts[Clients] = {
    "netmon_radio_clients": lambda clients: clients[0],
    "netmon_radio_weakest_client_signal_dbm": lambda clients: clients[1],
}
_OF_SESSION: Facts[RoutingRow] = {
    "netmon_routing_neighbour_up": lambda session: session.is_up,
    "netmon_routing_session_seconds": lambda session: session.seconds,
    "netmon_routing_neighbour_changes_total": lambda session: session.changes,
}


def plant_samples(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    """Yield what devices say of lines, ONUs, supplies, radios and routing."""
    polls, lines = measured.polls, measured.lines
    for one in kept.facts(_OF_LINE, lines, _lines):
        is_place = one.metric.name == _CONDITION
        yield from kept.same(_CONDITION, (one,), partial(_conditions, one)) if is_place else (one,)
    yield from kept.facts(_OF_ONU, polls, _onus)
    yield from kept.facts(_OFF, polls, _off)
    yield from kept.facts(_NAMED, polls, _named)
    yield from kept.facts(_OF_UPS, polls, _supplies)
    yield from kept.facts(_OF_RADIO, polls, _radios)
    yield from kept.facts(_OF_CLIENTS, polls, _clients)
    yield from kept.facts(_OF_SESSION, polls, _sessions)


def _conditions(places: Column) -> Iterator[Column]:
    """Yield 1 for the condition of each line, 0 for those that it is not in; the values of `places` are its place."""
    rows = [(*row, condition) for row in places.rows for condition in Condition]
    values = [place == number for place in np.asarray(places.values) for number in range(len(_CONDITIONS))]
    yield column(_CONDITION, rows, values)


def _lines(lines: Iterable[tuple[str, Mapping[str, LineHealth]]]) -> Iterator[tuple[Row, LineHealth]]:
    return (((node, name), health) for node, known in lines for name, health in known.items())


def _onus(polls: Polls) -> Iterator[tuple[Row, OnuRow]]:
    return (((node, onu.port, str(onu.onu)), onu) for node, poll in polls for onu in poll.onus)


def _off(polls: Polls) -> Iterator[tuple[Row, OnuRow]]:
    return (((*row, onu.last_down_cause or "unknown"), onu) for row, onu in _onus(polls) if onu.online is False)


def _named(polls: Polls) -> Iterator[tuple[Row, OnuRow]]:
    return (((*row, onu.serial or "", onu.name or ""), onu) for row, onu in _onus(polls) if onu.serial or onu.name)


def _supplies(polls: Polls) -> Iterator[tuple[Row, UpsRow]]:
    return (((node, ups.name), ups) for node, poll in polls for ups in poll.ups)


def _radios(polls: Polls) -> Iterator[tuple[Row, RadioRow]]:
    return (((node, radio.port), radio) for node, poll in polls for radio in poll.radios)


def _clients(polls: Polls) -> Iterator[tuple[Row, Clients]]:
    """Yield the clients of radios; where one does not count its clients, those that it lists are counted."""
    for node, poll in polls:
        listed: dict[str, list[StationRow]] = {}
        for station in poll.stations:
            listed.setdefault(station.port, []).append(station)
        counts = {port: len(stations) for port, stations in listed.items()}
        counts |= {radio.port: radio.stations for radio in poll.radios if radio.stations is not None}
        for port, count in counts.items():
            heard = [one.signal_dbm for one in listed.get(port, ()) if one.signal_dbm is not None]
            yield (node, port), (count, min(heard, default=None))


def _sessions(polls: Polls) -> Iterator[tuple[Row, RoutingRow]]:
    return (((node, one.protocol, one.neighbour), one) for node, poll in polls for one in poll.routing)
