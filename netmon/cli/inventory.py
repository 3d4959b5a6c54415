"""`netmon inventory`: the drawing as spreadsheets, as JSON, as a schema, and node by node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from netmon.cli.output import Format, Table, inventory_option, report_options, write_report
from netmon.errors import CannotError, UsageError
from netmon.inventory.explain import Line, as_drawn, resolved
from netmon.inventory.load import load_inventory, read_drawing


@click.group()
def inventory() -> None:
    """Import, export and describe inventories."""


@inventory.command()
@click.argument("node")
@click.option("--resolved", "is_resolved", is_flag=True, help="Show what is inherited too, and from where.")
@inventory_option
@report_options
def show(node: str, *, is_resolved: bool, inventory_path: str, format_: Format, output: str | None) -> None:
    """Show NODE as it is drawn, or with all settings in force.

    Example: netmon inventory show rtr-socorejo --resolved -i inventory/tuban
    """
    drawing = read_drawing(Path(inventory_path))
    lines = (resolved if is_resolved else as_drawn)(drawing, node)
    write_report(_table(lines), format_=format_, output=output, document={"node": node, "values": _rows(lines)})


def _table(lines: list[Line]) -> Table:
    return Table(("key", "value", "from"), _rows(lines))


def _rows(lines: list[Line]) -> list[dict[str, Any]]:
    return [{"key": line.key, "value": line.value, "from": line.origin} for line in lines]


@inventory.command()
@inventory_option
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(), help="Folder of the CSV files, or the JSON file.")
def export(inventory_path: str, format_: str, output: str | None) -> None:
    """Write an inventory as spreadsheets, or as one JSON document with everything inherited written out.

    The JSON is an inventory file too: every command takes it with -i.

    Example: netmon inventory export -i inventory/tuban -o sheets
    """
    from netmon.inventory.document import to_document  # noqa: PLC0415 (each command pays for its own)
    from netmon.inventory.sheets_write import write_sheets  # noqa: PLC0415

    if format_ == "json":
        document = to_document(load_inventory(Path(inventory_path)).inventory)
        _write(json.dumps(document, ensure_ascii=False, indent=2) + "\n", output)
        return
    if output is None:
        raise UsageError("CSV needs a folder to write to", "name it with -o DIR")
    for path in write_sheets(read_drawing(Path(inventory_path)).usable(), Path(output)):
        click.echo(f"wrote {path}", err=True)


@inventory.command("export-sd")
@inventory_option
@click.option("--module", type=click.Choice(["icmp", "snmp", "http"]), required=True, help="Whose targets.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE, in one step, instead.")
def export_sd(inventory_path: str, module: str, output: str | None) -> None:
    """Write what is probed as targets for Prometheus' file_sd_configs.

    A running netmon serves the same at /sd/MODULE for http_sd_configs.

    Example: netmon inventory export-sd --module snmp -i inventory/tuban -o snmp.json
    """
    from netmon.exporter.prometheus.targets import target_groups  # noqa: PLC0415 (each command pays for its own)
    from netmon.probes.once import Module  # noqa: PLC0415

    groups = target_groups(load_inventory(Path(inventory_path)).inventory, Module(module))
    text = json.dumps(groups, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        _write(text, None)
        return
    new = Path(f"{output}.new")
    _write(text, str(new))
    new.replace(output)  # Prometheus reads it as soon as it changes: it must never see a half


@inventory.command("import")
@click.argument("folder", type=click.Path())
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--region", help="Short name of the region, where FOLDER has no network.yaml.")
@click.option("--vantage", help="Id of the node beside the monitor, where FOLDER has no network.yaml.")
@click.option("--sentinel", multiple=True, help="Id of a node next to the vantage; may be given again.")
def import_(
    folder: str,
    output: str | None,
    *,
    force: bool,
    region: str | None,
    vantage: str | None,
    sentinel: tuple[str, ...],
) -> None:
    """Read the spreadsheets of FOLDER (sites.csv, nodes.csv, links.csv …) and write them as one YAML inventory.

    Everything wrong is reported with file and line; nothing is written then.

    Example: netmon inventory import sheets --region tuban --vantage noc -o tuban.yaml
    """
    from netmon.inventory.sheets_read import read_sheets  # noqa: PLC0415 (each command pays for its own)
    from netmon.inventory.yaml_write import to_yaml  # noqa: PLC0415

    head: dict[str, Any] = {}
    if region or vantage or sentinel:
        head = {"version": 1, "region": region, "vantage": {"node": vantage, "sentinels": list(sentinel)}}
    drawing = read_sheets(Path(folder), head)
    drawing.usable()
    for warning in drawing.problems:
        click.echo(str(warning), err=True)
    _write(to_yaml(drawing.merged.data, f"Imported from the spreadsheets of {folder}."), output, is_new=not force)


@inventory.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE instead of standard output.")
def schema(output: str | None) -> None:
    """Print the JSON Schema (draft 07) of inventory files, for editors and other programs.

    Example: netmon inventory schema -o netmon.schema.json
    """
    from netmon.inventory.json_schema import json_schema  # noqa: PLC0415 (each command pays for its own)

    _write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n", output)


def _write(text: str, output: str | None, *, is_new: bool = False) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with Path(output).open("x" if is_new else "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CannotError(f"{output} exists", "choose another file, or overwrite it with --force") from error
    except OSError as error:
        raise CannotError(f"cannot write {output}: {error.strerror}", "choose another file with -o") from error
