"""Prometheus' and Alertmanager's own tools on the rules, the alerts and the messages that netmon ships."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.markdown import TOP
from tests.requires import require_program

pytestmark = pytest.mark.lab
PROMETHEUS = TOP / "dashboards" / "prometheus"
ALERTMANAGER = TOP / "dashboards" / "alertmanager"
CONFIG = ALERTMANAGER / "alertmanager.yaml"
MOST = 4096  # characters of a message that Telegram takes


def tool(name: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [require_program(name), *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_are_valid() -> None:
    tool("promtool", "check", "rules", "--lint-fatal", *(PROMETHEUS / name for name in ("rules.yaml", "alerts.yaml")))
    tool("promtool", "check", "config", PROMETHEUS / "prometheus.yaml")


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


def message(template: str, data: Path) -> str:
    return tool(
        "amtool",
        "template",
        "render",
        f"--template.glob={ALERTMANAGER / 'netmon.tmpl'}",
        f'--template.text={{{{ template "{template}" . }}}}',
        f"--template.data={data}",
    )


@pytest.mark.parametrize("template", ["text.en", "text.id", "html.en", "html.id"])
def test_a_message_names_fault_and_times_and_is_escaped_where_it_must_be(template: str) -> None:
    said = message(f"netmon.{template}", ALERTMANAGER / "tests" / "fault.json")
    assert "F7" in said
    assert "cable jenu-utara" in said
    assert "25-11-2026 14:03:07 WIB" in said
    assert "1h6m53s" in said
    assert ("&lt;script&gt;" in said) is template.startswith("html")
    assert ("<script>" in said) is template.startswith("text")


@pytest.mark.parametrize("template", ["text.en", "html.id"])
def test_no_message_is_longer_than_telegram_takes(template: str, tmp_path: Path) -> None:
    data = json.loads((ALERTMANAGER / "tests" / "fault.json").read_text(encoding="utf-8"))
    (alert,) = data["alerts"]
    alert["annotations"]["description"] = "&" * 5_000
    data["alerts"] = [alert] * 60
    (tmp_path / "storm.json").write_text(json.dumps(data), encoding="utf-8")
    said = message(f"netmon.{template}", tmp_path / "storm.json")
    assert len(said) <= MOST if template == "text.en" else len(said.replace("&amp;", "&")) <= MOST
    assert ("and more" in said) or ("dan lainnya" in said)
