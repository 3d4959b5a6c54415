"""Of a service that was asked for something is said, whatever is found: what was known of it may have been lost."""

from __future__ import annotations

import asyncio
import ssl
from types import SimpleNamespace
from typing import cast

import pytest

from netmon.clock import FakeClock
from netmon.events import Event
from netmon.model import Inventory, Service, ServiceFailure, Vantage
from netmon.probes.services import prober as services
from netmon.probes.services.prober import ServiceProber
from netmon.probes.services.result import ServiceResult
from netmon.probes.sockets import Sockets

FAILED, OK, LOCAL = ServiceFailure.TIMEOUT, None, ServiceFailure.LOCAL


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([OK], [OK], ["service-confirmed"]),
        ([FAILED, FAILED], [FAILED], ["service-down"]),
        ([FAILED, FAILED], [OK], ["service-up"]),
        ([OK], [FAILED, FAILED], ["service-down"]),
        ([OK], [FAILED, OK], ["service-confirmed"]),  # one failed check is as often its own bad luck
        ([OK], [LOCAL, OK, OK], ["service-confirmed"]),
    ],
)
def test_who_is_asked_for_is_told_of_once(
    before: list[ServiceFailure | None],
    after: list[ServiceFailure | None],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def play() -> None:
        told: list[Event] = []
        prober = ServiceProber(
            cast("Sockets", SimpleNamespace()), FakeClock(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        web = Service("web", "v", "website", url="http://web.test/")
        prober.set_inventory(Inventory("t", Vantage("n"), {}, {}, {}, services={"web": web}))
        prober._emit = told.extend

        async def checked(failures: list[ServiceFailure | None]) -> None:
            for failure in failures:

                async def check(*_: object, failure: ServiceFailure | None = failure) -> ServiceResult:
                    return ServiceResult("web", 1000.0, 0.1, failure=failure)

                monkeypatch.setattr(services, "check", check)
                await prober._check("web")

        await checked(before)
        told.clear()
        prober.check_now(["web"])
        await checked(after)
        assert [event.kind for event in told] == said

    asyncio.run(play())
