"""Recorded devices of tests/data/snmp, read as a poll reads them: encoded requests, and an agent that answers.

Recordings in the folder that `NETMON_RECORDINGS` names, or below it, are read beside them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from netmon.lab.routers.agent import respond
from netmon.lab.routers.recording import SUFFIX, read_recording
from netmon.probes.snmp.ber import oid
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.pdu import V1, V2C, Request, Response, decode_response, encode_request
from netmon.probes.snmp.reading import Reading
from netmon.probes.snmp.walk import Answer, First, Scalars, Walked, get_once, get_scalars, walk_table
from tests.unit.probes.snmp.agents import now

FOLDER = Path(__file__).parents[3] / "data" / "snmp"
OWN = sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))
ELSEWHERE = os.environ.get("NETMON_RECORDINGS")
FOUND = sorted(Path(ELSEWHERE).absolute().rglob(f"*{SUFFIX}")) if ELSEWHERE else []
NAMES = [*OWN, *(str(path).removesuffix(SUFFIX) for path in FOUND)]
COMMUNITY = b"public"


recording = lru_cache(maxsize=64)(read_recording)


class RecordedReader:
    """Asks a recording; keeps every request."""

    def __init__(self, name: str, version: int = V2C) -> None:
        self.mib, self.problems = recording(FOLDER / f"{name}{SUFFIX}")
        self.version = version
        self.folds = version != V1
        self.requests: list[Request] = []

    async def ask(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = respond(self.mib, COMMUNITY, encode_request(self.version, COMMUNITY, 7, request), 0.0)
        assert answer is not None
        response = decode_response(answer, {7})
        assert isinstance(response, Response)
        return response

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        return await get_scalars(self.ask, oids)

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        return await get_once(self.ask, oids)

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int, first: First = None) -> Walked:
        bulk = self.version != V1
        return await walk_table(self.ask, columns, bulk=bulk, rows=rows, repetitions=repetitions, first=first)

    def asked_below(self, root: str) -> bool:
        """Say whether any request named something below an identifier."""
        return any(name.startswith(oid(root)) for request in self.requests for name in request.oids)


@cache
def poll(name: str, version: int = V2C) -> tuple[RecordedReader, Reading]:
    """Return one poll of a recorded device: who asked it what, and what that found."""
    reader = RecordedReader(name, version)
    return reader, now(read_device(reader, Habits()))


def read(name: str, version: int = V2C) -> Reading:
    """Return what one poll of a recorded device finds."""
    return poll(name, version)[1]
