"""One conversation with an agent of SNMPv3 through gufo-snmp, which does the cryptography and its encoding.

What it leaves out is here: repetition with back-off, replies too long for it, rubbish before an answer, and sockets
that come from `Sockets`. It reads and writes a descriptor of its own; a socket of ours takes that descriptor's place,
so that version 3 is spoken on the same network as everything else.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from gufo.snmp import SnmpAuthError, SnmpError, User
from gufo.snmp._fast import SnmpV3ClientSocket

from netmon.probes.snmp.ber import Malformed
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.framing import check_framing
from netmon.probes.snmp.transport import BACK_OFF, LARGEST_DATAGRAM, Counts, Source
from netmon.probes.sockets import Sockets

T = TypeVar("T")

LONGEST_REPLY: Final = 4080  # octets that gufo-snmp has room for
_NOWHERE: Final = "127.0.0.1:9"  # a socket that never sends: ours takes its place


@dataclass(frozen=True, slots=True)
class SecureAgent:
    """Whom to ask and as whom. `source` is the endpoint on the network in use; `timeout` is in seconds."""

    source: Source
    user: User = field(repr=False)
    timeout: float = 2.0
    retries: int = 2


class SecureChannel:
    """A descriptor towards one agent and what gufo-snmp knows of the agent's engine.

    One exchange at a time. `heard` is when the last reply came, on the loop's clock.

    Raises:
        OSError, CannotError: there is no socket to be had, or no way to the agent.
    """

    def __init__(self, sockets: Sockets, agent: SecureAgent, counts: Counts) -> None:
        self.agent = agent
        self.heard = 0.0
        self._counts = counts
        self.gufo = SnmpV3ClientSocket(_NOWHERE, b"", "", 0, b"", 0, b"", 0, 0, 0, 0)
        host, port = agent.source
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # The same descriptor to us: for a look at what gufo-snmp would read next.
        self._ours = socket.socket(family, socket.SOCK_DGRAM, fileno=self.gufo.get_fd())
        with sockets.udp(family) as opened:
            opened.connect((host, port))
            os.dup2(opened.fileno(), self.gufo.get_fd(), inheritable=False)

    def __del__(self) -> None:
        """Leave the descriptor to gufo-snmp, which closes it."""
        self._ours.detach()

    async def exchange(
        self, send: Callable[[], None], receive: Callable[[], T], deadline: float, *, attempts: int, wait: float
    ) -> T | Failure:
        """Send, repeat with back-off, and return what `receive` makes of the reply.

        `wait` is for the first of `attempts`, in seconds; `deadline` is on the loop's clock.
        """
        loop = asyncio.get_running_loop()
        failure = Failure.DEADLINE
        for attempt in range(attempts):
            remaining = deadline - loop.time()
            if remaining <= 0:
                break
            if attempt:
                self._counts.retries += 1
            else:
                self._counts.requests += 1
            try:
                send()
            except BlockingIOError:  # a full send buffer is a lost datagram: the repetition makes up for it
                self._counts.send_failures += 1
            except TimeoutError:  # how gufo-snmp says that the port refused an earlier datagram
                pass
            except OSError:
                self._counts.send_failures += 1
                return Failure.SEND
            found = await self._receive(receive, loop.time() + min(wait, remaining))
            if not isinstance(found, Failure):
                self._counts.responses += 1
                self.heard = loop.time()
                return found
            if found in (Failure.AUTHENTICATION, Failure.TOO_BIG):
                return found
            failure = found
            wait *= BACK_OFF
        self._counts.timeouts += failure is not Failure.DEADLINE
        return failure

    async def _receive(self, receive: Callable[[], T], until: float) -> T | Failure:
        """Wait for the reply; what is not a reply is counted and waited past."""
        loop = asyncio.get_running_loop()
        malformed = False
        while True:
            in_time = await _readable(self.gufo.get_fd(), until - loop.time())
            try:
                seen = self._ours.recv(LARGEST_DATAGRAM, socket.MSG_PEEK)
                if len(seen) > LONGEST_REPLY:
                    self._ours.recv(1)
                    return Failure.TOO_BIG
                check_framing(seen)
                return receive()
            except (BlockingIOError, TimeoutError, ConnectionRefusedError):
                pass  # nothing, or a reply to something else; a port that refuses, perhaps for now
            except Malformed:
                self._ours.recv(1)  # the whole datagram is gone with its first octet
                malformed = True
                self._counts.ignored["malformed"] += 1
            except SnmpAuthError:
                return Failure.AUTHENTICATION
            except (SnmpError, RuntimeError):  # the latter where a value cannot be turned into Python's
                malformed = True
                self._counts.ignored["malformed"] += 1
            except BaseException as error:
                if type(error).__name__ != "PanicException":  # Rust's, and nothing that could be imported
                    raise
                malformed = True
                self._counts.ignored["malformed"] += 1
            if not in_time:
                return Failure.MALFORMED if malformed else Failure.TIMEOUT


async def _readable(descriptor: int, seconds: float) -> bool:
    """Wait until there is something to read; False when there was not."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, _wake, ready)
    try:
        async with asyncio.timeout(max(seconds, 0.0)):
            await ready
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)
    return True


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
