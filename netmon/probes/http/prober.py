"""Check websites: one GET of each service's URL, redirects followed, with the time of each phase.

Success is a status of 2xx at the end of at most five redirects (or exactly the status that is expected) and, where
one is expected, a text in the first mebibyte of the body. HTTPS certificates are verified. No privilege is needed.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import httpcore2
import httpx2

from netmon import __version__
from netmon.clock import Clock
from netmon.events import Event
from netmon.model import Inventory, Service
from netmon.probes.agenda import phase
from netmon.probes.belief.services import ServiceBelief, judge
from netmon.probes.http.transport import Broken, HttpFailure, Phases, ProbeNetwork
from netmon.probes.sockets import Sockets
from netmon.probes.turns import Turns

MOST_BODY = 1 << 20  # bytes
MOST_REDIRECTS = 5
MOST_CHECKS = 32  # at once
LONGEST_DETAIL = 200  # characters of what a server may make the protocol library say
FIRST_CHECKS = 5.0  # seconds over which the first checks of new services are spread, whatever their interval
RECHECK = 5.0  # seconds from a first failure to the check that confirms or clears it

Emit = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class HttpResult:
    """One finished check.

    `at` is the wall clock at its start; `phases` maps resolve, connect, tls, processing and transfer to seconds, as
    far as the check came; `detail` is for people.
    """

    service: str
    at: float
    duration: float
    status: int | None = None
    failure: HttpFailure | None = None
    detail: str = ""
    phases: Mapping[str, float] = field(default_factory=dict)
    body_bytes: int = 0
    certificate_not_after: float | None = None

    @property
    def ok(self) -> bool:
        """True when the service answered as it should."""
        return self.failure is None


@dataclass(frozen=True, slots=True)
class HttpMeasurements:
    """The latest check of every service, and counters since the start."""

    results: Mapping[str, HttpResult]
    checks_total: int
    failures: Mapping[HttpFailure, int]
    skipped: int


class HttpProber:
    """Checks the services of the inventory that have a URL, each on its own turn."""

    def __init__(self, sockets: Sockets, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._sockets = sockets
        self._clock = clock
        self._tls = ssl.create_default_context() if tls is None else tls
        self._turns = Turns(clock, self._check, self._broke_off)
        self._services: dict[str, Service] = {}
        self._beliefs: dict[str, ServiceBelief] = {}
        self._latest: dict[str, HttpResult] = {}
        self._checks_total = 0
        self._failures: Counter[HttpFailure] = Counter()
        self._places = asyncio.Semaphore(MOST_CHECKS)
        self._emit: Emit = _emit_nothing

    def set_inventory(self, inventory: Inventory) -> None:
        """Check the services of this inventory; what is believed of services that stay is kept."""
        services = {s.id: s for s in inventory.services.values() if s.url is not None}
        kept = {s for s, service in services.items() if s in self._services and self._services[s].url == service.url}
        self._beliefs = {s: belief for s, belief in self._beliefs.items() if s in kept}
        self._latest = {s: result for s, result in self._latest.items() if s in kept}
        self._services = services
        self._turns.set_targets({s: service.interval for s, service in services.items()})
        for fresh in services.keys() - kept:
            self._turns.bring_forward([fresh], delay=phase(fresh, FIRST_CHECKS))

    async def run(self, emit: Emit) -> None:
        """Check until cancelled; `emit` gets the events of each check that has one."""
        self._emit = emit
        await self._turns.run()

    def measurements(self) -> HttpMeasurements:
        """Return the latest check of every service and the counters."""
        return HttpMeasurements(
            dict(self._latest), self._checks_total, dict(self._failures), skipped=self._turns.skipped
        )

    async def _check(self, id_: str) -> None:
        service = self._services.get(id_)
        if service is None:
            return  # it left the inventory since its turn came
        async with self._places:
            result = await check(service, self._sockets, self._clock, self._tls)
        self._count(result)
        if self._services.get(id_) != service:
            return  # it changed or left the inventory meanwhile
        self._latest[id_] = result
        if result.failure is HttpFailure.LOCAL:
            return  # proves nothing about the service
        belief, events = judge(
            self._beliefs.get(id_, ServiceBelief()), id_, result.at, self._clock.wall(), result.failure
        )
        self._beliefs[id_] = belief
        if belief.is_suspect:
            self._turns.bring_forward([id_], delay=RECHECK)
        if events:
            self._emit(events)

    def _count(self, result: HttpResult) -> None:
        self._checks_total += 1
        if result.failure is not None:
            self._failures[result.failure] += 1

    def _broke_off(self, id_: str) -> None:
        result = HttpResult(id_, self._clock.wall(), 0.0, failure=HttpFailure.LOCAL)
        self._count(result)
        self._latest[id_] = result


async def check(service: Service, sockets: Sockets, clock: Clock, tls: ssl.SSLContext) -> HttpResult:
    """Check one service (which has a URL) once, within its timeout."""
    at, started = clock.wall(), clock.monotonic()
    visit = _Visit(service, sockets, clock, tls)
    try:
        async with asyncio.timeout(service.timeout):
            failure, detail = await visit.run()
    except TimeoutError:
        failure, detail = HttpFailure.TIMEOUT, f"not finished after {service.timeout:g} s"
    except Broken as error:
        failure, detail = error.failure, error.detail
    except (httpcore2.ProtocolError, httpx2.InvalidURL) as error:
        failure, detail = HttpFailure.PROTOCOL, str(error)[:LONGEST_DETAIL]
    return HttpResult(
        service=service.id,
        at=at,
        duration=clock.monotonic() - started,
        status=visit.status,
        failure=failure,
        detail=detail,
        phases=visit.phases.seconds,
        body_bytes=len(visit.body),
        certificate_not_after=visit.network.certificate_not_after,
    )


class _Visit:
    """The course of one check, kept so that a timeout leaves behind what was already known."""

    def __init__(self, service: Service, sockets: Sockets, clock: Clock, tls: ssl.SSLContext) -> None:
        self.service = service
        self.phases = Phases()
        self.network = ProbeNetwork(sockets, clock, self.phases)
        self.status: int | None = None
        self.body = bytearray()
        self._clock = clock
        self._tls = tls

    async def run(self) -> tuple[HttpFailure | None, str]:
        """Get the URL and follow redirects; return the failure, if any, and its detail."""
        url = httpx2.URL(self.service.url or "")
        for _ in range(MOST_REDIRECTS + 1):
            location = await self._get(url)
            if location is None or self.status == self.service.expect_status:
                return self._verdict()
            url = url.join(location)
        return HttpFailure.PROTOCOL, f"more than {MOST_REDIRECTS} redirects"

    async def _get(self, url: httpx2.URL) -> str | None:
        """Get one URL; return where it redirects to, if it does."""
        if url.scheme not in ("http", "https") or not url.host:
            raise Broken(HttpFailure.PROTOCOL, f"{url} is not an HTTP URL")
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request = httpcore2.Request(
            "GET",
            target,
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": f"netmon/{__version__}",
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
        )
        async with httpcore2.AsyncHTTPConnection(
            target.origin, ssl_context=self._tls, network_backend=self.network
        ) as connection:
            return await self._exchange(connection, request)

    async def _exchange(self, connection: httpcore2.AsyncHTTPConnection, request: httpcore2.Request) -> str | None:
        self.body.clear()
        started = self._clock.monotonic()
        before = sum(self.phases.seconds.values())
        response = await connection.handle_async_request(request)
        answered = self._clock.monotonic()
        setting_up = sum(self.phases.seconds.values()) - before
        self.phases.add("processing", answered - started - setting_up)
        self.status = response.status
        async with aclosing(response.aiter_stream()) as chunks:
            async for chunk in chunks:
                self.body += chunk[: MOST_BODY - len(self.body)]
                if len(self.body) >= MOST_BODY:
                    break
                await asyncio.sleep(0)  # a flood of tiny chunks must not hold the loop past the deadline
        self.phases.add("transfer", self._clock.monotonic() - answered)
        if 300 <= response.status < 400:
            locations = [value for name, value in response.headers if name.lower() == b"location"]
            return locations[0].decode("latin-1") if locations else None
        return None

    def _verdict(self) -> tuple[HttpFailure | None, str]:
        wanted, text = self.service.expect_status, self.service.expect_body
        if self.status != wanted if wanted is not None else not 200 <= (self.status or 0) < 300:
            return HttpFailure.STATUS, f"status {self.status}"
        if text is not None and text.encode() not in self.body:
            return HttpFailure.BODY, "the expected text is not in the page"
        return None, ""


def _emit_nothing(_events: Sequence[Event]) -> None:
    """Stand in until `run` says where events go."""
