"""SNMPv3: one session with one agent, asked as the transport of versions 1 and 2c is asked.

What gufo-snmp hides is found out here: errors told from ends of tables, wrong passwords from silence, and clocks that
went stale.
"""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

from gufo.snmp import NoSuchInstance, ValueType
from gufo.snmp._fast import GetIter

from netmon.errors import CannotError
from netmon.probes.snmp.ber import (
    END_OF_MIB_VIEW,
    INTEGER,
    IP_ADDRESS,
    NO_SUCH_INSTANCE,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    IpAddress,
    Malformed,
    Oid,
    Varbind,
    encode_arcs,
    oid,
    oid_text,
)
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import ErrorStatus, Kind, Request, Response
from netmon.probes.snmp.secure_channel import SecureAgent, SecureChannel
from netmon.probes.snmp.transport import Counts
from netmon.probes.snmp.walk import Answer
from netmon.probes.sockets import Sockets

log = logging.getLogger(__name__)

T = TypeVar("T")

FRESH: Final = 150.0  # seconds; what is known of an agent's clock is believed this long (RFC 3414 §2.2.3)
_PERHAPS_STALE: Final = frozenset({Failure.AUTHENTICATION, Failure.TIMEOUT, Failure.MALFORMED})
_OTHER_DESCRIPTORS: Final = 256  # for everything that is not a session


class SecureSession:
    """What is open towards one agent: its engine, its clock, our keys.

    One question at a time: a poll owns its session. A session that failed is closed and opened anew by the next
    question, as is one that was silent for longer than `FRESH`. An agent that started anew refuses or ignores what
    fits its old clock: where an open session gets no answer, the repetition begins with a new one.
    """

    def __init__(self, sockets: Sockets, agent: SecureAgent, counts: Counts) -> None:
        self.agent = agent
        self._sockets = sockets
        self._counts = counts
        self._open: SecureChannel | None = None
        self._answered = False

    async def ask(self, request: Request, deadline: float) -> Answer:
        """Return the response or why there is none. GET_BULK and GET_NEXT take one column.

        `deadline` is on the loop's clock, in seconds.
        """
        self._close_when_old()
        was_open = self._answered
        answer = await self._ask(request, deadline)
        if was_open and isinstance(answer, Failure) and answer in _PERHAPS_STALE:
            self.close()
            answer = await self._ask(request, deadline)
        return self._concluded(answer)

    async def ask_once(self, request: Request, deadline: float, patience: float) -> Answer:
        """Return the response to a GET that is sent once and waited for `patience` seconds.

        A reply without any value is `TRUNCATED`: to find out what it means takes another question.
        """
        self._close_when_old()
        opened = self._open or await self._begin(deadline)
        if isinstance(opened, Failure):
            return self._concluded(opened)
        self._open = opened
        names = [_dotted(name) for name in request.oids]
        gufo = opened.gufo
        found = await opened.exchange(
            lambda: gufo.send_get_many(names), gufo.recv_get_many, deadline, attempts=1, wait=patience
        )
        if isinstance(found, Failure):
            return self._concluded(found)
        return self._concluded(_response(request, found) if found else Failure.TRUNCATED)

    def _close_when_old(self) -> None:
        if self._open is not None and asyncio.get_running_loop().time() - self._open.heard > FRESH:
            self.close()

    def _concluded(self, answer: Answer) -> Answer:
        if isinstance(answer, Failure):
            self.close()
        else:
            self._answered = True
        return answer

    def close(self) -> None:
        """Forget the agent; the descriptor is closed."""
        self._open = None
        self._answered = False

    async def _ask(self, request: Request, deadline: float) -> Answer:
        """Return the response or why there is none; an error of the agent is a response that carries it."""
        opened = self._open or await self._begin(deadline)
        if isinstance(opened, Failure):
            return opened
        self._open = opened
        gufo = opened.gufo
        names = [_dotted(name) for name in request.oids]
        most = 1 if request.kind is Kind.GET_NEXT else request.repetitions

        def send() -> None:
            if request.kind is Kind.GET:
                gufo.send_get_many(names)
            else:
                gufo.send_get_bulk(GetIter(names[0], most))

        found = await self._exchange(opened, send, gufo.recv_get_many, deadline)
        size = len(names) if request.kind is Kind.GET else most
        if found is Failure.TOO_BIG and size > 1:
            return Response(0, ErrorStatus.TOO_BIG, 0, [])
        if isinstance(found, Failure):
            return found
        return _response(request, found) if found else await self._nothing(opened, request, names[0], size, deadline)

    async def _nothing(
        self, opened: SecureChannel, request: Request, name: str, size: int, deadline: float
    ) -> Response | Failure:
        """Say what an empty reply means: the agent has no such thing, or an error that gufo-snmp does not show.

        Its plain GET tells them apart for one binding: nothing after an error, an exception after the end.
        """
        if request.kind is Kind.GET and size > 1:
            return Response(0, ErrorStatus.TOO_BIG, 0, [])  # halved until one is left

        def send() -> None:
            if request.kind is Kind.GET:
                opened.gufo.send_get(name)
            else:
                opened.gufo.send_get_bulk(GetIter(name, 1))

        def receive() -> bool:
            try:
                opened.gufo.recv_get()
            except NoSuchInstance:
                return True
            return False

        is_end = await self._exchange(opened, send, receive, deadline)
        if isinstance(is_end, Failure):
            return is_end
        if is_end:
            tag = NO_SUCH_INSTANCE if request.kind is Kind.GET else END_OF_MIB_VIEW
            return Response(0, ErrorStatus.NO_ERROR, 0, [(request.oids[0], tag, None)])
        # tooBig and genErr look alike; fewer rows at a time help against the one and narrow down the other.
        return Response(0, ErrorStatus.TOO_BIG if size > 1 else ErrorStatus.GEN_ERR, 0, [])

    async def _begin(self, deadline: float) -> SecureChannel | Failure:
        """Find the agent's engine and its clock (RFC 3414 §4); the latter proves our keys where there are any."""
        opened = await self._discover(deadline)
        if isinstance(opened, Failure):
            return opened
        gufo, user = opened.gufo, self.agent.user
        gufo.set_keys(user.name, user.get_auth_alg(), user.get_auth_key(), user.get_priv_alg(), user.get_priv_key())
        if not user.require_auth():
            return opened
        failure = await self._exchange(opened, gufo.send_refresh, gufo.recv_refresh, deadline)
        if failure is None:
            return opened
        if failure in (Failure.TIMEOUT, Failure.MALFORMED) and user.priv_key is not None:
            # An agent drops without a word what it cannot decrypt. It still answers what is not encrypted.
            again = await self._discover(deadline)
            return Failure.PRIVACY if isinstance(again, SecureChannel) else failure
        return failure

    async def _discover(self, deadline: float) -> SecureChannel | Failure:
        try:
            opened = SecureChannel(self._sockets, self.agent, self._counts)
        except (OSError, CannotError):
            self._counts.send_failures += 1
            return Failure.SEND
        failure = await self._exchange(opened, opened.gufo.send_refresh, opened.gufo.recv_refresh, deadline)
        return opened if failure is None else failure

    async def _exchange(
        self, opened: SecureChannel, send: Callable[[], None], receive: Callable[[], T], deadline: float
    ) -> T | Failure:
        """Exchange; an open session gets one attempt, because the repetition is to begin with a new one."""
        attempts = 1 if self._answered else self.agent.retries + 1
        return await opened.exchange(send, receive, deadline, attempts=attempts, wait=self.agent.timeout)


