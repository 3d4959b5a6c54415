"""Web servers that mean harm, or whose author read no RFC: each check ends, small, with its failure named."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
from collections.abc import Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from netmon.clock import SystemClock
from netmon.model import Service, ServiceFailure
from netmon.probes.http.check import MOST_BODY
from netmon.probes.services.check import check
from netmon.probes.services.result import LONGEST_DETAIL, ServiceResult
from netmon.probes.sockets import KernelSockets, Protocols
from tests.lab.web_servers import HOST, TRUST, Serve, Web, page

pytestmark = pytest.mark.lab

PATIENCE = 30.0  # seconds of a check that ends by itself, long before


class Elsewhere(KernelSockets):
    """The kernel's sockets; names lead to addresses that are all played by a server on loopback, at its port."""

    def __init__(self, names: Mapping[str, list[str]], port: int = 0) -> None:
        self.names = names
        self.port = port
        self.asked: list[str] = []

    async def resolve(self, host: str) -> list[str]:
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.names[host]

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:  # noqa: ARG002 (the seam's)
        self.asked.append(address)
        return HOST, self.port


def visit(serve: Serve, *, timeout: float = PATIENCE, kind: str = "website") -> ServiceResult:
    async def scenario() -> ServiceResult:
        async with Web(serve) as web:
            asked = Service("web", "v", kind, f"http://{HOST}:{web.port}/", timeout=timeout)
            return await check(asked, KernelSockets(), SystemClock(), TRUST)

    return asyncio.run(scenario())


def saying(response: bytes) -> Serve:
    async def serve(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(response)

    return serve


def endless(head: bytes, piece: bytes) -> Serve:
    async def serve(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return serve


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 500),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 5_000),
        (b"HTTP/1.1 200 OK\r\nA: ", b"x" * 65_536),
        (b"", b"\r\n" * 30_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"a" * 50_000 + b"\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"Trailer: x\r\n" * 5_000),
    ],
    ids=["100", "103", "headers", "one header", "blank lines", "chunk extensions", "trailers"],
)
def test_who_sends_without_end_and_no_page_is_left(head: bytes, piece: bytes) -> None:
    result = visit(endless(head, piece))
    assert result.failure is ServiceFailure.PROTOCOL, result.detail


def test_what_is_packed_a_thousand_times_over_is_not_unpacked() -> None:
    once = gzip.compress(bytes(1 << 26))
    for body in (once, gzip.compress(once)):
        tracemalloc.start()
        result = visit(saying(page(body=body, headers="Content-Encoding: gzip\r\n")))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert result.failure is not ServiceFailure.LOCAL
        assert most < 8 * MOST_BODY


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFFFFFFF\r\nx\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\0B: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n : c\r\n\r\n",
        b"HTTP/1.1 2OO OK\r\n\r\n",
        b"HTTP/1.1 -1 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello",
        b"ICY 200 OK\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\xff" * 5_000,
    ],
)
def test_bad_framing_is_a_protocol_failure_and_no_mistake_of_ours(response: bytes) -> None:
    result = visit(saying(response))
    assert result.failure is ServiceFailure.PROTOCOL, result.detail
    assert result.detail.isprintable()
    assert len(result.detail) <= LONGEST_DETAIL


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n<h1>Selamat datang</h1>", None),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", None),  # bare line feeds, as RFC 9112 §2.2 lets pass
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more than was announced", None),
        (b"HTTP/1.1 200\r\n\r\nhello", None),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot packed at all", None),
        (b"HTTP/1.1 200 OK\r\n\r\n&#" + b"9" * 5_000 + b";", None),
        (b"HTTP/1.1 200 OK\r\n\r\n<title>&#x" + b"f" * 5_000 + b";</title>x", None),
        (b"HTTP/1.1 599 \x1b[31mred\r\n\r\n", ServiceFailure.STATUS),
    ],
)  # fmt: skip
def test_what_is_odd_and_still_can_be_read(response: bytes, failure: ServiceFailure | None) -> None:
    result = visit(saying(response))
    assert result.failure is failure, result.detail


