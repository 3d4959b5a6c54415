"""Agents that lie, over real sockets: every poll ends in time, with something plausible or a counted reason.

A few thousand mutated datagrams by default. A hundred thousand, and what became of them, by
`NETMON_HOSTILE=100000 python -m pytest tests/lab/test_snmp_hostile.py -s`.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netmon.model import SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.snmp import ber
from netmon.probes.snmp.access import access_to, secret_of
from netmon.probes.snmp.ber import Varbind, encode_arcs
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.pdu import Kind, Request
from netmon.probes.snmp.reading import Reading
from netmon.probes.snmp.transport import Transport
from netmon.probes.sockets import KernelSockets
from tests.lab.secure_agent import SecureFakeAgent
from tests.lab.snmp_agents import HOST, FakeAgent, Reply, decode_request, honest
from tests.unit.probes.snmp.agents import Agent, encode_response
from tests.unit.probes.snmp.mutations import MUTATIONS
from tests.unit.probes.snmp.plausible import ROUTER, plausible

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1800)]

DATAGRAMS = int(os.environ.get("NETMON_HOSTILE", "1500"))
AT_ONCE = 25  # few enough that the agent, in the same loop, is not late
STRANGER = "127.0.0.2"
DRIP = 0.02  # seconds between octets of an agent that sends them one by one
PROBE = SnmpProbe(timeout=0.1, retries=0)
LONGEST_POLL = 2.0  # seconds
MOST_MEMORY = 96 << 20  # octets that the whole of it may take
MOST_CPU = 0.02  # seconds for a datagram, on a machine that does much else


class Liar:
    """Makes an honest reply hostile, and counts what it sends by kind."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.sent: Counter[str] = Counter()
        self.send: Callable[[bytes, Any], None] = lambda _data, _to: None
        self.stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.stranger.bind((STRANGER, 0))

    def answer(self, datagram: bytes, request: Request, request_id: int, to: Any) -> None:
        """Send what a liar says instead of `datagram`."""
        kind = self.chance.choice(
            (
                "truth",
                "mutated",
                "mutated",
                "mutated",
                "wrong id",
                "spoofed",
                "drip",
                "rubbish",
                "loop",
                "endless",
                "long",
            )
        )
        self.sent[kind] += 1
        getattr(self, "_" + kind.replace(" ", "_"))(datagram, request, request_id, to)

    def _truth(self, datagram: bytes, _request: Request, _id: int, to: Any) -> None:
        self.send(datagram, to)

    def _mutated(self, datagram: bytes, _request: Request, _id: int, to: Any) -> None:
        data = bytearray(datagram)
        for _ in range(self.chance.randrange(1, 4)):
            if data:
                self.chance.choice(MUTATIONS)(data, self.chance)
        self.send(bytes(data[:60_000]), to)

    def _wrong_id(self, datagram: bytes, _request: Request, request_id: int, to: Any) -> None:
        octets = request_id.to_bytes(4, "big")
        self.send(datagram.replace(octets, self.chance.randbytes(4), 1), to)

    def _spoofed(self, datagram: bytes, _request: Request, _id: int, to: Any) -> None:
        self.stranger.sendto(datagram, to)

    def _drip(self, datagram: bytes, _request: Request, _id: int, to: Any) -> None:
        loop = asyncio.get_running_loop()
        for place, octet in enumerate(datagram[:5]):
            loop.call_later(DRIP * place, self.send, bytes((octet,)), to)  # those after the end are lost

    def _rubbish(self, _datagram: bytes, _request: Request, _id: int, to: Any) -> None:
        self.send(self.chance.randbytes(self.chance.randrange(0, 400)), to)

    def _loop(self, _datagram: bytes, request: Request, request_id: int, to: Any) -> None:
        """Say again and again what was asked for, as if it came after it."""
        self.send(encode_response(request_id, [(oid, ber.INTEGER, 1) for oid in request.oids]), to)

    def _endless(self, _datagram: bytes, request: Request, request_id: int, to: Any) -> None:
        """Have one more row behind every row."""
        found: list[Varbind] = []
        for row in range(request.repetitions or 1):
            found += [(oid + encode_arcs((row + 1,) if row else (1, 1)), ber.INTEGER, 1) for oid in request.oids]
        self.send(encode_response(request_id, found[: 25 * 4]), to)

    def _long(self, _datagram: bytes, request: Request, request_id: int, to: Any) -> None:
        """Answer with names and values of thousands of octets, or deeper than anything can nest."""
        value = self.chance.choice((b"\x30\x80" * 8000, b"x" * 16_000, b"\x30\x82\x3e\x80" * 4000))
        name = self.chance.choice((request.oids[0], b"\xff" * 4000, request.oids[0] + b"\x01" * 4000))
        tag = self.chance.choice((ber.OCTET_STRING, ber.OBJECT_IDENTIFIER, ber.INTEGER, ber.SEQUENCE, ber.OPAQUE))
        self.send(encode_response(request_id, [(name, tag, value)]), to)


