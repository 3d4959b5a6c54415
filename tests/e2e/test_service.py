"""netmon as a service: what it tells systemd, and whether it can live with what its unit takes away from it."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.inventory.document import with_digest
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.report.period import back, month, month_of
from tests.e2e.terminal import Terminal, wait_for
from tests.markdown import TOP
from tests.requires import require_program
from tests.simulated_months import Month, county

pytestmark = pytest.mark.e2e
DEPLOY = TOP / "deploy"
UNITS = DEPLOY / "systemd"
INSTALLED = "/opt/netmon/bin/netmon"
HERE = f"{Path(sys.executable).parent}/netmon"


def settings(unit: str) -> list[tuple[str, str]]:
    """Return the settings of a unit in their order; lines that go on are joined."""
    text = (UNITS / unit).read_text(encoding="utf-8").replace("\\\n", "")
    return [(name, value) for name, value in re.findall(r"^([A-Za-z]+)=(.*)$", text, re.MULTILINE)]


class Systemd:
    """The far end of sd_notify(3)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(str(path))
        self.heard: list[str] = []
        self.close = self._socket.close

    def has(self, message: str, times: int = 1) -> bool:
        """Tell whether so many messages with this assignment have come."""
        while True:
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return sum(message in one.splitlines() for one in self.heard) >= times


@pytest.fixture
def systemd(loop: Terminal) -> Iterator[Systemd]:
    with closing(Systemd(loop.folder / "notify")) as far_end:
        loop.environment["NOTIFY_SOCKET"] = str(far_end.path)
        yield far_end


CONFINED = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
if libc.prctl(65, 1, 0, 0, 0) != 0:  # PR_SET_MDWE, Linux 6.3: what MemoryDenyWriteExecute= does
    print("this kernel cannot deny memory that is written and executed", file=sys.stderr)
os.umask(0o077)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def test_it_tells_systemd_how_it_fares_and_asks_for_nothing_that_its_unit_denies(
    loop: Terminal, systemd: Systemd, tmp_path: Path
) -> None:
    """Every system call of a run, from start over reload to end, is in the unit's filter."""
    strace = require_program("strace")
    require_program("systemd-analyze")
    calls = tmp_path / "calls"
    granted, denied = filters()
    inject = "inject=" + ",".join(f"?{name}" for name in sorted(denied)) + ":error=EPERM"
    before = (sys.executable, "-c", CONFINED, strace, "-D", "-f", "-qq", "-c", "-e", inject, "-o", str(calls))
    state = tmp_path / "state"
    with loop.daemon("-i", "loop.yaml", "--state", state, before=before) as daemon:
        daemon.until("netmon serves")
        wait_for(lambda: systemd.has("READY=1"), "that it is ready", said=lambda: daemon.said)
        wait_for(lambda: systemd.has("WATCHDOG=1"), "that its rounds make progress", said=lambda: daemon.said)
        daemon.process.send_signal(1)
        wait_for(lambda: systemd.has("RELOADING=1"), "a reload")
        assert any("MONOTONIC_USEC=" in one for one in systemd.heard if "RELOADING=1" in one)
        wait_for(lambda: systemd.has("READY=1", times=2), "its end")
        assert daemon.get("/metrics").status_code == 200
        assert daemon.end() == 0, daemon.said
    assert systemd.has("STOPPING=1")
    wait_for(lambda: calls.exists() and "total" in calls.read_text(encoding="utf-8"), "what was counted")
    made = set(re.findall(r"(\w+)$", calls.read_text(encoding="utf-8"), re.MULTILINE)) - {"total", "syscall"}
    assert {"sendmmsg", "epoll_wait", "openat"} <= made  # it was counted at all
    assert made - granted <= DENIED_IN_VAIN.keys()
    assert (state / "journal.sqlite").exists()


DENIED_IN_VAIN = {
    "fchown": "SQLite gives its files to the owner of the database when root runs it",
    "mbind": "OpenBLAS spreads its buffers over memory nodes, and does not mind when it may not",
}
"""Calls that are denied to the service, and were to this run, which did without."""


