"""The bench of SNMP runs and prints what the contract says; figures are judged where it is quiet."""

from __future__ import annotations

import pytest

from tests.lab.benching import bench
from tests.requires import require_program

pytestmark = pytest.mark.lab


def test_bench_snmp_polls_a_real_agent_beside_its_peers() -> None:
    require_program("snmpd")
    require_program("prometheus-snmp-exporter")
    document = bench(
        "snmp", "--rounds", "1", "--polls", "100", "--devices", "10", "--devices", "40", "--in-flight", "20"
    )
    rows = {(row["engine"], row["poll"], row["devices"], row["in_flight"]): row for row in document["rows"]}
    engines = {(engine, poll) for engine, poll, _, _ in rows}
    get, columns = "GET of 8", "8 columns of 23"
    assert engines == {
        *((engine, get) for engine in ("netmon", "netmon v3", "gufo-snmp", "pysnmp", "pysnmp without names")),
        *((engine, columns) for engine in ("netmon", "netmon v3", "gufo-snmp", "snmp_exporter")),
    }
    assert {key[2:] for key in rows if key[:2] == ("netmon", get)} == {(20, 20), (10, 10), (40, 10), (40, 20)}
    for row in document["rows"]:
        assert row["false_timeouts"] == 0, row
        assert row["cpu_ms_per_poll"] > 0
    ours = rows["netmon", get, 40, 20]
    assert ours["open_files"] < 20, "one socket is for all devices"
    assert rows["netmon v3", get, 20, 20]["open_files"] >= 20
    assert set(document["ratios"]) == {
        f"{get}: {engine} / netmon" for engine in ("netmon v3", "gufo-snmp", "pysnmp", "pysnmp without names")
    } | {f"{columns}: {engine} / netmon" for engine in ("netmon v3", "gufo-snmp", "snmp_exporter")} | {
        "netmon: 40 / 10 devices"
    }
    assert document["ratios"][f"{get}: pysnmp / netmon"] > 3
