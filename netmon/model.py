"""The nouns every room shares: frozen values and enums, no behaviour beyond their own shape.

Times are seconds since the Unix epoch (UTC) as floats; durations are seconds. Positions are degrees.
Mappings inside these values are never mutated after construction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

# ---------------------------------------------------------------------------------------------------------
# What is said of things
# ---------------------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What netmon says of a node or a site; exactly one at any time."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"  # a fault of its own
    UNREACHABLE = "unreachable"  # shadowed by a fault elsewhere
    UNKNOWN = "unknown"  # cannot be known: monitor isolated, no data yet
    MAINTENANCE = "maintenance"
    UNSERVED = "unserved"  # a site that was never connected; never an outage


class Reach(StrEnum):
    """What belief says of one target, from its own packets alone."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why an element failed."""

    FIBRE = "fibre"
    POWER = "power"
    DEVICE = "device"
    UPSTREAM = "upstream"
    UNKNOWN = "unknown"


class EvidenceKind(StrEnum):
    """What a piece of evidence says of a node, or of a line at one of its ports."""

    DYING_GASP = "dying-gasp"  # with its last energy the device said that its supply is gone
    POWER_FAILING = "power-failing"  # a supply sags or has an alarm
    ON_BATTERY = "on-battery"  # its site, or its power area, lives on a battery
    MAINS_BACK = "mains-back"
    LIGHT_LOST_AT_NODE = "light-lost-at-node"  # its head end (OLT) lost it without a dying gasp
    LINE_DOWN = "line-down"  # a live port towards it, or of it, is down; `detail` is the port
    LINE_UP = "line-up"
    LIGHT_LOST = "light-lost"  # a live port of it receives no light; `detail` is the port
    LIGHT_SEEN = "light-seen"
    FORWARDS = "forwards"  # it does not answer, but what is reached only through it does
    RUNNING_SINCE = "running-since"  # `value` is the time of its last start
    SAID_UNREACHABLE = "said-unreachable"  # a router says so; `detail` is its address and its words


class TrapKind(StrEnum):
    """What a router says of itself unasked (an SNMP notification)."""

    LINK_DOWN = "link-down"
    LINK_UP = "link-up"
    COLD_START = "cold-start"
    WARM_START = "warm-start"
    AUTHENTICATION_FAILURE = "authentication-failure"  # somebody asked it with wrong credentials
    NEIGHBOURS_CHANGED = "neighbours-changed"  # LLDP
    ROUTING_CHANGED = "routing-changed"  # an OSPF or BGP neighbour came or went
    LIGHT_LOST = "light-lost"  # an OLT hears nothing from a PON port or an ONU
    LIGHT_BACK = "light-back"
    DYING_GASP = "dying-gasp"  # an ONU's last word: its power is going
    DYING_GASP_OVER = "dying-gasp-over"
    ONUS_OFFLINE = "onus-offline"  # many of a PON port at once
    ONUS_BACK = "onus-back"
    ON_BATTERY = "on-battery"
    LINE_RESTORED = "line-restored"
    OTHER = "other"  # understood as a notification, but of no kind above


class ServiceFailure(StrEnum):
    """Why a check of a service fails, by the step that failed: this list is all there is."""

    DNS = "dns"  # the name does not resolve; of a name server, it does not answer the question
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS_EXPIRED = "tls-expired"
    TLS_WRONG_HOST = "tls-wrong-host"
    TLS_UNKNOWN_ISSUER = "tls-unknown-issuer"
    TLS = "tls"  # any other failure of the handshake
    STATUS = "status"
    BODY = "body"  # the text or answer that is expected is not there
    EMPTY = "empty"  # a page that shows nothing
    DEFAULT_PAGE = "default-page"  # of a web server that was installed and left
    OPENSID_DEFAULT = "opensid-default"  # OpenSID as it was installed: its example village, or no article
    PARKED = "parked"
    SUSPENDED = "suspended"  # the hosting company shows its own page for an account that was closed
    REDIRECTS = "redirects"  # in a circle, or too many
    PROTOCOL = "protocol"
    SILENT = "silent"  # it was to say by itself that it lives, and does not any more
    NO_CLIENTS = "no-clients"  # nobody has used it for a day, also at hours when somebody always did
    LOCAL = "local"  # this machine's own trouble, or a mistake in netmon; never counted against the service


class ElementKind(StrEnum):
    """The kinds of things that can fail."""

    NODE = "node"
    LINK = "link"
    CABLE = "cable"
    POWER_AREA = "power_area"
    VANTAGE = "vantage"


class ShareKind(StrEnum):
    """What the services of one fault share, so that they fail together."""

    SERVICE = "service"  # nothing: it is one service's own fault
    NODE = "node"  # that carries them, as it is drawn: hosting, proxy, name server, upstream
    ADDRESS = "address"  # that their names lead to, as it was found
    NAME_SERVER = "name-server"  # that answers for their names, as it was found; all of one zone, by commas
    DOMAIN = "domain"  # above their names, which do not resolve; `.` is every name


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """One thing that can fail. `id` is the node, link, cable or power area; for a vantage, its node."""

    kind: ElementKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


