"""One run of one SNMP engine as a process: `python -m netmon.bench.snmp_engine ENGINE POLL DEVICES POLLS AT_ONCE`.

The process polls every device once, so that sessions are open and caches warm, then as often as it is told, and
prints the CPU of the latter as one JSON object. Polls: `get` (eight scalars), `columns` (eight columns of all
interfaces).
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import resource
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import click

from netmon.model import SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.snmp.access import access_to, secret_of
from netmon.probes.snmp.ber import oid
from netmon.probes.snmp.transport import Transport
from netmon.probes.sockets import KernelSockets

PORT: Final = 16161
FIRST: Final = "127.20.0.1"
COMMUNITY: Final = "public"
USER: Final = "bench"
PASSWORD: Final = "bench-password"  # noqa: S105 (of an agent that lives as long as the bench)
TIMEOUT: Final = 5.0
REPETITIONS: Final = 25

EIGHT: Final = tuple(
    f"1.3.6.1.2.1.{tail}" for tail in ("1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.6.0", "2.1.0", "25.1.1.0")
)
COLUMNS: Final = (
    "1.3.6.1.2.1.31.1.1.1.1",  # ifName
    "1.3.6.1.2.1.2.2.1.7",  # ifAdminStatus
    "1.3.6.1.2.1.2.2.1.8",  # ifOperStatus
    "1.3.6.1.2.1.31.1.1.1.6",  # ifHCInOctets
    "1.3.6.1.2.1.31.1.1.1.10",  # ifHCOutOctets
    "1.3.6.1.2.1.2.2.1.14",  # ifInErrors
    "1.3.6.1.2.1.2.2.1.20",  # ifOutErrors
    "1.3.6.1.2.1.31.1.1.1.15",  # ifHighSpeed
)

Poll = Callable[[int], Awaitable[int]]
"""Polls a device by its number; returns how many values came back."""


def address(device: int) -> str:
    """Return the address of a device."""
    return str(ipaddress.IPv4Address(FIRST) + device)


def netmon(what: str, devices: int, auth: SnmpAuth) -> Poll:
    """Poll as the daemon does, but without a second attempt: a lost answer is to be seen."""
    sockets = KernelSockets()
    transport = Transport(sockets)
    probe = SnmpProbe(port=PORT, timeout=TIMEOUT, retries=0)
    secret = secret_of(auth, lambda ref: PASSWORD if ref.env == USER else COMMUNITY)
    ways = [access_to(address(device), probe, secret, sockets, transport) for device in range(devices)]
    eight, columns = [oid(name) for name in EIGHT], [oid(name) for name in COLUMNS]
    interfaces = len(socket.if_nameindex())
    clock = asyncio.get_running_loop().time

    async def get(device: int) -> int:
        return len((await ways[device].reader(clock() + 60).get(eight)).values)

    async def walk(device: int) -> int:
        walked = await ways[device].reader(clock() + 60).walk(columns, interfaces, REPETITIONS)
        return sum(map(len, walked.table.values()))

    return get if what == "get" else walk


def netmon_community(what: str, devices: int) -> Poll:
    """Speak version 2c."""
    return netmon(what, devices, SnmpAuth("bench", "2c", community=SecretRef(env="COMMUNITY")))


def netmon_user(what: str, devices: int) -> Poll:
    """Speak version 3, authenticated and encrypted."""
    secret = SecretRef(env=USER)
    return netmon(what, devices, SnmpAuth("bench", "3", None, USER, "sha256", secret, "aes128", secret))


def gufo(what: str, devices: int) -> Poll:
    """Poll by gufo-snmp's own sessions, version 2c."""
    from gufo.snmp.aio import SnmpSession  # noqa: PLC0415 (each engine loads only itself)

    sessions = [
        SnmpSession(address(device), port=PORT, community=COMMUNITY, timeout=TIMEOUT, max_repetitions=REPETITIONS)
        for device in range(devices)
    ]

    async def get(device: int) -> int:
        return len(await sessions[device].get_many(EIGHT))

    async def walk(device: int) -> int:
        found = 0
        for column in COLUMNS:
            async for _ in sessions[device].getbulk(column):
                found += 1
        return found

    return get if what == "get" else walk


def pysnmp(devices: int, *, with_names: bool) -> Poll:
    """Poll by pysnmp's quicker architecture, version 2c; `with_names` as its documentation shows, resolving names."""
    from pysnmp.hlapi.v1arch.asyncio import (  # noqa: PLC0415 (each engine loads only itself)
        CommunityData,
        ObjectIdentity,
        ObjectType,
        SnmpDispatcher,
        UdpTransportTarget,
        get_cmd,
    )
    from pysnmp.proto.rfc1902 import Null, ObjectName  # noqa: PLC0415

    dispatcher = SnmpDispatcher()
    community = CommunityData(COMMUNITY, mpModel=1)  # noqa: S508 (version 2c of an agent on loopback)
    targets: dict[int, UdpTransportTarget] = dict.fromkeys(range(devices))

    async def get(device: int) -> int:
        if targets[device] is None:
            targets[device] = await UdpTransportTarget.create((address(device), PORT), timeout=TIMEOUT, retries=0)
        if with_names:
            asked = [ObjectType(ObjectIdentity(name)) for name in EIGHT]
        else:
            asked = [(ObjectName(name), Null("")) for name in EIGHT]
        failure, status, _, varbinds = await get_cmd(dispatcher, community, targets[device], *asked)
        return 0 if failure or status else len(varbinds)

    return get


ENGINES: Final[Mapping[str, Callable[[str, int], Poll]]] = {
    "netmon": netmon_community,
    "netmon v3": netmon_user,
    "gufo-snmp": gufo,
    "pysnmp": lambda _what, devices: pysnmp(devices, with_names=True),
    "pysnmp without names": lambda _what, devices: pysnmp(devices, with_names=False),
}


async def run(engine: str, what: str, devices: int, polls: int, at_once: int) -> dict[str, float]:
    """Poll `devices` in turn, `polls` times in all and `at_once` at a time; return what it cost."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    poll = ENGINES[engine](what, devices)
    expected = len(EIGHT) if what == "get" else len(COLUMNS) * len(socket.if_nameindex())
    workers = min(at_once, devices)
    lost = 0

    async def work(first: int, times: int) -> None:
        nonlocal lost
        for turn in range(first, times, workers):  # a device belongs to one worker: sessions bear one poll at a time
            try:
                lost += await poll(turn % (devices - devices % workers)) != expected
            except TimeoutError:
                lost += 1

    await asyncio.gather(*(work(first, devices) for first in range(workers)))
    started = time.process_time()
    await asyncio.gather(*(work(first, polls) for first in range(workers)))
    return {
        "cpu_seconds": time.process_time() - started,
        "false_timeouts": lost,
        "open_files": _open_files(),
        "resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


if __name__ == "__main__":
    click.echo(json.dumps(asyncio.run(run(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))))
