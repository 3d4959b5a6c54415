"""Polls of a device that is known: several tables in one question, and what happens where that goes wrong."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from netmon.probes.snmp.ber import INTEGER, NULL, encode_arcs, oid
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.folding import LEAST_ROOM, MORE_ROOM, ROOM, Folded, Unfolded, Wanted, fold, unfold
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.pdu import ErrorStatus, Kind, Request, Response
from netmon.probes.snmp.reading import DeviceRows, Reading
from netmon.probes.snmp.walk import Answer
from netmon.probes.vendors import interfaces, mikrotik, mikrotik_health, system
from netmon.probes.vendors.tables import HOUR, Part
from tests.rows import every_row
from tests.unit.probes.snmp.agents import Agent, now, response, table
from tests.unit.probes.snmp.fake_reader import FakeReader, few, light, ports, scalars
from tests.unit.probes.vendors.recordings import NAMES, RecordedReader, read

FIRST, SECOND, THIRD = oid("1.3.6.1.2.1.2.2.1.8"), oid("1.3.6.1.2.1.2.2.1.10"), oid("1.3.6.1.4.1.9.9.1")


def poll(agent: Agent, habits: Habits, at: float) -> Reading:
    agent.requests.clear()
    return now(read_device(FakeReader(agent, folds=True), habits, at, few))


def known(agent: Agent) -> Habits:
    """Return what a first poll teaches, and a second one: that the agent answers folded questions."""
    habits = poll(agent, poll(agent, Habits(), 0.0).habits, 60.0).habits
    assert habits.folds
    return habits


def rows(reading: Reading) -> DeviceRows:
    return DeviceRows(**{one.name: getattr(reading, one.name) for one in fields(DeviceRows)})


def test_a_known_router_takes_one_question() -> None:
    agent = Agent(scalars(1) | ports(1) | light(1))
    habits = known(agent)
    folded = poll(agent, habits, 120.0)
    (request,) = agent.requests
    assert (request.kind, request.repetitions, request.non_repeaters) == (Kind.GET_BULK, 2, 3)
    plain = poll(agent, replace(habits, folds_from=1e9), 120.0)
    assert len(agent.requests) == 3
    assert rows(folded) == rows(plain)
    assert folded.system is not None
    assert folded.system.name == "rtr-jenu", "which is not asked for each time"


@pytest.mark.parametrize("name", NAMES)
def test_folded_polls_find_what_plain_ones_find(name: str) -> None:
    first = read(name)
    folding, plain = RecordedReader(name), RecordedReader(name)
    plain.folds = False
    found = now(read_device(folding, first.habits, HOUR))
    assert rows(found) == rows(now(read_device(plain, first.habits, HOUR)))
    assert found.failures == first.failures
    assert not found.habits.folds or len(folding.requests) < len(plain.requests)


def test_an_answer_that_is_cut_off_is_gone_on_from() -> None:
    agent = Agent(scalars(5) | ports(5) | light(4))
    habits = known(agent)
    agent.most = 40
    reading = poll(agent, habits, 120.0)
    assert len(agent.requests) > 1
    assert reading.failures == ()
    assert [row.name for row in reading.interfaces] == [f"sfp{port}" for port in range(1, 6)]
    assert len(reading.optics) == 4


def test_a_row_comes_from_one_moment_when_indexes_shift() -> None:
    agent = Agent(scalars(2) | ports(2))
    habits = known(agent)
    shifted = {interfaces.NAME + encode_arcs((number + 1,)): b"sfp%d" % number for number in (1, 2)} | {
        interfaces.HC_IN_OCTETS + encode_arcs((number + 1,)): 2**40 + number for number in (1, 2)
    }
    agent = Agent(scalars(2) | shifted)
    reading = poll(agent, habits, 120.0)
    assert [(row.name, row.index, row.receive_bytes) for row in reading.interfaces] == [
        ("sfp1", 2, 2**40 + 1),
        ("sfp2", 3, 2**40 + 2),
    ]


def test_who_restarted_is_asked_again_what_it_is_called() -> None:
    agent = Agent(scalars(2) | ports(2))
    habits = known(agent)
    agent.variables |= {system.NAME: b"rtr-soko", system.UPTIME: 100}
    reading = poll(agent, habits, 120.0)
    assert reading.system is not None
    assert reading.system.name == "rtr-soko"
    assert [request.kind for request in agent.requests] == [Kind.GET_BULK, Kind.GET]


def test_names_are_asked_for_now_and_then() -> None:
    agent = Agent(scalars(2) | ports(2))
    habits = known(agent)
    agent.variables[system.NAME] = b"rtr-soko"
    before, after = poll(agent, habits, 589.0).system, poll(agent, habits, 590.0).system
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("rtr-jenu", "rtr-soko")


def test_a_port_that_went_down_has_its_light_read_at_once() -> None:
    agent = Agent(scalars(2) | ports(2) | light(2))
    habits = known(agent)
    agent.variables[mikrotik.RECEIVE_POWER + b"\x47"] = -20_000
    standing = poll(agent, habits, 90.0)
    assert standing.optics[0].receive_power_dbm == -7.001
    agent.variables[interfaces.OPER_STATUS + b"\x02"] = 2
    assert poll(agent, habits, 90.0).optics[0].receive_power_dbm == -20.0


class Odd(Agent):
    """Answers plain questions only; to others it gives `word`."""

    word: Answer | None = None

    def answer(self, request: Request) -> Answer:
        return self.word if request.non_repeaters and self.word is not None else super().answer(request)


def test_silence_to_the_first_folded_question_is_laid_to_the_question() -> None:
    agent = Odd(scalars(2) | ports(2) | light(2))
    first = poll(agent, Habits(), 0.0)
    agent.word = Failure.TIMEOUT
    reading = poll(agent, first.habits, 60.0)
    assert reading.failures == ()
    assert len(reading.interfaces) == len(reading.optics) == 2
    assert len(agent.requests) == 4
    assert len(poll(agent, reading.habits, 120.0).habits.rows) == 2
    assert not any(request.non_repeaters for request in agent.requests), "not again within the hour"
    poll(agent, reading.habits, 60.0 + HOUR)
    assert agent.requests[0].non_repeaters


def test_silence_of_one_that_has_answered_folded_questions_is_silence() -> None:
    agent = Odd(scalars(2) | ports(2))
    habits = known(agent)
    agent.word = Failure.TIMEOUT
    silent = poll(agent, habits, 120.0)
    assert silent.system is None
    assert silent.failures == (Failure.TIMEOUT,)
    assert len(agent.requests) == 1
    again = poll(agent, silent.habits, 150.0)
    assert len(again.interfaces) == 2, "whoever answers next is asked plainly first"
    assert [request.kind for request in agent.requests] == [Kind.GET, Kind.GET_BULK]


@every_row(
    "word",
    [
        response([], ErrorStatus.GEN_ERR, 1),
        response([(FIRST + b"\x01", INTEGER, 1)] * 40),
        response([(oid("1.3.6.1.2.1.1.9.1.0"), INTEGER, 1)] * 10_000),
        response([]),
        Failure.MALFORMED,
    ],
)
def test_nonsense_is_answered_by_plain_questions(word: Answer) -> None:
    agent = Odd(scalars(2) | ports(2))
    habits = known(agent)
    agent.word = word
    reading = poll(agent, habits, 120.0)
    assert reading.failures == ()
    assert [row.name for row in reading.interfaces] == ["sfp1", "sfp2"]
    assert reading.habits.folds_from == 120.0 + HOUR


def test_who_answers_too_big_is_asked_for_less_until_it_is_not_worth_it() -> None:
    agent = Odd(scalars(2) | ports(2) | light(2))
    habits = known(agent)
    agent.word = response([], ErrorStatus.TOO_BIG)
    reading = poll(agent, habits, 120.0)
    assert (reading.failures, len(reading.interfaces), reading.habits.room) == ((), 2, ROOM // 2)
    for at in range(180, 600, 60):
        reading = poll(agent, reading.habits, at)
        assert (reading.failures, len(reading.interfaces)) == ((), 2)
    assert not any(request.non_repeaters for request in agent.requests)


def folds_in(agent: Agent) -> int:
    return sum(bool(request.non_repeaters) for request in agent.requests)


def test_a_smaller_room_grows_back_step_by_step_and_an_hour_apart() -> None:
    agent = Agent(scalars(2) | ports(2) | light(2))
    habits = replace(known(agent), room=LEAST_ROOM, grows_from=1000.0)
    rooms = []
    for at in (940.0, 1000.0, 1060.0, 999.0 + HOUR, *(1000.0 + hour * HOUR for hour in range(1, 9))):
        habits = poll(agent, habits, at).habits
        rooms.append(habits.room)
    assert rooms == [300, 450, 450, 450, 600, 750, 900, 1050, 1200, ROOM, ROOM, ROOM]


@pytest.mark.parametrize("word", [response([], ErrorStatus.TOO_BIG), Failure.TIMEOUT])
def test_a_room_that_is_still_too_large_costs_one_question_an_hour_and_no_poll(word: Answer) -> None:
    class Narrow(Agent):
        """Answers one question for several tables, of whatever size, with a word."""

        def answer(self, request: Request) -> Answer:
            return word if request.non_repeaters else super().answer(request)

    agent = Narrow(scalars(2) | ports(2) | light(2))
    plain = Agent(agent.variables)
    before = known(plain)
    habits = replace(before, room=ROOM - MORE_ROOM, grows_from=1000.0)
    reading = poll(agent, habits, 1000.0)
    assert (reading.failures, len(reading.interfaces)) == ((), 2)
    assert (reading.habits.room, reading.habits.grows_from) == (ROOM - MORE_ROOM, 1000.0 + HOUR), "the step alone"
    assert folds_in(agent) == 1, "the other questions of this poll are as large"
    assert reading.habits.folds_from <= 1000.0, "smaller questions are still understood"
    assert poll(plain, reading.habits, 1060.0).habits.room == ROOM - MORE_ROOM


def test_silence_to_a_later_question_ends_the_poll_and_the_folding() -> None:
    tables = (interfaces.TABLE, mikrotik.OPTICS, mikrotik_health.PORTS)
    counters = table({mikrotik_health.PORT_NAME: {(1,): b"sfp1"}, mikrotik_health.LINK_DOWNS: {(1,): 7}})

    class Halting(Agent):
        def answer(self, request: Request) -> Answer:
            is_later = {mikrotik.NAME, mikrotik_health.PORT_NAME} <= set(request.oids)
            return Failure.TIMEOUT if is_later else super().answer(request)

    agent = Halting(scalars(3) | ports(3) | light(1) | counters)
    first = now(read_device(FakeReader(agent), Habits(), 0.0, lambda _: tables))
    assert first.interfaces[0].link_downs == 7
    agent.requests.clear()
    reading = now(read_device(FakeReader(agent, folds=True), first.habits, 60.0, lambda _: tables))
    assert len(agent.requests) == 2
    assert len(reading.interfaces) == 3
    assert reading.failures == (Failure.TIMEOUT,)
    assert reading.failed == {Part.OPTICS: Failure.TIMEOUT}
    assert reading.habits.folds_from == 60.0 + HOUR


def a_table(name: str, columns: tuple[bytes, ...], rows: int, scalars: tuple[bytes, ...] = ()) -> Wanted:
    return Wanted(name, scalars, columns, rows)


def test_tables_of_alike_length_go_together_in_order() -> None:
    wanted = (
        a_table("system", (), 0, (system.UPTIME,)),
        a_table("a", (FIRST, SECOND), 2),
        a_table("long", (FIRST,), 20),
        a_table("b", (THIRD,), 1),
        a_table("endless", (FIRST,), 25),
    )
    (one,) = fold(wanted, ROOM, 25)
    assert one.places == {"system": (0, 0), "a": (0, 2), "b": (2, 1)}
    assert one.request == Request(
        Kind.GET_BULK, (system.UPTIME.removesuffix(b"\0"), FIRST, SECOND, THIRD), repetitions=3, non_repeaters=1
    )


def test_an_answer_has_room_for_what_is_asked() -> None:
    tables = tuple(a_table(str(number), (FIRST, SECOND, THIRD), 4) for number in range(8))
    folds = fold(tables, 700, 25)
    assert [len(one.places) for one in folds] == [2, 2, 2, 2]
    assert fold(tables, 100, 25) == (), "each is asked alone"


def test_a_cell_is_no_scalar() -> None:
    cell, odd = oid("1.3.6.1.4.1.9.9.13.1.5"), oid("1.3.6.1.4.1.9.9.256")
    assert odd.endswith(b"\0")
    for scalar in (cell, odd):
        assert fold((a_table("a", (FIRST,), 1), a_table("b", (SECOND,), 1, (scalar,))), ROOM, 25) == ()


def test_an_answer_is_sorted_by_tables() -> None:
    (asked,) = fold((a_table("s", (), 0, (system.UPTIME,)), a_table("a", (FIRST, SECOND), 1)), ROOM, 25)
    cells = [(column + bytes((row,)), INTEGER, row) for row in (1, 2) for column in (FIRST, SECOND)]
    clock = (system.UPTIME, 0x43, 7)
    found = unfold(asked, response([clock, *cells]))
    assert found == Unfolded({system.UPTIME: 7}, {"s": [], "a": [[cells[0], cells[2]], [cells[1], cells[3]]]})
    assert unfold(asked, response([clock, *cells, clock])) is None
    assert unfold(asked, Response(0, ErrorStatus.GEN_ERR, 0, [clock])) is None
    missing = unfold(asked, response([(system.CONTACT, NULL, None)]))
    assert missing == Unfolded({}, {"s": [], "a": [[], []]})


def test_questions_are_planned_once_for_all_routers_alike() -> None:
    tables = (a_table("a", (FIRST,), 1), a_table("b", (SECOND,), 1))
    one: tuple[Folded, ...] = fold(tables, ROOM, 25)
    assert fold((tables[0], a_table("b", (SECOND,), 1)), ROOM, 25) is one
