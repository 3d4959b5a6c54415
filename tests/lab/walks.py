"""Read agents of a lab by plain requests, without the product's poller."""

from __future__ import annotations

import select
import socket

from netmon.probes.snmp import ber
from netmon.probes.snmp.pdu import V2C, Kind, Request, decode_response, encode_request
from netmon.probes.sockets import Sockets

_FIRST_ID = 1 << 30


def walk(
    sockets: Sockets, address: str, column: str, community: bytes = b"public", port: int = 161, wait: float = 2.0
) -> dict[str, ber.Value]:
    """Return the objects under `column`, by what follows it in their names; empty when nobody answers."""
    root = ber.oid(column)
    name = root
    found: dict[str, ber.Value] = {}
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with sockets.udp(family) as opened:
        for number in range(_FIRST_ID, _FIRST_ID + 10_000):
            request = encode_request(V2C, community, number, Request(Kind.GET_BULK, (name,), 20))
            opened.sendto(request, sockets.endpoint("udp", address, port))
            if not select.select([opened], [], [], wait)[0]:
                break
            response = decode_response(opened.recv(65_535), {number})
            assert response is not None
            for found_name, tag, value in response.varbinds:
                if tag == ber.END_OF_MIB_VIEW or not found_name.startswith(root):
                    return found
                found[".".join(map(str, ber.arcs(found_name[len(root) :])))] = value
                name = found_name
    return found
