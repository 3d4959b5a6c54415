"""Name servers that lie, loop and flood: what they say is no answer, and holds nobody else up."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import dns.exception
import dns.flags
import dns.message
import dns.rrset
import pytest

from netmon.clock import SystemClock
from netmon.model import Service, ServiceFailure
from netmon.probes.dns.check import LONGEST_MESSAGE
from netmon.probes.services.check import check
from netmon.probes.services.result import ServiceResult
from netmon.probes.sockets import KernelSockets
from tests.lab.web_servers import TRUST

pytestmark = pytest.mark.lab

HOST = "127.0.55.1"
NAME = "socorejo.desa.test"
PATIENCE = 30.0
ByUdp = Callable[[dns.message.Message], list[bytes]]
ByTcp = Callable[[dns.message.Message], bytes]


def answer(
    query: dns.message.Message, *records: tuple[str, str, str], truncated: bool = False
) -> dns.message.Message:
    said = dns.message.make_response(query)
    for name, kind, text in records:
        said.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, text))
    if truncated:
        said.flags |= dns.flags.TC
    return said


def other_id(message: dns.message.Message) -> bytes:
    wire = bytearray(message.to_wire())
    wire[0] ^= 0xFF
    return bytes(wire)


def framed(wire: bytes) -> bytes:
    return struct.pack("!H", len(wire)) + wire


GOOD = (NAME, "A", "198.18.0.9")


@contextmanager
def name_server(by_udp: ByUdp, by_tcp: ByTcp | None = None) -> Iterator[int]:
    """Serve on one port of loopback, by UDP and TCP, in threads of its own."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        tcp.bind((HOST, 0))
        port = int(tcp.getsockname()[1])
        udp.bind((HOST, port))
        tcp.listen()
        is_over = threading.Event()

        def answer_datagrams() -> None:
            while not is_over.is_set():
                wire, source = udp.recvfrom(4096)
                if not is_over.is_set():
                    for said in by_udp(dns.message.from_wire(wire)):
                        udp.sendto(said, source)

        def answer_connections() -> None:
            while not is_over.is_set():
                connection, _ = tcp.accept()
                with connection:
                    if is_over.is_set() or by_tcp is None:
                        continue
                    connection.settimeout(PATIENCE)
                    (length,) = struct.unpack("!H", connection.recv(2))
                    connection.sendall(by_tcp(dns.message.from_wire(connection.recv(length))))

        threads = [threading.Thread(target=each, daemon=True) for each in (answer_datagrams, answer_connections)]
        for thread in threads:
            thread.start()
        try:
            yield port
        finally:
            is_over.set()
            with socket.socket(type=socket.SOCK_DGRAM) as knock:
                knock.sendto(b"", (HOST, port))
            with socket.create_connection((HOST, port)):
                pass
            for thread in threads:
                thread.join(PATIENCE)


def ask(port: int, timeout: float = PATIENCE) -> ServiceResult:
    asked = Service("dns", "v", "dns", host=HOST, port=port, query=NAME, timeout=timeout)
    return asyncio.run(check(asked, KernelSockets(), SystemClock(), TRUST))


def looping(query: dns.message.Message) -> bytes:
    """Return an answer whose record is named by a pointer to itself."""
    wire = bytearray(answer(query).to_wire())
    wire[6:8] = b"\0\1"
    here = len(wire)
    return bytes(wire) + struct.pack("!H", 0xC000 | here) + b"\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"


def test_what_answers_another_question_is_passed_over() -> None:
    def lying(query: dns.message.Message) -> list[bytes]:
        good = answer(query, GOOD)
        question = answer(dns.message.make_query("other.test", "A", id=query.id), ("other.test", "A", "127.0.0.1"))
        half = good.to_wire()[:20]
        return [
            b"",
            half,
            b"\xff" * 500,
            looping(query),
            query.to_wire(),
            question.to_wire(),
            other_id(good),
            good.to_wire(),
        ]

    with name_server(lying) as port:
        result = ask(port)
    assert (result.failure, result.answers) == (None, ("198.18.0.9",))


@pytest.mark.parametrize(
    "wire", [looping, lambda query: other_id(answer(query, GOOD)), lambda query: query.to_wire()]
)
def test_a_server_that_never_answers_the_question_is_a_timeout(wire: Callable[[dns.message.Message], bytes]) -> None:
    with name_server(lambda query: [wire(query)]) as port:
        assert ask(port, 0.3).failure is ServiceFailure.TIMEOUT


