"""`POST /api/v1/heartbeats/ID`: a service says that it lives. Each has a token of its own, and can say nothing else.

It is let through where people must log in: a kiosk in a village hall must not hold a password that opens the page.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PREFIX = "/api/v1/heartbeats/"
LONGEST = 1024
"""Octets of an Authorization header that are looked at."""

Hear = Callable[[str, bytes], bool]
"""Takes the id of a service and a token; False when it is not its own."""


def heartbeat_route(hear: Hear | None) -> Route:
    """Return the route; without anybody who hears, every heartbeat is refused."""

    async def endpoint(request: Request) -> Response:
        if hear is None:
            raise HTTPException(503, "no heartbeats are heard here")
        kind, _, token = request.headers.get("authorization", "")[:LONGEST].partition(" ")
        if kind.lower() != "bearer" or not hear(request.path_params["id"], token.strip().encode()):
            raise HTTPException(401, "its own token, please", {"www-authenticate": "Bearer"})
        return Response(status_code=204)

    return Route(PREFIX + "{id}", endpoint, methods=["POST"])
