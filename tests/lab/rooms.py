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
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from netmon.probes.sockets import Protocols, open_icmp
from tests.requires import require

Kind = Literal["best", "dgram", "raw"]
NEAR_4, NEAR_6 = "10.99.0.1", "fd99::1"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MESSAGE = 65_536


class Room:
    """A network namespace in which sockets can be opened and commands run."""

    def __init__(self, *, ping_group: bool = True) -> None:
        here, there = socket.socketpair()
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
        self._process = subprocess.Popen(
            [*unshare, sys.executable, "-m", "tests.lab.rooms", str(there.fileno())],
            pass_fds=[there.fileno()],
            cwd=Path(__file__).parents[2],
        )
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
        self._process.wait(10)

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
    """Answer a test's questions inside the room, until the test is gone."""
    brought_up = subprocess.run(["ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    if brought_up.returncode != 0:
        channel.sendall(b"loopback cannot be brought up: " + brought_up.stderr)
        return
    channel.sendall(b"ready")
    while question := channel.recv(_MESSAGE):
        asked = json.loads(question)
        if "run" in asked:
            done = subprocess.run(asked["run"], capture_output=True, text=True, check=False)
            channel.sendall(json.dumps({"code": done.returncode, "out": done.stdout, "err": done.stderr}).encode())
        elif "write" in asked:
            Path(asked["write"]).write_text(asked["text"], encoding="ascii")
            channel.sendall(b"{}")
        else:
            opened = _open_tunnel(asked["tunnel"]) if "tunnel" in asked else _open_icmp(asked)
            channel.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [opened]))])
            os.close(opened)


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


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
