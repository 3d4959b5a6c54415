"""Poll every router of the inventory, each on its own turn, and emit what its answers prove.

A poll is a task of its own: a device that hangs or answers rubbish costs its own poll and nobody else's. A device is
polled once at a time; a turn that comes while its poll still runs is skipped. What polls found is read through
`measurements`, which is cheap and never blocks.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from netmon.clock import Clock
from netmon.errors import NetmonError, StateError
from netmon.events import Event
from netmon.model import Inventory, Node, SnmpAuth, SnmpProbe
from netmon.probes.evidence.conditions import Conditions
from netmon.probes.evidence.counters import Counted, carried
from netmon.probes.evidence.polls import Known, untold, weigh
from netmon.probes.optics.health import NEW_LINE, LineHealth
from netmon.probes.snmp.access import SECURE, Access, Secret, access_to, secret_of
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.light_diary import LightDiary, MemoryLightDiary
from netmon.probes.snmp.onu_meter import OnuMeter
from netmon.probes.snmp.read_times import MemoryReadTimes, ReadTimes
from netmon.probes.snmp.reading import DevicePoll, Reading, rows_of
from netmon.probes.snmp.secure import allow_sessions
from netmon.probes.snmp.transport import Counts, Source, Transport
from netmon.probes.snmp.users import Reveal
from netmon.probes.sockets import Sockets
from netmon.probes.turns import Turns
from netmon.probes.vendors.families import all_tables
from netmon.probes.vendors.rows import InterfaceRow
from netmon.probes.vendors.tables import Part

log = logging.getLogger(__name__)

HINT_GAP = 1.0  # seconds between the starts of two polls of a device, however often a hint asks
LONGEST_POLL = 60.0  # seconds; a shorter interval is the limit where there is one
TOGETHER = 1.0  # seconds whose polls begin at once: waking up for each, with cold caches, costs half as much again
GATHER = 0.01  # seconds in which their answers come together, for the same reason

Emit = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class SnmpMeasurements:
    """The latest poll of every node, and counters since the start.

    `failures` counts incomplete polls by their first failure; `skipped` counts turns that passed unused. `lines` is
    the health of every optical line, by node and line.
    """

    polls: Mapping[str, DevicePoll]
    polls_total: int
    failures: Mapping[Failure, int]
    skipped: int
    running: int
    sockets: Counts
    lines: Mapping[str, Mapping[str, LineHealth]] = field(default_factory=dict)


@dataclass(slots=True)
class _Device:
    node: Node
    probe: SnmpProbe
    auth: SnmpAuth | None
    habits: Habits = field(default_factory=Habits)
    known: Known | None = None
    counted: Counted = field(default_factory=Counted)
    access: Access | None = None
    renew: frozenset[Part] = frozenset()
    again: float = -math.inf  # monotonic time at which everything was asked for again


class SnmpPoller:
    """Polls the nodes whose `snmp` probe is in force.

    The first poll of a node after the start emits the state of every port and all light, so that the picture learns
    it; after that only changes are events.
    """

    def __init__(self, sockets: Sockets, clock: Clock, reveal: Reveal) -> None:
        self._sockets = sockets
        self._clock = clock
        self._reveal = reveal
        self._transport = Transport(sockets, gather=GATHER)
        self._turns = Turns(clock, self._poll, self._broke_off, together=TOGETHER)
        self._devices: dict[str, _Device] = {}
        self._secrets: dict[str, Secret | None] = {}
        self._latest: dict[str, DevicePoll] = {}
        self._polls_total = 0
        self._failures: Counter[Failure] = Counter()
        self._emit: Emit = _emit_nothing
        self._read_times: ReadTimes = MemoryReadTimes()
        self._meters: dict[Source, OnuMeter] = {}
        self._expected_light: Mapping[str, Mapping[str, float]] = {}
        self._diary: LightDiary = MemoryLightDiary()
        self._remembered: dict[str, dict[str, LineHealth]] = {}  # of nodes that have not answered yet

    def remember_light(self, diary: LightDiary) -> None:
        """Take up the days of every line from there, and keep them there."""
        self._diary = diary
        self._remembered = diary.load()

    def remember_reads(self, times: ReadTimes) -> None:
        """Keep there when each ONU was last asked about, so that a restart does not ask again too soon."""
        self._read_times = times
        self._meters.clear()

    def set_inventory(self, inventory: Inventory) -> None:
        """Poll the nodes of this inventory; what is known of nodes that stay is kept."""
        self._secrets.clear()  # they may have changed with it
        self._expected_light = expected_light(inventory)
        devices: dict[str, _Device] = {}
        for node in inventory.nodes.values():
            if node.snmp is None or node.address is None:
                continue
            auth = inventory.auth.get(node.snmp.auth) if node.snmp.auth is not None else None
            device = self._devices.get(node.id)
            if device is None or device.node.address != node.address:
                device = _Device(node, node.snmp, auth)
            device.node, device.probe, device.auth, device.access = node, node.snmp, auth, None
            devices[node.id] = device
        self._latest = {id_: poll for id_, poll in self._latest.items() if devices.get(id_) is self._devices[id_]}
        self._devices = devices
        allow_sessions(sum(device.auth is not None and device.auth.version == SECURE for device in devices.values()))
        self._turns.set_targets({id_: device.probe.interval for id_, device in devices.items()})

    def poll_now(self, nodes: Sequence[str], delay: float = 0.0) -> None:
        """Poll these nodes in `delay` seconds, out of turn; the same node at most every `HINT_GAP` seconds."""
        self._turns.bring_forward(nodes, gap=HINT_GAP, delay=delay)

    def renew(self, nodes: Sequence[str], parts: Collection[Part]) -> None:
        """Read these parts of these nodes with their next poll, even if it is not their time yet."""
        for node in nodes:
            if node in self._devices:
                self._devices[node].renew |= frozenset(parts)

    def read_again(self, nodes: Sequence[str]) -> None:
        """Poll these nodes soon; emit the state of every port, all light and the last start, news or not."""
        for node in nodes:
            device = self._devices.get(node)
            if device is not None and device.known is not None:
                device.known = untold(device.known)
                device.again = self._clock.monotonic()
                device.renew |= {Part.OPTICS}
        self.poll_now(nodes)

    def ports_of(self, node: str) -> Sequence[InterfaceRow]:
        """Return the ports of a node as its latest poll found them; none before that."""
        poll = self._latest.get(node)
        return () if poll is None else poll.interfaces

    def latest(self) -> Mapping[str, DevicePoll]:
        """Return the latest poll of every node; it changes as polls end."""
        return self._latest

    async def run(self, emit: Emit) -> None:
        """Poll until cancelled; `emit` gets the events of each poll that has any."""
        self._emit = emit
        try:
            await self._turns.run()
        finally:
            self._transport.close()

    def measurements(self) -> SnmpMeasurements:
        """Return the latest poll of every node and the counters."""
        return SnmpMeasurements(
            polls=dict(self._latest),
            polls_total=self._polls_total,
            failures=dict(self._failures),
            skipped=self._turns.skipped,
            running=self._turns.running,
            sockets=self._transport.counts,
            lines={id_: device.known.conditions.lines for id_, device in self._devices.items() if device.known},
        )

    async def _poll(self, node: str) -> None:
        device = self._devices.get(node)
        if device is None:
            return  # it left the inventory since its turn came
        at, started = self._clock.wall(), self._clock.monotonic()
        deadline = asyncio.get_running_loop().time() + min(device.probe.interval, LONGEST_POLL)
        access = self._access(device)
        if isinstance(access, Failure):
            reading = Reading(failures=(access,), habits=device.habits)
        else:
            meter = self._meter(access.source)
            habits, device.renew = _renewed(device.habits, device.renew), frozenset()
            reading = await read_device(access.reader(deadline), habits, started, meter=meter)
        self._record(device, at, started, reading)

    def _broke_off(self, node: str) -> None:
        device = self._devices.get(node)
        if device is not None:
            reading = Reading(failures=(Failure.INTERNAL,), habits=device.habits)
            self._record(device, self._clock.wall(), self._clock.monotonic(), reading)

    def _record(self, device: _Device, at: float, started: float, reading: Reading) -> None:
        """Keep a finished poll and emit what it proves."""
        device.habits = reading.habits
        said = rows_of(reading)
        if reading.system is not None and reading.interfaces:
            device.counted = carried(device.counted, reading.interfaces, reading.system, started)
            said["interfaces"] = tuple(device.counted.rows.values())
        poll = DevicePoll(
            node=device.node.id,
            at=at,
            monotonic=started,
            duration=self._clock.monotonic() - started,
            ok=reading.system is not None,
            complete=not reading.failures,
            failure=reading.failures[0] if reading.failures else None,
            expected_light=self._expected_light.get(device.node.id, {}),
            **said,
        )
        for table, error in reading.mistakes:
            log.error("what %s says in %s was not understood", poll.node, table, exc_info=error)
        self._polls_total += 1
        if poll.failure is not None:
            self._failures[poll.failure] += 1
        if self._devices.get(device.node.id) is not device:
            return  # it left the inventory meanwhile
        self._latest[device.node.id] = poll
        if device.known is None:
            device.known = Known(conditions=Conditions(lines=self._remembered.pop(poll.node, {})))
        before = device.known.conditions.lines
        device.known, events = weigh(device.known, poll)
        if started < device.again:  # it was under way when the question came: the next poll answers it
            device.known = untold(device.known)
        self._keep_light(poll.node, before, device.known.conditions.lines)
        if events:
            self._emit(events)

    def _keep_light(self, node: str, before: Mapping[str, LineHealth], after: Mapping[str, LineHealth]) -> None:
        """Write down what has to outlive a restart, if it has changed."""
        news = {
            name: health
            for name, health in after.items()
            if health is not (known := before.get(name, NEW_LINE)) and known.lasting != health.lasting
        }
        if not news:
            return
        try:
            self._diary.keep(node, news)
        except StateError as error:
            log.error("the light of %s is not remembered: %s", node, error)

    def _meter(self, source: Source) -> OnuMeter:
        """Return the budget of whoever answers there; it outlives the node's place in the inventory."""
        if source not in self._meters:
            self._meters[source] = OnuMeter(f"{source[0]}:{source[1]}", self._clock, self._read_times)
        return self._meters[source]

    def _access(self, device: _Device) -> Access | Failure:
        """Return the way to a device, or why there is none; it is kept until the inventory changes."""
        if device.access is None:
            if device.auth is None or device.node.address is None:
                return Failure.CREDENTIALS
            secret = self._secret(device.auth)
            if secret is None:
                return Failure.CREDENTIALS
            try:
                device.access = access_to(device.node.address, device.probe, secret, self._sockets, self._transport)
            except OSError:
                return Failure.SEND
        return device.access

    def _secret(self, auth: SnmpAuth) -> Secret | None:
        """Return the secret of credentials, read once for each inventory; None where it cannot be used."""
        if auth.name not in self._secrets:
            try:
                self._secrets[auth.name] = secret_of(auth, self._reveal)
            except NetmonError as error:
                log.warning("SNMP credentials %s cannot be used: %s", auth.name, error)
                self._secrets[auth.name] = None
        return self._secrets[auth.name]


def _renewed(habits: Habits, parts: Collection[Part]) -> Habits:
    """Return a device's habits with the tables of these parts long due."""
    due = {table.name for table in all_tables() if table.part in parts} if parts else set()
    if not due.intersection(habits.kept):
        return habits
    kept = {name: replace(one, at=-math.inf) if name in due else one for name, one in habits.kept.items()}
    return replace(habits, kept=kept)


def _emit_nothing(_events: Sequence[Event]) -> None:
    """Stand in until `run` says where events go."""


def expected_light(inventory: Inventory) -> dict[str, dict[str, float]]:
    """Return the least light that the drawing expects, by node and port, in dBm."""
    found: dict[str, dict[str, float]] = {}
    for link in inventory.links.values():
        for end in (link.a, link.b):
            if link.expect_receive_dbm is not None and end.port is not None:
                found.setdefault(end.node, {})[end.port] = link.expect_receive_dbm
    return found
