"""What is served of the country: a page, metrics, an API, and the regions as targets for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from netmon import __version__
from netmon.clock import rfc3339
from netmon.country.federation import Country, Document, fault_rows, region_rows, target_groups
from netmon.country.samples import country_samples
from netmon.exporter.api.routes import Json
from netmon.exporter.guard import SecurityHeaders
from netmon.exporter.page.files import address, files_route
from netmon.exporter.prometheus.scrape import Scrapes
from netmon.exporter.trouble import failed, refuse
from netmon.exporter.workshop import SMALLEST, Packing
from netmon.model import Verdict

MOST_FAULTS = 100
"""Faults on the page; the API has all."""
TOLD = (Verdict.UP, Verdict.DEGRADED, Verdict.DOWN, Verdict.UNREACHABLE, Verdict.UNKNOWN, Verdict.MAINTENANCE)
_PAGES = Environment(
    loader=PackageLoader("netmon.country"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals["address"] = address


def create_country_app(show: Callable[[], Country]) -> Starlette:
    """Return the app; `show` returns the country of now, and is called on the event loop."""
    scrapes = Scrapes(country_samples)

    async def metrics(request: Request) -> Response:
        return await scrapes.answer(request, show, 0)

    async def page(_request: Request) -> Response:
        country = show()
        return HTMLResponse(country_page(country))

    async def sd(_request: Request) -> Response:
        return Response(json.dumps(target_groups(show().regions.values())), media_type="application/json")

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("netmon country is alive\n")

    async def ready(_request: Request) -> Response:
        silent = show().silent()
        if silent:
            return PlainTextResponse("".join(f"not ready: region {name} is not heard\n" for name in silent), 503)
        return PlainTextResponse("netmon country is ready\n")

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/metrics", metrics),
            _rows("/api/v1/regions", "regions", show, region_rows),
            _rows("/api/v1/faults", "faults", show, fault_rows),
            Route("/sd/regions", sd),
            Route("/-/healthy", healthy),
            Route("/-/ready", ready),
            files_route(),
        ],
        exception_handlers={HTTPException: refuse, Exception: failed},
        middleware=[Middleware(SecurityHeaders), Middleware(Packing, minimum_size=SMALLEST, compresslevel=1)],
    )
    app.router.redirect_slashes = False  # where that leads is what the client calls this host
    return app


def _rows(path: str, name: str, show: Callable[[], Country], rows: Callable[[Country], list[Document]]) -> Route:
    async def endpoint(request: Request) -> Response:
        wanted = set(request.query_params.getlist("region"))
        country = show()
        if set(request.query_params) - {"region"} or not wanted <= country.regions.keys():
            raise HTTPException(400, f"the only filter is region, one of {', '.join(country.regions)}")
        found = [row for row in rows(country) if not wanted or row["region"] in wanted]
        return Json({"at": rfc3339(country.now), name: found})

    return Route(path, endpoint, methods=["GET"])


def country_page(country: Country) -> str:
    """Return the page: what is dark in the country, fault by fault, and every region."""
    faults = fault_rows(country)
    return _PAGES.get_template("country.html").render(
        at=rfc3339(country.now),
        counts=country.counts(),
        told=TOLD,
        faults=faults[:MOST_FAULTS],
        more=max(len(faults) - MOST_FAULTS, 0),
        regions=region_rows(country),
        urls={name: region.url for name, region in country.regions.items()},
        version=__version__,
    )
