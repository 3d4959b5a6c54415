"""The catalogue keeps the conventions."""

from __future__ import annotations

import re

from netmon.exporter.catalogue import CHAPTERS, Metric, Type, metrics
from tests.rows import every_row

ALL = list(metrics().values())

CONTRACT = {
    "netmon_site_verdict",
    "netmon_sites",
    "netmon_node_up",
    "netmon_node_known",
    "netmon_node_shadowed",
    "netmon_icmp_requests_total",
    "netmon_icmp_replies_total",
    "netmon_icmp_rtt_seconds",
    "netmon_link_up",
    "netmon_link_bridge",
    "netmon_node_articulation_point",
    "netmon_fault_active",
    "netmon_fault_sites",
    "netmon_snmp_up",
    "netmon_interface_receive_bytes_total",
    "netmon_interface_transmit_bytes_total",
    "netmon_interface_up",
    "netmon_optical_receive_power_dbm",
    "netmon_optical_transmit_power_dbm",
    "netmon_service_up",
    "netmon_coverage_timestamp_seconds",
    "netmon_build_info",
}


def test_the_names_that_others_rely_on_are_there() -> None:
    assert metrics().keys() >= CONTRACT
    assert metrics()["netmon_site_verdict"].labels == ("site", "kind", "district", "verdict")
    assert metrics()["netmon_sites"].labels == ("kind", "district", "verdict")
    assert metrics()["netmon_fault_active"].labels == ("fault", "kind", "element", "cause")
    assert metrics()["netmon_fault_sites"].labels == ("fault",)


def test_no_name_is_used_twice() -> None:
    names = [metric.family for chapter in CHAPTERS for metric in chapter.metrics]
    assert len(names) == len(set(names))


def conventions(metric: Metric) -> dict[str, bool]:
    """Return which conventions a metric keeps."""
    return {
        "name": re.fullmatch(r"netmon_[a-z][a-z0-9_]*", metric.name) is not None,
        "counter": metric.name.endswith("_total") == (metric.type is Type.COUNTER),
        "info": metric.name.endswith("_info") == (metric.type is Type.INFO),
        "unit": not metric.unit or metric.family.endswith(f"_{metric.unit}"),
        "base unit": not re.search(r"milli|micro|percent|bits|kilo|minutes|hours", metric.name),
        "labels that are others'": not {"le", "quantile", "job", "instance", "type"} & set(metric.labels),
        "labels once": len(metric.labels) == len(set(metric.labels)),
        "sentence": metric.help.endswith("."),
        "one line": "\n" not in metric.help,
    }


def test_metrics_keep_the_conventions() -> None:
    broken = {metric.name: [rule for rule, kept in conventions(metric).items() if not kept] for metric in ALL}
    assert {name: rules for name, rules in broken.items() if rules} == {}


@every_row("unit", ["seconds", "bytes", "ratio", "dbm", "celsius"])
def test_a_name_that_ends_in_a_unit_says_so(unit: str) -> None:
    for metric in ALL:
        if metric.family.endswith(f"_{unit}"):
            assert metric.unit == unit, metric.name
