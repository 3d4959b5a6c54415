"""`/api/v1/why/{site}`: why a site has its verdict, now or at a past moment, in English or Indonesian."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.errors import StateError, UsageError
from netmon.exporter.api.documents import Document, stamp
from netmon.exporter.api.routes import Json, moment
from netmon.exporter.api.why_document import why_document
from netmon.exporter.view import View
from netmon.exporter.workshop import Workshop
from netmon.picture.state import Picture
from netmon.picture.words.find import find_site
from netmon.picture.words.phrases import Language
from netmon.picture.words.why import why

Recall = Callable[[float], Picture | None]
"""Returns the picture of a past moment (Unix seconds); None when the journal holds nothing up to then."""
MOST_WAITING = 8
"""Questions about the past that wait for their turn: it is folded, which takes a while."""


def why_route(show: Callable[[], View], workshop: Workshop, recall: Recall | None) -> Route:
    """Return the route; without `recall` there is only now. The past has a workshop of its own."""
    past, waiting = Workshop(), 0

    async def endpoint(request: Request) -> Response:
        nonlocal waiting
        view = show()
        at, language = _asked(request)

        def answer(picture: Picture) -> Response:
            return Json({**stamp(view), **_why(request.path_params["site"], picture, language)})

        if at is None or at >= view.picture.at:
            return await workshop.make(request, lambda: answer(view.picture))
        if waiting >= MOST_WAITING:
            raise HTTPException(503, "other moments are being looked up", {"retry-after": "5"})
        waiting += 1
        try:
            return await past.make(request, lambda: answer(_recalled(recall, at)))
        finally:
            waiting -= 1

    return Route("/api/v1/why/{site}", endpoint, methods=["GET"])


def _why(name: str, picture: Picture, language: Language) -> Document:
    try:
        site = find_site(name, picture.inventory)
    except UsageError as error:
        raise HTTPException(404, str(error)) from None
    return why_document(why(picture, site), picture.inventory, language)


def _recalled(recall: Recall | None, at: float) -> Picture:
    if recall is None:
        raise HTTPException(400, "the past is not kept here; leave `at` out")
    try:
        picture = recall(at)
    except StateError as error:
        raise HTTPException(503, str(error)) from None
    if picture is None:
        raise HTTPException(404, "the journal holds nothing up to then")
    return picture


def _asked(request: Request) -> tuple[float | None, Language]:
    """Return the moment and the language that are asked for.

    Raises:
        HTTPException: 400, with what would have been possible.
    """
    at: float | None = None
    language = Language.ENGLISH
    for name, value in request.query_params.multi_items():
        if name == "at":
            at = moment("at", value).timestamp()
        elif name == "lang":
            if value not in tuple(Language):
                raise HTTPException(400, f"lang cannot be {value!r}; one of {', '.join(Language)}")
            language = Language(value)
        else:
            raise HTTPException(400, f"unknown parameter {name!r}; possible here: at, lang")
    return at, language
