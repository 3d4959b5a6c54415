"""`netmon topology redundancy`: how many ways each site has, and what they share after all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, report_options, rfc3339, write_report
from netmon.cli.topology.standpoint import REGIONS, Standpoint, stand, standpoint_options
from netmon.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from netmon.model import Inventory
    from netmon.topology.robustness.redundancy import Ways

_COUNTS = ("node_disjoint", "link_disjoint", "cable_disjoint")
_COLUMNS = ("site", *_COUNTS, "cables_exact", "shared")


@click.command()
@click.option("--to", "goal", metavar="NODE", help="Ways to this node.  [default: the vantage]")
@click.option("--against", metavar="FILE", help="JSON of an earlier run: only sites that have other ways now.")
@click.option(
    "--since", metavar="T", help="With --journal: only sites that had other ways then, or so long ago, such as 1d."
)
@click.option("--fewer-than", type=click.IntRange(1), help="Only sites with fewer ways by some count.")
@REGIONS
@standpoint_options
@report_options
def redundancy(
    goal: str | None,
    against: str | None,
    since: str | None,
    fewer_than: int | None,
    standpoint: Standpoint,
    format_: Format,
    output: str | None,
) -> int:
    """Count, for every served site, the ways to the vantage that share no node, no link, no cable.

    `shared` names the cables and power areas each of which alone darkens a site that has two ways sharing no link.
    Everything behind a single doorstep has one way to the vantage: --to counts from behind it. --since tells what the
    network of a journal has lost and won between two moments, --against between two runs. Exit code 1 when a site has
    fewer than two ways by some count; with --since or --against, when one has lost a way.

    Example: netmon topology redundancy -i inventory/tuban --to noc-gw --fewer-than 2
    """
    from netmon.exporter.api.topology_document import ways_rows  # noqa: PLC0415
    from netmon.topology.robustness.redundancy import redundancy as count_ways  # noqa: PLC0415

    if against is not None and since is not None:
        raise UsageError("--against and --since are two earlier states", "give one of them")
    then = None if since is None else _then(standpoint, since)
    inventory, today = standpoint.read()
    inventory = _towards(inventory, goal)
    before = None if against is None else _earlier(against)
    if then is not None:
        before = _ways_then(then, goal)
    found = count_ways(stand(inventory, today))
    chosen = [one for one in found if fewer_than is None or _fewest(one) < fewer_than]
    rows = ways_rows(chosen)
    if before is not None:
        rows = [{**row, "before": before.get(row["site"])} for row in rows if _counts(row) != before.get(row["site"])]
    lost = sum(_has_lost(row) for row in rows) if before is not None else sum(_fewest(one) < 2 for one in chosen)
    if rows or format_ != "table":
        columns = _COLUMNS if before is None else (*_COLUMNS, "before")
        document: dict[str, Any] = {"to": inventory.vantage.node, "rows": rows}
        if then is not None:
            document["since"] = rfc3339(then.at)
        shown = [
            row if format_ == "json" else {**row, "shared": [f"{one['kind']}:{one['id']}" for one in row["shared"]]}
            for row in rows
        ]
        write_report(Table(columns, shown), format_=format_, output=output, document=document)
    what = "have lost a way" if before is not None else "hang on a single node, link or cable"
    click.echo(f"{lost} of {len(found)} sites {what}", err=True)
    if not all(one.cables_exact for one in found):
        click.echo("where cables_exact is False, cable_disjoint is at least so many", err=True)
    return 1 if lost else 0


def _towards(inventory: Inventory, goal: str | None) -> Inventory:
    """Return the drawing as seen from a node."""
    if goal is None:
        return inventory
    if goal not in inventory.nodes:
        raise UsageError(f"there is no node {goal!r}", "name a node of the inventory")
    return replace(inventory, vantage=replace(inventory.vantage, node=goal, also=()))


def _then(standpoint: Standpoint, since: str) -> Standpoint:
    """Return the standpoint at `since`: a moment, or so long before the one that is asked about."""
    from netmon.cli.times import length, moment  # noqa: PLC0415
    from netmon.cli.topology.today import last_word  # noqa: PLC0415

    if standpoint.journal is None:
        raise UsageError("--since needs a journal", "name it with --journal FILE")
    if since[-1:].isalpha() and since[:-1].isdecimal():
        now = last_word(standpoint.journal) if standpoint.at is None else standpoint.at
        at = now - (length(since, "--since", least=1.0) or 0.0)
    else:
        at = moment(since, "--since") or 0.0
    return replace(standpoint, at=at)


def _ways_then(then: Standpoint, goal: str | None) -> dict[str, list[int]]:
    """Return the counts of an earlier moment, by site; none where the node that is asked about was not yet drawn."""
    from netmon.topology.robustness.redundancy import redundancy as count_ways  # noqa: PLC0415

    inventory, today = then.read()
    found = count_ways(stand(_towards(inventory, goal), today))
    return {one.site: [one.node_disjoint, one.link_disjoint, one.cable_disjoint] for one in found}


def _fewest(one: Ways) -> int:
    return min(one.node_disjoint, one.link_disjoint, one.cable_disjoint)


def _counts(row: dict[str, Any]) -> list[int]:
    return [row[name] for name in _COUNTS]


def _has_lost(row: dict[str, Any]) -> bool:
    before = row["before"] or [0, 0, 0]
    return any(now < then for now, then in zip(_counts(row), before, strict=True))


def _earlier(path: str) -> dict[str, list[int]]:
    """Return the counts of an earlier report, by site."""
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))["rows"]
        return {row["site"]: [int(row[name]) for name in _COUNTS] for row in rows}
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "name the JSON of an earlier run") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError(f"{path} is not what this command writes", "make it with --format json -o FILE") from error
