"""A loop in a thread of its own, for what must go on while the daemon's loop is busy for seconds."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from netmon.ending import PATIENCE, end_all

T = TypeVar("T")


class Apart:
    """Such a loop, while it is entered; `name` is what its thread is called, `patience` as `end_all` has it."""

    def __init__(self, name: str, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)

    async def __aenter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it; nothing may be under way there any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def done(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what work comes to that is done there; who is cancelled meanwhile waits until the work has ended."""
        over: Future[T] = Future()
        started: list[asyncio.Task[T]] = []

        def start() -> None:
            task = self._loop.create_task(work)
            task.add_done_callback(lambda ended: _pass_on(ended, over))
            started.append(task)

        self._loop.call_soon_threadsafe(start)
        waiting = asyncio.wrap_future(over)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            ending = asyncio.run_coroutine_threadsafe(self._end(started), self._loop)  # it starts there first
            with contextlib.suppress(Exception):  # who is cancelled is told of nothing else
                await asyncio.wrap_future(ending)
                await asyncio.wait({waiting})
                waiting.result()
            raise

    async def _end(self, started: list[asyncio.Task[T]]) -> None:
        await end_all(*started, patience=self._patience)


def _pass_on(ended: asyncio.Task[T], over: Future[T]) -> None:
    if ended.cancelled():
        over.cancel()
    elif (error := ended.exception()) is not None:
        over.set_exception(error)
    else:
        over.set_result(ended.result())
