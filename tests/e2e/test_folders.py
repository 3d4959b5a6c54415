"""Daemons that do not probe: they take over when the one that writes is killed, and people are told once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.e2e.noc import Program, Receiver
from tests.e2e.terminal import Daemon, Terminal, wait_for
from tests.lab.nats_server import Server
from tests.plain_http import HTTP
from tests.ports import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.long(45)]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as one:
        yield one


def alertmanager(folder: Path, stack: ExitStack) -> tuple[str, Receiver]:
    """Start a real one that tells at once, and once; return its address and who hears it."""
    receiver = Receiver()
    stack.callback(receiver.close)
    config: dict[str, Any] = {
        "route": {
            "receiver": "noc", "group_by": ["alertname", "fault"], "group_wait": "0s", "group_interval": "1s",
            "repeat_interval": "4h",
        },
        "receivers": [{"name": "noc", "webhook_configs": [{"url": f"http://127.0.0.1:{receiver.port}/"}]}],
    }  # fmt: skip
    (folder / "alertmanager.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    port = free_port()
    program = Program(
        folder, "prometheus-alertmanager", "--config.file=alertmanager.yaml", "--storage.path=alerts",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    )  # fmt: skip
    program.start()
    stack.callback(program.end)
    url = f"http://127.0.0.1:{port}"

    def is_ready() -> bool:
        try:
            return HTTP.get(f"{url}/-/ready").is_success
        except httpx2.HTTPError:
            return False

    wait_for(is_ready, "Alertmanager")
    return url, receiver


def test_who_leads_is_killed_in_the_middle_of_an_alert_and_people_are_told_once(
    ring: Terminal, tmp_path: Path, stack: ExitStack, record_property: Callable[[str, object], None]
) -> None:
    server = Server(tmp_path)
    stack.callback(server.kill)
    told, heard = alertmanager(tmp_path, stack)
    shared = (
        "-i", "ring.yaml", "--journal", f"nats://127.0.0.1:{server.port}/ring", "--journal.user", "netmon",
        "--journal.secret", f"file:{server.secret}", "--alertmanager.url", told, "--alertmanager.label",
        "instance=county", "--alertmanager.linger", "10s",
    )  # fmt: skip

    def daemon(name: str, *words: str) -> Daemon:
        return stack.enter_context(ring.daemon(*shared, *words, "--state", tmp_path / name))

    def said(status: str) -> list[dict[str, Any]]:
        about = [one for one in heard.messages if one["groupLabels"].get("alertname") == "NetmonFault"]
        return [one for one in about if one["status"] == status]

    prober = daemon("prober", "--lab")
    prober.await_ready()
    folders = [daemon(name, "--no-probe") for name in ("one", "other")]
    for folder in folders:
        folder.await_ready()
        assert folder.metric("netmon_leads") == 0.0
    assert prober.metric("netmon_leads") == 1.0
    for one, answer in ((prober, (0, "leads\n")), (folders[0], (1, "follows\n"))):
        asked = ring.type("status", "--leads", "--url", one.url)
        assert (asked.returncode, asked.stdout) == answer, asked.stderr
    assert ring.type("lab", "cut", "cable:lembah").returncode == 0
    fault = prober.await_fault("cable:lembah")
    for folder in folders:
        assert folder.await_fault("cable:lembah")["id"] == fault["id"]
    wait_for(lambda: len(said("firing")) == 1, "the alert")

    prober.end(signal.SIGKILL)
    wait_for(lambda: {one.metric("netmon_leads") for one in folders} == {0.0, 1.0}, "one folder to lead")
    leading, following = sorted(folders, key=lambda one: one.metric("netmon_leads") or 0.0, reverse=True)
    state = tmp_path / ("other" if following is folders[1] else "one")
    added = ring.type("maintenance", "add", "site:bukit", "--for", "1h", "--id", "w1", "--state", state)
    assert (added.returncode, added.stdout) == (0, "w1\n"), added.stderr

    def knows(kept: Path) -> bool:
        return "w1" in ring.type("maintenance", "list", "--state", kept).stdout

    for folder, kept in zip(folders, ("one", "other"), strict=True):
        folder.wait_for(partial(knows, tmp_path / kept), "the work to be known")

    leading.end(signal.SIGKILL)
    took = wait_for(lambda: following.metric("netmon_leads") == 1.0, "the other to lead")
    record_property("figure", f"who led killed, another leads: {took:.1f} s")
    again = daemon("prober", "--lab")
    assert again.await_fault("cable:lembah")["id"] == fault["id"]
    again.await_ready()
    wait_for(lambda: following.metric("netmon_leads") == 0.0, "the prober to have its turn again")
    assert ring.type("lab", "heal", "--all").returncode == 0
    following.await_calm()
    wait_for(lambda: len(said("resolved")) == 1, "the end of the alert")
    assert len(said("firing")) == 1
    assert {one["alerts"][0]["labels"]["fault"] for one in heard.messages} == {fault["id"]}
    position, mark = (following.api("digests")[-1][key] for key in ("position", "digest"))
    assert position > 0
    assert len(mark) == 64
    assert following.end() == 0


def test_what_makes_no_sense_without_probes_is_refused(ring: Terminal) -> None:
    run = ("run", "-i", "ring.yaml", "--no-probe")
    nats = ("--journal", "nats://127.0.0.1:1")
    for words, said in (
        ((), "add --journal nats://HOST:PORT"),
        ((*nats, "--lab"), "for who probes"),
        ((*nats, "--trap.listen", ":162"), "for who probes"),
        ((*nats, "--alertmanager.url", "http://127.0.0.1:9"), "--alertmanager.label instance=NAME"),
    ):
        refused = ring.type(*run, *words)
        assert refused.returncode == 2, refused.stderr
        assert said in refused.stderr
    away = ring.type(*run, *nats)
    assert away.returncode == 4
    assert "check that nats-server runs there" in away.stderr
