"""Days on which nothing works: one line each, the exit code of the contract, and nothing lost."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from netmon.cli.main import cli, must_be_text
from netmon.daemon.control import NAME as CONTROL
from netmon.daemon.control import short_path
from netmon.errors import UsageError
from netmon.events import NodeDown, ProbingStopped
from netmon.journal.sqlite.journal import SqliteJournal
from tests.e2e.terminal import COMMUNITY, Terminal, nobodys_desk
from tests.ports import free_port
from tests.requires import require, require_program
from tests.small_counties import LOOPBACK

pytestmark = [pytest.mark.e2e, pytest.mark.long(75)]

POLLED = LOOPBACK.replace(
    "vantage: {node: noc}",
    "vantage: {node: noc}\nauth: {field: {version: 2c, community: {env: E2E_COMMUNITY}}}",
).replace("address: 127.0.7.3}", "address: 127.0.7.3, monitor: [icmp, snmp], probe: {snmp: {auth: field}}}")


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Check that a command failed as the contract says, with one line of its own, and return that line."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert line.startswith("netmon: ")
    return line


def run(desk: Terminal, *arguments: str | Path, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a daemon that is expected to give up at once."""
    listen = () if "--web.listen-address" in arguments else ("--web.listen-address", "127.0.0.1:0")
    return desk.type("run", "-i", "loop.yaml", *listen, *arguments, before=before)


# -- what the daemon needs for itself ---------------------------------------------------------------------------


def test_a_port_in_use(loop: Terminal) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        line = one_line(run(loop, "--state", "state", "--web.listen-address", f"127.0.0.1:{port}"), 4)
    assert f"somebody else listens on 127.0.0.1:{port}" in line
    assert f"ss -ltnp 'sport = :{port}'" in line


def test_an_address_that_is_none(loop: Terminal) -> None:
    for address in ("127.0.0.1", "127.0.0.1:70000"):
        assert repr(address) in one_line(run(loop, "--web.listen-address", address), 2)


def test_a_state_folder_that_is_a_file(loop: Terminal) -> None:
    (loop.folder / "file").write_text("mine")
    for state in ("file", "file/below"):
        line = one_line(run(loop, "--state", state), 4)
        assert state in line
        assert "is not a folder (name another with --state)" in line
    assert (loop.folder / "file").read_text() == "mine"


@pytest.mark.root
def test_a_state_folder_that_cannot_be_written(loop: Terminal) -> None:
    """A folder on a file system mounted read-only, which not even root may write."""
    unshare = require_program("unshare")
    (loop.folder / "state").mkdir()
    flags = "-m" if os.geteuid() == 0 else "-Urm"
    mounted = (unshare, flags, "/bin/sh", "-c", 'mount -t tmpfs -o ro none state && exec "$@"', "sh")
    line = one_line(run(loop, "--state", "state", before=mounted), 4)
    assert "journal state/journal.sqlite: Read-only file system" in line
    assert "the file system is mounted read-only" in line


def test_a_second_daemon_on_the_same_state_folder(loop: Terminal) -> None:
    traps = ("--trap.listen", f"127.0.0.1:{free_port()}")  # of both: the folder is told first
    with loop.daemon("-i", "loop.yaml", "--state", "state", *traps) as daemon:
        daemon.await_ready()
        line = one_line(run(loop, "--state", "state", *traps), 4)
        assert "another netmon writes state/journal.sqlite" in line
        assert "--state" in line
        assert daemon.get("/-/healthy").status_code == 200


def test_a_journal_that_is_damaged(loop: Terminal) -> None:
    (loop.folder / "state").mkdir()
    (loop.folder / "state" / "journal.sqlite").write_bytes(b"not a database, but long enough to be one" * 100)
    assert "state/journal.sqlite: file is not a database" in one_line(run(loop, "--state", "state"), 4)