def filters() -> tuple[set[str], set[str]]:
    """Return the system calls that the unit grants and those that it denies, as systemd understands them."""
    granted: set[str] = expanded("@default")
    denied: set[str] = set()
    for value in (value for name, value in settings("netmon.service") if name == "SystemCallFilter"):
        members = {call for one in value.removeprefix("~").split() for call in expanded(one)}
        if value.startswith("~"):
            granted, denied = granted - members, denied | members
        else:
            granted |= members
    return granted, denied


def expanded(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    said = subprocess.run(
        [require_program("systemd-analyze"), "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    members = [line.strip() for line in said.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return {call for one in members for call in expanded(one)}


def analyze(*words: str) -> str:
    done = subprocess.run(
        [require_program("systemd-analyze"), *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", ["netmon.service", "netmon-report.service"])
def test_a_unit_exposes_little(unit: str) -> None:
    said = analyze("security", "--offline=yes", "--threshold=20", str(UNITS / unit))
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert exposure is not None, said
    assert float(exposure[1]) <= 2.0


def test_units_are_valid(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace(INSTALLED, HERE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    said = analyze("verify", "--man=no", *(str(path) for path in sorted(tmp_path.iterdir())))
    assert not [line for line in said.splitlines() if "netmon" in line], said
    analyze("calendar", dict(settings("netmon-report.timer"))["OnCalendar"])


def test_the_unit_may_do_one_thing_that_root_may() -> None:
    unit = dict(settings("netmon.service"))
    assert unit["AmbientCapabilities"] == unit["CapabilityBoundingSet"] == "CAP_NET_RAW"
    assert (unit["Type"], unit["User"], unit["WatchdogSec"]) == ("notify", "netmon", "60")
    words = shlex.split(unit["ExecStart"])
    assert words[0] == INSTALLED


def test_sysusers_and_sysctl_are_understood(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    done = subprocess.run(
        [require_program("systemd-sysusers"), f"--root={tmp_path}", str(DEPLOY / "sysusers.d" / "netmon.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "netmon" in (tmp_path / "etc" / "passwd").read_text(encoding="utf-8")
    lines = (DEPLOY / "sysctl.d" / "60-netmon.conf").read_text(encoding="utf-8").splitlines()
    for line in filter(None, (line.partition("#")[0].strip() for line in lines)):
        key, _, value = line.partition(" = ")
        path = Path("/proc/sys", *key.split("."))
        assert value, line
        assert path.exists() or key.startswith("net.core."), (
            f"{key} is no setting of this kernel"
        )  # not in a container


def test_the_timer_writes_last_month(desk: Terminal, tmp_path: Path) -> None:
    state, reports = tmp_path / "state", tmp_path / "reports"
    reports.mkdir()
    last = back(month(month_of(time.time(), "UTC"), "UTC"), 1)
    inventory = with_digest(replace(county(1, 2), timezone="UTC"))
    player = Month(inventory, last.start)
    player.run_to(last.end + 30.0)
    player.do_cover()
    with closing(SqliteJournal(state / "journal.sqlite")) as journal:
        journal.append([replace(player.entries[0], inventory=inventory), *player.entries[1:]])
    command = dict(settings("netmon-report.service"))["ExecStart"].replace("$$", "$").replace("%%", "%")
    command = command.replace(INSTALLED, HERE).replace("/var/lib/netmon/reports", str(reports))
    words = shlex.split(command.replace("/var/lib/netmon", str(state)))
    done = subprocess.run(
        words, env={**desk.environment, "TZ": "UTC"}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    made = sorted(path.name for path in reports.iterdir())
    names = ("availability.csv", "availability.html", "coverage.csv", "outages.csv", "services.csv", "supplier.csv")
    assert made == [f"{last.month}-{name}" for name in names]
    assert (reports / made[0]).read_text(encoding="utf-8").startswith("site,")
