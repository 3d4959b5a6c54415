"""The requests on their way: which reply belongs to which request, and which requests stay unanswered.

For every slot the latest `depth` requests are remembered in rings: token, send time, state and marks. A reply is
looked up by slot and number and believed only if its token is the one that was sent, so more than 65,536 requests
may be in flight and a guess has one chance in 2^64. Pure: time is passed in, seconds on the monotonic clock.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Tokens = NDArray[np.uint64]
T = TypeVar("T", bound=np.generic)


# Why a request was sent; only rounds are a fair sample of a line's loss. Plain numbers, since numpy takes ten times
# as long to compare a column with the member of an enum.
ROUND: Final = 0
EXTRA: Final = 1
# Added to the purpose when the machine did something else while a batch was leaving: the send time is too vague to
# measure a round trip by.
VAGUE: Final = 2

# What became of a request. One that is overdue counts as a miss; a reply to it is still believed until it is late.
_VOID: Final = 0  # never sent, or no longer judged
_ANSWERED: Final = 1
_WAITING: Final = 2  # this and more: a first reply is still welcome
_OVERDUE: Final = 3

PRECISION = 0.001
"""Seconds within which a send time must be known for a round trip to be measured by it."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Believed replies, aligned columns: slot, send and receive time, marks, and whether they had been missed."""

    slots: Ints
    sent: Floats
    received: Floats
    marks: Bytes
    overdue: NDArray[np.bool_]

    @property
    def rtt(self) -> Floats:
        """The round trips in seconds; NaN where the send time is vague."""
        rtt = self.received - self.sent
        if np.count_nonzero(self.marks):
            rtt[self.marks >= VAGUE] = np.nan
        return rtt

    @property
    def extra(self) -> NDArray[np.bool_]:
        """Which replies answer requests out of turn."""
        extra: NDArray[np.bool_] = (self.marks & EXTRA) == EXTRA
        return extra


@dataclass(frozen=True, slots=True)
class Misses:
    """Requests whose timeout passed without a reply, aligned columns.

    `excused` are the slots of others, of which this proves nothing: this machine dropped replies meanwhile.
    """

    slots: Ints
    sent: Floats
    marks: Bytes
    excused: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def extra(self) -> NDArray[np.bool_]:
        """Which requests were out of turn."""
        extra: NDArray[np.bool_] = (self.marks & EXTRA) == EXTRA
        return extra


