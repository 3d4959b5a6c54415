"""Routers of the lab over SNMP: they follow the network; net-snmp reads them as well."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from netmon.lab.network import Lab, WantedMode
from netmon.lab.routers.agents import communities
from netmon.lab.services.clients import clients_at
from netmon.lab.story import faults as f
from netmon.lab.story.words import repairs_of, word_of
from netmon.model import Inventory, LinkEnd, SecretRef, Service, SnmpAuth
from tests.lab.counties import draw
from tests.lab.kernel_lab import BOTH, playing
from tests.lab.pings import answering, wait_until
from tests.lab.walks import walk
from tests.requires import require_program

pytestmark = pytest.mark.lab

UPTIME, HOST_UPTIME = "1.3.6.1.2.1.1.3", "1.3.6.1.2.1.25.1.1"
NAMES, STATUS = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.2.2.1.8"
OCTETS_IN, OCTETS_OUT = "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"
ERRORS = "1.3.6.1.2.1.2.2.1.14"
NEIGHBOURS = "1.0.8802.1.1.2.1.4.1.1.9"
CLIENTS = "1.3.6.1.4.1.14988.1.1.1.3.1.6"
LIGHT, LIGHT_LOST = "1.3.6.1.4.1.14988.1.1.19.1.1.10", "1.3.6.1.4.1.14988.1.1.19.1.1.3"


def drawn() -> Inventory:
    """Return noc – core – (v1, v2) with ports named and a community kept in a variable of the environment."""
    inventory = draw([("noc", "core"), ("core", "v1"), ("core", "v2")])
    links = dict(inventory.links)
    links["core-v1"] = replace(links["core-v1"], a=LinkEnd("core", "sfp-sfpplus11/1"), b=LinkEnd("v1", "ether1"))
    auth = {"field": SnmpAuth("field", "2c", SecretRef(env="LAB_TEST_COMMUNITY"))}
    nodes = {}
    for name, node in inventory.nodes.items():
        assert node.snmp is not None
        nodes[name] = replace(node, snmp=replace(node.snmp, auth="field", port=1161 if name == "v2" else 161))
    return replace(inventory, links=links, auth=auth, nodes=nodes)


DRAWN = drawn()


@pytest.fixture(scope="module", params=["namespaces", "simulated"])
def county(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Play the drawing once for all tests of a mode."""
    os.environ["LAB_TEST_COMMUNITY"] = "geheim"
    try:
        with playing(DRAWN, request.param) as lab:
            yield lab
    finally:
        del os.environ["LAB_TEST_COMMUNITY"]


@pytest.fixture
def lab(county: Lab) -> Iterator[Lab]:
    """Lend the county, and heal whatever a test has done to it."""
    yield county
    apply(county, *(repair for fault in county.status().faults for repair in repairs_of(word_of(fault))))
    wait_until(lambda: answering(county.sockets, DRAWN, DRAWN.nodes, 0.1) == set(DRAWN.nodes))


def apply(lab: Lab, *faults: f.LabFault) -> None:
    asyncio.run(lab.apply(*faults))


def read(lab: Lab, node: str, column: str, wait: float = 2.0) -> dict[str, object]:
    address, probe = DRAWN.nodes[node].address, DRAWN.nodes[node].snmp
    assert address is not None
    assert probe is not None
    return dict(walk(lab.sockets, address, column, b"geheim", probe.port, wait))


def by_port(lab: Lab, node: str, column: str) -> dict[object, object]:
    names = read(lab, node, NAMES)
    return {names[index]: value for index, value in read(lab, node, column).items()}


def test_every_router_answers_at_its_port_with_the_names_of_the_drawing(lab: Lab) -> None:
    assert read(lab, "core", "1.3.6.1.2.1.1.5") == {"0": b"core"}
    assert read(lab, "v2", "1.3.6.1.2.1.1.5") == {"0": b"v2"}
    assert set(read(lab, "core", NAMES).values()) == {b"sfp1", b"sfp-sfpplus11/1", b"sfp3"}


def test_a_wrong_community_gets_no_answer(lab: Lab) -> None:
    address = DRAWN.nodes["core"].address
    assert address is not None
    assert walk(lab.sockets, address, UPTIME, b"public", wait=0.2) == {}


def test_ports_light_and_neighbours_follow_a_cut(lab: Lab) -> None:
    port = b"sfp-sfpplus11/1"
    assert by_port(lab, "core", STATUS)[port] == 1
    assert by_port(lab, "core", LIGHT)[port] == -8_750
    assert set(read(lab, "core", NEIGHBOURS).values()) == {b"noc", b"v1", b"v2"}
    apply(lab, f.CutLink("core-v1"))
    assert by_port(lab, "core", STATUS)[port] == 2
    assert by_port(lab, "core", LIGHT)[port] == -40_000
    assert by_port(lab, "core", LIGHT_LOST)[port] == 1
    assert set(read(lab, "core", NEIGHBOURS).values()) == {b"noc", b"v2"}
    apply(lab, f.HealLink("core-v1"), f.Attenuate("core-v1", 3.0))
    assert by_port(lab, "core", STATUS)[port] == 1
    assert by_port(lab, "core", LIGHT)[port] == -11_750


