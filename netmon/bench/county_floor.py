"""The floor of `netmon bench county`: as many datagrams as the daemon sent, sent and received and not looked at.

On the lab the kernel forwards in the context of whoever sends, hop by hop: most of a daemon's CPU there is the
network's. The floor is a plain loop that knows every datagram before it starts, so the difference is what thinking
costs: scheduling, matching, decoding, belief, evidence, journal and pictures.
"""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from netmon.lab.routers.agents import communities
from netmon.model import Inventory
from netmon.probes.icmp.packets import ECHO, blank_requests, checksums
from netmon.probes.snmp.pdu import V2C, Kind, Request, encode_request
from netmon.probes.sockets import Sockets
from netmon.probes.vendors import system

_LARGEST_DATAGRAM = 65_535
_QUESTION_ID = 1 << 30


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the daemon sent each second, and how many seconds it slept between two turns of sending pings."""

    pings: float
    questions: float
    tick: float


def floor_cpu_ratio(inventory: Inventory, sockets: Sockets, traffic: Traffic, seconds: float) -> float:
    """Return the share of a processor that the traffic alone takes; blocks its thread for `seconds`."""
    known, _ = communities(inventory)
    pings = cycle(_pings(inventory, sockets))
    questions = cycle(_questions(inventory, sockets, known))
    with ExitStack() as stack:
        families = (socket.AF_INET, socket.AF_INET6) if ":" in "".join(_addresses(inventory)) else (socket.AF_INET,)
        icmp = {family: stack.enter_context(sockets.icmp(family)) for family in families}
        udp = {family: stack.enter_context(sockets.udp(family)) for family in families}
        both = (*icmp.values(), *udp.values())
        before, started = _cpu(), time.monotonic()
        sent_pings = sent_questions = 0
        while (now := time.monotonic() - started) < seconds:
            sent_pings += _send(icmp, pings, int(now * traffic.pings) - sent_pings)
            sent_questions += _send(udp, questions, int(now * traffic.questions) - sent_questions)
            time.sleep(traffic.tick)
            for one in both:
                _drain(one)
        return (_cpu() - before) / (time.monotonic() - started)


Datagram = tuple[socket.AddressFamily, bytes, tuple[str, int]]


def _send(sockets: Mapping[socket.AddressFamily, socket.socket], datagrams: Iterator[Datagram], count: int) -> int:
    for _ in range(count):
        family, datagram, to = next(datagrams)
        sockets[family].sendto(datagram, to)
    return count


def _drain(one: socket.socket) -> None:
    try:
        while True:
            one.recv(_LARGEST_DATAGRAM)
    except BlockingIOError:
        return


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_THREAD)
    return usage.ru_utime + usage.ru_stime


def _addresses(inventory: Inventory) -> Sequence[str]:
    return [node.address for node in inventory.nodes.values() if node.icmp is not None and node.address is not None]


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _pings(inventory: Inventory, sockets: Sockets) -> Sequence[Datagram]:
    """Return an echo request to each target, as long as netmon's."""
    packets = {}
    for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6)):
        packet = blank_requests(1, ECHO[version].request)
        packet["checksum"] = checksums(np.frombuffer(packet.tobytes(), np.uint32).reshape(1, -1))
        packets[family] = packet.tobytes()
    return [(_family(to), packets[_family(to)], sockets.endpoint("icmp", to, 0)) for to in _addresses(inventory)]


def _questions(inventory: Inventory, sockets: Sockets, known: Mapping[str, bytes]) -> Sequence[Datagram]:
    """Return a question for the system group to each router."""
    asked = Request(Kind.GET, system.SCALARS)
    return [
        (
            _family(node.address),
            encode_request(V2C, known[node.id], _QUESTION_ID, asked),
            sockets.endpoint("udp", node.address, node.snmp.port),
        )
        for node in inventory.nodes.values()
        if node.snmp is not None and node.address is not None
    ]
