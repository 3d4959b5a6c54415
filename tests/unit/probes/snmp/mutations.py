"""What a hostile or broken agent may do to a datagram, in place."""

from __future__ import annotations

import random
from collections.abc import Callable

from netmon.probes.snmp.ber import tlv


def flip(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def lengthen(data: bytearray, chance: random.Random) -> None:
    """Let a length claim a lot, or be indefinite."""
    where = chance.randrange(len(data))
    data[where : where + 1] = chance.choice([b"\x80", b"\x84\xff\xff\xff\xff", b"\x82\xff\xff", b"\xff", b"\x7f"])


def nest(data: bytearray, chance: random.Random) -> None:
    """Put thousands of sequences into one another."""
    deep = b"\x05\x00"
    for _ in range(chance.randrange(1, 200)):
        deep = tlv(0x30, deep)
    where = chance.randrange(len(data))
    data[where:where] = deep


def repeat(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data += data[start:] * chance.randrange(1, 20)


def stretch_name(data: bytearray, chance: random.Random) -> None:
    """Put an endless number into an identifier."""
    where = chance.randrange(len(data))
    data[where:where] = b"\xff" * chance.randrange(1, 200)


Mutation = Callable[[bytearray, random.Random], None]

MUTATIONS: tuple[Mutation, ...] = (flip, cut, lengthen, nest, repeat, stretch_name)
