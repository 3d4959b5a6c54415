"""SNMPv3 against a real snmpd, and against an agent that does what gufo-snmp hides or cannot bear."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TypeVar

import pytest

from netmon.model import SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.snmp import secure
from netmon.probes.snmp.access import Access, access_to, secret_of
from netmon.probes.snmp.ber import END_OF_MIB_VIEW, NULL, OCTET_STRING, Value, Varbind, encode_arcs
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.inquiry import Reader
from netmon.probes.snmp.pdu import ErrorStatus, Kind, Request
from netmon.probes.snmp.reading import Reading
from netmon.probes.snmp.transport import Transport
from netmon.probes.snmp.users import AUTHENTICATION, PRIVACY
from netmon.probes.snmp.walk import Walked
from netmon.probes.sockets import KernelSockets, Protocols
from netmon.probes.vendors import interfaces, system
from tests.lab.secure_agent import SecureFakeAgent
from tests.lab.secure_names import NAMES_AT_NET_SNMP
from tests.lab.snmp_agents import HOST, Reply, honest, snmpd
from tests.lab.snmp_watch import Watch, inventory, watch
from tests.unit.probes.snmp.agents import Agent, encode_response, table

pytestmark = pytest.mark.lab

T = TypeVar("T")

SECRETS = {"AUTH": "kata-sandi-satu", "PRIV": "kata-sandi-dua", "OTHER": "kata-sandi-lain"}
PAIRS = list(product(AUTHENTICATION, (None, *PRIVACY)))
COLUMN = interfaces.COLUMNS[1]


def auth(
    auth_protocol: str | None = None,
    priv_protocol: str | None = None,
    *,
    user: str | None = None,
    first: str = "AUTH",
    second: str = "PRIV",
) -> SnmpAuth:
    return SnmpAuth(
        "field",
        "3",
        user=user or f"{auth_protocol}-{priv_protocol}",
        auth_protocol=auth_protocol,
        auth_password=SecretRef(env=first) if auth_protocol else None,
        priv_protocol=priv_protocol,
        priv_password=SecretRef(env=second) if priv_protocol else None,
    )


def users() -> list[str]:
    """Return the lines of snmpd.conf for a user of every pair of protocols and one without."""
    lines = ["createUser None-None", "rouser None-None noauth"]
    for authentication, privacy in PAIRS:
        words = f"createUser {authentication}-{privacy} {NAMES_AT_NET_SNMP[authentication]} {SECRETS['AUTH']}"
        if privacy is not None:
            words += f" {NAMES_AT_NET_SNMP[privacy]} {SECRETS['PRIV']}"
        lines += [words, f"rouser {authentication}-{privacy} {'auth' if privacy is None else 'priv'}"]
    return lines


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd(tmp_path_factory.mktemp("agent"), settings=users()) as port:
        yield port


def revealed(ref: SecretRef) -> str:
    return SECRETS[ref.env or ""]


class Seam(KernelSockets):
    """The kernel's network behind other addresses; counts the sockets it gives."""

    def __init__(self) -> None:
        self.opened = 0

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        self.opened += 1
        return super().udp(family)

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:
        assert (protocol, address) == ("udp", "198.18.0.1")
        return HOST, port


def using(
    port: int, credentials: SnmpAuth, job: Callable[[Access], Awaitable[T]], probe: SnmpProbe | None = None
) -> T:
    """Do something with a way to the agent at a port of loopback."""

    async def run() -> T:
        seam = Seam()
        settings = probe or SnmpProbe(port=port, timeout=5.0, retries=2)
        secret = secret_of(credentials, revealed)
        access = access_to("198.18.0.1", settings, secret, seam, Transport(seam))
        found = await job(access)
        assert seam.opened > 0
        return found

    return asyncio.run(run())


def reader(access: Access) -> Reader:
    return access.reader(asyncio.get_running_loop().time() + 20.0)


async def whole(access: Access) -> Reading:
    return await read_device(reader(access), Habits())


