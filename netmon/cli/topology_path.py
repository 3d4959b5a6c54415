"""`netmon topology path`: the way between two nodes, around what is to be avoided, or two that share nothing."""

from __future__ import annotations

import click

from netmon.cli.output import Format, Table, inventory_option, report_options, write_report
from netmon.cli.topology_standpoint import read_elements, read_inventory
from netmon.errors import UsageError

_COLUMNS = ("way", "a", "b", "link", "length_km", "delay_seconds", "loss_db", "length_assumed")


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--avoid", multiple=True, metavar="KIND:ID", help="Not through cable:ID, node:ID, link:ID or power:ID.")
@click.option("--pair", is_flag=True, help="Two ways that share no node, or where that cannot be, no link.")
@inventory_option
@report_options
def path(
    a: str, b: str, avoid: tuple[str, ...], pair: bool, inventory_path: str, format_: Format, output: str | None
) -> int:
    """Show the shortest way between the nodes A and B, link by link, with its delay and the light it costs.

    Delay and loss are the least that physics asks: light in glass, 0.35 dB a kilometre and 1 dB for the connectors of
    a link; splitters and amplifiers are not known to the drawing. Exit code 1 when there is no way, or with --pair
    only one.

    Example: netmon topology path noc-gw rtr-bancar -i inventory/tuban --avoid link:tambakboyo-bancar
    """
    from netmon.topology.graph import Graph  # noqa: PLC0415 (help must not load it)
    from netmon.topology.robustness.routes import routes  # noqa: PLC0415

    inventory = read_inventory(inventory_path)
    for name in (a, b):
        if name not in inventory.nodes:
            raise UsageError(f"there is no node {name!r}", "name two nodes of the inventory")
    if a == b:
        raise UsageError(f"{a} is where it is", "name two nodes")
    avoided = read_elements(inventory, avoid, "--avoid")
    ways = routes(inventory, Graph.from_inventory(inventory), a, b, avoid=avoided, pair=pair)
    rows = [
        {
            "way": number,
            "a": span.a,
            "b": span.b,
            "link": span.link,
            "length_km": round(span.length_km, 3),
            "delay_seconds": round(span.delay, 9),
            "loss_db": None if span.loss_db is None else round(span.loss_db, 2),
            "length_assumed": span.is_assumed,
        }
        for number, way in enumerate(ways, 1)
        for span in way
    ]
    told = [
        {
            "links": len(way),
            "length_km": round(sum(span.length_km for span in way), 3),
            "rtt_seconds": round(2 * sum(span.delay for span in way), 9),
        }
        for way in ways
    ]
    if rows or format_ != "table":
        document = {"a": a, "b": b, "ways": told, "rows": rows}
        write_report(Table(_COLUMNS, rows), format_=format_, output=output, document=document)
    for one in told:
        milliseconds = 1000 * one["rtt_seconds"]
        click.echo(
            f"{one['links']} links, {one['length_km']:g} km, at least {milliseconds:.3f} ms both ways", err=True
        )
    wanted = 2 if pair else 1
    if len(ways) < wanted:
        click.echo("there is no way" if not ways else "there is no second way that shares nothing", err=True)
    return int(len(ways) < wanted)
