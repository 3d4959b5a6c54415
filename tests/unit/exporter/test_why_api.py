"""`/api/v1/why/{site}` and the page's section answer "why?", now and for the past."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx2
import pytest

from netmon.clock import rfc3339
from netmon.errors import StateError
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.api.why_route import MOST_WAITING
from netmon.exporter.app import create_app
from netmon.picture.state import Picture
from tests.in_process import AppClient
from tests.unit.exporter.county import HOSTILE, NOW, calm, cut, view

PAST = NOW - 1_000.0


def recall(at: float) -> Picture | None:
    if at < PAST:
        return None
    if at == PAST + 1.0:
        raise StateError("journal j: database disk image is malformed")
    return calm()


@pytest.fixture(scope="module")
def client() -> AppClient:
    shown = view(cut())
    return AppClient(create_app(lambda: shown, ChangeFeed(), recall=recall))


def asked(client: AppClient, path: str) -> Any:
    return client.get(f"/api/v1/why/{path}").raise_for_status().json()


def test_why_a_site_is_dark(client: AppClient) -> None:
    document = asked(client, "v2")
    assert document["site"] == {"id": "v2", "name": "Rawasan"}
    assert document["verdict"] == "unreachable"
    assert document["fault"]["id"] == "F8"
    keys = {fact["key"] for part in ("because", "rejected", "would_change") for fact in document[part]}
    assert {"node-dark", "named", "answers", "if-answers"} <= keys
    assert document["believed_at"] == document["at"] == rfc3339(NOW)
    (dark,) = [fact for fact in document["because"] if fact["key"] == "node-dark"]
    assert dark["values"] == {"node": "rtr-v2", "since": dark["at"]}
    assert dark["at"].endswith("Z")


def test_names_languages_and_the_past(client: AppClient) -> None:
    assert asked(client, "rawasan")["text"].startswith("Rawasan is dark")
    assert asked(client, "v2?lang=id")["text"].startswith("Rawasan gelap")
    then = asked(client, f"v2?at={rfc3339(PAST + 10)}")
    assert then["verdict"] == "up"
    assert asked(client, f"v2?at={rfc3339(NOW + 10)}")["verdict"] == "unreachable"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("rawasn", 404, "did you mean Rawasan (v2)?"),
        ("v2?lang=jv", 400, "lang cannot be 'jv'; one of en, id"),
        ("v2?at=yesterday", 400, "at cannot be 'yesterday'; write it like"),
        ("v2?when=1", 400, "unknown parameter 'when'"),
        (f"v2?at={rfc3339(PAST - 10)}", 404, "the journal holds nothing up to then"),
        (f"v2?at={rfc3339(PAST + 1)}", 503, "malformed"),
    ],
)
def test_what_cannot_be_answered_is_refused(client: AppClient, path: str, status: int, said: str) -> None:
    answer = client.get(f"/api/v1/why/{path}")
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_without_a_journal_there_is_only_now() -> None:
    client = AppClient(create_app(lambda: view(cut()), ChangeFeed()))
    assert asked(client, "v2")["verdict"] == "unreachable"
    answer = client.get(f"/api/v1/why/v2?at={rfc3339(PAST + 10)}")
    assert (answer.status_code, answer.json()["error"]) == (400, "the past is not kept here; leave `at` out")


def test_many_questions_about_the_past_hold_up_nobody_who_asks_about_now() -> None:
    """Those that wait are few; the rest are refused at once."""
    known = threading.Event()

    def slowly(at: float) -> Picture | None:
        assert known.wait(30.0)
        return recall(at)

    async def scene() -> list[int]:
        app = create_app(lambda: view(cut()), ChangeFeed(), recall=slowly)
        path = f"/api/v1/why/v2?at={rfc3339(PAST + 10)}"
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            past = [asyncio.create_task(client.get(path)) for _ in range(MOST_WAITING + 3)]
            await asyncio.wait(past, return_when=asyncio.FIRST_COMPLETED)
            assert (await client.get("/api/v1/why/v2")).json()["verdict"] == "unreachable"
            known.set()
            return sorted(answer.status_code for answer in await asyncio.gather(*past))

    assert asyncio.run(scene()) == [200] * MOST_WAITING + [503] * 3


def test_the_page_of_a_site_says_why_and_escapes_names(client: AppClient) -> None:
    page = client.get("/sites/v2").text
    assert '<h2 id="why-title">Why</h2>' in page
    assert "the first request that it missed" in page
    assert "What would change this" in page
    assert HOSTILE not in client.get("/sites/v1").text
