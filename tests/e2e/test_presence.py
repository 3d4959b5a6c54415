"""What tells of people: a kiosk that says by itself that it lives, and the clients of a wifi, by agents of a lab."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import bcrypt
import pytest

from tests.e2e.terminal import Daemon, Terminal
from tests.plain_http import HTTP
from tests.requires import require
from tests.small_counties import RING

pytestmark = [pytest.mark.e2e, pytest.mark.lab]

TOKEN = "b7c1f0d2a9e84c35"  # noqa: S105 (of these tests alone)
KIOSK = """\
services:
  - {id: kios, site: desa, kind: kiosk, interval: 1s, heartbeat: {file: kios-token}}
"""


def beat(daemon: Daemon, token: str = TOKEN, service: str = "kios") -> int:
    answer = HTTP.post(
        f"{daemon.url}api/v1/heartbeats/{service}",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert token not in answer.text
    return answer.status_code


def faults(daemon: Daemon) -> list[tuple[str, list[str]]]:
    return [(one["id"], one["services"]) for one in daemon.api("service_faults")]


def test_a_kiosk_that_falls_silent_is_a_finding_and_no_outage_and_a_restart_keeps_it(
    loop: Terminal, tmp_path: Path
) -> None:
    drawn = loop.folder / "loop.yaml"
    drawn.write_text(drawn.read_text(encoding="utf-8") + KIOSK, encoding="utf-8")
    (loop.folder / "kios-token").write_text(f"{TOKEN}\n", encoding="ascii")
    state = ("-i", "loop.yaml", "--state", tmp_path / "state")
    with loop.daemon(*state) as daemon:
        daemon.await_ready()
        assert beat(daemon, "somebody-elses-token") == 401
        assert beat(daemon, service="nobody") == 401
        assert beat(daemon) == 204
        daemon.wait_for(lambda: daemon.metric("netmon_service_up", service="kios") == 1.0, "that it lives")
        assert daemon.metric("netmon_heartbeats_refused_total") == 2.0
        daemon.wait_for(lambda: bool(faults(daemon)), "that its silence is found")
        ((fault, services),) = faults(daemon)
        assert services == ["kios"]
        assert daemon.dark() == set()
        assert daemon.verdicts()["desa"] == "up"
        why = loop.type("why", "desa", "--url", daemon.url, "--lang", "en")
        assert "it has ceased to say that it lives" in why.stdout, why.stdout + why.stderr
        assert daemon.end() == 0
    assert TOKEN not in daemon.said
    with loop.daemon(*state) as daemon:
        daemon.await_ready()
        daemon.wait_for(lambda: faults(daemon) == [(fault, ["kios"])], "the same fault after the restart")
        assert beat(daemon) == 204
        daemon.wait_for(lambda: beat(daemon) == 204 and not faults(daemon), "that it is well again")


def test_its_token_opens_nothing_else_where_people_must_log_in(loop: Terminal, tmp_path: Path) -> None:
    drawn = loop.folder / "loop.yaml"
    drawn.write_text(drawn.read_text(encoding="utf-8") + KIOSK, encoding="utf-8")
    (loop.folder / "kios-token").write_text(f"{TOKEN}\n", encoding="ascii")
    hashed = bcrypt.hashpw(b"rahasia-sekali", bcrypt.gensalt(rounds=4)).decode()
    (loop.folder / "web.yaml").write_text(f"basic_auth_users: {{noc: '{hashed}'}}\n", encoding="utf-8")
    words = ("-i", "loop.yaml", "--state", tmp_path / "state", "--web.config.file", "web.yaml")
    with loop.daemon(*words) as daemon:
        assert beat(daemon) == 204
        assert beat(daemon, "rahasia-sekali") == 401
        answer = HTTP.get(f"{daemon.url}metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 401
        assert HTTP.get(f"{daemon.url}api/v1/heartbeats/kios").status_code == 401
        seen = HTTP.get(f"{daemon.url}metrics", auth=("noc", "rahasia-sekali"))
        assert 'netmon_heartbeat_timestamp_seconds{service="kios"}' in seen.text


WIFI = """\
services:
  - {id: wifi-bukit, site: bukit, kind: wifi, depends_on: [w1]}
"""


@pytest.mark.long(25)
def test_people_who_use_the_wifi_are_counted_and_reported(desk: Terminal, tmp_path: Path) -> None:
    ahead = (19 - datetime.now(UTC).hour + 12) % 24 - 12
    zone = f"Etc/GMT{-ahead:+d}"  # where it is evening; POSIX counts westwards
    drawn = RING.replace("timezone: Asia/Jakarta", f"timezone: {zone}")
    assert drawn != RING
    (desk.folder / "ring.yaml").write_text(drawn + WIFI, encoding="utf-8")
    with desk.start("lab", "up", "-i", "ring.yaml") as running:
        running.until("Ctrl-C here ends it")
        require("simulated" not in running.said, running.said)
        with desk.daemon("-i", "ring.yaml", "--state", tmp_path, "--lab") as daemon:
            daemon.await_ready()

            def clients() -> float:
                return daemon.metric("netmon_wifi_clients", service="wifi-bukit") or 0.0

            daemon.wait_for(lambda: clients() > 1, "clients")
            daemon.wait_for(lambda: daemon.metric("netmon_service_up", service="wifi-bukit") == 1.0, "its use")

            def reported() -> dict[str, object]:
                """Return what a report of the time so far says, of the journal that is being written meanwhile."""
                (wifi,) = desk.report("report", "services", tmp_path / "journal.sqlite")["services"]
                return dict(wifi)

            daemon.wait_for(lambda: int(str(reported()["used_seconds"] or 0)) > 0, "seconds in which it was used")
            wifi = reported()
            assert daemon.end() == 0
    assert (wifi["service"], wifi["kind"], wifi["down_seconds"], wifi["failures"]) == ("wifi-bukit", "wifi", 0, 0)
