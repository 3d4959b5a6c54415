"""Serves the websites of the inventory's services, each with a page of its own, and lets them fail as told."""

from __future__ import annotations

import asyncio
import html
import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from netmon.lab.county import County, Network
from netmon.lab.services.hosting import Endpoint, websites
from netmon.lab.story.faults import Failure
from netmon.model import Inventory, Service

_REQUEST_SECONDS = 10.0
_LONGEST_HEAD = 16_384
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error"}


def page(inventory: Inventory, service: Service) -> str:
    """Return the page of a website; it holds the text that the inventory expects of it. Pure."""
    site = inventory.sites[service.site]
    title = html.escape(f"{site.name}: {service.id}")
    expected = f"<p>{html.escape(service.expect_body)}</p>" if service.expect_body is not None else ""
    return f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{expected}</body></html>\n"


def answer(
    inventory: Inventory, hosted: Mapping[str, Service], failed: Mapping[str, Failure], head: bytes
) -> bytes | None:
    """Return the response to a request head; nothing where the server just closes, None where it is silent. Pure."""
    lines = head.decode("latin-1").split("\r\n")
    request = lines[0].split(" ")
    if len(request) != 3 or not request[2].startswith("HTTP/1."):
        return _response(400, "this is not HTTP/1\n", with_body=True)
    with_body = request[0] != "HEAD"
    host = next((line.partition(":")[2] for line in lines[1:] if line.lower().startswith("host:")), "")
    service = hosted.get(host.strip().partition(":")[0].lower())
    if service is None:
        return _response(404, "no such website here\n", with_body=with_body)
    match failed.get(service.id):
        case None:
            return _response(service.expect_status or 200, page(inventory, service), with_body=with_body)
        case "error-500":
            return _response(500, "the website is broken\n", with_body=with_body)
        case "wrong-page":
            return _response(200, "It works!\n", with_body=with_body)
        case "stopped":
            return b""
        case "silent":
            return None


def _response(status: int, text: str, *, with_body: bool) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'As Expected')}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")


class WebServers:
    """One web server for each endpoint that hosts websites; it stops listening when all of them are stopped."""

    def __init__(self, county: County, network: Network) -> None:
        """Begin to serve; needs a running loop."""
        self._county = county
        self._network = network
        self._hosted = websites(county.inventory)
        self._listeners: dict[Endpoint, socket.socket] = {}
        self._talks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self.follow()

    def follow(self) -> None:
        """Listen where something is to be served, and nowhere else; call after each change."""
        failed = self._county.state.failed_services
        for endpoint, hosted in self._hosted.items():
            is_wanted = any(failed.get(service.id) != "stopped" for service in hosted.values())
            if is_wanted and endpoint not in self._listeners:
                listener = self._network.listen(endpoint.node, endpoint.port)
                self._listeners[endpoint] = listener
                self._loop.add_reader(listener, partial(self._accept, endpoint, listener))
            elif not is_wanted and endpoint in self._listeners:
                listener = self._listeners.pop(endpoint)
                self._loop.remove_reader(listener)
                listener.close()

    def _accept(self, endpoint: Endpoint, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:  # the client has gone again, or this process has no descriptor to spare
            return
        connection.settimeout(0)
        talk = self._loop.create_task(self._converse(endpoint, connection))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _converse(self, endpoint: Endpoint, connection: socket.socket) -> None:
        with connection, suppress(OSError, TimeoutError):
            async with asyncio.timeout(_REQUEST_SECONDS):
                head = await self._read_head(connection)
                failed = self._county.state.failed_services
                said = answer(self._county.inventory, self._hosted[endpoint], failed, head)
                if said is not None and self._network.delivers(endpoint.node):
                    await self._loop.sock_sendall(connection, said)
                else:
                    await self._loop.sock_recv(connection, 1)  # say nothing until the client goes or time is over

    async def _read_head(self, connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
            part = await self._loop.sock_recv(connection, 4096)
            if not part:
                break
            head += part
        return head
