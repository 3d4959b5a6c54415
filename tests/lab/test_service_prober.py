"""The website prober against servers that fail and recover."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.events import Event, ServiceAt, ServiceDown, ServiceUp
from netmon.model import Inventory, Service, ServiceFailure, Vantage
from netmon.probes.services import prober as services
from netmon.probes.services.prober import ServiceProber
from netmon.probes.sockets import KernelSockets, Protocols
from tests.lab.web_servers import HOST, Web, page
from tests.waiting import until

pytestmark = pytest.mark.lab

PATIENCE = 60.0  # seconds


@dataclass
class Moody:
    """A website whose status is set by the test."""

    status: int = 200
    served: int = 0

    async def serve(self, _path: str, writer: asyncio.StreamWriter) -> None:
        self.served += 1
        writer.write(page(self.status))


@dataclass
class Said:
    events: list[Event] = field(default_factory=list)

    def emit(self, events: Sequence[Event]) -> None:
        self.events += [event for event in events if not isinstance(event, ServiceAt)]


def inventory(**urls: str | None) -> Inventory:
    drawn = {id_: Service(id_, "site", "website", url, interval=0.1, timeout=1.0) for id_, url in urls.items()}
    return Inventory("test", Vantage("noc"), sites={}, nodes={}, links={}, services=drawn)


def test_a_website_fails_and_recovers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "RECHECK", 0.05)

    async def scenario() -> None:
        said, moody = Said(), Moody()
        prober = ServiceProber(KernelSockets(), SystemClock())
        async with Web(moody.serve) as web:
            prober.set_inventory(inventory(web=f"http://{HOST}:{web.port}/", nothing=None))
            running = asyncio.create_task(prober.run(said.emit))
            await until(lambda: len(said.events) == 1)
            moody.status = 503
            await until(lambda: len(said.events) == 2)
            moody.status = 200
            await until(lambda: len(said.events) == 3)
            seen = moody.served
            await until(lambda: moody.served >= seen + 3)
            await end_all(running)
        up, down, again = said.events
        assert isinstance(up, ServiceUp)
        assert isinstance(down, ServiceDown)
        assert isinstance(again, ServiceUp)
        assert (down.service, down.reason) == ("web", "status")
        assert up.since < down.since < down.at <= again.at
        measured = prober.measurements()
        assert set(measured.results) == {"web"}
        assert measured.results["web"].ok
        assert measured.failures["http", ServiceFailure.STATUS] >= 2
        assert measured.checks_total["http"] >= moody.served - 1

    asyncio.run(scenario())


def test_a_first_failure_is_checked_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the first check nor the one that confirms waits for the next turn, an hour away."""
    monkeypatch.setattr(services, "FIRST_CHECKS", 0.05)
    monkeypatch.setattr(services, "RECHECK", 0.05)

    async def scenario() -> None:
        said, moody = Said(), Moody(status=500)
        prober = ServiceProber(KernelSockets(), SystemClock())
        async with Web(moody.serve) as web:
            hourly = Service("web", "site", "website", f"http://{HOST}:{web.port}/", interval=3600.0)
            prober.set_inventory(replace(inventory(), services={"web": hourly}))
            running = asyncio.create_task(prober.run(said.emit))
            await until(lambda: moody.served == 1)
            await until(lambda: len(said.events) == 1)
            await end_all(running)
        assert isinstance(said.events[0], ServiceDown)

    asyncio.run(scenario())


class Rotating(KernelSockets):
    """A name that leads elsewhere each time it is asked for, as some hosts have it; one server plays all of them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked = 0

    async def resolve(self, host: str) -> list[str]:  # noqa: ARG002 (the seam's signature)
        self.asked += 1
        return [f"198.18.7.{self.asked % 200}"]

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:  # noqa: ARG002 (as above)
        return HOST, self.port


def test_a_name_that_leads_elsewhere_each_time_is_told_of_once_and_again_when_it_fails() -> None:
    async def scenario() -> tuple[int, int]:
        moody = Moody()
        told: list[Event] = []
        async with Web(moody.serve) as web:
            sockets = Rotating(web.port)
            prober = ServiceProber(sockets, SystemClock())
            prober.set_inventory(inventory(web="http://web.test/"))
            running = asyncio.create_task(
                prober.run(lambda events: told.extend(one for one in events if isinstance(one, ServiceAt)))
            )
            await until(lambda: sockets.asked >= 5)
            while_well = len(told)
            moody.status = 500
            await until(lambda: prober.measurements().results["web"].status == 500)
            failed = sockets.asked
            await until(lambda: sockets.asked >= failed + 3)
            await end_all(running)
        return while_well, len(told)

    assert asyncio.run(scenario()) == (1, 2)


def test_services_that_leave_are_forgotten() -> None:
    async def scenario() -> None:
        said = Said()
        prober = ServiceProber(KernelSockets(), SystemClock())
        async with Web(Moody().serve) as web:
            url = f"http://{HOST}:{web.port}/"
            prober.set_inventory(inventory(a=url, b=url))
            running = asyncio.create_task(prober.run(said.emit))
            await until(lambda: set(prober.measurements().results) == {"a", "b"})
            prober.set_inventory(inventory(a=url))
            assert set(prober.measurements().results) == {"a"}
            before = prober.measurements().checks_total.get("http", 0)
            await until(lambda: prober.measurements().checks_total.get("http", 0) >= before + 3)
            assert set(prober.measurements().results) == {"a"}
            await end_all(running)
        assert [event.kind for event in said.events] == ["service-up", "service-up"]

    asyncio.run(scenario())


def test_own_trouble_makes_no_service_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "RECHECK", 0.02)

    class Exhausted(KernelSockets):
        def tcp(self, family: socket.AddressFamily) -> socket.socket:  # noqa: ARG002 (the seam's signature)
            raise OSError(errno.EMFILE, "Too many open files")

    async def scenario() -> None:
        said = Said()
        prober = ServiceProber(Exhausted(), SystemClock())
        prober.set_inventory(inventory(web=f"http://{HOST}:1/"))
        running = asyncio.create_task(prober.run(said.emit))
        await until(lambda: prober.measurements().checks_total.get("http", 0) >= 4)
        await end_all(running)
        assert said.events == []
        assert prober.measurements().failures["http", ServiceFailure.LOCAL] >= 4

    asyncio.run(scenario())
