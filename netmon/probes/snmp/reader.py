"""Read an agent of version 1 or 2c through the shared sockets, within a budget for one poll."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import V1, Request
from netmon.probes.snmp.transport import Agent, Transport
from netmon.probes.snmp.walk import Answer, Scalars, Walked, get_once, get_scalars, walk_table

MOST_REQUESTS = 400
MOST_VALUES = 100_000
PATIENCE = 10.0  # seconds for an agent that has to ask others before it answers


class CommunityReader:
    """One poll's view of one agent. `deadline` is on the loop's clock; budgets are for all questions together."""

    def __init__(self, transport: Transport, agent: Agent, deadline: float) -> None:
        self._transport = transport
        self._agent = agent
        self._deadline = deadline
        self._requests = MOST_REQUESTS
        self._values = MOST_VALUES

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values."""
        return await get_scalars(self._ask, oids)

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int) -> Walked:
        """Return the rows of columns; version 1 is asked row by row."""
        bulk = self._agent.version != V1
        return await walk_table(self._ask, columns, bulk=bulk, rows=rows, repetitions=repetitions)

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values, asked for with one datagram and some patience."""
        patient = replace(self._agent, retries=0, timeout=max(self._agent.timeout, PATIENCE))
        return await get_once(lambda request: self._ask(request, patient), oids)

    async def _ask(self, request: Request, agent: Agent | None = None) -> Answer:
        if self._requests <= 0 or self._values <= 0:
            return Failure.BUDGET
        self._requests -= 1
        answer = await self._transport.ask(agent or self._agent, request, self._deadline)
        if not isinstance(answer, Failure):
            self._values -= len(answer.varbinds)
        return answer
