"""Walks of agents that behave, and of agents that do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.snmp.ber import NO_SUCH_INSTANCE, Index, Value, Varbind, encode_arcs, oid
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import V1, ErrorStatus, Request
from netmon.probes.snmp.walk import Answer, TableWalk, Walked, get_scalars, walk_table
from tests.draws import chances
from tests.rows import every_row
from tests.unit.probes.snmp.agents import Agent, now, response, table

A, B, C = (oid(f"1.3.6.1.2.1.2.2.1.{n}") for n in (2, 7, 8))
BEHIND = {oid("1.3.6.1.2.1.31.1.1.1.1.1"): b"the next table"}

Rows = Mapping[Index, Value]


def _column(chance: Random, count: int) -> Rows:
    indexes = (tuple(chance.choices(range(301), k=chance.randint(1, 3))) for _ in range(count))
    return {index: chance.randint(0, 100) for index in indexes}


COLUMN = st.builds(_column, chances, st.integers(0, 30))


def walk(
    agent: Agent,
    columns: Sequence[bytes] = (A, B, C),
    *,
    bulk: bool = True,
    rows: int = 9,
    repetitions: int = 10,
) -> Walked:
    return now(walk_table(agent.ask, columns, bulk=bulk, rows=rows, repetitions=repetitions))


@given(COLUMN, COLUMN, COLUMN, st.integers(0, 40), st.integers(1, 25), st.integers(1, 40), st.booleans())
def test_any_table_is_read_whole(
    a: Rows, b: Rows, c: Rows, expected: int, repetitions: int, most: int, has_more_behind: bool
) -> None:
    """Whatever the columns hold and wherever the agent cuts its responses short."""
    agent = Agent(table({A: a, B: b, C: c}) | (BEHIND if has_more_behind else {}), most=most)
    walked = walk(agent, rows=expected, repetitions=repetitions)
    assert walked.table == {A: a, B: b, C: c}
    assert walked.failure is None


@given(COLUMN, COLUMN, st.booleans())
def test_version_one_reads_the_same_row_by_row(a: Rows, b: Rows, has_more_behind: bool) -> None:
    agent = Agent(table({A: a, B: b}) | (BEHIND if has_more_behind else {}), version=V1)
    walked = walk(agent, (A, B), bulk=False)
    assert walked.table == {A: a, B: b}
    assert walked.failure is None


def rows(count: int) -> dict[Index, Value]:
    return {(i,): i for i in range(1, count + 1)}


def test_a_table_of_known_length_takes_one_request() -> None:
    agent = Agent(table({A: rows(23), B: rows(23), C: rows(23)}) | BEHIND)
    walk(agent, rows=23, repetitions=25)
    assert [request.repetitions for request in agent.requests] == [24]


def test_a_table_longer_than_expected_is_then_asked_in_large_steps() -> None:
    agent = Agent(table({A: rows(60)}) | BEHIND)
    assert walk(agent, (A,), rows=2, repetitions=20).table == {A: rows(60)}
    assert [request.repetitions for request in agent.requests] == [3, 20, 20, 20]


@pytest.mark.quirk("all", "OLTs and cheap gear fail at more than 25 repetitions of a GETBULK")
def test_repetitions_never_exceed_what_cheap_gear_survives() -> None:
    agent = Agent(table({A: rows(60)}) | BEHIND)
    walk(agent, (A,), rows=200, repetitions=200)
    assert {request.repetitions for request in agent.requests} == {25}


@given(st.integers(1, 40))
def test_too_big_shrinks_the_question_until_it_fits(most: int) -> None:
    agent = Agent(table({A: rows(9), B: rows(9), C: rows(9)}) | BEHIND, most=most, too_big=True)
    walked = walk(agent)
    assert walked.table == {A: rows(9), B: rows(9), C: rows(9)}
    assert walked.failure is None
    assert walked.repetitions <= max(1, most // 3)


def test_an_agent_that_cannot_fit_one_value_ends_as_too_big() -> None:
    agent = Agent(table({A: rows(9), B: rows(9)}), most=0, too_big=True)
    assert walk(agent, (A, B)).failure is Failure.TOO_BIG


def test_rows_before_the_silence_are_kept() -> None:
    agent = Agent(table({A: rows(30)}) | BEHIND, silent_after=2)
    walked = walk(agent, (A,), repetitions=10)
    assert walked.failure is Failure.TIMEOUT
    assert walked.table == {A: rows(20)}


class Scripted:
    """Answers from a list, then repeats the last answer for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def ask(self, _request: Request) -> Answer:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def run(*answers: Answer, columns: Sequence[bytes] = (A,), bulk: bool = True) -> tuple[Walked, int]:
    agent = Scripted(*answers)
    walked = now(walk_table(agent.ask, columns, bulk=bulk, rows=4, repetitions=5))
    return walked, agent.asked


def row(column: bytes, *index: int, value: Value = 1) -> Varbind:
    return column + encode_arcs(index), 2, value


@every_row(
    "answer",
    [
        response([row(A, 2), row(A, 1)]),
        response([row(A, 1), row(A, 1)]),
        response([row(A)]),  # the column itself
        response([row(A, 16384), row(A, 16383, 5)]),  # bytewise ascending, numerically not
    ],
)
def test_identifiers_that_do_not_increase_are_a_loop(answer: Answer) -> None:
    walked, asked = run(answer)
    assert walked.failure is Failure.LOOP
    assert asked == 1