@pytest.mark.parametrize("authentication", [None, *AUTHENTICATION])
def test_every_pair_of_protocols_reads_a_real_agent(agent: int, authentication: str | None) -> None:
    for privacy in (None, *PRIVACY) if authentication else (None,):
        reading = using(agent, auth(authentication, privacy), whole)
        assert reading.failures == (), (authentication, privacy)
        assert reading.system is not None
        assert (reading.system.name, reading.system.vendor) == ("rtr-real", "net-snmp")
        loopback = next(row for row in reading.interfaces if row.name == "lo")
        assert (loopback.index, loopback.oper_up, loopback.counter_bits) == (socket.if_nametoindex("lo"), True, 64)


@pytest.mark.parametrize(
    ("credentials", "failure"),
    [
        (auth("sha256", "aes128", first="OTHER"), Failure.AUTHENTICATION),
        (auth("sha256", first="OTHER"), Failure.AUTHENTICATION),
        (auth("sha512", user="sha256-None"), Failure.AUTHENTICATION),
        (auth("sha256", "aes128", user="nobody"), Failure.AUTHENTICATION),
        (auth(user="nobody"), Failure.AUTHENTICATION),
        (auth("sha256", user="sha256-aes128"), Failure.AUTHENTICATION),  # too low a level
        (auth("sha256", "aes128", user="sha256-None"), Failure.AUTHENTICATION),  # a higher one than the user has
        (auth("sha256", "aes128", second="OTHER"), Failure.PRIVACY),
        (auth("sha256", "aes256", user="sha256-aes128"), Failure.PRIVACY),
    ],
)
def test_refused_credentials_say_so(agent: int, credentials: SnmpAuth, failure: Failure) -> None:
    probe = SnmpProbe(port=agent, timeout=2.0, retries=0)
    assert using(agent, credentials, whole, probe).failures == (failure,)


def test_nobody_there_is_a_timeout_and_not_a_wrong_password() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind((HOST, 0))
        port = mute.getsockname()[1]
        probe = SnmpProbe(port=port, timeout=0.05, retries=1)
        assert using(port, auth("sha256", "aes128"), whole, probe).failures == (Failure.TIMEOUT,)
    probe = SnmpProbe(port=port, timeout=0.05, retries=1)  # now it refuses
    assert using(port, auth("sha256", "aes128"), whole, probe).failures == (Failure.TIMEOUT,)


def test_an_agent_that_started_anew_is_read_at_once(tmp_path: Path) -> None:
    probe = SnmpProbe(interval=60.0, auth="field", timeout=2.0, retries=2)
    port = 0
    drawn = auth("sha256", "aes128")

    async def scenario(watching: Watch) -> None:
        nonlocal port
        for _ in range(2):
            with snmpd(tmp_path / "agent", settings=users(), port=port or None) as port:
                if not watching.poller.measurements().polls:
                    watching.poller.set_inventory(inventory({"rtr": port}, probe, field=drawn))
                watching.poller.poll_now(["rtr"])
                poll = (await watching.polled("rtr"))["rtr"]
                assert (poll.failure, poll.ok, bool(poll.interfaces)) == (None, True, True)

    watch(inventory({}), scenario, reveal=revealed)


