"""Check one service once, in the way of its kind, within its time."""

from __future__ import annotations

import asyncio
import ssl
from typing import Protocol

from netmon.clock import Clock
from netmon.model import Service, ServiceFailure
from netmon.probes.http.check import Visit
from netmon.probes.services.connect import Connector
from netmon.probes.services.lookups import Lookups
from netmon.probes.services.places import Deadline, Places
from netmon.probes.services.result import Broken, ServiceResult, shown
from netmon.probes.sockets import Sockets
from netmon.probes.tcp.check import Knock

Outcome = tuple[ServiceFailure | None, str]


class Course(Protocol):
    """The course of one check, which keeps what was already known when it breaks off."""

    async def run(self) -> Outcome:
        """Return the failure, if any, and its detail."""
        ...


async def check(
    service: Service,
    sockets: Sockets,
    clock: Clock,
    tls: ssl.SSLContext,
    places: Places | None = None,
    lookups: Lookups | None = None,
) -> ServiceResult:
    """Check one service, which has a `probe`, within its timeout; waiting for its turn is not counted.

    `places` and `lookups` are shared with all checks that are to wait for each other.

    Raises:
        ValueError: it says nothing to check.
    """
    at, started = clock.wall(), clock.monotonic()
    timeout = asyncio.timeout(service.timeout)
    connector = Connector(sockets, clock, places or Places(), lookups or Lookups(), Deadline(timeout), service.family)
    course = _course(service, connector, tls)
    try:
        async with timeout:
            failure, detail = await course.run()
    except TimeoutError:  # resolvers are more patient than a check: a dead name server is no slow website
        refusal = course.network.refusal if isinstance(course, Visit) else None
        failure = ServiceFailure.DNS if connector.is_resolving else ServiceFailure.TIMEOUT
        detail = f"{'its name not found' if connector.is_resolving else 'not finished'} after {service.timeout:g} s"
        if refusal is not None:
            failure, detail = refusal.failure, refusal.detail
    except Broken as error:
        failure, detail = error.failure, error.detail
    finally:
        await connector.leave()
    visit = course if isinstance(course, Visit) else None
    return ServiceResult(
        service=service.id,
        at=at + connector.phases.waited,
        duration=clock.monotonic() - started - connector.phases.waited,
        status=visit.status if visit else None,
        failure=failure,
        detail=shown(detail),
        phases=connector.phases.seconds,
        body_bytes=len(visit.body) if visit else 0,
        chain=visit.network.chain if visit else (),
        addresses=connector.addresses,
        address=connector.address,
        answers=tuple(shown(one) for one in getattr(course, "answers", ())),
    )


def _course(service: Service, connector: Connector, tls: ssl.SSLContext) -> Course:
    match service.probe:
        case "http":
            return Visit(service, connector, tls)
        case "tcp":
            return Knock(service, connector)
        case "dns":
            from netmon.probes.dns.check import Question  # noqa: PLC0415 (most networks check no name server)

            return Question(service, connector)
        case _:
            raise ValueError(f"service {service.id} says nothing to check")