@pytest.mark.root
def test_no_privilege_for_icmp() -> None:
    allowed = Path("/proc/sys/net/ipv4/ping_group_range").read_text().split()
    require(int(allowed[0]) > 65534 or int(allowed[1]) < 65534, "ping is allowed to everybody on this machine")
    with nobodys_desk() as desk:
        (desk.folder / "loop.yaml").write_text(LOOPBACK)
        line = one_line(run(desk, "--state", "state"), 4)
    assert "ICMP echo sockets may not be opened by this user" in line
    assert "sysctl -w net.ipv4.ping_group_range='0 2147483647'" in line
    assert "CAP_NET_RAW" in line


def test_the_status_of_a_daemon_that_is_away(desk: Terminal) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    line = one_line(desk.type("status", "--url", f"http://127.0.0.1:{port}"), 4)
    assert f"no netmon answers at http://127.0.0.1:{port}" in line
    assert "netmon run" in line


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (200, b"<!doctype html>", 4, "is not netmon (start it on a port of its own, or name another with --url)"),
        (200, b"[" * 100_000, 4, "is not netmon"),
        (200, b'{"status": "success", "data": {}}', 4, "is not netmon"),
        (404, b"404 page not found", 4, "is not netmon"),
        (503, b'{"schema_version": 1, "error": "other\\nmoments"}', 4, "cannot say: other\\nmoments (try again"),
        (500, b"netmon has failed here", 4, "cannot say: status 500"),
        (409, b'{"schema_version": 1, "error": "a is where it is"}', 2, "netmon: a is where it is"),
    ],
)
def test_the_status_of_what_does_not_answer_as_netmon_does(
    status: int, body: bytes, code: int, said: str, desk: Terminal
) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        line = one_line(desk.type("status", "--url", f"http://a:rahasia@127.0.0.1:{server.server_port}"), code)
        server.shutdown()
    assert said in line
    assert "rahasia" not in line


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_no_command_takes_a_number_that_is_none(number: str) -> None:
    """No bound keeps it out: nothing is less or more than it."""
    found = 0
    for command in every_command(cli):
        for option in command.params:
            if isinstance(option.type, click.types.FloatParamType):
                found += 1
                with pytest.raises(click.BadParameter):
                    option.type.convert(number, option, click.Context(command))  # type: ignore[arg-type]
    assert found > 20


def every_command(group: click.Command) -> Iterator[click.Command]:
    """Yield a command and all under it."""
    yield group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from every_command(command)


