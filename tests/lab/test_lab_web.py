"""Websites of the lab, asked for through its sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from netmon.lab.network import Lab
from netmon.lab.story import faults as f
from netmon.lab.story.words import repairs_of, word_of
from netmon.model import Service
from tests.lab.counties import draw
from tests.lab.kernel_lab import playing

pytestmark = pytest.mark.lab

DRAWN = draw([("noc", "core"), ("core", "host"), ("core", "v1")])
SERVICES = (
    Service("web-v1", "v1", "website", "http://v1.test/"),
    Service("one", "core", "website", "http://one.test/", depends_on=("host",), expect_body="first"),
    Service("two", "core", "website", "http://two.test/", depends_on=("host",), expect_body="second"),
)
INVENTORY = replace(DRAWN, services={service.id: service for service in SERVICES})


@pytest.fixture(scope="module", params=["namespaces", "simulated"])
def county(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Play the drawing once for all tests of a mode."""
    with playing(INVENTORY, request.param) as lab:
        yield lab


@pytest.fixture
def lab(county: Lab) -> Iterator[Lab]:
    """Lend the county, and heal whatever a test has done to it."""
    yield county
    repairs = [repair for fault in county.status().faults for repair in repairs_of(word_of(fault))]
    asyncio.run(county.apply(*repairs))


async def fetch(lab: Lab, host: str, seconds: float = 3.0) -> bytes:
    """Return what the web server of a host sends until it closes."""
    loop = asyncio.get_running_loop()
    [address] = await lab.sockets.resolve(host)
    with lab.sockets.tcp(socket.AF_INET) as opened:
        async with asyncio.timeout(seconds):
            await loop.sock_connect(opened, lab.sockets.endpoint("tcp", address, 80))
            await loop.sock_sendall(opened, f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            said = b""
            while part := await loop.sock_recv(opened, 4096):
                said += part
            return said


def test_hosts_have_pages_of_their_own(lab: Lab) -> None:
    async def check() -> None:
        one, two, village = await asyncio.gather(*(fetch(lab, host) for host in ("one.test", "two.test", "V1.test")))
        assert b"first" in one
        assert b"second" in two
        assert b"200 OK" in village

    asyncio.run(check())


def test_one_of_two_on_a_host_fails_alone(lab: Lab) -> None:
    async def check() -> None:
        await lab.apply(f.FailService("one", "error-500"))
        assert b" 500 " in await fetch(lab, "one.test")
        assert b"second" in await fetch(lab, "two.test")
        await lab.apply(f.FailService("one", "stopped"))
        assert await fetch(lab, "one.test") == b""
        assert b"second" in await fetch(lab, "two.test")
        await lab.apply(f.FailService("one", "silent"))
        with pytest.raises(TimeoutError):
            await fetch(lab, "one.test", 0.3)
        assert lab.truth().failed_services == {"one"}
        await lab.apply(f.RestoreService("one"))
        assert b"first" in await fetch(lab, "one.test")

    asyncio.run(check())


def test_a_stopped_server_refuses_connections_until_it_is_back(lab: Lab) -> None:
    async def check() -> None:
        for _ in range(3):
            await lab.apply(f.FailService("web-v1"))
            with pytest.raises(ConnectionRefusedError):
                await fetch(lab, "v1.test")
            await lab.apply(f.RestoreService("web-v1"))
            assert b"200 OK" in await fetch(lab, "v1.test")

    asyncio.run(check())


def test_a_website_behind_a_cut_is_silent(lab: Lab) -> None:
    async def check() -> None:
        await lab.apply(f.CutLink("core-host"))
        assert lab.truth().failed_services == {"one", "two"}
        with pytest.raises((TimeoutError, OSError)):
            await fetch(lab, "one.test", 0.5)

    asyncio.run(check())
