"""Start a lab, or join a running one: probe sockets at its vantage, faults, truth.

The lab is one child process (`netmon.lab.child`). It ends when this process closes it or dies, however it dies, and
the kernel then takes the whole network away; nothing of it has a name in the file system.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from netmon.errors import AwayError, PrivilegeError
from netmon.lab import control
from netmon.lab.place import default_socket
from netmon.lab.story.faults import LabFault
from netmon.lab.story.state import Truth
from netmon.model import Inventory
from netmon.probes.sockets import Protocols, Sockets

WantedMode = Literal["auto", "namespaces", "simulated"]

_PATIENCE_SECONDS = 120.0
_END_SECONDS = 5.0
_NOWHERE = "127.255.255.254"
"""Where the simulated network sends what is not for it: never to the machine's own network."""


class LabSockets:
    """Probe sockets at the vantage of a lab, or at another node, handed over by the lab's process."""

    def __init__(self, channel: control.Channel, about: control.About, at: str = "") -> None:
        self._channel = channel
        self._about = about
        self._at = at

    @property
    def network(self) -> str:
        """Say `lab`, or `simulated` where the lab has no kernel network."""
        return "simulated" if self._about.mode == "simulated" else "lab"

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        """Return an ICMP echo socket of the vantage; in the simulated network a UDP socket."""
        return self._channel.ask_socket("icmp", family, self._at)

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """Return a UDP socket of the vantage."""
        return self._channel.ask_socket("udp", family, self._at)

    def tcp(self, family: socket.AddressFamily) -> socket.socket:
        """Return a TCP socket of the vantage."""
        return self._channel.ask_socket("tcp", family, self._at)

    def traps(self, host: str, port: int) -> socket.socket:  # noqa: ARG002 (the lab's routers send to one place)
        """Return the socket at the vantage to which the lab's routers send their traps."""
        return self._channel.ask_socket("traps", socket.AF_INET)

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:
        """Return the address and port unchanged, or where the simulated network keeps them."""
        if self._about.mode != "simulated":
            return address, port
        known = f"{protocol}:{port}"
        return self._about.loopback.get(address, _NOWHERE), self._about.ports.get(known, port)

    def close(self) -> None:
        """Leave the lab; sockets already handed over stay open."""
        self._channel.close()

    async def resolve(self, host: str) -> list[str]:
        """Return the addresses of one of the lab's host names; addresses stand for themselves.

        Raises:
            OSError: the lab has no such name.
        """
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                socket.inet_pton(family, host)
            except OSError:
                continue
            return [host]
        if host.lower() not in self._about.names:
            raise socket.gaierror(socket.EAI_NONAME, f"the lab has no host named {host}")
        return list(self._about.names[host.lower()])


class Lab:
    """A running lab that this process started."""

    def __init__(self, process: subprocess.Popen[bytes], channel: control.Channel, about: control.About) -> None:
        self._process = process
        self._channel = channel
        self.about = about
        self.sockets: Sockets = LabSockets(channel, about)

    @property
    def mode(self) -> control.Mode:
        """Say which way was chosen."""
        return self.about.mode

    @property
    def reason(self) -> str:
        """Say in words why, and what to do to get a better one."""
        return self.about.reason

    @property
    def pid(self) -> int:
        """Return the process id of the process that plays the county."""
        return self._process.pid

    async def apply(self, *faults: LabFault) -> None:
        """Put faults (or repairs) in force, all or none; return when they are.

        Raises:
            UsageError: a fault names something that the inventory does not have.
            AwayError: the lab has ended.
        """
        data = control.to_json(faults)
        await asyncio.to_thread(self._channel.ask, "apply", faults=data)

    def status(self) -> control.Status:
        """Return the faults in force and what is therefore true."""
        status: control.Status = control.from_json(control.Status, self._channel.ask("status"))
        return status

    def truth(self) -> Truth:
        """Return what is true of the network now, once routes have settled."""
        return self.status().truth

    def wait(self) -> int:
        """Return the exit status of the lab's process when it has ended; 0 means in good order."""
        return self._process.wait()

    def close(self) -> None:
        """End the lab and wait until its process is gone."""
        self._channel.close()
        _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start_lab(
    inventory: Inventory,
    *,
    mode: WantedMode = "auto",
    convergence: float = 0.2,
    control_path: Path | None = None,
) -> Lab:
    """Play an inventory as a network; return when it is up. `convergence` is the routing protocol's, in seconds.

    Args:
        inventory: the network to play.
        mode: `namespaces` insists on the kernel's network, `simulated` on loopback; `auto` takes the best there is.
        convergence: seconds from a change until routes follow.
        control_path: where the lab listens for other processes, see `connect_lab`.

    Raises:
        CannotError: the lab cannot run here; says why and what to do.
        ConfigError: the inventory cannot be played.
    """
    if mode == "simulated":
        return _start(inventory, "simulated", convergence, control_path, "simulated on loopback, as asked")
    try:
        return _start(inventory, "namespaces", convergence, control_path, "")
    except PrivilegeError as refusal:
        if mode == "namespaces":
            raise
        reason = f"simulated on loopback: {refusal.message}"
        return _start(inventory, "simulated", convergence, control_path, reason)


def _start(inventory: Inventory, mode: str, convergence: float, control_path: Path | None, reason: str) -> Lab:
    here, there = socket.socketpair()
    search = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "netmon.lab.child", str(there.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[there.fileno()],
        env={**os.environ, "PYTHONPATH": search},
        start_new_session=True,  # Ctrl-C is for us; the child ends when we do
    )
    there.close()
    channel = control.Channel(here, _PATIENCE_SECONDS)
    try:
        about = channel.ask(
            "start",
            inventory=control.pack(inventory),
            mode=mode,
            convergence=convergence,
            reason=reason,
            control=None if control_path is None else str(control_path.absolute()),
        )
    except BaseException:
        channel.close()
        _end(process)
        raise
    return Lab(process, channel, control.from_json(control.About, about))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait until the lab's process, whose connection is closed, has ended; kill it when it does not."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def connect_lab(path: Path | None = None, at: str = "") -> LabSockets:
    """Join the lab that serves the Unix socket `path`, by default that of `netmon lab up`; probe from node `at`.

    Raises:
        AwayError: no lab is running there.
    """
    channel = open_channel(path)
    return LabSockets(channel, control.from_json(control.About, channel.ask("about")), at)


def open_channel(path: Path | None = None) -> control.Channel:
    """Return a connection to the lab that serves `path`, for requests of every kind.

    Raises:
        AwayError: no lab is running there.
    """
    path = path or default_socket()
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        raise AwayError(f"no lab is running at {path}", "start one with `netmon lab up -i INVENTORY`") from error
    return control.Channel(connection)