@pytest.mark.parametrize(("exit_code", "code"), [(2, 2), (4, 4), (None, 2)])
def test_an_order_that_is_refused_has_the_exit_code_of_its_reason(
    exit_code: int | None, code: int, desk: Terminal
) -> None:
    """Of a daemon that has only just begun to lead, as of any that cannot do it now, it is not the words."""
    answer = json.dumps({"error": "not now", "hint": "later", "exit_code": exit_code}).encode() + b"\n"
    (desk.folder / "state").mkdir()
    with socket.socket(socket.AF_UNIX) as listening, short_path(desk.folder / "state") as folder:
        listening.bind(f"{folder}/{CONTROL}")
        listening.listen()

        def serve() -> None:
            with closing(listening.accept()[0]) as connection:
                connection.recv(4096)
                connection.sendall(answer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        assert one_line(desk.type("maintenance", "end", "w", "--state", "state"), code) == "netmon: not now (later)"
        serving.join(60)


def test_an_argument_that_is_no_text() -> None:
    with pytest.raises(UsageError, match=r"'\\udcff' is not text in utf-8 \(write it in that"):
        must_be_text(["why", "\udcff"])
    must_be_text(["why", "Soko ✓"])


def test_what_a_terminal_has_no_letter_for_is_written_all_the_same(desk: Terminal) -> None:
    (desk.folder / "loop.yaml").write_text(LOOPBACK.replace("name: Desa", "name: Desa ✓"), encoding="utf-8")
    narrow = Terminal(desk.folder, {"PYTHONIOENCODING": "latin-1"})
    done = narrow.type("topology", "show", "desa", "-i", "loop.yaml")
    assert done.returncode == 0, done.stderr
    assert "Desa \\u2713" in done.stdout


def test_a_lab_that_is_away(loop: Terminal) -> None:
    line = one_line(run(loop, "--state", "state", "--lab-socket", "nowhere.sock"), 4)
    assert "no lab is running at nowhere.sock" in line
    assert "netmon lab up -i" in line


def test_a_command_with_a_slip(desk: Terminal) -> None:
    done = desk.type("chek")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'chek'. Did you mean \"check\"?" in done.stderr
    done = desk.type("topology", "sopf")
    assert 'Did you mean "spof"?' in done.stderr
    assert "Did you mean" not in desk.type("zzz").stderr


def test_a_node_with_a_slip(loop: Terminal) -> None:
    line = one_line(loop.type("topology", "path", "noc", "rtr-on", "-i", "loop.yaml"), 2)
    assert re.search(r"there is no node 'rtr-on' \((did you mean|name two nodes)", line)


@pytest.mark.root
def test_a_file_where_nobody_may_write() -> None:
    with nobodys_desk() as desk:
        (desk.folder / "loop.yaml").write_text(LOOPBACK)
        assert desk.type("inventory", "export", "-i", "loop.yaml", "-o", "sheets").returncode == 0
        assert desk.type("inventory", "import", "sheets", "-o", "again.yaml").returncode == 0
        line = one_line(desk.type("inventory", "import", "sheets", "-o", "again.yaml"), 4)
        assert "again.yaml exists" in line
        (desk.folder / "shut").mkdir(mode=0o700)
        line = one_line(desk.type("inventory", "import", "sheets", "-o", "shut/loop.yaml"), 4)
    assert "cannot write shut/loop.yaml" in line
    assert os.strerror(errno.EACCES) in line


# -- what people write ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "inventory", "said"),
    [
        ("run", None, r"loop\.yaml: .*No such file"),
        ("demo", None, r"loop\.yaml: .*No such file"),
        ("run", "", r"loop\.yaml:1: .*is empty"),
        ("run", "nodes: [\n", r"loop\.yaml:\d+: .*not YAML"),
        ("demo", "nodes: [\n", r"loop\.yaml:\d+: .*not YAML"),
        ("run", LOOPBACK.replace("127.0.7.3", "127.0.7.300"), r"loop\.yaml:10: .*127\.0\.7\.300"),
        ("run", POLLED, r"loop\.yaml:4: community of field: environment variable E2E_COMMUNITY is not set"),
        (
            "run",
            POLLED.replace("env: E2E_COMMUNITY", "file: secret"),
            r"loop\.yaml:4: .*secret file .*/secret cannot",
        ),
        ("run", POLLED.replace("{env: E2E_COMMUNITY}", COMMUNITY), r"loop\.yaml:4: "),
    ],
)
def test_an_inventory_that_cannot_be_used(command: str, inventory: str | None, said: str, desk: Terminal) -> None:
    del desk.environment["E2E_COMMUNITY"]
    if inventory is not None:
        (desk.folder / "loop.yaml").write_text(inventory)
    arguments = ("--state", "state") if command == "run" else ("--duration", "60s")
    done = desk.type(command, "-i", "loop.yaml", *arguments)
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    *problems, summary = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert summary.startswith("netmon: loop.yaml cannot be")
    assert any(re.match(said, problem) for problem in problems), problems
    assert "Traceback" not in done.stderr
    assert COMMUNITY not in done.stderr
    assert not (desk.folder / "state").exists()


@pytest.mark.root
def test_an_inventory_that_may_not_be_read() -> None:
    with nobodys_desk() as desk:
        path = desk.folder / "loop.yaml"
        path.write_text(LOOPBACK)
        path.chmod(0o600)
        done = run(desk, "--state", "state")
    assert done.returncode == 3
    problem, _ = done.stderr.splitlines()
    assert "loop.yaml" in problem
    assert os.strerror(errno.EACCES) in problem


