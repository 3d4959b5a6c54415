"""From views to samples, read back by prometheus_client's own parsers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from netmon.country.federation import Country
from netmon.country.samples import country_samples
from netmon.events import Member
from netmon.exporter.catalogue import metrics
from netmon.exporter.samples.collect import Collector
from netmon.exporter.samples.probers import ProberCollector, ProberStatus, ProberView
from netmon.exporter.samples.writer import Writer
from netmon.exporter.view import AlertmanagerStatus, DaemonStatus, View
from netmon.model import Finding, Inventory, ServiceFailure, ShareKind, TrapKind, Verdict
from netmon.picture.state import Partition, Pending, ServiceFault, Sharing
from netmon.probes.icmp.measurements import BUCKETS, IcmpMeasurements, IcmpTotals
from netmon.probes.optics.health import LineHealth
from netmon.probes.optics.line import Line
from netmon.probes.optics.robust import Slope
from netmon.probes.services.heartbeats import HeartbeatMeasurements
from netmon.probes.services.prober import ServiceMeasurements
from netmon.probes.services.result import Certificate, ServiceResult
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.snmp.transport import Counts
from netmon.probes.speed.iperf import Direction, Sent
from netmon.probes.speed.tester import SpeedMeasurements
from netmon.probes.traps.receiver import Drop, TrapMeasurements
from netmon.probes.vendors.rows import (
    HealthRow,
    InterfaceRow,
    OnuCause,
    OnuRow,
    OpticRow,
    PoeRow,
    Quantity,
    RadioRow,
    RoutingRow,
    StationRow,
    SystemRow,
    UpsRow,
)
from tests.unit.exporter.county import HOSTILE, NOW, calm, inventory, open_ring, view

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]
Parse = Callable[[str], Iterable[Family]]

plain: Parse = parse_plain
strict: Parse = parse_openmetrics


def read(shown: View) -> Values:
    """Return every sample of a view by its name and labels."""
    return parse(plain, Writer().write(Collector().collect(shown)).decode())


def parse(parser: Parse, text: str) -> Values:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parser(text)
        for sample in family.samples
    }


def one(values: Values, name: str, **labels: str) -> float | None:
    return values.get((name, frozenset(labels.items())))


def icmp() -> IcmpMeasurements:
    totals = IcmpTotals(
        late=1, duplicate=2, forged=3, foreign=4, truncated=5, bad_stamps=6, icmp_errors={"host-unreachable": 7},
        send_errors={"ENOBUFS": 8, "EMSGSIZE": 1}, kernel_drops=9, receive_buffer_bytes=425984, skipped=10,
        interruptions=11, suspects=12, lag=0.003, tick=0.05,
    )  # fmt: skip
    buckets = np.zeros((2, len(BUCKETS) + 1), np.int64)
    buckets[0, 1], buckets[0, -1] = 5, 1
    return IcmpMeasurements(
        nodes=("rtr-a", "rtr-v1"),
        requests=np.array([7, 9]),
        replies=np.array([6, 0]),
        rtt_buckets=buckets,
        rtt_sum=np.array([1.504, 0.0]),
        last_rtt=np.array([0.0008, np.nan]),
        loss=np.array([0.02, np.nan]),
        flap_penalty=np.array([0.0, 1.5]),
        degraded=np.array([True, False]),
        path_errors={},
        totals=totals,
    )


def snmp() -> SnmpMeasurements:
    port = InterfaceRow(
        "sfp1", 1, alias='to "b"\n', oper_up=True, admin_up=True, receive_bytes=2**40, transmit_bytes=0,
        receive_errors=0, transmit_errors=0, receive_discards=0, transmit_discards=3, speed_bits_per_second=1e9,
        checksum_errors=17, link_downs=4,
    )  # fmt: skip
    twin = replace(port, index=2, receive_bytes=5)
    optic = OpticRow(
        "sfp1", -7.25, -2.5, receive_lost=False, transmit_fault=True, temperature_celsius=41.5, bias_amperes=0.032,
        supply_volts=3.3, receive_low_alarm_dbm=-20.0, receive_low_warning_dbm=-19.0, receive_high_alarm_dbm=-3.0,
    )  # fmt: skip
    health = (
        *(HealthRow(quantity, "x", 0.5) for quantity in Quantity if quantity is not Quantity.POWER_SUPPLY),
        HealthRow(Quantity.POWER_SUPPLY, "psu 2", None, is_ok=False),
        HealthRow(Quantity.FAN, "fan 1", 4080.0, is_ok=True),
    )
    poe = (PoeRow("ether5", "poweredOn", is_feeding=True, is_fault=False, watts=2.6),)
    good = DevicePoll(
        "rtr-a", NOW, 1.0, 0.02, ok=True, complete=True, system=SystemRow(uptime_seconds=86_400.0),
        interfaces=(port, twin), optics=(optic,), health=health, poe=poe, **plant(),
    )  # fmt: skip
    bad = DevicePoll("rtr-b", NOW, 1.0, 6.0, ok=False, complete=False, failure=Failure.TIMEOUT)
    counts = Counts(requests=5, retries=2, responses=3, receive_buffer_bytes=212992)
    fading = Line(recent=(-9.0,) * 3, hours=(-8.9, -9.1), days=((1, -8.5), (2, -9.5)), trend=Slope(-0.05, 0.9),
                  is_drifting=True)  # fmt: skip
    lines = {"rtr-a": {"sfp1": LineHealth(fading, limit_dbm=-19.0), "new": LineHealth(Line())}}
    return SnmpMeasurements({"rtr-b": bad, "rtr-a": good}, 2, {Failure.TIMEOUT: 1}, 0, 1, counts, lines)


def plant() -> dict[str, Any]:
    """Return what an OLT, a supply, a radio and a router say."""
    on = OnuRow(
        "gpon 0/1", 7, serial="HWTC1", name="rtr-x", online=True, receive_power_dbm=-21.5, transmit_power_dbm=2.0,
        olt_receive_power_dbm=-23.5, distance_meters=4321.0, temperature_celsius=44.0,
    )  # fmt: skip
    off = OnuRow("gpon 0/1", 8, online=False, last_down_cause=OnuCause.POWER)
    ups = UpsRow(
        on_battery=True, on_battery_seconds=20.0, remaining_seconds=600.0, charge_ratio=0.9, battery_volts=27.0,
        battery_celsius=31.0, input_volts=0.0, output_volts=230.0, load_ratio=0.4, line_failures=5, alarms=1,
    )  # fmt: skip
    radio = RadioRow(
        "wlan1", signal_dbm=-60.0, expected_signal_dbm=-55.0, noise_dbm=-100.0, transmit_bits_per_second=8e6,
        receive_bits_per_second=4e6, link_up=True, quality_ratio=0.9, distance_meters=2100.0,
    )  # fmt: skip
    counted = RadioRow("wlan2", stations=12)
    clients = (StationRow("wlan1", "02:00:00:00:00:01", -60.0), StationRow("wlan1", "02:00:00:00:00:02", -77.0))
    session = RoutingRow("bgp", "198.18.0.1", state="established", is_up=True, changes=3, seconds=60.0)
    return {
        "onus": (on, off),
        "ups": (ups,),
        "radios": (radio, counted),
        "stations": clients,
        "routing": (session, RoutingRow("ospf", "198.18.0.2", state="twoWay")),
    }


def services() -> ServiceMeasurements:
    phases = {"resolve": 0.001, "connect": 0.002}
    chain = (
        Certificate("CN=a", "CN=ca", ("a",), NOW, NOW + 86_400),
        Certificate("CN=ca", "CN=ca", (), NOW, NOW + 9e6),
    )
    good = ServiceResult("web-a", NOW, 0.25, status=200, phases=phases, chain=chain)
    bad = ServiceResult("siak", NOW, 0.5, failure=ServiceFailure.REFUSED)
    probes = {"web-a": "http", "siak": "tcp"}
    failures = {("http", ServiceFailure.TLS): 1, ("tcp", ServiceFailure.REFUSED): 2}
    return ServiceMeasurements({"web-a": good, "siak": bad}, probes, {"http": 3, "tcp": 2}, failures, 0)


def traps() -> TrapMeasurements:
    return TrapMeasurements({TrapKind.LINK_DOWN: 3}, {Drop.RATE: 2}, 1, {"rtr-a": NOW - 5}, "0.0.0.0:162")


@pytest.fixture(scope="module")
def full() -> View:
    picture = replace(open_ring(), inventory=rented(), pending=(Pending(("rtr-c",), {"rtr-b": NOW}, NOW),))
    fault = ServiceFault("S9", ShareKind.ADDRESS, "198.18.0.9", NOW, ("web-a",), ("web-a",))
    found = {"web-a": Finding(Verdict.UNREACHABLE, fault.id)}
    lost = Partition("far", ("rtr-c",), ("rtr-noc",), ())
    sharing = Sharing((Member("p", "far"),), keepers={"far": {"rtr-c": "q"}}, partitions=(lost,))
    picture = replace(picture, service_faults=(fault,), service_findings=found, sharing=sharing)
    told = (AlertmanagerStatus("198.18.0.9:9093", failures=2),)
    status = DaemonStatus(NOW - 100, network="lab", events_buffered=3, alertmanagers=told)
    beats = HeartbeatMeasurements({"kios-a": NOW - 40.0}, taken=7, refused=2)
    sent = {("b-v1", Direction.TO_SITE): Sent(2.4e6), ("b-v1", Direction.FROM_SITE): Sent(trouble="no route")}
    speed = SpeedMeasurements({"b-v1": NOW - 3600.0}, sent, tests=4, failures=1)
    return View(picture, status, icmp(), snmp(), services(), traps(), beats, {"wifi-a": 12}, speed)


def rented() -> Inventory:
    """Return the drawing with a rented line in its cable, and a website that a node of it carries."""
    drawing = inventory()
    line = replace(drawing.links["b-v1"], supplier="icon", contract_mbps=20.0, spare=True)
    website = replace(drawing.services["web-a"], depends_on=("rtr-noc",))
    return replace(drawing, links={**drawing.links, line.id: line}, services={website.id: website})


@pytest.fixture(scope="module")
def values(full: View) -> Values:
    return read(full)


def test_every_metric_of_the_catalogue_has_a_source(full: View) -> None:
    collected = Collector().collect(full)
    assert [sample.metric.name for sample in collected] == list(metrics())
    status = ProberStatus("p", "far", let_in=True, answered=NOW, targets=3, waiting=1, dropped=0, lost=0)
    seen = ProberView(status, icmp(), snmp(), services())
    own = {sample.metric.name for sample in ProberCollector().each(seen)}
    own |= {sample.metric.name for sample in country_samples(Country(NOW))}
    empty = {sample.metric.name for sample in collected if not len(sample.rows)}
    assert not empty - own
    assert own <= metrics().keys()


def test_probers_that_are_there_and_those_that_are_missed_have_their_series(values: Values) -> None:
    assert one(values, "netmon_prober_up", prober="p", vantage="far") == 1
    assert one(values, "netmon_prober_nodes", prober="p", vantage="far") == 0
    assert one(values, "netmon_prober_up", prober="q", vantage="far") == 0
    assert one(values, "netmon_prober_nodes", prober="q", vantage="far") == 1
    assert one(values, "netmon_partition_nodes", vantage="far") == 1


def test_what_speaks_by_itself_is_counted_and_tested_is_there(values: Values) -> None:
    assert values["netmon_heartbeat_timestamp_seconds", frozenset({("service", "kios-a")})] == NOW - 40.0
    assert values["netmon_heartbeats_refused_total", frozenset()] == 2.0
    assert values["netmon_wifi_clients", frozenset({("service", "wifi-a")})] == 12.0
    rates = {labels: rate for (name, labels), rate in values.items() if name == "netmon_speed_test_bytes_per_second"}
    assert rates == {frozenset({("direction", "to-site"), ("link", "b-v1")}): 2.4e6}


def test_both_formats_say_the_same(full: View, values: Values) -> None:
    text = Writer().write(Collector().collect(full), openmetrics=True).decode() + "# EOF\n"
    assert parse(strict, text) == values


def test_the_order_is_the_same_each_time(full: View) -> None:
    assert Writer().write(Collector().collect(full)) == Writer().write(Collector().collect(full))


def test_a_site_has_one_verdict(values: Values) -> None:
    of_v1 = {
        dict(labels)["verdict"]: value
        for (name, labels), value in values.items()
        if name == "netmon_site_verdict" and dict(labels)["site"] == "v1"
    }
    assert of_v1 == {str(verdict): float(verdict is Verdict.UNREACHABLE) for verdict in Verdict}


def test_sites_are_counted_by_kind_district_and_verdict(values: Values) -> None:
    assert one(values, "netmon_sites", kind="village", district="d1", verdict="unreachable") == 2
    assert one(values, "netmon_sites", kind="village", district="d1", verdict="down") == 0
    assert one(values, "netmon_sites", kind="noc", district="", verdict="up") == 1


def test_what_a_supplier_is_paid_for_and_who_answers(values: Values) -> None:
    assert one(values, "netmon_link_contract_bytes_per_second", link="b-v1") == 2_500_000
    assert one(values, "netmon_fault_owner_info", fault="F8", owner="icon") == 1
    assert one(values, "netmon_service_host_info", service="web-a", node="rtr-noc") == 1


def test_a_fault_and_the_sites_it_darkens(values: Values) -> None:
    assert one(values, "netmon_fault_active", fault="F8", kind="cable", element="west", cause="fibre") == 1
    assert one(values, "netmon_fault_sites", fault="F8") == 2
    assert (one(values, "netmon_fault_maintenance", fault="F8"), one(values, "netmon_fault_count", fault="F8")) == (
        0,
        1,
    )
    assert one(values, "netmon_fault_opened_timestamp_seconds", fault="F8") == NOW - 30
    assert one(values, "netmon_site_fault_info", site="v2", fault="F8") == 1


def test_a_fault_that_darkens_nothing_has_something_at_stake(values: Values) -> None:
    assert one(values, "netmon_fault_sites", fault="F9") == 0
    assert one(values, "netmon_fault_sites_at_stake", fault="F9") == 2
    assert one(values, "netmon_fault_sites_at_stake", fault="F8") is None


def test_a_repaired_fault_leaves_no_series() -> None:
    names = {name for name, _ in read(view(calm()))}
    assert not {"netmon_fault_active", "netmon_fault_sites", "netmon_site_fault_info"} & names


def test_up_known_and_shadowed(values: Values) -> None:
    assert one(values, "netmon_node_up", node="rtr-a") == 1
    assert one(values, "netmon_node_up", node="rtr-v1") == 0
    assert one(values, "netmon_node_known", node="rtr-v1") == 1
    assert one(values, "netmon_node_shadowed", node="rtr-v1") == 1
    assert one(values, "netmon_node_up", node="split") is None, "a passive node is never probed"
    assert one(values, "netmon_node_shadowed", node="split") == 1


def test_a_node_without_a_word_is_neither_up_nor_known() -> None:
    picture = calm()
    nodes = {node: state for node, state in picture.nodes.items() if node != "rtr-c"}
    seen = read(view(replace(picture, nodes=nodes)))
    assert one(seen, "netmon_node_up", node="rtr-c") == 0
    assert one(seen, "netmon_node_known", node="rtr-c") == 0


def test_links(values: Values) -> None:
    assert one(values, "netmon_link_up", link="noc-a") == 1
    assert (one(values, "netmon_link_up", link="b-v1"), one(values, "netmon_link_known", link="b-v1")) == (0, 1)
    assert (one(values, "netmon_link_up", link="c-noc"), one(values, "netmon_link_known", link="c-noc")) == (0, 0)
    assert one(values, "netmon_link_bridge", link="a-d1") == 1
    assert one(values, "netmon_node_articulation_point", node="rtr-b") == 1


def test_round_trips_become_cumulative_buckets(values: Values) -> None:
    assert one(values, "netmon_icmp_rtt_seconds_bucket", node="rtr-a", le="0.0005") == 0
    assert one(values, "netmon_icmp_rtt_seconds_bucket", node="rtr-a", le="0.001") == 5
    assert one(values, "netmon_icmp_rtt_seconds_bucket", node="rtr-a", le="+Inf") == 6
    assert one(values, "netmon_icmp_rtt_seconds_count", node="rtr-a") == 6
    assert one(values, "netmon_icmp_rtt_seconds_sum", node="rtr-a") == pytest.approx(1.504)


def test_what_was_never_measured_has_no_sample(values: Values) -> None:
    assert one(values, "netmon_icmp_last_rtt_seconds", node="rtr-a") == pytest.approx(0.0008)
    assert one(values, "netmon_icmp_last_rtt_seconds", node="rtr-v1") is None
    assert one(values, "netmon_icmp_loss_ratio", node="rtr-v1") is None


def test_every_known_reason_is_there_from_the_start(values: Values) -> None:
    for reason in Failure:
        expected = 1 if reason is Failure.TIMEOUT else 0
        assert one(values, "netmon_snmp_poll_failures_total", reason=reason) == expected
    assert one(values, "netmon_icmp_send_errors_total", reason="EPERM") == 0
    assert one(values, "netmon_icmp_send_errors_total", reason="EMSGSIZE") == 1
    assert one(values, "netmon_icmp_replies_ignored_total", reason="forged") == 3
    assert one(values, "netmon_http_check_failures_total", reason="tls") == 1
    assert one(values, "netmon_http_check_failures_total", reason="dns") == 0
    assert one(values, "netmon_service_check_failures_total", probe="tcp", reason="refused") == 2
    assert one(values, "netmon_service_check_failures_total", probe="dns", reason="dns") == 0
    assert one(values, "netmon_service_shadowed", service="web-a") == 1
    assert one(values, "netmon_service_fault_services", fault="S9", kind="address", element="198.18.0.9") == 1
    assert one(values, "netmon_service_failure", service="siak", reason="refused") == 1
    assert one(values, "netmon_http_check_timestamp_seconds", service="siak") is None
    assert one(values, "netmon_tls_certificate_not_after_timestamp_seconds", service="web-a") == NOW + 86_400


def test_ports_and_light(values: Values) -> None:
    assert one(values, "netmon_snmp_up", node="rtr-a") == 1
    assert one(values, "netmon_snmp_up", node="rtr-b") == 0
    assert one(values, "netmon_interface_receive_bytes_total", node="rtr-a", port="sfp1") == 2**40, "the first counts"
    assert one(values, "netmon_interface_speed_bytes_per_second", node="rtr-a", port="sfp1") == 125e6
    assert one(values, "netmon_interface_info", node="rtr-a", port="sfp1", alias='to "b"\n') == 1
    assert one(values, "netmon_optical_receive_power_dbm", node="rtr-a", port="sfp1") == -7.25
    assert one(values, "netmon_node_uptime_seconds", node="rtr-a") == 86_400


def test_a_hostile_name_stays_a_label_value(values: Values) -> None:
    rows = [dict(labels) for name, labels in values if name == "netmon_site_info"]
    assert [row["name"] for row in rows if row["site"] == "v1"] == [HOSTILE]


def test_a_site_without_a_position_has_no_geohash(values: Values) -> None:
    hashes = {dict(labels)["site"]: dict(labels)["geohash"] for name, labels in values if name == "netmon_site_info"}
    assert hashes["lost"] == ""
    assert all(len(found) == 9 for site, found in hashes.items() if site != "lost")


def test_netmon_says_how_it_fares(values: Values) -> None:
    assert one(values, "netmon_ready") == 1
    assert one(values, "netmon_simulated") == 1
    assert one(values, "netmon_journal_position") == 8
    assert one(values, "netmon_events_buffered") == 3
    assert one(values, "netmon_coverage_timestamp_seconds", prober="local") == NOW - 2
    assert one(values, "netmon_inventory_elements", kind="site") == 9
    assert one(values, "netmon_dark_regions_unexplained") == 1


def test_what_leaves_the_inventory_leaves_the_metrics_at_once() -> None:
    collector, writer = Collector(), Writer()
    before = inventory()
    assert b'netmon_site_info{district="d1",geohash=' in writer.write(collector.collect(view(calm(before))))
    sites = {name: site for name, site in before.sites.items() if name != "far"}
    after = calm(replace(before, sites=sites, digest="two"))
    assert b'"far"' not in writer.write(collector.collect(view(after)))


def test_a_site_that_the_picture_does_not_know_is_unknown() -> None:
    picture = replace(calm(), site_findings={"a": Finding(Verdict.UP)})
    assert one(read(view(picture)), "netmon_sites", kind="noc", district="", verdict="unknown") == 1


def test_traps_by_kind_and_what_was_not_believed(values: Values) -> None:
    assert one(values, "netmon_traps_listening") == 1
    assert one(values, "netmon_traps_received_total", kind="link-down") == 3
    assert one(values, "netmon_traps_received_total", kind="cold-start") == 0
    assert one(values, "netmon_traps_dropped_total", reason="rate") == 2
    assert one(values, "netmon_trap_informs_answered_total") == 1
    assert one(values, "netmon_trap_timestamp_seconds", node="rtr-a") == NOW - 5
    deaf = read(replace(view(calm()), traps=replace(traps(), listening=None)))
    assert one(deaf, "netmon_traps_listening") == 0


def test_health_of_devices_by_sensor_and_part(values: Values) -> None:
    assert one(values, "netmon_device_supply_volts", node="rtr-a", sensor="x") == 0.5
    assert one(values, "netmon_device_fan_rpm", node="rtr-a", sensor="fan 1") == 4080.0
    assert one(values, "netmon_device_part_ok", node="rtr-a", kind="power_supply", part="psu 2") == 0
    assert one(values, "netmon_device_part_ok", node="rtr-a", kind="fan", part="fan 1") == 1
    assert one(values, "netmon_poe_power_watts", node="rtr-a", port="ether5") == 2.6
    assert one(values, "netmon_snmp_poll_complete", node="rtr-b") == 0


def test_what_a_module_says_of_itself(values: Values) -> None:
    assert one(values, "netmon_optical_bias_amperes", node="rtr-a", port="sfp1") == 0.032
    assert one(values, "netmon_optical_receive_low_alarm_dbm", node="rtr-a", port="sfp1") == -20.0
    assert one(values, "netmon_optical_transmit_fault", node="rtr-a", port="sfp1") == 1
    assert one(values, "netmon_interface_checksum_errors_total", node="rtr-a", port="sfp1") == 17


def test_what_stands_around_the_routers(values: Values) -> None:
    line = {"node": "rtr-a", "port": "sfp1"}
    assert one(values, "netmon_optical_baseline_dbm", **line) == -9.0
    assert one(values, "netmon_optical_margin_db", **line) == 10.0
    assert one(values, "netmon_optical_days_to_margin", **line) == 200.0
    states = [one(values, "netmon_optical_condition", condition=c, **line) for c in ("well", "drifting", "stepped")]
    assert states == [0, 1, 0]
    onu = {"node": "rtr-a", "port": "gpon 0/1"}
    assert one(values, "netmon_onu_up", onu="7", **onu) == 1
    assert one(values, "netmon_onu_up", onu="8", **onu) == 0
    assert one(values, "netmon_onu_off", onu="8", cause="power", **onu) == 1
    facts = {"onu": "7", "serial": "HWTC1", "name": "rtr-x", **onu}
    assert values["netmon_onu_info", frozenset(facts.items())] == 1
    assert one(values, "netmon_ups_on_battery", node="rtr-a", ups="ups") == 1
    assert one(values, "netmon_radio_clients", node="rtr-a", port="wlan1") == 2
    assert one(values, "netmon_radio_clients", node="rtr-a", port="wlan2") == 12
    assert one(values, "netmon_radio_weakest_client_signal_dbm", node="rtr-a", port="wlan1") == -77.0
    assert one(values, "netmon_radio_transmit_bytes_per_second", node="rtr-a", port="wlan1") == 1e6
    session = {"node": "rtr-a", "protocol": "bgp", "neighbour": "198.18.0.1"}
    assert one(values, "netmon_routing_neighbour_up", **session) == 1
