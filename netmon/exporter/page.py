"""The page for people: one HTML document from one view, complete without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from netmon.exporter.view import View
from netmon.model import Verdict
from netmon.picture.words import describe

STATIC = Path(__file__).parent / "static"

_TEMPLATES = Environment(
    loader=PackageLoader("netmon.exporter"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page_routes(show: Callable[[], View]) -> list[BaseRoute]:
    """Return the routes of the page over what `show` shows."""

    async def county(_request: Request) -> Response:
        view = show()
        return HTMLResponse(await run_in_threadpool(county_page, view))

    return [
        Route("/", county),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def county_page(view: View) -> str:
    """Return the page of the whole county."""
    picture = view.picture
    return _TEMPLATES.get_template("county.html").render(
        view=view,
        picture=picture,
        inventory=picture.inventory,
        counts={verdict: picture.count(verdict) for verdict in Verdict},
        open_faults=[describe(incident, picture.inventory) for incident in picture.open_incidents],
    )
