"""`netmon bench detect`: random cuts in the lab, and the time from each to its named fault."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click

from netmon.bench.report import bench_report, county_inventory
from netmon.cli.output import Format, report_options
from netmon.model import Element, Inventory

if TYPE_CHECKING:
    from netmon.lab.story.faults import LabFault
    from netmon.picture.state import Picture
    from netmon.trial.score import Answer
    from netmon.trial.stage import Stage

PATIENCE = 20.0
"""Seconds after which a cut that darkens something counts as missed."""
_LEARN = 10.0
"""Seconds between the first word of every node and the first cut: some round trips of each line have to be known."""


@click.command()
@click.option("-i", "--inventory", "inventory_path", type=click.Path(path_type=Path), help="Default: Tuban.")
@click.option("--cuts", default=60, show_default=True, help="How many faults, over links, cables, nodes and power.")
@click.option("--seed", default=1, show_default=True, help="Which ones.")
@click.option(
    "--ring-cuts",
    default=0,
    show_default=True,
    help="Also cut so many lines that darken nothing, with and without traps.",
)
@report_options
def detect(
    inventory_path: Path | None, cuts: int, seed: int, ring_cuts: int, format_: Format, output: str | None
) -> int:
    """Cut random links, cables, nodes and power areas that darken something; time each to its name.

    Exit code 1 when one was missed or misnamed, or a shadowed site was called down.
    """
    inventory = county_inventory(inventory_path)
    answers, wrongly_down, wrongly_paged = asyncio.run(_run(inventory, cuts, seed))
    rows = _rows(answers)
    total = rows[-1]
    total["wrongly_down"] = len(wrongly_down)
    total["wrongly_paged"] = len(wrongly_paged)
    ratios: dict[str, float] = {}
    if ring_cuts:
        with_, without = (
            _row("ring", asyncio.run(_run_ring(inventory, ring_cuts, seed, traps=traps))) for traps in (True, False)
        )
        rows += [with_, {**without, "engine": "netmon without traps"}]
        quick, slow = with_["named_seconds_median"], without["named_seconds_median"]
        if quick and slow:
            ratios["ring cut named, without traps : with"] = round(slow / quick, 1)
    bench_report(rows, ratios, format_=format_, output=output)
    return 0 if total["named"] == total["cuts"] and not wrongly_down and not wrongly_paged else 1


async def _run(inventory: Inventory, cuts: int, seed: int) -> tuple[list[Answer], frozenset[str], frozenset[str]]:
    from netmon.trial.stage import open_stage  # noqa: PLC0415 (help must not load the daemon)

    chance = random.Random(seed)
    async with open_stage(inventory) as stage:
        await stage.all_heard()
        await asyncio.sleep(_LEARN)
        faults = candidates(inventory)
        for number in range(cuts):
            kind = list(faults)[number % len(faults)]
            cut, heal = chance.choice(faults[kind])
            await asyncio.sleep(chance.uniform(0.0, 1.0))  # any phase of the probes
            await _one(stage, kind, cut, heal)
        score = stage.score()
        return list(score.faults), score.wrongly_down, score.wrongly_paged


async def _run_ring(inventory: Inventory, cuts: int, seed: int, *, traps: bool) -> list[Answer]:
    """Cut lines that darken nothing, each at any phase of the polls, and time each to its name."""
    from netmon.trial.stage import open_stage  # noqa: PLC0415

    chance = random.Random(seed)
    interval = max((node.snmp.interval for node in inventory.nodes.values() if node.snmp is not None), default=30.0)
    chosen = silent_cuts(inventory)
    async with open_stage(inventory, traps=traps) as stage:
        await stage.all_heard()
        await stage.all_polled(2 * interval)
        for cut, heal in (chance.choice(chosen) for _ in range(cuts if chosen else 0)):
            await asyncio.sleep(chance.uniform(0.0, 2.0))
            await _one(stage, "ring", cut, heal, patience=2 * interval)
        return list(stage.score().faults)


async def _one(stage: Stage, kind: str, cut: LabFault, heal: LabFault, patience: float = PATIENCE) -> None:
    """Cut, wait for the name, heal, wait until all is well again."""
    deed = await stage.do(f"{kind} {cut}", cut)

    def is_named(picture: Picture) -> bool:
        stated: set[Element] = set()
        for incident in picture.open_incidents:
            stated |= {incident.fault.element, *incident.fault.alternatives}
        return deed.broken <= stated and stage.sights[-1].dark_sites == deed.dark_sites

    await stage.until(is_named, patience)
    healed = await stage.do(f"heal {cut}", heal)
    await stage.until(
        lambda picture: not picture.open_incidents and stage.sights[-1].dark_sites == healed.dark_sites, patience
    )


def silent_cuts(inventory: Inventory) -> list[tuple[LabFault, LabFault]]:
    """Return the cuts of single lines between polled routers that darken nothing, each with its repair."""
    from netmon.lab.story import faults as f  # noqa: PLC0415
    from netmon.lab.story.state import LabState, apply_fault, truth  # noqa: PLC0415

    shared = Counter(cable for link in inventory.links.values() for cable in link.cables)
    found: list[tuple[LabFault, LabFault]] = []
    for link in inventory.links.values():
        ends = [inventory.nodes[end.node] for end in (link.a, link.b)]
        if any(node.snmp is None for node in ends) or any(shared[cable] > 1 for cable in link.cables):
            continue
        cut, heal = f.CutLink(link.id), f.HealLink(link.id)
        if not truth(inventory, apply_fault(inventory, LabState(), cut, 0.0)).dark_nodes:
            found.append((cut, heal))
    return found


def candidates(inventory: Inventory) -> dict[str, list[tuple[LabFault, LabFault]]]:
    """Return, per kind, the faults that darken at least one site, each with its repair."""
    from netmon.lab.story import faults as f  # noqa: PLC0415
    from netmon.lab.story.state import LabState, apply_fault, truth  # noqa: PLC0415

    kinds: dict[str, list[tuple[LabFault, LabFault]]] = {
        "link": [(f.CutLink(one), f.HealLink(one)) for one in inventory.links],
        "cable": [(f.CutCable(one), f.HealCable(one)) for one in inventory.cables],
        "node": [
            (f.PowerOff(name), f.PowerOn(name))
            for name, node in inventory.nodes.items()
            if name != inventory.vantage.node and name not in inventory.vantage.sentinels
        ],
        "power": [(f.PowerOffArea(area), f.PowerOnArea(area)) for area in sorted(f.power_areas(inventory))],
    }
    chosen = {}
    for kind, pairs in kinds.items():
        darkening = [
            pair
            for pair in pairs
            if (then := truth(inventory, apply_fault(inventory, LabState(), pair[0], 0.0))).dark_sites
            and not then.dark_nodes.intersection(inventory.vantage.sentinels)
        ]
        if darkening:
            chosen[kind] = darkening
    return chosen


def _rows(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    kinds = sorted({answer.deed.title.split()[0] for answer in answers})
    return [_row(kind, [one for one in answers if one.deed.title.startswith(kind)]) for kind in kinds] + [
        _row("all", answers)
    ]


def _row(kind: str, answers: Sequence[Answer]) -> dict[str, Any]:
    times = sorted(answer.seconds for answer in answers if answer.seconds is not None)
    dark = [answer.first_dark for answer in answers if answer.first_dark is not None]
    return {
        "engine": "netmon",
        "kind": kind,
        "cuts": len(answers),
        "named": len(times),
        "first_dark_seconds_median": round(median(dark), 3) if dark else None,
        "named_seconds_median": round(median(times), 3) if times else None,
        "named_seconds_p99": round(times[min(len(times) - 1, int(len(times) * 0.99))], 3) if times else None,
        "named_seconds_max": round(times[-1], 3) if times else None,
        "missed": [answer.deed.title for answer in answers if answer.seconds is None],
    }
