"""The API counts villages as the command does, one question at a time, and asks the journal once a minute."""

from __future__ import annotations

import asyncio
import json

import jsonschema
import pytest

from netmon.daemon.progress_process import count_here
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.api.coverage_route import Counts, Months, months_of
from netmon.exporter.api.documents import Document
from netmon.exporter.app import create_app
from netmon.exporter.page.refusal import Refusal
from netmon.journal.memory import MemoryJournal
from netmon.report.period import month
from tests.in_process import AppClient
from tests.markdown import TOP
from tests.simulated_months import HOUR, Month, county
from tests.unit.exporter.county import cut, view
from tests.unit.exporter.promised import check

PATH = "/api/v1/report/coverage"
SEPTEMBER = month("2026-09", "Asia/Jakarta")


async def lived(months: Months) -> Document | None:
    """Count in the journal of a few hours of a small county."""
    player = Month(county(1, 2), SEPTEMBER.start)
    player.run_to(SEPTEMBER.start + HOUR)
    player.do_lose("d0v1")
    player.run_to(SEPTEMBER.start + 4 * HOUR)
    player.do_cover()
    journal = MemoryJournal()
    journal.append(player.entries)
    return count_here(journal, months)


def test_an_answer_is_that_of_the_committed_schema_and_a_plot_stands_alone() -> None:
    client = AppClient(create_app(view, ChangeFeed(), count=lived))
    answer = client.get(f"{PATH}?months=2").raise_for_status().json()
    check(answer, PATH)
    schema = json.loads((TOP / "docs" / "schemas" / "report-coverage.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate({key: value for key, value in answer.items() if key in schema["properties"]}, schema)
    whole = answer["rows"][0]
    assert (whole["month"], whole["district"], whole["villages"], whole["online"]) == ("2026-09", None, 2, 1)
    plot = client.get(f"{PATH}?months=2&format=svg&lang=id")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert "style-src 'sha256-" in plot.headers["content-security-policy"]
    assert "1 daring" in plot.text


def test_what_is_not_known_is_not_looked_for() -> None:
    asked: list[Months] = []

    async def count(months: Months) -> Document | None:
        asked.append(months)
        return None

    client = AppClient(create_app(lambda: view(cut()), ChangeFeed(), count=count))
    for query, status in (("month=2031-01&months=1", 404), ("month=2020-01", 404), ("month=2026-9", 400)):
        assert client.get(f"{PATH}?{query}").status_code == status
    assert asked == []
    assert client.get(f"{PATH}?month=2026-10&months=2").status_code == 404
    assert client.get(f"{PATH}?months=2.5").json()["error"] == "'2.5' is no number from 1 to 36"
    assert asked == [Months("2026-10", 2, "Asia/Jakarta")]
    without = AppClient(create_app(lambda: view(cut()), ChangeFeed())).get(PATH)
    assert (without.status_code, without.json()["error"]) == (404, "the journal holds nothing of these months")


def test_an_answer_does_for_a_minute_and_others_wait_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netmon.exporter.api.coverage_route.PATIENCE", 0.01)
    monkeypatch.setattr("netmon.exporter.api.coverage_route.MOST", 1)
    shown = view(cut())
    asked: list[str] = []

    async def story() -> str:
        going, done = asyncio.Event(), asyncio.Event()

        async def slow(months: Months) -> Document:
            asked.append(months.last)
            going.set()
            await done.wait()
            return {"rows": []}

        counts, months = Counts(slow), months_of({}, shown)
        first = asyncio.create_task(counts.of(shown, months))
        await going.wait()
        with pytest.raises(Refusal) as refused:
            await counts.of(shown, months._replace(how_many=3))
        done.set()
        assert await first is await counts.of(shown, months)
        await counts.of(shown, months._replace(how_many=3))
        assert len(asked) == 2
        monkeypatch.setattr("netmon.exporter.api.coverage_route.FRESH", -1.0)
        await counts.of(shown, months._replace(how_many=3))
        return f"{refused.value.status_code} {refused.value.detail}"

    assert asyncio.run(story()) == "503 other months are being counted"
    assert asked == ["2026-09"] * 3
