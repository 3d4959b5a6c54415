"""`netmon probe snmp` as a user types it."""

from __future__ import annotations

import asyncio
import csv
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from netmon.lab.routers.recording import read_recording, serve_recordings
from netmon.probes.snmp.ber import Oid, Value, oid
from netmon.probes.vendors import interfaces, mikrotik, system
from tests.e2e.terminal import Terminal
from tests.lab.snmp_agents import HOST, FakeAgent, honest, snmpd
from tests.ports import free_port
from tests.unit.probes.snmp.agents import Agent, table

pytestmark = pytest.mark.e2e

PASSWORD = "kata-sandi-satu"  # noqa: S105
PRIVACY = "kata-sandi-dua"
COMMUNITY = "rahasia-sekali"


def netmon(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return Terminal(Path.cwd(), environment).type("probe", "snmp", *arguments)


def read_json(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert run.returncode == 0, run.stderr
    document: dict[str, Any] = json.loads(run.stdout)
    return document


def routeros() -> dict[bytes, Value]:
    scalars: dict[bytes, Value] = {
        system.DESCRIPTION: b"RouterOS CCR2004-1G-12S+2XS",
        system.OBJECT_ID: Oid(oid("1.3.6.1.4.1.14988.1")),
        system.UPTIME: 360_000,
        system.NAME: b"rtr-socorejo",
        system.LOCATION: b"Socorejo",
        system.INTERFACE_COUNT: 2,
    }
    return scalars | table(
        {
            interfaces.NAME: {(1,): b"ether1", (2,): b"sfp-sfpplus1"},
            interfaces.ADMIN_STATUS: {(1,): 1, (2,): 1},
            interfaces.OPER_STATUS: {(1,): 1, (2,): 2},
            interfaces.HC_IN_OCTETS: {(1,): 2**60, (2,): 0},
            interfaces.HIGH_SPEED: {(1,): 1000, (2,): 10_000},
            interfaces.ALIAS: {(1,): b"=HYPERLINK()", (2,): b"to Jenu"},
            mikrotik.NAME: {(9,): b"sfp-sfpplus1"},
            mikrotik.RECEIVE_LOSS: {(9,): 1},
            mikrotik.TRANSMIT_POWER: {(9,): -2310},
            mikrotik.TEMPERATURE: {(9,): 41},
            mikrotik.WAVELENGTH: {(9,): 131_000},
        }
    )


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    users = [f"createUser modern SHA-256 {PASSWORD} AES {PRIVACY}", "rouser modern priv"]
    with snmpd(tmp_path_factory.mktemp("snmpd"), community=COMMUNITY, settings=users) as port:
        yield f"{HOST}:{port}"


@pytest.fixture(scope="module")
def router() -> Iterator[str]:
    """Run a fake RouterOS device in a thread of its own."""
    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(FakeAgent.start(honest(Agent(routeros()))))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"{HOST}:{agent.source[1]}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    agent.close()
    loop.run_until_complete(asyncio.sleep(0))  # the loop closes sockets on its next turn
    loop.close()


def test_a_real_agent_as_json(real: str) -> None:
    found = read_json(netmon(real, "--community", COMMUNITY, "--format", "json"))
    assert found["schema_version"] == 1
    assert found["errors"] == []
    assert found["system"]["name"] == "rtr-real"
    assert found["system"]["vendor"] == "net-snmp"
    assert found["system"]["uptime_seconds"] > 0
    loopback = next(row for row in found["interfaces"] if row["name"] == "lo")
    assert loopback["oper_up"] is True
    assert isinstance(loopback["receive_bytes"], int)


def test_version_one_reads_the_same_ports(real: str) -> None:
    new, old = (
        read_json(netmon(real, "-c", COMMUNITY, "--snmp-version", version, "--format", "json"))["interfaces"]
        for version in ("2c", "1")
    )
    assert [row["name"] for row in new] == [row["name"] for row in old]
    assert {row["counter_bits"] for row in old} == {32}


def test_a_router_as_json(router: str) -> None:
    found = read_json(netmon(router, "-c", "public", "--format", "json"))
    assert found["system"]["vendor"] == "MikroTik"
    assert found["system"]["uptime_seconds"] == 3600.0
    ports = {row["name"]: row for row in found["interfaces"]}
    assert ports["ether1"]["receive_bytes"] == 2**60
    assert ports["sfp-sfpplus1"]["speed_bits_per_second"] == 1e10
    (optic,) = found["optics"]
    assert optic["port"] == "sfp-sfpplus1"
    assert optic["receive_power_dbm"] is None
    assert optic["receive_lost"] is True
    assert optic["transmit_power_dbm"] == pytest.approx(-2.31)
    assert optic["wavelength_meters"] == pytest.approx(1.31e-6)


def test_a_router_as_a_table(router: str) -> None:
    run = netmon(router, "-c", "public")
    assert run.returncode == 0
    head, columns, *rows = run.stdout.splitlines()
    assert head == "rtr-socorejo; MikroTik; RouterOS CCR2004-1G-12S+2XS; Socorejo; up 01:00:00"
    assert columns.split()[:3] == ["port", "admin_up", "oper_status"]
    assert "no light" in next(row for row in rows if row.startswith("sfp-sfpplus1"))


@pytest.fixture(scope="module")
def recorded() -> str:
    """Serve a recorded RouterOS device from a thread of its own."""
    device = read_recording(Path(__file__).parents[1] / "data/snmp/mikrotik-ccr2004.snmprec")[0]
    agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    agent.bind((HOST, 0))
    thread = threading.Thread(target=serve_recordings, args=(agent, {b"public": device}), daemon=True)
    thread.start()
    return f"{HOST}:{agent.getsockname()[1]}"


def test_everything_a_recorded_router_says(recorded: str) -> None:
    found = read_json(netmon(recorded, "-c", "public", "--format", "json"))
    assert found["errors"] == []
    assert found["incomplete"] == {}
    assert found["system"]["vendor"] == "MikroTik"
    health = found["health"]
    assert (health["cpu_ratio"], health["temperature_celsius"], health["supply_volts"]) == (0.06, 52.0, 24.3)
    assert {"quantity": "power_supply", "name": "psu2", "value": None, "is_ok": False} in health["sensors"]
    light = {row["port"]: row["receive_power_dbm"] for row in found["optics"]}
    assert light == {"sfp-sfpplus1": -7.125, "sfp-sfpplus3": None}
    assert (found["neighbors"], found["onus"]) == ([], [])


def test_the_table_shows_first_what_is_out_of_order(recorded: str) -> None:
    lines = netmon(recorded, "-c", "public").stdout.splitlines()
    assert lines[0].startswith("rtr-jenu; MikroTik; RouterOS CCR2004-1G-12S+2XS")
    assert lines[1] == "cpu 6%, memory 25%, hottest °C 52, supply V 24.3"
    assert lines[2] == "out of order: power supply psu2"


def test_a_router_as_csv(router: str, tmp_path: Path) -> None:
    file = tmp_path / "ports.csv"
    assert netmon(router, "-c", "public", "--format", "csv", "-o", str(file)).stdout == ""
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["port"] for row in rows] == ["ether1", "sfp-sfpplus1"]
    assert rows[0]["alias"] == "'=HYPERLINK()"


def test_a_walk(router: str) -> None:
    run = netmon(router, "-c", "public", "--walk", "1.3.6.1.2.1.31.1.1.1.1", "--format", "json")
    assert read_json(run)["rows"] == [
        {"oid": "1.3.6.1.2.1.31.1.1.1.1.1", "value": "ether1"},
        {"oid": "1.3.6.1.2.1.31.1.1.1.1.2", "value": "sfp-sfpplus1"},
    ]


def test_a_walk_by_name(router: str) -> None:
    run = netmon(router, "-c", "public", "--walk", "IF-MIB::ifName", "--format", "json")
    assert [row["value"] for row in read_json(run)["rows"]] == ["ether1", "sfp-sfpplus1"]
    lines = netmon(router, "-c", "public", "--walk", "IF-MIB::ifXTable").stdout.splitlines()
    assert lines[0].split() == ["name", "oid", "value"]
    assert lines[1].split() == ["IF-MIB::ifName.1", "1.3.6.1.2.1.31.1.1.1.1.1", "ether1"]
    (row,) = read_json(netmon(router, "-c", "public", "--walk", "sysName.0", "--format", "json"))["rows"]
    assert row == {"oid": "1.3.6.1.2.1.1.5.0", "value": "rtr-socorejo"}


def test_a_walk_shows_identifiers_and_octets_as_such(router: str) -> None:
    rows = read_json(netmon(router, "-c", "public", "--walk", ".1.3.6.1.2.1.1", "--format", "json"))["rows"]
    assert {"oid": "1.3.6.1.2.1.1.2.0", "value": "1.3.6.1.4.1.14988.1"} in rows


def test_a_walk_of_one_value_and_of_nothing(router: str) -> None:
    run = netmon(router, "-c", "public", "--walk", "1.3.6.1.2.1.1.5.0", "--format", "json")
    assert read_json(run)["rows"] == [{"oid": "1.3.6.1.2.1.1.5.0", "value": "rtr-socorejo"}]
    run = netmon(router, "-c", "public", "--walk", "1.3.6.1.2.1.99")
    assert (run.returncode, run.stderr.count("\n")) == (4, 1)
    assert "has nothing at 1.3.6.1.2.1.99" in run.stderr


def test_the_community_comes_from_the_environment(real: str) -> None:
    assert netmon(real, "--format", "json", NETMON_COMMUNITY=COMMUNITY).returncode == 0


@pytest.fixture
def inventory(tmp_path: Path, real: str) -> Path:
    file = tmp_path / "inventory.yaml"
    file.write_text(
        f"""version: 1
region: test
vantage: {{node: noc}}
auth: {{field: {{version: 2c, community: {{env: NETMON_FIELD}}}}, modern: {{version: 3, user: modern,
  auth_protocol: SHA256, auth_password: {{env: NETMON_A}}, priv_protocol: AES128, priv_password: {{env: NETMON_P}}}}}}
defaults: {{probe: {{snmp: {{auth: field, port: {real.split(":")[1]}}}}}}}
sites: [{{id: s, name: S, kind: noc}}]
nodes:
  - {{id: noc, site: s, monitor: []}}
  - {{id: rtr-a, site: s, address: {HOST}, monitor: [icmp, snmp]}}
links: [{{id: l, a: noc, b: rtr-a}}]
"""
    )
    return file


def test_a_node_of_the_inventory(inventory: Path) -> None:
    run = netmon("rtr-a", "-i", str(inventory), "--format", "json", NETMON_FIELD=COMMUNITY)
    assert read_json(run)["system"]["name"] == "rtr-real"


def test_named_credentials(inventory: Path, real: str) -> None:
    assert netmon(real, "-i", str(inventory), "--auth", "field", NETMON_FIELD=COMMUNITY).returncode == 0


def test_a_wrong_community_is_one_line_that_does_not_show_it(real: str) -> None:
    run = netmon(real, "-c", "salah-sekali", "--timeout", "0.1", "--retries", "1")
    assert run.returncode == 4
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert f"{real} does not answer SNMP" in run.stderr
    assert "salah-sekali" not in run.stderr


def test_nobody_there() -> None:
    run = netmon(f"{HOST}:{free_port()}", "-c", "public", "--timeout", "0.1", "--retries", "0")
    assert (run.returncode, run.stderr.count("\n")) == (4, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["127.0.0.1"], 2, "NETMON_COMMUNITY"),
        (["127.0.0.1:99999", "-c", "x"], 2, "is not a port"),
        (["127.0.0.1:", "-c", "x"], 2, "is not a port"),
        (["127.0.0.1", "-c", "x", "--walk", "if-table"], 2, "no MIB object of this name"),
        (["127.0.0.1", "-c", "x", "--walk", "NO-SUCH-MIB::ifTable"], 2, "no MIB object of this name"),
        (["127.0.0.1", "-c", "x", "--walk", "../../tmp/x::ifTable"], 2, "no MIB object of this name"),
        (["127.0.0.1:" + "9" * 5_000, "-c", "x"], 2, "is not a port"),
        (["127.0.0.1", "-c", "x", "--walk", "1.3.6.1.x"], 2, "identifier"),
        (["127.0.0.1", "-c", "x", "--walk", "MIKROTIK-MIB::mtxrScript"], 2, "no MIB object of this name"),
        (["127.0.0.1", "-c", "x", "--walk", "1.3.6.1.4.1.14988.1.1.18"], 2, "script"),
        (["127.0.0.1", "--auth", "field"], 2, "add -i INVENTORY"),
        (["no such host.invalid", "-c", "x"], 4, "does not resolve"),
        (["255.255.255.255", "-c", "x"], 4, "no way to send"),
        (["127.0.0.1", "-c", "x", "-i", "/nonexistent.yaml"], 3, "nonexistent"),
    ],
)
def test_what_cannot_be_is_one_line_and_its_exit_code(arguments: list[str], code: int, says: str) -> None:
    run = netmon(*arguments)
    assert run.returncode == code, run.stderr
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


