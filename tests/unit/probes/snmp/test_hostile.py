"""Responses that were tampered with: decoding and walking them ends, with an answer or a counted reason."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from netmon.probes.snmp.ber import END_OF_MIB_VIEW, Malformed, Varbind, oid
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits, Present
from netmon.probes.snmp.pdu import Request, decode_response
from netmon.probes.snmp.walk import Answer, First, Scalars, Walked, get_once, get_scalars, walk_table
from netmon.probes.vendors import interfaces, mikrotik
from netmon.probes.vendors.rows import SystemRow
from tests.unit.probes.snmp.agents import Agent, encode_response, now, tag_of
from tests.unit.probes.snmp.mutations import MUTATIONS, Mutation
from tests.unit.probes.snmp.plausible import ROUTER, SYSTEM, plausible

FOLDING = Habits(system=SystemRow(), present={"system": Present(0.0, tuple(SYSTEM))}, rows={"interfaces": 4})
ROUTER_AGENT = Agent(ROUTER)


class Tampering:
    """An agent whose every response is mutated on its way."""

    folds = True

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.asked = 0

    async def ask(self, request: Request) -> Answer:
        self.asked += 1
        if self.asked > 400:  # the reader's budget
            return Failure.BUDGET
        answer = ROUTER_AGENT.answer(request)
        assert not isinstance(answer, Failure)
        if self.chance.random() < 0.3:
            return answer
        data = bytearray(encode_response(7, answer.varbinds))
        for _ in range(self.chance.randrange(1, 4)):
            self.chance.choice(MUTATIONS)(data, self.chance)
            if not data:
                break
        try:
            found = decode_response(bytes(data[:65535]), {7})
        except Malformed:
            return Failure.MALFORMED
        return Failure.TIMEOUT if found is None else found

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        return await get_scalars(self.ask, oids)

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        return await get_once(self.ask, oids)

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int, first: First = None) -> Walked:
        return await walk_table(self.ask, columns, bulk=True, rows=rows, repetitions=repetitions, first=first)


def test_tampered_polls_end_with_a_reason_or_something_plausible() -> None:
    started = time.process_time()
    outcomes = {str(failure): 0 for failure in Failure}
    readings = 0
    for seed in range(750):  # of some twenty questions each
        agent = Tampering(seed)
        habits = FOLDING if seed % 2 else Habits()
        reading = now(read_device(agent, habits, 0.0, lambda _: (interfaces.TABLE, mikrotik.OPTICS)))
        assert plausible(reading)
        assert reading.mistakes == ()
        assert reading.system is not None or reading.failures
        readings += reading.system is not None
        for failure in reading.failures:
            outcomes[failure] += 1
    assert time.process_time() - started < 15
    assert readings > 100
    assert outcomes["malformed"] > 100
    assert outcomes["internal"] == 0


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_tampered_datagrams_are_read_or_malformed(mutation: Mutation) -> None:
    chance = random.Random(mutation.__name__)
    intact = encode_response(7, [(name, tag_of(value), value) for name, value in ROUTER.items()])
    for _ in range(400):
        data = bytearray(intact)
        mutation(data, chance)
        try:
            found = decode_response(bytes(data), {7})
        except Malformed:
            continue
        assert found is None or len(found.varbinds) <= len(data) // 6


@pytest.mark.parametrize(
    "varbind",
    [
        (oid("1.3.6.1.2.1.1.5.0"), 0x04, b"x" * 60_000),
        (oid("1.3.6.1.2.1.1.5.0"), 0x30, b"\x30\x80" * 30_000),
        (b"\xff" * 60_000, 0x02, 1),
        (b"", END_OF_MIB_VIEW, None),
    ],
)
def test_the_largest_datagrams_cost_little(varbind: Varbind) -> None:
    data = encode_response(7, [varbind])
    started = time.process_time()
    for _ in range(100):
        decode_response(data, {7})
    assert time.process_time() - started < 1.0


def test_a_datagram_full_of_bindings_nobody_awaits_costs_nothing() -> None:
    data = encode_response(7, [(b"", 0x05, None)] * 10_000)
    assert len(data) > 60_000
    started = time.process_time()
    for _ in range(1000):
        assert decode_response(data, {8}) is None
    assert time.process_time() - started < 0.5
