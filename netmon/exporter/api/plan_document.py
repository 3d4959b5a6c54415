"""Plans as plain JSON values: the same for the API and for `netmon plan`."""

from __future__ import annotations

from typing import Any

from netmon.topology.planning.plan import Plan, Standing

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
        "complete": plan.is_complete,
    }


def _standing(standing: Standing) -> Document:
    return {
        "joined_sites": standing.joined,
        "unjoined_sites": standing.unjoined,
        "protected_sites": standing.protected,
        "single_failures": standing.single_failures,
        "worst_failure_sites": standing.worst_sites,
    }
