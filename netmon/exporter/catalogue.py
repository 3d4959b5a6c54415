"""Every metric, once: the renderer, the reference page and the tests are made from this table.

Names follow the Prometheus conventions: base units, `_total` for counters, `_info` for facts with the value 1,
`_timestamp_seconds` for moments. Labels identify, they do not describe; descriptions are joined from `_info` metrics.
Where a value may be unknown there are two metrics, `…_up` and `…_known`: `…_up` is 1 only when it is known to be up,
so that 0 with `…_known` 1 means down, and 0 with `…_known` 0 means that nobody can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """The types of metrics in OpenMetrics' words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `name` is the name people query; `unit` its base unit, which the name then ends with."""

    name: str
    type: Type
    labels: tuple[str, ...]
    help: str
    unit: str = ""

    @property
    def family(self) -> str:
        """The name of the family in OpenMetrics, which lacks the suffix that the type adds."""
        if self.type is Type.COUNTER:
            return self.name.removesuffix("_total")
        if self.type is Type.INFO:
            return self.name.removesuffix("_info")
        return self.name


@dataclass(frozen=True, slots=True)
class Chapter:
    """Metrics that are read together, and what they are about."""

    title: str
    metrics: tuple[Metric, ...]


def _gauge(name: str, labels: str, help_: str, unit: str = "") -> Metric:
    return Metric(f"netmon_{name}", Type.GAUGE, tuple(labels.split()), help_, unit)


def _counter(name: str, labels: str, help_: str, unit: str = "") -> Metric:
    return Metric(f"netmon_{name}_total", Type.COUNTER, tuple(labels.split()), help_, unit)


def _info(name: str, labels: str, help_: str) -> Metric:
    return Metric(f"netmon_{name}_info", Type.INFO, tuple(labels.split()), help_)


def _histogram(name: str, labels: str, help_: str, unit: str) -> Metric:
    return Metric(f"netmon_{name}", Type.HISTOGRAM, tuple(labels.split()), help_, unit)


CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "Sites",
        (
            _gauge(
                "site_verdict",
                "site kind district verdict",
                "1 for the verdict the site has, 0 for each it has not; exactly one is 1.",
            ),
            _gauge("sites", "kind district verdict", "Sites of a kind and district that have a verdict."),
            _gauge("site_on_spare", "site", "1 while a site runs on its spare line; only of sites that have one."),
            _info("site", "site name kind district geohash", "What a site is and where it lies."),
            _info("site_fault", "site fault", "The fault that darkens a site; exists only while it does."),
        ),
    ),
    Chapter(
        "Faults",
        (
            _gauge("fault_active", "fault kind element cause", "1 while the fault is open; then the series ends."),
            _gauge("fault_sites", "fault", "Sites that an open fault darkens; 0 when only redundancy is lost."),
            _gauge(
                "fault_sites_at_stake",
                "fault",
                "Sites that one more cut would darken; exists only for faults that darken nothing.",
            ),
            _gauge(
                "fault_opened_timestamp_seconds", "fault", "First miss, or first evidence, of a fault.", "seconds"
            ),
            _gauge(
                "fault_confidence_ratio", "fault", "Probability that the named element is the failed one.", "ratio"
            ),
            _info(
                "fault_owner",
                "fault owner",
                "Who answers for the failed element, where that is not the network's staff.",
            ),
            _gauge("fault_maintenance", "fault", "1 while announced work covers the fault: page nobody."),
            _gauge("fault_count", "fault", "How often a flapping fault has come, the first time included."),
            _gauge("dark_regions_unexplained", "", "Dark regions whose cause is still being found out."),
        ),
    ),
    Chapter(
        "Nodes and links",
        (
            _gauge("node_up", "node", "1 when a monitored node is known to answer."),
            _gauge("node_known", "node", "1 when it is known whether a monitored node answers."),
            _gauge("node_shadowed", "node", "1 when a node is dark because of a fault elsewhere."),
            _gauge(
                "node_in_maintenance", "node", "1 while announced work is on a node, on its site, or on a line of it."
            ),
            _gauge(
                "node_articulation_point", "node", "1 when losing this node would cut others off, as things are now."
            ),
            _info("node", "node site address role power_area", "What a node is and where it stands."),
            _gauge("link_up", "link", "1 when a link is known to carry traffic."),
            _gauge("link_known", "link", "1 when it is known whether a link carries traffic."),
            _gauge("link_bridge", "link", "1 when losing this link would cut nodes off, as things are now."),
            _gauge(
                "link_contract_bytes_per_second", "link", "Speed that a supplier is paid for.", "bytes_per_second"
            ),
            _info("link", "link source target source_port target_port kind supplier", "What a link joins."),
        ),
    ),
    Chapter(
        "Drawing and network",
        (
            _gauge(
                "topology_drift",
                "kind",
                "Differences between the drawing and what neighbours say: missing, extra, moved, swapped-port, "
                "never-confirmed.",
            ),
            _gauge("link_confirmed", "link", "1 when the ends of a drawn link hear each other, or last did."),
            _gauge("neighbours_not_drawn", "", "Devices that announce themselves to a node and are not drawn."),
        ),
    ),
    Chapter(
        "Ping",
        (
            _counter("icmp_requests", "node", "Echo requests sent to a node."),
            _counter("icmp_replies", "node", "Echo replies received from a node in time and believed."),
            _histogram("icmp_rtt_seconds", "node", "Round trips of a node, by kernel time stamps.", "seconds"),
            _gauge("icmp_last_rtt_seconds", "node", "The latest round trip of a node.", "seconds"),
            _gauge("icmp_loss_ratio", "node", "Share of a node's packets that get lost while it is up.", "ratio"),
            _gauge("node_degraded", "node", "1 while a node's line is worse than its own history."),
            _gauge("node_flap_penalty", "node", "One for each outage of a node, halved every quarter of an hour."),
            _counter("icmp_replies_ignored", "reason", "Replies that were not believed."),
            _counter("icmp_errors", "reason", "ICMP errors received about requests, such as host-unreachable."),
            _counter("icmp_send_errors", "reason", "Requests that this machine could not send, by errno."),
            _counter("icmp_bad_stamps", "", "Replies whose kernel time stamp contradicted the monotonic clock."),
            _counter("icmp_kernel_drops", "", "Packets that the kernel dropped because the receive buffer was full."),
            _gauge(
                "icmp_receive_buffer_bytes", "", "Receive buffer of the socket, as the kernel granted it.", "bytes"
            ),
            _counter("icmp_rounds_skipped", "", "Rounds that were due and never sent."),
            _counter("icmp_interruptions", "", "Times that probing was not alive: suspend, stall or clock step."),
            _gauge("icmp_suspects", "", "Nodes that missed a reply and are being asked again."),
            _gauge("icmp_lag_seconds", "", "How late the last turn of the probing loop was.", "seconds"),
            _gauge("icmp_tick_seconds", "", "How long the probing loop sleeps between turns.", "seconds"),
        ),
    ),
    Chapter(
        "SNMP",
        (
            _gauge("snmp_up", "node", "1 when the last poll of a node was answered."),
            _gauge("snmp_poll_complete", "node", "1 when nothing was missing from the last poll of a node."),
            _gauge("snmp_poll_timestamp_seconds", "node", "Start of the last poll of a node.", "seconds"),
            _gauge("snmp_poll_duration_seconds", "node", "Length of the last poll of a node.", "seconds"),
            _gauge("node_uptime_seconds", "node", "Time since the node started, as it says itself.", "seconds"),
            _counter("snmp_polls", "", "Finished polls."),
            _counter("snmp_poll_failures", "reason", "Incomplete polls by the first thing that failed."),
            _counter("snmp_polls_skipped", "", "Turns that passed unused because the poll before still ran."),
            _gauge("snmp_polls_running", "", "Polls that run now."),
            _counter("snmp_requests", "", "Datagrams sent, first attempts."),
            _counter("snmp_retries", "", "Datagrams sent again for want of an answer."),
            _counter("snmp_responses", "", "Answers that matched a request."),
            _counter("snmp_datagrams_ignored", "reason", "Datagrams received and not used."),
            _gauge("snmp_receive_buffer_bytes", "", "Receive buffer of a socket, as the kernel granted it.", "bytes"),
        ),
    ),
    Chapter(
        "Ports and light",
        (
            _gauge("interface_up", "node port", "1 when the line of a port is up (ifOperStatus)."),
            _gauge("interface_admin_up", "node port", "1 when a port is switched on (ifAdminStatus)."),
            _counter("interface_receive_bytes", "node port", "Bytes received by a port.", "bytes"),
            _counter("interface_transmit_bytes", "node port", "Bytes sent by a port.", "bytes"),
            _counter("interface_receive_errors", "node port", "Frames received broken."),
            _counter("interface_transmit_errors", "node port", "Frames that could not be sent for errors."),
            _counter("interface_receive_discards", "node port", "Sound frames dropped on receipt."),
            _counter("interface_transmit_discards", "node port", "Sound frames dropped instead of sent."),
            _counter("interface_checksum_errors", "node port", "Frames received with a bad checksum: a bad line."),
            _counter("interface_link_downs", "node port", "Times that the line of a port went down."),
            _gauge("interface_speed_bytes_per_second", "node port", "Nominal speed of a port.", "bytes_per_second"),
            _info("interface", "node port alias", "The description of a port (ifAlias)."),
            _gauge("optical_receive_power_dbm", "node port", "Received light of a port's module.", "dbm"),
            _gauge("optical_transmit_power_dbm", "node port", "Sent light of a port's module.", "dbm"),
            _gauge("optical_receive_lost", "node port", "1 when a port's module says that no light arrives."),
            _gauge("optical_transmit_fault", "node port", "1 when a port's module says that it cannot send."),
            _gauge("optical_temperature_celsius", "node port", "Temperature of a port's module.", "celsius"),
            _gauge("optical_bias_amperes", "node port", "Current through the laser of a port's module.", "amperes"),
            _gauge("optical_supply_volts", "node port", "Voltage that feeds a port's module.", "volts"),
            _gauge("optical_receive_low_alarm_dbm", "node port", "Least light, as the module itself says.", "dbm"),
            _gauge("optical_receive_low_warning_dbm", "node port", "Light below which the module warns.", "dbm"),
            _gauge("optical_receive_high_alarm_dbm", "node port", "Most light that the module bears.", "dbm"),
        ),
    ),
    Chapter(
        "Health of devices",
        (
            _gauge("device_cpu_ratio", "node sensor", "Load of a processor, 0 to 1.", "ratio"),
            _gauge("device_memory_used_ratio", "node sensor", "Share of a memory that is in use.", "ratio"),
            _gauge("device_memory_size_bytes", "node sensor", "Size of a memory.", "bytes"),
            _gauge("device_temperature_celsius", "node sensor", "Temperature of a part.", "celsius"),
            _gauge("device_supply_volts", "node sensor", "Voltage that comes in; it sags before it fails.", "volts"),
            _gauge("device_voltage_volts", "node sensor", "Voltage inside a device.", "volts"),
            _gauge("device_current_amperes", "node sensor", "Current that a part draws.", "amperes"),
            _gauge("device_power_watts", "node sensor", "Power that a part draws.", "watts"),
            _gauge("device_fan_rpm", "node sensor", "Speed of a fan, in revolutions per minute.", "rpm"),
            _gauge("device_humidity_ratio", "node sensor", "Relative humidity, 0 to 1.", "ratio"),
            _gauge("device_part_ok", "node kind part", "1 while a device calls a part of its own in order."),
            _gauge("poe_feeding", "node port", "1 while a port feeds what hangs on it."),
            _gauge("poe_fault", "node port", "1 while a port should feed something and cannot."),
            _gauge("poe_power_watts", "node port", "Power that a port feeds.", "watts"),
        ),
    ),
    Chapter(
        "Traps",
        (
            _gauge("traps_listening", "", "1 while traps are received (see `--trap.listen`)."),
            _counter("traps_received", "kind", "Traps and informs that were believed, by what they say."),
            _counter(
                "traps_dropped",
                "reason",
                "Datagrams that were not: unknown-source, rate, malformed, credentials; send: an answer that failed.",
            ),
            _counter("trap_informs_answered", "", "Informs among them, which were acknowledged."),
            _gauge("trap_timestamp_seconds", "node", "When a node last sent a trap that was believed.", "seconds"),
        ),
    ),
    Chapter(
        "Health of lines",
        (
            _gauge(
                "optical_baseline_dbm",
                "node port",
                "What a line usually receives: the median of a week; what it was before while it is stepped.",
                "dbm",
            ),
            _gauge("optical_deviation_db", "node port", "What it receives now, above what is usual.", "db"),
            _gauge(
                "optical_spread_db", "node port", "Median absolute deviation of the last day, hour by hour.", "db"
            ),
            _gauge(
                "optical_drift_db_per_day", "node port", "How a line's daily medians run; negative while it fades."
            ),
            _gauge("optical_limit_dbm", "node port", "The least light that a line's receiver works with.", "dbm"),
            _gauge("optical_margin_db", "node port", "What a line receives now, above that limit.", "db"),
            _gauge(
                "optical_days_to_margin", "node port", "Days until a line that drifts is at its receiver's limit."
            ),
            _gauge(
                "optical_condition",
                "node port condition",
                "1 for the condition a line is in: well, drifting or stepped; 0 for those it is not.",
            ),
        ),
    ),
    Chapter(
        "ONUs",
        (
            _gauge("onu_up", "node port onu", "1 when an OLT says that an ONU of it is on."),
            _gauge("onu_off", "node port onu cause", "1 while an ONU is off, with why; then the series ends."),
            _gauge("onu_receive_power_dbm", "node port onu", "Light that an ONU receives, read hourly.", "dbm"),
            _gauge("onu_transmit_power_dbm", "node port onu", "Light that an ONU sends, read hourly.", "dbm"),
            _gauge("onu_olt_receive_power_dbm", "node port onu", "Light of an ONU at its OLT, read hourly.", "dbm"),
            _gauge("onu_distance_meters", "node port onu", "Length of the fibre to an ONU.", "meters"),
            _gauge("onu_temperature_celsius", "node port onu", "Temperature of an ONU's module.", "celsius"),
            _info("onu", "node port onu serial name", "What an ONU is, as its OLT knows it."),
        ),
    ),
    Chapter(
        "Supplies",
        (
            _gauge("ups_on_battery", "node ups", "1 while the load of a supply lives on its battery."),
            _gauge("ups_on_battery_seconds", "node ups", "For how long it has.", "seconds"),
            _gauge("ups_battery_charge_ratio", "node ups", "How full the battery is.", "ratio"),
            _gauge("ups_battery_runtime_seconds", "node ups", "How long the battery will last.", "seconds"),
            _gauge("ups_battery_volts", "node ups", "Voltage of the battery.", "volts"),
            _gauge("ups_battery_temperature_celsius", "node ups", "Temperature of the battery.", "celsius"),
            _gauge("ups_input_volts", "node ups", "Mains voltage, of the lowest line.", "volts"),
            _gauge("ups_output_volts", "node ups", "Voltage given, of the lowest line.", "volts"),
            _gauge("ups_load_ratio", "node ups", "Load, of the busiest line.", "ratio"),
            _gauge("ups_alarms", "node ups", "Alarms that a supply has now."),
            _counter("ups_line_failures", "node ups", "Times that the mains were out of tolerance."),
        ),
    ),
    Chapter(
        "Radios",
        (
            _gauge("radio_link_up", "node port", "1 when a radio says that its link is there."),
            _gauge("radio_signal_dbm", "node port", "Signal that a radio receives.", "dbm"),
            _gauge("radio_expected_signal_dbm", "node port", "Signal that it would, well aligned.", "dbm"),
            _gauge("radio_noise_dbm", "node port", "Noise floor of a radio.", "dbm"),
            _gauge("radio_weakest_client_signal_dbm", "node port", "Signal of the weakest client.", "dbm"),
            _gauge("radio_clients", "node port", "Clients of a radio."),
            _gauge("radio_transmit_bytes_per_second", "node port", "Rate of a link outwards.", "bytes_per_second"),
            _gauge("radio_receive_bytes_per_second", "node port", "Rate of a link inwards.", "bytes_per_second"),
            _gauge("radio_quality_ratio", "node port", "Quality of a link, as its maker has it.", "ratio"),
            _gauge("radio_distance_meters", "node port", "Length of a link.", "meters"),
        ),
    ),
    Chapter(
        "Routing",
        (
            _gauge(
                "routing_neighbour_up",
                "node protocol neighbour",
                "1 when a node exchanges routes with a neighbour (OSPF full, BGP established).",
            ),
            _gauge(
                "routing_session_seconds", "node protocol neighbour", "How long a BGP session has lasted.", "seconds"
            ),
            _counter(
                "routing_neighbour_changes", "node protocol neighbour", "Changes of state that a node has counted."
            ),
        ),
    ),
    Chapter(
        "Services",
        (
            _gauge("service_up", "service", "1 when a service is known to answer as it should."),
            _gauge("service_known", "service", "1 when it is known whether a service answers as it should."),
            _gauge("service_shadowed", "service", "1 while a service fails by a fault that is not its own alone."),
            _gauge("service_fault_services", "fault kind element", "Services that fail by one open fault."),
            _info("service", "service site kind", "What a service is and which site uses it."),
            _info("service_host", "service node", "A node that carries a service, such as its hosting or a proxy."),
            _gauge("service_check_timestamp_seconds", "service", "Start of the last check of a service.", "seconds"),
            _gauge("service_check_duration_seconds", "service", "Length of the last check of a service.", "seconds"),
            _gauge(
                "service_failure", "service reason", "1 for the step at which the last check of a service failed."
            ),
            _counter("service_checks", "probe", "Finished checks of services, by kind of check: dns, http, tcp."),
            _counter("service_check_failures", "probe reason", "Failed checks of services by the step that failed."),
            _gauge(
                "heartbeat_timestamp_seconds",
                "service",
                "When a service last said by itself that it lives.",
                "seconds",
            ),
            _counter("heartbeats", "", "Heartbeats of services that were taken."),
            _counter("heartbeats_refused", "", "Heartbeats that came without the token of their service."),
            _gauge("wifi_clients", "service", "Clients of a wifi at all its access points."),
            _gauge("http_check_timestamp_seconds", "service", "Start of the last check of a website.", "seconds"),
            _gauge("http_duration_seconds", "service", "Length of the last check of a website.", "seconds"),
            _gauge(
                "http_phase_duration_seconds",
                "service phase",
                "Length of a phase of the last check: resolve, connect, tls, processing, transfer.",
                "seconds",
            ),
            _gauge("http_status_code", "service", "HTTP status that the last check ended with."),
            _gauge(
                "tls_certificate_not_after_timestamp_seconds",
                "service",
                "End of the chain of certificates that the last check was shown, accepted or not.",
                "seconds",
            ),
            _counter("http_checks", "", "Finished checks of websites."),
            _counter("http_check_failures", "reason", "Failed checks of websites by the step that failed."),
            _counter("http_checks_skipped", "", "Turns that passed unused because the check before still ran."),
        ),
    ),
    Chapter(
        "Speed tests",
        (
            _gauge("speed_test_timestamp_seconds", "link", "Start of the last speed test of a line.", "seconds"),
            _gauge(
                "speed_test_bytes_per_second",
                "link direction",
                "What arrived in the last speed test of a line: to-site or from-site; absent where it failed.",
                "bytes_per_second",
            ),
            _counter("speed_tests", "", "Finished speed tests, each of both directions."),
            _counter("speed_test_failures", "", "Speed tests of which a direction failed."),
        ),
    ),
    Chapter(
        "netmon itself",
        (
            _gauge(
                "coverage_timestamp_seconds",
                "prober",
                "Probing was alive, and every target probed and judged, up to this time.",
                "seconds",
            ),
            _gauge("ready", "", "1 when verdicts can be trusted: every target has been judged at least once."),
            _gauge("simulated", "", "1 when probes do not reach a real network but a lab or a simulation."),
            _gauge("inventory_elements", "kind", "Things of a kind in the inventory in force."),
            _gauge("journal_position", "", "Position of the last journal entry that is in the picture."),
            _gauge("journal_checkpoint", "", "Position of the newest checkpoint: a start folds what follows it."),
            _gauge("journal_failing", "", "1 while the journal cannot be written, or a shared one be read."),
            _counter(
                "journal_apart", "", "Entries that a server of a shared journal told otherwise than their writer."
            ),
            _counter(
                "journal_missing", "", "Entries of a shared journal that no server holds: their time is unknown."
            ),
            _gauge("leads", "", "1 while this netmon writes the journal; of several that share one, one does."),
            _gauge("events_buffered", "", "Events that wait to be written to the journal."),
            _counter("events_lost", "", "Events dropped because the journal could not take them for too long."),
            _counter("evaluations", "", "Turns of the fold from journal entries to pictures."),
            _gauge("evaluation_duration_seconds", "", "Time that the last turn of the fold took.", "seconds"),
            _counter(
                "internal_errors", "", "Journal entries that netmon failed to fold; each is a mistake in netmon."
            ),
            _gauge("config_last_reload_successful", "", "1 when the last reload of the inventory worked."),
            _gauge(
                "config_last_reload_success_timestamp_seconds",
                "",
                "When the inventory in force was loaded.",
                "seconds",
            ),
            _gauge(
                "web_config_last_reload_successful",
                "",
                "1 when the web configuration file as it stands is in force; 0 while an older one is.",
            ),
            _gauge(
                "alertmanager_reached", "alertmanager", "1 when an Alertmanager took what it was last told at once."
            ),
            _counter(
                "alertmanager_failures", "alertmanager", "Times that an Alertmanager could not be told at once."
            ),
            _gauge("event_stream_clients", "", "Open event streams."),
            _info("build", "version python", "Versions of netmon and of Python."),
        ),
    ),
    Chapter(
        "Regions, as `netmon country` has them",
        (
            _gauge("region_up", "region", "1 while a region's netmon answers."),
            _gauge("region_heard_timestamp_seconds", "region", "When a region last answered.", "seconds"),
            _gauge(
                "region_sites",
                "region kind verdict",
                "Sites of a region by kind and verdict; while it does not answer, its served sites are unknown.",
            ),
            _gauge("region_faults", "region", "Open faults of a region; exists only while it answers."),
        ),
    ),
    Chapter(
        "Probers elsewhere",
        (
            _gauge(
                "prober_up", "prober vantage", "1 while a prober elsewhere is there; 0 when its targets are nobody's."
            ),
            _gauge("prober_nodes", "prober vantage", "Nodes whose reach a prober elsewhere speaks for."),
            _gauge("partition_nodes", "vantage", "Nodes that one vantage has lost and another reaches."),
            _gauge(
                "prober_let_in", "prober vantage", "Of a prober itself: 1 while it has a share of what is probed."
            ),
            _gauge("prober_targets", "prober vantage", "Of a prober itself: nodes that it pings."),
            _gauge(
                "prober_answered_timestamp_seconds",
                "prober vantage",
                "Of a prober itself: when whoever writes the journal last answered it.",
                "seconds",
            ),
            _gauge("prober_events_waiting", "prober vantage", "Of a prober itself: events that are not written yet."),
            _counter(
                "prober_events_dropped",
                "prober vantage",
                "Of a prober itself: words of quality that made room for changes while nobody answered.",
            ),
            _counter(
                "prober_events_lost",
                "prober vantage",
                "Of a prober itself: changes lost for want of room; their time is unknown.",
            ),
        ),
    ),
)


