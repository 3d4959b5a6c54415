"""The answers about the network's weak places: the same documents for the API and for the pages of engineers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

from starlette.requests import Request

from netmon.clock import rfc3339
from netmon.exporter.api.documents import Document
from netmon.exporter.api.path_document import path_document
from netmon.exporter.api.routes import amount, chosen, moment, only
from netmon.exporter.api.show_document import names_of_places, nodes_of, places_called, show_document
from netmon.exporter.api.topology_document import (
    announcement,
    blackspots_document,
    spof_row,
    ways_rows,
    whatif_document,
)
from netmon.exporter.page.refusal import Refusal, missing
from netmon.exporter.view import View
from netmon.exporter.weaknesses import Weaknesses, black_spots, measured
from netmon.inventory.flaw import closest
from netmon.inventory.spelling import CAN_FAIL, SHORT, meant, parted
from netmon.model import Element, ElementKind, Inventory
from netmon.topology.reach import can_fail
from netmon.topology.robustness.routes import routes
from netmon.topology.robustness.surroundings import surroundings
from netmon.topology.robustness.whatif import what_if

ASKED = {"live": ("true", "false")}
FAIL: Final = f"^({'|'.join((*CAN_FAIL, *SHORT))}):.+"
"""How what fails is written."""
LASTING: Final = "^[1-9][0-9]{0,3}[smhd]$"
"""How long planned work lasts."""
USUAL_WORK: Final = "4h"
MOST_FAIL: Final = 32
"""Things that may fail together in one question, or be avoided."""
MOST_NAMED: Final = 8
"""Nodes of one site that a refusal names."""
MOST_LIGHT: Final = 100.0
"""Decibels that a light budget may have."""


class TopologyAnswers:
    """Answers requests about a view; `live=true` asks without what is dark or cut now, as `--live` does.

    What is worked out is kept until the drawing changes, or what is dark or cut. Used by one thread at a time. Of a
    form on a page (`of_form`), what is left empty is not asked, and a node may be named by its site.

    All answers raise HTTPException: 400, a question makes no sense; 404, there is no such thing; 409, it has no
    answer by this drawing.
    """

    def __init__(self) -> None:
        self.known = Weaknesses()

    def spof(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return what darkens a site by itself, the worst first."""
        is_live = _is_live(chosen(request, ASKED, of_form=of_form))
        found = self.known.spofs(view.picture, is_live=is_live)
        return {"live": is_live, "rows": [spof_row(one) for one in found]}

    def blackspots(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return the sites that are not well served."""
        is_live = _is_live(chosen(request, ASKED, of_form=of_form))
        since: dict[str, str | None] = {}
        if is_live:
            since = {site: rfc3339(spans[-1].start) for site, spans in view.picture.ledger.items() if spans}
        found = black_spots(view, is_live=is_live)
        told = measured(view) if is_live else {}
        return {
            "live": is_live,
            **blackspots_document(found, view.picture.inventory, since),
            "measured": {site: list(words) for site, words in sorted(told.items())},
        }

    def redundancy(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return how many ways each site has to the vantage, or to another node."""
        wanted = chosen(request, {"to": (), **ASKED}, of_form=of_form)
        inventory, is_live = view.picture.inventory, _is_live(wanted)
        home = inventory.vantage.node
        to = _node(inventory, only(wanted, "to"), of_form=of_form) if "to" in wanted else home
        found = self.known.redundancy(view.picture, is_live=is_live, to=None if to == home else to)
        return {"live": is_live, "to": to, "rows": ways_rows(found)}

    def whatif(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return who goes dark when things fail together, and how the work would be announced."""
        wanted = chosen(request, {"fail": (), "from": (), "for": (), **ASKED}, of_form=of_form)
        inventory, is_live = view.picture.inventory, _is_live(wanted)
        texts = sorted(wanted.get("fail", ()))
        if not 1 <= len(texts) <= MOST_FAIL:
            raise Refusal(400, "nothing-fails", most=MOST_FAIL)
        lasting = only(wanted, "for") if "for" in wanted else USUAL_WORK
        if not re.match(LASTING, lasting):
            raise Refusal(400, "no-length", given=repr(lasting))
        start = None
        if "from" in wanted:
            zone = ZoneInfo(inventory.timezone) if of_form else UTC
            start = moment("from", only(wanted, "from"), zone).isoformat()
        failed = elements(inventory, texts)
        outcome = what_if(inventory, self.known.footing(view.picture, is_live=is_live), failed)
        windows = [] if start is None else [announcement(str(one), start, lasting.strip()) for one in failed]
        return {"live": is_live, **whatif_document(failed, outcome), "maintenance": windows}

    def path(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return the way between two nodes, or two that share nothing."""
        asked = {"a": (), "b": (), "avoid": (), "budget": (), "pair": ("true", "false"), **ASKED}
        wanted = chosen(request, asked, of_form=of_form)
        inventory, is_live = view.picture.inventory, _is_live(wanted)
        a, b = (_node(inventory, only(wanted, name), of_form=of_form) for name in ("a", "b"))
        if a == b:
            raise Refusal(409, "same-node", node=a)
        budget = amount(only(wanted, "budget"), 0.0, MOST_LIGHT) if "budget" in wanted else None
        texts = sorted(wanted.get("avoid", ()))
        if len(texts) > MOST_FAIL:
            raise Refusal(400, "too-much-avoided", most=MOST_FAIL)
        footing = self.known.footing(view.picture, is_live=is_live)
        avoided = [*elements(inventory, texts), *footing.missing()]
        is_pair = "true" in wanted.get("pair", set())
        ways = routes(inventory, footing.graph, a, b, avoid=avoided, pair=is_pair)
        return {"live": is_live, **path_document(inventory, footing.graph, a, b, ways, budget=budget)}

    def show(self, request: Request, view: View, *, of_form: bool = False) -> Document:
        """Return a site or a node with what stands around it."""
        wanted = chosen(request, {"of": (), **ASKED}, of_form=of_form)
        inventory, is_live = view.picture.inventory, _is_live(wanted)
        kind, name = _place(inventory, only(wanted, "of"))
        nodes = nodes_of(inventory, kind, name)
        around = surroundings(inventory, self.known.footing(view.picture, is_live=is_live), nodes)
        return {"live": is_live, **show_document(inventory, kind, name, nodes, around)}


def elements(inventory: Inventory, texts: Iterable[str]) -> list[Element]:
    """Return the elements that texts such as `cable:ID` name.

    Raises:
        Refusal: 400, one is not written so; 404, the drawing holds none of this id.
    """
    known, found = can_fail(inventory), []
    for text in texts:
        named = parted(text, CAN_FAIL)
        if named is None:
            near = meant(text, CAN_FAIL)
            if near is None:
                raise Refusal(400, "names-nothing", given=repr(text))
            raise Refusal(400, "names-nothing-near", given=repr(text), near=repr(near))
        kind, name = ElementKind(named[0]), named[1]
        if name not in known[kind]:
            raise missing(kind, name, sorted(known[kind]))
        found.append(Element(kind, name))
    return found


def _place(inventory: Inventory, thing: str) -> tuple[str, str]:
    """Return the kind and id of what is called so.

    Raises:
        Refusal: 404, nothing, or more than one site, is called so.
    """
    found = places_called(inventory, thing)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(name for _, name in found[:MOST_NAMED])
        raise Refusal(404, "several-sites", count=len(found), name=repr(thing), sites=names)
    near = closest(thing, names_of_places(inventory))
    if near is None:
        raise Refusal(404, "no-such-place", id=repr(thing))
    raise Refusal(404, "no-such-place-near", id=repr(thing), near=repr(near))


def _is_live(wanted: dict[str, set[str]]) -> bool:
    return "true" in wanted.get("live", set())


def _node(inventory: Inventory, name: str, *, of_form: bool) -> str:
    """Return the id of a node; a form may name the site instead, where only one node stands.

    Raises:
        Refusal: 404, the drawing holds none of this id; 409, several nodes stand there.
    """
    if name in inventory.nodes:
        return name
    if of_form:
        called = name.casefold()
        sites = {site.id for site in inventory.sites.values() if name == site.id or called == site.name.casefold()}
        there = sorted(node.id for node in inventory.nodes.values() if node.site in sites)
        if len(there) == 1:
            return there[0]
        if there:
            raise Refusal(409, "several-nodes", site=repr(name), nodes=", ".join(there[:MOST_NAMED]))
    raise missing("node", name, sorted(inventory.nodes))
