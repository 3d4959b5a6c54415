"""Check a website: one GET of its URL, redirects followed, with the time of each phase.

Success is a status of 2xx at the end of at most five redirects (or exactly the status that is expected) and, where
one is expected, a text in the first mebibyte of the body. Of a village's website it must also be a page that shows
content. HTTPS certificates are verified. No privilege is needed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import aclosing

import httpcore2
import httpx2

from netmon import __version__
from netmon.model import Service, ServiceFailure
from netmon.probes.http.content import stands_in, unpacked
from netmon.probes.http.transport import ProbeNetwork
from netmon.probes.services.connect import Connector
from netmon.probes.services.result import Broken

MOST_BODY = 1 << 20  # bytes
MOST_REDIRECTS = 5
MOST_PIECES = 10_000  # chunks of a body: a server that sends single bytes is paid no more attention
MOST_FRAMING = 1 << 18  # bytes around a body, such as the lengths of its chunks
SHOW_CONTENT = frozenset({"website", "opensid"})
"""Kinds of services that must show content of their own."""
MOST_COOKIES = 16
LONGEST_COOKIE = 4_096  # bytes
_REFUSALS = frozenset({ServiceFailure.SUSPENDED, ServiceFailure.PARKED})
"""What a page may be although its status says that it is none."""

Verdict = tuple[ServiceFailure | None, str]


class Visit:
    """The course of one check, kept so that a timeout leaves behind what was already known."""

    def __init__(self, service: Service, connector: Connector, tls: ssl.SSLContext) -> None:
        self.service = service
        self.network = ProbeNetwork(connector)
        self.status: int | None = None
        self.body = bytearray()
        self._connector = connector
        self._tls = tls
        self._encoding = ""
        self._cookies: dict[tuple[bytes, bytes], bytes] = {}

    async def run(self) -> Verdict:
        """Get the URL and follow redirects; return the failure, if any, and its detail.

        Raises:
            Broken: the check cannot go on.
        """
        try:
            url = httpx2.URL(self.service.url or "")
            for _ in range(MOST_REDIRECTS + 1):
                location = await self._get(url)
                if location is None or self.status == self.service.expect_status:
                    return self._verdict(str(url))
                url = url.join(location)
        except (httpcore2.ProtocolError, httpx2.InvalidURL) as error:
            raise Broken(ServiceFailure.PROTOCOL, str(error)) from error
        return ServiceFailure.REDIRECTS, f"more than {MOST_REDIRECTS} redirects"

    async def _get(self, url: httpx2.URL) -> str | None:
        """Get one URL; return where it redirects to, if it does."""
        if url.scheme not in ("http", "https") or not url.host:
            raise Broken(ServiceFailure.PROTOCOL, f"{url} is not an HTTP URL")
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request = httpcore2.Request(
            "GET",
            target,
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": f"netmon/{__version__}",
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
                **self._cookies_for(url.raw_host),
            },
        )
        async with httpcore2.AsyncHTTPConnection(
            target.origin, ssl_context=self._tls, network_backend=self.network
        ) as connection:
            return await self._exchange(connection, request)

    def _cookies_for(self, host: bytes) -> dict[bytes | str, bytes | str]:
        """Return the header that gives a host back what it set in this check: some redirect until they see it."""
        pairs = [name + b"=" + value for (where, name), value in self._cookies.items() if where == host]
        return {"Cookie": b"; ".join(pairs)} if pairs else {}

    def _keep_cookies(self, host: bytes, headers: Sequence[tuple[bytes, bytes]]) -> None:
        for found, text in headers:
            name, is_pair, value = text.partition(b";")[0].strip().partition(b"=")
            if found.lower() == b"set-cookie" and is_pair and name and len(text) <= LONGEST_COOKIE:
                self._cookies[host, name] = value
        self._cookies = dict(list(self._cookies.items())[-MOST_COOKIES:])

    async def _exchange(self, connection: httpcore2.AsyncHTTPConnection, request: httpcore2.Request) -> str | None:
        self.body.clear()
        clock, phases = self._connector.clock, self._connector.phases
        started, before = clock.monotonic(), phases.spent
        response = await connection.handle_async_request(request)
        answered = clock.monotonic()
        phases.add("processing", answered - started - (phases.spent - before))
        self.status = response.status
        self._keep_cookies(request.url.host, response.headers)
        self.network.left = MOST_BODY + MOST_FRAMING
        pieces = 0
        self._encoding = _header(response.headers, b"content-encoding") or ""
        async with aclosing(response.aiter_stream()) as chunks:
            async for chunk in chunks:
                self.body += chunk[: MOST_BODY - len(self.body)]
                pieces += 1
                if len(self.body) >= MOST_BODY or pieces >= MOST_PIECES:
                    break
                await asyncio.sleep(0)  # a flood of tiny chunks must not hold the loop past the deadline
        phases.add("transfer", clock.monotonic() - answered)
        return _header(response.headers, b"location") if 300 <= response.status < 400 else None

    def _verdict(self, url: str) -> Verdict:
        wanted, text = self.service.expect_status, self.service.expect_body
        page = unpacked(bytes(self.body), self._encoding, MOST_BODY)
        is_site = self.service.kind in SHOW_CONTENT
        if self.status != wanted if wanted is not None else not 200 <= (self.status or 0) < 300:
            found = stands_in(page, url) if is_site else None
            return found if found and found[0] in _REFUSALS else (ServiceFailure.STATUS, f"status {self.status}")
        if text is not None and text.encode() in page:
            return None, ""
        found = stands_in(page, url) if is_site and wanted is None else None
        if found:
            return found
        return (None, "") if text is None else (ServiceFailure.BODY, "the expected text is not in the page")


def _header(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> str | None:
    return next((value.decode("latin-1") for found, value in headers if found.lower() == name), None)
