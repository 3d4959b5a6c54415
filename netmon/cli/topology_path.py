"""`netmon topology path`: the way between two nodes, around what is to be avoided, or two that share nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, inventory_option, report_options, write_report
from netmon.cli.topology_standpoint import read_elements, read_inventory
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.topology.robustness.light import Section

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
@click.option("--avoid", multiple=True, metavar="KIND:ID", help="Not through cable:ID, node:ID, link:ID or power:ID.")
@click.option("--pair", is_flag=True, help="Two ways that share no node, or where that cannot be, no link.")
@click.option("--budget", type=click.FloatRange(0.0), metavar="DB", help="Light budget, instead of usual optics.")
@inventory_option
@report_options
def path(
    a: str,
    b: str,
    avoid: tuple[str, ...],
    pair: bool,
    budget: float | None,
    inventory_path: str,
    format_: Format,
    output: str | None,
) -> int:
    """Show the shortest way between the nodes A and B, link by link, with its delay and the light it costs.

    Delay and loss are the least that physics asks: light in glass, 0.35 dB a kilometre, 1 dB for the connectors of a
    link, and 3.5 dB each time a splitter halves the light. margin_db is what is left at the end of a fibre of the
    budget: 28 dB through a splitter (GPON B+), else 10.5 dB up to 10 km and 23 dB farther, or what the drawing
    expects of its receivers. Exit code 1 when there is no way, with --pair only one, or too little light.

    Example: netmon topology path noc-gw rtr-bancar -i inventory/tuban --avoid link:tambakboyo-bancar
    """
    from netmon.topology.graph import Graph  # noqa: PLC0415 (help must not load it)
    from netmon.topology.robustness.light import sections, split_loss  # noqa: PLC0415
    from netmon.topology.robustness.routes import routes  # noqa: PLC0415

    inventory = read_inventory(inventory_path)
    for name in (a, b):
        if name not in inventory.nodes:
            raise UsageError(f"there is no node {name!r}", "name two nodes of the inventory")
    if a == b:
        raise UsageError(f"{a} is where it is", "name two nodes")
    avoided = read_elements(inventory, avoid, "--avoid")
    graph = Graph.from_inventory(inventory)
    ways = routes(inventory, graph, a, b, avoid=avoided, pair=pair)
    lit = [
        (number, one) for number, way in enumerate(ways, 1) for one in sections(inventory, graph, way, budget=budget)
    ]
    margins = {(number, one.spans[-1].link): round(one.margin, 2) for number, one in lit}
    split = {(number, node): split_loss(ratio) for number, one in lit for node, ratio in one.splitters}
    rows = [
        {
            "way": number,
            "a": span.a,
            "b": span.b,
            "link": span.link,
            "length_km": round(span.length_km, 3),
            "delay_seconds": round(span.delay, 9),
            "loss_db": None if span.loss_db is None else round(span.loss_db, 2),
            "splitter_db": split.get((number, span.b)),
            "margin_db": margins.get((number, span.link)),
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
        document = {"a": a, "b": b, "ways": told, "rows": rows, "sections": [_lit(*each) for each in lit]}
        write_report(Table(_COLUMNS, rows), format_=format_, output=output, document=document)
    for one in told:
        milliseconds = 1000 * one["rtt_seconds"]
        click.echo(
            f"{one['links']} links, {one['length_km']:g} km, at least {milliseconds:.3f} ms both ways", err=True
        )
    dim = [section for _, section in lit if section.margin < 0]
    for section in dim:
        ends = f"{section.spans[0].a} to {section.spans[-1].b}"
        more = f"{-section.margin:.1f} dB more than {section.optics} bears"
        click.echo(f"{ends}: {section.loss:.1f} dB are lost, {more}", err=True)
    wanted = 2 if pair else 1
    if len(ways) < wanted:
        click.echo("there is no way" if not ways else "there is no second way that shares nothing", err=True)
    return int(len(ways) < wanted or bool(dim))


def _lit(way: int, section: Section) -> dict[str, Any]:
    """Return a section of fibre as JSON."""
    return {
        "way": way,
        "a": section.spans[0].a,
        "b": section.spans[-1].b,
        "links": [span.link for span in section.spans],
        "length_km": round(sum(span.length_km for span in section.spans), 3),
        "splitters": [{"node": node, "ways": ways} for node, ways in section.splitters],
        "optics": section.optics,
        "loss_db": round(section.loss, 2),
        "budget_db": round(section.budget, 2),
        "margin_db": round(section.margin, 2),
    }
