"""The daemon as a user runs it: on a lab in another process, broken, killed, replayed, reloaded, ended."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from netmon.events import Entry, InventoryInForce, NodeDown, ProbingStarted, ProbingStopped
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Verdict
from netmon.picture.fold import fold
from netmon.picture.ledger import ANSWERING, DARK, outages
from netmon.picture.state import Picture
from tests.e2e.terminal import Daemon, Terminal
from tests.small_counties import LOOPBACK

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.long(50)]

VALLEY = {"lembah-1", "lembah-2", "lembah-3"}


def break_(terminal: Terminal, element: str) -> None:
    done = terminal.type("lab", "cut", element)
    assert done.returncode == 0, done.stderr


def mend(terminal: Terminal, element: str) -> None:
    done = terminal.type("lab", "heal", element)
    assert done.returncode == 0, done.stderr


def entries(state: Path) -> list[Entry]:
    """Return the journal of a state folder."""
    journal = SqliteJournal(state / "journal.sqlite", read_only=True)
    try:
        return list(journal.read())
    finally:
        journal.close()


def pictures(state: Path) -> list[Picture]:
    """Return the picture after each entry of a journal."""
    found: list[Picture] = []
    for entry in entries(state):
        found.append(fold(found[-1] if found else None, entry)[0])
    return found


def test_who_asks_while_it_ends_is_never_told_that_nothing_is_known_by_one_that_is_ready(
    ring: Terminal, tmp_path: Path
) -> None:
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
        daemon.await_ready()
        told: list[tuple[bool, int]] = []
        daemon.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(httpx2.HTTPError):  # until it serves no more
            while len(told) < 10_000:
                said = daemon.get("/api/v1/summary").json()
                told.append((said["ready"], sum(kinds["up"] for kinds in said["counts"].values())))
        assert told
        assert [up for is_ready, up in told if is_ready and not up] == []


def test_a_cut_is_named_in_status_until_it_is_mended(ring: Terminal, tmp_path: Path) -> None:
    """`--lab` alone takes the lab that `netmon lab up` started in another terminal."""
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
        assert urlsplit(daemon.url).hostname == "127.0.0.1"
        daemon.await_ready()
        calm = ring.type("status", "--url", daemon.url)
        assert (calm.returncode, calm.stderr) == (0, "")
        assert calm.stdout == "1 unserved  9 up\n"

        break_(ring, "cable:lembah")
        fault = daemon.await_fault("cable:lembah")
        daemon.wait_for(lambda: daemon.dark() == VALLEY, "the valley to be dark, and nothing else")
        status = ring.type("status", "--url", daemon.url)
        assert status.returncode == 1
        assert f"{fault['id']}  Kabel Lembah is cut" in status.stdout
        assert "3 sites dark" in status.stdout
        report = json.loads(ring.type("status", "--url", daemon.url, "--format", "json").stdout)
        assert {site["id"]: site["fault"] for site in report["sites"]} == dict.fromkeys(VALLEY, fault["id"])
        assert [set(one["sites"]) for one in report["faults"]] == [VALLEY]
        assert daemon.metric("netmon_fault_sites", fault=fault["id"]) == 3
        assert daemon.metric("netmon_simulated") == 1
        page = daemon.get("/").text
        assert "Kabel Lembah is cut" in page

        mend(ring, "cable:lembah")
        daemon.await_calm()
        assert ring.type("status", "--url", daemon.url).returncode == 0
        assert daemon.get("/api/v1/incidents").json()["incidents"][0]["state"] == "closed"


def test_the_community_comes_from_the_inventory_and_is_told_to_nobody(ring: Terminal, tmp_path: Path) -> None:
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab", "--log.level", "debug") as daemon:
        daemon.wait_for(lambda: daemon.metric("netmon_snmp_up", node="r1") == 1, "a poll with the community")
        faces = [daemon.get(path).text for path in ("/", "/metrics", "/api/v1/picture", "/sites")]
        assert daemon.end() == 0
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "geheim" not in "".join([*faces, daemon.said])
    assert b"geheim" not in kept


def test_an_outage_across_a_kill_is_one_outage_with_a_gap(ring: Terminal, tmp_path: Path) -> None:
    run = ("-i", "ring.yaml", "--state", tmp_path, "--lab")
    with ring.daemon(*run) as first:
        first.await_ready()
        break_(ring, "cable:lembah")
        before = first.await_fault("cable:lembah")
        first.wait_for(lambda: first.dark() == VALLEY, "the valley to be dark")
        killed = time.time()
        first.process.kill()
        assert first.wait() == -signal.SIGKILL
    with ring.daemon(*run) as second:
        second.await_ready()
        after = second.await_fault("cable:lembah")
        second.wait_for(lambda: second.dark() == VALLEY, "the valley to be dark again")
        assert (after["id"], after["opened"]) == (before["id"], before["opened"])
        mend(ring, "cable:lembah")
        second.await_calm()
        shown = second.get("/api/v1/sites/lembah-1").json()["site"]["outages"]
        assert second.end() == 0

    story = pictures(tmp_path)
    last = story[-1]
    assert [incident.id for incident in last.closed_incidents] == [before["id"]]
    assert last.closed_incidents[0].sites == tuple(sorted(VALLEY))
    named = {str(one.fault.element) for picture in story if picture.at > killed for one in picture.open_incidents}
    assert named == {"cable:lembah"}  # and none of its routers, whichever was found dead first
    for site in VALLEY:
        (outage,) = outages(site, last.ledger[site], last.at)
        assert outage.incidents == (before["id"],)
        assert outage.end is not None
        assert outage.unknown_seconds > 0
        assert outage.dark_seconds > 0
        during = [span for span in last.ledger[site] if outage.start <= span.start < outage.end]
        assert {span.verdict for span in during} <= DARK | {Verdict.UNKNOWN}
        said = [picture.site_findings[site].verdict for picture in story if outage.start < picture.at < outage.end]
        assert Verdict.UNKNOWN in said
        assert not ANSWERING.intersection(said[said.index(Verdict.UNKNOWN) :])
    assert [one["incidents"] for one in shown] == [[before["id"]]]
    assert shown[0]["unknown_seconds"] > 0

    replayed = ring.report("replay", tmp_path / "journal.sqlite")
    assert [(one["id"], sorted(one["sites"])) for one in replayed["incidents"]] == [(before["id"], sorted(VALLEY))]


def test_an_outage_that_began_while_nobody_looked_is_new_and_never_backdated(ring: Terminal, tmp_path: Path) -> None:
    run = ("-i", "ring.yaml", "--state", tmp_path, "--lab")
    with ring.daemon(*run) as first:
        first.await_ready()
        assert first.end() == 0
    stopped = time.time()
    break_(ring, "node:w1")
    with ring.daemon(*run) as second:
        second.wait_for(lambda: second.dark() == {"bukit"}, "the village to be dark, and nothing else")
        fault = second.await_fault("node:w1")
        assert datetime.fromisoformat(fault["opened"]).timestamp() > stopped
        assert second.end() == 0
    last = pictures(tmp_path)[-1]
    (outage,) = outages("bukit", last.ledger["bukit"], last.at)
    assert outage.start > stopped
    before = [span.verdict for span in last.ledger["bukit"] if span.start < outage.start]
    assert before[-1] is Verdict.UNKNOWN


@pytest.fixture(scope="module")
def journal(lab: Terminal, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Record a journal with one cut in it; return it and the moment before the cut."""
    state = tmp_path_factory.mktemp("recorded")
    with lab.daemon("-i", "ring.yaml", "--state", state, "--lab") as daemon:
        daemon.await_ready()
        before = time.time()
        break_(lab, "cable:lembah")
        daemon.await_fault("cable:lembah")
        assert daemon.end() == 0
    mend(lab, "cable:lembah")
    return state / "journal.sqlite", before


