"""What is answered where nothing else can be: that a request is refused, or that netmon itself has failed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from netmon.exporter.api.routes import Json
from netmon.exporter.guard import HEADERS


async def refuse(request: Request, error: Exception) -> Response:
    """Say why a request is refused, in the way its path is answered."""
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith("/api/"):
        return Json({"error": error.detail}, error.status_code, error.headers)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


async def failed(_request: Request, _error: Exception) -> Response:
    """Say that netmon itself is to blame; the error goes on into the log."""
    said = "netmon has failed here; its log says how.\nnetmon gagal di sini; log menyebutkan sebabnya.\n"
    return PlainTextResponse(said, 500, {**HEADERS, "cache-control": "no-store"})
