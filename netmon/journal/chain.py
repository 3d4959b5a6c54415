"""Which history is the journal's, when servers that keep copies of it disagree. Pure.

Every entry has a chain value, made of its own bytes and the value of the entry before: equal values, equal histories.
A message that follows another proves what its writer had before it; so the newest message decides all before it, and
whoever finds it anywhere reads the same. Where nothing follows yet, what most servers hold counts.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW = 64
"""Messages of which the servers are asked at once: those that come apart do so by few."""


def chained(before: str, position: int, body: bytes) -> str:
    """Return the chain value of the entry at `position`: 64 bits, in 11 characters. Before the first it is empty."""
    digest = hashlib.blake2b(f"{before} {position} ".encode() + body, digest_size=8).digest()
    return base64.urlsafe_b64encode(digest)[:11].decode()


@dataclass(frozen=True, slots=True)
class Message:
    """One entry in the stream, as some server holds it: its chain value is what its writer made of it."""

    sequence: int
    position: int
    chain: str
    body: bytes

    def follows(self, before: str) -> bool:
        """Tell whether its writer had this history before it."""
        return self.chain == chained(before, self.position, self.body)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What each server holds at these sequences must be known first."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Straight:
    """What the history says: `told` by sequence; None for what no server holds that the next message could follow.

    It agrees with what was read before up to the sequence `agreed`, and begins right behind it.
    """

    told: Mapping[int, Message | None]
    agreed: int


Held = Mapping[int, Sequence[Message]]
"""What each server that could be asked holds at a sequence, who leads first."""


def straight(read: Sequence[Message], end: Message, had: Mapping[int, str], asked: Held) -> Straight | Wanted:
    """Return what the history says where one server said `read`.

    Args:
        read: messages without a hole, as some server holds them.
        end: what the leader holds in place of the last of them.
        had: the chain values that were read before, by sequence, as far as they are remembered.
        asked: what all servers hold, of the sequences that were wanted up to now.
    """
    own, first, last = {one.sequence: one for one in read}, read[0].sequence, read[-1].sequence
    if own[last].chain == end.chain:
        told: dict[int, Message | None] = {last: own[last]}
    elif last not in asked:
        return _wanted(last)
    else:
        told = {last: most_held(asked[last]) or end}
    sequence = last - 1
    while sequence >= first or sequence in had:
        after = told[sequence + 1]
        known = own[sequence].chain if sequence in own else had.get(sequence)
        if after is not None and known is not None and after.follows(known):
            if sequence < first:
                break
            told[sequence] = own[sequence]
        elif sequence not in asked:
            return _wanted(sequence)
        elif not asked[sequence] and sequence < first:
            break  # it was dropped everywhere since it was read
        else:
            told[sequence] = _before(after, asked[sequence])
            undisputed = told[sequence]
            if sequence < first and undisputed is not None and undisputed.chain == known:
                del told[sequence]
                break
        sequence -= 1
    return Straight(told, sequence)


def most_held(held: Sequence[Message]) -> Message | None:
    """Return what most servers hold; of equally many, what is held by who leads, or comes first."""
    counts = Counter(one.chain for one in held)
    return max(held, key=lambda one: counts[one.chain], default=None)


def _before(after: Message | None, held: Sequence[Message]) -> Message | None:
    """Return what stood before a message; before one that is lost, only what all servers agree on can be known."""
    if after is not None:
        return next((one for one in held if after.follows(one.chain)), None)
    return held[0] if len({one.chain for one in held}) == 1 else None


def _wanted(sequence: int) -> Wanted:
    return Wanted(max(sequence - WINDOW + 1, 0), sequence)
