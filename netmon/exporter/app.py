"""Everything served over HTTP: which path is answered by what."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from netmon.exporter.api.changes import ChangeFeed, TooManyReadersError
from netmon.exporter.api.coverage_route import Count, Counts, coverage_route
from netmon.exporter.api.documents import stamp
from netmon.exporter.api.draw_route import draw_route
from netmon.exporter.api.heartbeat_route import Hear, heartbeat_route
from netmon.exporter.api.openapi import openapi_route
from netmon.exporter.api.plan_route import Make, Plans, plan_route
from netmon.exporter.api.routes import api_routes
from netmon.exporter.api.streams import EventStream, Teller
from netmon.exporter.api.topology_routes import topology_routes
from netmon.exporter.api.why_route import Recall, why_route
from netmon.exporter.guard import SecurityHeaders
from netmon.exporter.page.county import CountyMap
from netmon.exporter.page.engineers import engineer_routes
from netmon.exporter.page.prepared import Prepared
from netmon.exporter.page.routes import page_routes, refused, wants_page
from netmon.exporter.plan_process import plan_apart
from netmon.exporter.prometheus.probe_route import Prober, probe_route
from netmon.exporter.prometheus.runbooks import runbook_routes
from netmon.exporter.prometheus.scrape import Scrapes
from netmon.exporter.prometheus.sd_routes import sd_routes
from netmon.exporter.samples.collect import Collector
from netmon.exporter.trouble import failed, refuse
from netmon.exporter.view import View
from netmon.exporter.workshop import SMALLEST, Packing, Workshop


def create_app(
    show: Callable[[], View],
    changes: ChangeFeed,
    *,
    reload: Callable[[], None] | None = None,
    recall: Recall | None = None,
    prober: Prober | None = None,
    hear: Hear | None = None,
    plan: Make = plan_apart,
    count: Count | None = None,
) -> Starlette:
    """Return the app: page, metrics, API, event stream and the daemon's own signs of life.

    Its `state.prepared` may watch pictures, so that the page of a new drawing does not keep its first reader waiting.

    Args:
        show: returns the view of now; called on the event loop, once for each request.
        changes: what event streams tell. Close it before the server stops.
        recall: returns the picture of a past moment, for questions about it.
        prober: probes a target on demand; without it `/probe` is refused.
        hear: takes the heartbeat of a service; without it they are refused.
        plan: makes plans.
        count: counts the villages of months in the journal; without it nothing is known of any.
        reload: asks for the inventory to be read again; without it `POST /-/reload` is refused.
    """
    scrapes, workshop = Scrapes(Collector().each), Workshop()
    county_map, pages, teller = CountyMap(), Workshop(), Teller()
    plans, counts = Plans(plan), Counts(count)

    async def metrics(request: Request) -> Response:
        return await scrapes.answer(request, show, changes.readers)

    async def events(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        try:
            reader = changes.open()
        except TooManyReadersError:
            raise HTTPException(503, "too many event streams are open", {"retry-after": "10"}) from None
        return EventStream(reader, stamp(show()), teller)

    async def ready(_request: Request) -> Response:
        missing = show().daemon.not_ready
        if missing:
            return PlainTextResponse("".join(f"not ready: {reason}\n" for reason in missing), 503)
        return PlainTextResponse("netmon is ready\n")

    async def reload_inventory(request: Request) -> Response:
        if reload is None:
            raise HTTPException(403, "reload over HTTP is not enabled; send SIGHUP, or start with it enabled")
        if "origin" in request.headers:  # a browser, led here by some page: no tool sends this
            raise HTTPException(403, "reload is not for web pages")
        reload()
        return PlainTextResponse("reload asked for; see netmon_config_last_reload_successful\n", 202)

    async def turn_down(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and wants_page(request):
            return refused(request, error, show())
        return await refuse(request, error)

    routes: list[BaseRoute] = [
        Route("/metrics", metrics),
        Route("/events", events),
        Route("/-/healthy", _healthy),
        Route("/-/ready", ready),
        Route("/-/reload", reload_inventory, methods=["POST", "PUT"]),
        *api_routes(show, workshop),
        why_route(show, workshop, recall),
        openapi_route(),
        heartbeat_route(hear),
        *topology_routes(show, workshop),
        draw_route(show, pages, county_map),
        plan_route(show, pages, plans, county_map),
        coverage_route(show, workshop, counts),
        *page_routes(show, county_map, pages),
        *engineer_routes(show, pages, plans, counts),
        *runbook_routes(),
        *sd_routes(show),
        probe_route(show, prober),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(SecurityHeaders), Middleware(Packing, minimum_size=SMALLEST, compresslevel=1)],
        exception_handlers={HTTPException: turn_down, Exception: failed},
    )
    app.state.prepared = Prepared(county_map, pages)
    app.router.redirect_slashes = False  # where that leads is what the client calls this host
    return app


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("netmon is alive\n")
