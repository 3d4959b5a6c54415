"""What a NOC sees: a real Prometheus that scrapes the daemon, a real Alertmanager, and who receives its messages."""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.noc import Program, Receiver
from tests.e2e.terminal import Daemon, Terminal, wait_for
from tests.markdown import TOP
from tests.plain_http import HTTP
from tests.ports import free_port
from tests.requires import require_program

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.long(80)]

SHIPPED = TOP / "dashboards"
EMPTY_IN_THE_RING = {
    "netmon_fault_sites_at_stake": "the cut darkens sites",
    "netmon_service_up": "no service is drawn",
    "netmon_link_contract_bytes_per_second": "no line is rented",
    "netmon_optical_margin_db": "a line has a margin once it has been watched for hours",
    "netmon_optical_condition": "no line drifts, and a step takes hours to be one",
    "netmon_optical_temperature_celsius": "the lab's modules have none",
    "netmon_snmp_poll_failures_total": "no poll fails",
    "netmon_speed_test_bytes_per_second": "no line is tested",
    "netmon_wifi_clients": "no wifi is drawn",
}
"""Metrics whose panels may be empty here, and why."""


class StartingError(Exception):
    """Prometheus is not ready yet."""


class Noc:
    """A Prometheus and an Alertmanager with what netmon ships, and the receiver of the messages."""

    def __init__(self, folder: Path, scraped: str, stack: ExitStack) -> None:
        self.scraped = scraped
        self.receiver = Receiver()
        stack.callback(self.receiver.close)
        alerts, metrics = free_port(), free_port()
        self.prometheus = f"http://127.0.0.1:{metrics}"
        self.alertmanager = f"http://127.0.0.1:{alerts}"
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
        config["scrape_configs"].append(once(scraped))
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        self.programs = {
            "alertmanager": Program(
                folder,
                "prometheus-alertmanager",
                "--config.file=alertmanager.yaml",
                "--storage.path=alerts",
                f"--web.listen-address=127.0.0.1:{alerts}",
                "--cluster.listen-address=",
            ),
            "prometheus": Program(
                folder,
                "prometheus",
                "--config.file=prometheus.yaml",
                "--storage.tsdb.path=series",
                f"--web.listen-address=127.0.0.1:{metrics}",
                "--rules.alert.resend-delay=15s",  # what fires in its first seconds is only sent again
            ),
        }
        for one in self.programs.values():
            stack.callback(one.end)

    def start(self, *names: str) -> None:
        """Start the programs of these names."""
        for name in names:
            self.programs[name].start()

    def restart(self, name: str, url: str) -> None:
        """End one and start it again; return when it is ready."""
        self.programs[name].end()
        self.programs[name].start()
        wait_for(lambda: is_ready(url), f"{name} to be back")

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the result of a query at this moment; a query that cannot be read fails the test."""
        answer = HTTP.get(f"{self.prometheus}/api/v1/query", params={"query": query})
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


def once(scraped: str) -> dict[str, Any]:
    """Return a job that takes its targets from netmon and has it probe each of them once a scrape."""
    return {
        "job_name": "once",
        "metrics_path": "/probe",
        "scrape_interval": "5s",
        "scrape_timeout": "4s",
        "http_sd_configs": [{"url": f"http://{scraped}/sd/icmp", "refresh_interval": "2s"}],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__meta_netmon_node"], "target_label": "node"},
            {"target_label": "__address__", "replacement": scraped},
        ],
    }


def is_ready(url: str) -> bool:
    try:
        return HTTP.get(f"{url}/-/ready").is_success
    except httpx2.TransportError:
        return False


@pytest.fixture
def noc(tmp_path: Path) -> Iterator[Noc]:
    for needed in ("prometheus", "prometheus-alertmanager"):
        require_program(needed)
    with ExitStack() as stack:
        yield Noc(tmp_path, f"127.0.0.1:{free_port()}", stack)


@contextmanager
def watching(ring: Terminal, noc: Noc, state: Path, *options: str) -> Iterator[Daemon]:
    """Run netmon where this Prometheus looks for it."""
    listen = ("--web.listen-address", noc.scraped)
    with ring.daemon("-i", "ring.yaml", "--state", state, "--lab", *listen, *options) as daemon:
        daemon.await_ready()
        yield daemon


def panel_queries() -> Iterator[tuple[str, str]]:
    generator = runpy.run_path(str(SHIPPED / "generate.py"))
    yield from ((f"mark: {mark.title[0]}", mark.expr) for mark in generator["MARKS"])
    for board in generator["BOARDS"]:
        for panel in board.panels:
            for query in panel.queries:
                expr = query.expr
                for variable in ("site", "district", "node"):
                    expr = expr.replace(f"${variable}", ".*")
                expr = expr.replace("$__range", "5m")
                yield f"{board.uid}: {panel.title[0]}", expr


def test_a_cut_is_one_message_and_every_panel_has_data(noc: Noc, ring: Terminal, tmp_path: Path) -> None:
    with watching(ring, noc, tmp_path / "state") as daemon:
        noc.start("alertmanager", "prometheus")
        wait_for(lambda: noc.has('ALERTS{alertname="NetmonWatchdog", alertstate="firing"}'), "the watchdog to fire")
        wait_for(lambda: bool(noc.receiver.messages), "its message")  # alerts travel; earlier ones may be late
        cut_and_heal(daemon, noc, ring)


def cut_and_heal(daemon: Daemon, noc: Noc, ring: Terminal) -> None:
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
    wait_for(lambda: noc.has('probe_success{node="gw"} == 1'), "a probe on demand of a target that netmon named")
    wait_for(lambda: noc.has('probe_success{node="v1"} == 0'), "one of a target that is dark")
    full = [expr for _, expr in panel_queries() if not any(metric in expr for metric in EMPTY_IN_THE_RING)]
    # Whenever one is looked at, the scrape before may be one that came too late, and then nothing has data.
    wait_for(lambda: all(map(noc.has, full)), "data", said=lambda: [expr for expr in full if not noc.has(expr)])

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


FAST = ("--alertmanager.linger", "10s")


def test_the_fast_path_alone_tells_at_once_what_begins_and_ends(
    noc: Noc, ring: Terminal, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Without any Prometheus, and with an Alertmanager that is away when the cable is cut a second time."""
    with watching(ring, noc, tmp_path / "state", "--alertmanager.url", noc.alertmanager, *FAST) as daemon:
        noc.start("alertmanager")
        wait_for(lambda: is_ready(noc.alertmanager), "Alertmanager")
        began = time.monotonic()
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        wait_for(lambda: bool(noc.receiver.messages), "a message", said=lambda: daemon.said)
        record_property("figure", f"fast path: {time.monotonic() - began:.2f} s from the cut to the message")
        (message,) = noc.receiver.messages
        fault = message["groupLabels"]["fault"]
        (alert,) = message["alerts"]
        assert alert["labels"]["alertname"] == "NetmonFault"
        assert alert["labels"]["instance"] == noc.scraped
        assert "cable lembah has failed" in alert["annotations"]["description"]
        assert ring.type("lab", "heal", "cable:lembah").returncode == 0
        said = [("firing", fault), ("resolved", fault)]
        wait_for(lambda: told(noc) == said, "that it is over", said=lambda: noc.receiver.messages)
        # One that ends before it has noted what it sent sends it again.
        wait_for(lambda: sent_by(noc) == len(noc.receiver.messages), "Alertmanager to know what it sent")

        noc.programs["alertmanager"].end()
        assert ring.type("lab", "cut", "node:w1").returncode == 0
        daemon.await_fault("node:w1")
        name = noc.alertmanager.removeprefix("http://")
        daemon.wait_for(lambda: daemon.metric("netmon_alertmanager_reached", alertmanager=name) == 0, "a failure")
        noc.start("alertmanager")
        wait_for(
            lambda: len(noc.receiver.messages) == 3,
            "the message it missed",
            said=lambda: (told(noc), daemon.said),
        )
        assert "w1 has failed" in noc.receiver.messages[2]["alerts"][0]["annotations"]["description"]
        assert daemon.metric("netmon_alertmanager_reached", alertmanager=name) == 1
        assert ring.type("lab", "heal", "node:w1").returncode == 0
        daemon.await_calm()


