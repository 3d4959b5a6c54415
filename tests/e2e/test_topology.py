"""Drawing against network as commands are typed: on a lab, discovered, checked, compared, changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from netmon.inventory.load import load_inventory
from tests.e2e.terminal import COMMUNITY, TOP, Terminal
from tests.requires import require
from tests.small_counties import RING

pytestmark = [pytest.mark.e2e, pytest.mark.lab]

NETS = ("--prefix", "198.18.0.0/15")


def valid(report: str, text: str) -> Any:
    """Return the JSON of a report, which fits its committed schema."""
    said = json.loads(text)
    schema = TOP / "docs" / "schemas" / f"topology-{report}.schema.json"
    Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(said)
    return said


def ends(path: Path) -> set[frozenset[str]]:
    return {frozenset((str(link.a), str(link.b))) for link in load_inventory(path).inventory.links.values()}


@pytest.fixture(autouse=True)
def _knows_the_community(lab: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what a crawl without an inventory takes its community from."""
    monkeypatch.setitem(lab.environment, "NETMON_COMMUNITY", COMMUNITY)


def test_what_is_discovered_is_what_was_built(ring: Terminal) -> None:
    """From one seed: a draft that can be used, with every link on its ports; compared again, nothing to change."""
    found = ring.type("discover", "198.18.0.1", *NETS, "--lab", "--rate", "200", "-o", "draft.yaml", "--region", "x")
    assert found.returncode == 0, found.stderr
    assert "10 devices answer" in found.stderr
    draft, drawn = ring.folder / "draft.yaml", ring.folder / "ring.yaml"
    checked = ring.type("check", "draft.yaml")
    assert checked.returncode == 0, checked.stdout
    assert ends(draft) == ends(drawn)
    assert load_inventory(draft).inventory.nodes.keys() == load_inventory(drawn).inventory.nodes.keys()
    again = ring.type("discover", "gw", *NETS, "-i", "ring.yaml", "--lab", "--rate", "200")
    assert (again.returncode, again.stdout) == (0, ""), again.stderr
    drift = ring.type("topology", "drift", "--poll", "-i", "draft.yaml", "--lab", "--rate", "200")
    assert (drift.returncode, drift.stdout) == (0, ""), drift.stderr
    assert "10 links confirmed" in drift.stderr
    twice = ring.type("discover", "198.18.0.1", *NETS, "--lab", "-o", "draft.yaml")
    assert (twice.returncode, "exists" in twice.stderr) == (4, True)
    draft.unlink()


def test_nothing_outside_the_prefixes_is_found(ring: Terminal) -> None:
    found = ring.type(
        "discover", "198.18.0.1", "--prefix", "198.18.0.0/24", "--lab", "--rate", "200", "--format", "json"
    )
    assert found.returncode == 0, found.stderr
    nodes = json.loads(found.stdout)["inventory"]["nodes"]
    assert {node["id"] for node in nodes} == {"noc", "gw"}
    assert "2 addresses outside the prefixes were left alone" in found.stderr
    refused = ring.type("discover", "198.18.1.1", "--prefix", "198.18.0.0/24", "--lab")
    assert (refused.returncode, "outside the prefixes" in refused.stderr) == (2, True)


def test_a_daemon_tells_of_drift(ring: Terminal, tmp_path: Path) -> None:
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
        daemon.await_ready()

        def confirmed() -> bool:
            return len(daemon.get("/api/v1/drift").json()["confirmed"]) == 10

        daemon.wait_for(confirmed, "all links to be confirmed")
        calm = ring.type("topology", "drift", "--url", daemon.url)
        assert (calm.returncode, calm.stdout) == (0, ""), calm.stderr
        assert daemon.metric("netmon_link_confirmed", link="r1-r2") == 1
        assert daemon.metric("netmon_topology_drift", kind="moved") == 0


