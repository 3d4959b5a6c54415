"""Which name servers a machine asks, and what their answers say of a zone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import dns.message
import dns.rrset

from netmon.clock import FakeClock
from netmon.model import Service
from netmon.probes.dns import zones
from netmon.probes.dns.zones import Zones, system_resolvers
from netmon.probes.services.prober import host_name
from netmon.probes.sockets import KernelSockets
from tests.rows import every_row


def test_name_servers_are_read_from_resolv_conf(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    path.write_text("# local\nsearch desa.test\nnameserver 127.0.0.53\nnameserver ::1\nnameserver fe80::1%eth0x!\n")
    assert system_resolvers(path)[:2] == (("127.0.0.53", 53), ("::1", 53))
    assert system_resolvers(tmp_path / "none") == ()


@every_row(
    ("service", "name"),
    [
        (Service("s", "v", "website", url="https://Socorejo.desa.test./x"), "socorejo.desa.test"),
        (Service("s", "v", "website", url="http://198.18.0.1/"), None),
        (Service("s", "v", "website", url="http://[::1]:8080/"), None),
        (Service("s", "v", "tcp", host="siak.desa.test", port=1), "siak.desa.test"),
        (Service("s", "v", "dns", host="ns.desa.test", query="desa.test"), None),
    ],
)
def test_only_a_name_hangs_by_name_servers(service: Service, name: str | None) -> None:
    assert host_name(service) == name


class Asked(Zones):
    """Answers from a table: name to (NS, zone above)."""

    def __init__(self, table: dict[str, tuple[tuple[str, ...], str]], clock: FakeClock) -> None:
        super().__init__(KernelSockets(), clock, [("127.0.0.1", 53)])
        self.table = table
        self.questions: list[str] = []

    async def _ask(self, name: dns.name.Name) -> dns.message.Message | None:
        text = name.to_text().rstrip(".")
        self.questions.append(text)
        if text not in self.table:
            return None
        servers, above = self.table[text]
        answer = dns.message.make_response(dns.message.make_query(name, "NS"))
        if servers:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "NS", *(f"{one}." for one in servers)))
        if above:
            soa = f"ns.{above}. hostmaster.{above}. 1 2 3 4 5"
            answer.authority.append(dns.rrset.from_text(f"{above}.", 60, "IN", "SOA", soa))
        return answer


def test_the_zone_of_a_name_is_found_by_its_soa_or_by_going_up() -> None:
    clock = FakeClock()
    table = {
        "a.b.desa.test": ((), "desa.test"),
        "x.sekolah.test": ((), ""),
        "desa.test": (("NS2.host.test", "ns1.host.test"), ""),
        "sekolah.test": (("ns.sekolah.test",), ""),
    }
    asked = Asked(table, clock)
    assert asyncio.run(asked.servers_of("a.b.desa.test")) == ("ns1.host.test", "ns2.host.test")
    assert asked.questions == ["a.b.desa.test", "desa.test"]
    assert asyncio.run(asked.servers_of("x.sekolah.test")) == ("ns.sekolah.test",)


def test_what_was_found_stands_for_an_hour_and_what_was_not_for_minutes() -> None:
    clock = FakeClock()
    asked = Asked({"desa.test": (("ns.desa.test",), "")}, clock)
    for _ in range(3):
        assert asyncio.run(asked.servers_of("desa.test")) == ("ns.desa.test",)
        assert asyncio.run(asked.servers_of("nobody.test")) == ()
    assert asked.questions == ["desa.test", "nobody.test"]
    clock.advance(zones.AGAIN + 1.0)
    asyncio.run(asked.servers_of("desa.test"))
    asyncio.run(asked.servers_of("nobody.test"))
    assert asked.questions == ["desa.test", "nobody.test", "nobody.test"]


def test_top_level_names_are_nobodys_and_are_not_asked_for() -> None:
    asked = Asked({}, FakeClock())
    assert asyncio.run(asked.servers_of("localhost")) == ()
    assert asked.questions == []
    assert asyncio.run(Zones(KernelSockets(), FakeClock()).servers_of("desa.test")) == ()