@pytest.mark.parametrize(
    "location",
    [
        b"http://user:secret@" + b"a" * 70_000,
        b"http://xn--\xff\xfe/",
        b"http://a\tb/",
        b"http://" + b"a." * 200 + b"test/",
        b"http://" + b"a" * 64 + b".test/",
        b"http://1.2.3.4.5.6/",
        b"http://web.test:99999/",
        b"http://web.test:port/",
        b"http://[::1%25" + b"z" * 50 + b"]/",
        b"http://[v1.x]/",
        b"http://\xe2\x84\x80.test/",
        b"\x1b]0;title\x07",
        b"file:///etc/passwd",
        b"gopher://web.test/",
        b"http:///nowhere",
        b"http://%00/",
        b"?" * 60_000,
    ],
)
def test_a_redirect_to_nonsense_is_a_failure_of_the_server_in_words_that_can_be_printed(location: bytes) -> None:
    result = visit(saying(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"))
    assert result.failure is not ServiceFailure.LOCAL
    assert result.failure is not None
    assert result.detail.isprintable()
    assert len(result.detail) <= LONGEST_DETAIL


@pytest.mark.parametrize(
    ("begins", "leads", "failure"),
    [
        ("198.18.0.9", "127.0.0.1", ServiceFailure.REDIRECTS),
        ("198.18.0.9", "169.254.169.254", ServiceFailure.REDIRECTS),
        ("198.18.0.9", "0.0.0.0", ServiceFailure.REDIRECTS),
        ("9.9.9.9", "10.0.0.1", ServiceFailure.REDIRECTS),
        ("9.9.9.9", "198.18.0.1", ServiceFailure.REDIRECTS),
        ("9.9.9.9", "8.8.8.8", None),
        ("198.18.0.9", "10.0.0.1", None),  # a closed network has many ranges
        ("198.18.0.9", "9.9.9.9", None),
        ("127.0.0.1", "127.0.0.1", None),
    ],
)
def test_no_redirect_leads_further_inside_than_where_the_check_began(
    begins: str, leads: str, failure: ServiceFailure | None
) -> None:
    async def serve(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(page() if path == "/inside" else page(302, b"", "Location: http://inside.test/inside\r\n"))

    async def scenario() -> tuple[ServiceResult, list[str], list[str]]:
        async with Web(serve) as web:
            sockets = Elsewhere({"outside.test": [begins], "inside.test": [leads]}, web.port)
            asked = Service("web", "v", "website", "http://outside.test/", timeout=PATIENCE)
            result = await check(asked, sockets, SystemClock(), TRUST)
            return result, sockets.asked, web.requests

    result, asked, requests = asyncio.run(scenario())
    assert result.failure is failure, result.detail
    assert asked == ([begins] if failure else [begins, leads])
    assert len(requests) == (1 if failure else 2)


@asynccontextmanager
async def by_ipv6(response: bytes):  # type: ignore[no-untyped-def]
    """Serve on the loopback of IPv6 alone."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(response)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "::1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def test_a_website_that_has_an_address_of_ipv6_alone() -> None:
    async def scenario() -> list[ServiceResult]:
        async with by_ipv6(page()) as port:

            class Six(KernelSockets):
                async def resolve(self, host: str) -> list[str]:  # noqa: ARG002 (the seam's signature)
                    return ["::1"]

            drawn = [
                Service("name", "v", "website", f"http://six.test:{port}/", timeout=PATIENCE),
                Service("address", "v", "website", f"http://[::1]:{port}/", timeout=PATIENCE),
                Service("four", "v", "website", f"http://six.test:{port}/", timeout=PATIENCE, family="ipv4"),
                Service("port", "v", "tcp", host="six.test", port=port, timeout=PATIENCE),
            ]
            tls = TRUST
            return [await check(one, Six(), SystemClock(), tls) for one in drawn]

    name, address, four, port = asyncio.run(scenario())
    assert (name.failure, name.address) == (None, "::1")
    assert (address.failure, port.failure) == (None, None)
    assert (four.failure, four.detail) == (ServiceFailure.DNS, "six.test has no ipv4 address")
