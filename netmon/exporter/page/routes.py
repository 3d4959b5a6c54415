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
from netmon.exporter.page.site import site_page
from netmon.exporter.view import View
from netmon.model import Site, Verdict
from netmon.topology.drawing.style import style

_STATIC = Path(__file__).parent / "static"
_STYLE = style()


def page_routes(show: Callable[[], View]) -> list[BaseRoute]:
    """Return the routes of the page over what `show` shows."""
    county_map = CountyMap()

    async def county(_request: Request) -> Response:
        view = show()
        return HTMLResponse(await run_in_threadpool(county_page, view, county_map, time.time()))

    async def sites(request: Request) -> Response:
        view = show()
        verdict = _verdict(request)
        district = _district(request, view)
        return HTMLResponse(await run_in_threadpool(sites_page, view, verdict, district, time.time()))

    async def site(request: Request) -> Response:
        view = show()
        found = view.picture.inventory.sites.get(request.path_params["id"])
        if found is None:
            raise HTTPException(404, f"there is no site {request.path_params['id']!r}")
        return HTMLResponse(await run_in_threadpool(site_page, view, found, time.time()))

    return [
        Route("/", county),
        Route("/sites", sites),
        Route("/sites/{id:path}", site),
        Route("/static/map.css", _map_style),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


async def _map_style(_request: Request) -> Response:
    return Response(_STYLE, media_type="text/css")


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
