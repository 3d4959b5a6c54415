"""Plans as plain JSON values: the same for the API and for `netmon plan`."""

from __future__ import annotations

from typing import Any

from netmon.model import Inventory, LinkKind
from netmon.topology.geo import Position, line
from netmon.topology.planning.candidates import Candidate
from netmon.topology.planning.plan import Plan, Standing, Step

Document = dict[str, Any]


def plan_document(plan: Plan) -> Document:
    """Return a plan as JSON."""
    return {
        "steps": [
            {
                "spans": [
                    {
                        "a": span.a,
                        "b": span.b,
                        "length_km": round(span.length_km, 3),
                        "cost": round(span.cost, 2),
                        "kind": str(span.kind),
                    }
                    for span in step.spans
                ],
                "connects": list(step.connects),
                "protects": list(step.protects),
                "cost": round(step.cost, 2),
            }
            for step in plan.steps
        ],
        "before": _standing(plan.before),
        "after": _standing(plan.after),
        "cost": round(sum(step.cost for step in plan.steps), 2),
        "bound": round(plan.bound, 2),
        "protect_bound": round(plan.protect_bound, 2),
        "weight": plan.weight,
        "most_weight": round(plan.most_weight, 3),
        "most_protected": plan.most_protected,
        "unreachable": list(plan.unreachable),
        "unplaced": list(plan.unplaced),
        "present": list(plan.present),
        "short": plan.is_short,
        "stopped": plan.is_stopped,
        "complete": plan.is_complete,
    }


def read_plan(document: Document) -> Plan:
    """Return the plan that a document of `plan_document` tells, as exactly as it does."""
    return Plan(
        steps=tuple(
            Step(
                tuple(
                    Candidate(span["a"], span["b"], span["length_km"], span["cost"], LinkKind(span["kind"]))
                    for span in step["spans"]
                ),
                tuple(step["connects"]),
                tuple(step["protects"]),
                step["cost"],
            )
            for step in document["steps"]
        ),
        before=_read_standing(document["before"]),
        after=_read_standing(document["after"]),
        bound=document["bound"],
        protect_bound=document["protect_bound"],
        weight=document["weight"],
        most_weight=document["most_weight"],
        most_protected=document["most_protected"],
        unreachable=tuple(document["unreachable"]),
        unplaced=tuple(document["unplaced"]),
        present=tuple(document["present"]),
        is_short=document["short"],
        is_stopped=document["stopped"],
    )


def plan_geojson(plan: Plan, inventory: Inventory) -> dict[str, Any]:
    """Return the spans of a plan as GeoJSON (RFC 7946), longitude first; spans without coordinates are left out.

    `cost` is what the span itself costs, `step_cost` what all spans of its step do and the sites that they join.
    """
    features = []
    for number, step in enumerate(plan.steps, 1):
        for span in step.spans:
            a, b = (inventory.sites[site] for site in (span.a, span.b))
            if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
                continue
            features.append(
                {
                    "type": "Feature",
                    "geometry": line(Position(a.lat, a.lon), Position(b.lat, b.lon)),
                    "properties": {
                        "step": number,
                        "a": span.a,
                        "b": span.b,
                        "kind": str(span.kind),
                        "length_km": round(span.length_km, 3),
                        "cost": round(span.cost, 2),
                        "step_cost": round(step.cost, 2),
                        "connects": list(step.connects),
                        "protects": list(step.protects),
                    },
                }
            )
    return {"type": "FeatureCollection", "features": features}


def _read_standing(document: Document) -> Standing:
    return Standing(
        joined=document["joined_sites"],
        unjoined=document["unjoined_sites"],
        protected=document["protected_sites"],
        single_failures=document["single_failures"],
        worst_sites=document["worst_failure_sites"],
    )


def _standing(standing: Standing) -> Document:
    return {
        "joined_sites": standing.joined,
        "unjoined_sites": standing.unjoined,
        "protected_sites": standing.protected,
        "single_failures": standing.single_failures,
        "worst_failure_sites": standing.worst_sites,
    }
