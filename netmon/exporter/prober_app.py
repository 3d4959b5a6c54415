"""What a prober serves: its own metrics, and whether it lives and was given its share. It has no picture to show."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from netmon.exporter.guard import SecurityHeaders
from netmon.exporter.prometheus.scrape import Scrapes
from netmon.exporter.samples.probers import ProberCollector, ProberView


def create_prober_app(show: Callable[[], ProberView]) -> Starlette:
    """Return the app; `show` returns the view of now, and is called on the event loop."""
    scrapes = Scrapes(ProberCollector().each)

    async def metrics(request: Request) -> Response:
        return await scrapes.answer(request, show, 0)

    async def healthy(_request: Request) -> Response:
        return PlainTextResponse("netmon prober is alive\n")

    async def ready(_request: Request) -> Response:
        if not show().status.let_in:
            return PlainTextResponse("not ready: not let in yet by whoever writes the journal\n", 503)
        return PlainTextResponse("netmon prober is ready\n")

    app = Starlette(
        routes=[Route("/metrics", metrics), Route("/-/healthy", healthy), Route("/-/ready", ready)],
        middleware=[Middleware(SecurityHeaders)],
    )
    app.router.redirect_slashes = False  # where that leads is what the client calls this host
    return app
