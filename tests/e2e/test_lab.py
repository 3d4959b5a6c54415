"""`netmon lab` as a user types it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from netmon.lab.network import connect_lab
from tests.e2e.terminal import Terminal as Desk
from tests.lab.pings import wait_until
from tests.requires import require, require_program

pytestmark = pytest.mark.e2e

INVENTORY = """
version: 1
region: test
vantage: {node: noc}
auth: {field: {version: "2c", community: {env: LAB_E2E_COMMUNITY}}}
defaults: {probe: {icmp: {interval: 1s}, snmp: {interval: 30s, auth: field}}}
cables: [{id: utara, name: Kabel utara}]
sites:
  - {id: noc, name: NOC, kind: noc}
  - {id: jenu, name: Jenu, kind: district}
  - {id: socorejo, name: Socorejo, kind: village, district: jenu}
nodes:
  - {id: noc, site: noc, address: 198.18.0.1, monitor: []}
  - {id: rtr-jenu, site: jenu, address: 198.18.0.2, monitor: [icmp, snmp], power_area: jenu-1}
  - {id: rtr-socorejo, site: socorejo, address: 198.18.0.3, monitor: [icmp, snmp]}
links:
  - {id: noc-jenu, a: "noc:ether1", b: "rtr-jenu:sfp1", kind: fibre, length_km: 3}
  - {id: jenu-socorejo, a: "rtr-jenu:sfp2", b: "rtr-socorejo:sfp1", kind: fibre, length_km: 7, cables: [utara]}
services:
  - {id: web, site: socorejo, kind: website, url: "http://socorejo.desa.test/"}
