"""Single checks against real servers on loopback: each way to succeed and each way to fail."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.errors import AwayError
from netmon.model import Service, ServiceFailure
from netmon.probes.http.check import MOST_BODY, MOST_PIECES
from netmon.probes.services import connect
from netmon.probes.services.check import check
from netmon.probes.services.result import ServiceResult
from netmon.probes.sockets import KernelSockets
from tests.lab.web_servers import HOST, TRUST, Serve, Web, certificate, page

pytestmark = pytest.mark.lab


class Names(KernelSockets):
    """The kernel's sockets, but names lead to addresses of loopback that the test chose."""

    def __init__(self, **addresses: Sequence[str]) -> None:
        self.addresses = {name.replace("_", "."): list(found) for name, found in addresses.items()}

    async def resolve(self, host: str) -> list[str]:
        if host not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.addresses[host]


def service(url: str, *, timeout: float = 5.0, status: int | None = None, body: str | None = None) -> Service:
    return Service("web", "site", "website", url, timeout=timeout, expect_status=status, expect_body=body)


def visit(
    serve: Serve,
    path: str = "/",
    *,
    scheme: str = "http",
    host: str = HOST,
    tls: ssl.SSLContext | None = None,
    trusted: ssl.SSLContext | None = None,
    timeout: float = 5.0,
    status: int | None = None,
    body: str | None = None,
) -> tuple[ServiceResult, list[str]]:
    """Serve, check once, return the result and the requests the server saw."""

    async def scenario() -> tuple[ServiceResult, list[str]]:
        async with Web(serve, tls) as web:
            asked = service(f"{scheme}://{host}:{web.port}{path}", timeout=timeout, status=status, body=body)
            names = Names(web_test=[HOST])
            result = await check(asked, names, SystemClock(), trusted or TRUST)
            return result, web.requests

    return asyncio.run(scenario())


