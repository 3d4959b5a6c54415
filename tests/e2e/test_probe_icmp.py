"""`netmon probe icmp` as it is typed, in a network of the test's own."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import is_known
from tests.lab.rooms import Room
from tests.requires import require_program

pytestmark = pytest.mark.e2e

INVENTORY = """
version: 1
region: test
vantage: {node: noc}
sites:
  - {id: noc, name: NOC, kind: noc}
  - {id: village, name: Village, kind: village}
nodes:
  - {id: noc, site: noc, address: 127.0.0.1, monitor: [icmp]}
  - {id: router, site: village, address: 127.0.0.9, monitor: [icmp]}
links:
  - {id: noc-router, a: noc, b: router}
"""


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with Room() as made:
        made.run("ip", "addr", "add", "10.99.0.1/32", "dev", "lo")
        made.run("ip", "route", "add", "10.98.0.0/16", "dev", "lo")  # packets for it come back in and are dropped
        yield made


def netmon(room: Room, *arguments: str) -> dict[str, Any]:
    words = ["probe", "icmp", *arguments]
    if is_known(words):
        return room.ask(netmon=words)
    return room.ask(run=[sys.executable, "-m", "netmon", *words])


def rows(done: dict[str, Any]) -> list[dict[str, Any]]:
    body = json.loads(done["out"])
    assert body["schema_version"] == 1
    found: list[dict[str, Any]] = body["rows"]
    return found


def test_living_addresses_of_both_families_and_a_network(room: Room) -> None:
    done = netmon(room, "-c", "2", "--interval", "0.1", "127.0.0.1", "::1", "127.1.0.0/30", "--format", "json")
    assert done["code"] == 0, done
    found = rows(done)
    assert [row["address"] for row in found] == ["127.0.0.1", "::1", "127.1.0.1", "127.1.0.2"]
    for row in found:
        assert (row["sent"], row["received"], row["loss_ratio"], row["error"]) == (2, 2, 0.0, None)
        assert 0 < row["rtt_min_seconds"] <= row["rtt_mean_seconds"] <= row["rtt_max_seconds"] < 5.0
    assert "4 of 4 alive; 8 sent, 8 received, 0.0% lost" in done["err"]


def test_a_dead_address_is_exit_code_1_and_the_others_are_still_told(room: Room) -> None:
    done = netmon(room, "-c", "1", "--timeout", "0.3", "10.98.1.1", "127.0.0.1", "--format", "csv")
    assert done["code"] == 1, done
    found = list(csv.DictReader(io.StringIO(done["out"])))
    assert [(row["target"], row["received"], row["loss_ratio"]) for row in found] == [
        ("10.98.1.1", "0", "1"),
        ("127.0.0.1", "1", "0"),
    ]


def test_an_address_without_a_route_says_what_the_machine_said(room: Room) -> None:
    done = netmon(room, "-c", "1", "10.1.2.3")
    assert done["code"] == 1
    assert "cannot send: Network is unreachable" in done["out"]


def test_nodes_of_an_inventory_by_id_and_all_together(room: Room, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(INVENTORY)
    one = netmon(room, "-i", str(inventory), "-c", "1", "router", "--format", "json")
    assert one["code"] == 0, one
    assert [(row["target"], row["address"]) for row in rows(one)] == [("router", "127.0.0.9")]
    every = netmon(room, "-i", str(inventory), "-c", "1", "--format", "json")
    assert [row["target"] for row in rows(every)] == ["noc", "router"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "nothing to ping"),
        (["10.0.0.0/8"], 2, "16777216 addresses (at most 4096 at once)"),
        (["127.0.0.1/99"], 2, "is not a network"),
        (["nobody.invalid"], 4, "nobody.invalid does not resolve"),
        (["-c", "-1", "127.0.0.1"], 2, "Invalid value for '-c'"),
        (["-i", "missing.yaml", "127.0.0.1"], 3, "missing.yaml"),
        (["127.0.0.1", "-o", "/proc/no/such"], 4, "cannot write"),
    ],
)
def test_bad_input_is_one_line_and_the_code_of_the_contract(
    room: Room, arguments: list[str], code: int, words: str
) -> None:
    done = netmon(room, *arguments)
    assert done["code"] == code, done
    assert words in done["err"]
    assert "Traceback" not in done["err"]


def test_without_privilege_it_says_the_remedy_and_with_the_group_open_it_works() -> None:
    powerless = [require_program("setpriv"), "--inh-caps=-all", "--bounding-set=-all"]
    ping = [*powerless, sys.executable, "-m", "netmon", "probe", "icmp", "-c", "1", "127.0.0.1"]
    with Room(ping_group=False) as room:
        refused = room.ask(run=ping)
        assert refused["code"] == 4, refused
        assert "sysctl -w net.ipv4.ping_group_range='0 2147483647'" in refused["err"]
        assert "CAP_NET_RAW" in refused["err"]
        room.allow_datagram_icmp()
        allowed = room.ask(run=ping)
        assert allowed["code"] == 0, allowed


def test_ctrl_c_ends_with_the_summary(room: Room) -> None:
    script = (
        "import os, signal, sys, threading, time\n"
        "from netmon.cli.main import main\n"
        "def echoes():\n"
        "    names, values = [line.split() for line in open('/proc/net/snmp') if line.startswith('Icmp:')]\n"
        "    return int(values[names.index('InEchoReps')])\n"
        "def interrupt(before):\n"
        "    while echoes() < before + 3:\n"  # it has asked again since the first came, so it has read that
        "        time.sleep(0.02)\n"
        f"    os.kill(os.getpid(), {int(signal.SIGINT)})\n"
        "threading.Thread(target=interrupt, args=(echoes(),), daemon=True).start()\n"
        "main(['probe', 'icmp', '-c', '0', '--interval', '0.1', '127.0.0.1', '--format', 'json'])\n"
    )
    done = room.ask(run=[sys.executable, "-c", script])
    assert done["code"] == 0, done
    assert rows(done)[0]["received"] >= 1
    assert "1 of 1 alive" in done["err"]


def test_a_terminal_shows_a_table_that_is_drawn_again(room: Room) -> None:
    script = require_program("script")
    command = f"{sys.executable} -m netmon probe icmp -c 3 --interval 0.2 127.0.0.1 10.1.2.3"
    done = room.ask(run=[script, "-qec", command, "/dev/null"])
    assert done["code"] == 1
    assert "mean ms" in done["out"]
    assert done["out"].count("127.0.0.1") >= 2
    assert "1 of 2 alive" in done["out"]


def test_help_names_the_options() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "netmon", "probe", "icmp", "--help"], capture_output=True, text=True, check=True
    )
    for option in ("--count", "--interval", "--timeout", "--inventory", "--format", "--output"):
        assert option in done.stdout
