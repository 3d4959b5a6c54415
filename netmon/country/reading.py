"""Asking the regions: each at its own pace, all the time; what they answer is validated, not believed."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from netmon.country.federation import Country, Region, Summary
from netmon.model import Verdict

log = logging.getLogger(__name__)

TIMEOUT = 5.0
LARGEST = 8 * 1024 * 1024
"""Bytes of an answer that are read at most."""
MOST_SITES = 10**9
"""Sites of one kind that a region may say it has: figures of a thousand digits would end the metrics of all."""
CONNECTIONS = 64
"""Regions that are asked at the same time."""


class _Fault(BaseModel):
    """An open fault; fields that are only shown are passed on."""

    model_config = ConfigDict(extra="allow")
    id: str
    text: str
    opened: str
    nodes: list[str]
    sites: list[str]


class _Answer(BaseModel):
    """What `/api/v1/summary` answers, as far as it is of use here."""

    region: str
    timezone: str = Field(min_length=1, max_length=64)
    position: int = Field(ge=0, lt=2**63)
    inventory: str
    ready: bool
    at: AwareDatetime
    covered_until: AwareDatetime | None
    counts: dict[str, dict[Verdict, Annotated[int, Field(ge=0, le=MOST_SITES)]]]
    faults: list[_Fault]


class Reading:
    """Asks every region each `interval` seconds, and keeps what they said.

    Args:
        regions: addresses by name.
        interval: seconds from one question to the next.
        verify: how certificates are checked.
        auth: name and password, where regions want them.
    """

    def __init__(
        self,
        regions: Mapping[str, str],
        interval: float,
        *,
        verify: ssl.SSLContext | bool = True,
        auth: tuple[str, str] | None = None,
    ) -> None:
        self._regions = {name: Region(name, url.rstrip("/")) for name, url in sorted(regions.items())}
        self._interval = interval
        self._verify = verify
        self._auth = auth

    def country(self) -> Country:
        """Return all regions as of now."""
        return Country(time.time(), dict(self._regions))

    async def run(self) -> None:
        """Ask until cancelled."""
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=len(self._regions))
        async with (
            httpx2.AsyncClient(
                timeout=TIMEOUT, trust_env=False, limits=limits, verify=self._verify, auth=self._auth
            ) as client,
            asyncio.TaskGroup() as group,
        ):
            for name in self._regions:
                group.create_task(self._ask_on(client, name))

    async def _ask_on(self, client: httpx2.AsyncClient, name: str) -> None:
        # Not all at once: each has its own place in the interval, the same after a restart.
        await asyncio.sleep(zlib.crc32(name.encode()) / 2**32 * self._interval)
        while True:
            began = time.monotonic()
            await self._ask(client, name)
            await asyncio.sleep(max(self._interval - (time.monotonic() - began), 0.0))

    async def _ask(self, client: httpx2.AsyncClient, name: str) -> None:
        region = self._regions[name]
        try:
            summary = summary_of(await _body(client, f"{region.url}/api/v1/summary"))
        except (httpx2.HTTPError, httpx2.InvalidURL, ValidationError, ValueError) as error:
            said = "answers something else" if isinstance(error, ValueError) else str(error) or type(error).__name__
            if not region.trouble:
                log.warning("region %s: %s", name, said)
            self._regions[name] = replace(region, trouble=said)
            return
        if region.trouble:
            log.info("region %s is heard again", name)
        self._regions[name] = replace(region, summary=summary, heard=time.time(), trouble="")


async def _body(client: httpx2.AsyncClient, url: str) -> bytes:
    async with client.stream("GET", url) as answer:
        answer.raise_for_status()
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > LARGEST:
                raise ValueError("too long")
        return bytes(body)


def summary_of(body: bytes) -> Summary:
    """Return what a region said.

    Raises:
        ValidationError: it is no summary.
    """
    said = _Answer.model_validate_json(body)
    faults: tuple[Mapping[str, Any], ...] = tuple(fault.model_dump() for fault in said.faults)
    covered = None if said.covered_until is None else said.covered_until.timestamp()
    return Summary(
        said.region,
        said.position,
        said.inventory,
        said.ready,
        said.counts,
        faults,
        said.at.timestamp(),
        covered,
        said.timezone,
    )