def always(response: bytes) -> Serve:
    async def serve(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(response)

    return serve


async def site(path: str, writer: asyncio.StreamWriter) -> None:
    """Serve a small site with redirects."""
    moved = {"/old": "/new", "/relative/a": "b", "/loop": "/loop"}
    if path in moved:
        writer.write(page(302, b"", f"Location: {moved[path]}\r\n"))
    else:
        writer.write(page(body=f"this is {path}".encode()))


def test_a_good_page() -> None:
    result, requests = visit(always(page()), host="web.test", path="/a?b=c")
    assert result.ok
    assert (result.status, result.body_bytes, result.detail) == (200, 14, "")
    assert set(result.phases) == {"resolve", "connect", "processing", "transfer"}
    assert all(seconds >= 0 for seconds in result.phases.values())
    assert sum(result.phases.values()) <= result.duration
    assert requests[0].startswith("GET /a?b=c HTTP/1.1\r\n")
    assert "Host: web.test:" in requests[0]
    assert "User-Agent: netmon/" in requests[0]


def test_the_phases_tell_where_the_time_went() -> None:
    async def slow(_path: str, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)  # the time that is measured
        writer.write(page(body=b"x" * 10)[:-5])
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.write(b"x" * 5)

    result, _ = visit(slow)
    assert result.phases["processing"] >= 0.19
    assert result.phases["transfer"] >= 0.29
    assert result.phases["connect"] < result.phases["processing"]
    assert sum(result.phases.values()) == pytest.approx(result.duration, abs=0.1)


@pytest.mark.parametrize(("path", "seen"), [("/old", 2), ("/relative/a", 2), ("/new", 1)])
def test_redirects_are_followed(path: str, seen: int) -> None:
    result, requests = visit(site, path)
    assert result.ok
    assert result.status == 200
    assert len(requests) == seen


def test_a_redirect_that_is_expected_is_not_followed() -> None:
    result, requests = visit(site, "/old", status=302)
    assert result.ok
    assert len(requests) == 1


def test_who_redirects_until_its_cookie_comes_back_is_given_it_and_nobody_else_is() -> None:
    async def serve(path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/other":
            writer.write(page())
        elif "seen=yes; two=2" not in web.requests[-1]:
            writer.write(page(302, b"", "Set-Cookie: seen=yes; Path=/\r\nSet-Cookie: two=2\r\nLocation: /\r\n"))
        else:
            writer.write(page(302, b"", f"Location: http://other.test:{web.port}/other\r\n"))

    async def scenario() -> ServiceResult:
        async with web:
            names = Names(web_test=[HOST], other_test=[HOST])
            asked = service(f"http://web.test:{web.port}/")
            return await check(asked, names, SystemClock(), TRUST)

    web = Web(serve)
    assert asyncio.run(scenario()).ok
    assert ["Cookie" in request for request in web.requests] == [False, True, False]


def test_redirects_in_a_circle_end() -> None:
    result, requests = visit(site, "/loop")
    assert (result.failure, result.detail) == (ServiceFailure.REDIRECTS, "more than 5 redirects")
    assert len(requests) == 6


@pytest.mark.parametrize(
    "location", ["ftp://web.test/", "//", "http://[::", "http://a..b/", "javascript:alert(1)", ""]
)
def test_redirects_to_nowhere_are_failures(location: str) -> None:
    result, _ = visit(always(page(302, b"", f"Location: {location}\r\n")), timeout=2.0)
    assert result.failure in (
        ServiceFailure.PROTOCOL,
        ServiceFailure.DNS,
        ServiceFailure.STATUS,
        ServiceFailure.REDIRECTS,
    )


@pytest.mark.parametrize(("status", "expected", "failure"), [
    (204, None, ServiceFailure.EMPTY),
    (404, None, ServiceFailure.STATUS),
    (500, None, ServiceFailure.STATUS),
    (404, 404, None),
    (200, 404, ServiceFailure.STATUS),
    (304, None, ServiceFailure.STATUS),  # a redirect that leads nowhere
])  # fmt: skip
def test_status(status: int, expected: int | None, failure: ServiceFailure | None) -> None:
    body = b"" if status in (204, 304) else b"x"
    result, _ = visit(always(page(status, body, with_length=bool(body))), status=expected)
    assert (result.failure, result.status) == (failure, status)


@pytest.mark.parametrize(
    ("text", "failure"),
    [("datang", None), ("Sélamat", ServiceFailure.BODY), ("Selamat tinggal", ServiceFailure.BODY)],
)
def test_body(text: str, failure: ServiceFailure | None) -> None:
    assert visit(always(page()), body=text)[0].failure is failure


def test_only_the_first_mebibyte_is_read() -> None:
    async def flood(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(page(body=b"", with_length=False))
        for _ in range(64):
            writer.write(b"x" * 65536)
            await writer.drain()

    result, _ = visit(flood, body="y")
    assert (result.failure, result.body_bytes) == (ServiceFailure.BODY, MOST_BODY)


def test_a_flood_of_tiny_chunks_lets_others_run() -> None:
    longest = 0.0

    async def flood(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n" * 10_000)
            await writer.drain()

    async def watch_the_loop() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()  # its own time: what else the machine does is not the check's doing
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    async def scenario() -> ServiceResult:
        watching = asyncio.create_task(watch_the_loop())
        async with Web(flood) as web:
            asked = service(f"http://{HOST}:{web.port}/", timeout=30.0)
            result = await check(asked, KernelSockets(), SystemClock(), TRUST)
        watching.cancel()
        return result

    result = asyncio.run(scenario())
    assert (result.failure, result.body_bytes) == (None, MOST_PIECES)
    assert longest < 0.4


@pytest.mark.parametrize(
    "response",
    [
        b"",  # hangs up
        b"\x00\x01\x02\r\n\r\n",
        b"220 mail.test ESMTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000,
        b"HTTP/1.1 99999 OK\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_protocol_failure(response: bytes) -> None:
    result, _ = visit(always(response))
    assert result.failure is ServiceFailure.PROTOCOL
    assert 0 < len(result.detail) <= 200


@pytest.mark.parametrize("partial", [b"", b"HTTP/1.1 200 OK\r\n", page(body=b"x" * 10)[:-5]])
def test_a_server_that_stalls_is_a_timeout(partial: bytes) -> None:
    async def stall(_path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(partial)
        await writer.drain()
        while not writer.is_closing():
            await asyncio.sleep(0.01)

    result, _ = visit(stall, timeout=0.2)
    assert result.failure is ServiceFailure.TIMEOUT
    assert 0.2 <= result.duration < 10.0
    assert result.status == (200 if b"\r\n\r\n" in partial else None)


def once(url: str, names: Names | None = None, timeout: float = 2.0) -> ServiceResult:
    return asyncio.run(check(service(url, timeout=timeout), names or Names(), SystemClock(), TRUST))


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def test_nobody_listens() -> None:
    result = once(f"http://{HOST}:{closed_port()}/")
    assert (result.failure, result.detail) == (ServiceFailure.REFUSED, "Connection refused")


def test_no_way_there() -> None:
    assert once("http://255.255.255.255/").failure is ServiceFailure.UNREACHABLE


def test_no_such_name() -> None:
    result = once("http://nowhere.test/")
    assert result.failure is ServiceFailure.DNS
    assert "nowhere.test" in result.detail


class Exhausted(Names):
    """A machine without any descriptor left, or a lab that has ended."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def tcp(self, family: socket.AddressFamily) -> socket.socket:  # noqa: ARG002 (the seam's signature)
        raise self.error


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "Too many open files"), AwayError("the lab has ended")])
def test_own_trouble_is_not_the_services(error: Exception) -> None:
    assert once(f"http://{HOST}:1/", Exhausted(error)).failure is ServiceFailure.LOCAL


def test_the_second_address_is_tried() -> None:
    async def scenario() -> ServiceResult:
        async with Web(always(page())) as web:
            names = Names(web_test=["127.0.0.9", HOST])  # the server listens on the second alone
            url = f"http://web.test:{web.port}/"
            return await check(service(url), names, SystemClock(), TRUST)

    assert asyncio.run(scenario()).ok


def deaf(stack: ExitStack, host: str, port: int = 0) -> tuple[str, int]:
    """Listen, and let nobody in: the queue is full, and the kernel leaves new connections unanswered."""
    listening = stack.enter_context(socket.socket())
    listening.bind((host, port))
    listening.listen(0)
    for _ in range(4):
        waiting = stack.enter_context(socket.socket())
        waiting.settimeout(0)
        waiting.connect_ex(listening.getsockname())
    name = listening.getsockname()
    return str(name[0]), int(name[1])


def test_an_address_that_leads_nowhere_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "PATIENCE", 0.2)

    async def scenario() -> ServiceResult:
        with ExitStack() as stack:
            async with Web(always(page())) as web:
                deaf(stack, "127.0.0.9", web.port)
                names = Names(web_test=["127.0.0.9", HOST])
                url = f"http://web.test:{web.port}/"
                return await check(service(url, timeout=30.0), names, SystemClock(), TRUST)

    result = asyncio.run(scenario())
    assert (result.failure, result.address) == (None, HOST)


def test_a_server_that_never_accepts_is_a_timeout() -> None:
    with ExitStack() as full:
        host, port = deaf(full, HOST)
        result = once(f"http://{host}:{port}/", timeout=0.3)
    assert result.failure is ServiceFailure.TIMEOUT
    assert result.phases == {}


def test_tls(tmp_path: Path) -> None:
    authority = certificate(tmp_path, "authority")
    leaf = certificate(tmp_path, "web.test", authority=authority)
    other = certificate(tmp_path, "other.test", authority=authority)
    trusted = ssl.create_default_context(cafile=str(authority[0]))

    def serving(pair: tuple[Path, Path]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        return context

    good, _ = visit(always(page()), scheme="https", host="web.test", tls=serving(leaf), trusted=trusted)
    assert good.ok
    assert set(good.phases) == {"resolve", "connect", "tls", "processing", "transfer"}
    assert good.certificate_not_after == pytest.approx(time.time() + 30 * 86400, abs=3600)

    unknown, _ = visit(always(page()), scheme="https", host="web.test", tls=serving(leaf))
    assert unknown.failure is ServiceFailure.TLS_UNKNOWN_ISSUER
    assert "certificate not accepted" in unknown.detail

    misnamed, _ = visit(always(page()), scheme="https", host="web.test", tls=serving(other), trusted=trusted)
    assert misnamed.failure is ServiceFailure.TLS_WRONG_HOST
    assert "web.test" in misnamed.detail


def test_a_certificate_that_is_not_accepted_is_named_also_when_it_cannot_be_read_again(tmp_path: Path) -> None:
    """The server does one handshake, and lets the connection by which its chain is read wait for ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path, "web.test"))

    def shake_hands(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with suppress(OSError), context.wrap_socket(connection, server_side=True):
            pass

    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        once_only = threading.Thread(target=shake_hands, args=(listening,))
        once_only.start()
        result = once(f"https://web.test:{listening.getsockname()[1]}/", Names(web_test=[HOST]), timeout=1.5)
        once_only.join()
    assert result.failure is ServiceFailure.TLS_UNKNOWN_ISSUER, result.detail
    assert result.chain == ()


def test_a_server_that_speaks_no_tls() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(page(400))
        writer.close()

    async def scenario() -> ServiceResult:
        server = await asyncio.start_server(greet, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await check(service(f"https://{HOST}:{port}/"), Names(), SystemClock(), TRUST)

    assert asyncio.run(scenario()).failure is ServiceFailure.TLS


def test_a_tls_server_that_stalls_is_a_timeout() -> None:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        result = once(f"https://{HOST}:{listening.getsockname()[1]}/", timeout=0.3)
    assert result.failure is ServiceFailure.TIMEOUT
    assert set(result.phases) == {"connect"}


class SilentNames(KernelSockets):
    """The kernel's sockets, and a name server that is more patient than any check."""

    async def resolve(self, host: str) -> list[str]:
        await asyncio.sleep(60.0)
        return [host]


def test_a_name_server_that_is_silent_is_no_slow_website() -> None:
    found = asyncio.run(check(service("http://nowhere.test/", timeout=0.3), SilentNames(), SystemClock(), TRUST))
    assert (found.failure, found.detail) == (ServiceFailure.DNS, "its name not found after 0.3 s")
    assert set(found.phases) == {"resolve"}
