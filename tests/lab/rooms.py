"""A room: a network namespace of a test's own, with loopback and a tunnel whose far end is the test itself.

Packets that leave through the tunnel come out of `Room.tunnel` as they are, and what the test writes into it arrives:
so a test can play any network it likes, with real sockets on the near side. The room ends with the process behind
it, whatever happens to the test.
"""

from __future__ import annotations

import array
import fcntl
import json
import os
import socket
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Literal, Self

from netmon.lab.kernel.namespaces import leave_machine, write_setting
from netmon.lab.kernel.reasons import Refusal
from netmon.probes.sockets import Protocols, open_icmp
from tests.e2e.forked import command, fork_server
from tests.requires import require

Kind = Literal["best", "dgram", "raw"]
NEAR_4, NEAR_6 = "10.99.0.1", "fd99::1"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MESSAGE = 65_536


class Room:
    """A network namespace in which sockets are opened and commands run; its process is forked, and knows netmon."""

    def __init__(self, *, ping_group: bool = True) -> None:
        here, there = socket.socketpair()
        self._process = fork_server(__name__, there.fileno())
        there.close()
        self._channel = here
        answer = here.recv(_MESSAGE)
        require(answer == b"ready", f"no network namespace may be made here: {answer.decode()}")
        if ping_group:
            self.allow_datagram_icmp()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()
        self._process.wait(60)

    def run(self, *command: str) -> None:
        """Run a command in the room; it must succeed."""
        done = self.ask(run=command)
        assert done["code"] == 0, done

    def ask(self, **question: Any) -> dict[str, Any]:
        """Put a question to the room's process."""
        self._channel.sendall(json.dumps(question).encode())
        answer: dict[str, Any] = json.loads(self._channel.recv(_MESSAGE))
        return answer

    def allow_datagram_icmp(self) -> None:
        """Let the room's only group open ping sockets."""
        self.ask(write="/proc/sys/net/ipv4/ping_group_range", text="0 0")

    def descriptor(self, **question: Any) -> int:
        """Return a file descriptor that the room's process opened."""
        self._channel.sendall(json.dumps(question).encode())
        message, controls, _, _ = self._channel.recvmsg(_MESSAGE, socket.CMSG_SPACE(4))
        assert controls, message
        return int(array.array("i", controls[0][2])[0])

    def open_tunnel(self) -> int:
        """Return the far end of a tunnel to 10.99.0.0/16 and fd99::/64, non-blocking."""
        require(os.access("/dev/net/tun", os.R_OK | os.W_OK), "/dev/net/tun may not be opened")
        tunnel = self.descriptor(tunnel="far")
        self.run("ip", "link", "set", "far", "up")
        self.run("ip", "addr", "add", f"{NEAR_4}/16", "dev", "far")
        self.run("ip", "addr", "add", f"{NEAR_6}/64", "dev", "far", "nodad")
        os.set_blocking(tunnel, False)
        return tunnel


class RoomSockets:
    """Probe sockets of a room, behind the seam that probes know."""

    network = "lab"

    def __init__(self, room: Room, kind: Kind = "best") -> None:
        self._room = room
        self._kind = kind

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        """Return an ICMP socket of the room, of the kind that was asked for."""
        return socket.socket(fileno=self._room.descriptor(icmp=self._kind, family=int(family)))

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """Refuse: these tests only ping."""
        raise NotImplementedError

    def tcp(self, family: socket.AddressFamily) -> socket.socket:
        """Refuse: these tests only ping."""
        raise NotImplementedError

    def traps(self, host: str, port: int) -> socket.socket:
        """Refuse: these tests only ping."""
        raise NotImplementedError

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:  # noqa: ARG002 (seam)
        """Return the address and port unchanged."""
        return address, port

    async def resolve(self, host: str) -> list[str]:
        """Return an address as it is."""
        return [host]


def serve(channel: socket.socket) -> None:
    """Make the room, and answer a test's questions inside it, until the test is gone."""
    try:
        leave_machine()
        write_setting("ipv4/ip_forward", "0")  # this is no router of a lab
    except (Refusal, OSError) as error:
        channel.sendall(repr(error).encode())
        return
    channel.sendall(b"ready")
    while question := channel.recv(_MESSAGE):
        asked = json.loads(question)
        if "run" in asked:
            done = subprocess.run(asked["run"], capture_output=True, text=True, check=False)
            channel.sendall(json.dumps({"code": done.returncode, "out": done.stdout, "err": done.stderr}).encode())
        elif "netmon" in asked:
            channel.sendall(json.dumps(_typed(asked["netmon"], channel)).encode())
        elif "write" in asked:
            Path(asked["write"]).write_text(asked["text"], encoding="ascii")
            channel.sendall(b"{}")
        else:
            opened = _open_tunnel(asked["tunnel"]) if "tunnel" in asked else _open_icmp(asked)
            channel.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [opened]))])
            os.close(opened)


def _typed(words: list[str], channel: socket.socket) -> dict[str, object]:
    """Type a command of netmon in the room, and return how it ended and what it said."""
    with TemporaryFile() as out, TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            channel.close()
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            command(words)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        out.seek(0)
        err.seek(0)
        return {"code": code, "out": out.read().decode(), "err": err.read().decode()}


def _open_tunnel(name: str) -> int:
    tunnel = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tunnel, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return tunnel


def _open_icmp(asked: dict[str, Any]) -> int:
    family = socket.AddressFamily(asked["family"])
    if asked["icmp"] == "best":
        return open_icmp(family).detach()
    kind = socket.SOCK_RAW if asked["icmp"] == "raw" else socket.SOCK_DGRAM
    protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
    return socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol).detach()
