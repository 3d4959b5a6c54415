"""A village with two lines by two suppliers, in the lab: one is cut, the other carries it, and that is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.requires import require
from tests.small_counties import RING

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.long(20)]

MAIN = '{id: r1-w1, a: "r1:sfp3", b: "w1:sfp1", length_km: 6'
SPARE = '  - {id: r2-w1, a: "r2:sfp4", b: "w1:sfp2", length_km: 9, contract: cadangan, spare: true}\n'
CONTRACTS = """\
contracts:
  - {id: utama, supplier: pemasok-a, monthly_fee: 2500000}
  - {id: cadangan, supplier: pemasok-b, committed_percent: 98}
"""


def test_a_village_on_its_spare_line_is_up_and_its_main_line_has_an_outage(desk: Terminal, tmp_path: Path) -> None:
    assert MAIN in RING
    drawn = RING.replace(MAIN, f"{MAIN}, contract: utama") + SPARE + CONTRACTS
    (desk.folder / "ring.yaml").write_text(drawn, encoding="utf-8")
    with desk.start("lab", "up", "-i", "ring.yaml") as running:
        running.until("Ctrl-C here ends it")
        require("simulated" not in running.said, running.said)
        with desk.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
            daemon.await_ready()

            def line(name: str) -> tuple[str, int]:
                found = daemon.get(f"/api/v1/links/{name}").json()["link"]
                return found["verdict"], len(found["outages"])

            daemon.wait_for(lambda: (line("r1-w1"), line("r2-w1")) == (("up", 0), ("up", 0)), "both lines")
            assert desk.type("lab", "cut", "link:r1-w1").returncode == 0
            daemon.wait_for(lambda: line("r1-w1") == ("down", 1), "the outage of the line")
            daemon.wait_for(
                lambda: {site["id"] for site in daemon.api("sites") if site["on_spare"]} == {"bukit"}, "the finding"
            )
            assert daemon.dark() == set()
            assert line("r2-w1") == ("up", 0)
            assert "Bukit runs on its spare line" in desk.type("status", "--url", daemon.url).stdout
            said = desk.type("why", "bukit", "--url", daemon.url, "--lang", "en").stdout
            assert "It runs on its spare line r2-w1 (pemasok-b), since r1-w1 (pemasok-a) is down." in said
            assert desk.type("lab", "heal", "link:r1-w1").returncode == 0
            daemon.wait_for(lambda: line("r1-w1") == ("up", 1), "the repair of the line")
            assert daemon.end() == 0
    month = daemon_month(desk, tmp_path)
    lines = desk.report("report", "supplier", tmp_path / "journal.sqlite", "--month", month)["lines"]
    down = {one["link"]: (one["supplier"], one["seen_seconds"]["down"], one["down_seconds"] > 0) for one in lines}
    assert down["r1-w1"][0] == "pemasok-a"
    assert down["r1-w1"][1] >= 1
    assert down["r2-w1"] == ("pemasok-b", 0, False)


def daemon_month(desk: Terminal, state: Path) -> str:
    """Return the month that the journal ends in, by the clock of the region."""
    said = desk.report("report", "availability", state / "journal.sqlite")
    return (datetime.fromisoformat(said["to"]) + timedelta(hours=7)).strftime("%Y-%m")
