"""schemathesis asks a real daemon all that its own description allows, and all that it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.requires import require

pytestmark = [pytest.mark.e2e, pytest.mark.long(50)]

# A target may be any text, and is refused unless the inventory names it: which texts those are, no schema can tell.
SETTINGS = """
[[operations]]
include-path = "/probe"
checks.positive_data_acceptance.enabled = false
"""
PROGRAM = Path(sys.executable).with_name("schemathesis")


def test_no_request_breaks_the_daemon_and_every_answer_is_as_described(loop: Terminal, tmp_path: Path) -> None:
    """Among its checks: no 5xx, documented status and shape, 405 with Allow, wrong values are refused."""
    require(PROGRAM.exists(), "schemathesis is not installed")
    asked = tmp_path / "asked"
    asked.mkdir()
    (asked / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    with loop.daemon("-i", "loop.yaml", "--state", tmp_path / "state") as daemon:
        daemon.await_ready()
        ran = subprocess.run(
            [
                PROGRAM, "run", f"{daemon.url}api/v1/openapi.json",
                "--exclude-path", "/events",  # it never ends
                "--phases", "coverage,fuzzing", "--max-examples", "4", "--workers", "2", "--seed", "1",
                "--suppress-health-check", "all", "--request-timeout", "60", "--no-color",
            ],
            cwd=asked, capture_output=True, text=True, timeout=500, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert daemon.get("/-/healthy").status_code == 200
        assert daemon.metric("netmon_internal_errors_total") == 0
        assert daemon.end() == 0
    assert "Traceback" not in daemon.said
