"""However many ask at once, answers are made one after the other, and one page for many readers once."""

from __future__ import annotations

import asyncio
import gzip
import threading
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from netmon.exporter.page.kept import MOST, KeptPages
from netmon.exporter.page.templating import Reader
from netmon.exporter.view import DaemonStatus
from netmon.exporter.workshop import Workshop
from netmon.picture.words.phrases import Language
from tests.unit.exporter.county import NOW, calm, view

ASKING = 20


def asked(encoding: str = "") -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", encoding.encode())]})


def test_answers_are_made_one_after_the_other_while_the_loop_turns() -> None:
    async def scene() -> tuple[int, int, int]:
        workshop, going_on = Workshop(), threading.Semaphore(1)
        overlaps = turns = 0

        def produce() -> Response:
            nonlocal overlaps
            overlaps += not going_on.acquire(blocking=False)
            threading.Event().wait(0.002)
            going_on.release()
            return PlainTextResponse("made")

        made = asyncio.gather(*(workshop.make(asked(), produce) for _ in range(ASKING)))
        while not made.done():
            await asyncio.sleep(0)
            turns += 1
        return overlaps, turns, len(await made)

    overlaps, turns, answers = asyncio.run(scene())
    assert (overlaps, answers) == (0, ASKING)
    assert turns > ASKING


def test_what_is_worth_it_is_packed_where_that_is_accepted() -> None:
    def made(text: str, encoding: str) -> Response:
        return asyncio.run(Workshop().make(asked(encoding), lambda: PlainTextResponse(text)))

    long = "desa " * 1000
    packed = made(long, "br, gzip;q=0.5")
    assert gzip.decompress(bytes(packed.body)).decode() == long
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(packed.body) < len(long)
    assert packed.headers["vary"] == "Accept-Encoding"
    for plain in (made(long, "identity"), made(long, "gzip;q=0"), made("short", "gzip")):
        assert "content-encoding" not in plain.headers


def test_a_page_is_made_once_for_all_who_ask_in_the_same_second() -> None:
    kept, shown, made = KeptPages(), view(calm()), 0

    def make() -> str:
        nonlocal made
        made += 1
        return str(made)

    english, indonesian = Reader(), Reader(Language.INDONESIAN)
    assert {kept.page("/", english, shown, NOW + share / 64, make) for share in range(64)} == {"1"}
    assert kept.page("/", indonesian, shown, NOW, make) == "2"
    assert kept.page("/sites", english, shown, NOW, make) == "3"
    assert kept.page("/", english, shown, NOW + 1, make) == "4", "a second later"
    assert kept.page("/", english, view(calm()), NOW + 1, make) == "5", "of another picture"
    told = replace(view(calm()), daemon=DaemonStatus(NOW, journal_failing=True))
    assert kept.page("/", english, told, NOW + 1, make) == "6", "of a daemon in trouble"
    assert kept.page("/", replace(english, wanted="x"), told, NOW + 1, make) == "7", "for another reader"


def test_only_so_many_pages_are_kept() -> None:
    kept, shown = KeptPages(), view(calm())
    for number in range(3 * MOST):
        kept.page(f"/sites/{number}", Reader(), shown, NOW, lambda: "page")
    assert len(kept) == MOST