@dataclass(frozen=True, slots=True)
class Matched:
    """What a batch of replies came to: the believed ones, and how many were not and why."""

    replies: Replies
    forged: int = 0
    duplicate: int = 0
    late: int = 0
    bad_stamps: int = 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Requests sent in one batch that may still be unanswered: places in the rings and deadlines."""

    places: Ints
    slots: Ints
    deadlines: Floats


class InFlight:
    """Rings of the latest requests of every slot, and the batches that wait for their deadlines.

    Args:
        capacity: number of slots.
        depth: requests remembered for each slot, a power of two.
        late_after: seconds after which a reply is no longer believed.
    """

    def __init__(self, capacity: int, *, depth: int, late_after: float) -> None:
        if depth & (depth - 1):
            raise ValueError(f"depth {depth} is not a power of two")
        self._capacity = capacity
        self._depth = depth
        self._ring_mask = depth - 1
        self._late_after = late_after
        self._numbers = np.zeros(capacity, np.int64)
        self._last_row = np.zeros(capacity, np.int64)
        # One ring entry of all slots lies together: a sweep over neighbouring slots touches neighbouring memory.
        self._tokens: Tokens = np.zeros(depth * capacity, np.uint64)
        self._sent: Floats = np.zeros(depth * capacity)
        self._state: Bytes = np.zeros(depth * capacity, np.uint8)
        self._marks: Bytes = np.zeros(depth * capacity, np.uint8)
        self._waiting: list[tuple[float, int, _Waiting]] = []
        self._batches = 0

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots; requests in flight stay in flight."""
        old, depth = self._capacity, self._depth
        self._numbers = np.concatenate([self._numbers, np.zeros(capacity - old, np.int64)])
        self._last_row = np.zeros(capacity, np.int64)
        size = depth * capacity
        self._tokens = _widen(self._tokens, depth, np.zeros(size, np.uint64))
        self._sent = _widen(self._sent, depth, np.zeros(size))
        self._state = _widen(self._state, depth, np.zeros(size, np.uint8))
        self._marks = _widen(self._marks, depth, np.zeros(size, np.uint8))
        self._waiting = [
            (when, order, replace(batch, places=batch.places // old * capacity + batch.places % old))
            for when, order, batch in self._waiting
        ]
        self._capacity = capacity

    def start_numbers(self, slots: Ints, numbers: Ints) -> None:
        """Let the request numbers of these slots go on from `numbers`, so that they cannot be guessed."""
        self._numbers[slots] = numbers & 0xFFFFFFFF

    def register(self, slots: Ints, tokens: Tokens, purpose: int) -> tuple[Ints, Ints]:
        """Enter one new request for each of `slots`, which are distinct; return their numbers and ring places."""
        numbers = (self._numbers[slots] + 1) & 0xFFFFFFFF
        self._numbers[slots] = numbers
        places = (numbers & self._ring_mask) * self._capacity + slots
        self._tokens[places] = tokens
        self._state[places] = _VOID
        self._marks[places] = purpose
        return numbers, places

    def await_replies(
        self, slots: Ints, places: Ints, sent: Floats, timeouts: Floats, vague: NDArray[np.bool_] | None = None
    ) -> None:
        """Say that the requests at `places` left at `sent`, and are missed when `timeouts` have passed.

        `vague` tells which send times are not known to within `PRECISION`; None means that all are.
        """
        if not len(slots):
            return
        if vague is not None:
            self._marks[places[vague]] |= VAGUE
        self._sent[places] = sent
        self._state[places] = _WAITING
        deadlines = sent + timeouts
        self._push(_Waiting(places, slots, deadlines))

    def match(self, slots: Ints, numbers: Ints, tokens: Tokens, received: Floats, *, now: float) -> Matched:
        """Sort replies, given in the order they were received, into believed, forged, duplicate and late ones.

        A reply that seems to come before its request bears no stamp, or that of a clock that has been stepped since:
        it counts as received `now`, when it was read, and measures no round trip. Where it comes before its request
        by less than the precision of the send time, it came at once.
        """
        total = len(slots)
        known = slots < self._capacity
        if np.count_nonzero(known) < total:
            slots, numbers, tokens, received = slots[known], numbers[known], tokens[known], received[known]
        places = (numbers & self._ring_mask) * self._capacity + slots
        genuine = self._tokens[places] == tokens
        if np.count_nonzero(genuine) < total:
            places, slots, received = places[genuine], slots[genuine], received[genuine]
        sent, state = self._sent[places], self._state[places]
        bad_stamps = self._mend_stamps(places, sent, received, now)
        fresh = state >= _WAITING
        fresh &= self._first_of_each(slots, places)
        timely = received - sent <= self._late_after
        timely &= fresh
        self._state[places] = _ANSWERED
        believed = int(np.count_nonzero(timely))
        if believed == total:
            replies = Replies(slots, sent, received, self._marks[places], state == _OVERDUE)
            return Matched(replies, bad_stamps=bad_stamps)
        # A request that was voided (a gap, a removed target) is answered too late to mean anything now.
        stale = int(np.count_nonzero(state == _VOID))
        answered_first = int(np.count_nonzero(fresh))
        places, state = places[timely], state[timely]
        return Matched(
            Replies(slots[timely], sent[timely], received[timely], self._marks[places], state == _OVERDUE),
            forged=total - len(fresh),
            duplicate=len(fresh) - answered_first - stale,
            late=answered_first - believed + stale,
            bad_stamps=bad_stamps,
        )

    def overdue(self, now: float, *, deaf_until: float = -np.inf) -> Misses:
        """Return the requests whose deadline has passed by `now`. Drain the socket before asking.

        Replies to requests sent up to `deaf_until` may have been dropped here: those are judged no more.
        """
        slots: list[Ints] = []
        places: list[Ints] = []
        while self._waiting and self._waiting[0][0] <= now:
            _, _, batch = heapq.heappop(self._waiting)
            waiting = self._state[batch.places] == _WAITING
            due = waiting & (batch.deadlines <= now)
            slots.append(batch.slots[due])
            places.append(batch.places[due])
            rest = waiting & ~due
            if rest.any():
                self._push(_Waiting(batch.places[rest], batch.slots[rest], batch.deadlines[rest]))
        if not slots:
            return Misses(np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8))
        whose, where = np.concatenate(slots), np.concatenate(places)
        sent = self._sent[where]
        lost = sent <= deaf_until
        self._state[where] = np.where(lost, _VOID, _OVERDUE)
        return Misses(whose[~lost], sent[~lost], self._marks[where[~lost]], whose[lost])

    def abandon(self) -> None:
        """Judge none of the requests in flight: their fate says nothing (the prober itself was away)."""
        self._state[(self._state == _WAITING) | (self._state == _OVERDUE)] = _VOID
        self._waiting.clear()

    def abandon_slots(self, slots: Ints) -> None:
        """Judge none of the requests in flight to these slots: the targets were removed."""
        for ring in self._state.reshape(self._depth, self._capacity):
            ring[slots] = np.where(ring[slots] == _ANSWERED, _ANSWERED, _VOID)

    def last_sent(self, slots: Ints) -> Floats:
        """Return when the latest request of each of `slots` left; 0 when none did."""
        times: Floats = self._sent[(self._numbers[slots] & self._ring_mask) * self._capacity + slots]
        return times

    def next_deadline(self) -> float:
        """Return the earliest time at which a request may become overdue; infinity when none waits."""
        return self._waiting[0][0] if self._waiting else np.inf

    def oldest_waiting(self) -> float:
        """Return when the oldest request that is neither answered nor missed was sent; infinity when none."""
        oldest = np.inf
        for _, _, batch in self._waiting:
            waiting = batch.places[self._state[batch.places] == _WAITING]
            if len(waiting):
                oldest = min(oldest, float(self._sent[waiting].min()))
        return oldest

    def was_sent(self, slot: int, *, number: int, token: int | None) -> bool:
        """Say whether this request was sent lately: by its token, or without one by the low half of its number."""
        if not 0 <= slot < self._capacity:
            return False
        if token is not None:
            place = (number & self._ring_mask) * self._capacity + slot
            return bool(self._tokens[place] == np.uint64(token)) and self._state[place] != _VOID
        return (int(self._numbers[slot]) - number) & 0xFFFF < self._depth

    def _push(self, batch: _Waiting) -> None:
        self._batches += 1  # breaks ties in the heap: batches have no order
        heapq.heappush(self._waiting, (float(batch.deadlines.min()), self._batches, batch))

    def _first_of_each(self, slots: Ints, places: Ints) -> NDArray[np.bool_]:
        """Return which rows are the first of their ring place within the batch."""
        rows = np.arange(len(slots))
        self._last_row[slots] = rows
        alone: NDArray[np.bool_] = self._last_row[slots] == rows
        if np.count_nonzero(alone) < len(rows):  # some slot comes twice, perhaps with two requests
            alone[:] = False
            alone[np.unique(places, return_index=True)[1]] = True
        return alone

    def _mend_stamps(self, places: Ints, sent: Floats, received: Floats, now: float) -> int:
        """Correct receive times before the send times, in place; return how many had no stamp that could be true."""
        early = received < sent
        if not np.count_nonzero(early):
            return 0
        stampless = (received < sent - PRECISION) & (self._marks[places] < VAGUE)
        received[early] = sent[early]
        received[stampless] = now
        self._marks[places[stampless]] |= VAGUE
        return int(np.count_nonzero(stampless))


def _widen(column: NDArray[T], depth: int, wider: NDArray[T]) -> NDArray[T]:
    """Copy the rings of a column into those of a wider one."""
    rings = column.reshape(depth, -1)
    wider.reshape(depth, -1)[:, : rings.shape[1]] = rings
    return wider