"""


class Terminal:
    """A folder with an inventory, and commands typed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "county.yaml").write_text(INVENTORY)
        self.messages = folder / "messages"
        self.socket = folder / "run" / "netmon" / "lab.sock"
        self._environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "LAB_E2E_COMMUNITY": "geheim",
            "COLUMNS": "200",
        }

    def type(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `netmon …` and return what it said."""
        return Desk(self.folder, self._environment).type(*arguments)

    @contextmanager
    def start(self, *arguments: str, ready: str) -> Iterator[subprocess.Popen[str]]:
        """Run `netmon …` in the background while the block lasts, from when its messages contain `ready`."""
        with self.messages.open("w") as messages:
            process = subprocess.Popen(
                [sys.executable, "-m", "netmon", *arguments],
                cwd=self.folder,
                env=self._environment,
                stderr=messages,
                text=True,
            )
        try:
            wait_until(lambda: ready in self.messages.read_text() or process.poll() is not None)
            assert process.poll() is None, self.messages.read_text()
            yield process
        finally:
            process.terminate()
            process.wait()

    def status(self) -> Any:
        """Return the JSON of `netmon lab status`."""
        done = self.type("lab", "status", "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def lab(terminal: Terminal) -> Iterator[Terminal]:
    """Run `netmon lab up` in the background."""
    with terminal.start("lab", "up", "-i", "county.yaml", ready="Ctrl-C"):
        yield terminal


@pytest.mark.parametrize(
    ("mode", "chosen"), [("auto", "namespaces"), ("simulated", "simulated on loopback, as asked")]
)
def test_up_says_what_it_chose_and_keeps_its_socket_to_itself(terminal: Terminal, mode: str, chosen: str) -> None:
    with terminal.start("lab", "up", "-i", "county.yaml", "--mode", mode, ready="Ctrl-C"):
        said = terminal.messages.read_text()
        require(mode == "simulated" or "simulated" not in said, said)
        assert "3 nodes and 2 links up in " in said
        assert chosen in said
        about = terminal.socket.stat().st_mode
        assert stat.S_ISSOCK(about)
        assert stat.S_IMODE(about) == 0o600
        status = terminal.status()
        assert status["schema_version"] == 1
        assert status["faults"] == []
        assert status["truth"] == {"failed": [], "dark_nodes": [], "dark_sites": [], "failed_services": []}


def test_cut_status_heal(lab: Terminal) -> None:
    assert lab.type("lab", "cut", "cable:utara").returncode == 0
    assert lab.status()["truth"] == {
        "failed": [{"kind": "cable", "id": "utara"}],
        "dark_nodes": ["rtr-socorejo"],
        "dark_sites": ["socorejo"],
        "failed_services": ["web"],
    }
    table = lab.type("lab", "status").stdout
    assert "cable:utara" in table
    assert lab.type("lab", "heal", "cable:utara").returncode == 0
    assert lab.type("lab", "cut", "node:rtr-jenu", "power_area:jenu-1", "service:web").returncode == 0
    assert lab.type("lab", "cut", "--loss", "0.3", "--from", "noc", "link:noc-jenu").returncode == 0
    assert len(lab.status()["faults"]) == 4
    assert lab.type("lab", "heal", "--all").returncode == 0
    assert lab.status()["faults"] == []


def test_a_ping_by_hand_goes_into_the_lab(lab: Terminal) -> None:
    pinged = lab.type("probe", "icmp", "--lab", "-i", "county.yaml", "-c", "1", "--format", "json")
    assert pinged.returncode == 0, pinged.stderr
    alive = {row["target"]: row["received"] for row in json.loads(pinged.stdout)["rows"]}
    assert alive == {"rtr-jenu": 1, "rtr-socorejo": 1}
    assert lab.type("lab", "cut", "node:rtr-socorejo").returncode == 0
    assert lab.type("probe", "icmp", "--lab", "198.18.0.3", "-c", "1").returncode == 1
    assert lab.type("lab", "heal", "--all").returncode == 0


@pytest.mark.parametrize("way", ["down", "SIGINT", "SIGTERM"])
def test_every_way_to_end_it_leaves_nothing(terminal: Terminal, way: str) -> None:
    arguments = ("lab", "up", "-i", "county.yaml", "--mode", "simulated")
    with terminal.start(*arguments, ready="Ctrl-C") as process:
        if way == "down":
            assert terminal.type("lab", "down").returncode == 0
        else:
            process.send_signal(signal.Signals[way])
        assert process.wait(60) == 0
    assert list(terminal.socket.parent.iterdir()) == []


def test_the_lab_killed_is_noticed(terminal: Terminal) -> None:
    arguments = ("lab", "up", "-i", "county.yaml", "--mode", "simulated")
    with terminal.start(*arguments, ready="Ctrl-C") as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        assert process.wait(60) == 4
    assert "the lab has died" in terminal.messages.read_text()
    assert list(terminal.socket.parent.iterdir()) == []


def test_the_command_killed_takes_the_lab_along(terminal: Terminal) -> None:
    arguments = ("lab", "up", "-i", "county.yaml")
    with terminal.start(*arguments, ready="Ctrl-C") as process:
        process.kill()
        process.wait()
        wait_until(lambda: not terminal.socket.exists())


def test_what_a_dead_lab_left_is_replaced_and_a_living_one_is_not(terminal: Terminal) -> None:
    terminal.socket.parent.mkdir(parents=True)
    terminal.socket.write_text("left over")
    arguments = ("lab", "up", "-i", "county.yaml", "--mode", "simulated")
    with terminal.start(*arguments, ready="Ctrl-C"):
        again = terminal.type(*arguments)
        assert again.returncode == 4
        assert "already running" in again.stderr
        assert "netmon lab down" in again.stderr
        sockets = connect_lab(terminal.socket)
        assert sockets.network == "simulated"
        sockets.close()


@pytest.mark.parametrize("command", [("status",), ("cut", "link:x"), ("heal", "--all"), ("down",)])
def test_without_a_lab_commands_say_how_to_start_one(terminal: Terminal, command: tuple[str, ...]) -> None:
    done = terminal.type("lab", *command)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "no lab is running" in done.stderr
    assert "netmon lab up -i" in done.stderr


def test_mistakes_are_one_line_with_a_remedy(lab: Terminal) -> None:
    for arguments, said in (
        (("cut", "cable:utaraa"), "did you mean utara?"),
        (("cut", "utara"), "does not name an element"),
        (("cut", "--loss", "0.5", "link:noc-jenu"), "add --from NODE"),
        (("heal",), "name elements, or write --all"),
    ):
        done = lab.type("lab", *arguments)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert said in done.stderr
    assert lab.status()["faults"] == []


def test_places_that_cannot_hold_a_socket(terminal: Terminal) -> None:
    long = "x" * 120
    for place, said in ((f"{long}/lab.sock", "too long"), ("county.yaml/lab.sock", "cannot be made")):
        done = terminal.type("lab", "up", "-i", "county.yaml", "--mode", "simulated", "--socket", place)
        assert done.returncode == 4
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert terminal.type("lab", "up", "-i", "nowhere.yaml").returncode == 3


RECORDING = b"""1.3.6.1.2.1.31.1.1.1.6.16384|70|18446744073709551615
1.3.6.1.2.1.31.1.1.1.6.16383|70|1
1.3.6.1.2.1.2.2.1.6.2|4x|B869F4000102
this line is odd
1.3.6.1.2.1.1.3.0|67|4294967295
1.3.6.1.2.1.1.7.0|2|-290
1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1
"""


def test_a_recording_is_served_under_its_own_name(terminal: Terminal) -> None:
    snmpwalk = require_program("snmpwalk")
    (terminal.folder / "tambak.snmprec").write_bytes(RECORDING)
    with terminal.start("lab", "agent", "tambak.snmprec", "--listen", "127.0.0.1:0", ready="listening on "):
        said = terminal.messages.read_text()
        assert "tambak.snmprec:4: warning: not OID|TYPE|VALUE (left out)" in said
        assert "6 objects, community 'tambak'" in said
        address = said.rpartition("listening on ")[2].strip()
        command = [snmpwalk, "-v2c", "-c", "tambak", "-m", "", "-On", address, "."]
        walked = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    assert walked.stdout.splitlines()[:6] == [
        ".1.3.6.1.2.1.1.3.0 = Timeticks: (4294967295) 497 days, 2:27:52.95",
        ".1.3.6.1.2.1.1.7.0 = INTEGER: -290",
        ".1.3.6.1.2.1.2.2.1.6.2 = Hex-STRING: B8 69 F4 00 01 02 ",
        ".1.3.6.1.2.1.4.20.1.1.10.0.0.1 = IpAddress: 10.0.0.1",
        ".1.3.6.1.2.1.31.1.1.1.6.16383 = Counter64: 1",
        ".1.3.6.1.2.1.31.1.1.1.6.16384 = Counter64: 18446744073709551615",
    ]


def test_recordings_that_cannot_be_served(terminal: Terminal) -> None:
    (terminal.folder / "odd.snmprec").write_text("SNMPv2-MIB::sysName.0 = STRING: x\n")
    done = terminal.type("lab", "agent", "odd.snmprec", "--listen", "127.0.0.1:0")
    assert done.returncode == 3
    assert "odd.snmprec:1: " in done.stderr
    assert "holds no object" in done.stderr
    assert terminal.type("lab", "agent", "missing.snmprec").returncode == 3
    (terminal.folder / "good.snmprec").write_bytes(RECORDING)
    assert terminal.type("lab", "agent", "good.snmprec", "--listen", "nonsense").returncode == 2
