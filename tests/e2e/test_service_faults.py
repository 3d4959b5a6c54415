"""What services share dies, under a real daemon: one fault with all of them, which outlives a restart.

nginx and dnsmasq are real, on addresses of the loopback; the daemon finds them by the names that they serve. It is
given a resolv.conf of its own, in a mount namespace that ends with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from netmon.events import ServiceNamedBy
from netmon.journal.sqlite.journal import SqliteJournal
from tests.e2e.terminal import Daemon, Terminal
from tests.lab.nginx import dnsmasq, nginx
from tests.ports import free_port
from tests.requires import require, require_program
from tests.small_counties import RING

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.root, pytest.mark.long(60)]

HOST, OTHER = "127.0.61.1", "127.0.61.2"
NAMES = {"hosting": "127.0.61.53", "names": "127.0.61.54"}  # port 53 of each: the tests may run beside each other
VILLAGES = tuple(f"desa{number}" for number in range(6))
WITH_NAMES = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'


def drawing(port: int) -> str:
    """Return services on one host under two zones, and one that is hosted elsewhere under a third."""
    zones = ("desa", "sekolah")
    lines = [
        f'  - {{id: web-{name}, site: desa, kind: website, url: "http://{name}.{zones[place % 2]}.test:{port}/", '
        "interval: 1s, timeout: 1s}"
        for place, name in enumerate(VILLAGES)
    ]
    lines.append(
        f'  - {{id: web-jauh, site: noc, kind: website, url: "http://jauh.lain.test:{port}/", '
        "interval: 1s, timeout: 1s}"
    )
    return "\n".join(["services:", *lines]) + "\n"


@contextmanager
def probing(desk: Terminal, state: Path) -> Iterator[Daemon]:
    """Run the daemon with names of the test's own."""
    unshare = require_program("unshare")
    before = (unshare, "-m", "sh", "-c", WITH_NAMES, "sh", str(desk.folder / "resolv.conf"))
    with desk.daemon("-i", "loop.yaml", "--state", state, before=before) as daemon:
        daemon.await_ready()
        yield daemon


def faults(daemon: Daemon) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = daemon.api("service_faults")
    return found


def await_all_up(daemon: Daemon) -> None:
    names = [f"web-{name}" for name in (*VILLAGES, "jauh")]
    daemon.wait_for(
        lambda: all(daemon.metric("netmon_service_up", service=name) == 1.0 for name in names), "every website"
    )


def one_fault_of(daemon: Daemon, count: int) -> dict[str, Any]:
    daemon.wait_for(
        lambda: [len(one["services"]) for one in faults(daemon)] == [count], f"one fault with {count} services"
    )
    (fault,) = faults(daemon)
    assert set(daemon.verdicts().values()) == {"up"}, "no village is dark for its website"
    return fault


def serve(host: str, port: int) -> str:
    return f"server {{ listen {host}:{port}; location / {{ try_files /good.html =404; }} }}"


@pytest.mark.parametrize("victim", ["hosting", "names"])
def test_one_death_is_one_fault_and_a_restart_keeps_its_id(victim: str, loop: Terminal, tmp_path: Path) -> None:
    require(os.geteuid() == 0, "a resolv.conf of the test's own needs root")
    port, state = free_port(HOST), tmp_path / "state"
    drawn = loop.folder / "loop.yaml"
    drawn.write_text(drawn.read_text(encoding="utf-8") + drawing(port), encoding="utf-8")
    (loop.folder / "resolv.conf").write_text(
        f"nameserver {NAMES[victim]}\noptions timeout:1 attempts:1\n", encoding="ascii"
    )
    folders = {name: tmp_path / name for name in ("here", "there", "zones", "front")}
    for folder in folders.values():
        folder.mkdir()
    addresses = {f"{name}.{('desa', 'sekolah')[n % 2]}.test": HOST for n, name in enumerate(VILLAGES)}
    with ExitStack() as stack, ExitStack() as doomed:
        stack.enter_context(nginx(folders["there"], serve(OTHER, port), [(OTHER, port)]))
        zones = doomed if victim == "names" else stack
        _, behind = zones.enter_context(
            dnsmasq(folders["zones"], HOST, addresses, zones=("desa.test", "sekolah.test"))
        )
        front = [f"server=/{zone}.test/{HOST}#{behind}" for zone in ("desa", "sekolah")]
        stack.enter_context(
            dnsmasq(
                folders["front"], NAMES[victim], {"jauh.lain.test": OTHER}, port=53, more=(*front, "cache-size=0")
            )
        )
        hosting = doomed if victim == "hosting" else stack
        hosting.enter_context(nginx(folders["here"], serve(HOST, port), [(HOST, port)]))
        with probing(loop, state) as daemon:
            await_all_up(daemon)
            if victim == "names":
                daemon.wait_for(lambda: knows_name_servers(state), "that it knows the name servers")
            doomed.close()
            fault = one_fault_of(daemon, len(VILLAGES))
            expected = ("address", HOST) if victim == "hosting" else ("name-server", "ns.desa.test")
            assert (fault["kind"], fault["element"]) == expected
            assert "web-jauh" not in fault["services"]
            assert daemon.end() == 0
        with probing(loop, state) as daemon:
            again = one_fault_of(daemon, len(VILLAGES))
            assert (again["id"], again["opened"]) == (fault["id"], fault["opened"])
            if victim == "hosting":
                stack.enter_context(nginx(folders["here"], serve(HOST, port), [(HOST, port)]))
                daemon.wait_for(lambda: not faults(daemon), "that all is well again")
                await_all_up(daemon)


def knows_name_servers(state: Path) -> bool:
    """Tell whether the journal says of every website by which name server it hangs."""
    with closing(SqliteJournal(state / "journal.sqlite", read_only=True)) as journal:
        told = [event for entry in journal.read() for event in entry.events if isinstance(event, ServiceNamedBy)]
    return {event.service for event in told if event.servers == ("ns.desa.test",)} >= {f"web-{n}" for n in VILLAGES}


HOSTED = """\
services:
  - {id: web-bukit, site: bukit, kind: website, url: "http://bukit.desa.test/", depends_on: [o1], interval: 1s}
  - {id: web-lembah, site: lembah-1, kind: website, url: "http://lembah.desa.test/", depends_on: [o1], interval: 1s}
"""


def test_a_village_that_is_cut_off_still_has_its_website_elsewhere(desk: Terminal, tmp_path: Path) -> None:
    (desk.folder / "ring.yaml").write_text(RING + HOSTED, encoding="utf-8")
    with desk.start("lab", "up", "-i", "ring.yaml") as running:
        running.until("Ctrl-C here ends it")
        require("simulated" not in running.said, running.said)
        with desk.daemon("-i", "ring.yaml", "--state", tmp_path / "state", "--lab") as daemon:
            daemon.await_ready()
            daemon.wait_for(lambda: daemon.metric("netmon_service_up", service="web-bukit") == 1.0, "the website")
            assert desk.type("lab", "cut", "link:r1-w1").returncode == 0
            daemon.wait_for(lambda: daemon.dark() == {"bukit"}, "the village dark")
            before = daemon.metric("netmon_http_checks_total") or 0.0
            daemon.wait_for(
                lambda: (daemon.metric("netmon_http_checks_total") or 0.0) > before + 6, "three more rounds"
            )
            assert daemon.metric("netmon_service_up", service="web-bukit") == 1.0
            assert faults(daemon) == []
