"""Does a page show content? Pure. A site is active when it does, and not merely when it answers with status 200.

What stands in for a website is short and says so: the hosting company's page for a closed account, the domain
dealer's, the web server's own, OpenSID as it was installed. Such words are therefore looked for in the title and the
address, and in the text only where there is little of it: a village may write about a closed account.
"""

from __future__ import annotations

import html
import re
import zlib
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from netmon.model import ServiceFailure

LOOKED_AT: Final = 65_536  # bytes of a page
SHORT: Final = 1_500  # characters of text: a page with less may be a stand-in
SHOWS: Final = ("<img", "<iframe", "<video", "<canvas", "<svg", "<script", "<object", "<embed", "<frame")

_TEXTS: Final[tuple[tuple[ServiceFailure, tuple[str, ...]], ...]] = (
    (
        ServiceFailure.SUSPENDED,
        (
            "account suspended",
            "account has been suspended",
            "website suspended",
            "site has been suspended",
            "bandwidth limit exceeded",
            "akun ditangguhkan",
            "akun ini ditangguhkan",
            "akun ini telah ditangguhkan",
            "situs ini ditangguhkan",
            "layanan ditangguhkan",
        ),
    ),
    (
        ServiceFailure.PARKED,
        (
            "domain is parked",
            "parked domain",
            "domain parking",
            "domain is for sale",
            "domain may be for sale",
            "buy this domain",
            "domain has expired",
            "domain name has expired",
            "domain ini dijual",
            "domain ini diparkir",
            "domain telah kedaluwarsa",
            "domain sudah kedaluwarsa",
        ),
    ),
    (
        ServiceFailure.DEFAULT_PAGE,
        (
            "welcome to nginx",
            "apache2 debian default page",
            "apache2 ubuntu default page",
            "apache http server test page",
            "http server test page",
            "iis windows server",
            "it works!",
            "default web site page",
            "index of /",
            "welcome to caddy",
            "litespeed web server",
        ),
    ),
)
_PATHS: Final = {
    "/cgi-sys/suspendedpage.cgi": ServiceFailure.SUSPENDED,
    "/cgi-sys/defaultwebpage.cgi": ServiceFailure.DEFAULT_PAGE,
}
_SOURCES: Final = ("sedoparking.com", "parkingcrew.net", "bodis.com", "afternic.com/forsale")
_EXAMPLE_VILLAGE: Final = ("senggig1", "batulay4r")  # of the data that OpenSID is installed with
_ENDLESS: Final = re.compile(
    "&#[0-9]{8,};?"
)  # no character has such a number, and Python refuses to read longer ones
_NO_ARTICLE: Final = "belum ada artikel yang dituliskan"


class Shown(NamedTuple):
    """What a page shows: its title, its text without marks, and its source in small letters."""

    title: str
    text: str
    source: str


def stands_in(page: bytes, url: str) -> tuple[ServiceFailure, str] | None:
    """Return what a page is instead of a website, and the words that tell; None where it shows content.

    Args:
        page: the body, not packed.
        url: where it was found, after all redirects.
    """
    path = urlsplit(url).path.rstrip("/").lower()
    if path in _PATHS:
        return _PATHS[path], f"the page is {path}"
    shown = show(page)
    looked_at = shown.title if len(shown.text) > SHORT else f"{shown.title}\n{shown.text}"
    for failure, texts in _TEXTS:
        for text in texts:
            if text in looked_at:
                return failure, f'the page says "{text}"'
    for source in _SOURCES:
        if len(shown.text) <= SHORT and source in shown.source:
            return ServiceFailure.PARKED, f"the page is one of {source}"
    if any(name in shown.text or name in shown.title for name in _EXAMPLE_VILLAGE):
        return ServiceFailure.OPENSID_DEFAULT, "the page is about the example village of OpenSID"
    if _NO_ARTICLE in shown.text and "artikel-blank" in shown.source:
        return ServiceFailure.OPENSID_DEFAULT, "no article has been written"
    if not shown.text and not any(mark in shown.source for mark in SHOWS):
        return ServiceFailure.EMPTY, "the page shows nothing"
    return None


def show(page: bytes) -> Shown:
    """Return what a page shows, in small letters and single spaces; takes time in proportion to its length."""
    source = page[:LOOKED_AT].decode("utf-8", "replace").lower()
    begins = source.find("<title")
    ends = source.find("</title", begins)
    title = source[source.find(">", begins) + 1 : ends] if 0 <= begins < ends else ""
    return Shown(_plain(title), _plain(" ".join(_texts(source))), source)


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """Return at most `most` bytes of a body, unpacked where a server packs though nobody asked it to.

    A body that cannot be unpacked stays as it is: it will not show what is looked for.
    """
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # with a head (gzip, zlib), and without one
        try:
            return zlib.decompressobj(bits).decompress(body, most)
        except zlib.error:
            continue
    return body


def _texts(source: str) -> list[str]:
    """Return the pieces of text between the marks of a page; scripts and styles are none."""
    found: list[str] = []
    here = 0
    while here < len(source):
        mark = source.find("<", here)
        if mark < 0:
            found.append(source[here:])
            break
        found.append(source[here:mark])
        closing = ">"
        for hidden in ("script", "style", "title", "noscript", "!--"):
            if source.startswith(hidden, mark + 1):
                closing = "-->" if hidden == "!--" else f"</{hidden}"
        end = source.find(closing, mark + 1)
        if end < 0:
            break
        here = end + len(closing)
        if closing not in (">", "-->"):
            here = source.find(">", here) + 1 or len(source)
    return found


def _plain(text: str) -> str:
    return " ".join(html.unescape(_ENDLESS.sub("\N{REPLACEMENT CHARACTER}", text)).split())
