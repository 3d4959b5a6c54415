"""Does a page show content?"""

from __future__ import annotations

import gzip
import time
import zlib

import pytest

from netmon.model import ServiceFailure
from netmon.probes.http.content import LOOKED_AT, show, stands_in, unpacked
from tests.rows import every_row

URL = "http://socorejo.test/"
NEWS = "<p>" + "Kabar dari desa. " * 100 + "</p>"


def page(title: str, body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><TITLE>{title}</TITLE></head><body>{body}</body></html>".encode()


@every_row(("body", "failure"), [
    (page("Desa Socorejo", "<h1>Selamat datang</h1>"), None),
    (page("Desa Socorejo", NEWS), None),
    (page("Desa Socorejo", f"{NEWS}<p>Account suspended: how to pay, and it works!</p>"), None),
    (page("Account Suspended", NEWS), ServiceFailure.SUSPENDED),
    (page("desa.test", "Akun ini telah\n  ditangguhkan"), ServiceFailure.SUSPENDED),
    (page("desa.test", "This domain&#32;is for sale"), ServiceFailure.PARKED),
    (page("desa.test", '<script src="https://sedoparking.com/x.js"></script>'), ServiceFailure.PARKED),
    (page("Apache2 Debian Default Page: It works", NEWS), ServiceFailure.DEFAULT_PAGE),
    (page("", "<h1>It works!</h1>"), ServiceFailure.DEFAULT_PAGE),
    (page("Index of /", "<a href=x>x</a>"), ServiceFailure.DEFAULT_PAGE),
    (page("Desa Senggig1", NEWS), ServiceFailure.OPENSID_DEFAULT),
    (page("Desa A", f'{NEWS}<div id="artikel-blank">Belum ada artikel yang dituliskan dalam Berita</div>'),
     ServiceFailure.OPENSID_DEFAULT),
    (page("", " \n<!-- nothing --><style>p { color: red }</style>"), ServiceFailure.EMPTY),
    (b"", ServiceFailure.EMPTY),
    (page("", '<div id="root"></div><script src="/app.js"></script>'), None),
    (page("", "<img src=desa.jpg>"), None),
    (b"\xff\xfe\x00 not a page at all", None),
])  # fmt: skip
def test_what_a_page_is(body: bytes, failure: ServiceFailure | None) -> None:
    found = stands_in(body, URL)
    assert (found[0] if found else None) is failure, found


def test_the_address_tells_too() -> None:
    found = stands_in(page("Desa", NEWS), "http://a.test/cgi-sys/suspendedpage.cgi/?x=1")
    assert found is not None
    assert found[0] is ServiceFailure.SUSPENDED


def test_scripts_and_comments_are_no_text() -> None:
    shown = show(b"<title>A &amp; B</title><script>if (a < b) it works!</script>x<!-- y > z -->w<b>v</b><style>u")
    assert (shown.title, shown.text) == ("a & b", "x w v")


@pytest.mark.parametrize("piece", [b"<", b"<script", b"<!--", b"<title", b"</", b"&#", b"<style>"])
def test_a_hostile_page_takes_no_longer_than_its_length(piece: bytes) -> None:
    began = time.process_time()
    stands_in(piece * (2 * LOOKED_AT // len(piece)), URL)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("encoding", ["gzip", "deflate", " GZIP "])
def test_what_was_packed_unasked_is_unpacked(encoding: str) -> None:
    packed = zlib.compress(NEWS.encode()) if encoding == "deflate" else gzip.compress(NEWS.encode())
    assert unpacked(packed, encoding, 1 << 20) == NEWS.encode()


def test_a_bomb_is_unpacked_no_further_than_allowed() -> None:
    bomb = gzip.compress(bytes(1 << 24))
    assert len(unpacked(bomb, "gzip", 1000)) == 1000
    assert unpacked(b"no gzip", "gzip", 1000) == b"no gzip"
    assert unpacked(bomb, "identity", 1000) == bomb
