"""Programs that benches run beside netmon: started, waited for, measured, and ended."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from netmon.errors import CannotError

READY = 20.0
"""Seconds for a program to begin."""
_CPUCLOCK_SCHED = 2
"""Which of a process's clocks its id asks for: that of the scheduler."""


@contextmanager
def running(command: Sequence[str], host: str, port: int) -> Iterator[int]:
    """Run a program until the end; yield its process id when it listens.

    Raises:
        CannotError: it ended, or did not listen in time.
    """
    with until_left(command) as process:
        ends = time.monotonic() + READY
        while not _listens(host, port):
            if process.poll() is not None or time.monotonic() > ends:
                raise CannotError(f"{command[0]} did not begin to listen", "run it by hand to see why")
            time.sleep(0.02)
        yield process.pid


@contextmanager
def until_left(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that says nothing, and end it on leaving."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port(host: str) -> int:
    """Return a TCP port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has taken, to the nanosecond (clock_getcpuclockid(3))."""
    return time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED)


def _listens(host: str, port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0
