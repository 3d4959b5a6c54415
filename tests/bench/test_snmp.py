"""CPU of SNMP polls, beside pysnmp in the same run. Print: `pytest tests/bench/test_snmp.py -m bench -s`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from pysnmp.hlapi.v1arch.asyncio import CommunityData, SnmpDispatcher, UdpTransportTarget, get_cmd
from pysnmp.proto.rfc1902 import Null, ObjectName

from netmon.probes.snmp.ber import oid_text
from netmon.probes.snmp.device import Habits, read_device
from netmon.probes.snmp.pdu import V2C
from netmon.probes.snmp.reader import CommunityReader
from netmon.probes.snmp.transport import Agent, Transport
from netmon.probes.sockets import KernelSockets
from netmon.probes.vendors import interfaces, system
from tests.bench.snmp_responder import PORTS
from tests.lab.snmp_agents import HOST, free_port, wait_for_answer

pytestmark = pytest.mark.bench

EIGHT = system.SCALARS[:8]
COLUMNS = interfaces.COLUMNS[1:9]
IN_FLIGHT = 100
Job = Callable[[], Awaitable[None]]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "tests.bench.snmp_responder", str(port)]) as responder:
        wait_for_answer(port, "public")
        yield port
        responder.terminate()


def cpu_milliseconds(jobs: Callable[[], AbstractContextManager[Job]], times: int) -> float:
    """Run a job so many times, `IN_FLIGHT` at once; return this process's CPU for each, in milliseconds."""

    async def run() -> float:
        turns = iter(range(times))

        async def work(job: Job) -> None:
            for _ in turns:
                await job()

        with jobs() as job:
            started = time.process_time()
            await asyncio.gather(*(work(job) for _ in range(IN_FLIGHT)))
            return (time.process_time() - started) / times * 1e3

    return asyncio.run(run())


def netmon_cost(port: int, what: str, times: int) -> float:
    agent = Agent((HOST, port), V2C, b"public", timeout=10.0, retries=0)

    @contextmanager
    def jobs() -> Iterator[Job]:
        transport = Transport(KernelSockets())

        async def job() -> None:
            reader = CommunityReader(transport, agent, asyncio.get_running_loop().time() + 60)
            if what == "get":
                assert len((await reader.get(EIGHT)).values) == 8
            elif what == "columns":
                walked = await reader.walk(COLUMNS, PORTS, 25)
                assert sum(map(len, walked.table.values())) == 8 * PORTS
            else:
                reading = await read_device(reader, Habits(rows={"interfaces": PORTS}))
                assert len(reading.interfaces) == PORTS

        yield job
        transport.close()

    return cpu_milliseconds(jobs, times)


def pysnmp_cost(port: int, times: int) -> float:
    names = [ObjectName(oid_text(name)) for name in EIGHT]
    community = CommunityData("public", mpModel=1)  # noqa: S508 (loopback)

    @contextmanager
    def jobs() -> Iterator[Job]:
        dispatcher = SnmpDispatcher()

        async def job() -> None:
            target = await UdpTransportTarget.create((HOST, port), timeout=10, retries=0)
            asked = [(name, Null("")) for name in names]
            failure, status, _, varbinds = await get_cmd(dispatcher, community, target, *asked)
            assert not failure
            assert not status
            assert len(varbinds) == 8

        yield job
        dispatcher.close()

    return cpu_milliseconds(jobs, times)


def test_the_cost_of_a_poll(port: int) -> None:
    get, peer = netmon_cost(port, "get", 4000), pysnmp_cost(port, 200)
    columns, whole = netmon_cost(port, "columns", 1000), netmon_cost(port, "device", 1000)
    print()  # noqa: T201 (a bench prints)
    for name, cost in (
        ("GET of 8, netmon", get),
        ("GET of 8, pysnmp", peer),
        (f"8 columns of {PORTS} ports, netmon", columns),
        (f"whole poll of {PORTS} ports, netmon", whole),
    ):
        print(f"{name:36} {cost:8.3f} ms CPU")  # noqa: T201
    assert peer / get > 10
