"""The files of the page: what a page names is there and kept for good; another address of the same is asked again."""

from __future__ import annotations

import gzip
import re

import pytest

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.page.files import FILES, address
from tests.in_process import AppClient
from tests.unit.exporter.county import calm, view


@pytest.fixture(scope="module")
def client() -> AppClient:
    shown = view(calm())
    return AppClient(create_app(lambda: shown, ChangeFeed()))


def test_what_a_page_names_is_kept_for_good(client: AppClient) -> None:
    named = re.findall(r'(?:href|src)="(/static/[^"]*)"', client.get("/").text)
    assert sorted(named) == sorted(address(name) for name in FILES)
    for path in named:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))


@pytest.mark.parametrize("mark", ["", "?mark=", "?mark=000000000000", "?mark=%00&x=1"])
def test_an_old_address_gives_the_file_of_now_and_is_not_kept(client: AppClient, mark: str) -> None:
    answer = client.get(f"/static/live.js{mark}")
    assert answer.content == FILES["live.js"].content
    assert answer.headers["cache-control"] == "no-cache"


def test_files_are_packed_where_that_is_accepted(client: AppClient) -> None:
    with client.stream("GET", "/static/page.css", headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(raw)
    plain = client.get("/static/page.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content == FILES["page.css"].content
    assert "Accept-Encoding" in packed.headers["vary"]
    assert "Accept-Encoding" in plain.headers["vary"]


def test_the_style_has_every_colour_that_it_uses() -> None:
    style = FILES["page.css"].content.decode()
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    assert used
    assert used <= set(re.findall(r"(--[\w-]+):", style))
