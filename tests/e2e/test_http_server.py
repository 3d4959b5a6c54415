"""The web server on a real socket of the loopback: address, stop, streams, and clients that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from netmon.errors import CannotError, PortInUseError
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.picture.state import Picture
from tests.plain_http import UNTRUSTING
from tests.requires import require
from tests.unit.exporter.county import calm, cut, inventory, view
from tests.waiting import until

pytestmark = pytest.mark.e2e


class Stage:
    """A server that shows one of two pictures, and the feed that tells of the change between them."""

    def __init__(self) -> None:
        drawing = inventory()
        self.before, self.after = calm(drawing), cut(drawing)
        self.shown: Picture = self.before
        self.feed = ChangeFeed(limit=2)
        self.server = WebServer(create_app(lambda: view(self.shown), self.feed), port=0)

    def fail(self) -> None:
        """Cut the cable."""
        self.shown = self.after
        self.feed.publish(self.before, self.after)


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Stage]:
    stage = Stage()
    await stage.server.start()
    try:
        yield stage
    finally:
        stage.feed.close()
        async with asyncio.timeout(60):
            await stage.server.stop()


def played(scene: Callable[[Stage], Any]) -> None:
    async def play() -> None:
        async with serving() as stage, asyncio.timeout(90):
            await scene(stage)

    asyncio.run(play())


def browser(stage: Stage) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=stage.server.url, trust_env=False, verify=UNTRUSTING, timeout=30.0)


async def read_events(stream: httpx2.Response, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the next events of a stream: their names and data."""
    events: list[tuple[str, dict[str, Any]]] = []
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            events.append((name, json.loads(line.removeprefix("data: "))))
            if len(events) == count:
                break
    return events


def test_port_0_takes_a_free_one_and_tells_which() -> None:
    async def scene(stage: Stage) -> None:
        assert stage.server.port > 0
        assert stage.server.url == f"http://127.0.0.1:{stage.server.port}/"
        async with browser(stage) as client:
            assert (await client.get("-/healthy")).status_code == 200

    played(scene)


def test_a_port_in_use_is_one_line_with_a_remedy() -> None:
    async def scene(stage: Stage) -> None:
        second = WebServer(create_app(view, ChangeFeed()), port=stage.server.port)
        with pytest.raises(
            PortInUseError, match=rf"somebody else listens on 127\.0\.0\.1:{stage.server.port}"
        ) as error:
            await second.start()
        assert "choose another port" in error.value.hint

    played(scene)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 99_999), ("127.0.0.1", -1)])
def test_an_address_that_cannot_be_had_is_one_line(host: str, port: int) -> None:
    async def scene() -> None:
        await WebServer(create_app(view, ChangeFeed()), host, port).start()

    with pytest.raises(CannotError, match="cannot listen on"):
        asyncio.run(scene())


def has_ipv6_loopback() -> bool:
    with socket.socket(socket.AF_INET6) as plain:
        try:
            plain.bind(("::1", 0))
        except OSError:
            return False
    return True


def test_ipv6_addresses_are_written_in_brackets() -> None:
    require(has_ipv6_loopback(), "this machine has no IPv6 loopback")

    async def scene() -> None:
        server = WebServer(create_app(view, ChangeFeed()), "::1", 0)
        await server.start()
        assert server.url == f"http://[::1]:{server.port}/"
        await server.stop()

    asyncio.run(scene())


def test_stopping_frees_the_port_and_leaves_the_signals_alone() -> None:
    import signal

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    async def scene() -> None:
        async with serving() as stage:
            inside.append((signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)))
            port = stage.server.port
        again = WebServer(create_app(view, ChangeFeed()), port=port)
        await again.start()
        await again.stop()
        await again.stop()

    inside: list[tuple[Any, Any]] = []
    # asyncio's own runner handles SIGINT while it runs; a loop by itself touches none.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(scene())
    finally:
        loop.close()
    assert inside == [before]


