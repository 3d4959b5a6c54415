"""What the exporter is shown: the picture, the measurements, and how the daemon itself fares, at one moment.

Everything served over HTTP is a function of one `View`; nothing is updated from elsewhere, so a removed target is
gone from every answer at once and no answer mixes two moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.picture.state import Picture
from netmon.probes.icmp.measurements import IcmpMeasurements
from netmon.probes.services.heartbeats import HeartbeatMeasurements
from netmon.probes.services.prober import ServiceMeasurements
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.speed.tester import SpeedMeasurements
from netmon.probes.traps.receiver import TrapMeasurements


@dataclass(frozen=True, slots=True)
class AlertmanagerStatus:
    """One Alertmanager that is told at once: host and port, whether it took the last, how often it did not."""

    name: str
    is_reached: bool = True
    failures: int = 0


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """How the daemon fares. Times are Unix seconds, durations seconds.

    `not_ready` lists in words what is still missing before verdicts can be trusted; empty means ready. `network`
    says where packets really go (`kernel`, `lab` or `simulated`), `last_reload` when the inventory in force was
    read, `web_config_good` whether the web configuration as it stands is the one in force. `evaluation_seconds` is
    what the last turn of the fold took; `events_buffered` how many events are not in the journal yet, and
    `events_lost` how many never will be; `journal_checkpoint` is the position of the newest checkpoint;
    `entries_apart` counts entries that a server of a shared journal told otherwise than their writer,
    `entries_missing` those of them that no server holds, and `internal_errors` those that could not be folded.
    `leads` tells whether this netmon writes the journal.
    """

    started: float
    network: str = "kernel"
    not_ready: tuple[str, ...] = ()
    leads: bool = True
    journal_failing: bool = False
    journal_checkpoint: int = 0
    entries_apart: int = 0
    entries_missing: int = 0
    events_buffered: int = 0
    events_lost: int = 0
    last_reload_successful: bool = True
    last_reload: float = 0.0
    web_config_good: bool = True
    evaluation_seconds: float = 0.0
    evaluations: int = 0
    internal_errors: int = 0
    alertmanagers: tuple[AlertmanagerStatus, ...] = ()

    @property
    def ready(self) -> bool:
        """True when verdicts can be trusted."""
        return not self.not_ready


@dataclass(frozen=True, slots=True)
class View:
    """One moment as the exporter sees it; a prober that does not run has no measurements.

    `wifi` are the clients of each wifi that is counted now.
    `milestones` are earlier pictures, oldest first, at positions that every reader of the same journal has.
    `written` is that of the journal, where `picture` may be ahead of what can be read of it.
    """

    picture: Picture
    daemon: DaemonStatus
    icmp: IcmpMeasurements | None = None
    snmp: SnmpMeasurements | None = None
    services: ServiceMeasurements | None = None
    traps: TrapMeasurements | None = None
    heartbeats: HeartbeatMeasurements | None = None
    wifi: Mapping[str, int] = field(default_factory=dict)
    speed: SpeedMeasurements = field(default_factory=SpeedMeasurements)
    milestones: tuple[Picture, ...] = ()
    written: Picture | None = None
