"""`netmon probe http|tcp|dns`: check services once, by hand, as the daemon checks them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import click

from netmon.cli.amounts import Amount
from netmon.cli.lab_sockets import lab_option, probe_sockets
from netmon.cli.output import Format, Table, names_option, report_options, write_report
from netmon.clock import SystemClock, rfc3339
from netmon.errors import ConfigError, UsageError
from netmon.model import Service
from netmon.probes.services.check import check
from netmon.probes.services.lookups import Lookups
from netmon.probes.services.places import PER_HOST, Places
from netmon.probes.services.result import ServiceResult

DAY = 86_400.0
PHASES = ("resolve", "connect", "tls", "processing", "transfer")
_COMMON = ("target", "ok", "failure", "detail", "address", "duration_seconds")
_HTTP = (*_COMMON, "status", *(f"{phase}_seconds" for phase in PHASES), "body_bytes", "certificate_days_left")
_TCP = (*_COMMON, "resolve_seconds", "connect_seconds", "processing_seconds")
_DNS = (*_COMMON, "processing_seconds", "answers")

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Manner:
    """How services are checked and reported, whatever their protocol. `timeout` is in seconds."""

    timeout: float
    family: str | None
    per_host: int
    inventory_path: Path | None
    lab_socket: Path | None
    format_: Format
    output: str | None


def manner_options(command: Command) -> Command:
    """Give a command the options that all checks share, as one value `manner`."""

    @click.option("--timeout", type=Amount(0.05, 300), default=10.0, show_default=True, help="Seconds for each.")
    @click.option("--family", type=click.Choice(["ipv4", "ipv6"]), help="Use this family of addresses alone.")
    @click.option(
        "--per-host",
        type=click.IntRange(1, 64),
        default=PER_HOST,
        show_default=True,
        help="Connections to one address.",
    )
    @names_option("A target may then be the id of a service; without one, all services of this kind of check.")
    @lab_option
    @report_options
    @wraps(command)
    def with_manner(**options: Any) -> Any:
        manner = Manner(**{field.name: options.pop(field.name) for field in fields(Manner)})
        return command(**options, manner=manner)

    return cast("Command", with_manner)


@click.command()
@click.argument("urls", nargs=-1, metavar="URL…")
@click.option("--kind", type=click.Choice(["website", "opensid", "other"]), default="website", show_default=True)
@click.option("--expect-status", type=click.IntRange(100, 599), help="HTTP status it must answer with.")
@click.option("--expect-body", metavar="TEXT", help="Text that must occur in the page.")
@click.option(
    "--ca", type=click.Path(dir_okay=False, path_type=Path), help="Trust the certificates in this file (PEM) alone."
)
@manner_options
def http(
    urls: tuple[str, ...],
    kind: str,
    expect_status: int | None,
    expect_body: str | None,
    ca: Path | None,
    manner: Manner,
) -> int:
    """Fetch web pages and say where the time went, or why they are no website.

    A website must show content: a parked domain, a suspended account or a server's default page is none. Exit code 1
    when one of them fails. Example: netmon probe http http://127.0.0.1:9840/
    """
    pattern = Service("", "", kind, "", timeout=manner.timeout, family=manner.family)
    pattern = replace(pattern, expect_status=expect_status, expect_body=expect_body)
    wanted = _wanted("http", urls, manner, lambda url: replace(pattern, id=url, url=_web_address(url)))
    return _report(_HTTP, wanted, asyncio.run(_check(wanted, manner, ca)), manner)


@click.command()
@click.argument("targets", nargs=-1, metavar="HOST:PORT…")
@click.option("--expect-body", metavar="TEXT", help="Text that it must greet with.")
@manner_options
def tcp(targets: tuple[str, ...], expect_body: str | None, manner: Manner) -> int:
    """Connect to ports, and say which of them listen.

    Exit code 1 when one of them does not. Example: netmon probe tcp 127.0.0.1:9840
    """
    pattern = Service("", "", "tcp", timeout=manner.timeout, expect_body=expect_body, family=manner.family)

    def from_text(text: str) -> Service:
        host, port = _host_and_port(text)
        return replace(pattern, id=text, host=host, port=port)

    wanted = _wanted("tcp", targets, manner, from_text)
    return _report(_TCP, wanted, asyncio.run(_check(wanted, manner)), manner)


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
@manner_options
def dns(
    servers: tuple[str, ...],
    query: str | None,
    record: str,
    expect_answer: str | None,
    manner: Manner,
) -> int:
    """Ask name servers (HOST, or HOST:PORT) for a name, and say what they answer.

    Exit code 1 when one of them does not answer, or not with what is expected. Example:
    netmon probe dns 198.18.0.53 --query socorejo.desa.test
    """
    if servers and query is None and manner.inventory_path is None:
        raise UsageError("nothing to ask for", "name it with --query")
    pattern = Service("", "", "dns", timeout=manner.timeout, query=query, record=record.upper(), family=manner.family)
    pattern = replace(pattern, expect_answer=expect_answer)

    def from_text(text: str) -> Service:
        if query is None:
            raise UsageError("nothing to ask for", "name it with --query")
        host, port = _host_and_port(text, default=53)
        return replace(pattern, id=text, host=host, port=port)

    wanted = _wanted("dns", servers, manner, from_text)
    return _report(_DNS, wanted, asyncio.run(_check(wanted, manner)), manner)


def _wanted(probe: str, names: Sequence[str], manner: Manner, from_text: Callable[[str], Service]) -> list[Service]:
    """Return the services that are meant, in order.

    Raises:
        UsageError: nothing is named.
    """
    drawn: dict[str, Service] = {}
    if manner.inventory_path is not None:
        from netmon.inventory.load import load_inventory  # noqa: PLC0415 (100 ms that a bare URL need not pay)

        services = load_inventory(manner.inventory_path, with_secrets=False).inventory.services
        drawn = {name: service for name, service in services.items() if service.probe == probe}
    if not names:
        if not drawn:
            raise UsageError("nothing to check", "name it, or an inventory that has such services with -i")
        return list(drawn.values())
    return [drawn[name] if name in drawn else from_text(name) for name in names]


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


async def _check(services: Iterable[Service], manner: Manner, ca: Path | None = None) -> list[ServiceResult]:
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
    sockets, places, clock = probe_sockets(manner.lab_socket), Places(manner.per_host), SystemClock()
    lookups = Lookups()
    return await asyncio.gather(*(check(service, sockets, clock, tls, places, lookups) for service in services))


def _report(
    columns: Sequence[str],
    services: Sequence[Service],
    results: Sequence[ServiceResult],
    manner: Manner,
) -> int:
    rows = [_row(result) for result in results]
    document = {"services": [_document(service, result) for service, result in zip(services, results, strict=True)]}
    write_report(Table(columns, rows), format_=manner.format_, output=manner.output, document=document)
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
