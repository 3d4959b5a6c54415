"""Whether a datagram is framed as a message of SNMPv3 (RFC 3412 §6), told before anything else reads it.

gufo-snmp stops with a panic, and a page on standard error, at lengths that lead out of a datagram: none gets that
far.
"""

from __future__ import annotations

from typing import Final

from netmon.probes.snmp.ber import (
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    Malformed,
    contents,
    header,
    integer,
)

_VERSION: Final = 3
_CONSTRUCTED: Final = 0x20


def check_framing(data: bytes) -> None:
    """Check that every length of a message stays inside what holds it, and that nothing follows the message.

    What is encrypted is not looked into: its sender has been authenticated when it is decrypted.

    Raises:
        Malformed: not so, or not version 3.
    """
    at, end = contents(data, 0, len(data), SEQUENCE)
    if end != len(data):
        raise Malformed("octets follow the message")
    version, at = integer(data, at, end)
    if version != _VERSION:
        raise Malformed(f"version {version}")
    start, at = contents(data, at, end, SEQUENCE)
    _check_elements(data, start, at, (INTEGER, INTEGER, OCTET_STRING, INTEGER))
    start, at = contents(data, at, end, OCTET_STRING)
    start, stop = contents(data, start, at, SEQUENCE)
    if stop != at:
        raise Malformed("octets follow the security parameters")
    _check_elements(data, start, stop, (OCTET_STRING, INTEGER, INTEGER, OCTET_STRING, OCTET_STRING, OCTET_STRING))
    tag, start, stop = header(data, at, end)
    if stop != end or tag not in (SEQUENCE, OCTET_STRING):
        raise Malformed("the scoped PDU is not what fills the rest of the message")
    if tag == SEQUENCE:
        _check_inside(data, start, stop)


def _check_elements(data: bytes, at: int, end: int, tags: tuple[int, ...]) -> None:
    """Check that elements with exactly these tags stand between `at` and `end`."""
    for tag in tags:
        _, at = contents(data, at, end, tag)
    if at != end:
        raise Malformed("more elements than belong there")


def _check_inside(data: bytes, at: int, end: int) -> None:
    """Check all elements between `at` and `end` and those inside them, however deep."""
    open_ = [(at, end)]
    while open_:
        at, end = open_.pop()
        while at < end:
            tag, start, stop = header(data, at, end)
            if tag & _CONSTRUCTED:
                open_.append((start, stop))
            elif start == stop and tag in (INTEGER, OBJECT_IDENTIFIER):
                raise Malformed("a number or an identifier without octets")
            at = stop
