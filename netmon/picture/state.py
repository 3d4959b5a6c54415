"""The picture: everything netmon believes of the network at one moment, as one frozen value.

Metrics, API, page and commands read pictures and nothing else. A picture is a function of the journal's entries up
to `position`; two folds of the same entries give equal pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.events import Member, TrapSeen
from netmon.model import Cause, Element, Evidence, Fault, Finding, Inventory, PortId, Reach, ShareKind, Stake, Verdict
from netmon.picture.clock_ahead import Ahead
from netmon.picture.ledger import Account, Span
from netmon.topology.graph import Graph
from netmon.topology.hearing import Ears


@dataclass(frozen=True, slots=True)
class NodeState:
    """What is known of a node from its own packets.

    `since` is the time from which `reach` is true; `word` the latest time at which the node was proven to answer
    (0 = never); `judged` when its prober last spoke of it; `dark_since` the first miss of the outage in
    course, which outlives gaps in probing; `quality` says why its line is degraded, and is empty when it is not.
    """

    reach: Reach = Reach.UNKNOWN
    since: float = 0.0
    word: float = 0.0
    judged: float = 0.0
    dark_since: float | None = None
    quality: str = ""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What is known of a service: up, down with the reason, or not known yet (None).

    `word` is the start of the latest check that is known to have been good (0 = none since the start of probing).
    """

    up: bool | None = None
    since: float = 0.0
    reason: str = ""
    word: float = 0.0


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether anybody uses a wifi: somebody (`some`), nobody, or not known (None), from `since` on.

    `zero_since` is when the last client went, where nobody has been seen since; `missed` counts the hours in which
    somebody used to come and nobody did, in spans before this one; `due` is when that makes a finding, None: never as
    it is. Of each hour of the week, `used` has a bit for each of the last eight weeks that are known, the newest
    lowest, `weeks` how many those are; hours before `learned` are in it.
    """

    some: bool | None = None
    since: float = 0.0
    zero_since: float | None = None
    missed: int = 0
    due: float | None = None
    used: bytes = bytes(168)
    weeks: bytes = bytes(168)
    learned: int = 0


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """The life of one fault of services: of one alone, or of many by the one thing that they share.

    `id` is `S` and the position of the entry that named it. `opened` is the first failed check; `services` fail now,
    `ever` did at any time, both sorted. `element` is the id of what `kind` says.
    """

    id: str
    kind: ShareKind
    element: str
    opened: float
    services: tuple[str, ...]
    ever: tuple[str, ...]
    closed: float | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """The life of one fault.

    `fault.id` is the incident's id and never changes; the element may be refined while more becomes known.
    `opened` is the first miss (or first evidence), `named` when the fault was named, `closed` the last first reply,
    or None while it is open; `announced` tells whether people have been told. `fault.nodes` and `fault.sites` are
    dark now; `nodes` and `sites` are all that it ever darkened.

    Its cause rests on `signs`, the evidence that was ever gathered for it, and `reasons` say how; `is_ruled` when a
    person has the last word. `due` is when waiting evidence is to be judged again, `proposed` the cause that was last
    asked to be recorded.

    A fault that comes back soon is the same incident: it has happened `count` times, last from `again` on, and its
    `penalty` (as of `penalised`) decays with time. While it is `hushed`, its comings and goings are told to nobody.
    `window` is the maintenance that covers it; `split_from` and `merged_into` are its relatives.

    `stake` is what one more cut would darken while the fault darkens nothing; None when no single cut would darken
    more than without the fault.
    """

    fault: Fault
    opened: float
    named: float
    nodes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    announced: bool = False
    closed: float | None = None
    merged_into: str | None = None
    split_from: str | None = None
    signs: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()
    is_ruled: bool = False
    due: float | None = None
    proposed: Cause | None = None
    count: int = 1
    again: float | None = None
    penalty: float = 0.0
    penalised: float = 0.0
    hushed: bool = False
    window: str | None = None
    stake: Stake | None = None

    @property
    def id(self) -> str:
        """The stable id."""
        return self.fault.id

    @property
    def began(self) -> float:
        """When it last began: `opened`, or for one that came back, when it did."""
        return self.opened if self.again is None else self.again

    @property
    def evidence(self) -> tuple[str, ...]:
        """Everything that speaks for it: where it is, and why."""
        return (*self.fault.evidence, *(one for one in self.reasons if one not in self.fault.evidence))


@dataclass(frozen=True, slots=True)
class Pending:
    """A dark region that is not explained yet.

    `asked` maps the nodes whose word is waited for to the time of the latest request; `since` is the newest of these.
    """

    nodes: tuple[str, ...]
    asked: Mapping[str, float]
    since: float


@dataclass(frozen=True, slots=True)
class Topology:
    """What today's state does to the graph: elements that the network hangs on right now."""

    bridges: frozenset[str] = frozenset()
    articulation_points: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """Work on `element` (`cable:ID`, `site:ID` and so on) from `start` to `end`, Unix seconds.

    `drawn` are start and end as the inventory has them; None when the work was announced by an order.
    """

    id: str
    element: str
    start: float
    end: float
    note: str = ""
    by: str = ""
    drawn: tuple[float, float] | None = None

    def is_active(self, at: float) -> bool:
        """Tell whether the work is going on."""
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Partition:
    """The network is in parts: a vantage has lost `nodes`, which others, `seen_from`, reach.

    `between` are the elements that explain it as seen from there, each with its alternatives.
    """

    vantage: str
    nodes: tuple[str, ...]
    seen_from: tuple[str, ...]
    between: tuple[tuple[Element, ...], ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """What several probers know, each for itself; empty while the daemon alone probes.

    `members` are the probers that are there, by name. `views` are the states of nodes as each vantage sees them, and
    `keepers` the prober that speaks for each node there: the last that it was given to, even when that is gone.
    `absent` keeps, of each that fell silent, the states of what nobody has taken over. `runs` are the start of each
    prober that was last heard and the number of its last report, so that none is taken twice. `beyond` are the nodes
    to which the drawing has no way from a vantage. `partitions` is where vantages disagree.
    """

    members: tuple[Member, ...] = ()
    views: Mapping[str, Mapping[str, NodeState]] = field(default_factory=dict)
    keepers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    absent: Mapping[str, Mapping[str, NodeState]] = field(default_factory=dict)
    runs: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    beyond: Mapping[str, frozenset[str]] = field(default_factory=dict)
    partitions: tuple[Partition, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Everything netmon believes at `at`, after the journal entry at `position`.

    `latest` is the latest date of any entry up to here: more than `at` when the clock was stepped back since.
    `graph` is the drawing; `uncut` the drawing without the lines that are known to be cut although nothing is dark
    behind them (`standing`): later faults are explained on it. `read_at` is when a port's
    word was journalled, or when it was asked for if the word is good: it clears nothing that fell silent since.
    `ports_back` is when ports that were down last said that they are well again.
    `evidence` holds the latest of each kind that was told of a node, oldest first; `ears` what its ports hear of
    their neighbours, `unheard` the links whose ends have ceased to hear each other, and since when; `traps` the last
    that it sent; `ledger` has the timelines of sites, `line_ledger` those of lines, `ahead` and
    `lines_ahead` what of them is yet to come after the clock was set back; `accounts` what the ledger keeps of
    incidents that are over; `windows` announced work, and `at_work` those by which the verdicts were last judged.
    `service_places` are the addresses that services' names lead to, `service_servers` the name servers that answer
    for them, `service_asked` when services were last asked to be checked at once; `presences` who uses each wifi, and
    when. `sharing` is what several probers know; `nodes` is what it comes to.
    Verdicts are those of `judged`, by an entry that was told at `judged_told`; `is_overtaken` when what they rest on
    has become known anew since (`moments`).
    """

    inventory: Inventory
    graph: Graph
    uncut: Graph
    at: float = 0.0
    position: int = 0
    latest: float = 0.0
    nodes: Mapping[str, NodeState] = field(default_factory=dict)
    ports: Mapping[PortId, bool] = field(default_factory=dict)
    light: Mapping[PortId, float | None] = field(default_factory=dict)
    read_at: Mapping[PortId, float] = field(default_factory=dict)
    ports_back: Mapping[PortId, float] = field(default_factory=dict)
    standing: frozenset[Element] = frozenset()
    services: Mapping[str, ServiceState] = field(default_factory=dict)
    service_places: Mapping[str, str] = field(default_factory=dict)
    service_servers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    service_findings: Mapping[str, Finding] = field(default_factory=dict)
    service_faults: tuple[ServiceFault, ...] = ()
    past_service_faults: tuple[ServiceFault, ...] = ()  # the latest, newest last, bounded
    service_asked: Mapping[str, float] = field(default_factory=dict)
    presences: Mapping[str, Presence] = field(default_factory=dict)
    booted: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    ears: Mapping[str, Ears] = field(default_factory=dict)
    unheard: Mapping[str, float] = field(default_factory=dict)
    traps: Mapping[str, tuple[TrapSeen, ...]] = field(default_factory=dict)
    node_findings: Mapping[str, Finding] = field(default_factory=dict)
    site_findings: Mapping[str, Finding] = field(default_factory=dict)
    open_incidents: tuple[Incident, ...] = ()
    closed_incidents: tuple[Incident, ...] = ()  # the latest, newest last, bounded
    pending: tuple[Pending, ...] = ()
    topology: Topology = field(default_factory=Topology)
    ledger: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    line_ledger: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    ahead: Ahead | None = None
    lines_ahead: Ahead | None = None
    accounts: Mapping[str, Account] = field(default_factory=dict)
    coverage: Mapping[str, float] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)
    at_work: frozenset[str] = frozenset()
    sharing: Sharing = field(default_factory=Sharing)
    judged: float = 0.0
    judged_told: float = 0.0
    is_overtaken: bool = False

    @classmethod
    def empty(cls, inventory: Inventory) -> Picture:
        """Return the picture of a drawing of which nothing is known yet."""
        graph = Graph.from_inventory(inventory)
        return cls(inventory, graph, graph)

    def incident(self, incident_id: str) -> Incident | None:
        """Return an open or recently closed incident."""
        for incident in (*self.open_incidents, *reversed(self.closed_incidents)):
            if incident.id == incident_id:
                return incident
        return None

    def count(self, verdict: Verdict) -> int:
        """Return how many sites have this verdict."""
        return sum(finding.verdict is verdict for finding in self.site_findings.values())
