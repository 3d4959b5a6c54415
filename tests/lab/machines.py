"""Machines of a test's own: network namespaces on one switch, in which real programs run. Any can be cut off.

Who is cut off notices nothing but silence: its port has carrier, and no packet passes. One process keeps the
namespaces and starts all programs; modules of Python it has loaded once, and forks. All ends with that process, and
that with the test, whatever happens to it.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from netmon.lab.kernel.namespaces import CLONE_NEWNET, inside, leave_machine, open_namespace, unshare
from netmon.lab.kernel.reasons import Refusal
from tests.requires import require, require_program

_MESSAGE = 65_536
_PR_SET_PDEATHSIG = 1
_TOP = Path(__file__).parents[2]


class Machines:
    """Machines by name, and the switch between them; `modules` are loaded before anything is started from them."""

    def __init__(self, names: Sequence[str], modules: Sequence[str] = ()) -> None:
        require_program("ip")
        self.addresses = {name: f"10.99.0.{number + 1}" for number, name in enumerate(names)}
        here, there = socket.socketpair()
        command = [sys.executable, "-m", "tests.lab.machines", str(there.fileno()), ",".join(modules), *names]
        self._keeper = subprocess.Popen(command, pass_fds=[there.fileno()], cwd=_TOP)
        there.close()
        self._channel, self._lock = here, threading.Lock()
        answer = here.recv(_MESSAGE).decode()
        require(answer == "ready", f"no machines can be made of namespaces here: {answer}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()
        self._keeper.wait(10)

    def cut(self, machine: str) -> None:
        """Let no packet through to a machine, nor from it."""
        self.ask(switch=["link", "set", f"port-{machine}", "nomaster"])

    def mend(self, machine: str) -> None:
        """Let packets through again."""
        self.ask(switch=["link", "set", f"port-{machine}", "master", "switch"])

    def ask(self, **question: Any) -> Any:
        """Put a question to the keeper."""
        with self._lock:
            self._channel.sendall(json.dumps(question).encode())
            return json.loads(self._channel.recv(_MESSAGE))["answer"]


class Program:
    """A program on a machine, which can be killed, paused, and started again; what it says goes into a file.

    It is the path of one, or a module of those that are loaded, whose `run` is called with the other words.
    """

    def __init__(self, machines: Machines, machine: str, folder: Path, *words: object) -> None:
        self._machines, self._machine = machines, machine
        self._words, self._log = list(map(str, words)), folder / f"{machine}.log"
        self.start()

    def start(self) -> None:
        """Start it."""
        self._pid: int = self._machines.ask(start=self._words, machine=self._machine, log=str(self._log))
        self._code: int | None = None

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        if self._code is None:
            self._code = self._machines.ask(poll=self._pid)
        return self._code

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.signal(signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        """Let it end in good order."""
        self.signal(signal.SIGTERM)
        self.wait()

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code."""
        began = time.monotonic()
        while (code := self.code) is None:
            assert time.monotonic() - began < 120.0, self.said()
            time.sleep(0.01)
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.code is None:
            os.kill(self._pid, number)

    def look_after(self) -> None:
        """Start it again when it has ended by itself, as systemd does: no server answered while it started."""
        if self.code is not None:
            self.start()

    def said(self) -> str:
        """Return the last that it said."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]


def keep(channel: socket.socket, modules: Sequence[str], names: Sequence[str]) -> None:
    """Make the machines, start programs on them, and pull cables, until the test is gone."""
    try:
        leave_machine()
        doors = _build(names)
    except (Refusal, OSError, subprocess.CalledProcessError) as error:
        channel.sendall(repr(error).encode())
        return
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    channel.sendall(b"ready")
    while question := channel.recv(_MESSAGE):
        channel.sendall(json.dumps({"answer": _answered(json.loads(question), doors)}).encode())


def _answered(question: Mapping[str, Any], doors: Mapping[str, int]) -> Any:
    match question:
        case {"switch": words}:
            return _ip(*words)
        case {"start": words, "machine": machine, "log": log}:
            pid = os.fork()
            if not pid:
                _become(words, doors[machine], log)
            return pid
        case {"poll": pid}:
            ended, status = os.waitpid(pid, os.WNOHANG)
            return os.waitstatus_to_exitcode(status) if ended else None
        case _:
            raise ValueError(question)


def _become(words: list[str], door: int, log: str) -> None:
    """Be a program on a machine, in a process of its own, and end."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in (1, 2):
            os.dup2(out, number)
        with inside(door, door):  # to stay there
            if "/" in words[0]:
                os.execv(words[0], words)  # noqa: S606 (without a shell, as meant)
            importlib.import_module(words[0]).run(*words[1:])
    except BaseException:  # noqa: BLE001 (whatever it is, this process must not go on as the keeper)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _build(names: Sequence[str]) -> dict[str, int]:
    """Return the open namespace of each machine, all of them on a switch in the namespace this process is in."""
    home, doors = open_namespace(), {}
    _ip("link", "add", "switch", "type", "bridge")
    _ip("link", "set", "switch", "up")
    for number, name in enumerate(names):
        unshare(CLONE_NEWNET)
        door = doors[name] = open_namespace()
        with inside(home, door):
            far = f"/proc/{os.getpid()}/fd/{door}"
            _ip("link", "add", f"port-{name}", "type", "veth", "peer", "name", "eth0", "netns", far)
            _ip("link", "set", f"port-{name}", "master", "switch", "up")
        _ip("link", "set", "lo", "up")
        _ip("addr", "add", f"10.99.0.{number + 1}/24", "dev", "eth0")
        _ip("link", "set", "eth0", "up")
    with inside(home, home):
        return doors


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


if __name__ == "__main__":
    keep(socket.socket(fileno=int(sys.argv[1])), [one for one in sys.argv[2].split(",") if one], sys.argv[3:])
