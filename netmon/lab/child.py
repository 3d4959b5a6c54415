"""The one process that plays the whole county: builds the network, answers requests, ends when its parent does.

Started by `netmon.lab.network.start_lab` with one end of a socket pair as its only argument; see `control` for what
is said over it. It has no threads: building moves the process through every namespace it makes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from netmon.errors import CannotError, NetmonError, PrivilegeError, UsageError
from netmon.lab import control
from netmon.lab.county import County, Network
from netmon.lab.kernel.namespaces import leave_machine
from netmon.lab.kernel.network import KernelNetwork
from netmon.lab.kernel.reasons import Refusal, explain, machine_facts
from netmon.lab.place import served_at
from netmon.lab.routers.agents import Agents, communities
from netmon.lab.routers.trap_senders import TrapSenders
from netmon.lab.services.hosting import names, unserved
from netmon.lab.simulated import SimulatedNetwork
from netmon.lab.story.faults import LabFault
from netmon.lab.story.state import faults_in_force, reachable, truth
from netmon.lab.web import WebServers
from netmon.lab.wires.wiring import Wiring, wire
from netmon.model import Inventory

_READ_BYTES = 1 << 16
_SEND_SECONDS = 5.0


def main() -> None:
    """Serve the lab on the socket whose number is the first argument."""
    parent = socket.socket(fileno=int(sys.argv[1]))
    reader = control.FrameReader()
    while (request := reader.next_frame()) is None:
        data = parent.recv(_READ_BYTES)
        if not data:
            return
        reader.feed(data)
    try:
        asyncio.run(_play(control.unpack(request["inventory"]), request, parent))
    except NetmonError as error:
        with suppress(OSError):  # the parent may be gone; nobody is left to tell
            control.write_frame(parent, control.error_frame(error))


async def _play(inventory: Inventory, request: dict[str, Any], parent: socket.socket) -> None:
    owner = os.getppid()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_die)
    began = loop.time()
    wiring = wire(inventory)
    known, notes = communities(inventory)
    network, mode, reason = _build(inventory, wiring, request)
    county = County(
        inventory,
        network,
        convergence=float(request["convergence"]),
        later=loop.call_later,
        monotonic=loop.time,
        epoch=time.time() - loop.time(),
    )
    if isinstance(network, KernelNetwork):
        network.await_answers(reachable(inventory, county.shown, inventory.vantage.node))
    Agents(county, wiring, network, known)
    traps = TrapSenders(county, wiring, network, known)
    web = WebServers(county, network)
    simulated = network if isinstance(network, SimulatedNetwork) else None
    about = control.About(
        mode=mode,
        reason=reason,
        nodes=len(inventory.nodes),
        links=len(inventory.links),
        seconds=loop.time() - began,
        notes=(*notes, *_not_served(inventory)),
        names=names(inventory),
        loopback={} if simulated is None else simulated.loopback,
        ports={} if simulated is None else simulated.ports,
    )
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    with suppress(OSError):  # where the kernel has no pidfd, the end of the connection has to tell
        loop.add_reader(os.pidfd_open(owner), ended.set)
    server = Server(county, network, (web.follow, traps.follow), about, ended)
    server.serve(parent, is_parent=True)
    with served_at(request["control"]) as listener:
        if listener is not None:
            server.listen(listener)
        with suppress(OSError):  # a parent that died meanwhile is noticed by its connection
            control.write_frame(parent, control.to_json(about))
        await ended.wait()


def _build(
    inventory: Inventory, wiring: Wiring, request: dict[str, Any]
) -> tuple[KernelNetwork | SimulatedNetwork, control.Mode, str]:
    """Build the network in the mode asked for; return it with the mode in full and the reason in words.

    Raises:
        PrivilegeError: the machine does not allow kernel namespaces; says why and what to do.
        CannotError: loopback cannot be used either.
    """
    if request["mode"] == "simulated":
        return SimulatedNetwork(inventory, wiring), "simulated", str(request["reason"])
    facts = machine_facts()
    try:
        in_user_namespace = leave_machine()
        network = KernelNetwork(inventory, wiring)
    except Refusal as refusal:
        raise PrivilegeError(explain(refusal, facts)) from refusal
    if in_user_namespace:
        return network, "user-namespaces", "kernel network namespaces inside a user namespace, without root"
    return network, "root-namespaces", "kernel network namespaces, as root"


def _not_served(inventory: Inventory) -> tuple[str, ...]:
    missing = unserved(inventory)
    if not missing:
        return ()
    return (f"the lab serves plain http only: {len(missing)} services are not served, such as {missing[0]}",)


def _die(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """End the lab on an error nobody expected: a lab that no longer does what it is told must not look alive."""
    loop.default_exception_handler(context)
    os._exit(1)


class Server:
    """Answers requests on any number of connections."""

    def __init__(
        self,
        county: County,
        network: Network,
        followers: Sequence[Callable[[], None]],
        about: control.About,
        ended: asyncio.Event,
    ) -> None:
        self._county = county
        self._network = network
        self._followers = followers
        self._about = about
        self._ended = ended
        self._loop = asyncio.get_running_loop()

    def listen(self, listener: socket.socket) -> None:
        """Serve whoever connects."""
        listener.settimeout(0)

        def accept() -> None:
            with suppress(BlockingIOError):
                connection, _ = listener.accept()
                self.serve(connection)

        self._loop.add_reader(listener, accept)

    def serve(self, connection: socket.socket, *, is_parent: bool = False) -> None:
        """Serve one connection; the parent's last word ends the lab."""
        connection.settimeout(_SEND_SECONDS)
        reader = control.FrameReader()

        def readable() -> None:
            try:
                data = connection.recv(_READ_BYTES)
                reader.feed(data)
                while (request := reader.next_frame()) is not None:
                    self._answer(connection, request)
            except (OSError, ValueError):  # it is gone, or does not speak the protocol
                data = b""
            if not data:
                self._loop.remove_reader(connection)
                connection.close()
                if is_parent:
                    self._ended.set()

        self._loop.add_reader(connection, readable)

    def _answer(self, connection: socket.socket, request: dict[str, Any]) -> None:
        try:
            match request:
                case {"op": "socket", "kind": str(kind), "family": int(family)}:
                    at = str(request.get("at", ""))
                    with self._network.probe_socket(kind, socket.AddressFamily(family), at) as opened:
                        control.write_frame(connection, {"fds": 1}, (opened.fileno(),))
                    return
                case {"op": "apply", "faults": list(faults)}:
                    self._county.apply(control.from_json(tuple[LabFault, ...], faults))
                    for follow in self._followers:
                        follow()
                    answer: dict[str, Any] = {}
                case {"op": "status"}:
                    state = self._county.state
                    status = control.Status(faults_in_force(state), truth(self._county.inventory, state))
                    answer = control.to_json(status)
                case {"op": "about"}:
                    answer = control.to_json(self._about)
                case {"op": "down"}:
                    self._loop.call_soon(self._ended.set)
                    answer = {}
                case _:
                    raise UsageError("the lab does not understand this request")
        except NetmonError as error:
            answer = control.error_frame(error)
        except OSError as error:
            answer = control.error_frame(CannotError(f"the kernel refused it: {error}"))
        control.write_frame(connection, answer)


if __name__ == "__main__":
    main()