def test_uptime_and_counters_start_anew_after_a_loss_of_power_and_not_after_a_cut(lab: Lab) -> None:
    before = read(lab, "v1", UPTIME)["0"]
    assert isinstance(before, int)
    assert before > 24 * 3600 * 100
    apply(lab, f.CutLink("core-v1"))
    apply(lab, f.HealLink("core-v1"))
    wait_until(lambda: bool(answering(lab.sockets, DRAWN, ["v1"], 0.1)))
    after_cut = read(lab, "v1", UPTIME)["0"]
    assert isinstance(after_cut, int)
    assert after_cut > before
    apply(lab, f.PowerOff("v1"))
    assert read(lab, "v1", UPTIME, wait=0.2) == {}
    apply(lab, f.PowerOn("v1"))
    wait_until(lambda: bool(answering(lab.sockets, DRAWN, ["v1"], 0.1)))
    for column in (UPTIME, HOST_UPTIME):
        ticks = read(lab, "v1", column)["0"]
        assert isinstance(ticks, int)
        assert ticks < 1_000
    assert _number(by_port(lab, "v1", OCTETS_IN)[b"ether1"]) < 10_000_000
    assert _number(by_port(lab, "core", OCTETS_OUT)[b"sfp-sfpplus11/1"]) > 10_000_000, "the other end did not boot"


def test_a_muted_router_keeps_silent_by_snmp_too_and_forwards(lab: Lab) -> None:
    apply(lab, f.MuteManagement("core"))
    assert read(lab, "core", UPTIME, wait=0.2) == {}
    assert read(lab, "v1", UPTIME)


def test_counters_move_and_agree_at_both_ends(lab: Lab) -> None:
    def sent() -> int:
        return _number(by_port(lab, "core", OCTETS_OUT)[b"sfp3"])

    before = sent()
    received = _number(by_port(lab, "v2", OCTETS_IN)[b"sfp1"])
    after = sent()
    assert before < received < after


def test_a_bad_fibre_shows_as_errors_where_the_packets_arrive(lab: Lab) -> None:
    assert by_port(lab, "v1", ERRORS)[b"ether1"] == 0
    apply(lab, f.LoseOneWay("core-v1", "core", 0.4))
    wait_until(lambda: _tries(lab, "v1", ERRORS) > 0)
    assert by_port(lab, "core", ERRORS)[b"sfp-sfpplus11/1"] == 0


def _tries(lab: Lab, node: str, column: str) -> int:
    """Read over a line that loses packets: an empty answer is tried again by the caller."""
    values = read(lab, node, column, wait=0.1)
    return max((_number(value) for value in values.values()), default=0)


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


@BOTH
def test_clients_of_a_wifi_are_those_of_the_hour_until_it_fails(mode: WantedMode) -> None:
    ahead = (19 - datetime.now(UTC).hour + 12) % 24 - 12
    zone = f"Etc/GMT{-ahead:+d}"  # where it is evening; POSIX counts westwards
    drawn = replace(
        draw([("noc", "core"), ("core", "ap")]),
        services={"wifi": Service("wifi", "ap", "wifi", depends_on=("ap",))},
        timezone=zone,
    )
    at = {name: str(node.address) for name, node in drawn.nodes.items()}
    with playing(drawn, mode) as lab:
        before = clients_at("ap", time.time(), zone)
        (counted,) = walk(lab.sockets, at["ap"], CLIENTS).values()
        assert counted in (before, clients_at("ap", time.time(), zone))  # people come and go
        assert before > 5
        apply(lab, f.FailService("wifi"))
        assert list(walk(lab.sockets, at["ap"], CLIENTS).values()) == [0]
        assert walk(lab.sockets, at["core"], CLIENTS) == {}


def test_a_community_that_is_not_set_is_noted_and_public_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_TEST_COMMUNITY", raising=False)
    found, notes = communities(DRAWN)
    assert set(found.values()) == {b"public"}
    assert len(notes) == 1
    assert "LAB_TEST_COMMUNITY is not set" in notes[0]


@pytest.mark.parametrize("version", ["1", "2c"])
def test_net_snmp_sees_what_we_see(version: str) -> None:
    """Another implementation of the protocol; it runs outside of namespaces, so it reads the simulated network."""
    program = require_program("snmpwalk" if version == "1" else "snmpbulkwalk")
    with playing(draw([("noc", "core"), ("core", "v1")]), "simulated") as lab:
        address = "198.18.0.2"
        host, port = lab.sockets.endpoint("udp", address, 161)
        command = [program, f"-v{version}", "-c", "public", "-m", "", "-On", f"{host}:{port}", ".1"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
        ours = [*walk(lab.sockets, address, "1.0"), *walk(lab.sockets, address, "1.3")]
    lines = [line for line in done.stdout.splitlines() if line.startswith(".1") and "No more" not in line]
    assert ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.14988.1" in lines
    if version == "2c":
        assert len(lines) == len(ours) > 100
        assert "Counter64" in done.stdout
    else:
        assert 100 < len(lines) < len(ours), "64-bit counters do not exist in version 1"
        assert "Counter64" not in done.stdout
