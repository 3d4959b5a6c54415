"""Documents in pieces, packed piece by piece: what is as it was in the last scrape is not packed again.

A gzip file holds one deflate stream (RFC 1952), and that is a row of blocks (RFC 1951). After a full flush a block
needs nothing of those before it, so that blocks of several moments may stand in one stream.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

SMALLEST = 8_192
"""Bytes of a piece that is packed by itself; smaller ones are put together first."""
_HEAD = b"\x1f\x8b\x08\x00" + bytes(4) + b"\x04\xff"  # deflate, of no time, by the fastest way, on no system
_END = b"\x03\x00"  # an empty block that is the last


class Piece:
    """Some lines of a document, and how they are packed."""

    __slots__ = ("_packed", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._packed: bytes | None = None

    @property
    def packed(self) -> bytes:
        """The text as whole blocks, none of them the last; made when first asked for."""
        if self._packed is None:
            deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
            self._packed = deflate.compress(self.text) + deflate.flush(zlib.Z_FULL_FLUSH)
        return self._packed


def joined(pieces: Iterable[Piece]) -> bytes:
    """Return the document that the pieces are."""
    return b"".join(piece.text for piece in pieces)


def packed(pieces: Iterable[Piece]) -> bytes:
    """Return the document as a gzip file."""
    blocks, check, size = [_HEAD], 0, 0
    for piece in _gathered(pieces):
        blocks.append(piece.packed)
        check = zlib.crc32(piece.text, check)
        size += len(piece.text)
    return b"".join([*blocks, _END, struct.pack("<II", check, size & 0xFFFF_FFFF)])


def _gathered(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the pieces, small ones together."""
    small: list[Piece] = []
    for piece in pieces:
        if len(piece.text) < SMALLEST:
            small.append(piece)
            continue
        if small:
            yield Piece(joined(small))
            small = []
        yield piece
    if small:
        yield Piece(joined(small))