def test_a_replay_is_the_same_to_the_byte(journal: tuple[Path, float], lab: Terminal) -> None:
    path, _ = journal
    kept = path.read_bytes()
    for format_ in ("json", "csv", "table"):
        first, second = (lab.type("replay", path, "--format", format_) for _ in range(2))
        assert first.returncode == second.returncode == 0
        assert first.stdout == second.stdout
        assert first.stderr == ""
    assert path.read_bytes() == kept


def test_a_replay_until_before_the_cut_knows_nothing_of_it(journal: tuple[Path, float], lab: Terminal) -> None:
    path, before = journal
    everything = lab.report("replay", path)
    assert [one["element"] for one in everything["incidents"]] == [{"kind": "cable", "id": "lembah"}]
    moment = datetime.fromtimestamp(before, UTC).isoformat()
    earlier = lab.report("replay", path, "--until", moment)
    assert earlier["incidents"] == []
    assert {site["verdict"] for site in earlier["sites"]} == {"up", "unserved"}
    assert 0 < earlier["position"] < everything["position"]
    nothing = lab.type("replay", path, "--until", "2001-01-01T00:00:00Z")
    assert nothing.returncode == 4
    assert nothing.stderr.count("\n") == 1
    assert lab.type("replay", path, "--until", "yesterday").returncode == 2


