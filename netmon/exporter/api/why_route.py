"""`/api/v1/why/{site}`: why a site has its verdict, now or at a past moment, in English or Indonesian."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.errors import StateError, UsageError
from netmon.exporter.api.documents import Document, stamp
from netmon.exporter.api.routes import Json
from netmon.exporter.api.why_document import why_document
from netmon.exporter.view import View
from netmon.picture.state import Picture
from netmon.picture.words.find import find_site
from netmon.picture.words.phrases import Language
from netmon.picture.words.why import why

Recall = Callable[[float], Picture | None]
"""Returns the picture of a past moment (Unix seconds); None when the journal holds nothing up to then."""


def why_route(show: Callable[[], View], recall: Recall | None) -> Route:
    """Return the route; without `recall` there is only now."""
    busy = threading.Lock()  # the past is folded, which takes a while: one at a time

    def picture_at(at: float, view: View) -> Picture:
        if at >= view.picture.at:
            return view.picture
        if recall is None:
            raise HTTPException(400, "the past is not kept here; leave `at` out")
        if not busy.acquire(timeout=5.0):
            raise HTTPException(503, "another moment is being looked up", {"retry-after": "5"})
        try:
            picture = recall(at)
        except StateError as error:
            raise HTTPException(503, str(error)) from None
        finally:
            busy.release()
        if picture is None:
            raise HTTPException(404, "the journal holds nothing up to then")
        return picture

    def answer(request: Request, view: View) -> Document:
        at, language = _asked(request)
        picture = view.picture if at is None else picture_at(at, view)
        try:
            site = find_site(request.path_params["site"], picture.inventory)
        except UsageError as error:
            raise HTTPException(404, str(error)) from None
        return why_document(why(picture, site), picture.inventory, language)

    async def endpoint(request: Request) -> Response:
        view = show()
        return await run_in_threadpool(lambda: Json({**stamp(view), **answer(request, view)}))

    return Route("/api/v1/why/{site}", endpoint, methods=["GET"])


def _asked(request: Request) -> tuple[float | None, Language]:
    """Return the moment and the language that are asked for.

    Raises:
        HTTPException: 400, with what would have been possible.
    """
    at: float | None = None
    language = Language.ENGLISH
    for name, value in request.query_params.multi_items():
        if name == "at":
            at = _moment(value)
        elif name == "lang":
            if value not in tuple(Language):
                raise HTTPException(400, f"lang cannot be {value!r}; one of {', '.join(Language)}")
            language = Language(value)
        else:
            raise HTTPException(400, f"unknown parameter {name!r}; possible here: at, lang")
    return at, language


def _moment(text: str) -> float:
    try:
        when = datetime.fromisoformat(text.replace(" ", "+"))  # an unquoted + arrives as a space
    except ValueError:
        raise HTTPException(400, f"at cannot be {text!r}; write it like 2026-11-22T07:03:00Z") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