class LyingAgent(FakeAgent):
    """An agent of version 1 or 2c whose replies a liar makes hostile."""

    liar: Liar

    def datagram_received(self, data: bytes, addr: Any) -> None:
        request, request_id = decode_request(data)
        for datagram in self.reply(request, request_id):
            self.liar.answer(datagram, request, request_id, addr)


def lying(liar: Liar, version: str) -> Reply:
    """Return honest replies for a liar to spoil; version 1 has no GETBULK."""
    agent = Agent(ROUTER, version=1 if version == "2c" else 0)
    honestly = honest(agent)

    def reply(request: Request, request_id: int) -> list[bytes]:
        assert version == "2c" or request.kind is not Kind.GET_BULK
        return honestly(request, request_id)

    return reply


async def besiege(liar: Liar, poll: Callable[[], Any], datagrams: int) -> Counter[str]:
    """Poll the liar, many at once, until it has sent so many datagrams; return how the polls ended."""
    outcomes: Counter[str] = Counter()

    async def work() -> None:
        while liar.sent.total() < datagrams:
            reading: Reading = await poll()
            assert plausible(reading)
            assert reading.system is not None or reading.failures
            assert not reading.mistakes
            outcomes["read"] += reading.system is not None
            outcomes.update(map(str, reading.failures))

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return outcomes


def sender(transport: asyncio.DatagramTransport) -> Callable[[bytes, Any], None]:
    """Return how to send while the transport is open."""

    def send(data: bytes, to: Any) -> None:
        if not transport.is_closing():
            transport.sendto(data, to)

    return send


def memory() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize()


@pytest.mark.parametrize("version", ["2c", "1"])
def test_every_poll_of_a_liar_ends_with_a_counted_reason(version: str) -> None:
    async def siege() -> None:
        liar = Liar(seed=1)
        agent = await LyingAgent.start(lying(liar, version))
        assert isinstance(agent, LyingAgent)
        assert agent.transport is not None
        agent.liar, liar.send = liar, sender(agent.transport)
        sockets = KernelSockets()
        transport = Transport(sockets)
        auth = SnmpAuth("a", version, community=SecretRef(env="C"))
        probe = replace(PROBE, port=agent.source[1])
        access = access_to(HOST, probe, secret_of(auth, lambda _ref: "public"), sockets, transport)
        loop = asyncio.get_running_loop()
        before, worked = memory(), time.process_time()
        try:
            outcomes = await besiege(
                liar, lambda: read_device(access.reader(loop.time() + LONGEST_POLL), Habits()), DATAGRAMS
            )
        finally:
            transport.close()
            agent.close()
            liar.stranger.close()
        counts = transport.counts
        report(f"version {version}", liar, outcomes, counts.ignored, time.process_time() - worked, memory() - before)
        assert counts.responses + counts.timeouts == counts.requests, "every question ended, one way or the other"
        assert counts.ignored["unexpected-source"] >= 0.9 * liar.sent["spoofed"] > 0
        assert counts.ignored["unmatched"] > 0
        assert counts.ignored["malformed"] > liar.sent["rubbish"] > 0
        assert {Failure.MALFORMED, Failure.LOOP} <= outcomes.keys()
        assert outcomes["read"] > 0
        assert_within_bounds(liar, outcomes, time.process_time() - worked, memory() - before)

    asyncio.run(siege())


