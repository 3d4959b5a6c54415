"""Machines of a test's own: network namespaces on one switch, in which real programs run. Any can be cut off.

Who is cut off notices nothing but silence: its port has carrier, and no packet passes. All ends with the process that
keeps the namespaces, and that with the test, whatever happens to it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from netmon.lab.namespaces import CLONE_NEWNET, inside, leave_machine, open_namespace, unshare
from netmon.lab.reasons import Refusal
from tests.requires import require, require_program

_MESSAGE = 65_536
_TOP = Path(__file__).parents[2]


class Machines:
    """Machines by name, and the switch between them. Machine number n has the address 10.99.0.n+1."""

    def __init__(self, *names: str) -> None:
        for program in ("ip", "nsenter"):
            require_program(program)
        self.addresses = {name: f"10.99.0.{number + 1}" for number, name in enumerate(names)}
        self.cut_off: set[str] = set()
        here, there = socket.socketpair()
        command = [sys.executable, "-m", "tests.lab.machines", str(there.fileno()), *names]
        self._keeper = subprocess.Popen(command, pass_fds=[there.fileno()], cwd=_TOP)
        there.close()
        self._channel = here
        built = json.loads(here.recv(_MESSAGE) or b'{"error": "it ended"}')
        require("error" not in built, f"no machines can be made of namespaces here: {built.get('error')}")
        self._doors: dict[str, int] = built["doors"]
        self._user = (
            [f"--user=/proc/{self._keeper.pid}/ns/user", "--preserve-credentials"] if built["in_user"] else []
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()
        self._keeper.wait(10)

    def words(self, machine: str, *command: object) -> list[str]:
        """Return the command line that runs a command on a machine."""
        door = f"--net=/proc/{self._keeper.pid}/fd/{self._doors[machine]}"
        return ["nsenter", *self._user, door, *map(str, command)]

    def cut(self, machine: str) -> None:
        """Let no packet through to a machine, nor from it."""
        self._do("ip", "link", "set", f"port-{machine}", "nomaster")
        self.cut_off.add(machine)

    def mend(self, machine: str) -> None:
        """Let packets through again."""
        self._do("ip", "link", "set", f"port-{machine}", "master", "switch")
        self.cut_off.discard(machine)

    def _do(self, *command: str) -> None:
        self._channel.sendall(json.dumps(command).encode())
        answer: dict[str, Any] = json.loads(self._channel.recv(_MESSAGE))
        assert answer["code"] == 0, answer


class Program:
    """A program on a machine, which can be killed, paused, and started again; what it says goes into a file."""

    def __init__(self, machines: Machines, machine: str, folder: Path, *command: object) -> None:
        self.machine, self.pauses = machine, 0
        self._words, self._log = machines.words(machine, *command), folder / f"{machine}.log"
        self.start()

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._words, stdout=log, stderr=log, cwd=_TOP)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Let it end in good order."""
        self.process.terminate()
        self.process.wait(120)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def look_after(self) -> None:
        """Start it again when it has ended by itself, as systemd does: no server answered while it started."""
        if self.process.poll() is not None:
            self.start()

    def said(self) -> str:
        """Return the last that it said."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]


def keep(channel: socket.socket, names: Sequence[str]) -> None:
    """Make the machines, and do what the test asks on the switch, until the test is gone."""
    try:
        in_user = leave_machine()
        answer = {"doors": _build(names), "in_user": in_user}
    except (Refusal, OSError, subprocess.CalledProcessError) as error:
        channel.sendall(json.dumps({"error": repr(error)}).encode())
        return
    channel.sendall(json.dumps(answer).encode())
    while question := channel.recv(_MESSAGE):
        done = subprocess.run(json.loads(question), capture_output=True, text=True, check=False)
        channel.sendall(json.dumps({"code": done.returncode, "err": done.stderr}).encode())


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
    with inside(home, home):  # to stay there
        return doors


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


if __name__ == "__main__":
    keep(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
