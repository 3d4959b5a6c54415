"""The page of a plan: a form of goal and money, what each step costs and buys, before and after, and the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netmon.exporter.api.documents import Document
from netmon.exporter.api.plan_route import AMOUNTS, GOALS, WEIGHTS
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Cell, Jump, Table, part_of
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.page.things import site_jump
from netmon.exporter.page.wording import kilometres, money
from netmon.exporter.view import View
from netmon.model import Inventory
from netmon.picture.words.kinds import LINES, called

API = "/api/v1/plan"
NAMED = 50
"""Sites left out that are named."""


def plan_page(view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str) -> str:
    """Return the page; without a document there is only the form, with a complaint if there is one."""
    say = reader.say
    form = {
        "goals": [(goal, say(f"goal-{goal}")) for goal in GOALS],
        "weights": [(weight, say(f"weight-{weight}")) for weight in WEIGHTS],
        "amounts": [(name, f"{one.usual:.12g}") for name, one in AMOUNTS.items() if one.usual is not None],
    }
    shown = {"programs": []} if document is None else _told(document, view.picture.inventory, reader, here)
    return render("plan.html", view, now, reader, here=here, complaint=complaint, answer=document, **form, **shown)


def _told(document: Document, inventory: Inventory, reader: Reader, here: Here) -> dict[str, Any]:
    """Return what the page shows of a plan."""
    say, language = reader.say, reader.language
    steps = document["steps"]
    part = part_of(len(steps), here.part)
    columns = ("step", "span", "medium", "length", "cost", "sum-so-far", "connects", "protects")
    rows = [*_steps(steps, inventory, reader)][part.start : part.stop]
    fields = ("joined_sites", "unjoined_sites", "protected_sites", "single_failures", "worst_failure_sites")
    standing = [(say(name), document["before"][name], document["after"][name]) for name in fields]
    return {
        "standing": Table(
            say("before-after"), [say("standing"), say("before"), say("after")], standing, frozenset({1, 2})
        ),
        "steps": Table(say("steps"), [say(name) for name in columns], rows, frozenset({3, 4, 5})),
        "part": part,
        "told": say(
            "steps-told",
            steps=len(steps),
            cost=money(document["cost"], language),
            bound=money(document["bound"], language),
            protect=money(document["protect_bound"], language),
        ),
        "left_out": [
            (say(key), [inventory.sites[site] for site in document[name][:NAMED]])
            for key, name in (
                ("no-span-leads", "unreachable"),
                ("needs-no-span", "present"),
                ("no-place", "unplaced"),
            )
            if document[name]
        ],
        "drawing": here.for_programs(API, format="svg", lang=language),
        "programs": [
            Jump("JSON", here.for_programs(API)),
            Jump("GeoJSON", here.for_programs(API, format="geojson")),
            Jump("SVG", here.for_programs(API, format="svg", theme="light", lang=language)),
        ],
    }


def _steps(steps: list[Mapping[str, Any]], inventory: Inventory, reader: Reader) -> Iterator[tuple[Cell, ...]]:
    total = 0.0
    for number, step in enumerate(steps, 1):
        total += step["cost"]
        spans = step["spans"]
        yield (
            number,
            ", ".join(f"{inventory.sites[one['a']].name} – {inventory.sites[one['b']].name}" for one in spans),
            ", ".join(dict.fromkeys(called(one["kind"], LINES, reader.language) for one in spans)),
            kilometres(sum(one["length_km"] for one in spans), reader.language),
            money(step["cost"], reader.language),
            money(total, reader.language),
            [site_jump(site, inventory) for site in step["connects"]],
            [site_jump(site, inventory) for site in step["protects"]],
        )