# ---------------------------------------------------------------------------------------------------------
# The network as it is drawn
# ---------------------------------------------------------------------------------------------------------


class SiteKind(StrEnum):
    """Kinds of places."""

    VILLAGE = "village"
    KELURAHAN = "kelurahan"
    DISTRICT = "district"
    OPD = "opd"
    POP = "pop"
    NOC = "noc"
    OTHER = "other"


class LinkKind(StrEnum):
    """What carries a link."""

    FIBRE = "fibre"
    RADIO = "radio"
    COPPER = "copper"
    LEASED = "leased"
    VIRTUAL = "virtual"


class PortId(NamedTuple):
    """A port of a node, written `NODE:PORT`; port names may hold colons and slashes, node ids may not."""

    node: str
    port: str

    def __str__(self) -> str:
        return f"{self.node}:{self.port}"


class LinkEnd(NamedTuple):
    """One end of a link: the node, and the port where the drawing names it."""

    node: str
    port: str | None = None

    def __str__(self) -> str:
        return self.node if self.port is None else f"{self.node}:{self.port}"


@dataclass(frozen=True, slots=True)
class Site:
    """A place. `district` is the id of the district it belongs to (itself a site of kind `district`).

    `people` is how many live there, None where nobody has said.
    """

    id: str
    name: str
    kind: SiteKind
    district: str | None = None
    lat: float | None = None
    lon: float | None = None
    served: bool = True
    people: int | None = None


@dataclass(frozen=True, slots=True)
class IcmpProbe:
    """How a node is pinged: one echo request each `interval` seconds."""

    interval: float = 1.0


@dataclass(frozen=True, slots=True)
class SnmpProbe:
    """How a node is polled: every `interval` seconds with the credentials named `auth`."""

    interval: float = 30.0
    auth: str | None = None
    port: int = 161
    timeout: float = 2.0
    retries: int = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A managed (or passive) device. `monitor` names the probes in force; empty means passive, never probed.

    `icmp` and `snmp` are the settings after inheritance (defaults, then site, then node); None when that
    probe is not in `monitor`.
    """

    id: str
    site: str
    address: str | None = None
    role: str = "router"
    monitor: tuple[str, ...] = ("icmp",)
    power_area: str | None = None
    icmp: IcmpProbe | None = None
    snmp: SnmpProbe | None = None

    @property
    def is_monitored(self) -> bool:
        """True when the node's own reachability is probed, so that it can be seen up or dark."""
        return self.icmp is not None


@dataclass(frozen=True, slots=True)
class SpeedTest:
    """A test of what a line can carry, with the iperf3 server at `host`: `seconds` each way, at most at `mbps`."""

    host: str
    mbps: float
    port: int = 5201
    interval: float = 86_400.0
    seconds: int = 5


@dataclass(frozen=True, slots=True)
class Link:
    """An adjacency of two ports. Supplier and speed are its contract's where it does not say them itself."""

    id: str
    a: LinkEnd
    b: LinkEnd
    kind: LinkKind = LinkKind.FIBRE
    length_km: float | None = None
    cables: tuple[str, ...] = ()
    supplier: str | None = None
    contract_mbps: float | None = None
    expect_receive_dbm: float | None = None
    spare: bool = False
    contract: str | None = None
    speed_test: SpeedTest | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms on which a supplier delivers lines: every line under it costs the fee and has the commitment.

    `committed_percent` is the availability promised for each calendar month; `monthly_fee` is in the currency of the
    region, `mbps` in megabits a second each way.
    """

    id: str
    supplier: str
    committed_percent: float = 99.5
    monthly_fee: float | None = None
    mbps: float | None = None


@dataclass(frozen=True, slots=True)
class Cable:
    """A shared-risk group: links in one duct or sheath, which are cut together."""

    id: str
    name: str
    length_km: float | None = None


WIFI: Final = "wifi"
"""Kind of the services whose clients are counted."""


@dataclass(frozen=True, slots=True)
class Service:
    """Something villages use. `depends_on` names the nodes (hosting, proxy, name server, upstream) that carry it.

    `url` is fetched, or `host` and `port` are connected to; a service of kind `dns` asks the name server `host`
    for `query`. `interval` and `timeout` are seconds; `expect_status` None means any 2xx or 3xx that ends in 2xx.
    `expect_answer` is an address or text among a name server's answers; `family` is `ipv4`, `ipv6`, or None for
    either. `heartbeat` is the secret by which it is known when it says by itself, each `interval`, that it lives. A
    service of kind `wifi` is counted by its clients at the access points it depends on.
    """

    id: str
    site: str
    kind: str
    url: str | None = None
    depends_on: tuple[str, ...] = ()
    interval: float = 60.0
    timeout: float = 10.0
    expect_status: int | None = None
    expect_body: str | None = None
    host: str | None = None
    port: int | None = None
    query: str | None = None
    record: str = "A"
    expect_answer: str | None = None
    family: str | None = None
    heartbeat: SecretRef | None = None

    @property
    def probe(self) -> str | None:
        """How it is checked: `http`, `dns`, `tcp`, `heartbeat` or `wifi`; None when it says nothing to check."""
        if self.url is not None:
            return "http"
        if self.host is not None:
            return "dns" if self.kind == "dns" else "tcp"
        if self.heartbeat is not None:
            return "heartbeat"
        return WIFI if self.kind == WIFI else None

    @property
    def is_asked(self) -> bool:
        """True when netmon asks it; the others speak for themselves, or are counted elsewhere."""
        return self.url is not None or self.host is not None


@dataclass(frozen=True, slots=True)
class Work:
    """Announced work on `element` (`cable:ID`, `site:ID` and so on) from `start` to `end`, Unix seconds."""

    id: str
    element: str
    start: float
    end: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept: exactly one of an environment variable or a file. Never the secret itself."""

    env: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return f"env {self.env}" if self.env is not None else f"file {self.file}"


