"""One UDP socket per address family for all agents: sends requests, matches responses, repeats what got lost.

A response counts only when it comes from the address and port that were asked and carries the request id of the
question, 30 random bits. Everything else is counted by reason and dropped before it can cost anything. A repeated
request keeps its id, so that a late answer to the first one is still an answer.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from netmon.errors import CannotError
from netmon.probes.snmp.ber import Malformed
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import Request, Response, decode_response, encode_request
from netmon.probes.sockets import Sockets

RECEIVE_BUFFER = 4 << 20  # bytes; a burst of replies must fit between two turns of the loop
LARGEST_DATAGRAM = 65535
READS_PER_TURN = 256  # then the rest of the loop gets its turn
TURNS_BEFORE_EXPIRY = 64  # of reading; more than a receive buffer holds
BACK_OFF = 1.5  # each repetition waits this much longer than the one before
FIRST_ID = 1 << 30  # ids of exactly four octets
IDS_AT_ONCE = 256

Source = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Agent:
    """Whom to ask and how. `source` is the endpoint on the network in use; `timeout` is in seconds."""

    source: Source
    version: int
    community: bytes = field(repr=False)
    timeout: float = 2.0
    retries: int = 2

    @property
    def family(self) -> socket.AddressFamily:
        """The address family, from the form of the address."""
        return socket.AF_INET6 if ":" in self.source[0] else socket.AF_INET


@dataclass(slots=True)
class _Question:
    answer: asyncio.Future[Response | None]
    due: float = 0.0  # when the attempt under way has taken too long
    malformed: bool = False


@dataclass(slots=True)
class Counts:
    """What happened on the sockets since the start. `ignored` counts datagrams dropped, by reason."""

    requests: int = 0
    retries: int = 0
    responses: int = 0
    timeouts: int = 0
    send_failures: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    receive_buffer_bytes: int = 0


def canonical(address: str) -> str:
    """Return an IP address as the kernel writes it, so that sources compare as text; a zone is kept.

    Raises:
        OSError: not an IP address.
    """
    bare, percent, zone = address.partition("%")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    return socket.inet_ntop(family, socket.inet_pton(family, bare)) + percent + zone


class Transport:
    """Asks agents. Sockets are opened when first needed and closed by `close`.

    Args:
        sockets: where sockets come from.
        gather: seconds for which an answer waits for those of other agents, so that all are read at once.
    """

    def __init__(self, sockets: Sockets, *, gather: float = 0.0) -> None:
        self.counts = Counts()
        self._sockets = sockets
        self._open: dict[socket.AddressFamily, socket.socket] = {}
        self._waiting: dict[Source, dict[int, _Question]] = {}
        self._due: list[tuple[float, int, _Question]] = []  # a heap; those answered meanwhile are passed over
        self._order = count()
        self._ids: list[int] = []
        self._timer: asyncio.TimerHandle | None = None  # one for all: one each would cost more than the decoding
        self._gather = gather
        self._gathering: dict[int, asyncio.TimerHandle] = {}  # by descriptor; nobody listens to it meanwhile

    async def ask(self, agent: Agent, request: Request, deadline: float) -> Response | Failure:
        """Send one request, repeat it with back-off, and return the response or why there is none.

        `deadline` is on the loop's clock, in seconds.
        """
        loop = asyncio.get_running_loop()
        request_id = self._next_id()
        datagram = encode_request(agent.version, agent.community, request_id, request)
        question = _Question(loop.create_future())
        self._waiting.setdefault(agent.source, {})[request_id] = question
        wait = agent.timeout
        failure = Failure.DEADLINE  # until there was time for one attempt
        try:
            for attempt in range(agent.retries + 1):
                now = loop.time()
                if now >= deadline:
                    break
                if attempt:
                    self.counts.retries += 1
                else:
                    self.counts.requests += 1
                if not self._send(agent, datagram):
                    return Failure.SEND
                self._wait_until(min(now + wait, deadline), question)
                response = await question.answer
                if response is not None:
                    return response
                question.answer = loop.create_future()
                wait *= BACK_OFF
                failure = Failure.MALFORMED if question.malformed else Failure.TIMEOUT
        finally:
            self._forget(agent.source, request_id)
        self.counts.timeouts += failure is not Failure.DEADLINE
        return failure

    def close(self) -> None:
        """Close the sockets; questions still open are never answered."""
        for timer in (self._timer, *self._gathering.values()):
            if timer is not None:
                timer.cancel()
        self._gathering.clear()
        for opened in self._open.values():
            asyncio.get_running_loop().remove_reader(opened.fileno())
            opened.close()
        self._open.clear()

    def _next_id(self) -> int:
        """Return 30 bits that nobody can foretell, behind a leading one; many are drawn at a time."""
        if not self._ids:
            drawn = secrets.token_bytes(4 * IDS_AT_ONCE)
            self._ids = [FIRST_ID | number & FIRST_ID - 1 for (number,) in struct.iter_unpack("=I", drawn)]
        return self._ids.pop()

    def _send(self, agent: Agent, datagram: bytes) -> bool:
        """Send, or lose, one datagram; False when this machine cannot send to the agent at all."""
        try:
            self._socket(agent.family).sendto(datagram, agent.source)
        except BlockingIOError:  # a full send buffer is a lost datagram: the repetition makes up for it
            self.counts.send_failures += 1
        except (OSError, CannotError):  # the latter: a lab that has ended hands out no sockets
            self.counts.send_failures += 1
            return False
        return True

    def _socket(self, family: socket.AddressFamily) -> socket.socket:
        if family not in self._open:
            opened = self._sockets.udp(family)
            self.counts.receive_buffer_bytes = raise_receive_buffer(opened)
            asyncio.get_running_loop().add_reader(opened.fileno(), self._readable, opened)
            self._open[family] = opened
        return self._open[family]

    def _wait_until(self, due: float, question: _Question) -> None:
        """End an attempt at `due`, unless it is answered before."""
        question.due = due
        heappush(self._due, (due, next(self._order), question))
        if self._timer is None or due < self._timer.when():
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(self._due[0][0], self._expire) if self._due else None

    def _expire(self) -> None:
        """End the attempts that are due."""
        now = asyncio.get_running_loop().time()
        for opened in self._open.values():
            for _ in range(TURNS_BEFORE_EXPIRY):  # an answer that waits in the socket is not late: the loop was
                if not self._read(opened):
                    break
        while self._due and (self._due[0][0] <= now or self._due[0][2].answer.done()):
            due, _, question = heappop(self._due)
            if due == question.due and not question.answer.done():
                question.answer.set_result(None)
        self._set_timer()

    def _readable(self, opened: socket.socket) -> None:
        """Read what has arrived, at once where nobody else is awaited."""
        if not self._gather or len(self._waiting) < 2:
            self._read(opened)
            return
        loop, descriptor = asyncio.get_running_loop(), opened.fileno()
        loop.remove_reader(descriptor)
        self._gathering[descriptor] = loop.call_later(self._gather, self._read_gathered, opened)

    def _read_gathered(self, opened: socket.socket) -> None:
        del self._gathering[opened.fileno()]
        asyncio.get_running_loop().add_reader(opened.fileno(), self._readable, opened)
        self._read(opened)

    def _read(self, readable: socket.socket) -> bool:
        """Take what has arrived; return whether there may be more of it."""
        for _ in range(READS_PER_TURN):
            try:
                datagram, source = readable.recvfrom(LARGEST_DATAGRAM)
            except BlockingIOError:
                return False
            except OSError:
                self.counts.ignored["receive-error"] += 1
                return False
            self._take(datagram, (source[0], source[1]))
        return True

    def _take(self, datagram: bytes, source: Source) -> None:
        questions = self._waiting.get(source)
        if questions is None:
            self.counts.ignored["unexpected-source"] += 1
            return
        try:
            response = decode_response(datagram, questions)
        except Malformed:
            self.counts.ignored["malformed"] += 1
            for question in questions.values():
                question.malformed = True
            return
        if response is None or (answer := questions[response.request_id].answer).done():
            self.counts.ignored["unmatched"] += 1
            return
        self.counts.responses += 1
        answer.set_result(response)

    def _forget(self, source: Source, request_id: int) -> None:
        questions = self._waiting[source]
        del questions[request_id]
        if not questions:
            del self._waiting[source]


def raise_receive_buffer(opened: socket.socket, wanted: int = RECEIVE_BUFFER) -> int:
    """Raise a socket's receive buffer as far as this process may; return the bytes the kernel gives."""
    force = getattr(socket, "SO_RCVBUFFORCE", 33)  # Linux; not named by Python 3.11
    try:
        opened.setsockopt(socket.SOL_SOCKET, force, wanted)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, wanted)
    return opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
