"""The runbooks at the address that alerts point to, so that an office without the Internet has them too."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


@cache
def runbooks() -> dict[str, str]:
    """Return the texts (Markdown) by the names of their alerts."""
    folder = files("netmon").joinpath("data", "runbooks")
    pages = (page for page in folder.iterdir() if page.name.endswith(".md"))
    return {page.name.removesuffix(".md"): page.read_text(encoding="utf-8") for page in pages}


async def runbook(request: Request) -> Response:
    """Answer with the runbook of one alert."""
    text = runbooks().get(request.path_params["alert"])
    if text is None:
        raise HTTPException(404, f"no alert has this name; there are {', '.join(sorted(runbooks()))}")
    return PlainTextResponse(text)


def runbook_routes() -> list[Route]:
    """Return the routes of the runbooks."""
    return [Route("/runbooks/{alert}", runbook)]
