"""Documents in pieces, packed piece by piece: what is as it was in the last scrape is not packed again.

A gzip file holds one deflate stream (RFC 1952), and that is a row of blocks (RFC 1951). After a full flush a block
needs nothing of those before it, so that blocks of several moments may stand in one stream.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

SMALLEST = 8_192
"""Bytes of a piece that is packed by itself; smaller ones are put together first."""
_HEAD = b"\x1f\x8b\x08\x00" + bytes(4) + b"\x04\xff"  # deflate, of no time, by the fastest way, on no system
_END = b"\x03\x00"  # an empty block that is the last


class Piece:
    """Some lines of a document, the metric that they are of, and how they are packed."""

    __slots__ = ("_packed", "metric", "text")

    def __init__(self, text: bytes, metric: str = "") -> None:
        self.text = text
        self.metric = metric
        self._packed: bytes | None = None

    @property
    def is_large(self) -> bool:
        """True where it is packed by itself."""
        return len(self.text) >= SMALLEST

    @property
    def is_packed(self) -> bool:
        """True once it has been packed."""
        return self._packed is not None

    def pack(self) -> bytes:
        """Return the text as whole blocks, none of them the last; made when first asked for."""
        if self._packed is None:
            self._packed = _blocks(_deflate(), self.text)
        return self._packed


def joined(pieces: Iterable[Piece]) -> bytes:
    """Return the document that the pieces are."""
    return b"".join(piece.text for piece in pieces)


def packed(pieces: Iterable[Piece]) -> bytes:
    """Return the document as a gzip file; small pieces are put together."""
    blocks, check, size, deflate = [_HEAD], 0, 0, _deflate()
    for is_large, group in groupby(pieces, attrgetter("is_large")):
        for piece in group if is_large else (Piece(joined(group)),):
            blocks.append(piece.pack() if is_large else _blocks(deflate, piece.text))
            check = zlib.crc32(piece.text, check)
            size += len(piece.text)
    return b"".join([*blocks, _END, struct.pack("<II", check, size & 0xFFFF_FFFF)])


def _deflate() -> zlib._Compress:
    return zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)


def _blocks(deflate: zlib._Compress, text: bytes) -> bytes:
    """Return a text as whole blocks that need nothing of those before them."""
    return deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH)
