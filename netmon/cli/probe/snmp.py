"""`netmon probe snmp`: what a router says of itself, once, by hand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from netmon.cli.amounts import Amount
from netmon.cli.output import Format, names_option, report_options
from netmon.cli.probe.snmp_report import write_reading, write_walk
from netmon.cli.probe.snmp_secret import Given, chosen_secret, credential_options
from netmon.clock import SystemClock
from netmon.errors import AwayError, CannotError, UsageError
from netmon.model import Inventory, Node, SnmpProbe
from netmon.probes.snmp.access import Secret, access_to
from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.onu_meter import unkept_meter
from netmon.probes.snmp.reading import Reading
from netmon.probes.snmp.transport import Transport, canonical
from netmon.probes.snmp.walk import MOST_REPETITIONS, Ask, Walked, get_scalars, walk_table
from netmon.probes.sockets import KernelSockets
from netmon.probes.vendors.denied import denial
from netmon.probes.vendors.names import dotted_of, objects

LONGEST_READING = 60.0  # seconds
LONGEST_WALK = 600.0
MOST_WALKED = 200_000  # values
_MODULE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")

HINTS = {
    Failure.TIMEOUT: "check the address, the community, and that the agent accepts requests from here",
    Failure.AUTHENTICATION: "the agent does not know the user, or its password, protocol or level is another",
    Failure.PRIVACY: "the agent answers, but not what is encrypted: the privacy password or protocol is another",
    Failure.MALFORMED: "something answers there, but not in this version of SNMP",
    Failure.SEND: "this machine has no way to send there",
}


@click.command()
@click.argument("host", metavar="HOST[:PORT]")
@credential_options
@names_option("Inventory to take credentials from; HOST may then be the id of a node.")
@click.option("--timeout", type=Amount(0.05, 60), help="Seconds for the first attempt.  [default: 2]")
@click.option("--retries", type=click.IntRange(0, 10), help="Attempts after the first.  [default: 2]")
@click.option(
    "--walk",
    "root",
    metavar="OID",
    help="Print everything below this identifier, or name such as IF-MIB::ifTable, instead.",
)
@report_options
def snmp(
    host: str,
    inventory_path: Path | None,
    timeout: float | None,
    retries: int | None,
    root: str | None,
    format_: Format,
    output: str | None,
    **credentials: str | None,
) -> int:
    """Read what a router says of itself: system, ports, light, health, neighbours, ONUs and more.

    Exit code 4 when there is no answer, 1 when a part is missing.
    """
    column = None if root is None else _walkable(root)
    inventory = None if inventory_path is None else _load(inventory_path)
    node = None if inventory is None else inventory.nodes.get(host)
    probe = (node.snmp if node is not None else None) or SnmpProbe()
    secret = chosen_secret(Given(**credentials), inventory, probe)
    address, port = _place(host, node, probe)
    timeout = probe.timeout if timeout is None else timeout
    retries = probe.retries if retries is None else retries
    probe = replace(probe, port=port, timeout=timeout, retries=retries)
    found = asyncio.run(_ask(address, probe, secret, column))
    if isinstance(found, Reading):
        if found.system is None:
            raise _away(host, found.failures[0])
        write_reading(found, format_=format_, output=output)
        return _complain(found.failures)
    ((root_column, rows),) = found.table.items()
    if found.failure is not None and not rows:
        raise _away(host, found.failure)
    if not rows:
        raise CannotError(f"{host} has nothing at {root}", "walk a shorter identifier to see what it has")
    write_walk(root_column, rows, found.failure, format_=format_, output=output)
    return _complain([] if found.failure is None else [found.failure])


def _load(path: Path) -> Inventory:
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (100 ms that a bare address need not pay)

    return load_inventory(path).inventory


def _walkable(root: str) -> bytes:
    try:
        column = oid(root if root.lstrip(".")[:1].isdigit() else _named(root))
    except ValueError as error:
        raise UsageError(
            f"--walk {root}: not a dotted object identifier", "such as 1.3.6.1.2.1.1 or IF-MIB::ifTable"
        ) from error
    if (why := denial(column)) is not None:
        raise UsageError(f"--walk {root} is refused: {why}", "walk a part that does not hold it")
    return column


def _named(name: str) -> str:
    """Return the identifier that a name of a MIB object stands for: netmon's own, or one of those pysnmp brings."""
    dotted = dotted_of(name)
    if dotted is not None:
        return dotted
    module, has_module, label = name.rpartition("::")
    is_known = has_module and _MODULE.fullmatch(module)  # pysnmp takes it for the name of a file, and runs that
    found = _bundled(module, label) if is_known else None
    if found is None:
        known = ", ".join(objects())
        raise UsageError(f"--walk {name}: no MIB object of this name is known", f"give its number; known are {known}")
    return found


