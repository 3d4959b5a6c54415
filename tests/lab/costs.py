"""What a process costs."""

from __future__ import annotations

import os
import time
from pathlib import Path


def megabytes_available() -> float:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no MemAvailable")


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and this one have taken so far."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") + time.process_time()
