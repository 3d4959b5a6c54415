"""What `netmon report speed` reads from a real Prometheus, whose counters were written by hand."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from netmon.cli.main import cli
from netmon.cli.report.speed import margins_below_nothing
from netmon.clock import rfc3339
from netmon.errors import CannotError, UsageError
from netmon.inventory.document import with_digest
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import LinkEnd, SpeedTest
from netmon.report.period import month
from tests.markdown import TOP
from tests.plain_http import HTTP
from tests.ports import free_port
from tests.requires import require_program
from tests.simulated_months import HOUR, Month, county

pytestmark = pytest.mark.lab

FEBRUARY = month("2026-02", "Asia/Jakarta")
EVERY = 100.0
MEGA = 1e6
PATIENCE = 60.0


def rate_sent(since: float) -> float:
    """Full for 40 hours of 672, which is more than 5 %; else 4 Mbit/s."""
    return 20 * MEGA if 100 * HOUR <= since < 140 * HOUR else 4 * MEGA


def rate_received(since: float) -> float:
    """Full for 30 hours, which is less than 5 %; else 1 Mbit/s."""
    return 20 * MEGA if 200 * HOUR <= since < 230 * HOUR else 1 * MEGA


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("prometheus")
    promtool, program = require_program("promtool"), require_program("prometheus")
    text = []
    for name, rate in (("transmit", rate_sent), ("receive", rate_received)):
        text.append(f"# TYPE netmon_interface_{name}_bytes counter")
        total, since = 0.0, 0.0
        while since <= FEBRUARY.seconds:
            labels = '{node="d0",port="sfp1"}'
            text.append(f"netmon_interface_{name}_bytes_total{labels} {total:.0f} {FEBRUARY.start + since:.0f}")
            total += rate(since) * EVERY / 8
            since += EVERY
        labels = '{node="d0",port="sfp1",region="lamongan"}'
        for number in range(100):
            at = FEBRUARY.start + number * EVERY
            text.append(f"netmon_interface_{name}_bytes_total{labels} {number * EVERY * MEGA:.0f} {at:.0f}")
    text.append("# TYPE netmon_speed_test_bytes_per_second gauge")
    for direction, mbps in (("to-site", (19.0, 18.0, 3.0)), ("from-site", (9.0, 9.5, 10.0))):
        for day in range(27):  # of three tests, one finds the line in use
            labels = f'{{link="d0-d0v0",direction="{direction}"}}'
            at = FEBRUARY.start + day * 24 * HOUR + HOUR
            text.append(f"netmon_speed_test_bytes_per_second{labels} {mbps[day % 3] * MEGA / 8:.0f} {at:.0f}")
    text.append("# TYPE netmon_optical_margin_db gauge")
    for line, levels in (("sfp1", (0.5, 0.5, -3.0)), ("sfp2", (-1.5, -1.5, 4.0))):
        for day in range(27):
            at = FEBRUARY.start + day * 24 * HOUR + HOUR
            text.append(f'netmon_optical_margin_db{{node="d0",port="{line}"}} {levels[day % 3]} {at:.0f}')
    written = folder / "counters.txt"
    written.write_text("\n".join([*text, "# EOF\n"]), encoding="utf-8")
    data = folder / "data"
    command = [
        promtool,
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=1000h",
        "openmetrics",
        str(written),
        str(data),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (folder / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={data}",
             "--storage.tsdb.retention.time=90y", f"--web.listen-address=127.0.0.1:{port}"],
            stdout=log, stderr=log,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE
        while not is_ready(url):
            assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def is_ready(url: str) -> bool:
    try:
        return HTTP.get(f"{url}/-/ready").status_code == 200
    except httpx2.HTTPError:
        return False


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn = county(1, 2)
    test = SpeedTest("198.18.0.9", 20.0)
    line = replace(drawn.links["d0-d0v0"], a=LinkEnd("d0", "sfp1"), speed_test=test)
    dead = replace(drawn.links["d0-d0v1"], a=LinkEnd("d0", "sfp2"))
    inventory = with_digest(replace(drawn, links={**drawn.links, line.id: line, dead.id: dead}))
    player = Month(inventory, FEBRUARY.start - HOUR)
    player.run_to(FEBRUARY.end + 30.0)
    player.do_cover()
    path = tmp_path_factory.mktemp("speed") / "journal.sqlite"
    with closing(SqliteJournal(path)) as store:
        store.append([replace(player.entries[0], inventory=inventory), *player.entries[1:]])
    return path


def test_use_against_contract(journal: Path, prometheus: str) -> None:
    words = ["report", "speed", str(journal), "--month", "2026-02", "--prometheus", prometheus, "--format", "json"]
    result = CliRunner().invoke(cli, words, standalone_mode=False, catch_exceptions=False)
    said = json.loads(result.stdout)
    schema = TOP / "docs" / "schemas" / "report-speed.schema.json"
    Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(said)
    counted, silent = said["lines"]
    assert (counted["link"], counted["port"], counted["contract_mbps"]) == ("d0-d0v0", "d0:sfp1", 20.0)
    assert counted["expected_samples"] == 28 * 288
    assert counted["samples"] >= 28 * 288 - 2
    assert counted["to_site_p95_bps"] == pytest.approx(20 * MEGA, rel=1e-3)
    assert counted["from_site_p95_bps"] == pytest.approx(1 * MEGA, rel=1e-3)
    assert counted["contract_ratio"] == pytest.approx(1.0, rel=1e-3)
    assert abs(counted["saturated_seconds"] - 40 * HOUR) <= 600
    assert (counted["tested_to_site_bps"], counted["tested_from_site_bps"]) == (18 * MEGA, 9.5 * MEGA)
    assert (silent["tested_to_site_bps"], silent["tested_from_site_bps"]) == (None, None)
    assert (silent["link"], silent["samples"], silent["to_site_p95_bps"]) == ("d0-d0v1", 0, None)
    assert silent["saturated_seconds"] is None


def test_of_many_regions_each_is_asked_for_by_its_label(journal: Path, prometheus: str, tmp_path: Path) -> None:
    for name in ("lamongan", "tuban"):
        (tmp_path / f"{name}.sqlite").symlink_to(journal)
    words = ["report", "speed", "--regions", str(tmp_path), "--month", "2026-02", "--prometheus", prometheus]
    result = CliRunner().invoke(cli, [*words, "--format", "json"], standalone_mode=False, catch_exceptions=False)
    there, silent = (one["lines"][0] for one in json.loads(result.stdout)["regions"])
    assert 30 <= there["samples"] <= 34
    assert there["to_site_p95_bps"] == pytest.approx(8 * MEGA, rel=1e-3)
    assert there["tested_to_site_bps"] is None
    assert silent["samples"] == 0  # what has no label of a region is of none


def test_villages_whose_lines_deliver_less_than_was_bought_or_get_no_light_are_black_spots(
    journal: Path, prometheus: str
) -> None:
    asked = ["topology", "blackspots", "--journal", str(journal), "--at", rfc3339(FEBRUARY.end) or ""]
    words = [*asked, "--prometheus", prometheus, "--days", "28", "--format", "json"]
    result = CliRunner().invoke(cli, words, standalone_mode=False, catch_exceptions=False)
    said = json.loads(result.stdout)
    schema = TOP / "docs" / "schemas" / "topology-blackspots.schema.json"
    Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(said)
    assert [(row["site"], row["sense"], row["reasons"]) for row in said["rows"]] == [
        ("d0v0", "unusable", ["d0-d0v0: tests come to 9.5 of 20 Mbit/s contracted"]),
        ("d0v1", "unusable", ["d0 sfp2: 1.5 dB less light than its receiver needs"]),
    ]
    assert result.return_value == 1
    without = CliRunner().invoke(cli, asked, standalone_mode=False, catch_exceptions=False)
    assert (without.return_value, without.stdout) == (0, "")


def test_who_is_no_prometheus_is_named(journal: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and never listening
        words = ["report", "speed", str(journal), "--month", "2026-02"]
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotError, match="does not answer"):
            CliRunner().invoke(cli, [*words, "--prometheus", nobody], standalone_mode=False, catch_exceptions=False)
    with pytest.raises(UsageError, match="calendar months"):
        CliRunner().invoke(cli, words[:3], standalone_mode=False, catch_exceptions=False)


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (b'{"data": {"result": [{"metric": {"node": "d0", "port": "a"}, "value": [0, "NaN"]}]}}', {}),
        (b'{"data": {"result": [{"metric": {"node": "d0", "port": "a"}, "value": [0, "-1.5"]}]}}', {"a": 1.5}),
        (b'{"status": "error", "error": "no"}', None),
        (b"[" * 100_000, None),
    ],
)
def test_what_is_no_number_of_a_prometheus_is_no_value(body: bytes, known: dict[str, float] | None) -> None:
    class Prometheus(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Prometheus) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://noc:rahasia@127.0.0.1:{server.server_port}"
        try:
            if known is None:
                with pytest.raises(CannotError, match="does not answer as a Prometheus does") as refused:
                    margins_below_nothing(FEBRUARY, url, None)
                assert "rahasia" not in str(refused.value)
            else:
                found = margins_below_nothing(FEBRUARY, url, None)
                assert {port.port: short for port, short in found.items()} == known
        finally:
            server.shutdown()


@pytest.mark.parametrize("address", ["http://noc:rahasia@127.0.0.1:1", "http://noc:rahasia@[::1", "noc:rahasia@x"])
def test_where_no_prometheus_is_no_password_is_told(address: str) -> None:
    with pytest.raises(CannotError, match="does not answer") as refused:
        margins_below_nothing(FEBRUARY, address, None)
    assert "rahasia" not in str(refused.value)
