"""Check a name server: ask it one question, by UDP, and by TCP where the answer is too long for that.

Messages are dnspython's; the sockets are those of the probes. A question that is lost is asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from netmon.errors import CannotError
from netmon.model import Service, ServiceFailure
from netmon.probes.services.connect import Connector, broken, family_of
from netmon.probes.services.result import Broken

PORT = 53
PATIENCE = 2.0  # seconds before a question is asked again
LONGEST_DATAGRAM = 4096
LONGEST_MESSAGE = 16_384
"""Bytes of an answer by TCP: names that point at names that point at names take time by the square of that."""
MOST_ANSWERS = 32
MOST_STRAY = 32
"""Datagrams that answer no question and are looked at as they come; further ones each wait for `STRAY_PAUSE`."""
STRAY_PAUSE = 0.01


class Question:
    """The course of one check."""

    def __init__(self, service: Service, connector: Connector) -> None:
        self.service = service
        self.answers: tuple[str, ...] = ()
        self._connector = connector

    async def run(self) -> tuple[ServiceFailure | None, str]:
        """Ask; return the failure, if any, and its detail.

        Raises:
            Broken: the check cannot go on.
        """
        try:
            query = dns.message.make_query(self.service.query or "", self.service.record, use_edns=0, payload=1232)
        except (dns.exception.DNSException, UnicodeError, ValueError) as error:
            raise Broken(ServiceFailure.PROTOCOL, f"{self.service.query} {self.service.record}: {error}") from error
        host, port = self.service.host or "", self.service.port or PORT
        address = (await self._connector.resolve(host))[0]
        await self._connector.enter(address)
        clock = self._connector.clock
        started = clock.monotonic()
        try:
            answer = await self._by_udp(query, address, port)
        finally:
            self._connector.phases.add("processing", clock.monotonic() - started)
        if answer.flags & dns.flags.TC:
            answer = await self._by_tcp(query, host, port)
        return self._verdict(answer)

    async def _by_udp(self, query: dns.message.Message, address: str, port: int) -> dns.message.Message:
        loop, wire = asyncio.get_running_loop(), query.to_wire()
        try:
            with self._connector.sockets.udp(family_of(address)) as opened:
                opened.connect(self._connector.sockets.endpoint("udp", address, port))
                while True:
                    await loop.sock_sendall(opened, wire)
                    try:
                        async with asyncio.timeout(PATIENCE):
                            return await answer_to(query, opened)
                    except TimeoutError:
                        continue  # until the check's own time is over
        except OSError as error:
            raise broken(error) from error
        except CannotError as error:
            raise Broken(ServiceFailure.LOCAL, error.message) from error

    async def _by_tcp(self, query: dns.message.Message, host: str, port: int) -> dns.message.Message:
        loop, wire = asyncio.get_running_loop(), query.to_wire()
        clock = self._connector.clock
        with await self._connector.connect(host, port) as opened:
            started = clock.monotonic()
            try:
                await loop.sock_sendall(opened, struct.pack("!H", len(wire)) + wire)
                (length,) = struct.unpack("!H", await _exactly(opened, 2))
                if length > LONGEST_MESSAGE:
                    raise Broken(ServiceFailure.PROTOCOL, f"its answer has {length} bytes")
                answer = dns.message.from_wire(await _exactly(opened, length))
            except OSError as error:
                raise broken(error) from error
            except (dns.exception.DNSException, ValueError) as error:
                raise Broken(ServiceFailure.PROTOCOL, f"its answer cannot be read: {error}") from error
            finally:
                self._connector.phases.add("transfer", clock.monotonic() - started)
        if not query.is_response(answer):
            raise Broken(ServiceFailure.PROTOCOL, "its answer is to another question")
        return answer

    def _verdict(self, answer: dns.message.Message) -> tuple[ServiceFailure | None, str]:
        asked = f"{self.service.query} {self.service.record}"
        code = answer.rcode()
        if code != dns.rcode.NOERROR:
            return ServiceFailure.DNS, f"{asked}: {dns.rcode.to_text(code)}"
        try:  # by way of aliases, from the name that was asked for: what else is told nobody asked
            records = answer.resolve_chaining().answer if isinstance(answer, dns.message.QueryMessage) else None
        except dns.exception.DNSException as error:
            return ServiceFailure.PROTOCOL, f"{asked}: its answer leads nowhere ({type(error).__name__})"
        found = [] if records is None else [record.to_text() for record in records]
        self.answers = tuple(found[:MOST_ANSWERS])
        if not found:
            return ServiceFailure.DNS, f"{asked}: no such record"
        wanted = self.service.expect_answer
        if wanted is not None and wanted not in (one.strip('"').rstrip(".") for one in found) and wanted not in found:
            return ServiceFailure.BODY, f"{asked} is {', '.join(found[:3])} and not {wanted}"
        return None, ""


async def answer_to(query: dns.message.Message, opened: socket.socket) -> dns.message.Message:
    """Return the answer to a query; what else arrives is not meant for it.

    A socket that always has something to read never lets other tasks run by itself: a flood of what is no answer must
    hold up neither them nor the deadline.
    """
    loop = asyncio.get_running_loop()
    stray = 0
    while True:
        wire = await loop.sock_recv(opened, LONGEST_DATAGRAM)
        with contextlib.suppress(dns.exception.DNSException, ValueError):
            answer = dns.message.from_wire(wire, ignore_trailing=True)
            if query.is_response(answer):
                return answer
        stray += 1
        await asyncio.sleep(0.0 if stray <= MOST_STRAY else STRAY_PAUSE)


async def _exactly(opened: socket.socket, count: int) -> bytes:
    """Return so many bytes.

    Raises:
        OSError: the other end closed before.
    """
    loop = asyncio.get_running_loop()
    found = bytearray()
    while len(found) < count:
        part = await loop.sock_recv(opened, count - len(found))
        if not part:
            raise ConnectionResetError("closed in the middle of an answer")
        found += part
    return bytes(found)
