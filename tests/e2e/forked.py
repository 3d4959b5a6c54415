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
from typing import IO, Any, NoReturn

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


class Child:
    """A process that was forked to an order, with as much of `subprocess.Popen` as tests need."""

    def __init__(self, order: Mapping[str, object], descriptors: Sequence[int]) -> None:
        self._report, theirs = os.pipe()
        self.returncode: int | None = None
        socket.send_fds(start()[0], [json.dumps(order).encode()], [theirs, *descriptors])
        os.close(theirs)
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


class Forked(Child):
    """A command that was forked; its output is text.

    `together`: what it says on standard error goes where its output goes; `stderr` is None.
    """

    stdin = None

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], *, together: bool = False
    ) -> None:
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        self.stdout: IO[str] = os.fdopen(out, encoding="utf-8")
        self.stderr: IO[str] | None = os.fdopen(err, encoding="utf-8")
        if together:
            self.stderr.close()
            self.stderr = None
        order = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
        super().__init__(order, [its_out, its_out if together else its_err])
        for descriptor in (its_out, its_err):
            os.close(descriptor)


def fork_server(module: str, channel: int, environment: Mapping[str, str] | None = None) -> Child:
    """Fork a process in which `serve` of a module answers a channel; what it says goes where this one's words go."""
    order = {"serve": module, "folder": str(TOP), "environment": dict(environment or os.environ)}
    return Child(order, [1, 2, channel])


@cache
def start() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the process that forks, and return what it is told by; it ends when this one does.

    It serves those forked from this one as well: an order is one message, which says where its answer goes.
    """
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


def serve(orders: socket.socket) -> dict[str, Any] | None:
    """Fork for each order until there are no more. Return the order where this is what it is for."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not orders:
                    waiting.unregister(key.fd)
                    _tell_the_end(key.fd, *key.data)
                    continue
                message, descriptors, _, _ = socket.recv_fds(orders, _MESSAGE, 4)
                if not message:
                    return None
                order: dict[str, Any] = json.loads(message)
                if "serve" in order:
                    importlib.import_module(order["serve"])  # once, and not in each that is forked
                report, *theirs = descriptors
                pid = os.fork()
                if pid == 0:
                    waiting.close()
                    orders.close()
                    _become(order, theirs)
                    return order
                for descriptor in theirs:
                    os.close(descriptor)
                os.write(report, _NUMBER.pack(pid))
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, report))


def _tell_the_end(ended: int, pid: int, report: int) -> None:
    os.close(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # nobody may wait for it any more
        os.write(report, _NUMBER.pack(status))
    os.close(report)


def _become(order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Make this process what one that was started so would be; what it serves has the number 3."""
    for number, descriptor in enumerate(descriptors, 1):
        os.dup2(descriptor, number)
    os.closerange(1 + len(descriptors), os.sysconf("SC_OPEN_MAX"))
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()


def command(words: list[str]) -> NoReturn:
    """Be the command that was typed, in a process that has loaded it, and end as it does."""
    sys.argv = ["netmon", *words]
    try:
        main(words)
    except SystemExit as end:
        _leave(end.code)
        raise


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
    what = serve(socket.socket(fileno=int(sys.argv[1])))
    if what is not None and "serve" in what:
        importlib.import_module(what["serve"]).serve(socket.socket(fileno=3))
        _leave(0)
    elif what is not None:
        command(what["words"])
