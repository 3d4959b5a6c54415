"""`netmon discover`: crawl neighbours inside given prefixes, and draft an inventory or propose changes to one."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.amounts import Amount
from netmon.cli.lab_sockets import lab_option, probe_sockets
from netmon.cli.output import Format, Table, report_options, write_report
from netmon.cli.progress import progress_bar
from netmon.errors import AwayError, CannotError, UsageError

if TYPE_CHECKING:
    from netmon.model import Inventory
    from netmon.probes.snmp.access import Secret
    from netmon.probes.snmp.crawl import Limits, Prefix, Visit
    from netmon.probes.sockets import Sockets
    from netmon.topology.survey import Device, Survey

COMMUNITY = "NETMON_COMMUNITY"
_HEAD = """\
Draft by `netmon discover`. Look through it before it is used: sites stand for the locations that devices state,
the vantage is the first seed, and cables, lengths and coordinates are for people to add."""


@click.command()
@click.argument("seeds", nargs=-1, required=True, metavar="SEED…")
@click.option(
    "--prefix",
    "prefixes",
    multiple=True,
    required=True,
    metavar="NETWORK",
    help="A network that may be asked, such as 198.51.100.0/24; may be given again. Nothing else is sent a packet.",
)
@click.option(
    "--auth",
    "auth_name",
    metavar="NAME",
    default="field",
    show_default=True,
    help=f"Credentials: those of this name in the inventory, else version 2c with the community in {COMMUNITY}.",
)
@click.option(
    "-i",
    "--inventory",
    "inventory_path",
    type=click.Path(readable=False, path_type=Path),
    help="A drawing: propose what to change in it, instead of drafting one.",
)
@click.option("--region", default="draft", show_default=True, help="Name of the region in a draft.")
@click.option("--rate", type=Amount(0.1, 1000), default=20.0, show_default=True, help="Devices a second.")
@click.option("--parallel", type=click.IntRange(1, 256), default=16, show_default=True, help="Devices at a time.")
@click.option("--most", type=click.IntRange(1), default=10_000, show_default=True, help="Addresses in all.")
@click.option("--timeout", type=Amount(0.05, 60), default=2.0, show_default=True, help="Of a first attempt.")
@click.option("--retries", type=click.IntRange(0, 10), default=1, show_default=True)
@lab_option
@report_options
def discover(
    seeds: tuple[str, ...],
    prefixes: tuple[str, ...],
    auth_name: str,
    inventory_path: Path | None,
    region: str,
    rate: float,
    parallel: int,
    most: int,
    timeout: float,
    retries: int,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Crawl neighbours from SEED, breadth first, and write a draft inventory as YAML.

    SEED is an address inside the prefixes, or a node of the inventory. With -i, what was found is compared with the
    drawing, and what to change is reported (exit code 1 when there is anything).

    Example: netmon discover 127.0.0.1 --prefix 127.0.0.0/8 --auth field
    """
    from netmon.model import SnmpProbe  # noqa: PLC0415 (help must not load what only a crawl needs)
    from netmon.probes.snmp.crawl import Limits  # noqa: PLC0415

    networks = [_network(text) for text in prefixes]
    drawn = None if inventory_path is None else _load(inventory_path)
    addresses = [_seed(seed, networks, drawn) for seed in seeds]
    secret, auth = _credentials(auth_name, drawn, lab_socket)
    probe = SnmpProbe(auth=auth_name, timeout=timeout, retries=retries)
    limits = Limits(rate, parallel, most)
    visits, outside = asyncio.run(_crawl(probe_sockets(lab_socket), secret, probe, addresses, networks, limits))
    devices = [device for visit in visits if (device := _device(visit)) is not None]
    if not any(device.word is not None for device in devices):
        raise AwayError("no seed answers SNMP", f"check the address, and the community in {COMMUNITY}")
    from netmon.topology.survey import survey  # noqa: PLC0415

    found = survey(devices, drawn, region=region)
    answering = sum(device.word is not None for device in devices)
    click.echo(
        f"{answering} devices answer, {len(devices) - answering} are only heard of,"
        f" {len(found.discovered.links)} links; {len(outside)} addresses outside the prefixes were left alone",
        err=True,
    )
    if drawn is None:
        _write_draft(found, auth_name, auth, format_, output)
        return 0
    return _write_proposals(found, format_, output)


def _network(text: str) -> Prefix:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise UsageError(f"--prefix {text}: {error}", "write it as in 198.51.100.0/24") from error


def _load(path: Path) -> Inventory:
    from netmon.inventory.load import load_inventory  # noqa: PLC0415

    return load_inventory(path).inventory


