"""`netmon topology place`: where nodes hang that the drawing does not join to anything, as traceroute sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netmon.cli.amounts import Amount
from netmon.cli.lab_sockets import lab_option, probe_sockets
from netmon.cli.output import Format, Table, inventory_option, report_options, write_report
from netmon.cli.progress import progress_bar
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.probes.sockets import Sockets
    from netmon.probes.trace.route import Trace

_AT_A_TIME = 8


@click.command()
@click.argument("nodes", nargs=-1, metavar="[NODE…]")
@click.option("--timeout", type=Amount(0.05, 60), default=1.0, show_default=True, help="Seconds for a hop.")
@lab_option
@inventory_option
@report_options
def place(
    nodes: tuple[str, ...],
    timeout: float,
    lab_socket: Path | None,
    inventory_path: str,
    format_: Format,
    output: str | None,
) -> int:
    """Propose where nodes hang: after the last drawn router that a packet passes on its way there.

    Without NODE, all nodes with an address that no drawn path joins to the vantage. A traceroute shows the path of
    the moment and no cable, so nothing is drawn by itself. Exit code 1 when there is a proposal.

    Example: netmon topology place -i inventory/tuban
    """
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (help must not load it)
    from netmon.topology.placement import place as place_nodes  # noqa: PLC0415
    from netmon.topology.placement import undrawn  # noqa: PLC0415

    inventory = load_inventory(Path(inventory_path)).inventory
    unknown = [name for name in nodes if name not in inventory.nodes or inventory.nodes[name].address is None]
    if unknown:
        raise UsageError(f"no node with an address is called {unknown[0]!r}", "name a node of the inventory")
    wanted = nodes or undrawn(inventory)
    targets = {name: inventory.nodes[name].address or "" for name in wanted}
    traces = asyncio.run(_trace(probe_sockets(lab_socket), targets.values(), timeout)) if targets else {}
    reached = {
        name: [[hop.addresses[0] if hop.addresses else None for hop in traces[address].hops]]
        for name, address in targets.items()
        if traces[address].is_reached
    }
    rows = [
        {
            "node": one.node,
            "at": one.at,
            "hops_between": one.hops_between,
            "confidence": one.confidence,
            "link": f"{one.at}-{one.node}",
        }
        for one in place_nodes(inventory, reached)
    ]
    if rows or format_ != "table":
        columns = ("node", "at", "hops_between", "confidence", "link")
        write_report(Table(columns, rows), format_=format_, output=output, document={"placements": rows})
    click.echo(f"{len(rows)} of {len(targets)} undrawn nodes placed", err=True)
    return 1 if rows else 0


async def _trace(sockets: Sockets, addresses: Iterable[str], wait: float) -> dict[str, Trace]:
    from netmon.clock import SystemClock  # noqa: PLC0415
    from netmon.probes.trace.route import TraceSettings, trace  # noqa: PLC0415

    clock, settings, slots = SystemClock(), TraceSettings(queries=2, timeout=wait), asyncio.Semaphore(_AT_A_TIME)
    wanted = sorted(set(addresses))
    done = 0
    with progress_bar("tracing") as told:

        async def one(address: str) -> tuple[str, Trace]:
            nonlocal done
            async with slots:
                found = await trace(sockets, clock, address, settings)
            done += 1
            told(done, len(wanted))
            return address, found

        return dict(await asyncio.gather(*(one(address) for address in wanted)))
