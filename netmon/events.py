"""The events of the journal and the effects of the fold: the whole vocabulary between probes and picture.

Every event has `at`, the wall-clock time (Unix seconds) at which it became known, and where it matters
`since`, the time from which it is true: the first miss of an outage, the first reply after it. Only changes are
events; single lost packets, round trips and counters are measurements and never come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netmon.model import Cause, Element, EvidenceKind, Identity, Inventory, Neighbour, TrapKind, Verdict


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
    """A port went up or down (ifOperStatus), as its node reports it. It was `asked` then: the word may be as old."""

    at: float
    node: str
    port: str
    up: bool
    asked: float | None = None
    kind: Literal["port"] = "port"


@dataclass(frozen=True, slots=True)
class LightLevel:
    """Received light of a port appeared, vanished (None) or stepped, in dBm, as its node said when it was `asked`."""

    at: float
    node: str
    port: str
    power_dbm: float | None
    asked: float | None = None
    kind: Literal["light"] = "light"


@dataclass(frozen=True, slots=True)
class LightHealth:
    """The light of a line began to drift, or stepped down to stay, against its own history; or is well again.

    `line` is a port, or `PORT:ONU`. `power_dbm` is what it receives, `usual_dbm` what it used to; `days_to_margin` is
    when a line that drifts will be at the limit of its receiver, where both are known.
    """

    at: float
    node: str
    line: str
    condition: str
    power_dbm: float | None = None
    usual_dbm: float | None = None
    days_to_margin: float | None = None
    kind: Literal["light-health"] = "light-health"


@dataclass(frozen=True, slots=True)
class OnuState:
    """An ONU went off, or came back, as its OLT (`node`) says, which also says why: `cause` is a word of OnuCause.

    `name` is the operator's for it; `distance_meters` the length of its fibre when it was last measured.
    """

    at: float
    node: str
    port: str
    onu: int
    online: bool
    cause: str | None = None
    name: str | None = None
    serial: str | None = None
    distance_meters: float | None = None
    kind: Literal["onu"] = "onu"


@dataclass(frozen=True, slots=True)
class RoutingState:
    """A routing neighbour of a node was lost, or is back. `state` is its protocol's word, `gone` without a row."""

    at: float
    node: str
    protocol: str
    neighbour: str
    up: bool
    state: str
    kind: Literal["routing"] = "routing"


@dataclass(frozen=True, slots=True)
class Rebooted:
    """A node restarted at `booted` (from its uptime): power or reboot, not the path. It was `asked` then."""

    at: float
    node: str
    booted: float
    asked: float | None = None
    kind: Literal["rebooted"] = "rebooted"


@dataclass(frozen=True, slots=True)
class RunningSince:
    """As read when it mattered, a node has been running since `booted`, whether or not that is news.

    It was `asked` then: a poll that began before an outage, and ends in it, does not prove that the node ran on.
    """

    at: float
    node: str
    booted: float
    asked: float | None = None
    kind: Literal["running-since"] = "running-since"


@dataclass(frozen=True, slots=True)
class EvidenceSeen:
    """Something that may tell why a node is silent: a trap, a supply, an optical line terminal's word.

    It became known at `at` and is true from `since`, by the monitor's clock. `detail` is for people.
    """

    at: float
    node: str
    what: EvidenceKind
    since: float
    detail: str = ""
    kind: Literal["evidence"] = "evidence"


@dataclass(frozen=True, slots=True)
class CauseRevised:
    """The cause of an incident is now said to be `cause`, by later `evidence` or by a person.

    `by` is `evidence`, or who said it. `element` narrows an incident whose alternatives are settled now.
    """

    at: float
    incident: str
    cause: Cause
    by: str
    note: str = ""
    element: Element | None = None
    evidence: tuple[str, ...] = ()
    kind: Literal["cause-revised"] = "cause-revised"


@dataclass(frozen=True, slots=True)
class MaintenanceScheduled:
    """Work on an element from `start` to `end`, announced at `at`.

    `element` is written `cable:ID`, `link:ID`, `node:ID`, `power_area:ID` or `site:ID`. The same `window` again
    replaces it.
    """

    at: float
    window: str
    element: str
    start: float
    end: float
    by: str
    note: str = ""
    kind: Literal["maintenance-scheduled"] = "maintenance-scheduled"


@dataclass(frozen=True, slots=True)
class MaintenanceEnded:
    """The work is over at `at`, or does not happen."""

    at: float
    window: str
    by: str
    kind: Literal["maintenance-ended"] = "maintenance-ended"


