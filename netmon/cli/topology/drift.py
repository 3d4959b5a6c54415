"""`netmon topology drift`: where the drawing and what nodes hear of their neighbours part."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.amounts import Amount
from netmon.cli.lab_sockets import lab_option, probe_sockets, revealer
from netmon.cli.output import Format, Table, many, report_options, write_report
from netmon.cli.progress import progress_bar
from netmon.cli.status import fetch
from netmon.errors import CannotError, UsageError

if TYPE_CHECKING:
    from netmon.model import Inventory
    from netmon.probes.snmp.reading import DevicePoll

_COLUMNS = ("kind", "link", "drawn", "seen", "since", "detail")


@click.command()
@click.option("--url", envvar="NETMON_URL", default="http://127.0.0.1:9840", show_default=True, help="The daemon.")
@click.option("--poll", is_flag=True, help="Ask the nodes of the inventory now, instead of a daemon.")
@click.option(
    "-i",
    "--inventory",
    "inventory_path",
    envvar="NETMON_INVENTORY",
    type=click.Path(readable=False, path_type=Path),
    help="With --poll: the drawing.",
)
@click.option("--rate", type=Amount(0.1, 1000), default=50.0, show_default=True, help="Nodes a second.")
@lab_option
@report_options
def drift(
    url: str,
    poll: bool,
    inventory_path: Path | None,
    rate: float,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Show where the drawing and what nodes hear of their neighbours part.

    missing: was seen and is gone, although both ends answer; extra: seen, not drawn; moved: one end is at another
    node; swapped-port: the right nodes, other ports; never-confirmed: never seen, although an end hears its
    neighbours. A single poll has no history: what is gone is never-confirmed then. Exit code 1 when there is any.

    Example: netmon topology drift --poll -i inventory/tuban
    """
    if poll:
        if inventory_path is None:
            raise UsageError("--poll needs a drawing", "add -i INVENTORY")
        document = _polled(inventory_path, lab_socket, rate)
    else:
        document = fetch(url, "/api/v1/drift")
    found: list[dict[str, Any]] = document["drift"]
    rows = [{**row, "drawn": _ends(row["drawn"]), "seen": _ends(row["seen"])} for row in found]
    if rows or format_ != "table":
        body = {key: document[key] for key in ("drift", "counts", "confirmed", "candidates", "strangers")}
        write_report(Table(_COLUMNS, rows), format_=format_, output=output, document=body)
    counts = "  ".join(f"{count} {kind}" for kind, count in document["counts"].items() if count)
    click.echo(f"{counts or 'no drift'}; {many(len(document['confirmed']), 'links')} confirmed", err=True)
    return 1 if rows else 0


def _ends(ends: Sequence[Mapping[str, str | None]] | None) -> str | None:
    if ends is None:
        return None
    return " – ".join(end["node"] or "" if end["port"] is None else f"{end['node']}:{end['port']}" for end in ends)


def _polled(path: Path, lab_socket: Path | None, rate: float) -> dict[str, Any]:
    """Ask every node once and compare."""
    from netmon.exporter.adjacency import Adjacency  # noqa: PLC0415 (a daemon's answer needs none of this)
    from netmon.exporter.api.drift_document import drift_document  # noqa: PLC0415
    from netmon.inventory.load import load_inventory  # noqa: PLC0415
    from netmon.probes.evidence.adjacency import Heard, hear  # noqa: PLC0415
    from netmon.topology.discovery import discover  # noqa: PLC0415
    from netmon.topology.drift import compare  # noqa: PLC0415
    from netmon.topology.hearing import listen_to  # noqa: PLC0415

    inventory = load_inventory(path, with_secrets=lab_socket is None).inventory
    polls = asyncio.run(_poll(inventory, lab_socket, rate))
    if not any(poll.ok for poll in polls.values()):
        raise CannotError(f"none of {len(polls)} nodes answers SNMP", "check the credentials of the inventory")
    silent = sorted(node for node, poll in polls.items() if not poll.ok)
    if silent:
        names = ", ".join(silent[:5]) + (" …" if len(silent) > 5 else "")
        click.echo(f"netmon: {len(silent)} of {len(polls)} nodes do not answer SNMP: {names}", err=True)
    words = [hear(Heard(), poll)[1] for poll in polls.values()]
    discovered = discover(
        listen_to(word for word in words if word is not None),
        inventory,
        silent={node: polls[node].at for node in silent},
    )
    return drift_document(Adjacency(discovered, compare(inventory, discovered)))


async def _poll(inventory: Inventory, lab_socket: Path | None, rate: float) -> dict[str, DevicePoll]:
    from dataclasses import replace  # noqa: PLC0415

    from netmon.clock import SystemClock  # noqa: PLC0415
    from netmon.probes.snmp.access import secret_of  # noqa: PLC0415
    from netmon.probes.snmp.crawl import Limits, sweep  # noqa: PLC0415
    from netmon.probes.snmp.survey import Surveyor, ways  # noqa: PLC0415

    reveal = revealer(lab_socket)
    secrets = {name: secret_of(auth, reveal) for name, auth in inventory.auth.items()}
    by_address = ways(tuple(inventory.nodes.values()), secrets.get)
    names = {node.address: node.id for node in inventory.nodes.values() if node.address in by_address}
    surveyor = Surveyor(probe_sockets(lab_socket), SystemClock(), None, secrets=by_address)
    try:
        with progress_bar("asking nodes") as told:
            polls = await sweep(surveyor.read, by_address, Limits(rate=rate), told)
    finally:
        surveyor.close()
    return {names[poll.node]: replace(poll, node=names[poll.node]) for poll in polls}
