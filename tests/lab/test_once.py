"""Probes on demand against real sockets: they answer, they fail in time, they leave nothing open."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.errors import PrivilegeError
from netmon.model import IcmpProbe, Node, SecretRef, Service, SnmpAuth, SnmpProbe
from netmon.probes.once import Module, Once, OnceProber, Target
from netmon.probes.sockets import KernelSockets, open_icmp
from tests.lab.snmp_agents import snmpd
from tests.lab.web_servers import Web, page
from tests.requires import require

pytestmark = pytest.mark.lab

HOST = "127.0.0.1"
PROBER = OnceProber(KernelSockets(), SystemClock(), lambda _ref: "public")
AUTH = SnmpAuth("field", "2c", community=SecretRef(env="X"))
NODE = Node("r", "s", HOST, icmp=IcmpProbe(), snmp=SnmpProbe(auth="field"))


def probe(target: Target, seconds: float = 20.0) -> Once:
    async def ask() -> Once:
        async with asyncio.timeout(60):
            return await PROBER.probe(target, seconds)

    return asyncio.run(ask())


def test_a_ping_on_demand() -> None:
    try:
        open_icmp(socket.AF_INET).close()
    except PrivilegeError as error:
        require(False, error.message)  # noqa: FBT003 (the condition failed)
    found = probe(Target(Module.ICMP, NODE))
    assert found.ok, found
    assert found.pinged is not None
    assert found.pinged.received == 3


def test_an_agent_says_its_uptime(tmp_path: Path) -> None:
    with snmpd(tmp_path / "agent") as port:
        agent = replace(NODE, snmp=SnmpProbe(auth="field", port=port))
        found = probe(Target(Module.SNMP, agent, auth=AUTH))
    assert found.ok, found
    assert found.uptime is not None
    assert 0.0 <= found.uptime < 3600.0


def test_silence_ends_when_the_scraper_would_stop_waiting() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        patient = SnmpProbe(auth="field", port=silent.getsockname()[1], timeout=300.0, retries=9)
        found = probe(Target(Module.SNMP, replace(NODE, snmp=patient), auth=AUTH), seconds=0.5)
    assert (found.ok, found.detail) == (False, "timeout")


def test_a_website_and_one_that_hangs() -> None:
    async def serve(path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/hangs":
            await asyncio.sleep(300)
        writer.write(page())

    async def scene() -> tuple[Once, Once]:
        async with Web(serve) as web, asyncio.timeout(60):
            service = Service("web", "s", "website", f"http://{HOST}:{web.port}/", timeout=50.0)
            good = await PROBER.probe(Target(Module.HTTP, service=service), 20.0)
            hanging = replace(service, url=f"http://{HOST}:{web.port}/hangs")
            return good, await PROBER.probe(Target(Module.HTTP, service=hanging), 0.5)

    good, late = asyncio.run(scene())
    assert good.ok, good
    assert good.service is not None
    assert good.service.status == 200
    assert (late.ok, late.detail.split(":")[0]) == (False, "timeout")


def test_authorities_are_read_once_and_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes tens of milliseconds, in which no ping leaves; whoever asks for probes may ask each second."""
    read: list[threading.Thread] = []
    make = ssl.create_default_context

    def slowly() -> ssl.SSLContext:
        read.append(threading.current_thread())
        return make()

    monkeypatch.setattr(ssl, "create_default_context", slowly)
    prober = OnceProber(KernelSockets(), SystemClock(), lambda _ref: "public")

    async def serve(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(page())

    async def scene() -> None:
        async with Web(serve) as web, asyncio.timeout(60):
            service = Service("web", "s", "website", f"http://{HOST}:{web.port}/", timeout=50.0)
            for _ in range(3):
                assert (await prober.probe(Target(Module.HTTP, service=service), 20.0)).ok

    asyncio.run(scene())
    assert len(read) == 1
    assert read[0] is not threading.main_thread()
