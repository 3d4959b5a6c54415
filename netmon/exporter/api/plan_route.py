"""`/api/v1/plan`: which spans to build first, of those that geography allows, as `netmon plan` says."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.api.documents import Document, stamp
from netmon.exporter.api.routes import Json, Show, amount, chosen, only
from netmon.exporter.workshop import Workshop
from netmon.model import Inventory

GOALS = ("both", "connect", "protect")
WEIGHTS = ("sites", "services", "people")
TERRAIN: Final = r"^.+=\d{1,3}(\.\d{1,3})?$"
"""How a district and the factor of its terrain are written."""
MOST_TERRAIN: Final = 100
MOST: Final = 4
"""Plans that are kept, to be asked for again."""
PATIENCE: Final = 5.0
"""Seconds that a question waits for the plan of another one."""
_DEAREST, _FARTHEST = 1e15, 1000.0

Make = Callable[[Inventory, Mapping[str, Any]], Awaitable[Document]]
"""Returns the document of a plan for these terms: a goal, a weight, terrain by district, and the amounts below."""


class Amount(NamedTuple):
    """A number of the terms: what it is where it is not given, its bounds, and what it is of."""

    usual: float | None
    least: float
    most: float
    says: str = ""


AMOUNTS: Mapping[str, Amount] = {
    "budget": Amount(None, 0.0, _DEAREST, "spend no more"),
    "per_km": Amount(40e6, 0.0, _DEAREST, "price of a km of fibre"),
    "per_site": Amount(15e6, 0.0, _DEAREST, "price of joining a site"),
    "reach": Amount(8.0, 0.0, _FARTHEST, "longest span, km as the crow flies"),
    "route_factor": Amount(1.3, 1.0, 100.0, "route over crow flies"),
    "radio_reach": Amount(0.0, 0.0, _FARTHEST, "longest radio span, km; 0: none"),
    "per_radio": Amount(60e6, 0.0, _DEAREST, "price of a radio span"),
    "time_limit": Amount(20.0, 0.0, 60.0, "seconds, then the best so far"),
}


def plan_route(show: Show, workshop: Workshop, make: Make) -> Route:
    """Return the route. One plan is made at a time, and kept as long as the drawing stays."""
    kept: OrderedDict[str, tuple[Inventory, Document]] = OrderedDict()
    one_at_a_time = asyncio.Lock()

    async def planned(inventory: Inventory, terms: Mapping[str, Any]) -> Document:
        asked = repr(sorted(terms.items()))
        if asked not in kept or kept[asked][0] is not inventory:
            kept[asked] = inventory, await make(inventory, terms)
            kept.move_to_end(asked)
            while len(kept) > MOST:
                kept.popitem(last=False)
        return kept[asked][1]

    async def endpoint(request: Request) -> Response:
        view = show()
        inventory = view.picture.inventory
        terms = terms_of(request, inventory)
        try:
            async with asyncio.timeout(PATIENCE):
                await one_at_a_time.acquire()
        except TimeoutError:
            raise HTTPException(503, "another plan is being made", {"retry-after": "10"}) from None
        try:
            document = await planned(inventory, terms)
        finally:
            one_at_a_time.release()
        return await workshop.make(request, lambda: Json({**stamp(view), **document}))

    return Route("/api/v1/plan", endpoint, methods=["GET"])


def terms_of(request: Request, inventory: Inventory) -> dict[str, Any]:
    """Return what is asked for.

    Raises:
        HTTPException: 400, it makes no sense; 404, there is no such district; 409, nobody has counted people.
    """
    wanted = chosen(request, {"goal": GOALS, "weight": WEIGHTS, "terrain": (), **dict.fromkeys(AMOUNTS, ())})
    terms: dict[str, Any] = {
        name: only(wanted, name) if name in wanted else usual[0]
        for name, usual in (("goal", GOALS), ("weight", WEIGHTS))
    }
    for name, one in AMOUNTS.items():
        terms[name] = amount(only(wanted, name), one.least, one.most) if name in wanted else one.usual
    terms["terrain"] = _terrain(sorted(wanted.get("terrain", ())), inventory)
    if terms["weight"] == "people" and all(site.people is None for site in inventory.sites.values()):
        raise HTTPException(409, "no site says how many people live there")
    return terms


def _terrain(texts: list[str], inventory: Inventory) -> dict[str, float]:
    """Return how many times as dear a kilometre is, by district."""
    factors: dict[str, float] = {}
    if len(texts) > MOST_TERRAIN:
        raise HTTPException(400, f"name no more than {MOST_TERRAIN} districts")
    for text in texts:
        if not re.match(TERRAIN, text, re.DOTALL | re.ASCII):
            raise HTTPException(400, f"terrain cannot be {text!r}; write it like 35.23.11=1.4")
        district, _, factor = text.rpartition("=")
        if district not in inventory.sites:
            raise HTTPException(404, f"there is no district {district!r}")
        if district in factors or not float(factor):
            raise HTTPException(400, f"{text!r} is no factor of its own; write one above 0 for each district")
        factors[district] = float(factor)
    return factors
