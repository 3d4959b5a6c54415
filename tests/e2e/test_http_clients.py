"""Clients that take places, time or memory without end: the door shows them out, and the others are served."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from netmon.exporter import door
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from tests.e2e.certificates import Authority
from tests.plain_http import UNTRUSTING
from tests.requires import require
from tests.unit.exporter.county import view
from tests.waiting import until

pytestmark = pytest.mark.e2e

IDLE = 10_000


@contextlib.contextmanager
def room_for_files(wanted: int) -> Iterator[None]:
    """Let this process open so many files while the block lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    require(hard == resource.RLIM_INFINITY or hard >= wanted, f"at most {hard} files may be opened here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextlib.asynccontextmanager
async def serving(web_config: Path | None = None) -> AsyncIterator[WebServer]:
    server = WebServer(create_app(view, ChangeFeed()), port=0, web_config=web_config)
    await server.start()
    try:
        async with asyncio.timeout(120):
            yield server
    finally:
        await server.stop()


async def healthy(server: WebServer, verify: ssl.SSLContext = UNTRUSTING) -> bool:
    async with httpx2.AsyncClient(trust_env=False, timeout=60.0, verify=verify) as client:
        return (await client.get(server.url + "-/healthy")).status_code == 200


async def connected(port: int) -> socket.socket:
    client = socket.socket()
    client.setblocking(False)  # noqa: FBT003 (positional only)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    return client


async def closed(client: socket.socket) -> bytes:
    """Wait until the server closes a connection; return what it said before."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while got := await asyncio.get_running_loop().sock_recv(client, 65_536):
            said += got
    return said


def test_places_follow_from_the_limit_of_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    for soft, expected in ((1 << 20, 1024), (1024, 512), (64, 32), (8, 16), (resource.RLIM_INFINITY, 1024)):
        monkeypatch.setattr(resource, "getrlimit", lambda _what, soft=soft: (soft, soft))
        assert door.places() == expected


def test_ten_thousand_idle_clients_take_no_more_places_than_there_are() -> None:
    async def scene() -> None:
        async with serving() as server:
            idle: list[socket.socket] = []
            most = 0
            try:
                for _ in range(IDLE // 100):
                    idle += await asyncio.gather(*(connected(server.port) for _ in range(100)))
                    most = max(most, server.clients)
                assert await healthy(server)
                assert 100 < most <= door.MOST
                assert server.clients <= door.MOST
            finally:
                for client in idle:
                    client.close()

    with room_for_files(IDLE + 2 * door.MOST + 500):
        asyncio.run(scene())


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nContent-"], ids=str)
def test_who_does_not_end_the_head_of_a_request_is_shown_out(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HEAD", 0.5)

    async def scene() -> None:
        async with serving() as server:
            client = await connected(server.port)
            await asyncio.get_running_loop().sock_sendall(client, said)
            dripping = asyncio.create_task(drip(client))
            assert b"HTTP/1.1 2" not in await closed(client)
            dripping.cancel()
            client.close()
            await until(lambda: server.clients == 0)
            assert await healthy(server)

    async def drip(client: socket.socket) -> None:
        with contextlib.suppress(ConnectionError):
            while said:
                await asyncio.sleep(0.2)
                await asyncio.get_running_loop().sock_sendall(client, b"X")

    asyncio.run(scene())


def test_who_reads_nothing_of_a_long_answer_is_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "STALLED", 0.5)

    async def scene() -> None:
        async with serving() as server:
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.setblocking(False)  # noqa: FBT003 (positional only)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(client, ("127.0.0.1", server.port))
            asking = asyncio.create_task(
                loop.sock_sendall(client, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 2000)
            )
            await until(lambda: server.clients == 1)
            await until(lambda: server.clients == 0)
            asking.cancel()
            client.close()
            assert await healthy(server)

    asyncio.run(scene())


def test_what_nobody_takes_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HELD", 2**20)
    monkeypatch.setattr(door, "STALLED", 3600.0)

    async def scene() -> None:
        server = WebServer(PlainTextResponse(b"x" * 8 * 2**20), port=0)
        await server.start()
        clients = [await connected(server.port) for _ in range(8)]
        try:
            async with asyncio.timeout(60):
                for client in clients:
                    await asyncio.get_running_loop().sock_sendall(client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await until(lambda: server.clients == len(clients))
                await until(lambda: server.clients == 0)
                assert len(await closed(clients[0])) < 8 * 2**20
                async with httpx2.AsyncClient(trust_env=False, verify=UNTRUSTING, timeout=60.0) as reader:
                    assert len((await reader.get(server.url)).content) == 8 * 2**20
        finally:
            for client in clients:
                client.close()
            await server.stop()

    asyncio.run(scene())


def test_who_begins_no_handshake_is_shown_out_and_the_others_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "places", lambda: 16)
    monkeypatch.setattr(door, "HEAD", 30.0)
    authority = Authority(tmp_path)
    authority.issue("noc")
    config = tmp_path / "web.yaml"
    config.write_text("tls_server_config: {cert_file: noc.pem, key_file: noc.key}\n", encoding="utf-8")
    trusting = ssl.create_default_context(cafile=authority.file)

    async def scene() -> None:
        async with serving(config) as server:
            idle = [await connected(server.port) for _ in range(40)]
            assert await healthy(server, trusting)
            assert server.clients <= 16
            monkeypatch.setattr(door, "HEAD", 0.5)
            late = await connected(server.port)
            await closed(late)
            for client in (*idle, late):
                client.close()
            assert await healthy(server, trusting)

    asyncio.run(scene())