def test_credentials_the_inventory_lacks(inventory: Path, real: str) -> None:
    run = netmon(real, "-i", str(inventory), "--auth", "fild", NETMON_FIELD=COMMUNITY)
    assert (run.returncode, "field" in run.stderr) == (2, True)


SECURE = {"NETMON_A": PASSWORD, "NETMON_P": PRIVACY, "NETMON_FIELD": COMMUNITY}


def test_version_three_by_credentials_of_the_inventory(inventory: Path, real: str) -> None:
    run = netmon(real, "-i", str(inventory), "--auth", "modern", "--format", "json", **SECURE)
    assert read_json(run)["system"]["name"] == "rtr-real"
    walk = netmon(real, "-i", str(inventory), "--auth", "modern", "--walk", "1.3.6.1.2.1.1.5", **SECURE)
    assert "rtr-real" in walk.stdout, walk.stderr


USER = ("--user", "modern", "--auth-protocol", "sha256", "--priv-protocol", "AES128", "--timeout", "1")


def test_version_three_by_options(real: str) -> None:
    secrets = {"NETMON_AUTH_PASSWORD": PASSWORD, "NETMON_PRIV_PASSWORD": PRIVACY}
    assert read_json(netmon(real, *USER, "--format", "json", **secrets))["system"]["name"] == "rtr-real"


