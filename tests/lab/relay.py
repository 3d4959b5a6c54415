"""A relay between a client and a server on the loopback, whose line can be cut and mended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Relay:
    """Passes bytes between a port of its own and another, until `cut`; `mend` takes new connections again."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_cut = self._is_mute = False
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._pass, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Break every connection, and each new one at once."""
        self._is_cut = True
        self._do(self._break())

    def mute(self) -> None:
        """Pass nothing on, and keep every connection: a line on which all is lost."""
        self._is_mute = True

    def mend(self) -> None:
        """Pass connections on again."""
        self._is_cut = self._is_mute = False

    def close(self) -> None:
        """End it."""
        self.cut()
        self._server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _break(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._is_cut:
                return
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(back)
            with contextlib.suppress(OSError):
                await asyncio.gather(self._copy(reader, back), self._copy(there, writer))
            self._writers.discard(back)
            back.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if not self._is_mute:
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
