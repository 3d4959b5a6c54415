"""One poll's budget: an agent that always has more does not get more than its share."""

from __future__ import annotations

from netmon.probes.snmp import reader as reader_module
from netmon.probes.snmp.ber import Varbind, encode_arcs, oid
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import V1, V2C, Kind, Request, Response
from netmon.probes.snmp.reader import CommunityReader
from netmon.probes.snmp.transport import Agent, Transport
from netmon.probes.sockets import KernelSockets
from tests.unit.probes.snmp.agents import now, response

COLUMN = oid("1.3.6.1.2.1.2.2.1.8")


class Endless(Transport):
    """Answers every question with rows that were not there before; sends nothing anywhere."""

    def __init__(self) -> None:
        super().__init__(KernelSockets())
        self.asked: list[Request] = []
        self.row = 0

    async def ask(self, agent: Agent, request: Request, deadline: float) -> Response | Failure:  # noqa: ARG002 (as inherited)
        self.asked.append(request)
        return response([self.next_row() for _ in range(request.repetitions or 1)])

    def next_row(self) -> Varbind:
        self.row += 1
        return COLUMN + encode_arcs((self.row,)), 2, 1


def agent(version: int) -> Agent:
    return Agent(("127.0.0.1", 161), version, b"public")


def test_requests_are_limited() -> None:
    transport = Endless()
    reading = CommunityReader(transport, agent(V1), 0.0)
    walked = now(reading.walk([COLUMN], 8, 25))
    assert walked.failure is Failure.ENDLESS, "one table leaves something for the others"
    assert (
        len(transport.asked)
        == len(walked.table[COLUMN])
        == reader_module.MOST_OF_A_TABLE
        < reader_module.MOST_REQUESTS
    )
    walked = now(reading.walk([COLUMN], 8, 25))
    assert walked.failure is Failure.BUDGET
    assert len(transport.asked) == reader_module.MOST_REQUESTS


def test_the_budget_is_for_all_questions_of_a_poll() -> None:
    transport = Endless()
    reading = CommunityReader(transport, agent(V2C), 0.0)
    failures: list[Failure | None] = []
    while not failures or failures[-1] is Failure.ENDLESS:
        transport.row = 0
        failures.append(now(reading.walk([COLUMN], 8, 25)).failure)
    assert failures[-1] is Failure.BUDGET
    assert len(transport.asked) == reader_module.MOST_REQUESTS


def test_version_one_is_asked_row_by_row() -> None:
    transport = Endless()
    now(CommunityReader(transport, agent(V1), 0.0).walk([COLUMN], 8, 25))
    assert {request.kind for request in transport.asked} == {Kind.GET_NEXT}
