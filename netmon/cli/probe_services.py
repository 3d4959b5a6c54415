"""`netmon probe http|tcp|dns`: check services once, by hand, as the daemon checks them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from netmon.cli.lab_sockets import lab_option, probe_sockets
from netmon.cli.output import Format, Table, report_options, write_report
from netmon.clock import SystemClock, rfc3339
from netmon.errors import ConfigError, UsageError
from netmon.model import Service
from netmon.probes.services.check import check
from netmon.probes.services.places import PER_HOST, Places
from netmon.probes.services.result import ServiceResult
from netmon.probes.sockets import Sockets

DAY = 86_400.0
PHASES = ("resolve", "connect", "tls", "processing", "transfer")
_COMMON = ("target", "ok", "failure", "detail", "address", "duration_seconds")
_HTTP = (*_COMMON, "status", *(f"{phase}_seconds" for phase in PHASES), "body_bytes", "certificate_days_left")
_TCP = (*_COMMON, "resolve_seconds", "connect_seconds", "processing_seconds")
_DNS = (*_COMMON, "processing_seconds", "answers")

_timeout = click.option(
    "--timeout", type=click.FloatRange(0.05, 300), default=10.0, show_default=True, help="Seconds for each."
)
_family = click.option("--family", type=click.Choice(["ipv4", "ipv6"]), help="Use this family of addresses alone.")
_inventory = click.option(
    "-i",
    "--inventory",
    "inventory_path",
    envvar="NETMON_INVENTORY",
    type=click.Path(readable=False, path_type=Path),
    help="A target may then be the id of a service; without one, all services of this kind of check.",
)
_per_host = click.option(
    "--per-host", type=click.IntRange(1, 64), default=PER_HOST, show_default=True, help="Connections to one address."
)
_ca = click.option(
    "--ca", type=click.Path(dir_okay=False, path_type=Path), help="Trust the certificates in this file (PEM) alone."
)


@click.command()
@click.argument("urls", nargs=-1, metavar="URL…")
@click.option("--kind", type=click.Choice(["website", "opensid", "other"]), default="website", show_default=True)
@click.option("--expect-status", type=click.IntRange(100, 599), help="HTTP status it must answer with.")
@click.option("--expect-body", metavar="TEXT", help="Text that must occur in the page.")
@_timeout
@_family
@_ca
@_per_host
@_inventory
@lab_option
@report_options
def http(
    urls: tuple[str, ...],
    kind: str,
    expect_status: int | None,
    expect_body: str | None,
    timeout: float,
    family: str | None,
    ca: Path | None,
    per_host: int,
    inventory_path: Path | None,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Fetch web pages and say where the time went, or why they are no website.

    A website must show content: a parked domain, a suspended account or a server's default page is none. Exit code 1
    when one of them fails. Example: netmon probe http http://127.0.0.1:9840/
    """
    pattern = Service(
        "", "", kind, "", timeout=timeout, expect_status=expect_status, expect_body=expect_body, family=family
    )
    wanted = _wanted("http", urls, inventory_path, lambda url: [replace(pattern, id=url, url=_web_address(url))])
    results = asyncio.run(_check(wanted, probe_sockets(lab_socket), per_host, ca))
    return _report(_HTTP, wanted, results, format_, output)