def allow_sessions(count: int) -> None:
    """Let this process have a descriptor for each of so many sessions; log it where the hard limit is too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + _OTHER_DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < needed:
        log.warning("%d SNMPv3 devices need as many open files, but the limit is %d: raise LimitNOFILE", count, hard)


_dotted = lru_cache(maxsize=4096)(oid_text)
_column = lru_cache(maxsize=4096)(oid)


def _encoded(name: str) -> bytes:
    """Encode an identifier; most differ from one that was seen before in their last number alone."""
    column, _, last = name.rpartition(".")
    return _column(column) + encode_arcs((int(last),))


def _response(request: Request, found: Mapping[str, ValueType]) -> Answer:
    """Return the bindings of a reply as a response; those of a GET in the order asked, for what is missing too."""
    try:
        varbinds = [_varbind(name, value) for name, value in found.items()]
    except (ValueError, Malformed):
        return Failure.MALFORMED
    if request.kind is Kind.GET:
        by_name = {varbind[0]: varbind for varbind in varbinds}
        varbinds = [by_name.get(name, (name, NO_SUCH_INSTANCE, None)) for name in request.oids]
    return Response(0, ErrorStatus.NO_ERROR, 0, varbinds)


def _varbind(name: str, value: ValueType) -> Varbind:
    """Return a binding as the codec of versions 1 and 2c gives it, but for the kinds of unsigned numbers."""
    encoded = _encoded(name)
    if isinstance(value, int):
        return encoded, INTEGER, value
    if isinstance(value, bytes):
        return encoded, OCTET_STRING, value
    if isinstance(value, str):  # addresses and identifiers look alike; none of four small numbers is ever a value
        parts = value.split(".")
        if len(parts) == 4 and all(int(part) < 256 for part in parts):
            return encoded, IP_ADDRESS, IpAddress(int(part) for part in parts)
        return encoded, OBJECT_IDENTIFIER, Oid(oid(value))
    return encoded, NULL, None
