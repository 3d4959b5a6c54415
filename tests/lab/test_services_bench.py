"""`netmon bench services`, briefly: real checks against a real nginx, beside the real blackbox_exporter."""

from __future__ import annotations

import pytest

from netmon.bench.services import VILLAGES
from tests.lab.benching import bench
from tests.requires import require_program

pytestmark = pytest.mark.lab


def test_a_short_run_prints_its_rows_and_ratio() -> None:
    require_program("nginx")
    require_program("prometheus-blackbox-exporter")
    found = bench("services", "--targets", "60", "--peer-checks", "10")
    assert [row["checks"] for row in found["rows"]] == [VILLAGES, 60, 10]
    assert all(row["failed"] == 0 and row["cpu_us_per_check"] > 0 for row in found["rows"])
    assert found["ratios"]["cpu netmon / blackbox_exporter"] > 0
