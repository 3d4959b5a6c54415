"""Addresses of devices as MIBs carry them: MACs, network addresses, and addresses inside an index. Texts come out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from netmon.probes.snmp.ber import Value
from netmon.probes.vendors.values import text

IPV4, IPV6 = 1, 2  # AddressFamilyNumbers, and InetAddressType
_WRITTEN_MAC = re.compile(r"[0-9A-Fa-f]{2}([:. -]?[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2}")


def mac(value: Value) -> str | None:
    """Return a MAC as `aa:bb:cc:dd:ee:ff`, from six octets or from text as some agents send it.

    None for what belongs to no station: all zeros, broadcast and multicast.
    """
    octets = value if isinstance(value, bytes) else b""
    if len(octets) > 6:
        written = octets.decode("ascii", errors="replace").strip()
        if _WRITTEN_MAC.fullmatch(written) is None:
            return None
        octets = bytes.fromhex(re.sub("[:. -]", "", written))
    if len(octets) != 6 or octets[0] & 1 or not any(octets):
        return None
    return octets.hex(":")


def address(octets: bytes) -> str | None:
    """Return an IP address by which a device can be reached: not unspecified, loopback, link-local or multicast."""
    if len(octets) not in (4, 16):
        return None
    found = ipaddress.ip_address(octets)
    if found.is_unspecified or found.is_loopback or found.is_multicast or found.is_link_local:
        return None
    return str(found)


def network_address(value: Value) -> str | None:
    """Return the address that an LLDP id of subtype networkAddress holds: a family octet and the address."""
    if not isinstance(value, bytes) or len(value) < 5 or value[0] not in (IPV4, IPV6):
        return None
    return address(value[1:])


def indexed_address(arcs: Sequence[int]) -> str | None:
    """Return the address at the end of an index: family, length and octets.

    Some agents leave the length out, others write the address as text.
    """
    if len(arcs) < 5 or arcs[0] not in (IPV4, IPV6):
        return None
    octets = arcs[2:] if arcs[1] == len(arcs) - 2 else arcs[1:]
    if any(arc > 255 for arc in octets):
        return None
    return address(bytes(octets)) or _written(bytes(octets))


def _written(letters: bytes) -> str | None:
    """Return an IPv4 address that is spelled out in letters."""
    try:
        return address(ipaddress.IPv4Address(letters.decode("ascii")).packed)
    except ValueError:  # UnicodeDecodeError is one too
        return None


def identifier(value: Value) -> str | None:
    """Return an id of whatever subtype: text where it is text, six octets that are none as a MAC, others in hex."""
    if not isinstance(value, bytes) or not value:
        return None
    try:
        written = value.decode()
    except UnicodeDecodeError:
        return mac(value) or value[:32].hex()
    if not written.strip("\0").isprintable():
        return mac(value) or value[:32].hex()
    return text(value.strip(b"\0")) or None