def test_a_stream_says_hello_and_then_what_changes() -> None:
    async def scene(stage: Stage) -> None:
        async with browser(stage) as client, client.stream("GET", "events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            ((name, hello),) = await read_events(stream, 1)
            assert (name, hello["position"]) == ("hello", 7)

    played(scene)


def test_a_cut_reaches_every_open_stream() -> None:
    async def scene(stage: Stage) -> None:
        async with (
            browser(stage) as client,
            client.stream("GET", "events") as one,
            client.stream("GET", "events") as two,
        ):
            await until(lambda: stage.feed.readers == 2)
            stage.fail()
            for stream in (one, two):
                _, (name, change) = await read_events(stream, 2)
                assert name == "change"
                assert change["sites"]["v1"] == {"verdict": "unreachable", "fault": "F8"}
                assert change["faults"] == {"opened": ["F8"], "changed": [], "closed": []}

    played(scene)


def test_one_stream_too_many_is_refused_and_a_closed_one_makes_room() -> None:
    async def scene(stage: Stage) -> None:
        async with browser(stage) as client:
            async with client.stream("GET", "events"), client.stream("GET", "events"):
                await until(lambda: stage.feed.readers == 2)
                refused = await client.get("events")
                assert refused.status_code == 503
                assert refused.headers["retry-after"] == "10"
            await until(lambda: stage.feed.readers == 0)
            assert (await client.head("events")).status_code == 200
            assert stage.feed.readers == 0

    played(scene)


def test_the_server_stops_while_streams_are_open() -> None:
    async def scene() -> None:
        async with serving() as stage:
            client = browser(stage)
            stream = await client.send(client.build_request("GET", "events"), stream=True)
            await until(lambda: stage.feed.readers == 1)
        assert stage.feed.readers == 0
        await stream.aclose()
        await client.aclose()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: text/plain;version=1.x\r\nConnection: close\r\n\r\n",
        b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics",
        b"GET /api/v1/sites?verdict=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
    ids=["large header", "TLS", "odd version", "traversal", "null byte", "two lengths", "header injection"],
)
def test_hostile_requests_hurt_nobody(request_bytes: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(stage: Stage) -> None:
        answer = await asyncio.to_thread(raw, stage.server.port, request_bytes)
        assert re.match(rb"HTTP/1\.1 (200|400|404) ", answer), answer[:200]
        assert b"set-cookie" not in answer.lower().partition(b"\r\n\r\n")[0]
        assert b"root:" not in answer
        async with browser(stage) as client:
            assert (await client.get("-/healthy")).status_code == 200

    played(scene)
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")], (
        "a line for each would fill the disk"
    )


ODD = {
    b"CONNECT evil.test:443": 404, b"OPTIONS *": 404, b"TRACE /": 405, b"GET http://evil.test/metrics": 404,
    b"GET //evil.test/..": 404, b"GET /static": 404, b"GET /metrics/": 404, b"GET /static/%00": 404,
    b"GET /sites/%ed%a0%80?q=%ed%a0%80": 404, b"GET /sites/%zz%?q=%": 404, b"GET /?lang=id%0d%0aX:%20y": 400,
    b"GET /probe?target=http://169.254.169.254/&module=http": 400, b"GET /probe?target=a%0d%0aX:%20y": 400,
    b"GET /api/v1/why/a?at=0001-01-01T00:00:00%2B14:00": 400, b"GET /static/" + b"a" * 5_000: 404,
    b"GET /api/v1/sites?" + b"verdict=up&" * 5_000: 200,
}  # fmt: skip
HEADERS = (
    b'Host: "><script>alert(1)</script>', b"Host: [::1", b"Host: a:99999999", b"Host:",
    b"Accept-Language: \xff;q=\xff", b"If-Modified-Since: \xff 99999", b"Upgrade: h2c",
    b"Cookie: netmon-language=\xff; ;;=;", b"Accept: " + b"text/plain;q=0.1," * 3_500,
    b"Range: bytes=" + b",".join(b"%d-%d" % (start, start + 1) for start in range(5_000)),
)  # fmt: skip


def test_no_address_and_no_header_breaks_it_or_leads_elsewhere() -> None:
    """Nothing is a 500, nor redirected to where the client says that this host is, nor echoed as a header."""

    async def scene(stage: Stage) -> None:
        for line, status in ODD.items():
            sent = line + b" HTTP/1.1\r\nHost: evil.test\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
            answer = await asyncio.to_thread(raw, stage.server.port, sent)
            head = answer.partition(b"\r\n\r\n")[0].lower()
            assert head.startswith(b"http/1.1 %d " % status), (line[:80], head[:80])
            assert not any(one.startswith((b"location:", b"x:")) for one in head.split(b"\r\n")), line[:80]
            assert not re.search(rb'(?:href|src|action)="(?:[a-z]+:)?//', answer), line[:80]
        for header in HEADERS:
            for path in (b"/", b"/metrics", b"/static/page.css", b"/sites/nobody"):
                host = b"" if header.startswith(b"Host") else b"Host: x\r\n"
                sent = b"GET " + path + b" HTTP/1.1\r\n" + host + header + b"\r\nConnection: close\r\n\r\n"
                answer = await asyncio.to_thread(raw, stage.server.port, sent)
                assert re.match(rb"HTTP/1\.1 (200|206|404|416) ", answer), (header[:80], path, answer[:80])

    played(scene)


@pytest.mark.parametrize("path", [b"/", b"/events", b"/metrics", b"/-/reload"])
def test_a_body_that_turns_out_to_be_no_http_ends_the_connection_and_no_more(
    path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(stage: Stage) -> None:
        for patience in (0.0, 0.2):  # while it is being answered, and afterwards
            reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
            writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            await asyncio.sleep(patience)
            writer.write(b"no chunk\r\n")
            await reader.read()
            writer.close()
        async with browser(stage) as client:
            assert (await client.get("-/healthy")).status_code == 200

    played(scene)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def raw(port: int, request_bytes: bytes) -> bytes:
    """Send bytes as they are and return whatever comes back."""
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as connection,
        contextlib.suppress(ConnectionError),
    ):
        connection.sendall(request_bytes)
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer
