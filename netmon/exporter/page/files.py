"""Style, script and icon of the page: read and packed once, and kept by browsers as long as they are what they were.

A page names each file with a mark of its content, so that a browser asks for it once and never whether it changed.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.prometheus.negotiate import accepts_gzip
from netmon.topology.drawing.style import style

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_KEPT = "private, max-age=31536000, immutable"  # a year: the address changes with the content
_ASKED_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file: its content, plain and packed, its media type, and the mark of its content."""

    content: bytes
    packed: bytes
    kind: str
    mark: str


def _read(name: str, before: str = "") -> PageFile:
    content = before.encode() + files("netmon.exporter.page").joinpath("static", name).read_bytes()
    kind = _KINDS[name.rpartition(".")[2]]
    return PageFile(content, gzip.compress(content, mtime=0), kind, hashlib.sha256(content).hexdigest()[:12])


FILES: Mapping[str, PageFile] = {
    "icon.svg": _read("icon.svg"),
    "live.js": _read("live.js"),
    "page.css": _read("page.css", before=style()),
}
"""The files by name; the style of the page begins with that of the map, whose colours it uses."""


def address(name: str) -> str:
    """Return where a file of the page is, as a page names it."""
    return f"/static/{name}?mark={FILES[name].mark}"


def files_route() -> Route:
    """Return the route of the files."""
    return Route("/static/{name}", _answer)


async def _answer(request: Request) -> Response:
    found = FILES.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    is_named = request.query_params.get("mark") == found.mark
    headers = {
        "cache-control": _KEPT if is_named else _ASKED_AGAIN,
        "content-type": found.kind,
        "vary": "Accept-Encoding",
    }
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        return Response(found.packed, headers={**headers, "content-encoding": "gzip"})
    return Response(found.content, headers=headers)
