"""`netmon topology whatif`: who goes dark when things fail together, and what hangs by one thing then."""

from __future__ import annotations

import click

from netmon.cli.output import Format, Table, many, report_options, write_report
from netmon.cli.topology.standpoint import Standpoint, read_elements, stand, standpoint_options
from netmon.errors import UsageError


@click.command()
@click.option(
    "--fail", "failed", multiple=True, metavar="KIND:ID", help="cable:ID, link:ID, node:ID or power_area:ID."
)
@click.option("--from", "start", metavar="T", help="When planned work begins: prints the window to announce.")
@click.option("--for", "lasting", default="4h", show_default=True, metavar="LENGTH", help="How long it lasts.")
@standpoint_options
@report_options
def whatif(
    failed: tuple[str, ...],
    start: str | None,
    lasting: str,
    standpoint: Standpoint,
    format_: Format,
    output: str | None,
) -> int:
    """Say which sites go dark when things fail together, and which links become bridges.

    A bridge is a link on which something hangs; those that were bridges before are not repeated. With --from, the
    commands that announce the work are printed too, ready to paste. Exit code 1 when a site goes dark.

    Example: netmon topology whatif -i inventory/tuban --fail cable:jenu-tenggara --fail power_area:soko-1
    """
    from netmon.cli.times import length, moment  # noqa: PLC0415 (help must not load it)
    from netmon.exporter.api.topology_document import announcement, whatif_document  # noqa: PLC0415
    from netmon.topology.robustness.whatif import what_if  # noqa: PLC0415

    if not failed:
        raise UsageError("nothing fails", "name it with --fail, as in --fail cable:ID")
    moment(start, "--from")
    length(lasting, "--for", least=1.0)
    inventory, today = standpoint.read()
    elements = read_elements(inventory, failed, "--fail")
    outcome = what_if(inventory, stand(inventory, today), elements)
    windows = [] if start is None else [announcement(str(element), start, lasting) for element in elements]
    rows = [
        {"effect": effect, "kind": kind, "id": one, "name": inventory.sites[one].name if kind == "site" else None}
        for effect, kind, ids in (
            ("dark", "site", outcome.sites),
            ("lost", "service", outcome.services),
            ("bridge", "link", outcome.bridges),
            ("articulation point", "node", outcome.joints),
        )
        for one in ids
    ]
    document = {**whatif_document(elements, outcome), "maintenance": windows}
    if rows or format_ != "table":
        table = Table(("effect", "kind", "id", "name"), rows)
        write_report(table, format_=format_, output=output, document=document)
    for window in windows:
        click.echo(window, err=True)
    click.echo(
        f"dark: {many(len(outcome.sites), 'sites')}, {outcome.toll.villages} of them villages; "
        f"new bridges: {len(outcome.bridges)}",
        err=True,
    )
    return 1 if outcome.sites else 0
