"""One run of netmon's ICMP engine as a process of its own: `python -m netmon.bench.icmp_engine RUN FIRST COUNT TIME`.

The process measures its own CPU from the end of its set-up, as the C floor does, and prints one JSON object. Runs:
`sweep` (each address once, as fast as possible), `paced` and `rendering` (round trips at one request a second each,
held against the kernel's own stamps, alone and while another thread renders metrics), `prober` (the whole prober:
belief, schedule, events).
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import resource
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np

from netmon.bench.transmit_stamps import StampingSockets
from netmon.clock import SystemClock
from netmon.events import Event, NodeUp
from netmon.probes.icmp.bursts import Bursts
from netmon.probes.icmp.engine import Engine
from netmon.probes.icmp.inflight import ROUND, Floats, Ints, Replies
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.icmp.watch import Watch
from netmon.probes.icmp.wheel import Wheel
from netmon.probes.sockets import KernelSockets

RENDERED_LINES = 100_000
RENDER_EVERY = 3.0
_TIMEOUT = 1.0
_SETTINGS = IcmpSettings()
_SETTLE = 2.5
"""Seconds until the prober has heard of every target and its columns are warm."""


def addresses(first: str, count: int) -> list[str]:
    """Return consecutive addresses."""
    start = ipaddress.IPv4Address(first)
    return [str(start + offset) for offset in range(count)]


def sweep(first: str, count: int) -> dict[str, float | None]:
    """Ping each address once as fast as possible, with all that the prober does for a reply."""
    clock = SystemClock()
    engine = Engine(KernelSockets(), clock, _SETTINGS, capacity=count, depth=2)
    watch = Watch(count, _SETTINGS, Bursts(count, gap=_SETTINGS.burst_gap))
    engine.place(range(count), addresses(first, count))
    watch.set_nodes({slot: str(slot) for slot in range(count)}, {})
    _believe_up(watch, count, clock.monotonic())
    _await_stamps(engine, clock)
    slots, timeouts = np.arange(count), np.full(count, _TIMEOUT)
    rtt: list[Floats] = []
    sent = answered = 0
    before = _cpu()
    deadline = clock.monotonic() + _TIMEOUT
    while answered < count and clock.monotonic() < deadline:
        if sent < count:
            some = slice(sent, sent + _SETTINGS.batch)
            engine.send(slots[some], timeouts[some], ROUND)
            sent += _SETTINGS.batch
            deadline = clock.monotonic() + _TIMEOUT
        watch.begin(clock.wall(), clock.monotonic())
        for replies in engine.receive():
            watch.hear(replies)
            rtt.append(replies.rtt)
            answered += len(replies.slots)
        if sent >= count and answered < count:
            time.sleep(0.002)
    return _result(_cpu() - before, count - answered, rtt)


def _await_stamps(engine: Engine, clock: SystemClock) -> None:
    """Ping the first address until the kernel stamps its replies: it begins some time after it is asked to."""
    give_up = clock.monotonic() + _SETTLE
    while clock.monotonic() < give_up:
        engine.send(np.zeros(1, np.int64), np.full(1, _TIMEOUT), ROUND)
        sent = clock.monotonic()
        while clock.monotonic() < sent + _TIMEOUT:
            trips = [trip for replies in engine.receive() for trip in replies.rtt.tolist()]
            if trips:
                if not np.isnan(trips).any():
                    return
                break
            time.sleep(0.001)


def _believe_up(watch: Watch, count: int, now: float) -> None:
    """Let every slot be up already: the first reply of a new target costs more, once in its life."""
    slots, times = np.arange(count), np.full(count, now)
    marks = np.zeros(count, np.uint8)
    watch.hear(Replies(slots, times, times + 0.001, marks, np.zeros(count, np.bool_)))
    watch.take_events()


def paced(first: str, count: int, seconds: float, *, render: bool) -> dict[str, float | None]:
    """Ping each address once a second; return round trips and the true ones, perhaps beside a thread that renders."""
    clock = SystemClock()
    stamps = StampingSockets(clock)
    engine = Engine(stamps, clock, _SETTINGS, capacity=count, depth=8)
    engine.place(range(count), addresses(first, count))
    slots = np.arange(count)
    wheel = Wheel(slots, np.ones(count), slots / count, start=clock.monotonic())
    timeouts = np.full(count, _TIMEOUT)
    heard: list[Replies] = []
    asked: list[Ints] = []
    if render:
        threading.Thread(target=_render_forever, daemon=True).start()
    before, end = _cpu(), clock.monotonic() + seconds
    while clock.monotonic() < end + _TIMEOUT:
        heard += engine.receive()
        engine.overdue()
        stamps.read()
        due, _ = wheel.due(clock.monotonic())
        if len(due) and clock.monotonic() < end:
            engine.send(due, timeouts[due], ROUND)
            asked.append(due)
        time.sleep(_SETTINGS.tick_burst)
    cpu, rtt = _cpu() - before, [replies.rtt for replies in heard]
    result = _result(cpu, sum(map(len, asked)) - sum(map(len, rtt)), rtt)
    truth = stamps.round_trips(asked, heard)
    error = np.abs(np.concatenate([*rtt, np.empty(0)]) - truth)
    return result | {
        "true_rtt_p50_us": _percentile(truth, 50),
        "true_rtt_p99_us": _percentile(truth, 99),
        "rtt_error_p99_us": _percentile(error, 99),
        "unmeasured_ratio": round(float(np.isnan(error).mean()), 4) if len(error) else None,
    }


def _render_forever() -> None:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest  # noqa: PLC0415 (only this run needs it)

    registry = CollectorRegistry()
    gauge = Gauge("netmon_bench", "One of many.", ["node", "site"], registry=registry)
    for line in range(RENDERED_LINES):
        gauge.labels(f"node{line}", f"site{line % 400}").set(line * 1.1)
    while True:
        generate_latest(registry)
        time.sleep(RENDER_EVERY)


async def prober(first: str, count: int, seconds: float) -> dict[str, float]:
    """Let the whole prober ping each address once a second; return CPU, memory, losses and false suspicions."""
    subject = IcmpProber(KernelSockets(), SystemClock())
    targets = [IcmpTarget(f"n{i}", address, 1.0) for i, address in enumerate(addresses(first, count))]
    subject.set_targets(targets, false_alarms_per_year=1.0)
    wrong = 0

    def emit(events: Sequence[Event]) -> None:
        nonlocal wrong
        wrong += sum(not isinstance(event, NodeUp) for event in events)

    running = asyncio.create_task(subject.run(emit))
    await asyncio.sleep(_SETTLE)
    before, started, first_totals = _cpu(), time.monotonic(), subject.measurements()
    suspects = 0
    while time.monotonic() < started + seconds:
        await asyncio.sleep(0.25)
        suspects = max(suspects, subject.suspects)
    elapsed, cpu, last = time.monotonic() - started, _cpu() - before, subject.measurements()
    running.cancel()
    requests = int((last.requests - first_totals.requests).sum())
    return {
        "cpu_ratio": round(cpu / elapsed, 4),
        "cpu_us_per_probe": round(cpu / max(requests, 1) * 1e6, 2),
        "resident_bytes": _resident_bytes(),
        "requests": requests,
        "skipped": last.totals.skipped - first_totals.totals.skipped,
        "suspects": suspects,
        "wrong_events": wrong,
        "kernel_drops": last.totals.kernel_drops,
        "tick_seconds": round(last.totals.tick, 4),
    }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _resident_bytes() -> int:
    """Return the most memory this program held; getrusage would count what the process held before it began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def _result(cpu: float, lost: int, rtt: Sequence[Floats]) -> dict[str, float | None]:
    """Return the figures of a run; round trips are None where the machine was too busy to measure a single one."""
    trips = np.concatenate([*rtt, np.empty(0)])
    return {
        "cpu_seconds": round(cpu, 6),
        "lost": lost,
        "rtt_p50_us": _percentile(trips, 50),
        "rtt_p99_us": _percentile(trips, 99),
        "resident_bytes": _resident_bytes(),
    }


def _percentile(seconds: Floats, rank: float) -> float | None:
    """Return a percentile of what was measured, in microseconds."""
    measured = seconds[~np.isnan(seconds)]
    return round(float(np.percentile(measured, rank)) * 1e6, 1) if len(measured) else None


def main(run: str, first: str, count: int, seconds: float) -> None:
    """Do one run and print its figures."""
    result: Mapping[str, float | None]
    if run == "sweep":
        result = sweep(first, count)
    elif run == "prober":
        result = asyncio.run(prober(first, count, seconds))
    else:
        result = paced(first, count, seconds, render=run == "rendering")
    click.echo(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
