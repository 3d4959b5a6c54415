"""Metered cells: read with one datagram each, as far as the budget goes, and kept until they may be read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netmon.probes.snmp.ber import Index, Value, encode_arcs
from netmon.probes.snmp.device import CELLS_AT_ONCE, read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.pdu import Kind
from netmon.probes.snmp.reading import Reading
from netmon.probes.vendors import huawei_olt as olt
from netmon.probes.vendors import interfaces
from netmon.probes.vendors.tables import Found, Part, Table
from tests.unit.probes.snmp.agents import Agent, now, table
from tests.unit.probes.snmp.fake_reader import FakeReader, ports, scalars

PON = 4194304000


class Ration:
    """A budget that gives out so many names in all, each once."""

    def __init__(self, total: int) -> None:
        self.left = total
        self.given: list[str] = []

    async def take(self, names: Sequence[str], most: int) -> Sequence[str]:
        fresh = [name for name in names if name not in self.given][: min(self.left, most)]
        self.left -= len(fresh)
        self.given += fresh
        return fresh


def an_olt(states: Mapping[int, int], light: Value = -2145) -> Agent:
    """Return an OLT with ONUs that are on (1) or off (2)."""
    rows: dict[Index, Value] = {(PON, number): state for number, state in states.items()}
    columns: dict[bytes, dict[Index, Value]] = {olt.RUN_STATUS: rows}
    columns.update((column, dict.fromkeys(rows, light)) for column, _ in olt.METERED)
    return Agent(scalars(1) | ports(1) | table(columns))


def read(agent: Agent, ration: Ration | None, habits: Habits | None = None, at: float = 0.0) -> Reading:
    tables = (interfaces.TABLE, olt.ONUS)
    return now(read_device(FakeReader(agent), habits or Habits(), at, lambda _: tables, ration))


def light(reading: Reading) -> dict[int, float | None]:
    return {row.onu: row.receive_power_dbm for row in reading.onus}


def cells_asked(agent: Agent) -> list[bytes]:
    """Return the metered instances that were asked for, in whatever way."""
    metered = tuple(column for column, _ in olt.METERED)
    return [name for request in agent.requests for name in request.oids if name.startswith(metered)]


def test_the_light_of_all_that_are_on_is_read_cell_by_cell() -> None:
    agent = an_olt({1: 1, 2: 2, 3: 1})
    reading = read(agent, Ration(100))
    assert light(reading) == {1: -21.45, 2: None, 3: -21.45}
    assert sorted(cells_asked(agent)) == sorted(
        column + encode_arcs((PON, onu)) for onu in (1, 3) for column, _ in olt.METERED
    )
    assert {request.kind for request in agent.requests if set(request.oids) & set(cells_asked(agent))} == {Kind.GET}
    assert reading.has_all(Part.ONUS)


def test_a_question_holds_so_many_cells() -> None:
    agent = an_olt(dict.fromkeys(range(1, 31), 1))
    read(agent, Ration(100))
    sizes = [len(request.oids) for request in agent.requests if olt.METERED[0][0] in request.oids[0]]
    assert max(sizes) <= CELLS_AT_ONCE
    assert sum(sizes) == 30 * len(olt.METERED)


def test_without_a_budget_nothing_metered_is_asked() -> None:
    agent = an_olt({1: 1})
    assert light(read(agent, None)) == {1: None}
    assert cells_asked(agent) == []


def test_what_was_read_stands_while_the_budget_is_spent() -> None:
    agent = an_olt({1: 1, 2: 1})
    first = read(agent, Ration(1))
    assert light(first) == {1: -21.45, 2: None}
    agent.requests.clear()
    again = read(agent, Ration(0), first.habits, at=60.0)
    assert light(again) == {1: -21.45, 2: None}
    assert cells_asked(agent) == []


def test_what_was_off_meanwhile_has_no_light_until_it_is_read_again() -> None:
    first = read(an_olt({1: 1}), Ration(1))
    off = read(an_olt({1: 2}), Ration(0), first.habits, at=60.0)
    back = read(an_olt({1: 1}), Ration(0), off.habits, at=120.0)
    assert (light(off), light(back)) == ({1: None}, {1: None})
    assert light(read(an_olt({1: 1}), Ration(1), back.habits, at=180.0)) == {1: -21.45}


def test_light_outlives_a_table_that_failed() -> None:
    """Who is not listed because the walk broke off is not off."""
    agent = an_olt({1: 1, 2: 1})
    first = read(agent, Ration(2))
    broken = an_olt({1: 1, 2: 1})
    broken.silent_after = 2  # the system and the interfaces
    failed = read(broken, Ration(0), first.habits, at=60.0)
    assert failed.failures == (Failure.TIMEOUT,)
    assert light(failed) == {}
    assert light(read(agent, Ration(0), failed.habits, at=120.0)) == {1: -21.45, 2: -21.45}


def test_a_table_that_is_not_due_takes_nothing_of_the_budget() -> None:
    agent = an_olt({1: 1})
    first = read(agent, Ration(0))
    ration = Ration(5)
    read(agent, ration, first.habits, at=10.0)
    assert ration.given == []


def test_silence_ends_it_and_nobody_is_asked_twice() -> None:
    agent = an_olt(dict.fromkeys(range(1, 31), 1))
    metered = len([request for request in read_requests(agent) if request not in cells_asked(agent)])
    silent = an_olt(dict.fromkeys(range(1, 31), 1))
    silent.silent_after = metered
    ration = Ration(100)
    reading = read(silent, ration)
    assert reading.failures == (Failure.TIMEOUT,)
    assert len(ration.given) == CELLS_AT_ONCE // len(olt.METERED), "one question, and no repetition"
    assert all(row.online for row in reading.onus), "what the table says stands"
    assert reading.has_all(Part.ONUS)


def read_requests(agent: Agent) -> list[object]:
    """Return the requests of a poll without light."""
    read(agent, None)
    return list(agent.requests)


def test_a_mistake_in_naming_cells_costs_the_light_alone() -> None:
    def wrong(_: Found) -> Mapping[str, tuple[bytes, ...]]:
        raise ZeroDivisionError

    broken = Table("broken", Part.ONUS, olt.decode_onus, olt.COLUMNS, cells=wrong)
    agent = an_olt({1: 1})
    reading = now(read_device(FakeReader(agent), Habits(), 0.0, lambda _: (interfaces.TABLE, broken), Ration(9)))
    assert [name for name, _ in reading.mistakes] == ["broken"]
    assert [row.online for row in reading.onus] == [True]
