"""Addresses: a device's own, and its ARP and neighbour cache. IP-MIB (RFC 4293), with the tables of RFC 1213."""

from __future__ import annotations

from collections.abc import Iterator

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors.rows import AddressRow
from netmon.probes.vendors.stations import address, indexed_address, mac
from netmon.probes.vendors.tables import SLOW, Found, Part, Table
from netmon.probes.vendors.values import integer

OWN = oid("1.3.6.1.2.1.4.20.1.2")
OWN_ANY = oid("1.3.6.1.2.1.4.34.1.3")
CACHE = oid("1.3.6.1.2.1.4.22.1.2")
CACHE_TYPE = oid("1.3.6.1.2.1.4.22.1.4")
CACHE_ANY = oid("1.3.6.1.2.1.4.35.1.4")

_INVALID = 2  # ipNetToMediaType


def decode_addresses(found: Found) -> tuple[AddressRow, ...]:
    """Decode the addresses of both families, the older tables first."""
    return tuple({row.key: row for row in (*_cache(found), *_own(found))}.values())


def _own(found: Found) -> Iterator[AddressRow]:
    for index in found.indexes(OWN):
        yield from _at(found, integer(found.at(OWN, index)), _address(index))
    for index in found.indexes(OWN_ANY):
        yield from _at(found, integer(found.at(OWN_ANY, index)), indexed_address(index))


def _cache(found: Found) -> Iterator[AddressRow]:
    for index in found.indexes(CACHE):
        station = mac(found.at(CACHE, index))
        if index and station is not None and integer(found.at(CACHE_TYPE, index)) != _INVALID:
            yield from _at(found, index[0], _address(index[1:]), station)
    for index in found.indexes(CACHE_ANY):
        station = mac(found.at(CACHE_ANY, index))
        if index and station is not None:
            yield from _at(found, index[0], indexed_address(index[1:]), station)


def _at(found: Found, interface: int | None, said: str | None, station: str | None = None) -> Iterator[AddressRow]:
    port = None if interface is None else found.ports.get(interface)
    if port is not None and said is not None:
        yield AddressRow(port, said, station)


def _address(arcs: Index) -> str | None:
    return address(bytes(arcs)) if len(arcs) == 4 and all(arc < 256 for arc in arcs) else None


ADDRESSES = Table(
    "addresses", Part.ADDRESSES, decode_addresses, columns=(OWN, OWN_ANY, CACHE, CACHE_TYPE, CACHE_ANY), every=SLOW
)