SHORTEST_TOKEN: Final = 16
"""Octets of the token of a heartbeat: one that can be guessed is no proof of who speaks."""

SHORTEST_PASSWORD: Final = 8
"""Octets of a password of SNMP version 3 (RFC 3414 §11.2); agents refuse shorter ones."""


@dataclass(frozen=True, slots=True)
class SnmpAuth:
    """Named SNMP credentials. Version `1` or `2c` use `community`; `3` uses `user` and, by level, the rest."""

    name: str
    version: str
    community: SecretRef | None = None
    user: str | None = None
    auth_protocol: str | None = None
    auth_password: SecretRef | None = None
    priv_protocol: str | None = None
    priv_password: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where probes start. `sentinels` are the nodes whose silence means that the monitor is cut off.

    `also` are further nodes beside monitors: what answers at one of them is not dark.
    """

    node: str
    sentinels: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """The network as it is drawn, cross-checked: every id that is referred to exists.

    `digest` is the SHA-256 (hex) of the canonical document; two inventories with the same digest are equal.
    """

    region: str
    vantage: Vantage
    sites: Mapping[str, Site]
    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    cables: Mapping[str, Cable] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    maintenance: Mapping[str, Work] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    auth: Mapping[str, SnmpAuth] = field(default_factory=dict)
    timezone: str = "UTC"
    false_alarms_per_year: float = 1.0
    digest: str = ""


# ---------------------------------------------------------------------------------------------------------
# What is seen, and what follows from it
# ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Observations:
    """What is known at one moment. Nodes not listed are unknown; ports and light not listed are no evidence.

    `ports` maps a port to "its line is up" (ifOperStatus); `light` to received power in dBm, or None for
    "no light". `unheard` are ports whose neighbour is not heard any more although they are up; `ports` has them down.
    """

    nodes: Mapping[str, Reach] = field(default_factory=dict)
    ports: Mapping[PortId, bool] = field(default_factory=dict)
    light: Mapping[PortId, float | None] = field(default_factory=dict)
    unheard: frozenset[PortId] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One thing that was seen and may tell why something failed.

    `at` is the time from which it is true, Unix seconds; `node` whom it is about, or who reports it of its own port.
    """

    at: float
    node: str
    kind: EvidenceKind
    detail: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class Neighbour:
    """Whom a port of a node hears, in the other end's own words; what it does not say is empty.

    `protocol` is `lldp`, `cdp` or `mndp` for what announces itself, `fdb` or `arp` for the only station seen behind
    a port where nothing does. `chassis` and `remote_port` may be MAC addresses, `aa:bb:cc:dd:ee:ff`.
    """

    port: str
    protocol: str
    name: str = ""
    chassis: str = ""
    remote_port: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """By what its neighbours may know a node: its sysName, its chassis id and MACs, its IP addresses.

    `ports` are pairs of a MAC address and the port that has it.
    """

    name: str = ""
    chassis: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed element and what it explains.

    `alternatives` explain the same observations equally well; `nodes` and `sites` are the ones it darkens
    (its own included), sorted. `confidence` is the probability, 0 to 1, that the failed element is `element`
    (or one of the alternatives, which share it).
    """

    id: str
    element: Element
    alternatives: tuple[Element, ...] = ()
    cause: Cause = Cause.UNKNOWN
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stake:
    """What hangs by one thing, since a fault that darkens nothing has cost its redundancy.

    `cut` is the link or cable whose loss would now darken most, `sites` what it would darken, sorted.
    """

    cut: Element
    sites: tuple[str, ...]


class Finding(NamedTuple):
    """A verdict and the id of the fault behind it, if one is known."""

    verdict: Verdict
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The explanation of one set of observations.

    `hypotheses` is a bounded, ranked list of other cheapest sets of elements that explain the same. `nodes`
    and `sites` give a verdict for every node and site of the inventory.
    """

    faults: tuple[Fault, ...] = ()
    hypotheses: tuple[tuple[Element, ...], ...] = ()
    nodes: Mapping[str, Finding] = field(default_factory=dict)
    sites: Mapping[str, Finding] = field(default_factory=dict)
