"""`netmon status`: what a running daemon believes, from its API."""

from __future__ import annotations

import json
import os
import ssl
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import click

from netmon.cli.login import PASSWORD_FILE, USER, bare, login, trust
from netmon.cli.output import Format, Table, report_options, write_report
from netmon.errors import AwayError, CannotError, UsageError
from netmon.inventory.flaw import one_line

TIMEOUT = 30.0
"""Seconds to wait for an answer: a question about the past takes the daemon a moment."""
UNAUTHORIZED = 401
REFUSALS = frozenset({400, 404, 409})
"""Answers to questions that make no sense by this drawing."""
MOST_NODES = 10
"""Nodes of a partition in a table."""
MOST_SERVICE_FAULTS = 10
"""Faults of services in a table, those with most services first; other formats have them all."""


@click.command()
@click.option("--url", envvar="NETMON_URL", default="http://127.0.0.1:9840", show_default=True, help="The daemon.")
@click.option("--leads", is_flag=True, help="Only whether it leads: of all that share its journal, it alone acts.")
@click.option("--all", "show_all", is_flag=True, help="List every site, not only those that are not well.")
@report_options
def status(url: str, leads: bool, show_all: bool, format_: Format, output: str | None) -> int:
    """Show verdicts and open faults of a running daemon, and where the network is in parts.

    Exit code 1 when a site is not well, or with --leads when it does not lead. Example: netmon status --format json
    """
    picture = fetch(url, "/api/v1/picture")
    if leads:
        click.echo("leads" if picture["leads"] else "follows")
        return 0 if picture["leads"] else 1
    sites: list[dict[str, Any]] = picture["sites"]
    faults: list[dict[str, Any]] = picture["faults"]
    parts: list[dict[str, Any]] = picture["partitions"]
    service_faults: list[dict[str, Any]] = picture["service_faults"]
    service_faults.sort(key=lambda fault: (-len(fault["services"]), fault["opened"]))
    unwell = [site for site in sites if site["verdict"] not in {"up", "unserved"}]
    if format_ == "table":
        for fault in faults:
            click.echo(f"{fault['id']}  {fault['text']}", err=output is not None)
        for fault in service_faults[:MOST_SERVICE_FAULTS]:
            click.echo(f"{fault['id']}  {fault['text']}", err=output is not None)
        if len(service_faults) > MOST_SERVICE_FAULTS:
            more = len(service_faults) - MOST_SERVICE_FAULTS
            click.echo(f"and {more} more faults of services", err=output is not None)
        for part in parts:
            click.echo(in_parts(part), err=output is not None)
        for site in sites:
            if site.get("on_spare"):
                click.echo(f"{site['name']} runs on its spare line", err=output is not None)
        counts: dict[str, int] = {}
        for site in sites:
            counts[site["verdict"]] = counts.get(site["verdict"], 0) + 1
        click.echo(
            "  ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())), err=output is not None
        )
    rows = sites if show_all else unwell
    if rows or format_ != "table":
        document = {"sites": rows, "faults": faults, "service_faults": service_faults, "partitions": parts}
        columns = ["id", "name", "kind", "district", "verdict", "fault", "since"]
        write_report(Table(columns, rows), format_=format_, output=output, document=document)
    return 1 if unwell else 0


def in_parts(part: Mapping[str, Any]) -> str:
    """Return in one line what a vantage has lost that others reach, and where the network came apart."""
    named = [" or ".join(f"{one['kind']} {one['id']}" for one in each) for each in part["between"]]
    where = f", apart at {' and '.join(named)}" if named else ""
    nodes, others = part["nodes"], ", ".join(part["seen_from"])
    shown = ", ".join(nodes[:MOST_NODES]) + (
        f" and {len(nodes) - MOST_NODES} more" if len(nodes) > MOST_NODES else ""
    )
    return f"partition: {part['vantage']} has lost {len(nodes)} nodes that {others} reaches{where}: {shown}"


def counts(sites: Iterable[Mapping[str, Any]]) -> str:
    """Return how many sites have each verdict, in one line."""
    verdicts = Counter(str(site["verdict"]) for site in sites)
    return "  ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))


def fetch(url: str, path: str) -> dict[str, Any]:
    """Return one JSON document of the daemon's API.

    Raises:
        UsageError: the daemon refuses the question; its own words say why.
        AwayError: nobody answers there, or not as netmon does, or netmon cannot answer now.
        CannotError: it wants a name and a password, or what those are read from cannot be read.
    """
    import httpx2  # noqa: PLC0415 (64 ms that help and completion need not pay)

    try:
        # Whom the machine trusts is read only where somebody proves who they are: it takes 30 ms.
        verify = trust(os.environ) if url.lower().startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        answer = httpx2.get(
            url.rstrip("/") + path, timeout=TIMEOUT, trust_env=False, auth=login(os.environ), verify=verify
        )
        if answer.status_code == UNAUTHORIZED:
            raise CannotError(f"{bare(url)} wants a name and a password", f"set {USER} and {PASSWORD_FILE}")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise AwayError(
            f"no netmon answers at {bare(url)}: {error}", "start it with `netmon run`, or name another with --url"
        ) from error
    document = _document(answer.content)
    if document is None and not answer.is_server_error:
        raise AwayError(
            f"what answers at {bare(url)} is not netmon", "start it on a port of its own, or name another with --url"
        )
    if document is not None and answer.is_success:
        return document
    said = one_line(str((document or {}).get("error", f"status {answer.status_code}")))
    if answer.status_code in REFUSALS:
        raise UsageError(said)
    raise AwayError(f"what answers at {bare(url)} cannot say: {said}", "try again in a while; netmon's log says more")


def _document(body: bytes) -> dict[str, Any] | None:
    """Return what netmon answers; None where it is no document of netmon's."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # also where it is no text
        return None
    return document if isinstance(document, dict) and "schema_version" in document else None
