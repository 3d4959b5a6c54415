"""Websites of the lab: who serves which, what is said, and how they fail."""

from __future__ import annotations

from dataclasses import replace

from netmon.lab.services.hosting import Endpoint, names, unserved, websites
from netmon.lab.story.faults import Failure
from netmon.lab.web import answer
from netmon.model import Service
from tests.lab.counties import draw
from tests.rows import every_row

SERVICES = (
    Service("web-b", "b", "website", "http://b.test/", depends_on=("host",), expect_body="Desa <B>"),
    Service("web-c", "c", "website", "http://C.test:8080/page", expect_status=203),
    Service("secure", "b", "website", "https://secure.test/", depends_on=("host",)),
    Service("ldap", "b", "directory"),
)
DRAWN = draw([("a", "host"), ("a", "b"), ("a", "c")])
INVENTORY = replace(DRAWN, services={service.id: service for service in SERVICES})


def test_a_service_is_hosted_where_it_depends_or_at_its_site() -> None:
    served = websites(INVENTORY)
    assert {endpoint: sorted(hosted) for endpoint, hosted in served.items()} == {
        Endpoint("host", 80): ["b.test"],
        Endpoint("c", 8080): ["c.test"],
    }
    assert names(INVENTORY) == {
        "b.test": (INVENTORY.nodes["host"].address,),
        "c.test": (INVENTORY.nodes["c"].address,),
        "secure.test": (INVENTORY.nodes["host"].address,),
    }
    assert unserved(INVENTORY) == ("secure",)


def ask(request: str, **failed: Failure) -> bytes | None:
    hosted = {"b.test": SERVICES[0], "c.test": SERVICES[1]}
    failures = {service.replace("_", "-"): how for service, how in failed.items()}
    return answer(INVENTORY, hosted, failures, request.encode())


def get(host: str) -> str:
    return f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"


def test_each_host_has_a_page_of_its_own_with_what_is_expected() -> None:
    page = ask(get("b.test"))
    assert page is not None
    assert page.startswith(b"HTTP/1.1 200 ")
    assert b"Desa &lt;B&gt;" in page
    other = ask(get("C.TEST:8080"))
    assert other is not None
    assert other.startswith(b"HTTP/1.1 203 ")
    assert page.partition(b"\r\n\r\n")[2] != other.partition(b"\r\n\r\n")[2]


def test_head_has_the_length_but_no_body() -> None:
    page = ask("HEAD / HTTP/1.0\r\nhost: b.test\r\n\r\n")
    assert page is not None
    assert b"Content-Length: " in page
    assert page.endswith(b"\r\n\r\n")


@every_row(
    ("how", "start"),
    [("stopped", b""), ("silent", None), ("error-500", b"HTTP/1.1 500 "), ("wrong-page", b"HTTP/1.1 200 ")],
)
def test_failures(how: Failure, start: bytes | None) -> None:
    said = ask(get("b.test"), web_b=how)
    if start is None:
        assert said is None
    else:
        assert said is not None
        assert said.startswith(start)
        assert bool(said) == bool(start)
        assert b"Desa" not in said


@every_row(
    ("request_", "status"),
    [
        (get("nobody.test"), b"404"),
        ("GET / HTTP/1.1\r\n\r\n", b"404"),
        ("GET /\r\n\r\n", b"400"),
        ("\x16\x03\x01", b"400"),
        ("", b"400"),
    ],
)
def test_nonsense_is_answered(request_: str, status: bytes) -> None:
    said = ask(request_)
    assert said is not None
    assert said.split(b" ")[1] == status
