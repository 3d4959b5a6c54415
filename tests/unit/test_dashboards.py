"""Rules, alerts and runbooks agree with each other and with the catalogue of metrics."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import yaml

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.catalogue import Type, metrics
from netmon.exporter.prometheus.runbooks import runbooks
from tests.in_process import AppClient
from tests.markdown import TOP
from tests.rows import every_row
from tests.unit.exporter.county import calm, view

PROMETHEUS = TOP / "dashboards" / "prometheus"
HEADINGS = ["## Meaning", "## Impact", "## Diagnosis", "## Mitigation"]


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


RULES: list[dict[str, Any]] = [
    rule
    for name in ("rules.yaml", "alerts.yaml")
    for group in read(PROMETHEUS / name)["groups"]
    for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
CASES = [
    case
    for path in sorted((PROMETHEUS / "tests").glob("*.yaml"))
    for test in read(path)["tests"]
    for case in test.get("alert_rule_test", [])
]


def known_series() -> set[str]:
    """Return the names of all series that netmon exports."""
    names = set()
    for metric in metrics().values():
        names.add(metric.name)
        if metric.type is Type.HISTOGRAM:
            names |= {f"{metric.name}_{part}" for part in ("bucket", "sum", "count")}
    return names


def test_rules_ask_only_for_what_is_exported_or_recorded() -> None:
    for rule in RULES:
        texts = [rule["expr"], *rule.get("annotations", {}).values()]
        asked = {name for text in texts for name in re.findall(r"(?<![:\w])netmon_\w+", text)}
        asked -= {name for name in asked if any(name in record for record in RECORDED)}
        assert asked <= known_series(), rule.get("alert") or rule["record"]
        recorded = {name for text in texts for name in re.findall(r"\b\w+:netmon_\w+:\w+", text)}
        assert recorded <= RECORDED


@every_row("alert", ALERTS)
def test_every_alert_says_what_it_is_and_what_to_do(alert: str) -> None:
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in ("critical", "warning", "info", "none")
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["runbook_url"].endswith(f"/runbooks/{alert}")
    assert [line for line in runbooks()[alert].splitlines() if line.startswith("## ")] == HEADINGS
    assert runbooks()[alert].startswith(f"# {alert}\n")


@every_row("alert", ALERTS)
def test_every_alert_is_tried_firing_and_silent(alert: str) -> None:
    tried = [bool(case["exp_alerts"]) for case in CASES if case["alertname"] == alert]
    assert True in tried
    assert False in tried or alert == "NetmonWatchdog"  # it always fires


def test_there_is_no_runbook_of_nothing() -> None:
    assert set(runbooks()) == set(ALERTS)


def test_netmon_serves_the_runbooks_and_nothing_beside_them() -> None:
    client = AppClient(create_app(lambda: view(calm()), ChangeFeed()))
    answer = client.get("/runbooks/NetmonFault")
    assert answer.text == runbooks()["NetmonFault"]
    assert answer.headers["content-type"].startswith("text/plain")
    for name in ("nothing", "..%2F..%2Fsetup.cfg", "NetmonFault.md"):
        refused = client.get(f"/runbooks/{name}")
        assert refused.status_code == 404


GENERATOR = runpy.run_path(str(TOP / "dashboards" / "generate.py"))
PAGES: dict[Path, str] = GENERATOR["pages"]()
OF_THE_PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes"}


@every_row("page", PAGES)
def test_the_committed_dashboards_are_what_the_generator_writes(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "out of date: run `python dashboards/generate.py`"


@every_row("page", PAGES)
def test_links_lead_to_dashboards_and_choices_that_exist(page: Path) -> None:
    boards = {json.loads(text)["uid"]: json.loads(text) for text in PAGES.values()}
    for uid, variable in re.findall(r"/d/([\w-]+)\?var-(\w+)=", PAGES[page]):
        assert uid.endswith(f"-{page.parent.name}")
        assert variable in {one["name"] for one in boards[uid]["templating"]["list"]}


def test_the_six_dashboards_ask_the_same_in_both_languages_and_differ_in_words() -> None:
    folders = [
        {page.name: json.loads(text) for page, text in PAGES.items() if page.parent.name == n} for n in ("en", "id")
    ]
    english, indonesian = folders
    assert len(english) == 6
    assert english.keys() == indonesian.keys()
    for name, board in english.items():
        asked = [
            [[target["expr"] for target in panel["targets"]] for panel in one["panels"]]
            for one in (board, indonesian[name])
        ]
        assert asked[0] == asked[1]
        assert board["title"] != indonesian[name]["title"]


def test_a_node_graph_is_given_what_grafana_looks_for() -> None:
    (panel,) = [
        one for text in list(PAGES.values()) for one in json.loads(text)["panels"] if one["type"] == "nodeGraph"
    ][:1]
    by_ref = {target["refId"]: target["expr"] for target in panel["targets"]}
    assert by_ref.keys() == {"nodes", "edges"}
    assert '"id", "$1", "node"' in by_ref["nodes"]
    assert "source, target" in by_ref["edges"]


def test_colours_are_those_that_the_colour_blind_can_tell() -> None:
    okabe_ito = {"#009E73", "#F0E442", "#56B4E9", "#E69F00", "#D55E00", "#999999", "#CCCCCC"}
    for text in PAGES.values():
        assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", text)) <= okabe_ito


def test_no_dashboard_is_left_over() -> None:
    assert set(PAGES) == set((TOP / "dashboards" / "grafana").rglob("*.json"))


def test_marks_ask_only_for_what_is_exported() -> None:
    for mark in GENERATOR["MARKS"]:
        assert set(re.findall(r"netmon_\w+", mark.expr)) <= known_series()
        assert all(json.dumps(mark.expr) in text for text in PAGES.values())


def test_panels_ask_only_for_what_is_exported_or_recorded() -> None:
    for page, text in PAGES.items():
        for panel in json.loads(text)["panels"]:
            for target in panel["targets"]:
                names = set(re.findall(r"[a-z_:][a-z0-9_:]*(?=[{\[)\s]|$)", target["expr"]))
                ours = {name for name in names if "netmon_" in name or name.startswith("process_")}
                assert ours, (page.name, target["expr"])
                assert ours <= known_series() | RECORDED | OF_THE_PROCESS, (page.name, target["expr"])