@pytest.mark.parametrize(
    ("records", "failure"),
    [
        ([("other.test", "A", "198.18.0.9")], ServiceFailure.DNS),
        ([(NAME, "CNAME", "host.test."), ("host.test", "A", "198.18.0.9")], None),
        ([(NAME, "CNAME", "host.test."), ("elsewhere.test", "A", "198.18.0.9")], ServiceFailure.DNS),
        ([(NAME, "CNAME", "b.test."), ("b.test", "CNAME", f"{NAME}.")], ServiceFailure.PROTOCOL),
        ([(NAME, "CNAME", f"{NAME}.")], ServiceFailure.PROTOCOL),
        ([(NAME, "AAAA", "::1")], ServiceFailure.DNS),
        ([], ServiceFailure.DNS),
    ],
)
def test_only_records_of_the_name_that_was_asked_for_are_an_answer(
    records: list[tuple[str, str, str]], failure: ServiceFailure | None
) -> None:
    with name_server(lambda query: [answer(query, *records).to_wire()]) as port:
        result = ask(port)
    assert result.failure is failure, result.detail
    assert result.answers == (() if failure else ("198.18.0.9",))


@pytest.mark.parametrize(
    ("by_tcp", "failure"),
    [
        (lambda query: framed(answer(query, GOOD).to_wire()), None),
        (lambda query: framed(other_id(answer(query, GOOD))), ServiceFailure.PROTOCOL),
        (lambda query: framed(answer(dns.message.make_query("a.test", "A", id=query.id)).to_wire()),
         ServiceFailure.PROTOCOL),
        (lambda query: framed(looping(query)), ServiceFailure.PROTOCOL),
        (lambda _: b"\0\0", ServiceFailure.PROTOCOL),
        (lambda _: b"", ServiceFailure.PROTOCOL),
        (lambda _: b"\x10\0half of it", ServiceFailure.PROTOCOL),
        (lambda _: struct.pack("!H", LONGEST_MESSAGE + 1) + bytes(LONGEST_MESSAGE + 1), ServiceFailure.PROTOCOL),
    ],
)  # fmt: skip
def test_what_was_cut_short_is_asked_for_again_and_held_to_the_same(
    by_tcp: ByTcp, failure: ServiceFailure | None
) -> None:
    with name_server(lambda query: [answer(query, truncated=True).to_wire()], by_tcp) as port:
        result = ask(port)
    assert result.failure is failure, result.detail


def test_a_flood_of_what_is_no_answer_holds_up_neither_the_deadline_nor_anybody_else() -> None:
    is_over = threading.Event()
    longest = 0.0

    async def watch_the_loop() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()  # its own time: what else the machine does is not the check's doing
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    async def scenario(flooded: socket.socket, port: int) -> ServiceResult:
        def flood() -> None:
            wire, source = flooded.recvfrom(4096)
            names = ((f"v{number}.test", "A", "198.18.0.9") for number in range(40))
            said = other_id(answer(dns.message.from_wire(wire), *names))  # read much more slowly than it is sent
            while not is_over.is_set():
                flooded.sendto(said, source)

        thread = threading.Thread(target=flood, daemon=True)
        thread.start()
        watching = asyncio.create_task(watch_the_loop())
        asked = Service("dns", "v", "dns", host=HOST, port=port, query=NAME, timeout=0.5)
        try:
            return await check(asked, KernelSockets(), SystemClock(), TRUST)
        finally:
            is_over.set()
            watching.cancel()
            thread.join(PATIENCE)

    with socket.socket(type=socket.SOCK_DGRAM) as flooded:
        flooded.bind((HOST, 0))
        result = asyncio.run(scenario(flooded, flooded.getsockname()[1]))
    assert result.failure is ServiceFailure.TIMEOUT
    assert longest < 0.2


def test_bytes_of_an_answer_in_disorder_raise_nothing_that_is_not_expected() -> None:
    query = dns.message.make_query(NAME, "A", use_edns=0, payload=1232)
    wire = answer(query, GOOD, ("a.test", "MX", "10 mail.a.test."), ("a.test", "TXT", '"x"')).to_wire()
    chance = random.Random(1)
    for _ in range(1_000):
        changed = bytearray(wire)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(2, len(changed))] = chance.randrange(256)
        try:
            dns.message.from_wire(bytes(changed), ignore_trailing=True)
        except (dns.exception.DNSException, ValueError):
            continue


def test_names_that_point_at_names_cost_no_more_than_a_moment() -> None:
    """The worst that fits: a chain of pointers, and records that all begin at its end."""
    query = dns.message.make_query(NAME, "A")
    head = bytearray(answer(query, GOOD).to_wire())
    hops = 4_000
    chain = b"".join(
        struct.pack("!H", 0xC000 | (12 if hop == 0 else len(head) + 12 + 2 * (hop - 1))) for hop in range(hops)
    )
    record = struct.pack("!H", 0xC00C) + b"\xff\0\0\1\0\0\0\1" + struct.pack("!H", len(chain))  # of no known type
    assert len(record) == 12
    wire = bytes(head) + record + chain
    last = struct.pack("!H", 0xC000 | (len(wire) - 2)) + b"\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"
    count = (LONGEST_MESSAGE - len(wire)) // len(last)
    wire += last * count
    wire = wire[:6] + struct.pack("!H", count + 2) + wire[8:]
    began = time.process_time()
    with suppress(dns.exception.DNSException):  # the library may have a bound of its own
        dns.message.from_wire(wire)
    assert time.process_time() - began < 3.0, "its length must be bounded more tightly"
