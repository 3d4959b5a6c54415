"""The routes of the page: complete without script; script only replaces what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from netmon.exporter.page.county import CountyMap, county_page, sites_page
from netmon.exporter.page.language import language_of, remember
from netmon.exporter.page.site import site_page
from netmon.exporter.page.templating import Reader
from netmon.exporter.view import View
from netmon.model import Site, Verdict
from netmon.picture.words.phrases import Language
from netmon.topology.drawing.style import style

_STATIC = Path(__file__).parent / "static"
_STYLE = style()
LONGEST = 100
"""Characters of what is looked for that are heeded."""


def page_routes(show: Callable[[], View]) -> list[BaseRoute]:
    """Return the routes of the page over what `show` shows."""
    county_map = CountyMap()

    async def answer(request: Request, page: Callable[[Reader, float], str]) -> Response:
        reader = _reader(request)
        response = HTMLResponse(await run_in_threadpool(page, reader, time.time()))
        remember(request, response, reader.language)
        return response

    async def county(request: Request) -> Response:
        view = show()
        return await answer(request, lambda reader, now: county_page(view, county_map, reader, now))

    async def sites(request: Request) -> Response:
        view = show()
        verdict = _verdict(request)
        district = _district(request, view)
        return await answer(request, lambda reader, now: sites_page(view, verdict, district, reader, now))

    async def site(request: Request) -> Response:
        view = show()
        found = view.picture.inventory.sites.get(request.path_params["id"])
        if found is None:
            raise HTTPException(404, f"there is no site {request.path_params['id']!r}")
        return await answer(request, lambda reader, now: site_page(view, found, reader, now))

    return [
        Route("/", county),
        Route("/sites", sites),
        Route("/sites/{id:path}", site),
        Route("/static/map.css", _map_style),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


async def _map_style(_request: Request) -> Response:
    return Response(_STYLE, media_type="text/css")


def _reader(request: Request) -> Reader:
    here = request.url
    addresses = {each: f"{here.path}?{here.include_query_params(lang=each).query}" for each in Language}
    return Reader(language_of(request), addresses, request.query_params.get("q", "").strip()[:LONGEST])


def _verdict(request: Request) -> Verdict | None:
    asked = request.query_params.get("verdict")
    if asked is None:
        return None
    if asked not in tuple(Verdict):
        raise HTTPException(400, f"verdict cannot be {asked!r}; one of {', '.join(Verdict)}")
    return Verdict(asked)


def _district(request: Request, view: View) -> Site | None:
    asked = request.query_params.get("district")
    if asked is None:
        return None
    found = view.picture.inventory.sites.get(asked)
    if found is None:
        raise HTTPException(404, f"there is no district {asked!r}")
    return found
