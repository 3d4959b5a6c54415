"""From what the SNMP poller found to samples: lines, ONUs, supplies, radios and routing.

Clients of radios are counted and not listed: their addresses are people's, and each would be a series of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from netmon.exporter.samples.columns import Sample, column, ones
from netmon.exporter.samples.kept import Fact, Facts, Kept
from netmon.exporter.samples.writer import Column, Row
from netmon.probes.optics.health import Condition, LineHealth
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.snmp.reading import DevicePoll
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


_OF_LINE: Facts[LineHealth] = {
    "netmon_optical_baseline_dbm": lambda health: health.line.baseline,
    "netmon_optical_deviation_db": _deviation,
    "netmon_optical_spread_db": _with_baseline(lambda health: health.line.spread),
    "netmon_optical_drift_db_per_day": _with_baseline(_drift),
    "netmon_optical_limit_dbm": _with_baseline(lambda health: health.limit_dbm),
    "netmon_optical_margin_db": _with_baseline(lambda health: health.margin_db),
    "netmon_optical_days_to_margin": _with_baseline(lambda health: health.days_to_margin),
}
_CONDITION = "netmon_optical_condition"
_CONDITIONS = tuple(Condition)
_PLACE_OF_CONDITION: Facts[LineHealth] = {
    _CONDITION: _with_baseline(lambda health: _CONDITIONS.index(health.condition))
}
_OF_ONU: Facts[OnuRow] = {
    "netmon_onu_up": lambda onu: onu.online,
    "netmon_onu_receive_power_dbm": lambda onu: onu.receive_power_dbm,
    "netmon_onu_transmit_power_dbm": lambda onu: onu.transmit_power_dbm,
    "netmon_onu_olt_receive_power_dbm": lambda onu: onu.olt_receive_power_dbm,
    "netmon_onu_distance_meters": lambda onu: onu.distance_meters,
    "netmon_onu_temperature_celsius": lambda onu: onu.temperature_celsius,
}
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
_OF_SESSION: Facts[RoutingRow] = {
    "netmon_routing_neighbour_up": lambda session: session.is_up,
    "netmon_routing_session_seconds": lambda session: session.seconds,
    "netmon_routing_neighbour_changes_total": lambda session: session.changes,
}


def plant_samples(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    """Yield what devices say of lines, ONUs, supplies, radios and routing."""
    polls = [measured.polls[node] for node in sorted(measured.polls)]
    yield from _lines(measured, kept)
    yield from _onus(polls, kept)
    yield from kept.facts(_OF_UPS, {(poll.node, ups.name): ups for poll in polls for ups in poll.ups})
    yield from _radios(polls, kept)
    sessions: dict[Row, RoutingRow] = {
        (poll.node, one.protocol, one.neighbour): one for poll in polls for one in poll.routing
    }
    yield from kept.facts(_OF_SESSION, sessions)


def _lines(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    lines: dict[Row, LineHealth] = {
        (node, name): health for node in sorted(measured.lines) for name, health in measured.lines[node].items()
    }
    yield from kept.facts(_OF_LINE, lines)
    for places in kept.facts(_PLACE_OF_CONDITION, lines):
        yield from kept.same(_CONDITION, (places,), partial(_conditions, places))


def _conditions(places: Column) -> Iterator[Column]:
    """Yield 1 for the condition of each line, 0 for those that it is not in; the values of `places` are its place."""
    rows = [(*row, condition) for row in places.rows for condition in Condition]
    values = [place == number for place in np.asarray(places.values) for number in range(len(_CONDITIONS))]
    yield column(_CONDITION, rows, values)


def _onus(polls: list[DevicePoll], kept: Kept) -> Iterator[Sample]:
    onus: dict[Row, OnuRow] = {(poll.node, onu.port, str(onu.onu)): onu for poll in polls for onu in poll.onus}
    yield from kept.facts(_OF_ONU, onus)
    off = [(*row, onu.last_down_cause or "unknown") for row, onu in onus.items() if onu.online is False]
    yield ones("netmon_onu_off", off)
    named = [(*row, onu.serial or "", onu.name or "") for row, onu in onus.items() if onu.serial or onu.name]
    yield ones("netmon_onu_info", named)


def _radios(polls: list[DevicePoll], kept: Kept) -> Iterator[Sample]:
    """Yield radios; where one does not count its clients, those that it lists are counted."""
    radios: dict[Row, RadioRow] = {(poll.node, radio.port): radio for poll in polls for radio in poll.radios}
    yield from kept.facts(_OF_RADIO, radios)
    listed: dict[Row, list[StationRow]] = {}
    for poll in polls:
        for station in poll.stations:
            listed.setdefault((poll.node, station.port), []).append(station)
    clients: Mapping[Row, float] = {row: float(len(stations)) for row, stations in listed.items()} | {
        row: float(radio.stations) for row, radio in radios.items() if radio.stations is not None
    }
    yield column("netmon_radio_clients", tuple(clients), clients.values())
    heard = {
        row: [station.signal_dbm for station in stations if station.signal_dbm is not None]
        for row, stations in listed.items()
    }
    weakest = {row: min(signals) for row, signals in heard.items() if signals}
    yield column("netmon_radio_weakest_client_signal_dbm", tuple(weakest), weakest.values())
