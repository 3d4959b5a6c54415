"""What a NOC sees: a real Prometheus that scrapes the daemon, a real Alertmanager, and who receives its messages."""

from __future__ import annotations

import json
import runpy
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.e2e.terminal import Daemon, Terminal, wait_for
from tests.markdown import TOP
from tests.requires import require_program

pytestmark = [pytest.mark.e2e, pytest.mark.lab]

SHIPPED = TOP / "dashboards"
EMPTY_IN_THE_RING = {
    "netmon_fault_sites_at_stake": "the cut darkens sites",
    "netmon_service_up": "no service is drawn",
    "netmon_optical_temperature_celsius": "the lab's modules have none",
    "netmon_snmp_poll_failures_total": "no poll fails",
}
"""Metrics whose panels may be empty here, and why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Receiver:
    """A webhook receiver that keeps every message."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        kept = self.messages

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                kept.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Answer)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def about(self, fault: str) -> list[dict[str, Any]]:
        """Return the messages about a fault."""
        return [message for message in self.messages if message["groupLabels"].get("fault") == fault]


@contextmanager
def program(folder: Path, name: str, *arguments: str) -> Iterator[None]:
    """Run a program of Debian while the block lasts."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([require_program(name), *arguments], cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


class StartingError(Exception):
    """Prometheus is not ready yet."""


class Noc:
    """A Prometheus and an Alertmanager with what netmon ships, and the receiver of the messages."""

    def __init__(self, folder: Path, scraped: str, stack: ExitStack) -> None:
        self.receiver = Receiver()
        stack.callback(self.receiver.close)
        alerts, metrics = free_port(), free_port()
        self.prometheus = f"http://127.0.0.1:{metrics}"
        routing = yaml.safe_load((SHIPPED / "alertmanager" / "alertmanager.yaml").read_text(encoding="utf-8"))
        routing["templates"] = [str(SHIPPED / "alertmanager" / "netmon.tmpl")]
        here = [{"url": f"http://127.0.0.1:{self.receiver.port}/", "send_resolved": True}]
        routing["receivers"] = [{"name": one["name"], "webhook_configs": here} for one in routing["receivers"]]
        for route in routing["route"]["routes"]:
            route |= {"group_wait": "1s", "group_interval": "2s"}
        (folder / "alertmanager.yaml").write_text(yaml.safe_dump(routing), encoding="utf-8")
        config = yaml.safe_load((SHIPPED / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8"))
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(SHIPPED / "prometheus" / name) for name in ("rules.yaml", "alerts.yaml")]
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alerts}"]
        config["scrape_configs"][0]["static_configs"][0]["targets"] = [scraped]
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        stack.enter_context(
            program(
                folder,
                "prometheus-alertmanager",
                "--config.file=alertmanager.yaml",
                "--storage.path=alerts",
                f"--web.listen-address=127.0.0.1:{alerts}",
                "--cluster.listen-address=",
            )
        )
        stack.enter_context(
            program(
                folder,
                "prometheus",
                "--config.file=prometheus.yaml",
                "--storage.tsdb.path=series",
                f"--web.listen-address=127.0.0.1:{metrics}",
                "--rules.alert.resend-delay=15s",  # what fires in its first seconds is only sent again
            )
        )

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the result of a query at this moment; a query that cannot be read fails the test."""
        answer = httpx2.get(f"{self.prometheus}/api/v1/query", params={"query": query}, timeout=30.0, trust_env=False)
        if answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
            raise StartingError
        body = answer.json()
        assert body["status"] == "success", (query, body)
        result: list[dict[str, Any]] = body["data"]["result"]
        return result

    def has(self, query: str) -> bool:
        """Tell whether a query has a result, as soon as Prometheus answers at all."""
        try:
            return bool(self.ask(query))
        except (httpx2.TransportError, StartingError):
            return False


@pytest.fixture
def watched(ring: Terminal, tmp_path: Path) -> Iterator[tuple[Daemon, Noc]]:
    for needed in ("prometheus", "prometheus-alertmanager"):
        require_program(needed)
    with ring.daemon("-i", "ring.yaml", "--state", tmp_path / "state", "--lab") as daemon, ExitStack() as stack:
        daemon.await_ready()
        noc = Noc(tmp_path, daemon.url.removeprefix("http://").rstrip("/"), stack)
        wait_for(lambda: noc.has('ALERTS{alertname="NetmonWatchdog", alertstate="firing"}'), "the watchdog to fire")
        wait_for(lambda: bool(noc.receiver.messages), "its message")  # alerts travel; earlier ones may be late
        yield daemon, noc


def panel_queries() -> Iterator[tuple[str, str]]:
    boards = runpy.run_path(str(SHIPPED / "generate.py"))["BOARDS"]
    for board in boards:
        for panel in board.panels:
            for query in panel.queries:
                expr = query.expr
                for variable in ("site", "district", "node"):
                    expr = expr.replace(f"${variable}", ".*")
                yield f"{board.uid}: {panel.title[0]}", expr


def test_a_cut_is_one_message_and_every_panel_has_data(watched: tuple[Daemon, Noc], ring: Terminal) -> None:
    daemon, noc = watched
    assert ring.type("lab", "cut", "cable:lembah").returncode == 0
    fault = daemon.await_fault("cable:lembah")["id"]
    wait_for(lambda: bool(noc.receiver.about(fault)), f"a message about {fault}", said=lambda: noc.receiver.messages)
    (message,) = noc.receiver.about(fault)
    alerts = {alert["labels"]["alertname"] for alert in message["alerts"]}
    assert alerts == {"NetmonFault"}
    (alert,) = message["alerts"]
    assert "cable lembah has failed" in alert["annotations"]["description"]
    assert alert["annotations"]["description"].endswith("Lembah Dua, Lembah Satu, Lembah Tiga.")
    assert alert["annotations"]["runbook_url"] == f"{daemon.url}runbooks/NetmonFault"
    empty = [(name, expr) for name, expr in panel_queries() if not noc.has(expr)]
    assert not [(name, expr) for name, expr in empty if not any(metric in expr for metric in EMPTY_IN_THE_RING)], (
        "panels without data"
    )

    assert ring.type("lab", "heal", "cable:lembah").returncode == 0
    daemon.await_calm()
    wait_for(
        lambda: [message["status"] for message in noc.receiver.about(fault)] == ["firing", "resolved"],
        "one message that it is over",
        said=lambda: noc.receiver.messages,
    )
    assert not [
        message for message in noc.receiver.messages if message["groupLabels"].get("fault") not in (None, fault)
    ]
