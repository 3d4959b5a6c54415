"""How far inside an address lies: whoever answers from outside must not send a check further in. Pure.

A monitor stands where much can be reached that the web at large cannot. A page that redirects to the monitor's own
machine, or from the web into the closed network, would let its owner ask there in the monitor's name.
"""

from __future__ import annotations

import ipaddress
from enum import IntEnum
from typing import Final

_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a translator knows them (RFC 6052)."""


class Scope(IntEnum):
    """Where an address lies, from outside to inside."""

    PUBLIC = 0
    CLOSED = 1  # a network of one's own: not routed on the Internet
    OWN = 2  # this machine, or what is on its own wire; nobody's (multicast, unspecified) as well


def scope_of(address: str) -> Scope:
    """Return where an IP address lies; IPv4 in the clothes of IPv6 lies where it does without them."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in _TRANSLATED:
            found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    if found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified:
        return Scope.OWN
    if isinstance(found, ipaddress.IPv4Address) and found.is_reserved:
        return Scope.OWN
    return Scope.PUBLIC if found.is_global else Scope.CLOSED
