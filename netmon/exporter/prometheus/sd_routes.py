"""`/sd/{module}`: the inventory as targets for Prometheus' HTTP service discovery."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.prometheus.targets import target_groups
from netmon.exporter.view import View
from netmon.probes.once import Module


def sd_routes(show: Callable[[], View]) -> list[Route]:
    """Return the route over the inventory in force."""

    async def endpoint(request: Request) -> Response:
        name = request.path_params["module"]
        if name not in tuple(Module):
            raise HTTPException(404, f"there is no module {name!r}; one of {', '.join(Module)}")
        groups = target_groups(show().picture.inventory, Module(name))
        return Response(json.dumps(groups, ensure_ascii=False), media_type="application/json")

    return [Route("/sd/{module}", endpoint, methods=["GET"])]
