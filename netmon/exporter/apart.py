"""Long work in a process of its own: what takes seconds must not keep the interpreter from pings that are due."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import netmon

POLITE = 10
"""How much such a process yields to others, as `nice` counts it."""


async def ask_apart(module: str, question: bytes, patience: float) -> bytes:
    """Return what a module of netmon, run by itself, says to a question on its standard input.

    Raises:
        TimeoutError: it took longer than `patience` seconds.
        RuntimeError: the process failed; what it said is on standard error.
    """
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(netmon.__file__).parent.parent,
    )
    try:
        async with asyncio.timeout(patience):
            said, _ = await running.communicate(question)
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()  # also when the daemon stops meanwhile
        await running.wait()
    if running.returncode:
        raise RuntimeError(f"the process of {module} ended with {running.returncode}")
    return said


def be_polite() -> None:
    """Let others go first, from now on."""
    with contextlib.suppress(PermissionError):  # a service manager may forbid it; then it is as hasty as the others
        os.nice(POLITE)
