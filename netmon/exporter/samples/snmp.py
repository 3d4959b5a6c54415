"""From what the SNMP poller found to samples: polls, ports and light."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netmon.exporter.samples.columns import Sample, alone, column
from netmon.exporter.samples.kept import Facts, Kept
from netmon.exporter.samples.writer import Row
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import HealthRow, InterfaceRow, OpticRow, PoeRow, Quantity

Polls = Iterable[tuple[str, DevicePoll]]
"""Nodes, and what polling them found."""
_IGNORED = ("malformed", "receive-error", "unexpected-source", "unmatched")

_OF_POLL: Facts[DevicePoll] = {
    "netmon_snmp_up": lambda poll: poll.ok,
    "netmon_snmp_poll_complete": lambda poll: poll.complete,
    "netmon_snmp_poll_timestamp_seconds": lambda poll: poll.at,
    "netmon_snmp_poll_duration_seconds": lambda poll: poll.duration,
    "netmon_node_uptime_seconds": lambda poll: None if poll.system is None else poll.system.uptime_seconds,
}
_OF_INTERFACE: Facts[InterfaceRow] = {
    "netmon_interface_up": lambda port: port.oper_up,
    "netmon_interface_admin_up": lambda port: port.admin_up,
    "netmon_interface_receive_bytes_total": lambda port: port.receive_bytes,
    "netmon_interface_transmit_bytes_total": lambda port: port.transmit_bytes,
    "netmon_interface_receive_errors_total": lambda port: port.receive_errors,
    "netmon_interface_transmit_errors_total": lambda port: port.transmit_errors,
    "netmon_interface_receive_discards_total": lambda port: port.receive_discards,
    "netmon_interface_transmit_discards_total": lambda port: port.transmit_discards,
    "netmon_interface_checksum_errors_total": lambda port: port.checksum_errors,
    "netmon_interface_link_downs_total": lambda port: port.link_downs,
    "netmon_interface_speed_bytes_per_second": lambda port: (
        None if port.speed_bits_per_second is None else port.speed_bits_per_second / 8
    ),
}
_NAMED: Facts[InterfaceRow] = {"netmon_interface_info": lambda _: 1.0}
_OF_OPTIC: Facts[OpticRow] = {
    "netmon_optical_receive_power_dbm": lambda optic: optic.receive_power_dbm,
    "netmon_optical_transmit_power_dbm": lambda optic: optic.transmit_power_dbm,
    "netmon_optical_receive_lost": lambda optic: optic.receive_lost,
    "netmon_optical_transmit_fault": lambda optic: optic.transmit_fault,
    "netmon_optical_temperature_celsius": lambda optic: optic.temperature_celsius,
    "netmon_optical_bias_amperes": lambda optic: optic.bias_amperes,
    "netmon_optical_supply_volts": lambda optic: optic.supply_volts,
    "netmon_optical_receive_low_alarm_dbm": lambda optic: optic.receive_low_alarm_dbm,
    "netmon_optical_receive_low_warning_dbm": lambda optic: optic.receive_low_warning_dbm,
    "netmon_optical_receive_high_alarm_dbm": lambda optic: optic.receive_high_alarm_dbm,
}
Readings = Mapping[Quantity, float]
_OF_HEALTH: Facts[Readings] = {
    "netmon_device_cpu_ratio": lambda sensor: sensor.get(Quantity.CPU),
    "netmon_device_memory_used_ratio": lambda sensor: sensor.get(Quantity.MEMORY),
    "netmon_device_memory_size_bytes": lambda sensor: sensor.get(Quantity.MEMORY_SIZE),
    "netmon_device_temperature_celsius": lambda sensor: sensor.get(Quantity.TEMPERATURE),
    "netmon_device_supply_volts": lambda sensor: sensor.get(Quantity.SUPPLY),
    "netmon_device_voltage_volts": lambda sensor: sensor.get(Quantity.VOLTAGE),
    "netmon_device_current_amperes": lambda sensor: sensor.get(Quantity.CURRENT),
    "netmon_device_power_watts": lambda sensor: sensor.get(Quantity.POWER),
    "netmon_device_fan_rpm": lambda sensor: sensor.get(Quantity.FAN),
    "netmon_device_humidity_ratio": lambda sensor: sensor.get(Quantity.HUMIDITY),
}
_OF_PART: Facts[HealthRow] = {"netmon_device_part_ok": lambda part: part.is_ok}
_WORDS = {quantity: quantity.name.lower() for quantity in Quantity}
_OF_POE: Facts[PoeRow] = {
    "netmon_poe_feeding": lambda port: port.is_feeding,
    "netmon_poe_fault": lambda port: port.is_fault,
    "netmon_poe_power_watts": lambda port: port.watts,
}


def snmp_samples(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    """Yield what the SNMP poller found, and how it fares."""
    polls = measured.polls
    yield from _counters(measured)
    yield from kept.facts(_OF_POLL, polls, _nodes)
    yield from kept.facts(_OF_INTERFACE, polls, _interfaces)
    yield from kept.facts(_NAMED, polls, _named)
    yield from kept.facts(_OF_OPTIC, polls, _optics)
    yield from kept.facts(_OF_HEALTH, polls, _sensors)
    yield from kept.facts(_OF_PART, polls, _parts)
    yield from kept.facts(_OF_POE, polls, _powered)


def _counters(measured: SnmpMeasurements) -> Iterator[Sample]:
    yield alone("netmon_snmp_polls_total", measured.polls_total)
    yield column(
        "netmon_snmp_poll_failures_total",
        [(reason,) for reason in Failure],
        (measured.failures.get(reason, 0) for reason in Failure),
    )
    yield alone("netmon_snmp_polls_skipped_total", measured.skipped)
    yield alone("netmon_snmp_polls_running", measured.running)
    counts = measured.sockets
    yield alone("netmon_snmp_requests_total", counts.requests)
    yield alone("netmon_snmp_retries_total", counts.retries)
    yield alone("netmon_snmp_responses_total", counts.responses)
    yield column(
        "netmon_snmp_datagrams_ignored_total",
        [(reason,) for reason in _IGNORED],
        (counts.ignored[reason] for reason in _IGNORED),
    )
    yield alone("netmon_snmp_receive_buffer_bytes", counts.receive_buffer_bytes)


def _nodes(polls: Polls) -> Iterator[tuple[Row, DevicePoll]]:
    return (((node,), poll) for node, poll in polls)


def _interfaces(polls: Polls) -> Iterator[tuple[Row, InterfaceRow]]:
    return (((node, port.name), port) for node, poll in polls for port in poll.interfaces)


def _named(polls: Polls) -> Iterator[tuple[Row, InterfaceRow]]:
    """Return the ports that have an alias; of two of one name, which no agent should have, the first counts."""
    ports: dict[Row, InterfaceRow] = {}
    for row, port in _interfaces(polls):
        ports.setdefault(row, port)
    return (((*row, port.alias), port) for row, port in ports.items() if port.alias)


def _optics(polls: Polls) -> Iterator[tuple[Row, OpticRow]]:
    return (((node, optic.port), optic) for node, poll in polls for optic in poll.optics)


def _sensors(polls: Polls) -> Iterable[tuple[Row, Readings]]:
    """Return the sensors of devices; what one measures may be several things of one name."""
    sensors: dict[Row, dict[Quantity, float]] = {}
    for node, poll in polls:
        for row in poll.health:
            if row.value is not None:
                sensors.setdefault((node, row.name), {})[row.quantity] = row.value
    return sensors.items()


def _parts(polls: Polls) -> Iterator[tuple[Row, HealthRow]]:
    return (
        ((node, _WORDS[row.quantity], row.name), row)
        for node, poll in polls
        for row in poll.health
        if row.is_ok is not None
    )


def _powered(polls: Polls) -> Iterator[tuple[Row, PoeRow]]:
    return (((node, row.port), row) for node, poll in polls for row in poll.poe)
