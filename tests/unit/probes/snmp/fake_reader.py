"""A device without a network."""

from __future__ import annotations

from collections.abc import Sequence

from netmon.probes.snmp.ber import Oid, Value, oid
from netmon.probes.snmp.pdu import V2C, Request
from netmon.probes.snmp.walk import Answer, First, Scalars, Walked, get_once, get_scalars, walk_table
from netmon.probes.vendors import interfaces, mikrotik, system
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.tables import Table
from tests.unit.probes.snmp.agents import Agent, table

MIKROTIK = Oid(oid("1.3.6.1.4.1.14988.1"))


class FakeReader:
    """Reads an `Agent`, as the real reader reads a router."""

    def __init__(self, agent: Agent, *, folds: bool = False) -> None:
        self.agent = agent
        self.folds = folds

    async def ask(self, request: Request) -> Answer:
        return await self.agent.ask(request)

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        return await get_scalars(self.agent.ask, oids)

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        return await get_once(self.agent.ask, oids)

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int, first: First = None) -> Walked:
        bulk = self.agent.version == V2C
        return await walk_table(self.agent.ask, columns, bulk=bulk, rows=rows, repetitions=repetitions, first=first)


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


def few(object_id: str | None) -> Sequence[Table]:
    """Return the interfaces and the light of what a device is asked for."""
    return [table for table in tables_of(object_id) if table in (interfaces.TABLE, mikrotik.OPTICS)]