def test_what_is_no_journal_is_one_line(desk: Terminal) -> None:
    for content in (b"", b"not a database, but long enough to be one" * 100):
        (desk.folder / "journal.sqlite").write_bytes(content)
        done = desk.type("replay", "journal.sqlite")
        assert done.returncode == 4
        assert done.stderr.count("\n") == 1
        assert "journal.sqlite" in done.stderr


def reload(daemon: Daemon, successful: bool) -> None:
    """Send SIGHUP and wait until the metric says what is expected."""
    daemon.process.send_signal(signal.SIGHUP)
    name = "netmon_config_last_reload_successful"
    daemon.wait_for(lambda: daemon.metric(name) == float(successful), f"{name} {float(successful)}")


def test_a_reload_takes_a_new_node_and_refuses_a_broken_inventory(loop: Terminal) -> None:
    inventory = loop.folder / "loop.yaml"
    with loop.daemon("-i", "loop.yaml", "--state", "state") as daemon:
        daemon.await_ready()
        inventory.write_text(LOOPBACK.replace("links:", "  - {id: r3, site: desa, address: 127.0.7.4}\nlinks:"))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(lambda: daemon.metric("netmon_node_up", node="r3") == 1, "the new node to be up")
        assert daemon.metric("netmon_inventory_elements", kind="nodes") in (4, None)
        assert daemon.metric("netmon_config_last_reload_successful") == 1

        for broken, said in (
            (
                LOOPBACK.replace("address: 127.0.7.3", "adress: 127.0.7.3"),
                r"loop\.yaml:10: .*did you mean \"address\"",
            ),
            ("nodes: [\n", r"loop\.yaml:\d+: .*not YAML"),
        ):
            inventory.write_text(broken)
            reload(daemon, successful=False)
            daemon.until(rf"ERROR .*reload: {said}")
            daemon.until("the inventory in force stays")
            assert daemon.metric("netmon_node_up", node="r3") == 1
            assert {node["id"] for node in daemon.api("nodes")} == {"noc", "r1", "r2", "r3"}

        inventory.write_text(LOOPBACK)
        reload(daemon, successful=True)
        daemon.wait_for(lambda: {node["id"] for node in daemon.api("nodes")} == {"noc", "r1", "r2"}, "the node to go")
        assert daemon.metric("netmon_node_up", node="r3") is None
        assert daemon.metric("netmon_node_up", node="r1") == 1
        assert "Traceback" not in daemon.said
        assert daemon.end() == 0
    journal = entries(loop.folder / "state")
    in_force = [event.digest for entry in journal for event in entry.events if isinstance(event, InventoryInForce)]
    assert len(in_force) == 3
    assert in_force[0] == in_force[2] != in_force[1]
    assert not [event for entry in journal for event in entry.events if isinstance(event, NodeDown)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order_and_quickly(loop: Terminal, number: signal.Signals) -> None:
    """An open event stream, which never ends by itself, must not keep the daemon."""
    with loop.daemon("-i", "loop.yaml", "--state", "state") as daemon:
        daemon.await_ready()
        host, port = urlsplit(daemon.url).hostname, urlsplit(daemon.url).port
        with socket.create_connection((str(host), int(port or 0)), timeout=10) as reader:
            reader.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in reader.recv(64)
            assert daemon.end(number, seconds=60.0) == 0
        assert "Traceback" not in daemon.said
    assert not list((loop.folder / "state").glob("*-wal"))
    events = [event for entry in entries(loop.folder / "state") for event in entry.events]
    assert isinstance(events[-1], ProbingStopped)
    assert sum(isinstance(event, ProbingStarted) for event in events) == 1
