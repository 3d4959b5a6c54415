"""Websites on a real nginx, by names from a real dnsmasq: every way to fail has its name."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.events import Event
from netmon.model import Inventory, Service, ServiceFailure, Vantage
from netmon.probes.services.check import check
from netmon.probes.services.places import Places
from netmon.probes.services.prober import ServiceProber
from netmon.probes.services.result import ServiceResult
from tests.lab.nginx import Names, dnsmasq, nginx
from tests.lab.web_servers import certificate
from tests.ports import free_port
from tests.requires import require_program

pytestmark = pytest.mark.lab

HOST = "127.0.52.1"
VILLAGES = 311
PLAIN = ("good", "parked", "suspended", "default", "opensid", "empty")


@dataclass(frozen=True)
class Hosting:
    """Where everything is."""

    names: Names
    port: int
    tls_port: int
    dns_port: int
    trusted: ssl.SSLContext

    def check(self, url: str, kind: str = "website", **more: object) -> ServiceResult:
        url = url.replace(":P", f":{self.port}").replace(":T", f":{self.tls_port}")
        service = Service("web", "v", kind, url, **{"timeout": 5.0, **more})  # type: ignore[arg-type]
        return asyncio.run(check(service, self.names, SystemClock(), self.trusted))


def expired(folder: Path, name: str, authority: tuple[Path, Path]) -> tuple[Path, Path]:
    """Make a certificate that ended yesterday."""
    openssl = require_program("openssl")
    crt, key, csr = (folder / f"{name}.{kind}" for kind in ("crt", "key", "csr"))
    subprocess.run(
        [openssl, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(csr)],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        [openssl, "x509", "-req", "-in", str(csr), "-CA", str(authority[0]), "-CAkey", str(authority[1]),
         "-CAcreateserial", "-days", "-1", "-copy_extensions", "copy", "-out", str(crt)],
        check=True, capture_output=True,
    )  # fmt: skip
    return crt, key


@pytest.fixture(scope="module")
def hosting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosting]:
    folder = tmp_path_factory.mktemp("hosting")
    port, tls_port = free_port(HOST), free_port(HOST)
    authority = certificate(folder, "authority")
    pairs = {
        "secure.test": certificate(folder, "secure.test", authority=authority),
        "misnamed.test": certificate(folder, "other.test", authority=authority),
        "selfmade.test": certificate(folder, "selfmade.test"),
        "expired.test": expired(folder, "expired.test", authority),
    }
    plain = "".join(
        f"server {{ listen {HOST}:{port}; server_name {name}.test; location / {{ try_files /{name}.html =404; }} }}\n"
        for name in PLAIN
    )
    villages = " ".join(f"desa{number}.test" for number in range(VILLAGES))
    plain += (
        f"server {{ listen {HOST}:{port}; server_name {villages}; location / {{ try_files /good.html =404; }} }}\n"
    )
    plain += f"""server {{ listen {HOST}:{port}; server_name odd.test;
      location /loop {{ return 302 /loop; }}
      location /moved {{ return 301 http://good.test:{port}/; }}
      location /closed {{ return 302 /cgi-sys/suspendedpage.cgi; }}
      location /cgi-sys/ {{ try_files /empty.html =404; }}
      location /broken {{ return 500; }}
      location /forbidden {{ error_page 403 /suspended.html; return 403; }}
      location /slow {{ limit_rate 16; try_files /good.html =404; }}
      location /big {{ try_files /big.html =404; }}
      location /packed {{ gzip on; gzip_min_length 1; gzip_types *; try_files /good.html =404; }} }}\n"""
    plain += "".join(
        f"server {{ listen {HOST}:{tls_port} ssl; server_name {name}; ssl_certificate {crt};"
        f" ssl_certificate_key {key}; location / {{ try_files /good.html =404; }} }}\n"
        for name, (crt, key) in pairs.items()
    )
    names = dict.fromkeys([*pairs, *(f"{name}.test" for name in (*PLAIN, "odd"))], HOST)
    names |= {f"desa{number}.test": HOST for number in range(VILLAGES)}
    trusted = ssl.create_default_context(cafile=str(authority[0]))
    with nginx(folder, plain, [(HOST, port), (HOST, tls_port)]), dnsmasq(folder, HOST, names) as (_, dns_port):
        yield Hosting(Names(HOST, dns_port, patience=30.0), port, tls_port, dns_port, trusted)


@pytest.mark.parametrize(("url", "failure"), [
    ("http://good.test:P/", None),
    ("http://odd.test:P/moved", None),
    ("https://secure.test:T/", None),
    ("http://parked.test:P/", ServiceFailure.PARKED),
    ("http://suspended.test:P/", ServiceFailure.SUSPENDED),
    ("http://odd.test:P/closed", ServiceFailure.SUSPENDED),
    ("http://odd.test:P/forbidden", ServiceFailure.SUSPENDED),
    ("http://default.test:P/", ServiceFailure.DEFAULT_PAGE),
    ("http://opensid.test:P/", ServiceFailure.OPENSID_DEFAULT),
    ("http://empty.test:P/", ServiceFailure.EMPTY),
    ("http://odd.test:P/loop", ServiceFailure.REDIRECTS),
    ("http://odd.test:P/broken", ServiceFailure.STATUS),
    ("http://nowhere.test:P/", ServiceFailure.DNS),
    ("http://good.test:9/", ServiceFailure.REFUSED),
    ("https://expired.test:T/", ServiceFailure.TLS_EXPIRED),
    ("https://misnamed.test:T/", ServiceFailure.TLS_WRONG_HOST),
    ("https://selfmade.test:T/", ServiceFailure.TLS_UNKNOWN_ISSUER),
    ("https://good.test:P/", ServiceFailure.TLS),
])  # fmt: skip
def test_every_failure_has_its_name(hosting: Hosting, url: str, failure: ServiceFailure | None) -> None:
    result = hosting.check(url)
    assert result.failure is failure, result.detail
    assert (result.detail == "") == (failure is None)


def test_a_slow_drip_ends_with_the_deadline(hosting: Hosting) -> None:
    assert hosting.check("http://odd.test:P/slow", timeout=0.5).failure is ServiceFailure.TIMEOUT


def test_an_endless_page_is_read_no_further_than_a_mebibyte(hosting: Hosting) -> None:
    result = hosting.check("http://odd.test:P/big")
    assert result.ok
    assert result.body_bytes == 1 << 20


def test_what_another_kind_of_service_shows_is_not_judged(hosting: Hosting) -> None:
    assert hosting.check("http://default.test:P/", kind="siak").ok
    assert hosting.check("http://parked.test:P/", expect_body="Buy this domain").ok
    assert hosting.check("http://good.test:P/", expect_body="Selamat tinggal").failure is ServiceFailure.BODY


@pytest.mark.parametrize(("name", "days"), [("secure", 30), ("expired", -1), ("misnamed", 30), ("selfmade", 30)])
def test_a_certificate_is_read_whether_or_not_it_is_accepted(hosting: Hosting, name: str, days: int) -> None:
    result = hosting.check(f"https://{name}.test:T/")
    assert result.chain[0].subject == f"CN={'other.test' if name == 'misnamed' else f'{name}.test'}"
    assert result.certificate_not_after == pytest.approx(time.time() + days * 86_400, abs=7_200)


def test_a_family_without_addresses_is_a_failure_of_names(hosting: Hosting) -> None:
    result = hosting.check("http://good.test:P/", family="ipv6")
    assert (result.failure, result.detail) == (ServiceFailure.DNS, "good.test has no ipv6 address")


@pytest.mark.parametrize(("asked", "failure"), [
    ({"query": "good.test"}, None),
    ({"query": "good.test", "expect_answer": HOST}, None),
    ({"query": "long.test", "record": "TXT"}, None),  # too long for a datagram: asked again by TCP
    ({"query": "good.test", "expect_answer": "127.0.52.9"}, ServiceFailure.BODY),
    ({"query": "nowhere.test"}, ServiceFailure.DNS),
    ({"query": "good.test", "record": "AAAA"}, ServiceFailure.DNS),
    ({"query": "good.test", "port": 9}, ServiceFailure.REFUSED),
])  # fmt: skip
def test_a_name_server(hosting: Hosting, asked: dict[str, object], failure: ServiceFailure | None) -> None:
    given = {"port": hosting.dns_port, "timeout": 5.0, **asked}
    service = Service("dns", "v", "dns", host=HOST, **given)  # type: ignore[arg-type]
    result = asyncio.run(check(service, hosting.names, SystemClock(), hosting.trusted))
    assert result.failure is failure, result.detail
    assert (len(result.answers) > 0) == (failure in (None, ServiceFailure.BODY))


def test_a_port(hosting: Hosting) -> None:
    def knock(port: int) -> ServiceFailure | None:
        service = Service("siak", "v", "siak", host="good.test", port=port, timeout=5.0)
        return asyncio.run(check(service, hosting.names, SystemClock(), hosting.trusted)).failure

    assert knock(hosting.port) is None
    assert knock(9) is ServiceFailure.REFUSED


def test_311_villages_on_one_host_are_checked_politely(hosting: Hosting) -> None:
    """Never more than two connections at once, and a round of all takes a few seconds of this machine's time."""
    places = Places()
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            door = places._doors.get(HOST)
            most = max(most, 0 if door is None else 2 - door._value)
            await asyncio.sleep(0)

    async def round_of_all() -> list[ServiceResult]:
        watching = asyncio.create_task(watch())
        services = [
            Service(f"web-{n}", "v", "website", f"http://desa{n}.test:{hosting.port}/", timeout=60.0)
            for n in range(VILLAGES)
        ]
        try:
            return await asyncio.gather(
                *(check(one, hosting.names, SystemClock(), hosting.trusted, places) for one in services)
            )
        finally:
            watching.cancel()

    results = asyncio.run(round_of_all())
    assert [result for result in results if not result.ok] == []
    assert most == 2
    assert places.hosts == 0, "a door at which nobody stands is kept"


def test_waiting_for_a_place_costs_a_check_no_time(hosting: Hosting) -> None:
    """Three slow pages at one host, two at a time: the third waits longer than its timeout, and is not late."""

    async def scenario() -> list[ServiceResult]:
        places = Places(per_host=1)
        slow = Service("slow", "v", "other", f"http://odd.test:{hosting.port}/slow", timeout=1.0)
        good = Service("good", "v", "website", f"http://good.test:{hosting.port}/", timeout=1.8)
        return await asyncio.gather(
            *(check(one, hosting.names, SystemClock(), hosting.trusted, places) for one in (slow, slow, good))
        )

    first, second, last = asyncio.run(scenario())
    assert first.failure is second.failure is ServiceFailure.TIMEOUT
    assert last.ok
    assert last.duration < 1.8


def test_the_prober_says_where_services_are(hosting: Hosting) -> None:
    async def scenario() -> list[Event]:
        said: list[Event] = []
        prober = ServiceProber(hosting.names, SystemClock(), hosting.trusted)
        service = Service("web", "v", "website", f"http://good.test:{hosting.port}/", interval=0.1)
        prober.set_inventory(Inventory("t", Vantage("n"), {}, {}, {}, services={"web": service}))
        running = asyncio.create_task(prober.run(said.extend))
        async with asyncio.timeout(60):
            while len(said) < 2:
                await asyncio.sleep(0.01)
            prober.check_now(["web", "unknown"])
            while len(said) < 3:
                await asyncio.sleep(0.01)
        await end_all(running)
        return said

    assert [event.kind for event in asyncio.run(scenario())[:3]] == ["service-at", "service-up", "service-confirmed"]
