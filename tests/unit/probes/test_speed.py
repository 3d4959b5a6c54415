"""How iperf3 is called, what its report says, and that lines are tested one at a time, each at its own hour."""

from __future__ import annotations

import asyncio
import json

import pytest

from netmon.clock import FakeClock
from netmon.ending import end_all
from netmon.model import Inventory, Link, LinkEnd, SpeedTest, Vantage
from netmon.probes.speed.iperf import Direction, Sent, command, read_report
from netmon.probes.speed.tester import SpeedTester
from tests.rows import every_row

TEST = SpeedTest("198.18.12.9", 20.0, seconds=5)


def test_a_test_is_bounded_in_time_and_rate() -> None:
    words = command("iperf3", TEST, Direction.TO_SITE)
    assert words[words.index("--time") + 1] == "5"
    assert words[words.index("--bitrate") + 1] == "20000000"
    assert "--reverse" not in words
    assert "--reverse" in command("iperf3", TEST, Direction.FROM_SITE)


@every_row(
    ("said", "found"),
    [
        ({"end": {"sum_received": {"bits_per_second": 16_000_000.0}}}, Sent(2_000_000.0)),
        ({"error": "the server is busy running a test. try again later"}, None),
        ({"end": {}}, Sent(trouble="iperf3 reports no rate")),
        ({"end": {"sum_received": {"bits_per_second": -1}}}, Sent(trouble="iperf3 reports a rate that cannot be")),
        ([], Sent(trouble="iperf3 said nothing that can be read")),
    ],
)
def test_a_report_is_read_and_trouble_is_told(said: object, found: Sent | None) -> None:
    read = read_report(json.dumps(said))
    assert read == found if found is not None else read.trouble.startswith("the server is busy")


def test_what_is_no_report_is_trouble() -> None:
    assert read_report("iperf3: command line is wrong").bytes_per_second is None


def test_lines_are_tested_one_after_the_other_and_a_restart_repeats_none(monkeypatch: pytest.MonkeyPatch) -> None:
    links = {f"l{n}": Link(f"l{n}", LinkEnd("noc"), LinkEnd(f"n{n}"), speed_test=TEST) for n in range(6)}
    drawn = Inventory("t", Vantage("noc"), {}, {}, {**links, "plain": Link("plain", LinkEnd("noc"), LinkEnd("x"))})
    running, most = 0, 0
    order: list[str] = []

    async def send(self: SpeedTester, test: SpeedTest, direction: Direction) -> Sent:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return Sent(1.0)

    monkeypatch.setattr(SpeedTester, "_send", send)
    monkeypatch.setattr("netmon.probes.speed.tester.LOOK", 0.0)

    async def day(clock: FakeClock, steps: int) -> SpeedTester:
        tester = SpeedTester(clock)
        tester.set_inventory(drawn)
        task = asyncio.create_task(tester.run())
        for _ in range(steps):
            clock.advance(600.0)
            for _ in range(12):
                await asyncio.sleep(0)
            order.extend(link for link in tester.measurements().at if link not in order)
        await end_all(task)
        return tester

    clock = FakeClock()
    first = asyncio.run(day(clock, 72))
    second = asyncio.run(day(clock, 72))  # the other half of the day, after a restart
    assert most == 1
    assert first.measurements().tests + second.measurements().tests == 6
    assert set(order) == set(links)
