"""Silent faults: what darkens nothing, and what one more cut would darken because of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from netmon.model import Reach, Verdict
from netmon.picture.state import Incident, Picture
from netmon.topology.diagnosis.stake import stakes


def weighed(incidents: Collection[Incident], picture: Picture) -> tuple[Incident, ...]:
    """Return the incidents, each that darkens nothing with what is at stake now that it has cost redundancy.

    The picture is one whose nodes have been judged: a node that forwards without answering is no gap in the network.
    """
    dark = (
        name
        for name, state in picture.nodes.items()
        if state.reach is Reach.DOWN and picture.node_findings[name].verdict is not Verdict.DEGRADED
    )
    found = stakes(picture.graph, [incident.fault for incident in incidents], dark)
    return tuple(
        incident if incident.stake == found.get(incident.id) else replace(incident, stake=found.get(incident.id))
        for incident in incidents
    )
