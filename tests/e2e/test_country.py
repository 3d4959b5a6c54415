"""Regions as one: real daemons, a Prometheus in agent mode, and VictoriaMetrics that keeps what it writes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.e2e.noc import Program
from tests.e2e.terminal import Daemon, Terminal, wait_for
from tests.markdown import TOP
from tests.plain_http import HTTP
from tests.ports import free_port
from tests.requires import require_program

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.long(30)]


def asked(metrics: str, query: str) -> dict[str, float]:
    """Return what VictoriaMetrics answers now, by region."""
    try:
        answer = HTTP.get(f"{metrics}/api/v1/query", params={"query": query})
    except httpx2.HTTPError:
        return {}
    rows = answer.json()["data"]["result"] if answer.is_success else []
    return {row["metric"].get("region", ""): float(row["value"][1]) for row in rows}


def test_a_fault_of_a_region_is_seen_in_the_country_and_a_silent_region_is_unknown(
    ring: Terminal, tmp_path: Path
) -> None:
    for needed in ("prometheus", "victoria-metrics"):
        require_program(needed)
    with ExitStack() as stack:
        region = stack.enter_context(ring.daemon("-i", "ring.yaml", "--lab", "--state", tmp_path / "region"))
        region.await_ready()
        listed = tmp_path / "regions"
        listed.write_text(f"nowhere=http://127.0.0.1:{free_port()}\n", encoding="utf-8")
        words = ("country", "--region", f"ring={region.url}", "--regions", listed, "--interval", "0.5")
        process = ring.process([*words, "--web.listen-address", "127.0.0.1:0"])
        country = stack.enter_context(closing(Daemon(process)))

        store, agent = free_port(), free_port()
        config = yaml.safe_load((TOP / "dashboards" / "prometheus" / "agent.yaml").read_text(encoding="utf-8"))
        config["global"]["scrape_interval"] = "1s"
        config["scrape_configs"][0]["http_sd_configs"] = [
            {"url": f"{country.url.rstrip('/')}/sd/regions", "refresh_interval": "1s"}
        ]
        config["scrape_configs"][1]["static_configs"] = [{"targets": [country.url.split("/")[2]]}]
        config["remote_write"] = [{"url": f"http://127.0.0.1:{store}/api/v1/write"}]
        (tmp_path / "agent.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        for program in (
            Program(
                tmp_path, "victoria-metrics", "-storageDataPath=series", f"-httpListenAddr=127.0.0.1:{store}",
                "-search.latencyOffset=0s", "-loggerLevel=ERROR",
            ),
            Program(
                tmp_path, "prometheus", "--enable-feature=agent", "--config.file=agent.yaml",
                "--storage.agent.path=agent", f"--web.listen-address=127.0.0.1:{agent}",
            ),
        ):  # fmt: skip
            program.start()
            stack.callback(program.end)
        metrics = f"http://127.0.0.1:{store}"

        def until(condition: Callable[[], bool], what: str) -> None:
            wait_for(condition, what, said=lambda: country.said)

        until(lambda: country.metric("netmon_region_up", region="ring") == 1.0, "the region")
        assert country.metric("netmon_region_up", region="nowhere") == 0.0
        assert country.get("/-/ready").status_code == 503
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = region.await_fault("cable:lembah")
        until(lambda: bool(country.api("faults")), "the fault")
        (row,) = country.api("faults")
        assert (row["id"], row["region"], row["heard"]) == (f"ring/{fault['id']}", "ring", True)
        assert {site.split("/")[1] for site in row["sites"]} == region.dark()
        drawn = tmp_path / "drawn"
        drawn.mkdir()
        for name in ("ring", "nowhere", "moon"):
            shutil.copy(ring.folder / "ring.yaml", drawn / f"{name}.yaml")
        asked_all = ("--regions", drawn, "--live", "--url", country.url, "--format", "json")
        spots = ring.type("topology", "blackspots", *asked_all)
        assert spots.returncode == 1, spots.stderr
        said = json.loads(spots.stdout)
        assert said["silent"] == ["moon", "nowhere"]
        (found,) = said["regions"]
        assert {row["site"] for row in found["rows"] if row["sense"] == "dark"} == region.dark()
        assert "knows no region moon" in spots.stderr
        page = country.get("/").text
        assert f'<a href="{region.url.rstrip("/")}/">ring</a>' in page
        assert 'Open faults <span class="number">1</span>' in page
        assert country.get("/api/v1/regions?region=moon").status_code == 400
        wait_for(lambda: asked(metrics, "sum by (region) (netmon_fault_sites)").get("ring") == 3.0, "the store", 60)
        assert asked(metrics, 'netmon_region_up{region="ring"}') == {"ring": 1.0}

        region.end(signal.SIGKILL)
        until(lambda: country.metric("netmon_region_up", region="ring") == 0.0, "the region to be missed")
        (row,) = country.get("/api/v1/regions?region=ring").json()["regions"]
        assert row["heard"] is row["ready"] is False
        assert {verdict for verdict, count in row["counts"].items() if count} <= {"unknown", "unserved"}
        assert row["counts"]["unknown"] > 3
        assert country.api("faults")[0]["heard"] is False
        assert country.end() == 0


def test_regions_that_cannot_be_are_refused(desk: Terminal) -> None:
    nothing = desk.type("country")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (2, 1)
    assert "--region NAME=URL" in nothing.stderr
    (desk.folder / "regions").write_text("tuban\n", encoding="utf-8")
    wrong = desk.type("country", "--regions", "regions")
    assert wrong.returncode == 3
    assert "regions:1" in wrong.stderr


def test_the_single_points_of_failure_of_many_regions_are_one_report(desk: Terminal) -> None:
    made = subprocess.run(
        [sys.executable, TOP / "inventory" / "generate_regions.py", "country", "--regions", "3", "--villages", "60"],
        cwd=desk.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "3 regions" in made.stdout
    said = desk.type("topology", "spof", "--regions", "country", "--least", "2", "--format", "json")
    assert said.returncode == 1, said.stderr
    found = json.loads(said.stdout)["regions"]
    assert [one["region"] for one in found] == ["region-000", "region-001", "region-002"]
    alone = desk.type("topology", "spof", "-i", "country/region-001", "--least", "2", "--format", "json")
    assert found[1]["rows"] == json.loads(alone.stdout)["rows"]
    assert "region-002: " in said.stderr
    table = desk.type("topology", "redundancy", "--regions", "country").stdout.splitlines()
    assert table[0].split()[:2] == ["region", "site"]
    assert len(table) == 1 + sum(len(one["sites"]) - 1 for one in _drawn(desk.folder / "country"))
    refused = desk.type("topology", "spof", "--regions", "country", "-i", "country/region-001")
    assert (refused.returncode, "-i is about one region" in refused.stderr) == (2, True)


def _drawn(country: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(country.glob("*/network.yaml"))]
