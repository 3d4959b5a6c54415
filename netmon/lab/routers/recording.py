"""Recorded walks of real devices: `.snmprec` files, as snmpsim writes them, into objects that an agent can serve.

Each line is `OID|TYPE|VALUE`. TYPE is the BER tag in decimal; `x` behind it says that VALUE is hexadecimal, `e` that
it has backslash escapes. The order of lines does not matter. A line that cannot be used costs only itself.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from netmon.errors import ConfigError, Problem, Severity
from netmon.lab.routers.agent import Arcs, Content, Mib, community_of, respond
from netmon.lab.routers.router_mib import unsigned
from netmon.probes.snmp import ber

SUFFIX = ".snmprec"
_LARGEST_DATAGRAM = 65_535
_SHOWN = 40  # characters of what cannot be read that a message quotes
_STRINGS = (ber.OCTET_STRING, ber.OPAQUE, ber.IP_ADDRESS)


def read_recording(path: Path) -> tuple[Mib, tuple[Problem, ...]]:
    """Return the objects of a file and one problem for each line that could not be used.

    Raises:
        ConfigError: the file cannot be read, or no line of it can be used.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "name a readable .snmprec file") from error
    objects: dict[Arcs, Content] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(b"#"):
            continue
        try:
            name, content = parse_line(line.rstrip(b"\r"))
        except ValueError as error:
            problems.append(Problem(str(path), number, "recording", str(error), "left out", Severity.WARNING))
            continue
        if name in objects:
            problems.append(
                Problem(str(path), number, "recording", "this object stands in the file twice", "", Severity.WARNING)
            )
        objects[name] = content
    if not objects:
        raise ConfigError(f"{path} holds no object", "each line of a recording is OID|TYPE|VALUE", tuple(problems))
    return Mib(objects), tuple(problems)


def parse_line(line: bytes) -> tuple[Arcs, bytes]:
    """Return the name and the encoded value of one line.

    Raises:
        ValueError: it cannot be used; the message says why.
    """
    parts = line.split(b"|", 2)
    if len(parts) != 3:
        raise ValueError("not OID|TYPE|VALUE")
    dotted, kind, value = parts[0].decode("ascii", "replace").strip(), parts[1].decode("ascii", "replace"), parts[2]
    if ":" in kind:
        raise ValueError(f"type {kind!r} asks for a program that makes values; only recorded values are served")
    form = kind[-1:] if kind[-1:] in ("x", "e") else ""
    digits = kind.removesuffix(form) if form else kind
    if not (digits.isascii() and digits.isdigit() and len(digits) < _SHOWN):
        raise ValueError(f"type {kind[:_SHOWN]!r} is not a number")
    name = ber.arcs(ber.oid(dotted))
    return name, _encode(int(digits), form, value)


def _encode(tag: int, form: str, value: bytes) -> bytes:
    if tag in _STRINGS:
        return ber.tlv(tag, _string(tag, form, value))
    if tag == ber.NULL:
        return bytes((ber.NULL, 0))
    text = value.decode("ascii", "replace").strip()
    if tag == ber.OBJECT_IDENTIFIER:
        return ber.tlv(tag, ber.oid(text))
    if tag != ber.INTEGER and tag not in ber.UNSIGNED:
        raise ValueError(f"type {tag} is not one of SNMP's")
    try:
        number = int(text, 16 if form == "x" else 10)
    except ValueError as error:
        raise ValueError(f"{text[:_SHOWN]!r} is not a number") from error
    if tag == ber.INTEGER:
        if not -(1 << 63) <= number < 1 << 63:
            raise ValueError(f"{number} is too large")
        return ber.encode_integer(number)
    if not 0 <= number < 1 << (64 if tag == ber.COUNTER64 else 32):
        raise ValueError(f"{number} is out of the range of type {tag}")
    return unsigned(tag, number)


def _string(tag: int, form: str, value: bytes) -> bytes:
    if form == "x":
        try:
            octets = bytes.fromhex(value.decode("ascii", "replace"))
        except ValueError as error:
            raise ValueError("the value is not hexadecimal") from error
    elif form == "e":
        try:
            octets = value.decode("unicode_escape").encode("latin-1")
        except UnicodeError as error:
            raise ValueError("the value's escapes are not those of octets") from error
    elif tag == ber.IP_ADDRESS:
        try:
            octets = ipaddress.IPv4Address(value.decode("ascii", "replace").strip()).packed
        except ValueError as error:
            raise ValueError("the value is not an IPv4 address") from error
    else:
        octets = value
    if tag == ber.IP_ADDRESS and len(octets) != 4:
        raise ValueError(f"an address of {len(octets)} octets")
    if len(octets) > _LARGEST_DATAGRAM:
        raise ValueError(f"a string of {len(octets)} octets")
    return octets


def serve_recordings(agent: socket.socket, devices: Mapping[bytes, Mib]) -> None:
    """Answer on a UDP socket for ever; the community of a request names the device."""
    while True:
        datagram, source = agent.recvfrom(_LARGEST_DATAGRAM)
        community = community_of(datagram)
        if community is None or community not in devices:
            continue
        answer = respond(devices[community], community, datagram, time.monotonic())
        if answer is not None:
            with suppress(OSError):  # the way back may be gone; agents do not mind
                agent.sendto(answer, source)
