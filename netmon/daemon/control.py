"""The control socket: how people tell a running daemon something. A Unix socket in the state folder.

One line of JSON in, one line out. Who may open the socket is for the file system to say (its owner, mode 0600), and
who did is told by the kernel (SO_PEERCRED), so there are no passwords, and no web page can reach it. See ADR 0019.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import pwd
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from netmon.errors import NetmonError, StateError

log = logging.getLogger(__name__)

NAME = "control.sock"
LONGEST = 64 * 1024
PATIENCE = 10.0
"""Seconds that a caller has to say what it wants."""

Answer = Callable[[Mapping[str, Any], str], Awaitable[Mapping[str, Any]]]
"""Called with an order and who gives it; returns what to answer, or raises NetmonError."""


class Control:
    """Answers orders on the socket of a state folder, from `start` to `stop`."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        self._folder = folder
        self._answer = answer
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. A socket that was left behind is replaced: the journal's lock keeps a second daemon out.

        Raises:
            StateError: the folder does not take a socket.
        """
        path = self._folder / NAME
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            with short_path(self._folder) as folder:
                before = os.umask(0o177)
                try:
                    listening.bind(f"{folder}/{NAME}")
                finally:
                    os.umask(before)
            self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=LONGEST)
        except OSError as error:
            raise StateError(
                f"cannot listen on {path}: {error.strerror}", "choose another folder with --state"
            ) from error

    async def stop(self) -> None:
        """Stop listening and take the socket away."""
        if self._server is None:
            return
        self._server.close()
        await self._server.wait_closed()
        with contextlib.suppress(OSError):
            (self._folder / NAME).unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
            answer = await reply(line, _peer(writer), self._answer)
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        except (TimeoutError, ValueError, ConnectionError) as error:
            log.debug("a caller of the control socket went away: %s", error)
        finally:
            writer.close()


async def reply(line: bytes, by: str, answer: Answer) -> Mapping[str, Any]:
    """Return the answer to an order as it came; trouble is an answer too."""
    try:
        order = json.loads(line)
        if not isinstance(order, dict):
            return {"error": "an order is one JSON object"}
        return await answer(order, by)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return {"error": "an order is one line of JSON"}
    except NetmonError as error:
        return {"error": error.message, "hint": error.hint, "exit_code": error.exit_code}


@contextlib.contextmanager
def short_path(folder: Path) -> Iterator[str]:
    """Yield another name of a folder, short enough for a socket's address, which holds 107 bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _peer(writer: asyncio.StreamWriter) -> str:
    """Return the login of who opened the connection, as the kernel knows it."""
    credentials = writer.get_extra_info("socket").getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
    )
    user: int = struct.unpack("3i", credentials)[1]
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