def test_a_loop_over_several_responses_ends() -> None:
    walked, asked = run(response([row(A, 1), row(A, 2)]), response([row(A, 1), row(A, 2)]))
    assert walked.failure is Failure.LOOP
    assert walked.table == {A: {(1,): 1, (2,): 1}}
    assert asked == 2


def test_a_looping_column_does_not_spoil_the_others() -> None:
    walked, _ = run(response([row(A, 2), row(B, 1), row(A, 1), row(B, 2)]), response([row(C, 1)]), columns=(A, B))
    assert walked.table == {A: {(2,): 1}, B: {(1,): 1, (2,): 1}}
    assert walked.failure is Failure.LOOP


def test_an_endless_table_is_left() -> None:
    class Endless:
        asked = 0

        async def ask(self, request: Request) -> Answer:
            self.asked += 1
            return response([row(A, self.asked * 100 + i) for i in range(request.repetitions)])

    agent = Endless()
    walked = now(walk_table(agent.ask, [A], bulk=True, rows=24, repetitions=25))
    assert walked.failure is Failure.ENDLESS
    assert agent.asked <= 4096 // 25 + 1


@every_row(
    ("answer", "failure"),
    [
        (response([]), Failure.TRUNCATED),
        (response([row(A, i) for i in range(1, 8)]), Failure.PROTOCOL),  # more than the five asked for
        (response([(A + b"\x81", 2, 1)]), Failure.PROTOCOL),  # an index that is cut off
        (response([], ErrorStatus.GEN_ERR), Failure.ERROR_STATUS),
        (response([], ErrorStatus.GEN_ERR, 1), Failure.ERROR_STATUS),
        (response([], ErrorStatus.GEN_ERR, 99), Failure.ERROR_STATUS),
        (response([], ErrorStatus.GEN_ERR, -1), Failure.ERROR_STATUS),
        (response([], 16), Failure.ERROR_STATUS),  # authorizationError
        (Failure.MALFORMED, Failure.MALFORMED),
    ],
)
def test_wrong_answers_end_the_walk_with_their_reason(answer: Answer, failure: Failure) -> None:
    walked, asked = run(answer)
    assert walked.failure is failure
    assert asked == 1


def test_an_error_at_one_column_ends_that_column_alone() -> None:
    walked, _ = run(response([], ErrorStatus.GEN_ERR, 1), response([row(B, 1), row(C, 1)]), columns=(A, B))
    assert walked.table == {A: {}, B: {(1,): 1}}
    assert walked.failure is Failure.ERROR_STATUS


def test_an_absent_instance_ends_its_column() -> None:
    walked, _ = run(response([(A + b"\x01", NO_SUCH_INSTANCE, None)]))
    assert walked == Walked({A: {}}, None, 5)


def test_a_neighbour_column_with_the_same_beginning_is_not_taken_in() -> None:
    """ifEntry.1 is no prefix of ifEntry.10: the comparison is by numbers, not by letters."""
    one, ten = oid("1.3.6.1.2.1.2.2.1.1"), oid("1.3.6.1.2.1.2.2.1.10")
    walked = walk(Agent(table({one: rows(2), ten: rows(3)})), (one,))
    assert walked.table == {one: rows(2)}


def test_a_walk_that_was_not_asked_asks_first() -> None:
    walking = TableWalk([A], bulk=True, rows=2, repetitions=3)
    request = walking.next_request()
    assert request is not None
    assert request.oids == (A,)
    walking.take(response([row(A, 4), row(A, 9)]))
    request = walking.next_request()
    assert request is not None
    assert request.oids == (A + b"\x09",)


NAMES = tuple(oid(f"1.3.6.1.2.1.1.{n}.0") for n in range(1, 8))


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("present", [(), (0,), (1, 3), (0, 1, 2, 3, 4, 5, 6)])
def test_scalars_that_are_missing_do_not_hide_the_others(version: int, present: tuple[int, ...]) -> None:
    values: dict[bytes, Value] = {NAMES[i]: i for i in present}
    agent = Agent(values, version=version)
    scalars = now(get_scalars(agent.ask, NAMES))
    assert scalars.values == values
    assert scalars.failure is None


@given(st.integers(1, 7))
def test_scalars_are_asked_in_halves_when_too_big(most: int) -> None:
    values: dict[bytes, Value] = dict.fromkeys(NAMES, 1)
    scalars = now(get_scalars(Agent(values, most=most, too_big=True).ask, NAMES))
    assert scalars.values == values
    assert scalars.failure is None


def test_a_scalar_that_breaks_the_agent_is_left_out() -> None:
    agent = Scripted(response([], ErrorStatus.GEN_ERR, 2), response([(NAMES[0], 2, 1), (NAMES[2], 2, 3)]))
    scalars = now(get_scalars(agent.ask, NAMES[:3]))
    assert scalars.values == {NAMES[0]: 1, NAMES[2]: 3}
    assert scalars.failure is Failure.ERROR_STATUS


def test_values_nobody_asked_for_are_not_believed() -> None:
    agent = Scripted(response([(NAMES[5], 2, 1), (NAMES[1], 2, 2)]))
    assert now(get_scalars(agent.ask, NAMES[:2])).values == {NAMES[1]: 2}


@every_row("status", [1, 2, 5, 99])
def test_an_agent_that_only_errs_is_not_asked_for_ever(status: int) -> None:
    agent = Scripted(response([], status, 1))
    scalars = now(get_scalars(agent.ask, NAMES))
    assert scalars.values == {}
    assert agent.asked <= 2 * len(NAMES)
