"""From what the SNMP poller found to samples: polls, ports and light."""

from __future__ import annotations

from collections.abc import Iterator

from netmon.exporter.samples.columns import Sample, alone, column, ones
from netmon.exporter.samples.kept import Facts, Kept
from netmon.exporter.samples.writer import Row
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.vendors.rows import InterfaceRow, OpticRow, PoeRow, Quantity

_IGNORED = ("malformed", "receive-error", "unexpected-source", "unmatched")

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
_OF_HEALTH = {
    Quantity.CPU: "netmon_device_cpu_ratio",
    Quantity.MEMORY: "netmon_device_memory_used_ratio",
    Quantity.MEMORY_SIZE: "netmon_device_memory_size_bytes",
    Quantity.TEMPERATURE: "netmon_device_temperature_celsius",
    Quantity.SUPPLY: "netmon_device_supply_volts",
    Quantity.VOLTAGE: "netmon_device_voltage_volts",
    Quantity.CURRENT: "netmon_device_current_amperes",
    Quantity.POWER: "netmon_device_power_watts",
    Quantity.FAN: "netmon_device_fan_rpm",
    Quantity.HUMIDITY: "netmon_device_humidity_ratio",
}
_WORDS = {quantity: quantity.name.lower() for quantity in Quantity}
_OF_POE: Facts[PoeRow] = {
    "netmon_poe_feeding": lambda port: port.is_feeding,
    "netmon_poe_fault": lambda port: port.is_fault,
    "netmon_poe_power_watts": lambda port: port.watts,
}


def snmp_samples(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    """Yield what the SNMP poller found, and how it fares."""
    yield from _polls(measured)
    yield from _ports(measured, kept)
    yield from _health(measured, kept)


def _polls(measured: SnmpMeasurements) -> Iterator[Sample]:
    polls = [measured.polls[node] for node in sorted(measured.polls)]
    rows: list[Row] = [(poll.node,) for poll in polls]
    yield column("netmon_snmp_up", rows, (poll.ok for poll in polls))
    yield column("netmon_snmp_poll_complete", rows, (poll.complete for poll in polls))
    yield column("netmon_snmp_poll_timestamp_seconds", rows, (poll.at for poll in polls))
    yield column("netmon_snmp_poll_duration_seconds", rows, (poll.duration for poll in polls))
    uptimes = [(poll.node, poll.system.uptime_seconds) for poll in polls if poll.system is not None]
    told = [(node, seconds) for node, seconds in uptimes if seconds is not None]
    yield column("netmon_node_uptime_seconds", [(node,) for node, _ in told], (seconds for _, seconds in told))
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


def _ports(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    """Yield ports and light; of two ports of one name on a node, which no agent should have, the first counts."""
    ports: dict[Row, InterfaceRow] = {}
    optics: dict[Row, OpticRow] = {}
    for node in sorted(measured.polls):
        for port in measured.polls[node].interfaces:
            ports.setdefault((node, port.name), port)
        for optic in measured.polls[node].optics:
            optics.setdefault((node, optic.port), optic)
    yield from kept.facts(_OF_INTERFACE, ports)
    yield from kept.facts(_OF_OPTIC, optics)
    yield ones("netmon_interface_info", [(*row, port.alias) for row, port in ports.items() if port.alias])


def _health(measured: SnmpMeasurements, kept: Kept) -> Iterator[Sample]:
    """Yield the devices' own well-being, a row for each sensor, part and powered port."""
    values: dict[Quantity, dict[Row, float]] = {quantity: {} for quantity in _OF_HEALTH}
    states: dict[Row, float] = {}
    powered: dict[Row, PoeRow] = {}
    for node in sorted(measured.polls):
        for row in measured.polls[node].health:
            if row.value is not None and row.quantity in values:
                values[row.quantity][node, row.name] = row.value
            if row.is_ok is not None:
                states[node, _WORDS[row.quantity], row.name] = row.is_ok
        powered |= {(node, row.port): row for row in measured.polls[node].poe}
    for quantity, name in _OF_HEALTH.items():
        yield column(name, tuple(values[quantity]), values[quantity].values())
    yield column("netmon_device_part_ok", tuple(states), states.values())
    yield from kept.facts(_OF_POE, powered)
