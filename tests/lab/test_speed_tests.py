"""A real iperf3 at both ends: what arrives is measured, bounded in rate and time, and one line at a time."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.model import Inventory, Link, LinkEnd, SpeedTest, Vantage
from netmon.probes.speed.iperf import Direction
from netmon.probes.speed.tester import SpeedTester
from tests.ports import free_port
from tests.requires import require_program

pytestmark = pytest.mark.lab

HOST = "127.0.62.1"
PATIENCE = 30.0
MBPS = 8.0


@contextmanager
def iperf_server(host: str) -> Iterator[int]:
    program, port = require_program("iperf3"), free_port(host)
    running = subprocess.Popen(
        [program, "--server", "--bind", host, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + PATIENCE
        while not is_listened_on(host, port):
            assert running.poll() is None, "iperf3 ended at once"
            assert time.monotonic() < ends
            time.sleep(0.02)
        yield port
    finally:
        running.terminate()
        running.wait(PATIENCE)


def is_listened_on(host: str, port: int) -> bool:
    """Tell by the kernel's own table: a connection would pass for the beginning of a test."""
    wanted = f"{int.from_bytes(socket.inet_aton(host), 'little'):08X}:{port:04X}"
    table = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()
    return any(line.split()[1] == wanted and line.split()[3] == "0A" for line in table[1:])


def drawing(**lines: SpeedTest) -> Inventory:
    links = {name: Link(name, LinkEnd("noc"), LinkEnd(name), speed_test=test) for name, test in lines.items()}
    return Inventory("t", Vantage("noc"), {}, {}, links)


def run_tests(inventory: Inventory, *links: str) -> SpeedTester:
    tester = SpeedTester(SystemClock())
    tester.set_inventory(inventory)

    async def both() -> None:
        for link in links:
            await tester.test(link)

    asyncio.run(both())
    return tester


def test_both_directions_arrive_and_no_more_is_sent_than_the_contract_says() -> None:
    with iperf_server(HOST) as port:
        found = run_tests(drawing(a=SpeedTest(HOST, MBPS, port, seconds=1)), "a").measurements()
    assert (found.tests, found.failures, set(found.at)) == (1, 0, {"a"})
    for direction in Direction:
        sent = found.sent["a", direction]
        assert sent.trouble == ""
        assert sent.bytes_per_second is not None
        assert 0.2 * MBPS < sent.bytes_per_second * 8 / 1e6 < 1.6 * MBPS  # iperf3 sends in bursts of 128 kB


def test_a_server_that_is_not_there_is_a_failure_and_no_figure() -> None:
    require_program("iperf3")
    found = run_tests(drawing(a=SpeedTest(HOST, MBPS, free_port(HOST), seconds=1)), "a").measurements()
    assert (found.tests, found.failures) == (1, 1)
    assert all(sent.bytes_per_second is None and "onnect" in sent.trouble for sent in found.sent.values())


def test_a_server_that_hangs_is_left_and_its_test_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    require_program("iperf3")
    monkeypatch.setattr("netmon.probes.speed.tester.MARGIN", 0.5)
    with socket.create_server((HOST, 0)) as silent:
        test = SpeedTest(HOST, MBPS, silent.getsockname()[1], seconds=1)
        found = run_tests(drawing(a=test), "a").measurements()
    assert [sent.trouble for sent in found.sent.values()] == ["not finished after 1.5 s"] * 2
    left = subprocess.run(
        ["pgrep", "-f", f"iperf3 --client {HOST} --port {test.port}"], capture_output=True, check=False
    )
    assert left.stdout == b""