@pytest.mark.parametrize(
    ("secrets", "says"),
    [
        ({"NETMON_AUTH_PASSWORD": "salah-sekali", "NETMON_PRIV_PASSWORD": PRIVACY}, "authentication"),
        ({"NETMON_AUTH_PASSWORD": PASSWORD, "NETMON_PRIV_PASSWORD": "salah-sekali"}, "privacy"),
    ],
)
def test_a_wrong_password_is_one_line_that_does_not_show_it(real: str, secrets: dict[str, str], says: str) -> None:
    run = netmon(real, *USER, "--retries", "0", **secrets)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (4, "", 1)
    assert f"{real} gives no SNMP answer: {says} (" in run.stderr
    assert "salah" not in run.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--auth-protocol", "md5"], 2, "add --user"),
        (["--user", "u", "--priv-protocol", "des"], 2, "add --auth-protocol"),
        (["--user", "u", "--snmp-version", "2c"], 2, "has no users"),
        (["--snmp-version", "3"], 2, "needs a user"),
        (["--user", "u", "--auth", "field"], 2, "leave one out"),
        (["--user", "u", "--auth-protocol", "md5"], 3, "NETMON_AUTH_PASSWORD is not set"),
    ],
)
def test_options_of_version_three_that_do_not_fit(arguments: list[str], code: int, says: str) -> None:
    run = netmon("127.0.0.1", *arguments)
    assert (run.returncode, run.stderr.count("\n"), says in run.stderr) == (code, 1, True), run.stderr


def test_a_version_that_the_credentials_are_not_for(inventory: Path, real: str) -> None:
    run = netmon(real, "-i", str(inventory), "--auth", "modern", "--snmp-version", "2c", **SECURE)
    assert (run.returncode, "are for version 3" in run.stderr) == (2, True)