@dataclass(frozen=True, slots=True)
class LedgerCorrected:
    """A person says that `site` had another verdict from `start` to `end` than the one that was written."""

    at: float
    site: str
    start: float
    end: float
    verdict: Verdict
    by: str
    note: str = ""
    kind: Literal["ledger-corrected"] = "ledger-corrected"


@dataclass(frozen=True, slots=True)
class NeighboursHeard:
    """All that the ports of a node hear from now on, and by what its neighbours may know it.

    It is complete: who was heard before and is not listed is gone.
    """

    at: float
    node: str
    identity: Identity
    heard: tuple[Neighbour, ...]
    kind: Literal["neighbours"] = "neighbours"


@dataclass(frozen=True, slots=True)
class TrapSeen:
    """A node said something of itself unasked: a hint, never a verdict.

    `port` is the port it is about, by the name that polls give it, or None; `detail` says more, for people. What a
    node repeats is journalled once in a while, not each time.
    """

    at: float
    node: str
    what: TrapKind
    port: str | None = None
    detail: str = ""
    kind: Literal["trap"] = "trap"


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
class ServiceConfirmed:
    """A service that was asked to be checked answers as it should; the check began at `since`."""

    at: float
    service: str
    since: float
    kind: Literal["service-confirmed"] = "service-confirmed"


@dataclass(frozen=True, slots=True)
class ServiceAt:
    """The name of a service leads to this address now, and not (any more) to the one that was known."""

    at: float
    service: str
    address: str
    kind: Literal["service-at"] = "service-at"


@dataclass(frozen=True, slots=True)
class ServiceNamedBy:
    """The name of a service hangs by these name servers now, sorted, and not (any more) by those that were known."""

    at: float
    service: str
    servers: tuple[str, ...]
    kind: Literal["service-named-by"] = "service-named-by"


@dataclass(frozen=True, slots=True)
class ClientsSeen:
    """Somebody uses the wifi again (`some`), has not for an hour, or it is not known any more (None); so `since`."""

    at: float
    service: str
    some: bool | None
    since: float
    kind: Literal["clients"] = "clients"


@dataclass(frozen=True, slots=True)
class Member:
    """A prober that is there: where it stands, and how much it takes.

    `vantage` is the node it stands beside. Targets whose district is `zone`, or lies in it, are its own before they
    are anybody else's. Of two probers, one of twice the `weight` takes twice the targets. `since` is when it was let
    in: what it was given before is its no more.
    """

    name: str
    vantage: str
    zone: str = ""
    weight: float = 1.0
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class ProbersChanged:
    """From now on these probers are there, sorted by name, and share the targets (`sharing/assignment`)."""

    at: float
    members: tuple[Member, ...]
    kind: Literal["probers-changed"] = "probers-changed"


@dataclass(frozen=True, slots=True)
class ProberHeard:
    """A prober that was taken to be gone is heard again, in the same run: what nobody took over is as it was.

    It has not been let in again yet: first it tells what happened meanwhile.
    """

    at: float
    prober: str
    vantage: str
    run: str
    kind: Literal["prober-heard"] = "prober-heard"


@dataclass(frozen=True, slots=True)
class ToldBy:
    """What follows in this entry was told by a prober elsewhere, as the report `number` of its `run`.

    `at` is when it sent it. The events after it have the times at which things happened there.
    """

    at: float
    prober: str
    vantage: str
    run: str
    number: int
    kind: Literal["told-by"] = "told-by"


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
    | LightHealth
    | OnuState
    | RoutingState
    | Rebooted
    | RunningSince
    | EvidenceSeen
    | CauseRevised
    | MaintenanceScheduled
    | MaintenanceEnded
    | LedgerCorrected
    | NeighboursHeard
    | TrapSeen
    | ServiceUp
    | ServiceDown
    | ServiceConfirmed
    | ServiceAt
    | ServiceNamedBy
    | ClientsSeen
    | ProbersChanged
    | ProberHeard
    | ToldBy
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
    """Read the ports of these nodes now, and since when they run; journal it whether or not it changed."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckServices:
    """Check these services now; journal ServiceConfirmed for each that answers."""

    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wake:
    """Journal an Elapsed event at (or soon after) `at`."""

    at: float


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell people: the incident `incident` was `opened`, `changed` or `closed`."""

    incident: str
    change: Literal["opened", "changed", "closed"]


@dataclass(frozen=True, slots=True)
class Record:
    """Journal this event: a conclusion that history is to keep, whatever later versions would conclude."""

    event: CauseRevised


Effect = Confirm | ReadPorts | CheckServices | Wake | Announce | Record
