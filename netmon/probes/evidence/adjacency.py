"""From a poll to "port P of A hears B": whom a device's ports hear, and by what others may know the device. Pure.

Where nothing announces itself on a port, the only station that a bridge or an ARP cache knows behind it is taken for
the neighbour. That a cache has forgotten it proves nothing, so it stays until somebody else is seen there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from netmon.events import NeighboursHeard
from netmon.model import Identity, Neighbour
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import NeighbourRow
from netmon.probes.vendors.tables import Part

MOST_NEIGHBOURS = 256  # of one device: a liar must not fill the journal
MOST_IDS = 1024
OVERHEARD = frozenset({"fdb", "arp"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What was last journalled of one device's neighbours. `basis` is what a poll said that it follows from."""

    identity: Identity = field(default_factory=Identity)
    neighbours: tuple[Neighbour, ...] = ()
    basis: object = field(default=None, compare=False, repr=False)


def hear(known: Heard, poll: DevicePoll) -> tuple[Heard, NeighboursHeard | None]:
    """Return what is known after a poll, and the event if it is news. A failed table takes nothing away."""
    if poll.system is None:
        return known, None
    basis = _basis(poll)
    if basis == known.basis:
        return known, None
    own = _identity(poll)
    if not (poll.has_all(Part.IDENTITIES) and poll.has_all(Part.ADDRESSES)):
        own = _joined(known.identity, own)
    announced = {_neighbour(row) for row in poll.neighbours if row.local_port}
    if not poll.has_all(Part.NEIGHBOURS):
        announced |= {one for one in known.neighbours if one.protocol not in OVERHEARD}
    busy = {one.port for one in announced}
    before = {one.port: one for one in known.neighbours if one.protocol in OVERHEARD}
    ports = {row.name for row in poll.interfaces} if poll.has_all(Part.INTERFACES) else before.keys()
    behind = {port: one for port, one in before.items() if port in ports} | _overheard(poll, _own_macs(own))
    heard = (*sorted(announced), *(one for port, one in sorted(behind.items()) if port not in busy))
    now = Heard(own, heard[:MOST_NEIGHBOURS], basis)
    if now == known:
        return now, None
    return now, NeighboursHeard(poll.ended, poll.node, now.identity, now.neighbours)


def _basis(poll: DevicePoll) -> object:
    """Return all of a poll that neighbours are told from: mostly rows that stand since the poll before."""
    name = None if poll.system is None else poll.system.name
    ports = tuple([row.name for row in poll.interfaces])
    return name, ports, poll.failed, poll.neighbours, poll.identities, poll.addresses, poll.forwarding


def _neighbour(row: NeighbourRow) -> Neighbour:
    return Neighbour(
        port=row.local_port or "",
        protocol=row.protocol,
        name=row.remote_name or "",
        chassis=row.remote_chassis or "",
        remote_port=row.remote_port or "",
        address=row.remote_address or "",
    )


def _identity(poll: DevicePoll) -> Identity:
    rows = poll.identities[:MOST_IDS]
    own = sorted({row.address for row in poll.addresses if row.mac is None})
    return Identity(
        name=(poll.system.name or "") if poll.system is not None else "",
        chassis=tuple(sorted({row.id for row in rows if row.port is None})),
        addresses=tuple(own[:MOST_IDS]),
        ports=tuple(sorted((row.id, row.port) for row in rows if row.port is not None)),
    )


def _joined(before: Identity, now: Identity) -> Identity:
    return Identity(
        now.name or before.name,
        tuple(sorted({*before.chassis, *now.chassis}))[:MOST_IDS],
        tuple(sorted({*before.addresses, *now.addresses}))[:MOST_IDS],
        tuple(sorted({*before.ports, *now.ports}))[:MOST_IDS],
    )


def _own_macs(own: Identity) -> frozenset[str]:
    return frozenset((*own.chassis, *(mac for mac, _ in own.ports)))


def _overheard(poll: DevicePoll, own: frozenset[str]) -> dict[str, Neighbour]:
    """Return the only station behind each port that has exactly one; a bridge knows the port better than ARP."""
    address_of = {row.mac: row.address for row in poll.addresses if row.mac is not None}
    arp = _alone((row.port, row.mac, row.address) for row in poll.addresses if row.mac is not None)
    fdb = _alone((row.port, row.mac, address_of.get(row.mac, "")) for row in poll.forwarding)
    return dict(_stations(arp, "arp", own)) | dict(_stations(fdb, "fdb", own))


def _alone(seen: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield port, MAC and address of the stations that are alone behind their port."""
    behind: dict[str, dict[str, str]] = {}
    for port, mac, address in seen:
        behind.setdefault(port, {}).setdefault(mac, address)
    for port, stations in behind.items():
        if len(stations) == 1:
            ((mac, address),) = stations.items()
            yield port, mac, address


def _stations(
    alone: Iterable[tuple[str, str, str]], protocol: str, own: frozenset[str]
) -> Iterator[tuple[str, Neighbour]]:
    for port, mac, address in alone:
        if mac not in own:
            yield port, Neighbour(port, protocol, chassis=mac, address=address)
