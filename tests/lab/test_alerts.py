"""Prometheus' and Alertmanager's own tools on the rules, the alerts and the messages that netmon ships."""

from __future__ import annotations

import json
import math
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from netmon.bench.exporter_views import measured
from netmon.bench.report import county_inventory
from netmon.exporter.prometheus.scrape import Scrapes
from netmon.exporter.samples.collect import Collector
from netmon.exporter.samples.packing import joined
from tests.markdown import TOP
from tests.requires import require_program

pytestmark = [pytest.mark.lab, pytest.mark.long(35)]
PROMETHEUS = TOP / "dashboards" / "prometheus"
ALERTMANAGER = TOP / "dashboards" / "alertmanager"
CONFIG = ALERTMANAGER / "alertmanager.yaml"
MOST = 4096  # characters of a message that Telegram takes


def tool(name: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [require_program(name), *arguments], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_are_valid() -> None:
    tool(
        "promtool",
        "check",
        "rules",
        "--lint-fatal",
        *(PROMETHEUS / name for name in ("rules.yaml", "alerts.yaml", "regions.yaml")),
    )
    tool("promtool", "check", "config", PROMETHEUS / "prometheus.yaml")
    tool("promtool", "check", "config", "--agent", PROMETHEUS / "agent.yaml")


def seconds(length: str) -> float:
    return float(length.removesuffix("s"))


@pytest.mark.parametrize("folder", [PROMETHEUS, TOP / "deploy" / "compose"], ids=lambda folder: folder.name)
def test_a_fault_is_told_within_half_a_minute_at_the_worst(folder: Path) -> None:
    """As what is shipped makes it: scrape, recording rule, alert, its `for`, and what Alertmanager waits."""
    config = yaml.safe_load((folder / "prometheus.yaml").read_text(encoding="utf-8"))["global"]
    scrape, evaluation = seconds(config["scrape_interval"]), seconds(config["evaluation_interval"])
    groups = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    (alert,) = [rule for group in groups for rule in group["rules"] if rule["alert"] == "NetmonFault"]
    held = math.ceil(seconds(alert["for"]) / evaluation) * evaluation
    routes = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["route"]["routes"]
    (wait,) = [seconds(route["group_wait"]) for route in routes if 'fault!=""' in route["matchers"]]
    named = 2.0  # after the cut, netmon knows
    assert named + scrape + evaluation + evaluation + held + wait <= 30.0


def test_promtool_finds_nothing_to_say_of_the_metrics() -> None:
    """Of every metric of the catalogue, with samples where a county has any."""
    text = joined(Scrapes(Collector().each).pieces(measured(county_inventory(None))))
    done = subprocess.run(
        [require_program("promtool"), "check", "metrics"], input=text, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


@pytest.mark.parametrize("tests", sorted((PROMETHEUS / "tests").glob("*.yaml")), ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_only_then(tests: Path) -> None:
    tool("promtool", "test", "rules", tests)


def test_the_routes_are_valid() -> None:
    tool("amtool", "check-config", CONFIG)


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"alertname": "NetmonFault", "fault": "F7", "severity": "critical"}, "noc"),
        ({"alertname": "NetmonRedundancyLost", "fault": "F7", "severity": "warning"}, "noc"),
        ({"alertname": "NetmonJournalFailing", "severity": "critical"}, "noc"),
        ({"alertname": "NetmonReloadFailed", "severity": "warning"}, "noc-by-mail"),
        ({"alertname": "NetmonWatchdog", "severity": "none"}, "dead-man"),
    ],
)
def test_every_alert_finds_its_receiver(labels: dict[str, str], receiver: str) -> None:
    matchers = [f"{name}={value}" for name, value in labels.items()]
    tool("amtool", "config", "routes", "test", f"--config.file={CONFIG}", f"--verify.receivers={receiver}", *matchers)


@pytest.mark.parametrize(
    ("alert", "said"),
    [
        ({"alertname": "NetmonFault", "instance": "n", "fault": "F7"}, True),
        ({"alertname": "NetmonVillageDisconnected", "instance": "n", "fault": "F7"}, False),
        ({"alertname": "NetmonVillageDisconnected", "instance": "n", "fault": "F8"}, True),
        ({"alertname": "NetmonVillageDisconnected", "instance": "m", "fault": "F7"}, True),
    ],
    ids=str,
)
def test_the_village_of_a_fault_that_is_told_is_inhibited_and_no_other(alert: dict[str, str], said: bool) -> None:
    """As Alertmanager does it: a source that fires, a target that matches, the same value in all that is equal."""
    source = {"alertname": "NetmonFault", "instance": "n", "fault": "F7"}
    rules = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["inhibit_rules"]
    assert any(is_muted(alert, source, rule) for rule in rules) is not said


