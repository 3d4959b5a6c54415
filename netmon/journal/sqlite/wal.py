"""The write-ahead log beside a journal: was its last write cut off?

sqlite itself passes over a torn end without a word. The format is that of "WAL File Format" in sqlite's file format
document: a header of 32 bytes, then frames, each a header of 24 bytes and a page, with a checksum that runs over all
of them. A frame that ends a transaction tells the size of the database after it; frames of an earlier round, which a
later one has not overwritten yet, carry other salts.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER, FRAME = 32, 24
_BIG_ENDIAN, _LITTLE_ENDIAN = 0x377F0683, 0x377F0682
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Log:
    """What a log holds: frames that belong to finished transactions, and `torn` bytes after them that do not."""

    frames: int = 0
    torn: int = 0


def read_log(content: bytes) -> Log:
    """Return what a write-ahead log holds; `torn` counts the bytes of a write that was not finished."""
    if not content:
        return Log()
    if len(content) < HEADER:
        return Log(torn=len(content))
    magic, _, page = struct.unpack_from(">3I", content)
    order = {_BIG_ENDIAN: ">", _LITTLE_ENDIAN: "<"}.get(magic)
    if order is None or page < 512:
        return Log(torn=len(content))
    salts = content[16:24]
    sums = _checksum(content[:24], order, (0, 0))
    if sums != struct.unpack_from(">2I", content, 24):
        return Log(torn=len(content))
    finished, count, end, place = 0, 0, HEADER, HEADER
    while place < len(content):
        frame = content[place : place + FRAME + page]
        if len(frame) >= 16 and frame[8:16] != salts:
            break  # of an earlier round
        if len(frame) < FRAME + page:
            return Log(finished, len(content) - end)
        sums = _checksum(frame[FRAME:], order, _checksum(frame[:8], order, sums))
        if sums != struct.unpack_from(">2I", frame, 16):
            return Log(finished, len(content) - end)
        place += len(frame)
        count += 1
        if struct.unpack_from(">I", frame, 4)[0]:
            finished, end = count, place
    return Log(finished, place - end)


def _checksum(data: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    one, two = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & _MASK
        two = (two + odd + one) & _MASK
    return one, two
