"""The routes of the pages of engineers: forms that need no script, and the answers that the API gives."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from netmon.exporter.api.coverage_route import ASKED, Counts, months_of
from netmon.exporter.api.documents import Document
from netmon.exporter.api.draw_route import LOOK
from netmon.exporter.api.plan_route import TERMS, Plans, terms_of
from netmon.exporter.api.routes import FOR_THE_PAGE, chosen, one_of
from netmon.exporter.api.topology_answers import TopologyAnswers
from netmon.exporter.page.drawing import drawing_page
from netmon.exporter.page.here import PAGES, Here
from netmon.exporter.page.kept import KeptPages
from netmon.exporter.page.language import remember
from netmon.exporter.page.place import place_page
from netmon.exporter.page.plan import plan_page
from netmon.exporter.page.progress import progress_page
from netmon.exporter.page.refusal import reason
from netmon.exporter.page.robustness import blackspots_page, redundancy_page, threads_page
from netmon.exporter.page.routes import reader_of
from netmon.exporter.page.templating import Reader
from netmon.exporter.page.ways import path_page
from netmon.exporter.page.whatif import whatif_page
from netmon.exporter.view import View
from netmon.exporter.workshop import Workshop

Page = Callable[[View, Reader, float, Here, Document | None, str], str]
"""Makes a page of a view for a reader, at a time: where it is, its answer if there is one, else what was wrong."""


class Ask(Protocol):
    """Answers a request about a view, at once."""

    def __call__(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return the document."""


Fetch = Callable[[Request, View], Awaitable[Document | None]]
"""Answers a request about a view, made elsewhere; None where nothing is asked yet."""


def engineer_routes(show: Callable[[], View], workshop: Workshop, plans: Plans, counts: Counts) -> list[BaseRoute]:
    """Return the routes; pages are made in the workshop, what takes long where the API has it made."""
    answers, kept = TopologyAnswers(), KeptPages()
    paths = dict(PAGES)

    def response(request: Request, reader: Reader, text: str, error: HTTPException | None) -> Response:
        status, headers = (200, None) if error is None else (error.status_code, error.headers)
        made = HTMLResponse(text, status, headers)
        remember(request, made, reader.language)
        return made

    def answered(name: str, ask: Ask, page: Page, *needed: str, is_still: bool = False) -> Route:
        """Return the route of a page whose answer is made with it; with `needed` fields empty it is only a form."""

        async def endpoint(request: Request) -> Response:
            view, reader = show(), reader_of(request)
            here = Here.of(name, request, is_still=is_still or bool(needed))

            def produce() -> Response:
                now = time.time()

                def made() -> str:
                    is_asked = not needed or any(here.first(field) for field in needed)
                    document = ask(request, view, of_form=True) if is_asked else None
                    return page(view, reader, now, here, document, "")

                try:
                    text = kept.page(here.at(), reader, view, now, made)
                except HTTPException as error:
                    complaint = page(view, reader, now, here, None, reason(error, reader.language))
                    return response(request, reader, complaint, error)
                return response(request, reader, text, None)

            return await workshop.make(request, produce)

        return Route(paths[name], endpoint)

    def fetched(name: str, fetch: Fetch, page: Page) -> Route:
        """Return the route of a page whose answer is made elsewhere first."""

        async def endpoint(request: Request) -> Response:
            view, reader = show(), reader_of(request)
            here = Here.of(name, request, is_still=True)
            document: Document | None = None
            failed: HTTPException | None = None
            try:
                document = await fetch(request, view)
            except HTTPException as error:
                failed = error

            def produce() -> Response:
                complaint = "" if failed is None else reason(failed, reader.language)
                text = page(view, reader, time.time(), here, document, complaint)
                return response(request, reader, text, failed)

            return await workshop.make(request, produce)

        return Route(paths[name], endpoint)

    async def plan(request: Request, view: View) -> Document | None:
        if not request.query_params.keys() - FOR_THE_PAGE:
            return None
        inventory = view.picture.inventory
        return await plans.plan(inventory, terms_of(chosen(request, TERMS, of_form=True), inventory))

    async def progress(request: Request, view: View) -> Document | None:
        return await counts.of(view, months_of(chosen(request, ASKED, of_form=True), view))

    return [
        answered("threads", answers.spof, threads_page),
        answered("drawing", _drawing, drawing_page, is_still=True),
        answered("place", answers.show, place_page, "of"),
        answered("redundancy", answers.redundancy, redundancy_page),
        answered("black-spots", answers.blackspots, blackspots_page),
        answered("ways", answers.path, path_page, "a", "b"),
        answered("what-if", answers.whatif, whatif_page, "fail"),
        fetched("plan", plan, plan_page),
        fetched("progress", progress, progress_page),
    ]


def _drawing(request: Request, view: View, *, of_form: bool = False) -> Document:  # noqa: ARG001 (as all that ask)
    """Return what drawing is asked for; it is made where its address leads."""
    wanted = chosen(request, LOOK, of_form=of_form)
    return {
        "form": one_of(wanted, "form", LOOK["form"]),
        "live": one_of(wanted, "live", LOOK["live"]) == "true",
    }
