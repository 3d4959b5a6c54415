"""`netmon probe snmp`: what a router says of itself, once, by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import click

from netmon.cli.output import Format, Table, report_options, write_report
from netmon.errors import AwayError, CannotError, UsageError
from netmon.inventory.secrets import reveal
from netmon.model import Inventory, Node, SnmpAuth, SnmpProbe
from netmon.probes.snmp.ber import Index, IpAddress, Malformed, Oid, Value, oid, oid_text
from netmon.probes.snmp.device import Habits, Reading, read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import V1, Request
from netmon.probes.snmp.poller import VERSIONS
from netmon.probes.snmp.reader import CommunityReader
from netmon.probes.snmp.transport import Agent, Transport, canonical
from netmon.probes.snmp.walk import MOST_REPETITIONS, Answer, Walked, walk_table
from netmon.probes.sockets import KernelSockets
from netmon.probes.vendors.denied import denial

LONGEST_READING = 60.0  # seconds
LONGEST_WALK = 600.0
MOST_WALKED = 200_000  # values

HINTS = {
    Failure.TIMEOUT: "check the address, the community, and that the agent accepts requests from here",
    Failure.MALFORMED: "something answers there, but not in SNMPv1 or v2c",
    Failure.SEND: "this machine has no way to send there",
}


@click.command()
@click.argument("host", metavar="HOST[:PORT]")
@click.option(
    "-c",
    "--community",
    envvar="NETMON_COMMUNITY",
    help="Community; better set in NETMON_COMMUNITY, which `ps` does not show.",
)
@click.option("--auth", "auth_name", metavar="NAME", help="Use these credentials of the inventory.")
@click.option(
    "-i",
    "--inventory",
    "inventory_path",
    envvar="NETMON_INVENTORY",
    type=click.Path(path_type=Path),
    help="Inventory to take credentials from; HOST may then be the id of a node.",
)
@click.option("--snmp-version", type=click.Choice(list(VERSIONS)), help="Version to speak.  [default: 2c]")
@click.option("--timeout", type=click.FloatRange(0.05, 60), help="Seconds for the first attempt.  [default: 2]")
@click.option("--retries", type=click.IntRange(0, 10), help="Attempts after the first.  [default: 2]")
@click.option("--walk", "root", metavar="OID", help="Print everything below this identifier instead.")
@report_options
def snmp(
    host: str,
    community: str | None,
    auth_name: str | None,
    inventory_path: Path | None,
    snmp_version: str | None,
    timeout: float | None,
    retries: int | None,
    root: str | None,
    format_: Format,
    output: str | None,
) -> int:
    """Read what a router says of itself: system, interfaces and light.

    Exit code 4 when there is no answer, 1 when a part is missing.
    """
    column = None if root is None else _walkable(root)
    inventory = None if inventory_path is None else _load(inventory_path)
    node = None if inventory is None else inventory.nodes.get(host)
    probe = (node.snmp if node is not None else None) or SnmpProbe()
    auth = _auth(inventory, auth_name or (None if community else probe.auth))
    version, secret = _credentials(auth, snmp_version, community)
    address, port = _place(host, node, probe)
    agent = asyncio.run(
        _agent(
            address,
            port,
            version,
            secret,
            probe.timeout if timeout is None else timeout,
            probe.retries if retries is None else retries,
        )
    )
    if column is not None:
        walked = asyncio.run(_walk(agent, column))
        if walked.failure is not None and not walked.table[column]:
            raise _away(host, walked.failure)
        _write_walk(column, walked.table[column], walked.failure, format_=format_, output=output)
        return _complain(filter(None, [walked.failure]))
    reading = asyncio.run(_read(agent))
    if reading.system is None:
        raise _away(host, reading.failures[0])
    _write_reading(reading, format_=format_, output=output)
    return _complain(reading.failures)


def _load(path: Path) -> Inventory:
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (100 ms that a bare address need not pay)

    return load_inventory(path).inventory


def _walkable(root: str) -> bytes:
    try:
        column = oid(root)
    except ValueError as error:
        raise UsageError(f"--walk {root}: not a dotted object identifier", "such as 1.3.6.1.2.1.1") from error
    if (why := denial(column)) is not None:
        raise UsageError(f"--walk {root} is refused: {why}", "walk a part that does not hold it")
    return column


def _auth(inventory: Inventory | None, name: str | None) -> SnmpAuth | None:
    if name is None:
        return None
    if inventory is None:
        raise UsageError("--auth names credentials of an inventory", "add -i INVENTORY")
    if name not in inventory.auth:
        raise UsageError(f"the inventory has no credentials {name}", f"it has: {', '.join(inventory.auth) or 'none'}")
    return inventory.auth[name]


def _credentials(auth: SnmpAuth | None, version: str | None, community: str | None) -> tuple[int, bytes]:
    """Return the version to speak and the community."""
    if auth is None:
        if not community:
            raise UsageError("no credentials", "set NETMON_COMMUNITY, or name --community, or --auth with -i")
        return VERSIONS[version or "2c"], community.encode()
    if auth.version not in VERSIONS or auth.community is None:
        raise CannotError(
            f"credentials {auth.name} are for SNMPv{auth.version}, which is not supported", "use version 1 or 2c"
        )
    return VERSIONS[version or auth.version], reveal(auth.community).encode()


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
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"{host}: {port or 'nothing'} is not a port", "a number from 1 to 65535")
    return bare, int(port)


async def _agent(host: str, port: int, version: int, community: bytes, timeout: float, retries: int) -> Agent:  # noqa: ASYNC109 (a setting of the agent)
    sockets = KernelSockets()
    try:
        address = canonical(host)
    except OSError:
        try:
            address = (await sockets.resolve(host))[0]
        except (OSError, UnicodeError) as error:
            raise CannotError(f"{host} is not an address and does not resolve", "check the name") from error
    return Agent(sockets.endpoint("udp", address, port), version, community, timeout, retries)


async def _read(agent: Agent) -> Reading:
    transport = Transport(KernelSockets())
    try:
        deadline = asyncio.get_running_loop().time() + LONGEST_READING
        return await read_device(CommunityReader(transport, agent, deadline), Habits())
    finally:
        transport.close()


async def _walk(agent: Agent, column: bytes) -> Walked:
    transport = Transport(KernelSockets())
    deadline = asyncio.get_running_loop().time() + LONGEST_WALK

    async def ask(request: Request) -> Answer:
        return await transport.ask(agent, request, deadline)

    try:
        return await walk_table(
            ask,
            [column],
            bulk=agent.version != V1,
            rows=MOST_REPETITIONS,
            repetitions=MOST_REPETITIONS,
            most_rows=MOST_WALKED,
        )
    finally:
        transport.close()


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


def _write_reading(reading: Reading, *, format_: Format, output: str | None) -> None:
    optics = {row.port: row for row in reading.optics}
    rows = []
    for row in reading.interfaces:
        optic = optics.pop(row.name, None)
        light = {} if optic is None else _light(asdict(optic))
        rows.append({**asdict(row), "port": row.name, **light})
    rows += [_light(asdict(optic)) for optic in optics.values()]
    columns = (
        "port admin_up oper_status speed_bits_per_second receive_bytes transmit_bytes receive_errors transmit_errors"
        " receive_power_dbm transmit_power_dbm alias"
    )
    write_report(
        Table(columns.split(), rows),
        format_=format_,
        output=output,
        title=_headline(reading),
        document={
            "system": None if reading.system is None else asdict(reading.system),
            "interfaces": [asdict(row) for row in reading.interfaces],
            "optics": [asdict(row) for row in reading.optics],
            "errors": [str(failure) for failure in reading.failures],
        },
    )


def _light(optic: Mapping[str, Any]) -> dict[str, Any]:
    power = "no light" if optic["receive_lost"] else optic["receive_power_dbm"]
    return {"port": optic["port"], "receive_power_dbm": power, "transmit_power_dbm": optic["transmit_power_dbm"]}


def _headline(reading: Reading) -> str:
    """Return what an engineer wants to see first, on one line."""
    system = reading.system
    if system is None:
        return ""
    uptime = None if system.uptime_seconds is None else f"up {_duration(system.uptime_seconds)}"
    return "; ".join(
        part for part in (system.name, system.vendor, system.description, system.location, uptime) if part
    )


def _duration(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    return (
        f"{days} d {hours:02}:{rest // 60:02}:{rest % 60:02}"
        if days
        else f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
    )


def _write_walk(
    column: bytes, rows: Mapping[Index, Value], failure: Failure | None, *, format_: Format, output: str | None
) -> None:
    root = oid_text(column)
    lines = [{"oid": f"{root}.{'.'.join(map(str, index))}", "value": _shown(value)} for index, value in rows.items()]
    write_report(
        Table(("oid", "value"), lines),
        format_=format_,
        output=output,
        document={"rows": lines, "errors": [] if failure is None else [str(failure)]},
    )


def _shown(value: Value) -> int | str | None:
    """Return a value for people: numbers and text as they are, octets that are no text as 0x…."""
    if isinstance(value, Oid):
        try:
            return oid_text(value)
        except Malformed:
            return f"0x{value.hex()}"
    if isinstance(value, IpAddress) and len(value) == 4:
        return str(IPv4Address(bytes(value)))
    if not isinstance(value, bytes):
        return value
    try:
        decoded = value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
    return decoded if decoded.isprintable() else f"0x{value.hex()}"
