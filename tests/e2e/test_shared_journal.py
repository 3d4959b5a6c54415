"""The daemon with its journal on a NATS server: killed, started elsewhere, and read by reports."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest

from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.journal.sqlite.journal import SqliteJournal
from tests.e2e.terminal import Terminal
from tests.lab.nats_server import Server, three_servers

pytestmark = [pytest.mark.e2e, pytest.mark.lab]


def test_a_daemon_killed_here_goes_on_elsewhere_from_the_same_journal(ring: Terminal, tmp_path: Path) -> None:
    server = Server(tmp_path)
    url = f"nats://127.0.0.1:{server.port}/ring"
    door = ("--journal.user", "netmon", "--journal.secret", f"file:{server.secret}")
    run = ("-i", "ring.yaml", "--lab", "--journal", url, *door)
    try:
        with ring.daemon(*run, "--state", tmp_path / "here") as first:
            first.await_ready()
            assert ring.type("lab", "cut", "cable:lembah").returncode == 0
            fault = first.await_fault("cable:lembah")
            first.end(signal.SIGKILL)
        with ring.daemon(*run, "--state", tmp_path / "there", "--log.level", "debug") as second:
            assert second.await_fault("cable:lembah")["id"] == fault["id"]
            assert ring.type("lab", "heal", "--all").returncode == 0
            second.await_calm()
            assert second.end() == 0
            assert "well-kept" not in second.said
        assert not (tmp_path / "here" / "journal.sqlite").exists()
        copy = tmp_path / "copy.sqlite"
        fetched = ring.type("journal", "fetch", url, copy, *door)
        assert fetched.returncode == 0, fetched.stderr
        with (
            closing(JetStreamJournal(server.address("ring"), read_only=True)) as journal,
            closing(SqliteJournal(copy, read_only=True)) as copied,
        ):
            assert list(copied.read()) == list(journal.read())
        assert ring.type("journal", "check", copy).returncode == 0
    finally:
        server.kill()


def test_bad_addresses_and_closed_doors_are_one_line_and_the_exit_code_says_which(ring: Terminal) -> None:
    run = ("run", "-i", "ring.yaml", "--lab", "--web.listen-address", "127.0.0.1:0")
    for journal, code, words in (
        (("nats://a:b@127.0.0.1",), 2, "every user of this machine can see"),
        (("http://127.0.0.1",), 2, "is no address"),
        (("nats://127.0.0.1", "--journal.secret", "geheim"), 2, "env:VARIABLE or file:PATH"),
        (("nats://127.0.0.1", "--journal.secret", "env:NETMON_NOT_SET"), 3, "NETMON_NOT_SET is not set"),
        (("nats://127.0.0.1:1",), 4, "check that nats-server runs there"),
    ):
        done = ring.type(*run, "--journal", *journal)
        assert done.returncode == code, done.stderr
        assert words in done.stderr
        assert "geheim" not in done.stderr
        assert "Traceback" not in done.stderr


def test_who_waits_for_servers_to_agree_ends_when_it_is_told_to(ring: Terminal, tmp_path: Path) -> None:
    run = ("run", "-i", "ring.yaml", "--web.listen-address", "127.0.0.1:0", "--state", tmp_path / "state")
    with three_servers(tmp_path) as servers:
        for server in servers[1:]:
            server.kill()
        journal = ("--journal", f"nats://127.0.0.1:{servers[0].port}", "--journal.replicas", "3")
        for way, number in ("--lab", signal.SIGTERM), ("--no-probe", signal.SIGINT):
            with ring.start(*run, way, *journal) as waiting:
                waiting.until("do not agree yet who leads")
                assert waiting.end(number, seconds=5.0) == -number
