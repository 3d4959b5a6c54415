"""Days that pass in seconds, for what is learned over weeks."""

from __future__ import annotations

import asyncio
from pathlib import Path

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.events import Event
from netmon.model import SnmpProbe
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.snmp.read_times import SqliteReadTimes
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.sockets import KernelSockets
from tests.lab.snmp_watch import inventory, reveal

PATIENCE = 30.0  # seconds


class Leaping(SystemClock):
    """The machine's clocks, which a test lets leap ahead together."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Life:
    """One life of a poller, with the file that outlives it."""

    def __init__(self, state: Path, clock: Leaping, ports: dict[str, int]) -> None:
        self.said: list[Event] = []
        self.times = SqliteReadTimes(state / "onu-reads.sqlite", clock.wall())
        self.clock = clock
        self.poller = SnmpPoller(KernelSockets(), clock, reveal)
        self.poller.remember_reads(self.times)
        self.poller.set_inventory(inventory(ports, SnmpProbe(interval=1e6, auth="field", timeout=1.0, retries=2)))
        self._running = asyncio.create_task(self.poller.run(self.said.extend))

    async def poll(self, node: str = "olt") -> DevicePoll:
        """Return a poll that starts from now on."""
        asked = self.clock.wall()
        self.poller.poll_now([node])
        async with asyncio.timeout(PATIENCE):
            while (found := self.poller.measurements().polls.get(node)) is None or found.at < asked:
                await asyncio.sleep(0.01)  # it has no hook to wait for
        return found

    async def end(self) -> None:
        await end_all(self._running)
        self.times.close()
