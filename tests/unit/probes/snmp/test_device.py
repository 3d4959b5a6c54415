"""What one poll asks, in which order, and what it learns for the next one."""

from __future__ import annotations

from collections.abc import Sequence

from netmon.probes.snmp.ber import Oid, Value, oid
from netmon.probes.snmp.device import Habits, read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import V1, V2C, Kind
from netmon.probes.snmp.walk import Scalars, Walked, get_scalars, walk_table
from netmon.probes.vendors import interfaces, mikrotik, system
from tests.unit.probes.snmp.agents import Agent, now, table

MIKROTIK = Oid(oid("1.3.6.1.4.1.14988.1"))


class FakeReader:
    """Reads an `Agent`, as the real reader reads a router."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        return await get_scalars(self.agent.ask, oids)

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int) -> Walked:
        bulk = self.agent.version == V2C
        return await walk_table(self.agent.ask, columns, bulk=bulk, rows=rows, repetitions=repetitions)


def scalars(ports: int, object_id: bytes = MIKROTIK) -> dict[bytes, Value]:
    return {
        system.NAME: b"rtr-jenu",
        system.OBJECT_ID: Oid(object_id),
        system.UPTIME: 4200,
        system.INTERFACE_COUNT: ports,
    }


def ports(count: int) -> dict[bytes, Value]:
    rows = range(1, count + 1)
    return table(
        {
            interfaces.NAME: {(i,): b"sfp%d" % i for i in rows},
            interfaces.OPER_STATUS: {(i,): 1 + i % 2 for i in rows},
            interfaces.HC_IN_OCTETS: {(i,): 2**40 + i for i in rows},
        }
    )


def light(count: int) -> dict[bytes, Value]:
    rows = range(1, count + 1)
    return table(
        {
            mikrotik.NAME: {(i + 70,): b"sfp%d" % i for i in rows},
            mikrotik.RECEIVE_POWER: {(i + 70,): -7000 - i for i in rows},
        }
    )


def test_a_router_takes_three_questions() -> None:
    agent = Agent(scalars(4) | ports(4) | light(2))
    reading = now(read_device(FakeReader(agent), Habits()))
    assert [request.kind for request in agent.requests] == [Kind.GET, Kind.GET_BULK, Kind.GET_BULK]
    assert reading.failures == ()
    assert reading.system is not None
    assert (reading.system.name, reading.system.uptime_seconds) == ("rtr-jenu", 42.0)
    assert [row.name for row in reading.interfaces] == ["sfp1", "sfp2", "sfp3", "sfp4"]
    assert [row.receive_power_dbm for row in reading.optics] == [-7.001, -7.002]


def test_repetitions_follow_the_number_of_ports() -> None:
    agent = Agent(scalars(4) | ports(4) | light(2))
    habits = now(read_device(FakeReader(agent), Habits())).habits
    assert agent.requests[1].repetitions == 5
    agent.requests.clear()
    now(read_device(FakeReader(agent), habits))
    assert [request.repetitions for request in agent.requests] == [0, 5, 3]


def test_who_is_not_of_the_family_is_not_asked_for_light() -> None:
    agent = Agent(scalars(2, oid("1.3.6.1.4.1.8072.3.2.10")) | ports(2) | light(2))
    assert now(read_device(FakeReader(agent), Habits())).optics == ()
    assert len(agent.requests) == 2
    assert now(read_device(FakeReader(Agent(scalars(1, oid("1.3.6.1.4.1.14988.10")))), Habits())).optics == ()


def test_a_silent_device_is_asked_one_question() -> None:
    agent = Agent({}, silent_after=0)
    reading = now(read_device(FakeReader(agent), Habits()))
    assert reading.system is None
    assert reading.failures == (Failure.TIMEOUT,)
    assert len(agent.requests) == 1


def test_a_device_that_falls_silent_keeps_what_it_said() -> None:
    agent = Agent(scalars(40) | ports(40) | light(2), silent_after=2)
    reading = now(read_device(FakeReader(agent), Habits()))
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
    found = now(read_device(FakeReader(agent), Habits())).interfaces
    assert [(row.name, row.receive_bytes, row.counter_bits) for row in found] == [
        ("ether1", 10, 32),
        ("ether2", 20, 32),
        ("ether3", 30, 32),
    ]
    assert found[0].speed_bits_per_second == 1e8


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
