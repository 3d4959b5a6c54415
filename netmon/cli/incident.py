"""`netmon incident`: the incidents of a running daemon, and what people say of their causes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from netmon.cli.output import Format, Table, report_options, write_report
from netmon.cli.status import fetch
from netmon.cli.tell import state_option, tell
from netmon.errors import UsageError

CAUSES = ("fibre", "power", "device", "upstream", "unknown")
COLUMNS = ("id", "state", "element", "cause", "opened", "closed", "count", "sites", "maintenance")


@click.command()
@click.argument("incident_id", metavar="[ID]", required=False)
@click.option("--cause", type=click.Choice(CAUSES), help="Say why it was; this is journalled with your name.")
@click.option("--note", default="", help="What you know, for those who ask later.")
@click.option("--url", envvar="NETMON_URL", default="http://127.0.0.1:9840", show_default=True, help="The daemon.")
@state_option
@report_options
def incident(
    incident_id: str | None,
    cause: str | None,
    note: str,
    url: str,
    state: Path | None,
    format_: Format,
    output: str | None,
) -> None:
    """List incidents, show one with its evidence, or say its cause.

    Without --cause this asks the daemon's API at --url. With it, the daemon is told over the control socket in its
    state folder, which only the user that runs it may open.

    Example: netmon incident F26 --cause fibre --note spliced
    """
    if cause is None and note:
        raise UsageError("--note goes with --cause")
    if incident_id is None:
        if cause is not None:
            raise UsageError("which incident?", "name it, as in `netmon incident F26 --cause power`")
        rows = [_row(one) for one in fetch(url, "/api/v1/incidents")["incidents"]]
        write_report(Table(COLUMNS, rows), format_=format_, output=output, document={"incidents": rows})
        return
    if cause is not None:
        answer = tell(state, {"act": "revise", "incident": incident_id, "cause": cause, "note": note})
        click.echo(f"{incident_id}: cause {cause}, says {answer['by']}", err=True)
        return
    one = fetch(url, f"/api/v1/incidents/{quote(incident_id, safe='')}")["incident"]
    if format_ == "table":
        click.echo(one["text"], err=output is not None)
    lines = [{"evidence": text} for text in one["evidence"]]
    write_report(Table(("evidence",), lines), format_=format_, output=output, document={"incident": one})


def _row(one: dict[str, Any]) -> dict[str, Any]:
    element = one["element"]
    return {
        **{key: one[key] for key in ("id", "state", "cause", "opened", "closed", "count", "maintenance")},
        "element": f"{element['kind']}:{element['id']}",
        "sites": len(one["ever"]["sites"]),
    }