class LyingSecureAgent(SecureFakeAgent):
    """An agent of version 3 whose every message, the discovery of its engine too, a liar makes hostile."""

    liar: Liar

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.transport = Spoiled(transport, self)  # type: ignore[assignment]


class Spoiled:
    """A transport that lies in the name of its agent."""

    def __init__(self, transport: asyncio.DatagramTransport, agent: LyingSecureAgent) -> None:
        self._transport = transport
        self._agent = agent

    def sendto(self, data: bytes, to: Any) -> None:
        request, request_id = self._agent.seen[-1] if self._agent.seen else (Request(Kind.GET, (b"\x2b",)), 1 << 30)
        self._agent.liar.send = sender(self._transport)
        if self._agent.liar.chance.random() < 0.5:
            self._agent.liar.sent["truth"] += 1
            self._transport.sendto(data, to)
        else:
            self._agent.liar.answer(data, request, request_id, to)

    def get_extra_info(self, name: str) -> Any:
        return self._transport.get_extra_info(name)

    def close(self) -> None:
        self._transport.close()


def test_every_poll_of_a_liar_ends_in_version_three(capfd: pytest.CaptureFixture[str]) -> None:
    async def siege() -> None:
        liar = Liar(seed=3)
        agent = await LyingSecureAgent.start(honest(Agent(ROUTER)))
        assert isinstance(agent, LyingSecureAgent)
        agent.liar = liar
        sockets = KernelSockets()
        transport = Transport(sockets)
        auth = SnmpAuth("a", "3", user="u")
        probe = replace(PROBE, port=agent.source[1], timeout=0.2)  # opening a session takes its time
        secret = secret_of(auth, lambda _ref: "")
        loop = asyncio.get_running_loop()
        before, worked = memory(), time.process_time()

        async def poll() -> Reading:
            access = access_to(HOST, probe, secret, sockets, transport)  # a session bears one poll at a time
            return await read_device(access.reader(loop.time() + LONGEST_POLL), Habits())

        try:
            outcomes = await besiege(liar, poll, DATAGRAMS // 3)
        finally:
            agent.close()
            liar.stranger.close()
        counts = transport.counts
        assert "panicked" not in capfd.readouterr().err
        with capfd.disabled():
            report("version 3", liar, outcomes, counts.ignored, time.process_time() - worked, memory() - before)
        assert counts.ignored["malformed"] > 0
        assert outcomes["read"] > 0
        assert Failure.TIMEOUT in outcomes
        assert_within_bounds(liar, outcomes, time.process_time() - worked, memory() - before)

    asyncio.run(siege())


def report(what: str, liar: Liar, outcomes: Counter[str], ignored: Counter[str], cpu: float, grown: int) -> None:
    """Print what became of it; shown with -s."""
    print(f"\n{what}: {liar.sent.total()} datagrams {dict(liar.sent)}")  # noqa: T201
    print(f"polls ended: {dict(outcomes)}; ignored: {dict(ignored)}")  # noqa: T201
    print(f"{cpu:.1f} s of CPU, {cpu / liar.sent.total() * 1e3:.2f} ms each; {grown / 1e6:.1f} MB more")  # noqa: T201


def assert_within_bounds(liar: Liar, outcomes: Counter[str], cpu: float, grown: int) -> None:
    assert Failure.INTERNAL not in outcomes
    assert grown < MOST_MEMORY
    assert cpu / liar.sent.total() < MOST_CPU
