"""Which reply belongs to which request, against a slow but plain model of the same rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from netmon.probes.icmp.inflight import EXTRA, ROUND, VAGUE, InFlight, Ints, Misses, Replies
from tests.draws import chances
from tests.rows import every_row

LATE = 2.0
TIMEOUT = 0.5


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def send(flight: InFlight, slots: Ints, at: float, *, tokens: list[int], purpose: int = ROUND) -> Ints:
    numbers, places = flight.register(slots, np.array(tokens, np.uint64), purpose)
    flight.await_replies(slots, places, np.full(len(slots), at), np.full(len(slots), TIMEOUT))
    return numbers


def reply(flight: InFlight, slot: int, number: int, token: int, at: float, now: float | None = None) -> Replies:
    matched = flight.match(
        ints(slot), ints(number), np.array([token], np.uint64), np.array([at]), now=at if now is None else now
    )
    return matched.replies


def fresh(capacity: int = 4, depth: int = 8) -> InFlight:
    return InFlight(capacity, depth=depth, late_after=LATE)


def test_a_reply_with_the_token_of_its_request_is_believed() -> None:
    flight = fresh()
    [number] = send(flight, ints(2), 10.0, tokens=[99]).tolist()
    replies = reply(flight, 2, number, 99, 10.02)
    assert replies.slots.tolist() == [2]
    assert replies.rtt.tolist() == pytest.approx([0.02])
    assert not replies.overdue[0]
    assert len(flight.overdue(100.0).slots) == 0


def test_what_this_machine_may_have_dropped_is_no_miss() -> None:
    flight = fresh()
    [early] = send(flight, ints(1), 10.0, tokens=[7]).tolist()
    send(flight, ints(2), 10.2, tokens=[8])
    misses = flight.overdue(11.0, deaf_until=10.1)
    assert (misses.slots.tolist(), misses.excused.tolist()) == ([2], [1])
    assert len(reply(flight, 1, early, 7, 11.1).slots) == 0, "it was let go"
    assert len(flight.overdue(100.0).slots) == 0


@every_row(
    ("slot", "number", "token"),
    [(2, 1, 98), (1, 1, 99), (2, 0, 99), (2, 2, 99), (3, 1, 0), (2, 1 + 8, 98), (4_000_000_000, 1, 99)],
)
def test_a_guess_is_not_believed(slot: int, number: int, token: int) -> None:
    flight = fresh()
    assert send(flight, ints(2), 10.0, tokens=[99]).tolist() == [1]
    matched = flight.match(ints(slot), ints(number), np.array([token], np.uint64), np.array([10.1]), now=10.1)
    assert len(matched.replies.slots) == 0
    assert matched.forged + matched.late == 1


def test_the_second_copy_of_a_reply_is_a_duplicate_even_within_one_batch() -> None:
    flight = fresh()
    [number] = send(flight, ints(2), 10.0, tokens=[99]).tolist()
    matched = flight.match(
        ints(2, 2), ints(number, number), np.array([99, 99], np.uint64), np.array([10.1, 10.1]), now=10.1
    )
    assert (len(matched.replies.slots), matched.duplicate) == (1, 1)
    assert len(reply(flight, 2, number, 99, 10.2).slots) == 0


def test_a_missed_request_is_overdue_once_and_its_reply_still_believed_until_it_is_late() -> None:
    flight = fresh()
    [number] = send(flight, ints(2), 10.0, tokens=[99]).tolist()
    assert len(flight.overdue(10.4).slots) == 0
    missed = flight.overdue(10.5)
    assert (missed.slots.tolist(), missed.sent.tolist()) == ([2], [10.0])
    assert len(flight.overdue(10.6).slots) == 0
    replies = reply(flight, 2, number, 99, 11.9)
    assert replies.overdue.tolist() == [True]
    [number] = send(flight, ints(2), 20.0, tokens=[98]).tolist()
    matched = flight.match(ints(2), ints(number), np.array([98], np.uint64), np.array([22.5]), now=22.5)
    assert (len(matched.replies.slots), matched.late) == (0, 1)


def test_a_stamp_before_the_request_counts_as_now_unless_it_is_within_the_precision_of_the_send_time() -> None:
    flight = fresh()
    first, second = (send(flight, ints(1), 10.0, tokens=[5]), send(flight, ints(2), 10.0, tokens=[6]))
    stepped = reply(flight, 1, int(first[0]), 5, 7.0, now=10.3)
    assert stepped.received.tolist() == [10.3]
    assert np.isnan(stepped.rtt[0])
    at_once = reply(flight, 2, int(second[0]), 6, 9.9995, now=10.3)
    assert at_once.rtt.tolist() == [0.0]


def test_a_vague_send_time_measures_no_round_trip_but_the_reply_counts() -> None:
    flight = fresh()
    numbers, places = flight.register(ints(1), np.array([5], np.uint64), EXTRA)
    flight.await_replies(ints(1), places, np.array([10.0]), np.array([TIMEOUT]), np.array([True]))
    replies = reply(flight, 1, int(numbers[0]), 5, 9.99, now=10.2)
    assert replies.slots.tolist() == [1]
    assert np.isnan(replies.rtt[0])
    assert replies.marks.tolist() == [EXTRA + VAGUE]
    assert replies.extra.tolist() == [True]


def test_requests_survive_growth_and_abandoned_ones_mean_nothing() -> None:
    flight = fresh()
    [kept, lost] = send(flight, ints(1, 2), 10.0, tokens=[5, 6]).tolist()
    flight.abandon_slots(ints(2))
    flight.grow(100)
    assert reply(flight, 1, kept, 5, 10.1).slots.tolist() == [1]
    assert len(reply(flight, 2, lost, 6, 10.1).slots) == 0
    assert len(flight.overdue(20.0).slots) == 0
    [number] = send(flight, ints(99), 30.0, tokens=[7]).tolist()
    flight.abandon()
    assert len(flight.overdue(40.0).slots) == 0
    assert len(reply(flight, 99, number, 7, 30.1).slots) == 0


def test_coverage_knows_the_oldest_request_that_is_undecided() -> None:
    flight = fresh()
    assert flight.oldest_waiting() == np.inf
    [first, second] = [send(flight, ints(slot), 10.0 + slot, tokens=[slot]).tolist()[0] for slot in (1, 2)]
    assert flight.oldest_waiting() == 11.0
    reply(flight, 1, first, 1, 11.1)
    assert flight.oldest_waiting() == 12.0
    reply(flight, 2, second, 2, 12.1)
    assert flight.oldest_waiting() == np.inf


def test_errors_are_recognised_by_token_or_by_the_low_half_of_the_number() -> None:
    flight = fresh()
    flight.start_numbers(ints(2), ints(0x1FFFF))
    [number] = send(flight, ints(2), 10.0, tokens=[99]).tolist()
    assert flight.was_sent(2, number=number, token=99)
    assert not flight.was_sent(2, number=number, token=98)
    assert not flight.was_sent(-1, number=number, token=99)
    assert flight.was_sent(2, number=number & 0xFFFF, token=None)
    assert not flight.was_sent(2, number=(number + 1) & 0xFFFF, token=None)


def test_numbers_wrap_at_32_bits() -> None:
    flight = fresh()
    flight.start_numbers(ints(0), ints(0xFFFFFFFF))
    assert send(flight, ints(0), 1.0, tokens=[3]).tolist() == [0]
    assert reply(flight, 0, 0, 3, 1.1).slots.tolist() == [0]


def test_a_depth_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="power of two"):
        InFlight(1, depth=12, late_after=LATE)


@dataclass
class Sent:
    """The model's request."""

    slot: int
    number: int
    token: int
    at: float
    missed: bool = False
    answered: bool = False


