"""`netmon diagnose`: the faults behind a set of observations, without any daemon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from netmon.cli.output import Format, Table, inventory_option, report_options, write_report
from netmon.model import Diagnosis, Element, Fault, Finding, Observations, Reach, Stake, Verdict

COLUMNS = ("id", "element", "alternatives", "cause", "confidence", "nodes", "sites", "at_stake", "evidence")


@click.command()
@inventory_option
@click.option(
    "--observations",
    "observations_path",
    required=True,
    type=click.Path(),
    help="JSON file of observations; - for standard input.",
)
@report_options
def diagnose(inventory_path: str, observations_path: str, format_: Format, output: str | None) -> int:
    """Name the faults behind a set of observations.

    Observations are {"nodes": {"ID": "up|down|unknown"}, "ports": {"NODE:PORT": "up|down"}, "light": {"NODE:PORT":
    dBm or null}}, all of one moment. What is not listed is unknown (nodes) or no evidence (ports, light).

    Exit code 1 when there is a fault. Example: netmon diagnose -i inventory/tuban --observations now.json
    """
    from netmon.cli.observations import read_observations  # noqa: PLC0415 (help need not load the schema)
    from netmon.inventory.load import load_inventory  # noqa: PLC0415
    from netmon.picture.cause import with_causes  # noqa: PLC0415
    from netmon.picture.signs import Sight  # noqa: PLC0415
    from netmon.topology.diagnosis.diagnose import diagnose as explain  # noqa: PLC0415
    from netmon.topology.diagnosis.stake import stakes  # noqa: PLC0415
    from netmon.topology.graph import Graph  # noqa: PLC0415

    inventory = load_inventory(Path(inventory_path)).inventory
    observations, warnings = read_observations(observations_path, inventory)
    for warning in warnings:
        click.echo(str(warning), err=True)
    graph = Graph.from_inventory(inventory)
    found = with_causes(explain(graph, observations), Sight.of(inventory, graph, observations))
    at_stake = stakes(graph, found.faults, _out(found, observations))
    if found.faults or format_ != "table" or output:
        rows = [
            _table_row(fault, at_stake.get(fault.id)) if format_ == "table" else _row(fault, at_stake.get(fault.id))
            for fault in found.faults
        ]
        columns = (
            COLUMNS
            if format_ != "table"
            else ("id", "element", "or", "cause", "confidence", "dark sites", "at stake", "why")
        )
        write_report(
            Table(columns, rows), format_=format_, output=output, document=diagnosis_document(found, at_stake)
        )
    click.echo(_summary(found), err=True)
    return 1 if found.faults else 0


def _out(found: Diagnosis, observations: Observations) -> Iterator[str]:
    """Yield the nodes that do not answer and pass nothing on."""
    for name, finding in found.nodes.items():
        if observations.nodes.get(name) is Reach.DOWN and finding.verdict is not Verdict.DEGRADED:
            yield name


def diagnosis_document(found: Diagnosis, at_stake: Mapping[str, Stake]) -> dict[str, Any]:
    """Return a diagnosis as the JSON object of the contract. `at_stake` goes by fault id."""
    return {
        "faults": [
            {
                "id": fault.id,
                "element": _element(fault.element),
                "alternatives": [_element(element) for element in fault.alternatives],
                "cause": str(fault.cause),
                "confidence": fault.confidence,
                "evidence": list(fault.evidence),
                "nodes": list(fault.nodes),
                "sites": list(fault.sites),
            }
            for fault in found.faults
        ],
        "at_stake": {
            name: {"cut": _element(stake.cut), "sites": list(stake.sites)} for name, stake in at_stake.items()
        },
        "hypotheses": [[_element(element) for element in elements] for elements in found.hypotheses],
        "nodes": _findings(found.nodes),
        "sites": _findings(found.sites),
    }


def _element(element: Element) -> dict[str, str]:
    return {"kind": str(element.kind), "id": element.id}


def _findings(found: Mapping[str, Finding]) -> dict[str, dict[str, str | None]]:
    return {name: {"verdict": str(verdict), "fault": fault} for name, (verdict, fault) in found.items()}


def _row(fault: Fault, stake: Stake | None) -> dict[str, Any]:
    return {
        "id": fault.id,
        "element": str(fault.element),
        "alternatives": [str(element) for element in fault.alternatives],
        "cause": str(fault.cause),
        "confidence": fault.confidence,
        "nodes": list(fault.nodes),
        "sites": list(fault.sites),
        "at_stake": list(stake.sites) if stake else [],
        "evidence": "; ".join(fault.evidence),
    }


def _table_row(fault: Fault, stake: Stake | None) -> dict[str, Any]:
    return {
        "id": fault.id,
        "element": str(fault.element),
        "or": [str(element) for element in fault.alternatives],
        "cause": str(fault.cause),
        "confidence": f"{fault.confidence:.3f}",
        "dark sites": len(fault.sites),
        "at stake": len(stake.sites) if stake else "",
        "why": "; ".join(fault.evidence),
    }


def _summary(found: Diagnosis) -> str:
    counts = Counter(str(finding.verdict) for finding in found.sites.values())
    sites = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    faults = {0: "no fault", 1: "1 fault"}.get(len(found.faults), f"{len(found.faults)} faults")
    others = f"; {len(found.hypotheses)} other explanations of the same size" if found.hypotheses else ""
    return f"{faults}; sites: {sites}{others}"
