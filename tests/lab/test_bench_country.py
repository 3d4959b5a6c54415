"""`netmon bench country` in small: the same processes, servers and namespace, and fewer villages."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from netmon.bench.country_drawing import country
from tests.requires import require_program

pytestmark = pytest.mark.lab
VILLAGES, REGIONS, DARK = 60, 3, 40


def test_a_cut_region_has_one_fault_and_a_dead_probers_nodes_are_asked_again() -> None:
    require_program("nats-server")
    words = ["--villages", VILLAGES, "--regions", REGIONS, "--dark", DARK, "--probers", 2, "--seconds", 1]
    command = [sys.executable, "-m", "netmon", "bench", "country", *map(str, words), "--format", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 0, ended.stderr
    (row,) = json.loads(ended.stdout)["rows"]
    drawing = country(VILLAGES, REGIONS, DARK)
    assert (row["nodes"], row["dark_nodes"]) == (drawing.nodes, len(drawing.region))
    assert (row["faults"], row["is_trunk_stated"], row["false_faults"]) == (1, True, 0)
    assert row["seconds_until_all_is_known_again"] >= row["seconds_to_notice_a_death"] > 0
    assert row["seconds_until_all_is_known_again"] >= row["seconds_until_all_is_asked_again"] > 0
    assert row["pings_per_second"] > 0
    for kind, count in (("nats_server", 3), ("prober", 2)):
        busiest, together = row[f"cpu_ratio_busiest_{kind}"], row[f"cpu_ratio_{kind}s"]
        assert 0 < busiest <= together <= count * busiest + 0.001
    assert row["cpu_ratio_folder"] > 0
