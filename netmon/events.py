"""The events of the journal and the effects of the fold: the whole vocabulary between probes and picture.

Every event has `at`, the wall-clock time (Unix seconds) at which it became known, and where it matters
`since`, the time from which it is true: the first miss of an outage, the first reply after it. Only changes are
events; single lost packets, round trips and counters are measurements and never come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netmon.model import Inventory


@dataclass(frozen=True, slots=True)
class InventoryInForce:
    """From now on this inventory is the drawing. The journal keeps its document under `digest`."""

    at: float
    digest: str
    kind: Literal["inventory"] = "inventory"


@dataclass(frozen=True, slots=True)
class ProbingStarted:
    """A prober began. What was believed before is unknown from its last coverage until a new word arrives."""

    at: float
    prober: str
    kind: Literal["probing-started"] = "probing-started"


@dataclass(frozen=True, slots=True)
class ProbingStopped:
    """A prober ended in good order; nothing is known after `at`."""

    at: float
    prober: str
    kind: Literal["probing-stopped"] = "probing-stopped"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Probing was alive and every target had been probed and judged up to `until`."""

    at: float
    prober: str
    until: float
    kind: Literal["coverage"] = "coverage"


@dataclass(frozen=True, slots=True)
class ProbingGap:
    """Probing was not alive from `since` to `at` (suspend, clock step, stall): that time is unknown."""

    at: float
    prober: str
    since: float
    reason: str
    kind: Literal["probing-gap"] = "probing-gap"


@dataclass(frozen=True, slots=True)
class NodeUp:
    """A node answers; the first reply was received at `since`."""

    at: float
    node: str
    since: float
    kind: Literal["node-up"] = "node-up"


@dataclass(frozen=True, slots=True)
class NodeDown:
    """A node is dark; the first request without a reply was sent at `since`."""

    at: float
    node: str
    since: float
    kind: Literal["node-down"] = "node-down"


@dataclass(frozen=True, slots=True)
class NodeConfirmed:
    """A node that was asked to be confirmed answered a request sent at `asked`, or later: it is alive."""

    at: float
    node: str
    asked: float
    kind: Literal["node-confirmed"] = "node-confirmed"


@dataclass(frozen=True, slots=True)
class NodeUnknown:
    """The prober cannot tell any more (send error, target removed from probing): its trouble, not the node's."""

    at: float
    node: str
    since: float
    reason: str
    kind: Literal["node-unknown"] = "node-unknown"


@dataclass(frozen=True, slots=True)
class NodeQuality:
    """A node's line became bad, or good again, against its own history. `reason` is for people."""

    at: float
    node: str
    degraded: bool
    reason: str
    kind: Literal["node-quality"] = "node-quality"


@dataclass(frozen=True, slots=True)
class PortState:
    """A port went up or down (ifOperStatus), as its node reports it."""

    at: float
    node: str
    port: str
    up: bool
    kind: Literal["port"] = "port"


@dataclass(frozen=True, slots=True)
class LightLevel:
    """Received light of a port appeared, vanished (None) or stepped, in dBm."""

    at: float
    node: str
    port: str
    power_dbm: float | None
    kind: Literal["light"] = "light"


@dataclass(frozen=True, slots=True)
class Rebooted:
    """A node restarted at `booted` (from its uptime): power or reboot, not the path."""

    at: float
    node: str
    booted: float
    kind: Literal["rebooted"] = "rebooted"


@dataclass(frozen=True, slots=True)
class ServiceUp:
    """A service answers as it should; first seen so at `since`."""

    at: float
    service: str
    since: float
    kind: Literal["service-up"] = "service-up"


@dataclass(frozen=True, slots=True)
class ServiceDown:
    """A service fails; first failure at `since`. `reason` is the failure class, such as `timeout`."""

    at: float
    service: str
    since: float
    reason: str
    kind: Literal["service-down"] = "service-down"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Nothing but time: journalled when the fold asked to be woken, so that replay sees the same clock."""

    at: float
    kind: Literal["elapsed"] = "elapsed"


Event = (
    InventoryInForce
    | ProbingStarted
    | ProbingStopped
    | Coverage
    | ProbingGap
    | NodeUp
    | NodeDown
    | NodeConfirmed
    | NodeUnknown
    | NodeQuality
    | PortState
    | LightLevel
    | Rebooted
    | ServiceUp
    | ServiceDown
    | Elapsed
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the journal: the events of one turn of the loop, which the fold takes together.

    `inventory` is the document that an InventoryInForce event among them names; it makes the entry self-contained.
    """

    position: int
    at: float
    events: tuple[Event, ...]
    inventory: Inventory | None = None


# ---------------------------------------------------------------------------------------------------------
# Effects: what the fold asks of the daemon. Replay ignores them.
# ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confirm:
    """Probe these nodes now; journal NodeConfirmed or NodeDown for each. `asked` is the time of the request."""

    nodes: tuple[str, ...]
    asked: float


@dataclass(frozen=True, slots=True)
class ReadPorts:
    """Read the ports of these nodes now, and journal what they say whether or not it changed."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wake:
    """Journal an Elapsed event at (or soon after) `at`."""

    at: float


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell people: the incident `incident` was `opened`, `changed` or `closed`."""

    incident: str
    change: Literal["opened", "changed", "closed"]


Effect = Confirm | ReadPorts | Wake | Announce
