"""Leaders of a lease's buckets that have come together on one server are put on others, when all else is well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, cast

import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingInTimeError
from nats.js.api import ClusterInfo, PeerInfo

from netmon.ending import end_all
from netmon.journal.lease import spread as lease_spread
from netmon.journal.lease.spread import keep_spread

BUCKETS = ("one", "two", "three")
Look = Sequence[str] | None
"""Who leads each bucket, one letter each; a small one is a server that has not been heard of lately."""


class Servers:
    """NATS servers x, y and z, as a client asks them; each look finds the next of `looks`, and the last for ever."""

    def __init__(self, looks: Sequence[str]) -> None:
        self.looks, self.asked, self.refuses = list(looks), 0, False
        self.told: list[str] = []

    def jetstream(self, **_: object) -> Servers:
        return self

    async def stream_info(self, stream: str) -> Any:
        look = self.looks[min(self.asked // len(BUCKETS), len(self.looks) - 1)]
        self.asked += 1
        if look == "away":
            self.asked += len(BUCKETS) - 1
            raise NothingInTimeError
        leader, silent = look[[f"KV_{bucket}" for bucket in BUCKETS].index(stream)], look[len(BUCKETS) :]
        peers = [
            PeerInfo(name, current=True, offline=False, active=int((9 if name in silent else 0.3) * 1e9))
            for name in "xyz"
            if name != leader
        ]
        return type("Info", (), {"cluster": ClusterInfo(leader=leader, replicas=peers)})

    async def request(self, subject: str, _words: bytes, **_: object) -> Any:
        self.told.append(subject)
        refused = {"error": {"code": 503, "err_code": 10008, "description": "no leader"}}
        return type("Msg", (), {"data": json.dumps(refused if self.refuses else {"success": True}).encode()})


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        (["xyz"], 0),
        (["xxz", "xxz", "xyz"], 1),
        (["xxz", "xyz"], 0),
        (["xxz", "away", "xxz", "xyz"], 0),
        (["xxz", "zxz", "xyz"], 0),
        (["xxzy", "xxzy", "xxzy"], 0),
        (["xxx", "xxx", "yxx", "yxx", "yxz"], 2),
    ],
)
def test_a_crowd_that_stays_is_broken_up_and_one_that_has_just_come_about_is_not(
    looks: Sequence[str], told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_spread, "EVERY", 0.0)
    servers = Servers(looks)
    asyncio.run(looked(servers, lambda: True))
    assert len(servers.told) == told
    assert {subject.rsplit("_", 1)[0] for subject in servers.told} <= {"$JS.API.STREAM.LEADER.STEPDOWN.KV"}


def test_who_has_not_all_of_the_lease_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_spread, "EVERY", 0.0)
    servers = Servers(["xxz"])
    asyncio.run(looked(servers, lambda: False))
    assert (servers.told, servers.asked) == ([], 0)


def test_it_is_said_of_a_bucket_that_has_another_leader_and_not_of_one_that_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease_spread, "EVERY", 0.0)
    said = list[str]()
    monkeypatch.setattr(lease_spread.log, "info", lambda text, *values: said.append(text % values))
    servers = Servers(["xxz", "xxz", "xyz"])
    servers.refuses = True
    asyncio.run(looked(servers, lambda: True))
    assert (len(servers.told), said) == (1, [])
    asyncio.run(looked(Servers(["xxz", "xxz", "xyz"]), lambda: True))
    assert said == ["x led two buckets of a lease: KV_one has another leader"]


async def looked(servers: Servers, may_move: Any) -> None:
    """Let it look more often than there is something to see."""
    task = asyncio.create_task(keep_spread(cast("Client", servers), BUCKETS, may_move))
    for _ in range(200):
        await asyncio.sleep(0)
        if servers.asked > len(BUCKETS) * len(servers.looks):
            break
    await end_all(task)
