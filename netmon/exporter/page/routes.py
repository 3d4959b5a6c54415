"""The routes of the page: complete without script; script only replaces what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from netmon.exporter.page.county import CountyMap, county_page
from netmon.exporter.page.files import files_route
from netmon.exporter.page.kept import KeptPages
from netmon.exporter.page.language import language_of, remember, usual_language
from netmon.exporter.page.refusal import Refusal, heading, reason
from netmon.exporter.page.site import site_page
from netmon.exporter.page.sites import sites_page
from netmon.exporter.page.templating import LONGEST, Reader, render
from netmon.exporter.page.weak import weak_page
from netmon.exporter.view import View
from netmon.exporter.weaknesses import Weaknesses
from netmon.exporter.workshop import Workshop
from netmon.model import Site, Verdict
from netmon.picture.words.phrases import Language

_FOR_PROGRAMS = ("/api/", "/metrics", "/probe", "/sd/", "/-/", "/events")


def page_routes(show: Callable[[], View], county_map: CountyMap, workshop: Workshop) -> list[BaseRoute]:
    """Return the routes of the page over what `show` shows; pages are made in a workshop, by one map."""
    weaknesses, kept = Weaknesses(), KeptPages()

    async def answer(request: Request, view: View, page: Callable[[Reader, float], str]) -> Response:
        reader = reader_of(request)

        def produce() -> Response:
            now = time.time()
            path = f"{request.url.path}?{request.url.query}"
            response = HTMLResponse(kept.page(path, reader, view, now, lambda: page(reader, now)))
            remember(request, response, reader.language)
            return response

        return await workshop.make(request, produce)

    async def county(request: Request) -> Response:
        view = show()
        return await answer(request, view, lambda reader, now: county_page(view, county_map, reader, now))

    async def sites(request: Request) -> Response:
        view = show()
        verdict = _verdict(request)
        district = _district(request, view)
        return await answer(request, view, lambda reader, now: sites_page(view, verdict, district, reader, now))

    async def site(request: Request) -> Response:
        view = show()
        found = view.picture.inventory.sites.get(request.path_params["id"])
        if found is None:
            raise Refusal(404, "no-such-site", id=repr(request.path_params["id"]))
        return await answer(request, view, lambda reader, now: site_page(view, found, reader, now))

    async def weak(request: Request) -> Response:
        view = show()
        return await answer(request, view, lambda reader, now: weak_page(view, weaknesses, reader, now))

    return [
        Route("/", county),
        Route("/sites", sites),
        Route("/weak", weak),
        Route("/sites/{id:path}", site),
        files_route(),
    ]


def wants_page(request: Request) -> bool:
    """Tell whether a person asks, with a browser, for something that is not made for programs."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(_FOR_PROGRAMS)


def refused(request: Request, error: HTTPException, view: View) -> Response:
    """Return the page that says why another cannot be shown."""
    asked = request.query_params.get("lang")
    reader = reader_of(request, Language(asked) if asked in tuple(Language) else usual_language(request))
    said = {"heading": heading(error.status_code, reader.language), "reason": reason(error, reader.language)}
    page = render("error.html", view, time.time(), reader, **said)
    response = HTMLResponse(page, error.status_code, error.headers)
    remember(request, response, reader.language)
    return response


def reader_of(request: Request, language: Language | None = None) -> Reader:
    """Return who asks for a page.

    Raises:
        Refusal: 400, in a language that there is none of.
    """
    here = request.url  # only its query is said again: a path such as //elsewhere/ would lead there
    addresses = {each: f"?{here.include_query_params(lang=each).query}" for each in Language}
    return Reader(language or language_of(request), addresses, request.query_params.get("q", "").strip()[:LONGEST])


def _verdict(request: Request) -> Verdict | None:
    asked = request.query_params.get("verdict")
    if asked is None:
        return None
    if asked not in tuple(Verdict):
        raise Refusal(400, "no-such-verdict", given=repr(asked), possible=", ".join(Verdict))
    return Verdict(asked)


def _district(request: Request, view: View) -> Site | None:
    asked = request.query_params.get("district")
    if asked is None:
        return None
    found = view.picture.inventory.sites.get(asked)
    if found is None:
        raise Refusal(404, "no-such-district", id=repr(asked))
    return found