def _seed(seed: str, networks: Sequence[Prefix], drawn: Inventory | None) -> str:
    node = None if drawn is None else drawn.nodes.get(seed)
    if node is not None and node.address is None:
        raise UsageError(f"node {seed} has no address", "begin with another one")
    text = seed if node is None or node.address is None else node.address
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise UsageError(f"{seed} is not an address", "a seed is an address, or with -i the id of a node") from error
    if not any(address in network for network in networks):
        raise UsageError(f"{seed} lies outside the prefixes", "nothing outside is ever asked; add --prefix")
    return str(address)


def _credentials(name: str, drawn: Inventory | None, lab_socket: Path | None) -> tuple[Secret, dict[str, Any]]:
    """Return what messages carry, and the entry that a draft refers to it by."""
    from netmon.cli.lab_sockets import revealer  # noqa: PLC0415
    from netmon.inventory.document import to_document  # noqa: PLC0415
    from netmon.model import SecretRef, SnmpAuth  # noqa: PLC0415
    from netmon.probes.snmp.access import secret_of  # noqa: PLC0415

    auth = SnmpAuth(name, "2c", community=SecretRef(env=COMMUNITY))
    entry: dict[str, Any] = {"version": "2c", "community": {"env": COMMUNITY}}
    if drawn is not None:
        if name not in drawn.auth:
            known = ", ".join(drawn.auth) or "none"
            raise UsageError(f"the inventory has no credentials {name}", f"it has: {known}; choose with --auth")
        auth, entry = drawn.auth[name], to_document(drawn)["auth"][name]
    return secret_of(auth, revealer(lab_socket)), entry


async def _crawl(
    sockets: Sockets,
    secret: Secret,
    probe: Any,
    seeds: Sequence[str],
    networks: Sequence[Prefix],
    limits: Limits,
) -> tuple[tuple[Visit, ...], frozenset[str]]:
    from netmon.clock import SystemClock  # noqa: PLC0415
    from netmon.probes.snmp.crawl import crawl  # noqa: PLC0415
    from netmon.probes.snmp.survey import Surveyor  # noqa: PLC0415

    surveyor = Surveyor(sockets, SystemClock(), secret, probe)
    try:
        with progress_bar("crawling") as told:
            return await crawl(surveyor.read, seeds, networks, limits, told)
    finally:
        surveyor.close()


def _device(visit: Visit) -> Device | None:
    """Return a device as a drawing needs it; an address that neither answers nor is announced is none."""
    from netmon.topology.discovery import ANNOUNCED  # noqa: PLC0415
    from netmon.topology.survey import Device  # noqa: PLC0415

    names = [told.name for told in visit.told if told.protocol in ANNOUNCED]
    if visit.word is None and not names:
        return None
    system = visit.poll.system
    name = (system.name if system is not None else None) or next((name for name in names if name), "")
    location = (system.location if system is not None else None) or ""
    return Device(visit.address, name, location, visit.word)


def _write_draft(found: Survey, auth_name: str, auth: dict[str, Any], format_: Format, output: str | None) -> None:
    from netmon.inventory.yaml_write import to_yaml  # noqa: PLC0415
    from netmon.topology.survey import draft_document  # noqa: PLC0415

    document = draft_document(found, auth_name, auth)
    if format_ != "table":
        rows = [{"section": section, **row} for section in ("sites", "nodes", "links") for row in document[section]]
        columns = ("section", "id", "name", "kind", "site", "address", "a", "b")
        write_report(Table(columns, rows), format_=format_, output=output, document={"inventory": document})
        return
    text = to_yaml(document, _HEAD)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with Path(output).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise CannotError(f"{output} exists", "compare with it by -i, or choose another file with -o") from error
    except OSError as error:
        raise CannotError(f"cannot write {output}: {error.strerror}", "choose another file with -o") from error


def _write_proposals(found: Survey, format_: Format, output: str | None) -> int:
    from netmon.inventory.yaml_write import to_inline  # noqa: PLC0415
    from netmon.topology.survey import proposals  # noqa: PLC0415

    made = proposals(found)
    rows = [
        {
            "action": one.action,
            "id": one.id,
            "entry": None if one.entry is None else to_inline(one.entry),
            "why": one.why,
        }
        for one in made
    ]
    document = {
        "proposals": [
            {"action": one.action, "id": one.id, "entry": one.entry, "why": one.why} for one in made
        ]
    }  # fmt: skip
    if rows or format_ != "table":
        write_report(Table(("action", "id", "entry", "why"), rows), format_=format_, output=output, document=document)
    return 1 if rows else 0