def test_what_is_cut_today_is_left_out_of_what_engineers_ask(ring: Terminal, tmp_path: Path) -> None:
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
        daemon.await_ready()
        live = ("-i", "ring.yaml", "--live", "--url", daemon.url, "--format", "json")
        whole = ring.type("topology", "spof", *live)
        assert "today 0 nodes dark, 0 links cut" in whole.stderr
        ring.type("lab", "cut", "link:gw-r1")
        daemon.wait_for(lambda: daemon.get("/api/v1/links/gw-r1").json()["link"]["state"] == "down", "the cut")
        rows = json.loads(ring.type("topology", "spof", *live).stdout)["rows"]
        worst = {row["element"]["id"]: row["sites"] for row in rows if row["element"]["kind"] == "link"}
        assert {"utara", "bukit", "timur", "selatan"} <= set(worst["r3-gw"])
        ring.type("lab", "cut", "link:r1-w1")
        daemon.wait_for(lambda: "bukit" in daemon.dark(), "a village to be dark")
        spots = json.loads(ring.type("topology", "blackspots", *live).stdout)["rows"]
        assert [row["site"] for row in spots if row["sense"] == "dark"] == ["bukit"]
        assert spots == daemon.get("/api/v1/topology/blackspots?live=true").json()["rows"]
        counted = daemon.get("/api/v1/report/coverage?months=1").json()["rows"][0]
        assert (counted["villages"], counted["served"]) == (5, 4), "in the journal that the daemon goes on writing"
        drawn = ring.type("topology", "draw", "--kind", "schematic", *live[:-2])
        assert 'href="#marker-unreachable"' in drawn.stdout
        assert drawn.stdout.count('class="severed"') == 2, "one is the legend's"
        assert "⇄ Centre!✕" in drawn.stdout or "⇄ Centre✕" in drawn.stdout, "the line between two panels"
        ring.type("lab", "heal", "--all")
        daemon.await_calm()


def test_a_cable_plugged_elsewhere_is_exactly_one_finding(desk: Terminal) -> None:
    """The network that is built has one end of r3-o1 elsewhere than the drawing."""
    before, after = 'b: "o1:sfp1"', 'b: "w1:sfp7"'
    assert RING.count(before) == 1
    (desk.folder / "ring.yaml").write_text(RING, encoding="utf-8")
    (desk.folder / "built.yaml").write_text(RING.replace(before, after), encoding="utf-8")
    socket = desk.folder / "lab.sock"
    with desk.start("lab", "up", "-i", "built.yaml", "--socket", socket) as lab:
        lab.until("Ctrl-C here ends it")
        require("simulated" not in lab.said, lab.said)
        found = desk.type(
            "topology",
            "drift",
            "--poll",
            "-i",
            "ring.yaml",
            "--lab-socket",
            socket,
            "--rate",
            "200",
            "--format",
            "json",
        )
        assert found.returncode == 1, found.stderr
        report = valid("drift", found.stdout)
        (row,) = report["drift"]
        assert (row["kind"], row["link"]) == ("moved", "r3-o1")
        assert report["counts"]["moved"] == 1
        proposed = desk.type("discover", "gw", *NETS, "-i", "ring.yaml", "--lab-socket", socket, "--rate", "200")
        assert proposed.returncode == 1, proposed.stderr
        changes = [line.split() for line in proposed.stdout.splitlines() if "change-link" in line]
        assert [line[1] for line in changes] == ["r3-o1"]


def test_a_node_that_is_not_drawn_to_anything_is_placed_by_traceroute(ring: Terminal) -> None:
    drawing = yaml.safe_load(RING)
    drawing["links"] = [link for link in drawing["links"] if link["id"] != "v1-v2"]
    (ring.folder / "without.yaml").write_text(yaml.safe_dump(drawing), encoding="utf-8")
    placed = ring.type("topology", "place", "-i", "without.yaml", "--lab", "--format", "json")
    assert placed.returncode == 1, placed.stderr
    (row,) = valid("place", placed.stdout)["placements"]
    assert (row["node"], row["at"], row["hops_between"]) == ("v2", "v1", 0)
    traced = ring.type("probe", "trace", "v2", "-i", "ring.yaml", "--lab", "--protocol", "udp", "--format", "json")
    assert traced.returncode == 0, traced.stderr
    way = [hop["nodes"] for hop in json.loads(traced.stdout)["hops"]]
    assert way in ([["gw"], [ring_side], ["r2"], ["v1"], ["v2"]] for ring_side in ("r1", "r3"))
