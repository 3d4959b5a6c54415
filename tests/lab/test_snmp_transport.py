"""The SNMP sockets on loopback: matching, repeating, expiring, and what strangers send."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import pytest

from netmon.probes.snmp.ber import Value, oid
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import Kind, Request, Response
from netmon.probes.snmp.transport import Agent, Transport, canonical
from netmon.probes.sockets import KernelSockets
from tests.lab.snmp_agents import FakeAgent, Reply, honest
from tests.requires import require
from tests.unit.probes.snmp.agents import Agent as Variables
from tests.unit.probes.snmp.agents import encode_response

pytestmark = pytest.mark.lab

NAME = oid("1.3.6.1.2.1.1.5.0")
REQUEST = Request(Kind.GET, (NAME,))
ROUTER: dict[bytes, Value] = {NAME: b"rtr"}
PATIENCE = 10.0  # seconds for what takes milliseconds on a good day


def run(
    reply: Reply, scenario: Callable[[Transport, FakeAgent, Agent], Awaitable[None]], timeout: float = 0.05
) -> None:
    """Play a scenario with one fake agent and one transport."""

    async def play() -> None:
        fake = await FakeAgent.start(reply)
        transport = Transport(KernelSockets())
        try:
            await scenario(transport, fake, Agent(fake.source, 1, b"public", timeout=timeout, retries=2))
        finally:
            transport.close()
            fake.close()

    asyncio.run(play())


def soon(seconds: float = 10.0) -> float:
    return asyncio.get_running_loop().time() + seconds


def silent(_request: Request, _request_id: int) -> list[bytes]:
    return []


def answer(request_id: int, value: bytes = b"rtr") -> bytes:
    return encode_response(request_id, [(NAME, 4, value)])


def test_a_question_is_answered() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        response = await transport.ask(agent, REQUEST, soon())
        assert isinstance(response, Response)
        assert response.varbinds == [(NAME, 4, b"rtr")]
        counts = transport.counts
        assert (counts.requests, counts.retries, counts.responses, counts.timeouts) == (1, 0, 1, 0)
        assert counts.receive_buffer_bytes > 0

    run(honest(Variables(ROUTER)), scenario, timeout=5.0)


def test_silence_is_asked_again_with_the_same_id_and_then_a_timeout() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        started = time.monotonic()
        assert await transport.ask(agent, REQUEST, soon()) is Failure.TIMEOUT
        assert time.monotonic() - started >= 0.05 * (1 + 1.5 + 2.25) - 0.01
        assert len(fake.seen) == 3
        assert len({request_id for _, request_id in fake.seen}) == 1
        assert (transport.counts.retries, transport.counts.timeouts) == (2, 1)

    run(silent, scenario)


def test_a_late_answer_to_the_first_attempt_still_counts() -> None:
    held: list[int] = []

    def late(_request: Request, request_id: int) -> list[bytes]:
        held.append(request_id)
        return [answer(held[0])] if len(held) == 2 else []

    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        assert isinstance(await transport.ask(agent, REQUEST, soon()), Response)

    run(late, scenario, timeout=0.3)


def test_the_deadline_ends_the_attempts() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        started = time.monotonic()
        assert await transport.ask(agent, REQUEST, soon(0.1)) is Failure.TIMEOUT
        assert time.monotonic() - started < 30
        assert await transport.ask(agent, REQUEST, soon(-1)) is Failure.DEADLINE
        assert (transport.counts.requests, transport.counts.timeouts) == (1, 1), "what was never asked is no timeout"
        assert len(fake.seen) == 1

    run(silent, scenario, timeout=30.0)


def test_answers_with_another_id_are_ignored() -> None:
    def wrong(_request: Request, request_id: int) -> list[bytes]:
        return [answer(request_id ^ 1, b"evil"), answer(request_id)]

    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        response = await transport.ask(agent, REQUEST, soon())
        assert isinstance(response, Response)
        assert response.varbinds[0][2] == b"rtr"
        assert transport.counts.ignored == {"unmatched": 1}

    run(wrong, scenario, timeout=5.0)


def test_answers_from_another_address_or_port_are_ignored() -> None:
    """A spoofer that even knows the id is not believed."""

    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        asking = asyncio.create_task(transport.ask(agent, REQUEST, soon()))
        async with asyncio.timeout(60):
            while not fake.seen:
                await asyncio.sleep(0)
        mine = next(iter(transport._open.values())).getsockname()[1]
        request_id = fake.seen[0][1]
        for address in ("127.0.0.1", "127.0.0.2"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.bind((address, 0))
                stranger.sendto(answer(request_id, b"evil"), ("127.0.0.1", mine))
        assert await asking is Failure.TIMEOUT
        assert transport.counts.ignored == {"unexpected-source": 2}
        assert transport.counts.responses == 0

    run(silent, scenario)


def test_rubbish_is_a_reason_of_its_own_and_does_not_hide_the_answer() -> None:
    def rubbish(_request: Request, request_id: int) -> list[bytes]:
        return [b"\x00", b"\x30\x84\xff\xff\xff\xff", answer(request_id)[:-1], answer(request_id)]

    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        assert isinstance(await transport.ask(agent, REQUEST, soon()), Response)
        assert transport.counts.ignored == {"malformed": 3}

    run(rubbish, scenario, timeout=5.0)


def test_only_rubbish_is_malformed() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        assert await transport.ask(agent, REQUEST, soon()) is Failure.MALFORMED

    run(lambda _request, _request_id: [b"\x30\x80"], scenario)


def test_a_second_copy_of_the_answer_is_ignored() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        assert isinstance(await transport.ask(agent, REQUEST, soon()), Response)
        assert isinstance(await transport.ask(agent, REQUEST, soon()), Response)
        assert transport.counts.responses == 2
        assert sum(transport.counts.ignored.values()) >= 1

    run(lambda _request, request_id: [answer(request_id)] * 2, scenario, timeout=5.0)


def test_an_answer_that_waits_in_the_socket_is_not_late() -> None:
    """A loop that was busy past the timeout reads the socket before it gives up."""

    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        loop = asyncio.get_running_loop()
        asking = asyncio.create_task(transport.ask(agent, REQUEST, soon()))
        async with asyncio.timeout(60):
            while not fake.seen:
                await asyncio.sleep(0)
        (opened,) = transport._open.values()
        loop.remove_reader(opened.fileno())  # as if the reader's turn never came
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reply:
            fake.close()
            await asyncio.sleep(0)  # the port is free only after the loop has closed it
            reply.bind(agent.source)
            reply.sendto(answer(fake.seen[0][1]), ("127.0.0.1", opened.getsockname()[1]))
            assert isinstance(await asking, Response)

    run(silent, scenario, timeout=0.3)


def test_five_hundred_questions_in_flight_have_no_false_timeouts() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        answers = await asyncio.gather(*(transport.ask(agent, REQUEST, soon()) for _ in range(500)))
        assert all(isinstance(found, Response) for found in answers)
        assert transport.counts.timeouts == 0
        assert len(transport._open) == 1

    run(honest(Variables(ROUTER)), scenario, timeout=5.0)


def test_answers_of_several_agents_are_read_at_once_where_they_may_gather() -> None:
    async def play() -> None:
        agents = [await FakeAgent.start(honest(Variables(ROUTER))) for _ in range(5)]
        dead = await FakeAgent.start(silent)
        transport = Transport(KernelSockets(), gather=0.5)
        came_with: list[int] = []  # how many answers had been read when each question was done

        def ask(fake: FakeAgent) -> asyncio.Task[Response | Failure]:
            agent = Agent(fake.source, 1, b"public", timeout=60.0)
            asking = asyncio.create_task(transport.ask(agent, REQUEST, soon(60.0)))
            asking.add_done_callback(lambda _: came_with.append(transport.counts.responses))
            return asking

        waiting = ask(dead)
        try:
            async with asyncio.timeout(PATIENCE):
                for _ in range(2):  # the socket is listened to again after the first time
                    asking = []
                    for fake in agents:
                        asking.append(ask(fake))
                        await asyncio.sleep(0.002)  # the answers do not come all at once
                    assert all(isinstance(found, Response) for found in await asyncio.gather(*asking))
        finally:
            waiting.cancel()
            transport.close()
            for fake in (*agents, dead):
                fake.close()
        assert came_with == [5] * 5 + [10] * 5

    asyncio.run(play())


def test_an_answer_does_not_wait_where_no_other_is_awaited() -> None:
    async def play() -> None:
        fake = await FakeAgent.start(honest(Variables(ROUTER)))
        transport = Transport(KernelSockets(), gather=3600.0)
        try:
            async with asyncio.timeout(PATIENCE):
                agent = Agent(fake.source, 1, b"public", timeout=60.0)
                assert isinstance(await transport.ask(agent, REQUEST, soon(60.0)), Response)
        finally:
            transport.close()
            fake.close()

    asyncio.run(play())


def test_what_gathers_past_its_time_is_not_late() -> None:
    async def play() -> None:
        agents = [await FakeAgent.start(honest(Variables(ROUTER))) for _ in range(2)]
        transport = Transport(KernelSockets(), gather=3600.0)
        asked = [Agent(fake.source, 1, b"public", timeout=0.2, retries=0) for fake in agents]
        try:
            answers = await asyncio.gather(*(transport.ask(agent, REQUEST, soon()) for agent in asked))
            assert all(isinstance(found, Response) for found in answers)
        finally:
            transport.close()  # and with it ends the gathering
            for fake in agents:
                fake.close()

    asyncio.run(play())


def test_an_address_that_cannot_be_sent_to_is_a_send_failure() -> None:
    async def scenario(transport: Transport, fake: FakeAgent, agent: Agent) -> None:
        nowhere = Agent(("255.255.255.255", 161), 1, b"public")  # a broadcast, which the kernel forbids
        assert await transport.ask(nowhere, REQUEST, soon()) is Failure.SEND
        assert transport.counts.send_failures == 1

    run(silent, scenario)


def test_version_six_sources_match_however_they_are_written() -> None:
    async def scenario() -> None:
        fake = await FakeAgent.start(honest(Variables(ROUTER)), host="::1")
        transport = Transport(KernelSockets())
        agent = Agent((canonical("0:0:0:0:0:0:0:1"), fake.source[1]), 1, b"public", timeout=5.0)
        try:
            assert isinstance(await transport.ask(agent, REQUEST, soon()), Response)
        finally:
            transport.close()
            fake.close()

    require(has_version_six(), "this machine has no ::1")
    asyncio.run(scenario())


def has_version_six() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def test_a_community_is_never_shown() -> None:
    assert "secret" not in repr(Agent(("127.0.0.1", 161), 1, b"secret"))


@pytest.mark.parametrize(
    ("written", "kernel"),
    [
        ("198.18.0.1", "198.18.0.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:198.18.0.1", "::ffff:198.18.0.1"),
        ("fe80::0001%eth0", "fe80::1%eth0"),
    ],
)
def test_addresses_are_written_as_the_kernel_does(written: str, kernel: str) -> None:
    assert canonical(written) == kernel


@pytest.mark.parametrize("name", ["rtr.test", "", "1.2.3", "::g"])
def test_a_name_is_no_address(name: str) -> None:
    with pytest.raises(OSError, match=r".*"):
        canonical(name)
