"""Echo requests and replies as columns (RFC 792, RFC 4443), and their checksums in bulk (RFC 1071).

A request is as long as that of ping: 8 bytes of header and 56 of payload. The payload starts with the target's slot,
the number of the request, and a token of 64 random bits that only the prober and whoever saw the request know. A
reply is matched by slot and number, and believed for its token; the 16-bit sequence number, the low half of the
number (in little-endian order, as nobody but the sender reads it), only serves errors that quote just the header.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKET = np.dtype(
    [
        ("type", "u1"),
        ("code", "u1"),
        ("checksum", "<u2"),
        ("identifier", ">u2"),
        ("sequence", "<u2"),
        ("slot", "<u4"),
        ("number", "<u4"),
        ("token", "<u8"),
        ("padding", "V40"),
    ]
)
PACKET_BYTES = PACKET.itemsize
MEANINGFUL_BYTES = 24
"""The part before the padding: what a quoted request must hold to be recognised for certain."""


@dataclass(frozen=True, slots=True)
class EchoTypes:
    """The ICMP types of one version of IP that concern an echo: request, reply, and the errors about it."""

    request: int
    reply: int
    errors: frozenset[int]


_LOW_HALF, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_LOW_QUARTER, _QUARTER = np.uint64(0xFFFF), np.uint64(16)

ECHO = {
    4: EchoTypes(8, 0, frozenset({3, 11, 12})),
    6: EchoTypes(128, 129, frozenset({1, 2, 3, 4})),
}


def blank_requests(count: int, request_type: int) -> NDArray[Any]:
    """Return `count` requests with nothing filled in but their type."""
    packets = np.zeros(count, PACKET)
    packets["type"] = request_type
    return packets


def checksums(words: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """Return the Internet checksum of each row of 32-bit words, in which the checksum fields are zero.

    One's complement sums do not care for byte order as long as the result is stored in the order it was summed in
    (RFC 1071 §2 B), so the words are added as they lie in memory, 32 bits at a time, and folded at the end.
    """
    total = words.sum(axis=1, dtype=np.uint64)
    total = (total & _LOW_HALF) + (total >> _HALF)  # at most 34 bits with as few words as a request has
    total = (total & _LOW_QUARTER) + (total >> _QUARTER)
    total = (total & _LOW_QUARTER) + (total >> _QUARTER)
    total = (total & _LOW_QUARTER) + (total >> _QUARTER)
    folded: NDArray[np.uint16] = (total ^ _LOW_QUARTER).astype(np.uint16)
    return folded
