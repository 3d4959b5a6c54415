"""A real hosting server dies, and a real name server: one fault each, with all that hangs by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.events import CheckServices, Elapsed, Entry, Event, InventoryInForce, NodeUp, ProbingStarted, Wake
from netmon.model import IcmpProbe, Inventory, Node, Service, ShareKind, Site, SiteKind, Vantage, Verdict
from netmon.picture import services as explaining
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.probes.services import prober as probing
from netmon.probes.services.prober import ServiceProber
from tests.lab.nginx import Names, dnsmasq, nginx
from tests.lab.web_servers import TRUST
from tests.ports import free_port

pytestmark = pytest.mark.lab

HOST = "127.0.53.1"
OTHER = "127.0.53.2"
PATIENCE = 60.0  # seconds
VILLAGES = 8


class Folding:
    """Prober and fold on one loop, without a journal between them."""

    def __init__(self, inventory: Inventory, names: Names) -> None:
        self.prober = ServiceProber(names, SystemClock(), TRUST)
        self.prober.set_inventory(inventory)
        self.position = 0
        self.picture: Picture | None = None
        self.inventory = inventory
        now = SystemClock().wall()
        answers = (NodeUp(now, name, now) for name in inventory.nodes)
        self.take([InventoryInForce(now, inventory.digest), ProbingStarted(now, "p"), *answers])

    def take(self, events: Sequence[Event]) -> None:
        self.position += 1
        entry = Entry(
            self.position, SystemClock().wall(), tuple(events), self.inventory if self.position == 1 else None
        )
        self.picture, effects = fold(self.picture, entry)
        for effect in effects:
            if isinstance(effect, CheckServices):
                self.prober.check_now(effect.services)
            elif isinstance(effect, Wake):
                delay = max(0.0, effect.at - SystemClock().wall())
                asyncio.get_running_loop().call_later(delay, lambda: self.take([Elapsed(SystemClock().wall())]))

    @property
    def now(self) -> Picture:
        assert self.picture is not None
        return self.picture

    async def until(self, condition: Callable[[Picture], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition(self.now):
                await asyncio.sleep(0.02)


def county(port: int) -> Inventory:
    """Return villages with a website each on one host, and one whose website is on another."""
    places = [f"desa{number}" for number in range(VILLAGES)]
    sites = {place: Site(place, place, SiteKind.VILLAGE) for place in (*places, "jauh")}
    nodes = {place: Node(place, place, f"198.18.0.{place[-1]}", icmp=IcmpProbe()) for place in places}
    nodes = {**nodes, "noc": Node("noc", "jauh", "198.18.0.9", icmp=IcmpProbe())}
    services = {
        place: Service(place, place, "website", f"http://{place}.desa.test:{port}/", interval=1.0, timeout=2.0)
        for place in places
    }
    services["jauh"] = Service("jauh", "jauh", "website", f"http://jauh.lain.test:{port}/", interval=1.0, timeout=2.0)
    return Inventory("t", Vantage("noc"), sites, nodes, {}, services=services, digest="d")


@pytest.mark.parametrize("victim", ["hosting", "names"])
def test_one_death_is_one_fault(victim: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "RECHECK", 0.05)
    monkeypatch.setattr(probing, "FIRST_CHECKS", 0.1)
    monkeypatch.setattr(explaining, "PATIENCE", 2.0)
    port = free_port(HOST)
    drawn = county(port)
    addresses = {f"{name}.desa.test": HOST for name in drawn.services if name != "jauh"} | {"jauh.lain.test": OTHER}
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()

    def servers(host: str) -> str:
        return f"server {{ listen {host}:{port}; location / {{ try_files /good.html =404; }} }}"

    async def scenario() -> None:
        with (
            nginx(here, servers(HOST), [(HOST, port)]) as hosting,
            nginx(there, servers(OTHER), [(OTHER, port)]),
            dnsmasq(tmp_path, HOST, addresses) as (naming, dns_port),
        ):
            folding = Folding(drawn, Names(HOST, dns_port))
            running = asyncio.create_task(folding.prober.run(folding.take))
            await folding.until(lambda now: now.services.keys() == {s for s, x in now.services.items() if x.up})
            dead = hosting if victim == "hosting" else naming
            dead.terminate()
            dead.wait(PATIENCE)
            many = VILLAGES if victim == "hosting" else VILLAGES + 1
            await folding.until(lambda now: any(len(fault.services) == many for fault in now.service_faults))
            await end_all(running)
        (fault,) = folding.now.service_faults
        expected = (ShareKind.ADDRESS, HOST) if victim == "hosting" else (ShareKind.DOMAIN, "test")
        assert (fault.kind, fault.element) == expected
        assert folding.now.count(Verdict.UP) == VILLAGES + 1, "no village is dark for its website"
        assert (folding.now.service_findings["jauh"].verdict is Verdict.UP) == (victim == "hosting")

    asyncio.run(scenario())
