"""`netmon topology path`: the way between two nodes, around what is to be avoided, or two that share nothing."""

from __future__ import annotations

import click

from netmon.cli.amounts import Amount
from netmon.cli.output import Format, Table, many, report_options, write_report
from netmon.cli.topology.standpoint import Standpoint, read_elements, standpoint_options
from netmon.errors import UsageError

_COLUMNS = (
    "way",
    "a",
    "b",
    "link",
    "length_km",
    "delay_seconds",
    "loss_db",
    "splitter_db",
    "margin_db",
    "length_assumed",
)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--avoid", multiple=True, metavar="KIND:ID", help="Not through cable:ID, link:ID, node:ID or power_area:ID."
)
@click.option("--pair", is_flag=True, help="Two ways that share no node, or where that cannot be, no link.")
@click.option("--budget", type=Amount(0.0), metavar="DB", help="Light budget, instead of usual optics.")
@standpoint_options
@report_options
def path(
    a: str,
    b: str,
    avoid: tuple[str, ...],
    pair: bool,
    budget: float | None,
    standpoint: Standpoint,
    format_: Format,
    output: str | None,
) -> int:
    """Show the shortest way between the nodes A and B, link by link, with its delay and the light it costs.

    Delay and loss are the least that physics asks: light in glass, 0.35 dB a kilometre, 1 dB for the connectors of a
    link, and 3.5 dB each time a splitter halves the light. margin_db is what is left at the end of a fibre of the
    budget: 28 dB through a splitter (GPON B+), else 10.5 dB up to 10 km and 23 dB farther, or what the drawing
    expects of its receivers. With --live or --journal, ways go around what is dark or cut. Exit code 1 when there is
    no way, with --pair only one, or too little light.

    Example: netmon topology path noc-gw rtr-bancar -i inventory/tuban --avoid link:tambakboyo-bancar
    """
    from netmon.exporter.api.path_document import path_document  # noqa: PLC0415 (help must not load it)
    from netmon.inventory.flaw import did_you_mean  # noqa: PLC0415
    from netmon.topology.graph import Graph  # noqa: PLC0415
    from netmon.topology.robustness.footing import Footing  # noqa: PLC0415
    from netmon.topology.robustness.routes import routes  # noqa: PLC0415

    inventory, today = standpoint.read()
    for name in (a, b):
        if name not in inventory.nodes:
            meant = did_you_mean(name, sorted(inventory.nodes))
            raise UsageError(f"there is no node {name!r}", meant or "name two nodes of the inventory")
    if a == b:
        raise UsageError(f"{a} is where it is", "name two nodes")
    avoided = read_elements(inventory, avoid, "--avoid")
    graph = Graph.from_inventory(inventory)
    if today is not None:
        avoided += Footing.of(graph, dark=today.dark, cut=today.cut).missing()
    document = path_document(
        inventory, graph, a, b, routes(inventory, graph, a, b, avoid=avoided, pair=pair), budget=budget
    )
    rows, told = document["rows"], document["ways"]
    if rows or format_ != "table":
        write_report(Table(_COLUMNS, rows), format_=format_, output=output, document=document)
    for one in told:
        milliseconds = 1000 * one["rtt_seconds"]
        click.echo(
            f"{many(one['links'], 'links')}, {one['length_km']:g} km, at least {milliseconds:.3f} ms both ways",
            err=True,
        )
    dim = [one for one in document["sections"] if one["margin_db"] < 0]
    for one in dim:
        more = f"{-one['margin_db']:.1f} dB more than {one['optics']} bears"
        click.echo(f"{one['a']} to {one['b']}: {one['loss_db']:.1f} dB are lost, {more}", err=True)
    wanted = 2 if pair else 1
    if len(told) < wanted:
        for name in (a, b):
            if today is not None and name in today.dark:
                click.echo(f"{name} is dark", err=True)
        click.echo("there is no way" if not told else "there is no second way that shares nothing", err=True)
    return int(len(told) < wanted or bool(dim))
