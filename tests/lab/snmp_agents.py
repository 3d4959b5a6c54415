"""SNMP agents on loopback: a real snmpd where it is installed, and small ones that misbehave on purpose."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from netmon.probes.snmp import ber, pdu
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import Kind, Request
from netmon.probes.snmp.transport import raise_receive_buffer
from tests.ports import free_port
from tests.requires import require_program
from tests.unit.probes.snmp.agents import Agent, encode_response

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds a real agent may take to start


@contextmanager
def snmpd(
    folder: Path, community: str = "public", *, settings: Sequence[str] = (), port: int | None = None
) -> Iterator[int]:
    """Run a real net-snmp agent on a port of loopback. `settings` are further lines of its configuration.

    An agent started again in the same folder is the same engine, booted once more.
    """
    program = require_program("snmpd")
    folder.mkdir(exist_ok=True)
    port = port or free_port()
    config = folder / "snmpd.conf"
    config.write_text(
        f"agentaddress udp:{HOST}:{port}\nrocommunity {community}\nsysName rtr-real\nsysLocation Tuban\n"
        "sysContact noc\ndontLogTCPWrappersConnects yes\n" + "".join(f"{line}\n" for line in settings)
    )
    environment = {**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder / "state")}
    with (folder / "log").open("wb") as log:
        agent = subprocess.Popen(
            [
                program,
                "-f",
                "-Lo",
                "-C",
                "-c",
                str(config),
                "-p",
                str(folder / "pid"),
                "-I",
                "-snmpNotifyFilterTable",
            ],
            stdout=log,
            stderr=log,
            env=environment,
        )
        try:
            wait_for_answer(port, community)
            yield port
        finally:
            agent.terminate()
            agent.wait(PATIENCE)


def wait_for_answer(port: int, community: str) -> None:
    """Wait until the agent answers."""
    request = pdu.encode_request(pdu.V2C, community.encode(), 1, Request(Kind.GET, (ber.oid("1.3.6.1.2.1.1.3.0"),)))
    give_up = time.monotonic() + PATIENCE
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.1)
        while time.monotonic() < give_up:
            asking.sendto(request, (HOST, port))
            try:
                asking.recv(65535)
            except TimeoutError:
                continue
            return
    raise AssertionError("snmpd does not answer")


Reply = Callable[[Request, int], list[bytes]]


class FakeAgent(asyncio.DatagramProtocol):
    """An agent that answers each request with the datagrams of `reply(request, request_id)`."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.seen: list[tuple[Request, int]] = []
        self.transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def start(cls, reply: Reply, host: str = HOST) -> FakeAgent:
        _, agent = await asyncio.get_running_loop().create_datagram_endpoint(lambda: cls(reply), local_addr=(host, 0))
        return agent

    @property
    def source(self) -> tuple[str, int]:
        assert self.transport is not None
        host, port = self.transport.get_extra_info("sockname")[:2]
        return host, port

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        raise_receive_buffer(transport.get_extra_info("socket"))  # a burst must not get lost at the agent

    def datagram_received(self, data: bytes, addr: Any) -> None:
        request, request_id = decode_request(data)
        self.seen.append((request, request_id))
        for datagram in self.reply(request, request_id):
            assert self.transport is not None
            self.transport.sendto(datagram, addr)

    def close(self) -> None:
        assert self.transport is not None
        self.transport.close()


def decode_request(data: bytes) -> tuple[Request, int]:
    at, end = ber.contents(data, 0, len(data), ber.SEQUENCE)
    _, at = ber.integer(data, at, end)
    _, at = ber.contents(data, at, end, ber.OCTET_STRING)
    tag, at, end = ber.header(data, at, end)
    request_id, at = ber.integer(data, at, end)
    _, at = ber.integer(data, at, end)
    repetitions, at = ber.integer(data, at, end)
    at, end = ber.contents(data, at, end, ber.SEQUENCE)
    return Request(Kind(tag), tuple(oid for oid, _, _ in ber.varbinds(data, at, end)), repetitions), request_id


def honest(agent: Agent) -> Reply:
    """Return the replies of an agent that behaves."""

    def reply(request: Request, request_id: int) -> list[bytes]:
        answer = agent.answer(request)
        if isinstance(answer, Failure):
            return []
        return [encode_response(request_id, answer.varbinds, answer.error_status, answer.error_index)]

    return reply
