"""Commands without the start of an interpreter: a process that has loaded netmon forks into each command typed.

What a command costs is mostly the loading of its modules, and these tests type hundreds. A forked command is a
process like any other: its own pid, folder, environment and files, and it ends as it would; only what it imports is
there already, and nothing of netmon has run yet. `Terminal` says which commands start an interpreter all the same.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

import netmon
from netmon.cli.main import main

TOP = Path(__file__).parents[2]
_MESSAGE = 1 << 17
_NUMBER = struct.Struct("i")
_AT_START = ("LANG", "LC_", "LD_", "OPENBLAS_", "PYTHON", "TZ")
"""How the names of variables begin that a process reads when it starts, and never again."""


def can_fork(environment: Mapping[str, str]) -> bool:
    """Tell whether a command in this environment would start as these tests did."""
    return _at_start(environment) == _at_start(os.environ)


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


class Forked:
    """A command that was forked, with as much of `subprocess.Popen` as terminals need; its output is text.

    `together`: what it says on standard error goes where its output goes; `stderr` is None.
    """

    stdin = None

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], *, together: bool = False
    ) -> None:
        reading, written = zip(os.pipe(), os.pipe(), os.pipe(), strict=True)
        self._report, out, err = reading
        self.stdout: IO[str] = os.fdopen(out, encoding="utf-8")
        self.stderr: IO[str] | None = os.fdopen(err, encoding="utf-8")
        if together:
            self.stderr.close()
            self.stderr = None
        self.returncode: int | None = None
        order = json.dumps([list(words), str(folder), dict(environment)]).encode()
        socket.send_fds(_forker()[0], [order], [*written[:2], written[1 if together else 2]])
        for descriptor in written:
            os.close(descriptor)
        (self.pid,) = _NUMBER.unpack(os.read(self._report, _NUMBER.size))

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, as a negative number that of a signal; TimeoutExpired when it does not end."""
        if self.returncode is None:
            if not select.select([self._report], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("netmon", timeout or 0.0)
            (self.returncode,) = _NUMBER.unpack(os.read(self._report, _NUMBER.size))
            os.close(self._report)
        return int(self.returncode)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@cache
def _forker() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the process that forks, and return what it is told by; it ends when this one does."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.forked", str(there.fileno())],
            cwd=TOP,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # a process with threads cannot be forked safely
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[there.fileno()],
        )
    atexit.register(_dismiss, here, process)
    return here, process


def _dismiss(orders: socket.socket, process: subprocess.Popen[bytes]) -> None:
    orders.close()
    process.terminate()
    process.wait()


# -- the process that forks ------------------------------------------------------------------------------------------


def load() -> None:
    """Import every module of netmon, and what it imports late."""
    for module in pkgutil.walk_packages(netmon.__path__, "netmon."):
        if not module.name.startswith(("netmon.bench", "netmon.__main__", "netmon.lab.child")):
            importlib.import_module(module.name)
    for name in ("httpx2", "pydantic.type_adapter", "rich.live", "rich.progress", "rich.table"):
        importlib.import_module(name)


def serve(orders: socket.socket) -> list[str] | None:
    """Fork for each order until there are no more. Return the words of the command where this is it."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not orders:
                    waiting.unregister(key.fd)
                    _tell_the_end(key.fd, *key.data)
                    continue
                order, descriptors, _, _ = socket.recv_fds(orders, _MESSAGE, 3)
                if not order:
                    return None
                report, out, err = descriptors
                pid = os.fork()
                if pid == 0:
                    waiting.close()
                    orders.close()
                    os.dup2(out, 1)
                    os.dup2(err, 2)
                    words, folder, environment = json.loads(order)
                    _become(words, folder, environment)
                    return list(words)
                os.close(out)
                os.close(err)
                os.write(report, _NUMBER.pack(pid))
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, report))


def _tell_the_end(ended: int, pid: int, report: int) -> None:
    os.close(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # nobody may wait for it any more
        os.write(report, _NUMBER.pack(status))
    os.close(report)


def _become(words: list[str], folder: str, environment: dict[str, str]) -> None:
    """Make this process what one that was started so would be."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["netmon", *words]


def _leave(status: object) -> None:
    """End here what has a plain status and no other thread: taking down all that was loaded would copy it first."""
    if isinstance(status, int) and threading.active_count() == 1:
        atexit._run_exitfuncs()
        try:
            sys.stdout.flush()
        except OSError:
            return
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    load()
    gc.freeze()  # what is loaded stays: a command's own collections need not look through it, nor copy it
    typed = serve(socket.socket(fileno=int(sys.argv[1])))
    if typed is not None:
        try:
            main(typed)
        except SystemExit as end:
            _leave(end.code)
            raise
