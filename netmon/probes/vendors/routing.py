"""Neighbours of routing protocols: OSPF-MIB (RFC 4750) and BGP4-MIB (RFC 4273).

An agent deletes neighbours that are dead: a row that is gone says as much as one that says `down`.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.rows import RoutingRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, valid

OSPF_ROUTER_ID = oid("1.3.6.1.2.1.14.10.1.3")
OSPF_STATE = oid("1.3.6.1.2.1.14.10.1.6")
OSPF_EVENTS = oid("1.3.6.1.2.1.14.10.1.7")

BGP_STATE = oid("1.3.6.1.2.1.15.3.1.2")
BGP_ADMIN_STATUS = oid("1.3.6.1.2.1.15.3.1.3")
BGP_REMOTE_AS = oid("1.3.6.1.2.1.15.3.1.9")
BGP_TRANSITIONS = oid("1.3.6.1.2.1.15.3.1.15")
BGP_SECONDS = oid("1.3.6.1.2.1.15.3.1.16")

_OSPF_STATES = {
    1: "down",
    2: "attempt",
    3: "init",
    4: "twoWay",
    5: "exchangeStart",
    6: "exchange",
    7: "loading",
    8: "full",
}
_BGP_STATES = {1: "idle", 2: "connect", 3: "active", 4: "opensent", 5: "openconfirm", 6: "established"}
_AS_TRANS = 23456  # stands for every number of more than 16 bits (RFC 6793)


def decode_ospf(found: Found) -> tuple[RoutingRow, ...]:
    """Decode the OSPF neighbours."""
    rows = (_ospf_row(found, index) for index in found.indexes(OSPF_STATE))
    return tuple(row for row in rows if row is not None)


def _ospf_row(found: Found, index: Index) -> RoutingRow | None:
    address = _address(index[:4])
    state = _OSPF_STATES.get(integer(found.at(OSPF_STATE, index)) or 0)
    if address is None or len(index) != 5:
        return None
    if index[4]:  # a link without addresses: its neighbour is known by the port
        address = f"{address}%{found.ports.get(index[4]) or f'if#{index[4]}'}"
    return RoutingRow(
        protocol="ospf",
        neighbour=address,
        router_id=_ip(found.at(OSPF_ROUTER_ID, index)),
        state=state,
        is_up=_ospf_is_up(state),
        changes=_count(found.at(OSPF_EVENTS, index)),
    )


def _ospf_is_up(state: str | None) -> bool | None:
    """Map ospfNbrState; twoWay is where two routers of a LAN stay that are not designated: no evidence."""
    return None if state in (None, "twoWay") else state == "full"


def decode_bgp(found: Found) -> tuple[RoutingRow, ...]:
    """Decode the BGP peers."""
    rows = (_bgp_row(found, index) for index in found.indexes(BGP_STATE))
    return tuple(row for row in rows if row is not None)


def _bgp_row(found: Found, index: Index) -> RoutingRow | None:
    address = _address(index)
    if address is None:
        return None
    state = _BGP_STATES.get(integer(found.at(BGP_STATE, index)) or 0)
    remote_as = _count(found.at(BGP_REMOTE_AS, index))
    seconds = _count(valid(found.at(BGP_SECONDS, index)))
    is_up = None if state is None else state == "established"
    return RoutingRow(
        protocol="bgp",
        neighbour=address,
        state=state,
        is_up=is_up,
        admin_up={1: False, 2: True}.get(integer(found.at(BGP_ADMIN_STATUS, index)) or 0),
        remote_as=None if remote_as in (0, _AS_TRANS) else remote_as,
        changes=_count(found.at(BGP_TRANSITIONS, index)),
        seconds=float(seconds) if is_up and seconds is not None else None,
    )


def _address(octets: Index) -> str | None:
    if len(octets) != 4 or max(octets) > 255:
        return None
    return str(IPv4Address(bytes(octets)))


def _ip(value: Value) -> str | None:
    return str(IPv4Address(bytes(value))) if isinstance(value, bytes) and len(value) == 4 else None


def _count(value: Value) -> int | None:
    count = integer(value)
    return count if count is not None and 0 <= count < 2**32 else None


OSPF = Table("ospf", Part.ROUTING, decode_ospf, (OSPF_ROUTER_ID, OSPF_STATE, OSPF_EVENTS), every=MINUTE)
BGP = Table(
    "bgp",
    Part.ROUTING,
    decode_bgp,
    (BGP_STATE, BGP_ADMIN_STATUS, BGP_REMOTE_AS, BGP_TRANSITIONS, BGP_SECONDS),
    every=MINUTE,
)
TABLES = (OSPF, BGP)