def test_nothing_is_sent_twice_by_both_paths_whatever_restarts(noc: Noc, ring: Terminal, tmp_path: Path) -> None:
    fast = ("--alertmanager.url", noc.alertmanager, *FAST)
    with watching(ring, noc, tmp_path / "state", *fast) as daemon:
        noc.start("alertmanager", "prometheus")
        wait_for(lambda: noc.has('ALERTS{alertname="NetmonWatchdog", alertstate="firing"}'), "the watchdog to fire")
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = daemon.await_fault("cable:lembah")["id"]
        fires = f'ALERTS{{alertname="NetmonFault", alertstate="firing", fault="{fault}"}}'
        wait_for(lambda: told(noc) == [("firing", fault)], "its message", said=lambda: noc.receiver.messages)
        wait_for(lambda: noc.has(fires), "the rule to say the same")
        assert daemon.end() == 0
    with watching(ring, noc, tmp_path / "state", *fast) as daemon:
        daemon.await_fault("cable:lembah")
        noc.restart("prometheus", noc.prometheus)
        wait_for(lambda: noc.has(fires), "the rule to fire again")
        assert told(noc) == [("firing", fault)]
        noc.restart("alertmanager", noc.alertmanager)
        wait_for(lambda: fault in known_to(noc), "Alertmanager to hear of it again")

        assert ring.type("lab", "cut", "node:w1").returncode == 0
        second = daemon.await_fault("node:w1")["id"]
        both = [("firing", fault), ("firing", second)]
        wait_for(lambda: len(told(noc)) >= 2, "one more message", said=lambda: noc.receiver.messages)
        assert told(noc) == both
        assert ring.type("lab", "heal", "--all").returncode == 0
        daemon.await_calm()
        over = sorted([*both, ("resolved", fault), ("resolved", second)])
        wait_for(lambda: sorted(told(noc)) == over, "that both are over", said=lambda: noc.receiver.messages)
        assert daemon.end() == 0
    with watching(ring, noc, tmp_path / "state", *fast) as daemon:
        time.sleep(5)  # a message that is too many would come now
        assert sorted(told(noc)) == over


def told(noc: Noc) -> list[tuple[str, str]]:
    """Return what was said of faults: firing or resolved, and of which."""
    return [
        (message["status"], message["groupLabels"]["fault"])
        for message in noc.receiver.messages
        if message["groupLabels"].get("fault")
    ]


def sent_by(noc: Noc) -> float:
    """Return how many messages Alertmanager counts as sent."""
    answer = HTTP.get(f"{noc.alertmanager}/metrics")
    families = text_string_to_metric_families(answer.text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "alertmanager_notifications_total"
    )


def known_to(noc: Noc) -> set[str]:
    """Return the faults that Alertmanager holds alerts of."""
    answer = HTTP.get(f"{noc.alertmanager}/api/v2/alerts")
    return {alert["labels"].get("fault", "") for alert in answer.json()}