@click.command()
@click.argument("targets", nargs=-1, metavar="HOST:PORT…")
@click.option("--expect-body", metavar="TEXT", help="Text that it must greet with.")
@_timeout
@_family
@_per_host
@_inventory
@lab_option
@report_options
def tcp(
    targets: tuple[str, ...],
    expect_body: str | None,
    timeout: float,
    family: str | None,
    per_host: int,
    inventory_path: Path | None,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Connect to ports, and say which of them listen.

    Exit code 1 when one of them does not. Example: netmon probe tcp 127.0.0.1:9840
    """
    pattern = Service("", "", "tcp", timeout=timeout, expect_body=expect_body, family=family)

    def from_text(text: str) -> list[Service]:
        host, port = _host_and_port(text)
        return [replace(pattern, id=text, host=host, port=port)]

    wanted = _wanted("tcp", targets, inventory_path, from_text)
    results = asyncio.run(_check(wanted, probe_sockets(lab_socket), per_host))
    return _report(_TCP, wanted, results, format_, output)


@click.command()
@click.argument("servers", nargs=-1, metavar="SERVER…")
@click.option("--query", metavar="NAME", help="What to ask for.")
@click.option(
    "--record",
    type=click.Choice(["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"], case_sensitive=False),
    default="A",
    show_default=True,
)
@click.option("--expect-answer", metavar="TEXT", help="Address or text that must be among the answers.")
@_timeout
@_family
@_per_host
@_inventory
@lab_option
@report_options
def dns(
    servers: tuple[str, ...],
    query: str | None,
    record: str,
    expect_answer: str | None,
    timeout: float,
    family: str | None,
    per_host: int,
    inventory_path: Path | None,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Ask name servers (HOST, or HOST:PORT) for a name, and say what they answer.

    Exit code 1 when one of them does not answer, or not with what is expected. Example:
    netmon probe dns 198.18.0.53 --query socorejo.desa.test
    """
    if servers and query is None and inventory_path is None:
        raise UsageError("nothing to ask for", "name it with --query")
    pattern = Service("", "", "dns", timeout=timeout, query=query, record=record.upper(), family=family)
    pattern = replace(pattern, expect_answer=expect_answer)

    def from_text(text: str) -> list[Service]:
        if query is None:
            raise UsageError("nothing to ask for", "name it with --query")
        host, port = _host_and_port(text, default=53)
        return [replace(pattern, id=text, host=host, port=port)]

    wanted = _wanted("dns", servers, inventory_path, from_text)
    results = asyncio.run(_check(wanted, probe_sockets(lab_socket), per_host))
    return _report(_DNS, wanted, results, format_, output)


def _wanted(probe: str, names: Sequence[str], path: Path | None, from_text: Any) -> list[Service]:
    """Return the services that are meant, in order.

    Raises:
        UsageError: nothing is named.
    """
    drawn: dict[str, Service] = {}
    if path is not None:
        from netmon.inventory.load import load_inventory  # noqa: PLC0415 (100 ms that a bare URL need not pay)

        services = load_inventory(path, with_secrets=False).inventory.services
        drawn = {name: service for name, service in services.items() if service.probe == probe}
    if not names:
        if not drawn:
            raise UsageError("nothing to check", "name it, or an inventory that has such services with -i")
        return list(drawn.values())
    found: list[Service] = []
    for name in names:
        found += [drawn[name]] if name in drawn else from_text(name)
    return found


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise UsageError(f"{text} is not a web address", "write it as in https://socorejo.desa.test/")
    return text


def _host_and_port(text: str, default: int | None = None) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}" if text.count(":") < 2 or text.startswith("[") else f"//[{text}]")
        host, port = parts.hostname, parts.port or default
    except ValueError:
        host, port = None, None
    if not host or port is None:
        hint = "write HOST:PORT, with brackets around an IPv6 address"
        raise UsageError(f"{text} does not say where to connect to", hint)
    return host, port


async def _check(
    services: Iterable[Service], sockets: Sockets, per_host: int, ca: Path | None = None
) -> list[ServiceResult]:
    """Check all at once, as far as their hosts are not shared.

    Raises:
        ConfigError: the certificates to trust cannot be read.
    """
    try:
        tls = ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{ca} cannot be read as certificates: {error}", "name a file of PEM certificates"
        ) from error
    places, clock = Places(per_host), SystemClock()
    return await asyncio.gather(*(check(service, sockets, clock, tls, places) for service in services))


def _report(
    columns: Sequence[str],
    services: Sequence[Service],
    results: Sequence[ServiceResult],
    format_: Format,
    output: str | None,
) -> int:
    rows = [_row(result) for result in results]
    document = {"services": [_document(service, result) for service, result in zip(services, results, strict=True)]}
    write_report(Table(columns, rows), format_=format_, output=output, document=document)
    good = sum(result.ok for result in results)
    click.echo(f"{good} of {len(results)} answer as they should", err=True)
    return 0 if good == len(results) else 1


def _row(result: ServiceResult) -> dict[str, Any]:
    row: dict[str, Any] = {
        "target": result.service,
        "ok": result.ok,
        "failure": result.failure,
        "detail": result.detail or None,
        "address": result.address,
        "duration_seconds": round(result.duration, 6),
        "status": result.status,
        "body_bytes": result.body_bytes,
        "certificate_days_left": _days_left(result),
        "answers": " ".join(result.answers) or None,
    }
    for phase in PHASES:
        row[f"{phase}_seconds"] = round(result.phases[phase], 6) if phase in result.phases else None
    return row


def _days_left(result: ServiceResult) -> float | None:
    ends = result.certificate_not_after
    return None if ends is None else round((ends - result.at) / DAY, 1)


def _document(service: Service, result: ServiceResult) -> dict[str, Any]:
    return {
        "target": service.id,
        "probe": service.probe,
        "kind": service.kind,
        "at": rfc3339(result.at),
        "ok": result.ok,
        "failure": result.failure,
        "detail": result.detail or None,
        "addresses": list(result.addresses),
        "address": result.address,
        "duration_seconds": round(result.duration, 6),
        "phases_seconds": {phase: round(seconds, 6) for phase, seconds in result.phases.items()},
        "status": result.status,
        "body_bytes": result.body_bytes,
        "answers": list(result.answers),
        "certificate_days_left": _days_left(result),
        "certificates": [
            {
                "subject": one.subject,
                "issuer": one.issuer,
                "names": list(one.names),
                "not_before": rfc3339(one.not_before),
                "not_after": rfc3339(one.not_after),
            }
            for one in result.chain
        ],
    }
