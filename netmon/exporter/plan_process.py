"""Plans are made in a process of their own: one of a county takes seconds, in which pings must leave in time."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Mapping
from typing import Any

import anyio.to_thread

from netmon.exporter.apart import ask_apart, be_polite
from netmon.exporter.api.documents import Document
from netmon.exporter.api.plan_document import plan_document
from netmon.exporter.page.refusal import Refusal
from netmon.inventory.document import from_document, to_document
from netmon.model import Inventory
from netmon.topology.planning.candidates import Prices, by_geography
from netmon.topology.planning.plan import make_plan

MARGIN = 30.0
"""Seconds that a plan may take beyond its limit: to begin, to list spans, and to be looked up at the end."""


async def plan_apart(inventory: Inventory, terms: Mapping[str, Any]) -> Document:
    """Return the document of a plan, made by another process.

    Raises:
        Refusal: 503, it took too long.
        RuntimeError: the process failed; what it said is on standard error.
    """
    asked = await anyio.to_thread.run_sync(_written, inventory, terms)
    try:
        said = await ask_apart("netmon.exporter.plan_process", asked, terms["time_limit"] + MARGIN)
    except TimeoutError:
        raise Refusal(503, "plan-too-late") from None
    document: Document = json.loads(said)
    return document


def plan_here(inventory: Inventory, terms: Mapping[str, Any]) -> Document:
    """Return the document of a plan."""
    deadline = time.monotonic() + terms["time_limit"]
    prices = Prices(
        terms["per_km"],
        terms["per_site"],
        terms["reach"],
        terms["route_factor"],
        terms["terrain"],
        terms["radio_reach"],
        terms["per_radio"],
    )
    made = make_plan(
        inventory,
        by_geography(inventory, prices, list(inventory.sites)),
        goal=terms["goal"],
        budget=math.inf if terms["budget"] is None else terms["budget"],
        per_site=terms["per_site"],
        weight=terms["weight"],
        is_late=lambda: time.monotonic() > deadline,
    )
    return plan_document(made)


def _written(inventory: Inventory, terms: Mapping[str, Any]) -> bytes:
    """Return a question as the other process reads it; secrets are references in it, and are not looked up."""
    return json.dumps({"inventory": to_document(inventory), "terms": dict(terms)}).encode()


def main() -> None:
    """Answer the question on standard input."""
    be_polite()
    asked = json.load(sys.stdin.buffer)
    json.dump(plan_here(from_document(asked["inventory"]), asked["terms"]), sys.stdout)


if __name__ == "__main__":
    main()
