"""All that a daemon itself probes and hears with: told together what to probe, run together, read together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from netmon.clock import Clock
from netmon.daemon.name_servers import zones_of
from netmon.daemon.settings import Settings
from netmon.daemon.targets import icmp_targets
from netmon.events import Event
from netmon.exporter.view import View
from netmon.model import Inventory, SecretRef
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.services.heartbeats import Heartbeats
from netmon.probes.services.prober import ServiceProber
from netmon.probes.services.wifi import WifiCounter
from netmon.probes.snmp.light_diary import LightDiary
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.snmp.read_times import ReadTimes
from netmon.probes.sockets import KernelSockets, Sockets
from netmon.probes.speed.tester import SpeedTester
from netmon.probes.traps.hints import Look
from netmon.probes.traps.receiver import TrapReceiver
from netmon.topology.graph import Graph


class Instruments:
    """The probers of one daemon, and what they remember in its state folder.

    Args:
        sockets: where probe sockets come from.
        clock: dates everything.
        reveal: turns references into secrets.
    """

    def __init__(self, sockets: Sockets, clock: Clock, reveal: Callable[[SecretRef], str]) -> None:
        self.icmp = IcmpProber(sockets, clock)
        self.snmp = SnmpPoller(sockets, clock, reveal)
        self.services = ServiceProber(sockets, clock, zones=zones_of(sockets, clock))
        self.heartbeats = Heartbeats(clock, reveal)
        self.wifi = WifiCounter(clock, self.snmp.latest)
        self.speed = SpeedTester(clock)
        self.traps = TrapReceiver(sockets, clock, reveal, self.snmp.ports_of)
        self._sockets = sockets
        self._clock = clock
        self._remembered: list[ReadTimes | LightDiary] = []

    def remember(self, settings: Settings) -> None:
        """Go on from what is remembered in the state folder of these settings, until `close`.

        Raises:
            StateError: the folder cannot be used.
        """
        read_times = settings.open_read_times(self._clock.wall())
        self._remembered.append(read_times)
        self.snmp.remember_reads(read_times)
        diary = settings.open_light_diary(self._clock.wall())
        self._remembered.append(diary)
        self.snmp.remember_light(diary)

    def close(self) -> None:
        """Close what is remembered."""
        for opened in self._remembered:
            opened.close()

    def direct(self, inventory: Inventory) -> None:
        """Tell every prober what to probe from now on.

        Raises:
            NetmonError: the network of this inventory cannot be probed; then all go on as they were.
        """
        graph = Graph.from_inventory(inventory)
        self.icmp.set_targets(icmp_targets(inventory, graph), false_alarms_per_year=inventory.false_alarms_per_year)
        self.snmp.set_inventory(inventory)
        self.services.set_inventory(inventory)
        self.heartbeats.set_inventory(inventory)
        self.wifi.set_inventory(inventory)
        is_here = self._sockets.network == KernelSockets.network
        self.speed.set_inventory(inventory if is_here else _untested(inventory))
        self.traps.set_inventory(inventory)

    def run(self, emit: Callable[[Sequence[Event]], None], heed: Callable[[Look], None]) -> list[asyncio.Task[None]]:
        """Begin to probe; `emit` takes what happens, `heed` looks where traps point. Return what runs."""
        parts = {
            "icmp": self.icmp.run(emit),
            "snmp": self.snmp.run(emit),
            "services": self.services.run(emit),
            "heartbeats": self.heartbeats.run(emit),
            "wifi": self.wifi.run(emit),
            "speed tests": self.speed.run(),
            "traps": self.traps.run(emit, heed),
        }
        return [asyncio.create_task(part, name=name) for name, part in parts.items()]

    def measured(self, view: View) -> View:
        """Return a view with what the probers have measured."""
        return replace(
            view,
            icmp=self.icmp.measurements(),
            snmp=self.snmp.measurements(),
            services=self.services.measurements(),
            traps=self.traps.measurements(),
            heartbeats=self.heartbeats.measurements(),
            wifi=self.wifi.measurements(),
            speed=self.speed.measurements(),
        )


def _untested(inventory: Inventory) -> Inventory:
    """Return an inventory without speed tests: iperf3 would send into this machine's own network, not into a lab."""
    links = {name: replace(link, speed_test=None) for name, link in inventory.links.items()}
    return replace(inventory, links=links)