def test_a_secret_that_nobody_is_polled_with_may_be_missing(loop: Terminal) -> None:
    unused = POLLED.replace(", monitor: [icmp, snmp], probe: {snmp: {auth: field}}", "")
    (loop.folder / "loop.yaml").write_text(unused)
    del loop.environment["E2E_COMMUNITY"]
    with loop.daemon("-i", "loop.yaml", "--state", "state") as daemon:
        daemon.await_ready()
        assert "warning: community of field" in daemon.said


# -- what the network does --------------------------------------------------------------------------------------


def test_an_agent_that_never_answers(loop: Terminal) -> None:
    """Its node stays up, because it answers to ping."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind(("127.0.7.3", 0))
        probe = f"{{auth: field, port: {deaf.getsockname()[1]}, timeout: 200ms, retries: 1, interval: 1s}}"
        (loop.folder / "loop.yaml").write_text(POLLED.replace("{auth: field}", probe))
        with loop.daemon("-i", "loop.yaml", "--state", "state") as daemon:
            daemon.await_ready()
            daemon.wait_for(lambda: daemon.metric("netmon_snmp_up", node="r2") == 0, "netmon_snmp_up 0")
            assert daemon.metric("netmon_node_up", node="r2") == 1
            assert daemon.verdicts()["desa"] == "up"
            assert daemon.api("faults") == []
            assert (daemon.metric("netmon_snmp_poll_failures_total", reason="timeout") or 0) >= 1
            assert daemon.end() == 0
        assert "Traceback" not in daemon.said


def test_a_site_without_coordinates_is_listed_and_drawn_nowhere(loop: Terminal) -> None:
    (loop.folder / "loop.yaml").write_text(
        LOOPBACK.replace("kind: village, lat: -6.80, lon: 112.05", "kind: village")
    )
    with loop.daemon("-i", "loop.yaml", "--state", "state") as daemon:
        daemon.await_ready()
        (site,) = [site for site in daemon.api("sites") if site["id"] == "desa"]
        assert (site["lat"], site["lon"], site["verdict"]) == (None, None, "up")
        page = daemon.get("/").text
        listed = daemon.get("/sites").text
    drawn = re.search(r'<svg [^>]*class="map".*?</svg>', page, re.DOTALL)
    assert drawn is not None
    assert "/sites/noc" in drawn[0]
    assert "/sites/desa" not in drawn[0]
    assert "Not on the map for want of coordinates" in page
    assert '/sites/desa">Desa</a>' in page
    assert '/sites/desa">Desa</a>' in listed


# -- a disk that is full ----------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> tuple[str, ...]:
    """Return the words that run a command with `state` on a disk of its own of one megabyte."""
    unshare = require_program("unshare")
    flags = "-m" if os.geteuid() == 0 else "-Urm"
    words = (
        unshare,
        flags,
        "/bin/sh",
        "-c",
        'mount -t tmpfs -o size=1M none "$0" && exec "$@"',
        str(tmp_path / "disk"),
    )
    (tmp_path / "disk").mkdir()
    probe = subprocess.run([*words, "true"], check=False, capture_output=True, text=True, timeout=10)
    require(probe.returncode == 0, f"no mount namespace: {probe.stderr}")
    return words


@pytest.mark.lab
def test_a_full_disk_stops_nothing_and_loses_nothing(
    ring: Terminal, small_disk: tuple[str, ...], tmp_path: Path
) -> None:
    run = ("-i", "ring.yaml", "--state", tmp_path / "disk", "--lab")
    with ring.daemon(*run, before=small_disk) as daemon:
        daemon.await_ready()
        disk = Path(f"/proc/{daemon.process.pid}/root") / (tmp_path / "disk").relative_to("/")
        fill(disk / "filling")

        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = daemon.await_fault("cable:lembah")
        daemon.wait_for(lambda: daemon.metric("netmon_journal_failing") == 1, "netmon_journal_failing 1")
        assert (daemon.metric("netmon_events_buffered") or 0) > 0
        probed = daemon.metric("netmon_icmp_requests_total", node="r1") or 0
        daemon.wait_for(
            lambda: (daemon.metric("netmon_icmp_requests_total", node="r1") or 0) > probed, "probing to go on"
        )
        assert daemon.metric("netmon_journal_failing") == 1
        before = read_events(copied(disk, tmp_path / "before"))
        assert not [event for event in before if isinstance(event, NodeDown)]

        (disk / "filling").unlink()
        daemon.wait_for(lambda: daemon.metric("netmon_journal_failing") == 0, "netmon_journal_failing 0")
        daemon.wait_for(lambda: daemon.metric("netmon_events_buffered") == 0, "netmon_events_buffered 0")
        assert daemon.metric("netmon_events_lost_total") == 0
        journal = copied(disk, tmp_path / "after")
        after = read_events(journal)
        assert after[: len(before)] == before
        assert {event.node for event in after if isinstance(event, NodeDown)} == {"v1", "v2", "v3"}
        replayed = ring.report("replay", journal)
        assert [one["id"] for one in replayed["incidents"]] == [fault["id"]]
        assert daemon.end() == 0
        assert "Traceback" not in daemon.said
        assert daemon.said.count("database or disk is full") == 1
        assert daemon.said.count("the journal works again; 0 events were lost") == 1


@pytest.mark.lab
def test_a_disk_that_refuses_every_write_stops_nothing_and_loses_nothing(ring: Terminal, tmp_path: Path) -> None:
    """As a file system does that an error has made read-only, though here the limit on file sizes refuses."""
    with ring.daemon("-i", "ring.yaml", "--lab", "--state", tmp_path / "state") as daemon:
        daemon.await_ready()
        _, hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = daemon.await_fault("cable:lembah")
        daemon.wait_for(lambda: daemon.metric("netmon_journal_failing") == 1, "netmon_journal_failing 1")
        assert (daemon.metric("netmon_events_buffered") or 0) > 0
        probed = daemon.metric("netmon_icmp_requests_total", node="r1") or 0
        daemon.wait_for(
            lambda: (daemon.metric("netmon_icmp_requests_total", node="r1") or 0) > probed, "probing to go on"
        )
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        daemon.wait_for(lambda: daemon.metric("netmon_journal_failing") == 0, "netmon_journal_failing 0")
        assert daemon.metric("netmon_events_lost_total") == 0
        assert daemon.end() == 0
        assert daemon.said.count("events wait in memory: ") == 1
    replayed = ring.report("replay", tmp_path / "state" / "journal.sqlite")
    assert [one["id"] for one in replayed["incidents"]] == [fault["id"]]
    assert ring.type("journal", "check", tmp_path / "state" / "journal.sqlite").returncode == 0


@pytest.mark.lab
def test_a_disk_that_is_full_from_the_start(ring: Terminal, small_disk: tuple[str, ...], tmp_path: Path) -> None:
    fill = ("/bin/sh", "-c", 'cat /dev/zero > "$0/filling" 2> /dev/null; exec "$@"', str(tmp_path / "disk"))
    listen = ("--web.listen-address", "127.0.0.1:0")
    arguments = ("run", "-i", "ring.yaml", "--state", tmp_path / "disk", "--lab", *listen)
    line = one_line(ring.type(*arguments, before=(*small_disk, *fill)), 4)
    assert "disk/journal.sqlite: " in line
    assert "its disk is full: make room" in line


def fill(path: Path) -> None:
    """Write a file until the disk is full."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def copied(disk: Path, folder: Path) -> Path:
    """Copy a journal that is being written: sqlite itself would look for it outside of the daemon's namespace."""
    folder.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        shutil.copy(disk / name, folder)
    return folder / "journal.sqlite"


def read_events(path: Path) -> list[object]:
    journal = SqliteJournal(path, read_only=True)
    try:
        return [event for entry in journal.read() for event in entry.events if not isinstance(event, ProbingStopped)]
    finally:
        journal.close()