PROBE = Chapter(
    "One probe on demand",
    tuple(
        Metric(name, Type.GAUGE, tuple(labels.split()), help_, unit)
        for name, labels, help_, unit in (
            ("probe_success", "", "1 when the target answered as it should.", ""),
            ("probe_duration_seconds", "", "How long the probe took.", "seconds"),
            ("probe_icmp_packets_sent", "", "Echo requests sent.", ""),
            ("probe_icmp_packets_received", "", "Echo replies received.", ""),
            ("probe_icmp_duration_seconds", "phase", "Round trip, the least and the mean (rtt_min, rtt).", "seconds"),
            ("probe_snmp_uptime_seconds", "", "Time since the agent's start, as it says.", "seconds"),
            ("probe_dns_lookup_time_seconds", "", "Time that resolving the name took.", "seconds"),
            ("probe_http_status_code", "", "HTTP status that the check ended with.", ""),
            ("probe_http_duration_seconds", "phase", "Length of a phase of the check.", "seconds"),
            ("probe_ssl_earliest_cert_expiry", "", "End of the certificate that was shown, Unix seconds.", ""),
        )
    ),
)
"""What `/probe` answers. The names are blackbox_exporter's, so that its dashboards and alerts fit."""


def metrics(chapters: Iterable[Chapter] = CHAPTERS) -> dict[str, Metric]:
    """Return all metrics by name, in the order of the catalogue."""
    return {metric.name: metric for chapter in chapters for metric in chapter.metrics}
