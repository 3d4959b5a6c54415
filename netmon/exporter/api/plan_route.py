"""`/api/v1/plan`: which spans to build first, of those that geography allows, as `netmon plan` says."""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.api.documents import Document, stamp
from netmon.exporter.api.draw_route import KINDS
from netmon.exporter.api.plan_document import plan_geojson, read_plan
from netmon.exporter.api.routes import Json, Show, amount, chosen, one_of, only
from netmon.exporter.guard import drawing_policy
from netmon.exporter.page.county import CountyMap
from netmon.exporter.page.refusal import Refusal
from netmon.exporter.workshop import Workshop
from netmon.model import Inventory
from netmon.topology.drawing.plan_map import plan_svg
from netmon.topology.drawing.sheets import THEMES
from netmon.topology.drawing.words import LANGUAGES

GOALS = ("both", "connect", "protect")
WEIGHTS = ("sites", "services", "people")
FORMATS = ("json", "svg", "geojson")
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
TERMS: Mapping[str, Sequence[str]] = {
    "goal": GOALS, "weight": WEIGHTS, "terrain": (), **dict.fromkeys(AMOUNTS, ()),
}  # fmt: skip
"""The fields of a question, and their values; empty means that they are checked by `terms_of`."""


class Plans:
    """Makes plans, one at a time, and keeps the latest as long as the drawing stays. Used by one event loop."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._kept: OrderedDict[str, tuple[Inventory, Document]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def plan(self, inventory: Inventory, terms: Mapping[str, Any]) -> Document:
        """Return the document of a plan for terms of `terms_of`.

        Raises:
            HTTPException: 503, another plan is being made, or this one was not made in time.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._one_at_a_time.acquire()
        except TimeoutError:
            raise Refusal(503, "another-plan", headers={"retry-after": "10"}) from None
        try:
            return await self._planned(inventory, terms)
        finally:
            self._one_at_a_time.release()

    async def _planned(self, inventory: Inventory, terms: Mapping[str, Any]) -> Document:
        asked, kept = repr(sorted(terms.items())), self._kept
        if asked not in kept or kept[asked][0] is not inventory:
            kept[asked] = inventory, await self._make(inventory, terms)
        kept.move_to_end(asked)
        while len(kept) > MOST:
            kept.popitem(last=False)
        return kept[asked][1]


def plan_route(show: Show, workshop: Workshop, plans: Plans, county_map: CountyMap) -> Route:
    """Return the route; answers are made in the workshop of the page, which has laid out the map already."""

    async def endpoint(request: Request) -> Response:
        view = show()
        inventory = view.picture.inventory
        wanted = chosen(request, {**TERMS, "format": FORMATS, "theme": THEMES, "lang": LANGUAGES})
        format_, theme = one_of(wanted, "format", FORMATS), one_of(wanted, "theme", THEMES)
        language = one_of(wanted, "lang", LANGUAGES)
        document = await plans.plan(inventory, terms_of(wanted, inventory))

        def made() -> Response:
            if format_ == "json":
                return Json({**stamp(view), **document})
            plan = read_plan(document)
            if format_ == "geojson":
                text = json.dumps(plan_geojson(plan, inventory), ensure_ascii=False)
                return Response(text, media_type=KINDS[format_])
            svg = plan_svg(inventory, plan, theme=theme, layout=county_map.layout(inventory), language=language)
            return Response(svg, media_type=KINDS[format_], headers=drawing_policy(svg))

        return await workshop.make(request, made)

    return Route("/api/v1/plan", endpoint, methods=["GET"])


def terms_of(wanted: Mapping[str, set[str]], inventory: Inventory) -> dict[str, Any]:
    """Return what is asked for by fields of `TERMS`.

    Raises:
        Refusal: 400, it makes no sense; 404, there is no such district; 409, nothing has the weight.
    """
    terms: dict[str, Any] = {
        name: only(wanted, name) if name in wanted else usual[0]
        for name, usual in (("goal", GOALS), ("weight", WEIGHTS))
    }
    for name, one in AMOUNTS.items():
        terms[name] = amount(only(wanted, name), one.least, one.most) if name in wanted else one.usual
    terms["terrain"] = _terrain(sorted(wanted.get("terrain", ())), inventory)
    if terms["weight"] == "people" and all(site.people is None for site in inventory.sites.values()):
        raise Refusal(409, "nobody-counted")
    if terms["weight"] == "services" and not inventory.services:
        raise Refusal(409, "no-services")
    return terms


def _terrain(texts: list[str], inventory: Inventory) -> dict[str, float]:
    """Return how many times as dear a kilometre is, by district."""
    factors: dict[str, float] = {}
    if len(texts) > MOST_TERRAIN:
        raise Refusal(400, "too-much-terrain", most=MOST_TERRAIN)
    for text in texts:
        if not re.match(TERRAIN, text, re.DOTALL | re.ASCII):
            raise Refusal(400, "no-terrain", given=repr(text))
        district, _, factor = text.rpartition("=")
        if district not in inventory.sites:
            raise Refusal(404, "no-such-district", id=repr(district))
        if district in factors or not float(factor):
            raise Refusal(400, "no-factor", given=repr(text))
        factors[district] = float(factor)
    return factors
