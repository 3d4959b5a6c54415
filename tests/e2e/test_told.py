"""What people tell a running daemon, and what the ledger says afterwards: on the lab, in a real state folder."""

from __future__ import annotations

import json
import math
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.terminal import Daemon, Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.lab]

VALLEY = {"lembah-1", "lembah-2", "lembah-3"}


def verdict_of(daemon: Daemon, site: str) -> str:
    found: str = daemon.get(f"/api/v1/sites/{site}").json()["site"]["verdict"]
    return found


def test_work_is_announced_the_cause_is_told_and_the_report_says_both(ring: Terminal, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path))
    with ring.daemon("-i", "ring.yaml", *state, "--lab") as daemon:
        daemon.await_ready()
        socket = tmp_path / "control.sock"
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        added = ring.type(
            "maintenance", "add", "cable:lembah", "--for", "1h", "--id", "w1", "--note", "tiang", *state
        )
        assert (added.returncode, added.stdout) == (0, "w1\n"), added.stderr
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = daemon.await_fault("cable:lembah")
        daemon.wait_for(lambda: {verdict_of(daemon, site) for site in VALLEY} == {"maintenance"}, "maintenance")
        assert daemon.get(f"/api/v1/faults/{fault['id']}").json()["fault"]["maintenance"] == "w1"
        (window,) = ring.report("maintenance", "list", *state)["windows"]
        assert (window["element"], window["active"], window["note"]) == ("cable:lembah", True, "tiang")

        assert ring.type("maintenance", "end", "w1", *state).returncode == 0
        daemon.wait_for(lambda: daemon.dark() == VALLEY, "the work to be over")
        assert ring.type("lab", "heal", "cable:lembah").returncode == 0
        daemon.await_calm()
        over = math.ceil(time.time())
        daemon.wait_for(lambda: time.time() > over, "the second to be over, as reports are of whole ones")

        told = ring.type("incident", fault["id"], "--cause", "device", "--note", "salah colok", *state)
        assert told.returncode == 0, told.stderr
        daemon.wait_for(
            lambda: daemon.get(f"/api/v1/incidents/{fault['id']}").json()["incident"]["cause"] == "device",
            "the cause to be what people said",
        )
        shown = ring.type("incident", fault["id"], "--url", daemon.url)
        assert "salah colok" in shown.stdout
        assert fault["id"] in ring.type("incident", "--url", daemon.url).stdout
    journal = str(tmp_path / "journal.sqlite")
    outages = ring.report("report", "outages", journal)["outages"]
    assert {one["site"] for one in outages} == VALLEY
    assert {(one["cause"], one["incident"]) for one in outages} == {("device", fault["id"])}
    assert {one["element"] for one in outages} <= {
        "cable:lembah",
        "link:r2-v1",
        "node:v1",
    }  # nobody can tell them apart
    assert all(one["repair_seconds"] > 0 for one in outages)
    report = ring.report("report", "availability", journal)
    for row in report["sites"]:
        assert (
            sum(row[key] for key in row if key.endswith("_seconds") and key != "known_seconds")
            == (report["period_seconds"])
        )
    by_site = {row["site"]: row for row in report["sites"]}
    assert by_site["lembah-1"]["maintenance_seconds"] > 0
    assert by_site["bukit"]["availability_ratio"] == 1.0
    covered = ring.report("report", "probing", journal)["sites"]
    assert all(0 < row["coverage_ratio"] <= 1 for row in covered)


def test_orders_that_cannot_be_are_refused_in_one_line(ring: Terminal, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path))
    with ring.daemon("-i", "ring.yaml", *state, "--lab") as daemon:
        daemon.await_ready()
        for words, said in (
            (("incident", "F999", "--cause", "power"), "there is no incident 'F999'"),
            (("maintenance", "add", "cable:nowhere", "--for", "1h"), "there is no cable 'nowhere' in the drawing"),
            (("maintenance", "add", "moon", "--for", "1h"), "'moon' is no element"),
            (("maintenance", "end", "w7"), "there is no maintenance 'w7'"),
            (
                ("maintenance", "add", "site:bukit", "--to", "2001-01-01T00:00:00Z"),
                "the end is not after the start",
            ),
        ):
            refused = ring.type(*words, *state)
            assert refused.returncode == 2
            assert refused.stderr.startswith(f"netmon: {said}")
            assert refused.stderr.count("\n") == 1


def test_without_a_daemon_there_is_nobody_to_tell(desk: Terminal, tmp_path: Path) -> None:
    refused = desk.type("incident", "F1", "--cause", "power", "--state", tmp_path)
    assert refused.returncode == 4
    assert "no netmon listens" in refused.stderr


def test_a_period_that_ends_before_it_begins_is_refused(ring: Terminal, tmp_path: Path) -> None:
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
        daemon.await_ready()
    now = datetime.now(UTC).isoformat()
    refused = ring.type("report", "outages", tmp_path / "journal.sqlite", "--from", now, "--to", "2001-01-01")
    assert refused.returncode == 2
    whole = json.loads(ring.type("report", "probing", tmp_path / "journal.sqlite", "--format", "json").stdout)
    assert {row["site"] for row in whole["sites"]} >= VALLEY
