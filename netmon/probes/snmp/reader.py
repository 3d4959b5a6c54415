"""Read an agent within a budget for one poll: versions 1 and 2c by the shared sockets, version 3 by its session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.snmp.failure import ENDS_POLL, Failure
from netmon.probes.snmp.pdu import V1, Request
from netmon.probes.snmp.secure import SecureSession
from netmon.probes.snmp.transport import Agent, Transport
from netmon.probes.snmp.walk import Answer, Ask, First, Scalars, Walked, get_once, get_scalars, walk_table

MOST_REQUESTS = 400
MOST_VALUES = 100_000
MOST_OF_A_TABLE = 300  # requests, so that a chassis with thousands of ports has more to say of itself than these
PATIENCE = 10.0  # seconds for an agent that has to ask others before it answers


class Budget:
    """The requests and values of one poll, for all its questions together."""

    def __init__(self) -> None:
        self._requests = MOST_REQUESTS
        self._values = MOST_VALUES

    def within(self, ask: Ask) -> Ask:
        """Return a way to ask that fails with `Failure.BUDGET` once there is nothing left."""

        async def limited(request: Request) -> Answer:
            if self._requests <= 0 or self._values <= 0:
                return Failure.BUDGET
            self._requests -= 1
            answer = await ask(request)
            if not isinstance(answer, Failure):
                self._values -= len(answer.varbinds)
            return answer

        return limited


class CommunityReader:
    """One poll's view of one agent of version 1 or 2c. `deadline` is on the loop's clock."""

    def __init__(self, transport: Transport, agent: Agent, deadline: float) -> None:
        self._transport = transport
        self._agent = agent
        self._deadline = deadline
        self._budget = Budget()
        self.ask = self._budget.within(partial(transport.ask, agent, deadline=deadline))
        self.folds = agent.version != V1

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values."""
        return await get_scalars(self.ask, oids)

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int, first: First = None) -> Walked:
        """Return the rows of columns; version 1 is asked row by row."""
        bulk = self._agent.version != V1
        return await walk_table(
            self.ask,
            columns,
            bulk=bulk,
            rows=rows,
            repetitions=repetitions,
            most_questions=MOST_OF_A_TABLE,
            first=first,
        )

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values, asked for with one datagram and some patience."""
        patient = replace(self._agent, retries=0, timeout=max(self._agent.timeout, PATIENCE))
        ask = self._budget.within(lambda request: self._transport.ask(patient, request, self._deadline))
        return await get_once(ask, oids)


class SecureReader:
    """One poll's view of one agent of version 3. `deadline` is on the loop's clock."""

    folds = False  # gufo-snmp asks for one column at a time

    def __init__(self, session: SecureSession, deadline: float) -> None:
        budget = Budget()
        self.ask = budget.within(lambda request: session.ask(request, deadline))
        self._ask_once = budget.within(lambda request: session.ask_once(request, deadline, PATIENCE))

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values."""
        return await get_scalars(self.ask, oids)

    async def walk(
        self,
        columns: Sequence[bytes],
        rows: int,
        repetitions: int,
        first: First = None,  # noqa: ARG002 (nothing is folded)
    ) -> Walked:
        """Return the rows of columns, read one after another: gufo-snmp asks for one at a time.

        What goes wrong in one column ends it alone, unless nothing more will come.
        """
        table: dict[bytes, Mapping[Index, Value]] = {column: {} for column in columns}
        failure: Failure | None = None
        share = max(1, MOST_OF_A_TABLE // max(1, len(columns)))
        for column in columns:
            walked = await walk_table(
                self.ask, [column], bulk=True, rows=rows, repetitions=repetitions, most_questions=share
            )
            table.update(walked.table)
            repetitions = walked.repetitions
            failure = failure or walked.failure
            if walked.failure in ENDS_POLL:
                break
        return Walked(table, failure, repetitions)

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values, asked for with one datagram and some patience."""
        return await get_once(self._ask_once, oids)
