"""`netmon demo` as a user types it: the whole county, a small one, and what remains of it however it ends."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.terminal import NETMON, Running, Terminal, nobodys_desk, wait_for
from tests.plain_http import HTTP
from tests.requires import require, require_program
from tests.small_counties import RING

pytestmark = [pytest.mark.e2e, pytest.mark.lab, pytest.mark.apart]

FREE = ("--web.listen-address", "127.0.0.1:0")


@pytest.fixture
def stage(desk: Terminal) -> Terminal:
    """Return a terminal with a small inventory and a folder for temporary files of its own."""
    return furnished(desk)


def furnished(desk: Terminal) -> Terminal:
    (desk.folder / "ring.yaml").write_text(RING, encoding="utf-8")
    (desk.folder / "tmp").mkdir()
    desk.environment["TMPDIR"] = str(desk.folder / "tmp")
    (desk.folder / "tmp").chmod(0o777)
    return desk


@pytest.mark.parametrize("duration", ["39s", "1s", "soon", "", "2d"])
def test_a_time_that_is_none(duration: str, stage: Terminal) -> None:
    done = stage.type("demo", "-i", "ring.yaml", "--duration", duration)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("netmon: --duration ")
    assert done.stderr.count("\n") == 1


# -- the end --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Traces:
    """What a running demo has of the machine: processes, network namespaces, an address, files, devices.

    `others` are all processes of the machine meanwhile. Only they could still hold a namespace of the demo; a number
    that a process of later has is a new namespace of the same number.
    """

    processes: frozenset[int]
    others: frozenset[int]
    namespaces: frozenset[str]
    port: int
    files: frozenset[Path]
    devices: frozenset[str]

    def left(self, folder: Path) -> list[str]:
        """Return what is still there, in words."""
        found = [f"process {pid}" for pid in self.processes if is_running(pid)]
        found += [f"namespace {name}" for name in self.namespaces & namespaces(self.others)]
        found += [f"file {path}" for path in files(folder) - self.files]
        found += [f"device {name}" for name in devices() - self.devices]
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                found.append(f"port {self.port}")
        return found


def traces(pid: int, url: str, before: frozenset[Path], devices_before: frozenset[str]) -> Traces:
    """Look at a running demo."""
    family = frozenset({pid, *descendants(pid)})
    found = namespaces(family) - namespaces([os.getpid()])
    assert len(family) > 1
    assert found
    return Traces(family, all_processes(), found, urlsplit(url).port or 0, before, devices_before)


def files(folder: Path) -> frozenset[Path]:
    return frozenset(folder.rglob("*"))


def devices() -> frozenset[str]:
    return frozenset(name for _, name in socket.if_nameindex())


def all_processes() -> frozenset[int]:
    return frozenset(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def descendants(pid: int) -> Iterator[int]:
    """Yield the children of a process, their children, and so on."""
    for task in entries(Path(f"/proc/{pid}/task")):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


def namespaces(processes: Iterable[int]) -> frozenset[str]:
    """Return the network namespaces that processes are in, or hold by a descriptor."""
    found = set()
    for pid in processes:
        process = Path(f"/proc/{pid}")
        links = [*(task / "ns" / "net" for task in entries(process / "task")), *entries(process / "fd")]
        for link in links:
            try:
                found.add(str(link.readlink()))
            except OSError:  # it has just ended
                continue
    return frozenset(name for name in found if name.startswith("net:["))


def entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def is_running(pid: int) -> bool:
    """Return whether a process exists and is not merely waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def await_answer(url: str, path: str, has: str) -> None:
    """Wait until a page of the demo holds some text."""

    def holds() -> bool:
        return has in HTTP.get(url.rstrip("/") + path).text

    wait_for(holds, f"{has!r} at {path}")


@pytest.mark.parametrize(("number", "status"), [("SIGKILL", -9), ("SIGINT", 0), ("SIGTERM", 0)])
def test_nothing_remains(number: str, status: int, stage: Terminal) -> None:
    before, devices_before = files(stage.folder), devices()
    with stage.start("demo", "-i", "ring.yaml", *FREE) as demo:
        url = demo.until(r"page: (http://\S+)")[1]
        require("simulated" not in demo.said, demo.said)
        await_answer(url, "/-/ready", "netmon is ready")
        running = traces(demo.process.pid, url, before, devices_before)
        assert running.left(stage.folder)
        assert demo.end(signal.Signals[number], seconds=60.0) == status
        assert "Traceback" not in demo.said
        wait_for(lambda: not running.left(stage.folder), "nothing to remain", said=lambda: running.left(stage.folder))


