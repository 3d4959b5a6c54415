"""Masks over nodes: bytearrays of zeros and ones, compared and combined without a loop in Python."""

from __future__ import annotations

from itertools import compress

_FLIP = bytes([1, *([0] * 255)])


def flip(mask: bytearray) -> bytearray:
    """Return a mask of what this one does not mark."""
    return mask.translate(_FLIP)


def both(mask: bytearray, other: bytearray) -> bytearray:
    """Return a mask of what both mark."""
    joined = int.from_bytes(mask, "little") & int.from_bytes(other, "little")
    return bytearray(joined.to_bytes(len(mask), "little"))


def either(mask: bytearray, other: bytearray) -> bytearray:
    """Return a mask of what one or the other marks."""
    joined = int.from_bytes(mask, "little") | int.from_bytes(other, "little")
    return bytearray(joined.to_bytes(len(mask), "little"))


def is_within(mask: bytearray, other: bytearray) -> bool:
    """Tell whether everything that the first marks is marked by the other as well."""
    inner = int.from_bytes(mask, "little")
    return inner & int.from_bytes(other, "little") == inner


def marked(mask: bytearray) -> list[int]:
    """Return the marked places in order."""
    return list(compress(range(len(mask)), mask))
