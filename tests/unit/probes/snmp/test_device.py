"""What one poll asks, in which order, and what it learns for the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from netmon.probes.snmp.ber import INTEGER, Varbind, oid
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.pdu import V1, ErrorStatus, Kind, Request
from netmon.probes.snmp.reading import Reading
from netmon.probes.snmp.walk import Answer, Walked
from netmon.probes.vendors import interfaces, juniper
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import Found, Part, Table
from netmon.probes.vendors.values import integer
from tests.unit.probes.snmp.agents import Agent, now, response, table
from tests.unit.probes.snmp.fake_reader import FakeReader, few, light, ports, scalars


def test_a_router_takes_three_questions() -> None:
    agent = Agent(scalars(4) | ports(4) | light(2))
    reading = now(read_device(FakeReader(agent), Habits(), tables=few))
    assert [request.kind for request in agent.requests] == [Kind.GET, Kind.GET_BULK, Kind.GET_BULK]
    assert reading.failures == ()
    assert reading.system is not None
    assert (reading.system.name, reading.system.uptime_seconds) == ("rtr-jenu", 42.0)
    assert [row.name for row in reading.interfaces] == ["sfp1", "sfp2", "sfp3", "sfp4"]
    assert [row.receive_power_dbm for row in reading.optics] == [-7.001, -7.002]


def test_repetitions_follow_the_number_of_ports() -> None:
    agent = Agent(scalars(4) | ports(4) | light(2))
    habits = now(read_device(FakeReader(agent), Habits(), tables=few)).habits
    assert agent.requests[1].repetitions == 5
    agent.requests.clear()
    now(read_device(FakeReader(agent), habits, 60.0, tables=few))
    assert [request.repetitions for request in agent.requests] == [0, 5, 3]


def test_who_is_not_of_the_family_is_not_asked_for_light() -> None:
    agent = Agent(scalars(2, oid("1.3.6.1.4.1.8072.3.2.10")) | ports(2) | light(2))
    assert now(read_device(FakeReader(agent), Habits(), tables=few)).optics == ()
    assert len(agent.requests) == 2
    assert now(read_device(FakeReader(Agent(scalars(1, oid("1.3.6.1.4.1.14988.10")))), Habits())).optics == ()


def test_a_silent_device_is_asked_one_question() -> None:
    agent = Agent({}, silent_after=0)
    reading = now(read_device(FakeReader(agent), Habits(), tables=few))
    assert reading.system is None
    assert reading.failures == (Failure.TIMEOUT,)
    assert len(agent.requests) == 1


def test_a_device_that_falls_silent_keeps_what_it_said() -> None:
    agent = Agent(scalars(40) | ports(40) | light(2), silent_after=2)
    reading = now(read_device(FakeReader(agent), Habits(), tables=few))
    assert reading.system is not None
    assert len(reading.interfaces) == 25
    assert reading.failures == (Failure.TIMEOUT,)
    assert len(agent.requests) == 3, "nothing more is asked of it"


def test_an_agent_without_any_scalar_has_not_answered() -> None:
    reading = now(read_device(FakeReader(Agent(ports(2))), Habits()))
    assert reading.system is None
    assert reading.failures == (Failure.TRUNCATED,)


def test_version_one_falls_back_on_the_old_counters() -> None:
    rows = range(1, 4)
    old = table(
        {
            interfaces.OPER_STATUS: {(i,): 1 for i in rows},
            interfaces.DESCRIPTION: {(i,): b"ether%d" % i for i in rows},
            interfaces.IN_OCTETS: {(i,): 10 * i for i in rows},
            interfaces.SPEED: {(i,): 100_000_000 for i in rows},
        }
    )
    agent = Agent(scalars(3) | old, version=V1)
    found = now(read_device(FakeReader(agent), Habits(), tables=few)).interfaces
    assert [(row.name, row.receive_bytes, row.counter_bits) for row in found] == [
        ("ether1", 10, 32),
        ("ether2", 20, 32),
        ("ether3", 30, 32),
    ]
    assert found[0].speed_bits_per_second == 1e8


FIRST = b"\x2b\x01"
SECOND = b"\x2b\x02"


def health(found: Found) -> tuple[HealthRow, ...]:
    """Decode one temperature of each row of either column."""
    return tuple(
        HealthRow(Quantity.TEMPERATURE, found.ports.get(index[0], "?"), float(integer(value) or 0))
        for rows in found.columns.values()
        for index, value in rows.items()
    )


def a_table(name: str, column: bytes = FIRST, every: float = 0.0, **more: Any) -> Table:
    return Table(name, Part.HEALTH, health, (column,), every=every, **more)


def read(agent: Agent, *tables: Table, habits: Habits | None = None, at: float = 0.0) -> Reading:
    choose: Callable[[str | None], Sequence[Table]] = lambda _: (interfaces.TABLE, *tables)  # noqa: E731
    return now(read_device(FakeReader(agent), habits or Habits(), at, choose))


def test_a_table_names_ports_by_what_the_interfaces_say() -> None:
    agent = Agent(scalars(1) | ports(1) | table({FIRST: {(1,): 41}}))
    assert read(agent, a_table("a")).health == (HealthRow(Quantity.TEMPERATURE, "sfp1", 41.0),)


def test_a_slow_table_stands_until_it_is_read_again() -> None:
    agent = Agent(scalars(1) | ports(1) | table({FIRST: {(1,): 41}}))
    slow = a_table("slow", every=590.0)
    first = read(agent, slow)
    agent.variables[FIRST + b"\x01"] = 55
    again = read(agent, slow, habits=first.habits, at=589.0)
    assert again.health == first.health
    assert again.read_at == {"interfaces": 589.0, "slow": 0.0}
    last = read(agent, slow, habits=again.habits, at=590.0)
    assert [row.value for row in last.health] == [55.0]
    assert last.read_at["slow"] == 590.0


def test_a_table_that_was_always_empty_is_asked_for_rarely() -> None:
    agent = Agent(scalars(1) | ports(1))
    first = read(agent, a_table("a"))
    asked = len(agent.requests)
    read(agent, a_table("a"), habits=first.habits, at=30.0)
    assert len(agent.requests) - asked == 2, "system and interfaces"
    read(agent, a_table("a"), habits=first.habits, at=1800.0)
    assert len(agent.requests) - asked == 5


def test_a_table_that_lost_its_last_row_is_asked_for_as_before() -> None:
    agent = Agent(scalars(1) | ports(1) | table({FIRST: {(1,): 41}}))
    full = read(agent, a_table("a"))
    agent = Agent(scalars(1) | ports(1))
    empty = read(agent, a_table("a"), habits=full.habits, at=30.0)
    assert empty.health == ()
    assert empty.has_all(Part.HEALTH)
    agent = Agent(scalars(1) | ports(1) | table({FIRST: {(1,): 41}}))
    assert read(agent, a_table("a"), habits=empty.habits, at=60.0).health != ()


def test_what_fails_in_one_table_costs_that_table_alone() -> None:
    class Looping(Agent):
        def next_after(self, cursor: bytes) -> Varbind | None:
            return (FIRST + b"\x01", INTEGER, 41) if cursor.startswith(FIRST) else super().next_after(cursor)

    agent = Looping(scalars(1) | ports(1) | table({SECOND: {(1,): 41}}))
    light_table = Table("light", Part.OPTICS, lambda _: (OpticRow("sfp1"),), (SECOND,))
    reading = read(agent, a_table("loops"), light_table)
    assert reading.failures == (Failure.LOOP,)
    assert reading.failed == {Part.HEALTH: Failure.LOOP}
    assert not reading.has_all(Part.HEALTH)
    assert reading.has_all(Part.INTERFACES)
    assert reading.optics == (OpticRow("sfp1"),)


def test_a_decoder_that_fails_is_named_and_costs_its_own_table() -> None:
    def wrong(_: Found) -> tuple[HealthRow, ...]:
        raise ZeroDivisionError

    agent = Agent(scalars(1) | ports(1) | table({FIRST: {(1,): 41}}))
    reading = read(agent, Table("wrong", Part.OPTICS, wrong, (FIRST,)), a_table("right"))
    ((name, error),) = reading.mistakes
    assert (name, type(error)) == ("wrong", ZeroDivisionError)
    assert reading.failed == {Part.OPTICS: Failure.INTERNAL}
    assert len(reading.health) == 1


def test_silence_leaves_slow_tables_standing_and_empties_the_others() -> None:
    agent = Agent(scalars(1) | ports(1) | table({FIRST: {(1,): 41}, SECOND: {(1,): 42}}))
    tables = (a_table("quick"), a_table("slow", SECOND, 590.0), a_table("never", b"\x2b\x03", 3600.0))
    first = read(agent, *tables[:2])
    assert [row.value for row in first.health] == [41.0]
    agent.requests.clear()
    agent.silent_after = 1
    silent = read(agent, *tables, habits=first.habits, at=30.0)
    assert silent.failures == (Failure.TIMEOUT,)
    assert silent.failed == {Part.INTERFACES: Failure.TIMEOUT, Part.HEALTH: Failure.TIMEOUT}
    assert [row.value for row in silent.health] == [42.0]


def test_two_tables_that_speak_of_one_thing_make_one_row() -> None:
    def receive(_: Found) -> tuple[OpticRow, ...]:
        return OpticRow("sfp1", receive_power_dbm=-7.0), OpticRow("sfp1", receive_power_dbm=-9.0)

    def limits(_: Found) -> tuple[OpticRow, ...]:
        return OpticRow("sfp1", receive_power_dbm=-8.0, receive_low_alarm_dbm=-18.0), OpticRow("sfp2")

    agent = Agent(scalars(1) | ports(1))
    tables = [Table(str(place), Part.OPTICS, decode) for place, decode in enumerate((receive, limits))]
    assert read(agent, *tables).optics == (OpticRow("sfp1", -7.0, receive_low_alarm_dbm=-18.0), OpticRow("sfp2"))


def test_scalars_and_columns_that_follow_from_others() -> None:
    def both(found: Found) -> tuple[HealthRow, ...]:
        return (
            HealthRow(Quantity.CPU, str(sorted(found.columns)), float(integer(found.scalars[b"\x2b\x09\x00"]) or 0)),
        )

    more = Table(
        "a",
        Part.HEALTH,
        both,
        (FIRST,),
        (b"\x2b\x09\x00",),
        then=lambda found: (SECOND,) if found.columns[FIRST] else (),
    )
    agent = Agent(scalars(1) | ports(1) | {b"\x2b\x09\x00": 7} | table({FIRST: {(1,): 41}, SECOND: {(1,): 42}}))
    (row,) = read(agent, more).health
    assert (row.name, row.value) == (str([FIRST, SECOND]), 7.0)


def test_habits_shrink_by_half_and_grow_by_one() -> None:
    habits = Habits()
    habits = habits.after("interfaces", Walked({}, Failure.TIMEOUT))
    assert habits.repetitions == 12
    habits = habits.after("interfaces", Walked({}, None, 3))
    assert habits.repetitions == 3
    habits = habits.after("interfaces", Walked({b"": {(1,): 1, (2,): 1}}, None, 3))
    assert habits == Habits(4, {"interfaces": 2})
    assert Habits().after("x", Walked({})).repetitions == 25
    assert Habits(1).after("x", Walked({}, Failure.TIMEOUT)).repetitions == 1


@pytest.mark.quirk("all", "a device without IF-MIB has ports by number; one whose ports were not read has none")
@pytest.mark.parametrize(("fails", "found"), [(False, ["if#7"]), (True, [])])
def test_a_device_without_names_of_ports(fails: bool, found: list[str]) -> None:
    class Failing(Agent):
        def answer(self, request: Request) -> Answer:
            is_broken = fails and interfaces.OPER_STATUS in request.oids
            return response([], ErrorStatus.GEN_ERR) if is_broken else super().answer(request)

    light = table({juniper.RECEIVE_POWER: {(7,): -812}, juniper.MODULE_TEMPERATURE: {(7,): 35}})
    agent = Failing(scalars(0, oid("1.3.6.1.4.1.2636.1")) | light)
    reading = now(read_device(FakeReader(agent), Habits()))
    assert [row.port for row in reading.optics] == found