def is_muted(target: dict[str, str], source: dict[str, str], rule: dict[str, list[str]]) -> bool:
    return (
        all(matches(source, one) for one in rule["source_matchers"])
        and all(matches(target, one) for one in rule["target_matchers"])
        and all(source.get(label) == target.get(label) for label in rule["equal"])
    )


def matches(labels: dict[str, str], matcher: str) -> bool:
    label, sign, value = re.fullmatch(r'(\w+)(=~?)"(.*)"', matcher).groups()  # type: ignore[union-attr]
    had = labels.get(label, "")
    return had == value if sign == "=" else re.fullmatch(value, had) is not None


def test_what_is_equal_in_an_inhibition_is_on_both_sides() -> None:
    """A label that neither has would count as equal, and everything would be muted."""
    text = (PROMETHEUS / "alerts.yaml").read_text(encoding="utf-8")
    names = {rule["alert"]: str(rule["expr"]) for group in yaml.safe_load(text)["groups"] for rule in group["rules"]}
    for rule in yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            meant = [name for name in names if matches({"alertname": name}, matcher)]
            assert meant, matcher
            for name in set(meant) - {"NetmonAbsent"}:  # Prometheus itself gives `up` its instance
                assert all(re.search(rf"\b{label}\b", names[name]) for label in rule["equal"]), (name, rule["equal"])


def message(template: str, data: Path) -> str:
    return tool(
        "amtool",
        "template",
        "render",
        f"--template.glob={ALERTMANAGER / 'netmon.tmpl'}",
        f'--template.text={{{{ template "{template}" . }}}}',
        f"--template.data={data}",
    )


@pytest.mark.parametrize("template", ["text", "html", "whatsapp"])
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_message_says_all_and_is_escaped_where_it_must_be(template: str, language: str) -> None:
    said = message(f"netmon.{template}.{language}", ALERTMANAGER / "tests" / "fault.json")
    assert "25-11-2026 14:03:07 WIB" in said
    assert "1h6m53s" in said
    words = {
        "en": ("Over: A fault darkens sites. [F7]", "cable jenu-utara has failed, cause fibre, owner icon.", "Since"),
        "id": ("Selesai: Gangguan memadamkan situs. [F7]", "kabel jenu-utara rusak, penyebab serat optik", "Sejak"),
    }
    assert [word for word in words[language] if word not in said] == []
    assert "{{ .Labels }}." in said  # text, not code
    assert ("&lt;script&gt;" in said) is (template == "html")
    assert ("<script>" in said) is (template != "html")
    assert said.startswith(
        {"text": words[language][0], "html": "<b>", "whatsapp": f"*{words[language][0]}*"}[template]
    )


@pytest.mark.parametrize("template", ["text.en", "html.id", "html.en", "whatsapp.id"])
@pytest.mark.parametrize(("count", "letter"), [(1, "a"), (1, "&"), (60, "a"), (60, "&"), (6, "'"), (1, "\U0001f525")])
def test_no_message_is_longer_than_telegram_takes(template: str, count: int, letter: str, tmp_path: Path) -> None:
    """Not even with its escapes, and every message of several says that there are more."""
    data = json.loads((ALERTMANAGER / "tests" / "fault.json").read_text(encoding="utf-8"))
    (alert,) = data["alerts"]
    alert["annotations"] |= {"description": letter * 5_000, "description_id": letter * 5_000}
    data["alerts"] = [alert] * count
    (tmp_path / "storm.json").write_text(json.dumps(data), encoding="utf-8")
    said = message(f"netmon.{template}", tmp_path / "storm.json")
    assert len(said) < MOST
    assert "…" in said
    assert (("and more" in said) or ("dan lainnya" in said)) is (count > 6)


def test_fifteen_villages_of_one_fault_are_not_cut(tmp_path: Path) -> None:
    data = json.loads((ALERTMANAGER / "tests" / "fault.json").read_text(encoding="utf-8"))
    villages = ", ".join(f"Kedung<{number}>makmur Sumbersari Wetan" for number in range(15))
    data["alerts"][0]["annotations"]["description_id"] = f"kabel k rusak. 61 situs padam: {villages} dan 46 lainnya."
    (tmp_path / "many.json").write_text(json.dumps(data), encoding="utf-8")
    assert "dan 46 lainnya." in message("netmon.html.id", tmp_path / "many.json")
