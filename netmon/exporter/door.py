"""The listening socket: lets clients in up to a limit, and shows out those that only occupy a place.

A daemon that can be stopped from answering by ten thousand idle connections is no monitor. So connections are counted
from the moment they are accepted, TLS handshakes included; when all places are taken, those that have been idle
longest make room, and a client whose place is busy waits in the kernel's queue. Whoever takes too long to say what
it wants, or to read what it asked for, is shown out.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import resource
import socket
import ssl
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

MOST = 1024
"""Clients at once, where the limit of open files leaves room for as many."""
LEAST = 16
HEAD = 10.0
"""Seconds that a client has for a TLS handshake, and again for the head of a request."""
STALLED = 30.0
"""Seconds that a client may take nothing of an answer that waits for it."""
HELD = 64 * 2**20
"""Bytes of answers that may wait for clients that do not take them, all together."""
AT_ONCE = 64
"""Connections accepted in one turn of the loop: probes want their turns too."""
PAUSE = 0.05


def places() -> int:
    """Return how many clients there is room for: half of the files this process may open, at most `MOST`."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(LEAST, min(MOST, soft // 2))


class Connection(H11Protocol):
    """One client of uvicorn's, that knows since when it is waited for (seconds of the loop's clock)."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.idle_since = self.loop.time()
        self.head_since: float | None = self.idle_since  # it was let in to say something
        self.stalled_since: float | None = None

    @property
    def is_busy(self) -> bool:
        """True while a request of it is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Take what came; the head of a request has so much time from its first byte on."""
        if not self.is_busy and self.head_since is None:
            self.head_since = self.loop.time()
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; where that comes in the body of a request, give up what else would be answered."""
        if self.is_busy and self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()  # something was answered already

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self.idle_since = self.loop.time()
        self.head_since = None
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        self.stalled_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it reads again."""
        self.stalled_since = None
        super().resume_writing()

    @property
    def held(self) -> int:
        """Bytes of answers that it has not taken yet."""
        return int(self.transport.get_write_buffer_size())

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client has had its time."""
        if self.stalled_since is not None:
            return now - self.stalled_since > STALLED
        return not self.is_busy and self.head_since is not None and now - self.head_since > HEAD


class Door:
    """Accepts connections of one socket.

    Args:
        listening: the socket; it is closed with the door.
        connection: makes the protocol of one client.
        tls: how to speak TLS; None: plain. It may be changed while the door is open, for those that come.
        most: how many clients may be inside.
    """

    def __init__(
        self,
        listening: socket.socket,
        connection: Callable[[], Connection],
        tls: ssl.SSLContext | None = None,
        most: int | None = None,
    ) -> None:
        self.tls = tls
        self._listening = listening
        self._connection = connection
        self._most = places() if most is None else most
        self._loop = asyncio.get_running_loop()
        self._entering: dict[asyncio.Task[None], tuple[float, socket.socket]] = {}
        self._inside: dict[Connection, None] = {}
        self._is_open = True
        self._loop.add_reader(listening, self._accept)

    @property
    def occupied(self) -> int:
        """How many clients are inside or in their handshake."""
        return len(self._inside) + sum(not task.done() for task in self._entering)

    def close(self) -> None:
        """Let nobody in any more."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._listening)
            self._listening.close()
            for task in self._entering:
                task.cancel()

    def sweep(self) -> None:
        """Show out whoever has had its time; to be called about once a second."""
        now = self._loop.time()
        for connection in [one for one in self._inside if one.is_overdue(now)]:
            self._show_out(connection)
        self._forget_the_gone()
        self._lighten()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            if self.occupied >= self._most and not self._make_room():
                self._pause()
                return
            try:
                client, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # no file descriptor, no memory: it passes, or somebody sees this line
                log.warning("no connection can be accepted: %s", error.strerror)
                self._pause(1.0)
                return
            client.setblocking(False)  # noqa: FBT003 (positional only)
            task = self._loop.create_task(self._let_in(client))
            self._entering[task] = (self._loop.time(), client)
            task.add_done_callback(self._entered)

    async def _let_in(self, client: socket.socket) -> None:
        connection = self._connection()
        await self._loop.connect_accepted_socket(
            lambda: connection, client, ssl=self.tls, ssl_handshake_timeout=HEAD if self.tls else None
        )
        self._inside[connection] = None

    def _entered(self, task: asyncio.Task[None]) -> None:
        _, client = self._entering.pop(task)
        if task.cancelled():
            client.close()  # a task that never began has closed nothing
        elif (error := task.exception()) is not None:
            client.close()
            if isinstance(error, OSError):  # among them all of TLS
                log.debug("a client did not get in: %s", error)
            else:
                log.error("a connection could not be set up", exc_info=error)

    def _make_room(self) -> bool:
        """Show out the clients that have been idle longest, a few at once; False where all are busy."""
        self._forget_the_gone()
        if self.occupied < self._most:
            return True
        share = max(1, self._most // 16)
        idle = [one for one in self._inside if not one.is_busy]
        entering = list(itertools.islice(self._entering.items(), share))  # the oldest first
        waiting: list[tuple[float, Connection | asyncio.Task[None]]] = [(one.idle_since, one) for one in idle]
        waiting += [(since, task) for task, (since, _) in entering if not task.done()]
        for _, one in heapq.nsmallest(share, waiting, key=itemgetter(0)):
            if isinstance(one, asyncio.Task):
                one.cancel()
            else:
                self._show_out(one)
        return self.occupied < self._most

    def _lighten(self) -> None:
        """Show out those that have taken nothing for longest, as long as more is held for them than may be.

        Answers are megabytes: a thousand clients that ask for one and do not take it would fill the memory.
        """
        waiting = [(one.stalled_since, one.held, one) for one in self._inside if one.stalled_since is not None]
        held = sum(size for _, size, _ in waiting)
        for _, size, one in sorted(waiting, key=itemgetter(0)):
            if held <= HELD:
                return
            held -= size
            self._show_out(one)

    def _forget_the_gone(self) -> None:
        for one in [one for one in self._inside if one.transport.is_closing()]:
            del self._inside[one]

    def _show_out(self, connection: Connection) -> None:
        self._inside.pop(connection, None)
        connection.transport.abort()

    def _pause(self, seconds: float = PAUSE) -> None:
        self._loop.remove_reader(self._listening)
        self._loop.call_later(seconds, self._resume)

    def _resume(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._listening, self._accept)
