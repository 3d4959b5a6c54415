"""`netmon probe trace`: which routers a packet passes on its way to an address."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from netmon.cli.amounts import Amount
from netmon.cli.lab_sockets import lab_option, probe_sockets
from netmon.cli.output import Format, Table, names_option, report_options, write_report
from netmon.clock import SystemClock
from netmon.errors import CannotError
from netmon.probes.sockets import Sockets

if TYPE_CHECKING:
    from netmon.probes.trace.route import Hop, Trace, TraceSettings

_ENDS = {
    "reached": "it answers",
    "silent": "nobody further answers",
    "hops": "it is further away than the most hops allowed",
}


@click.command()
@click.argument("target")
@click.option("--protocol", type=click.Choice(["icmp", "udp"]), default="icmp", show_default=True)
@click.option("-q", "--queries", type=click.IntRange(1, 10), default=3, show_default=True, help="To each hop.")
@click.option("--timeout", type=Amount(0.05, 60), default=1.0, show_default=True, help="Seconds.")
@click.option("--max-hops", type=click.IntRange(1, 64), default=30, show_default=True)
@click.option(
    "--silent", type=click.IntRange(1, 64), default=5, show_default=True, help="Hops without answer to give up after."
)
@click.option("--port", type=click.IntRange(1, 65535), default=33434, show_default=True, help="Where UDP goes.")
@names_option("TARGET may then be the id of a node, and hops are named.")
@lab_option
@report_options
def trace(
    target: str,
    protocol: Literal["icmp", "udp"],
    queries: int,
    timeout: float,
    max_hops: int,
    silent: int,
    port: int,
    inventory_path: Path | None,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Trace the way to an address, a host name or a node of an inventory.

    All requests look the same to routers that spread load, so that they show one real path. Exit code 1 when TARGET
    itself does not answer. Example: netmon probe trace 127.0.0.1
    """
    from netmon.probes.trace.route import TraceSettings  # noqa: PLC0415 (help must not load scapy)

    nodes = {} if inventory_path is None else _nodes(inventory_path)
    sockets = probe_sockets(lab_socket)
    settings = TraceSettings(protocol, queries, timeout, max_hops, silent, port)
    found = asyncio.run(_trace(sockets, nodes.get(target, target), settings))
    named = {address: node for node, address in nodes.items()}
    rows = [_row(hop, named, queries) for hop in found.hops]
    columns = ["hop", "address", "node", *[f"rtt_{number}_seconds" for number in range(1, queries + 1)], "answer"]
    write_report(Table(columns, rows), format_=format_, output=output, document=_document(found, named))
    click.echo(f"{target}: {_ENDS.get(found.end, found.end.replace('-', ' '))}", err=True)
    return 0 if found.is_reached else 1


def _nodes(path: Path) -> Mapping[str, str]:
    """Return the addresses of the nodes of an inventory."""
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (100 ms that a bare address need not pay)

    inventory = load_inventory(path, with_secrets=False).inventory
    return {node.id: node.address for node in inventory.nodes.values() if node.address is not None}


async def _trace(sockets: Sockets, target: str, settings: TraceSettings) -> Trace:
    from netmon.probes.trace.route import trace as trace_to  # noqa: PLC0415

    try:
        address = str(ipaddress.ip_address(target))
    except ValueError:
        try:
            address = (await sockets.resolve(target))[0]
        except (OSError, UnicodeError) as error:
            raise CannotError(f"{target} is not an address and does not resolve", "check the name") from error
    return await trace_to(sockets, SystemClock(), address, settings)


def _row(hop: Hop, named: Mapping[str, str], queries: int) -> dict[str, Any]:
    rtts = {f"rtt_{number}_seconds": hop.rtts[number - 1] for number in range(1, queries + 1)}
    nodes = [named[address] for address in hop.addresses if address in named]
    return {"hop": hop.ttl, "address": list(hop.addresses) or "*", "node": nodes, **rtts, "answer": hop.kind}


def _document(found: Trace, named: Mapping[str, str]) -> dict[str, Any]:
    return {
        "address": found.address,
        "node": named.get(found.address),
        "protocol": found.protocol,
        "end": found.end,
        "hops": [
            {
                "hop": hop.ttl,
                "addresses": list(hop.addresses),
                "nodes": [named[address] for address in hop.addresses if address in named],
                "rtts_seconds": list(hop.rtts),
                "answer": hop.kind,
            }
            for hop in found.hops
        ],
    }
