"""Monthly reports as they are typed: formats, schemas, paper in a real browser, and what is refused."""

from __future__ import annotations

import asyncio
import base64
import csv
import html
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from netmon.cli.main import cli
from netmon.clock import SystemClock
from netmon.daemon.progress_process import counting
from netmon.daemon.settings import Settings
from netmon.errors import StateError, UsageError
from netmon.events import InventoryInForce
from netmon.exporter.api.coverage_route import Months
from netmon.exporter.page.refusal import Refusal
from netmon.inventory.document import with_digest
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.report.period import month
from tests.e2e.chromium import Page
from tests.e2e.terminal import TOP
from tests.simulated_months import HOUR, Month, county

pytestmark = pytest.mark.e2e

OCTOBER = month("2026-10", "Asia/Jakarta")
FORMULA = '=HYPERLINK("http://evil.test";"Bukit")'
SCHEMAS = TOP / "docs" / "schemas"
AS_CSV = ("--format", "csv")


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of a small county, one village of which has a name that a spreadsheet would run."""
    drawn = county(3, 4)
    named = replace(drawn.sites["d0v0"], name=FORMULA)
    inventory = with_digest(replace(drawn, sites={**drawn.sites, "d0v0": named}))
    player = Month(inventory, OCTOBER.start - HOUR, seed=7)
    player.run_to(OCTOBER.start + HOUR)
    player.do_lose("d0v0")
    player.run_to(OCTOBER.start + 3 * HOUR)
    player.do_back("d0v0")
    player.live(OCTOBER.end, outages=25)
    path = tmp_path_factory.mktemp("report") / "journal.sqlite"
    store = SqliteJournal(path)
    first = replace(player.entries[0], inventory=inventory)
    assert any(isinstance(event, InventoryInForce) for event in first.events)
    store.append([first, *player.entries[1:]])
    store.close()
    return path


def typed(*words: object) -> Result:
    result = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def document(report: str, *words: object) -> Any:
    said = json.loads(typed("report", report, *words, "--format", "json").stdout)
    schema = json.loads((SCHEMAS / f"report-{report}.schema.json").read_text(encoding="utf-8"))
    Draft7Validator(schema).validate(said)
    return said


def test_without_a_begin_it_is_the_month_up_to_the_end(journal: Path) -> None:
    said = document("availability", journal, "--to", "2026-10-20T00:00:00+07:00")
    assert (said["from"], said["to"], said["month"]) == ("2026-09-30T17:00:00.000Z", "2026-10-19T17:00:00.000Z", None)
    early = document("availability", journal, "--to", "2026-09-30T16:30:00Z")
    assert early["from"] == "2026-09-30T16:00:00.000Z"  # where the journal begins


@pytest.mark.parametrize("report", ["availability", "outages", "supplier", "services"])
def test_json_fits_its_schema_and_names_the_segment(journal: Path, report: str) -> None:
    said = document(report, journal, "--month", "2026-10")
    assert said["period_seconds"] == 31 * 86_400
    assert (said["from"], said["timezone"]) == ("2026-09-30T17:00:00.000Z", "Asia/Jakarta")
    assert said["complete"] is True
    assert document(report, journal, "--month", "2026-10") == said


def test_buckets_of_every_site_sum_to_the_month(journal: Path) -> None:
    said = document("availability", journal, "--month", "2026-10")
    for row in said["sites"]:
        assert sum(row[f"{one}_seconds"] for one in ("up", "degraded", "down", "unreachable", "maintenance",
                                                      "unknown", "unserved")) == 31 * 86_400  # fmt: skip
    assert said["county"]["outages"] == sum(row["outages"] for row in said["sites"])
    assert len(document("outages", journal, "--month", "2026-10")["outages"]) == said["county"]["outages"]


def test_only_a_district_or_a_site(journal: Path) -> None:
    rows = document("availability", journal, "--month", "2026-10", "--district", "d1")["sites"]
    assert [row["site"] for row in rows] == ["d1", "d1v0", "d1v1", "d1v2", "d1v3"]
    lines = document("supplier", journal, "--month", "2026-10", "--site", "D2V3")["lines"]
    assert [line["link"] for line in lines] == ["d2-d2v3"]


def test_a_daemon_counts_the_same_by_another_process(journal: Path) -> None:
    months = Months("2026-10", 12, "Asia/Jakarta")

    def counted(state: Path, months: Months) -> Any:
        async def ask() -> Any:
            count = counting(Settings(state=state))
            assert count is not None
            return await count(months)

        return asyncio.run(ask())

    said = document("coverage", journal, "--month", "2026-10")
    assert {"schema_version": 1, **counted(journal.parent, months)} == said
    assert counted(journal.parent, months._replace(last="2020-10")) is None
    with pytest.raises(Refusal, match="the journal cannot be read"):
        counted(journal.parent / "gone", months)
    assert counting(Settings(state=None)) is None, "a journal that is only in memory has no past"


def test_progress_by_month(journal: Path) -> None:
    said = document("coverage", journal)
    assert [row["month"] for row in said["rows"] if row["district"] is None] == ["2026-09", "2026-10", "2026-11"]
    assert {row["villages"] for row in said["rows"] if row["district"] is None} == {12}
    plot = ET.fromstring(  # noqa: S314 (our own)
        typed("report", "coverage", journal, "--format", "svg").stdout
    )
    assert plot.tag == "{http://www.w3.org/2000/svg}svg"


def test_last_is_the_month_before_this_one(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "wall", lambda _: OCTOBER.end + 60.0)
    assert document("outages", journal, "--month", "last") == document("outages", journal, "--month", "2026-10")
    monkeypatch.setattr(SystemClock, "wall", lambda _: OCTOBER.end - 60.0)
    assert document("outages", journal, "--month", "last")["month"] == "2026-09"


def test_no_name_runs_in_a_spreadsheet(journal: Path) -> None:
    for report in ("availability", "outages", "supplier"):
        text = typed("report", report, journal, "--month", "2026-10", "--format", "csv").stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        assert "'" + FORMULA in {row["name"] for row in rows}
        assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "@", "\t")]


def test_the_report_on_paper_is_the_same_every_time(journal: Path, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        typed("report", "availability", journal, "--month", "2026-10", "--format", "html", "-o", tmp_path / name)
    first = (tmp_path / "one.html").read_bytes()
    assert first == (tmp_path / "two.html").read_bytes()
    said = document("availability", journal, "--month", "2026-10")
    assert said["journal"]["sha256"] in first.decode()


@pytest.mark.parametrize(("language", "title"), [("id", "Oktober 2026"), ("en", "October 2026")])
def test_paper_in_a_real_browser(journal: Path, browser: Page, tmp_path: Path, language: str, title: str) -> None:
    reports = ("availability", "outages", "supplier", "coverage")
    for report in reports:
        typed("report", report, journal, "--month", "2026-10", "--format", "html", "--lang", language,
              "-o", tmp_path / f"{report}.html")  # fmt: skip
    for report in reports:
        browser.open((tmp_path / f"{report}.html").as_uri())
        assert title in browser.run("document.body.innerText")
        assert browser.run("document.documentElement.lang") == language
        assert not browser.happened("Log.entryAdded", "Runtime.exceptionThrown"), "its own policy refuses part of it"
        requests = [one["request"]["url"] for one in browser.happened("Network.requestWillBeSent")]
        assert all(url.endswith(f"{report}.html") or url == "about:blank" for url in requests)
        printed = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
        sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
        assert sheets == browser.run("document.querySelectorAll('section').length")
        browser.call("Emulation.setEmulatedMedia", media="print")
        browser.call("Emulation.setDeviceMetricsOverride", width=794, height=1123, deviceScaleFactor=1, mobile=False)
        try:
            assert browser.run("document.documentElement.scrollWidth <= innerWidth"), f"{report} is wider than A4"
        finally:
            browser.call("Emulation.setEmulatedMedia", media="")
            browser.call("Emulation.clearDeviceMetricsOverride")
        if report == "availability":
            assert sheets == 1 + 3 + 1  # the county, three districts, what lies in none
            assert FORMULA in browser.run("document.body.innerText")


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("availability", "--month", "2026-13"), UsageError, "'2026-13' is not a month"),
        (("availability", "--month", "2025-10"), StateError, "holds nothing of 2025-10"),
        (("availability", "--month", "2026-10", "--from", "2026-10-01"), UsageError, "--month says already"),
        (("availability", "--month", "2026-10", "--district", "dx"), UsageError, '"dx" is not in the inventory'),
        (("supplier",), UsageError, "calendar months"),
    ],
)
def test_what_cannot_be_is_refused(journal: Path, words: tuple[str, ...], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        typed("report", words[0], journal, *words[1:])


def test_without_a_journal_it_says_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(StateError, match="there is no journal"):
        typed("report", "availability", "--month", "2026-10")


def test_many_regions_are_one_report_in_which_each_row_has_its_region(journal: Path, tmp_path: Path) -> None:
    folder = tmp_path / "journals"
    (folder / "lamongan").mkdir(parents=True)
    shutil.copy(journal, folder / "tuban.sqlite")
    shutil.copy(journal, folder / "lamongan" / "journal.sqlite")
    wanted = ("report", "availability", "--regions", folder, "--month", "2026-10")
    alone = list(csv.DictReader(io.StringIO(typed("report", "availability", journal, *wanted[4:], *AS_CSV).stdout)))
    rows = list(csv.DictReader(io.StringIO(typed(*wanted, *AS_CSV).stdout)))
    assert next(iter(rows[0])) == "region"
    for region in ("tuban", "lamongan"):
        own = [{key: cell for key, cell in row.items() if key != "region"} for row in rows if row["region"] == region]
        assert own == alone
    assert len(rows) == 2 * len(alone)
    said = json.loads(typed(*wanted, "--format", "json").stdout)
    assert [one["region"] for one in said["regions"]] == ["lamongan", "tuban"]
    assert said["silent"] == []


def test_the_month_of_many_regions_is_one_sheet_with_a_line_for_each(journal: Path, tmp_path: Path) -> None:
    for name in ("tuban", "lamongan"):
        shutil.copy(journal, tmp_path / f"{name}.sqlite")
    SqliteJournal(tmp_path / "gresik.sqlite").close()
    month = ("--month", "2026-10")
    alone = json.loads(typed("report", "availability", journal, *month, "--format", "json").stdout)
    wanted = ("report", "availability", "--regions", tmp_path, *month, "--format", "html", "--lang", "en")
    result = typed(*wanted)
    assert result.return_value == 1
    assert "gresik" in result.stderr
    page = html.unescape(result.stdout)
    cells = {row[0]: row for row in (re.findall("<td[^>]*>([^<]*)", line) for line in page.split("<tr>")) if row}
    county = alone["county"]
    for name in ("tuban", "lamongan"):
        assert cells[name][1] == str(county["sites"])
        assert float(cells[name][2].removesuffix(" %")) == pytest.approx(county["availability_ratio"] * 100, abs=1e-3)
        assert cells[name][4] == str(county["outages"])
    assert f"<b>{2 * county['outages']}</b>" in page
    assert f"SHA-256 {alone['journal']['sha256']}" in page
    assert result.stdout == typed(*wanted).stdout


def test_a_region_that_has_nothing_to_say_is_named_and_what_is_of_one_region_is_refused(
    journal: Path, tmp_path: Path
) -> None:
    shutil.copy(journal, tmp_path / "tuban.sqlite")
    SqliteJournal(tmp_path / "gresik.sqlite").close()
    wanted = ("report", "outages", "--regions", tmp_path, "--month", "2026-10")
    result = typed(*wanted, "--format", "json")
    assert (result.return_value, json.loads(result.stdout)["silent"]) == (1, ["gresik"])
    assert "gresik: " in result.stderr
    assert "1 of 2 regions have nothing to say: gresik" in result.stderr
    for words, why in (
        ((*wanted, "--site", "d0v0"), "--site is about one region"),
        (("report", "outages", "--regions", tmp_path), "say which with --month"),
        ((*wanted, "--format", "html"), "as html is of one region"),
        (("report", "outages", journal, *wanted[2:]), "JOURNAL is about one region"),
        (("report", "outages", "--regions", tmp_path.parent / "none", *wanted[4:]), "does not exist"),
    ):
        with pytest.raises((UsageError, click.UsageError)) as refused:
            typed(*words)
        assert why in f"{refused.value} {getattr(refused.value, 'hint', '')}"