def test_ctrl_c_on_a_terminal_that_shows_the_story(stage: Terminal) -> None:
    """On a terminal, the story, the conclusions and the counts are drawn, and Ctrl-C ends it in good order."""
    setsid = require_program("setsid")
    before, devices_before = files(stage.folder), devices()
    master, slave = os.openpty()
    with open(master, "r+b", buffering=0) as terminal:  # noqa: PTH123 (a descriptor, not a path)
        process = subprocess.Popen(
            [setsid, "--ctty", *NETMON, "demo", "-i", "ring.yaml", *FREE],
            cwd=stage.folder,
            env={**stage.environment, "TERM": "xterm", "COLUMNS": "160", "LINES": "50"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        try:
            shown = Screen(terminal.fileno())
            url = shown.until(r"page: (http://[\d.:]+/)")[1]
            require("simulated" not in shown.text, shown.text)
            running = traces(process.pid, url, before, devices_before)
            shown.until(r"● 9 up")
            shown.until(r"What happened, and what netmon concluded")
            shown.until(r"loses its power.*node:v3.* s\b")
            shown.until(r"✖ 1 down")
            terminal.write(b"\x03")
            wait_for(lambda: shown.read() is None and process.poll() is not None, "its end")
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
    assert process.returncode == 0
    assert "Traceback" not in shown.text
    wait_for(lambda: not running.left(stage.folder), "nothing to remain", said=lambda: running.left(stage.folder))


class Screen:
    """What a terminal has been told to show, without the codes for colours and places."""

    def __init__(self, descriptor: int) -> None:
        self.text = ""
        self._descriptor = descriptor

    def read(self) -> str | None:
        """Take in what has come; return None when the other end is closed."""
        try:
            while select.select([self._descriptor], [], [], 0.05)[0]:
                told = os.read(self._descriptor, 65_536)
                if not told:
                    return None
                self.text += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", told.decode(errors="replace"))
        except OSError:  # EIO: nobody has the terminal open any more
            return None
        return self.text

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until something shown matches."""
        wait_for(
            lambda: self.read() is None or re.search(pattern, self.text) is not None, f"{pattern!r} on the screen"
        )
        found = re.search(pattern, self.text)
        assert found is not None, self.text
        return found


def test_a_port_in_use_leaves_nothing_either(stage: Terminal) -> None:
    before = files(stage.folder)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with stage.start("demo", "-i", "ring.yaml", "--web.listen-address", address) as demo:
            assert demo.wait() == 4
            assert f"somebody else listens on {address}" in demo.said
            assert demo.said.count("\n") == 1
    assert files(stage.folder) == before


@pytest.mark.root
def test_an_ordinary_user_gets_the_kernels_network_too() -> None:
    with nobodys_desk() as desk:
        furnished(desk)
        before, devices_before = files(desk.folder), devices()
        with desk.start("demo", "-i", "ring.yaml", *FREE) as demo:
            url = demo.until(r"page: (http://\S+)")[1]
            require("simulated" not in demo.said, demo.said)
            assert "user namespace" in demo.said
            await_answer(url, "/-/ready", "netmon is ready")
            running = traces(demo.process.pid, url, before, devices_before)
            assert demo.end(signal.SIGINT) == 0
            wait_for(
                lambda: not running.left(desk.folder), "nothing to remain", said=lambda: running.left(desk.folder)
            )


# -- the story ------------------------------------------------------------------------------------------------------


def check(story: Running) -> dict[str, Any]:
    """Check that every fault was named exactly and in time, and nobody wrongly accused; return the result."""
    status = story.wait(300.0)
    assert story.output, story.said
    result: dict[str, Any] = json.loads(story.output)
    assert "Traceback" not in story.said
    for fault in result["faults"]:
        assert fault["seconds"] is not None, story.output
        if not fault["expected"][0].endswith(" repaired"):
            named = [set(words.split(" or ")) for words in fault["concluded"]]
            assert all(any(element in words for words in named) for element in fault["expected"]), story.output
    assert result["wrongly_down"] == []
    assert result["wrongly_paged"] == []
    assert result["good"] is True
    assert status == 0
    return result


@pytest.mark.long(130)
def test_the_whole_county_is_understood(stage: Terminal, record_property: Callable[[str, object], None]) -> None:
    """In a minute; in two on a busy machine, where a fault of five seconds may be over before it has a name."""
    duration = "60s" if os.getloadavg()[0] < 1.0 else "120s"
    with stage.start("demo", "--duration", duration, "--format", "json", *FREE) as story:
        story.until("nodes up in")
        require("simulated" not in story.said, story.said)
        result = check(story)
    built = re.search(r"382 nodes up in ([\d.]+) s \(.*namespace.*\)", story.said)
    assert built is not None, story.said
    whats = [fault["what"] for fault in result["faults"]]
    assert len(whats) == 7, "power off and on, two cuts of a ring, a cable, two repairs"
    assert max(fault["dark_sites"] for fault in result["faults"]) > 5
    named = f"up in {built[1]} s, median {result['median_seconds']:.2f} s to a name"
    record_property("figure", f"netmon demo, county: {named}")


@pytest.mark.long(60)
def test_a_small_county_is_understood_simulated_and_says_so(stage: Terminal) -> None:
    arguments = ("-i", "ring.yaml", "--mode", "simulated", "--duration", "40s", "--format", "json")
    with stage.start("demo", *arguments, *FREE) as story:
        result = check(story)
    assert "10 nodes up in" in story.said
    assert "simulated on loopback, as asked" in story.said
    told = re.findall(r"^\d\d:\d\d:\d\d  (.*)$", story.said, re.MULTILINE)
    for fault in result["faults"]:
        assert told.count(fault["what"]) == 1
    assert sum(line.startswith("netmon, after ") for line in told) == len(result["faults"])