@dataclass
class Model:
    """The rules, one request at a time."""

    requests: list[Sent] = field(default_factory=list)

    def overdue(self, now: float) -> list[tuple[int, float]]:
        due = [r for r in self.requests if not r.missed and not r.answered and r.at + TIMEOUT <= now]
        for request in due:
            request.missed = True
        return sorted((request.slot, request.at) for request in due)


class InFlightMachine(RuleBasedStateMachine):
    """Random sends, replies and clocks: the columns must agree with the model."""

    DEPTH = 64

    @initialize()
    def start(self) -> None:
        self.flight = InFlight(3, depth=self.DEPTH, late_after=LATE)
        self.model = Model()
        self.now = 100.0
        self.tokens = iter(range(1, 10_000))

    @rule(slots=st.sampled_from([one for count in (1, 2, 3) for one in permutations(range(3), count)]))
    def sends(self, slots: tuple[int, ...]) -> None:
        tokens = [next(self.tokens) for _ in slots]
        numbers = send(self.flight, ints(*slots), self.now, tokens=tokens).tolist()
        self.model.requests += [
            Sent(slot, number, token, self.now) for slot, number, token in zip(slots, numbers, tokens, strict=True)
        ]

    @rule(seconds=st.floats(0.0, 1.0))
    def waits(self, seconds: float) -> None:
        self.now += seconds

    @rule(chance=chances, count=st.integers(1, 6), forged=st.booleans())
    def hears(self, chance: Random, count: int, forged: bool) -> None:
        if not self.model.requests:
            return
        picks = [chance.randint(0, 200) for _ in range(count)]
        chosen = [self.model.requests[-1 - pick % min(len(self.model.requests), self.DEPTH)] for pick in picks]
        tokens = [request.token + 20_000 * forged for request in chosen]
        matched = self.flight.match(
            ints(*(request.slot for request in chosen)),
            ints(*(request.number for request in chosen)),
            np.array(tokens, np.uint64),
            np.full(len(chosen), self.now),
            now=self.now,
        )
        believed, late, duplicate = [], 0, 0
        for request in chosen:
            if forged:
                continue
            if request.answered:
                duplicate += 1
            elif self.now - request.at > LATE:
                late += 1
            else:
                believed.append((request.slot, request.at, request.missed))
            request.answered = True
        replies = matched.replies
        found = zip(replies.slots.tolist(), replies.sent.tolist(), replies.overdue.tolist(), strict=True)
        assert sorted(found) == sorted(believed)
        assert (matched.late, matched.duplicate) == (late, duplicate)
        assert matched.forged == (len(chosen) if forged else 0)

    @rule()
    def judges(self) -> None:
        misses: Misses = self.flight.overdue(self.now)
        found = sorted(zip(misses.slots.tolist(), misses.sent.tolist(), strict=True))
        assert found == self.model.overdue(self.now)

    @invariant()
    def oldest(self) -> None:
        waiting = [r.at for r in self.model.requests if not r.answered and not r.missed]
        assert self.flight.oldest_waiting() == min(waiting, default=np.inf)


# A slot never has more requests than its ring is deep within the life of one run.
TestInFlightMachine = InFlightMachine.TestCase
TestInFlightMachine.settings = settings(stateful_step_count=40)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_a_forger_who_knows_slot_and_number_still_has_to_know_the_token(guesses: list[int]) -> None:
    flight = fresh()
    secret = 0x0123_4567_89AB_CDEF
    [number] = send(flight, ints(1), 10.0, tokens=[secret]).tolist()
    count = len(guesses)
    matched = flight.match(
        np.full(count, 1), np.full(count, number), np.array(guesses, np.uint64), np.full(count, 10.1), now=10.1
    )
    assert len(matched.replies.slots) == (1 if secret in guesses else 0)