def _bundled(module: str, name: str) -> str | None:
    """Look an object up in the modules that come with pysnmp, none of which is ever fetched."""
    from pysnmp.smi.builder import MibBuilder  # noqa: PLC0415 (a quarter of a second that numbers need not pay)
    from pysnmp.smi.error import SmiError  # noqa: PLC0415
    from pysnmp.smi.view import MibViewController  # noqa: PLC0415

    label, _, index = name.partition(".")
    builder = MibBuilder()
    try:
        builder.load_modules(module)
        arcs, _, _ = MibViewController(builder).get_node_name((label,), module)
    except SmiError:
        return None
    return ".".join([*map(str, arcs), *([index] if index else [])])


def _place(host: str, node: Node | None, probe: SnmpProbe) -> tuple[str, int]:
    """Return the name or address and the port that HOST means."""
    if node is not None:
        if node.address is None:
            raise UsageError(f"node {node.id} has no address", "give the address instead")
        return node.address, probe.port
    bare, colon, port = host.rpartition(":")
    if host.startswith("["):
        bare, _, port = host[1:].partition("]")
        colon, port = port[:1], port[1:]
    elif host.count(":") != 1:
        return host, probe.port  # a name, an IPv4 address, or a bare IPv6 address
    if not colon:
        return bare or host, probe.port
    if not port.isascii() or not port.isdigit() or len(port) > 5 or not 0 < int(port) < 65536:
        raise UsageError(f"{host}: {port or 'nothing'} is not a port", "a number from 1 to 65535")
    return bare, int(port)


async def _ask(host: str, probe: SnmpProbe, secret: Secret, column: bytes | None) -> Reading | Walked:
    """Poll the agent once or, with a `column`, walk that."""
    sockets = KernelSockets()
    transport = Transport(sockets)
    access = access_to(await _address(host, sockets), probe, secret, sockets, transport)
    now = asyncio.get_running_loop().time()
    try:
        if column is None:
            reader = access.reader(now + LONGEST_READING)
            return await read_device(reader, Habits(), meter=unkept_meter(host, SystemClock()))
        return await _walk(lambda request: access.ask(request, now + LONGEST_WALK), column, bulk=access.bulk)
    finally:
        transport.close()


async def _walk(ask: Ask, column: bytes, *, bulk: bool) -> Walked:
    """Walk a subtree; an identifier with nothing below it may be a value itself."""
    walked = await walk_table(
        ask,
        [column],
        bulk=bulk,
        rows=MOST_REPETITIONS,
        repetitions=MOST_REPETITIONS,
        most_rows=MOST_WALKED,
    )
    if walked.table[column] or walked.failure is not None:
        return walked
    scalars = await get_scalars(ask, [column])
    rows: dict[Index, Value] = {(): scalars.values[column]} if column in scalars.values else {}
    return Walked({column: rows}, scalars.failure)


async def _address(host: str, sockets: KernelSockets) -> str:
    with suppress(OSError):  # otherwise it is a name
        return canonical(host)
    try:
        return (await sockets.resolve(host))[0]
    except (OSError, UnicodeError) as error:
        raise CannotError(f"{host} is not an address and does not resolve", "check the name") from error


def _away(host: str, failure: Failure) -> AwayError:
    if failure is Failure.TIMEOUT:
        return AwayError(f"{host} does not answer SNMP", HINTS[failure])
    return AwayError(f"{host} gives no SNMP answer: {failure.replace('_', ' ')}", HINTS.get(failure, ""))


def _complain(failures: Iterable[Failure]) -> int:
    """Say what is missing on standard error; return the exit code."""
    missing = sorted(set(failures))
    if missing:
        click.echo(f"netmon: incomplete: {', '.join(f.replace('_', ' ') for f in missing)}", err=True)
    return 1 if missing else 0
