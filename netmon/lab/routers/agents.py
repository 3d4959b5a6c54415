"""Serves every router's SNMP agent from one loop: a socket per router, its objects made when first asked for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from netmon.errors import ConfigError
from netmon.inventory.secrets import reveal
from netmon.lab.county import County, Network
from netmon.lab.routers.agent import Mib, respond
from netmon.lab.routers.router_mib import router_mib
from netmon.lab.routers.views import view_of
from netmon.lab.wires.wiring import Wiring
from netmon.model import Inventory, SecretRef

_READS_PER_TURN = 32
_LARGEST_DATAGRAM = 65_535
USUAL_COMMUNITY = "public"


class Agents:
    """The agents of all routers with an address."""

    def __init__(self, county: County, wiring: Wiring, network: Network, communities: Mapping[str, bytes]) -> None:
        """Begin to answer on the sockets of the network; needs a running loop."""
        self._county = county
        self._wiring = wiring
        self._network = network
        self._communities = communities
        self._mibs: dict[str, Mib] = {}
        self._changes = county.changes
        loop = asyncio.get_running_loop()
        for node, agent in network.agents.items():
            loop.add_reader(agent, partial(self._readable, node, agent, loop))

    def _readable(self, node: str, agent: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(_READS_PER_TURN):
            try:
                datagram, source = agent.recvfrom(_LARGEST_DATAGRAM)
            except OSError:  # nothing left, or an ICMP error that came back for an earlier answer
                return
            if node in self._county.shown.silent_nodes or not self._network.delivers(node):
                continue
            answer = respond(self._mib(node), self._communities[node], datagram, loop.time())
            if answer is not None:
                with suppress(OSError):  # the way back may be gone; agents do not mind
                    agent.sendto(answer, source)

    def _mib(self, node: str) -> Mib:
        if self._changes != self._county.changes:
            self._mibs.clear()
            self._changes = self._county.changes
        if node not in self._mibs:
            self._mibs[node] = router_mib(view_of(self._county, self._wiring, node))
        return self._mibs[node]


def lab_secret(ref: SecretRef) -> str:
    """Return a secret, or what the lab's routers answer to where it is not set: a lab needs no credentials."""
    try:
        return reveal(ref)
    except ConfigError:
        return USUAL_COMMUNITY


def communities(inventory: Inventory) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the community that each node's agent answers to, and notes for people on what could not be had.

    A community that is not set here does not keep the lab from running: its routers answer to `public`.
    """
    known: dict[str | None, str] = {}
    notes = []
    for name, auth in inventory.auth.items():
        if auth.community is None:
            notes.append(f"the lab's routers speak SNMP 1 and 2c only, not the version {auth.version} of {name}")
            continue
        try:
            known[name] = reveal(auth.community)
        except ConfigError as error:
            notes.append(f"{error.message}: routers that use {name} answer to the community {USUAL_COMMUNITY!r}")
    usual = next(iter(known.values()), USUAL_COMMUNITY)
    found = {}
    for node in inventory.nodes.values():
        wanted = None if node.snmp is None else node.snmp.auth
        community = known.get(wanted, USUAL_COMMUNITY if wanted in inventory.auth else usual)
        found[node.id] = community.encode()
    return found, tuple(notes)