def test_a_session_is_opened_anew_when_its_clock_is_old(agent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def twice(access: Access) -> list[int]:
        sent = []
        for fresh in (secure.FRESH, secure.FRESH, 0.0):
            monkeypatch.setattr(secure, "FRESH", fresh)
            before = asks(access)
            assert (await reader(access).get([system.NAME])).values == {system.NAME: b"rtr-real"}
            sent.append(asks(access) - before)
        return sent

    def asks(access: Access) -> int:
        session = access.ask.__self__  # type: ignore[attr-defined]
        return int(session._counts.requests)

    assert using(agent, auth("sha256", "aes128"), twice) == [3, 1, 3]


def test_secrets_that_cannot_be_used_say_so_and_are_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    drawn = inventory({"rtr": 9}, field=auth("sha256", "aes128", second="COMMUNITY"))

    async def scenario(watching: Watch) -> None:
        poll = (await watching.polled("rtr"))["rtr"]
        assert poll.failure is Failure.CREDENTIALS
        watching.poller.poll_now(["rtr"])
        await watching.polled("rtr")

    def short(ref: SecretRef) -> str:
        return "tujuh77" if ref.env == "COMMUNITY" else revealed(ref)

    with caplog.at_level(logging.DEBUG):
        watch(drawn, scenario, reveal=short)
    assert caplog.text.count("env COMMUNITY is shorter than 8 characters") == 1
    assert "tujuh77" not in caplog.text
    secret = secret_of(auth("sha256", "aes128"), revealed)
    assert "kata" not in repr(secret)


# -- what gufo-snmp does not show, or cannot bear ---------------------------------------------------------------


def facing(
    reply: Reply, job: Callable[[Access, SecureFakeAgent], Awaitable[T]], *, timeout: float = 5.0, retries: int = 2
) -> T:
    """Do something with a way to a fake agent."""

    async def run() -> T:
        fake = await SecureFakeAgent.start(reply)
        assert isinstance(fake, SecureFakeAgent)
        seam = Seam()
        probe = SnmpProbe(port=fake.source[1], timeout=timeout, retries=retries)
        access = access_to("198.18.0.1", probe, secret_of(auth(), revealed), seam, Transport(seam))
        try:
            return await job(access, fake)
        finally:
            fake.close()

    return asyncio.run(run())


def rows(count: int, value: Value = b"sfp", column: bytes = COLUMN) -> dict[bytes, Value]:
    return table({column: {(i,): value for i in range(1, count + 1)}})


async def column(access: Access, _fake: SecureFakeAgent) -> Walked:
    return await reader(access).walk([COLUMN], 8, 25)


def failing(status: ErrorStatus) -> Reply:
    return lambda request, id_: [encode_response(id_, [(request.oids[0], NULL, None)], status, 1)]


def test_a_table_at_the_end_of_everything_is_whole() -> None:
    walked = facing(honest(Agent(rows(60))), column)
    assert (len(walked.table[COLUMN]), walked.failure) == (60, None)


def test_a_table_that_is_not_there_is_no_error() -> None:
    walked = facing(honest(Agent({system.NAME: b"x"})), column)
    assert (walked.table, walked.failure) == ({COLUMN: {}}, None)


@pytest.mark.parametrize("status", [ErrorStatus.GEN_ERR, ErrorStatus.TOO_BIG])
def test_an_agent_that_answers_errors_is_not_an_empty_table(status: ErrorStatus) -> None:
    assert facing(failing(status), column).failure is Failure.ERROR_STATUS

    async def scalars(access: Access, _fake: SecureFakeAgent) -> Failure | None:
        return (await reader(access).get([system.NAME, system.UPTIME])).failure

    assert facing(failing(status), scalars) is Failure.ERROR_STATUS


def test_an_error_in_the_middle_keeps_the_rows_before_it() -> None:
    agent = honest(Agent(rows(40)))

    def reply(request: Request, id_: int) -> list[bytes]:
        if request.kind is Kind.GET_BULK and request.oids[0] >= COLUMN + encode_arcs((25,)):
            return failing(ErrorStatus.GEN_ERR)(request, id_)
        return agent(request, id_)

    walked = facing(reply, column)
    assert walked.failure is Failure.ERROR_STATUS
    assert 25 <= len(walked.table[COLUMN]) < 40


def test_values_that_are_not_there_are_absent() -> None:
    async def scalars(access: Access, _fake: SecureFakeAgent) -> tuple[object, ...]:
        some = await reader(access).get([system.NAME, system.UPTIME, system.OBJECT_ID])
        none = await reader(access).get([system.UPTIME])
        return some.values, some.failure, none.values, none.failure

    assert facing(honest(Agent({system.NAME: b"x"})), scalars) == ({system.NAME: b"x"}, None, {}, None)


def test_rows_too_long_for_one_reply_are_read_fewer_at_a_time() -> None:
    walked = facing(honest(Agent(rows(60, b"x" * 255))), column)
    assert (len(walked.table[COLUMN]), walked.failure) == (60, None)
    assert walked.repetitions < 25


def test_rubbish_before_the_answer_does_not_hide_it() -> None:
    async def after_rubbish(access: Access, fake: SecureFakeAgent) -> Walked:
        fake.raw = (b"\x30\x03\x02\x01\x03", b"\x00", b"", b"\x30\x84\xff\xff\xff")
        return await column(access, fake)

    walked = facing(honest(Agent(rows(5))), after_rubbish)
    assert len(walked.table[COLUMN]) == 5


def test_what_got_lost_is_asked_again() -> None:
    async def lossy(access: Access, fake: SecureFakeAgent) -> Walked:
        fake.silent = 1
        return await column(access, fake)

    assert len(facing(honest(Agent(rows(5))), lossy, timeout=0.5).table[COLUMN]) == 5


def test_what_may_be_asked_once_is_sent_once() -> None:
    async def once(access: Access, fake: SecureFakeAgent) -> list[object]:
        found: list[object] = []
        for silent in (0, 1):
            asking = access.reader(asyncio.get_running_loop().time() + (20.0 if not silent else 0.5))
            fake.seen.clear()
            fake.silent = silent
            scalars = await asking.get_once([system.NAME, system.UPTIME])
            found.append((dict(scalars.values), scalars.failure, len(fake.seen)))
        return found

    expected = [({system.NAME: b"x"}, None, 1), ({}, Failure.TIMEOUT, 1)]
    assert facing(honest(Agent({system.NAME: b"x"})), once, timeout=5.0) == expected
    assert facing(honest(Agent({})), once, timeout=5.0)[0] == ({}, Failure.TRUNCATED, 1)


def test_an_endless_table_and_one_that_loops_end() -> None:
    def endless(request: Request, id_: int) -> list[bytes]:
        at = int.from_bytes(request.oids[0][len(COLUMN) + 1 :] or b"\x00", "big")
        found: list[Varbind] = [
            (COLUMN + b"\x01" + (at + step).to_bytes(4, "big"), OCTET_STRING, b"x")
            for step in range(0x01010101, 0x01010101 + request.repetitions)
        ]
        return [encode_response(id_, found)]

    def looping(request: Request, id_: int) -> list[bytes]:
        return [encode_response(id_, [(COLUMN + bytes((arc,)), OCTET_STRING, b"x") for arc in (5, 6, 4)])]

    assert facing(looping, column).failure is Failure.LOOP
    assert facing(endless, column).failure in (Failure.ENDLESS, Failure.BUDGET, Failure.LOOP)


def test_the_end_of_one_column_is_not_that_of_the_others() -> None:
    """Columns are asked one at a time, and what is wrong with one costs that one alone."""
    other = interfaces.COLUMNS[2]
    agent = honest(Agent(rows(3) | rows(3, 1, other)))

    def reply(request: Request, id_: int) -> list[bytes]:
        if request.oids[0].startswith(COLUMN):
            return [encode_response(id_, [(COLUMN, END_OF_MIB_VIEW, None)] * request.repetitions)]
        return agent(request, id_)

    async def both(access: Access, _fake: SecureFakeAgent) -> Walked:
        return await reader(access).walk([COLUMN, other], 8, 25)

    walked = facing(reply, both)
    assert (walked.table[COLUMN], len(walked.table[other]), walked.failure) == ({}, 3, None)


def test_descriptors_do_not_pile_up() -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def many(access: Access, fake: SecureFakeAgent) -> Sequence[int]:
        counts = []
        for _ in range(30):
            fake.silent = 3
            await column(access, fake)
            counts.append(descriptors())
        return counts

    counts = facing(honest(Agent(rows(5))), many, timeout=0.01, retries=0)
    assert max(counts) - min(counts) <= 2
