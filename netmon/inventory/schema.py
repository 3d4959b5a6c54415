"""The contract of an inventory file, entry by entry: what may be written, in which unit, and what it means.

These models are the edge: they read what people write. What the rest of netmon works with are the values of
`netmon.model`, made by `resolve`. The JSON Schema for editors and other programs is made from here.
"""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from netmon.inventory.values import (
    Address,
    AuthProtocol,
    Duration,
    End,
    EnvironmentName,
    Host,
    Id,
    Latitude,
    Length,
    Longitude,
    LongText,
    Moment,
    Money,
    Percent,
    Port,
    Power,
    PrivProtocol,
    SnmpVersion,
    Speed,
    Text,
    Url,
    WorkElement,
    Zone,
    trouble,
)
from netmon.model import LinkKind, SiteKind

Protocol = Literal["icmp", "snmp"]


class Entry(BaseModel):
    """Base of all entries: frozen, no unknown keys, no silent conversion of one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class SecretEntry(Entry):
    """Where a secret is kept; never the secret itself."""

    env: EnvironmentName | None = Field(None, description="Name of the environment variable that holds the secret.")
    file: Text | None = Field(
        None,
        description="Path of the file that holds the secret; relative paths start at the inventory file's folder.",
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise trouble("secret-inline", "needs exactly one of env and file", "write {env: NAME} or {file: PATH}")
        return self


class AuthEntry(Entry):
    """Named SNMP credentials: a community for versions 1 and 2c, a user and its keys for version 3."""

    version: SnmpVersion = Field(description="SNMP version: 1, 2c or 3.")
    community: SecretEntry | None = Field(None, description="Where the community is kept (versions 1 and 2c).")
    user: Text | None = Field(None, description="User name (version 3).")
    auth_protocol: AuthProtocol | None = Field(
        None, description="Authentication protocol (version 3); without it messages are not authenticated."
    )
    auth_password: SecretEntry | None = Field(None, description="Where the authentication password is kept.")
    priv_protocol: PrivProtocol | None = Field(
        None,
        description="Privacy protocol (version 3); without it messages are not encrypted. "
        "Names that end in c stretch short keys as Cisco does.",
    )
    priv_password: SecretEntry | None = Field(None, description="Where the privacy password is kept.")

    @model_validator(mode="after")
    def _fits_its_version(self) -> Self:
        of_v3 = ("user", "auth_protocol", "auth_password", "priv_protocol", "priv_password")
        needed, foreign = (("user",), ("community",)) if self.version == "3" else (("community",), of_v3)
        for key in needed:
            if getattr(self, key) is None:
                raise trouble("bad-auth", f"has no {key}", f"version {self.version} needs it")
        for key in foreign:
            if getattr(self, key) is not None:
                raise trouble("bad-auth", f"has {key}", f"version {self.version} does not use it; remove it")
        for key in ("auth", "priv"):
            if (getattr(self, f"{key}_protocol") is None) != (getattr(self, f"{key}_password") is None):
                raise trouble("bad-auth", f"has only one of {key}_protocol and {key}_password", "write both or none")
        if self.priv_protocol is not None and self.auth_protocol is None:
            raise trouble("bad-auth", "has privacy without authentication", "write auth_protocol and auth_password")
        return self


class IcmpEntry(Entry):
    """How to ping; what is left out is inherited."""

    interval: Duration | None = Field(None, description="Time between echo requests, in seconds or as 500ms, 1s, 5m.")


class SnmpEntry(Entry):
    """How to poll; what is left out is inherited."""

    interval: Duration | None = Field(None, description="Time between polls, in seconds or as 30s, 5m.")
    auth: Id | None = Field(None, description="Name of the credentials, an entry of the top-level auth.")
    port: int | None = Field(
        None, ge=1, le=65535, description="UDP port of the agent; 161 when nothing else is said."
    )
    timeout: Duration | None = Field(None, description="How long one request may take, in seconds or as 2s.")
    retries: int | None = Field(None, ge=0, le=10, description="How many more times a request is sent.")


class ProbeEntry(Entry):
    """Probe settings of one level: defaults, then site, then node; the nearest to the node wins."""

    icmp: IcmpEntry | None = Field(None, description="Settings of the ping probe.")
    snmp: SnmpEntry | None = Field(None, description="Settings of the SNMP probe.")


class DefaultsEntry(Entry):
    """What all sites and nodes inherit."""

    probe: ProbeEntry | None = Field(None, description="Probe settings for every node that does not override them.")


class VantageEntry(Entry):
    """Where probes start."""

    node: Id = Field(description="Id of the node beside the monitor, from which reachability is judged.")
    sentinels: tuple[Id, ...] = Field(
        (), strict=False, description="Ids of nodes next to it; when all are silent, the monitor itself is cut off."
    )
    also: tuple[Id, ...] = Field(
        (),
        strict=False,
        description="Ids of further nodes beside monitors; a node is dark when it answers at none of them.",
    )


class CableEntry(Entry):
    """Links in one duct or sheath, cut together."""

    id: Id = Field(description="Id of the cable, unique among cables.")
    name: Text = Field(description="Name for people, as the crews call it.")
    length_km: Length | None = Field(None, description="Length in kilometres.")


class SiteEntry(Entry):
    """A place."""

    id: Id = Field(description="Id of the site, unique among sites; the Kemendagri code where there is one.")
    name: Text = Field(description="Name for people; need not be unique.")
    kind: SiteKind = Field(strict=False, description="What the place is.")
    district: Id | None = Field(None, description="Id of its district; a site of kind district is in its own.")
    lat: Latitude | None = Field(None, description="Latitude in degrees north (WGS 84).")
    lon: Longitude | None = Field(None, description="Longitude in degrees east (WGS 84).")
    served: bool = Field(
        default=True, description="False: never connected, a black spot; never counted as an outage."
    )
    people: int | None = Field(
        None, ge=0, le=10**9, description="How many people live there; without it, nobody is counted there."
    )
    probe: ProbeEntry | None = Field(None, description="Probe settings for the nodes of this site.")


class NodeEntry(Entry):
    """A device, or a passive piece of plant that can fail."""

    id: Id = Field(description="Id of the node, unique among nodes.")
    site: Id = Field(description="Id of the site it stands at.")
    address: Address | None = Field(None, description="IPv4 or IPv6 address it is probed at.")
    role: Id = Field("router", description="What it is: router, switch, olt, splitter, server …")
    monitor: tuple[Protocol, ...] = Field(
        ("icmp",), strict=False, description="Probes in force; an empty list means passive, never probed."
    )
    power_area: Id | None = Field(None, description="Name of the mains area; nodes of one area lose power together.")
    probe: ProbeEntry | None = Field(None, description="Probe settings of this node alone.")


class ContractEntry(Entry):
    """Terms on which a supplier delivers lines; each line that names it is delivered on them."""

    id: Id = Field(description="Id of the contract, unique among contracts.")
    supplier: Text = Field(description="Who supplies the lines; a line under it need not repeat that.")
    committed_percent: Percent = Field(
        99.5, description="Availability that is promised for every line in each calendar month."
    )
    monthly_fee: Money | None = Field(
        None, description="What one line costs a month, in the currency of the region; restitution is part of it."
    )
    mbps: Speed | None = Field(
        None, description="Speed of every line in megabits a second, unless the line says its own."
    )


class SpeedTestEntry(Entry):
    """A scheduled test of what a line can carry, with an iperf3 server at its far end; none is made unless drawn."""

    host: Host = Field(description="Name or address of the iperf3 server.")
    port: Port = Field(5201, description="TCP port of the server.")
    interval: Duration = Field(86_400.0, description="Time between two tests of the line, in seconds or as 12h, 1d.")
    seconds: int = Field(5, ge=1, le=10, description="How long each direction is tested.")
    mbps: Speed | None = Field(
        None, description="Most that is sent, in megabits a second; the contracted speed when nothing is said."
    )


class LinkEntry(Entry):
    """An adjacency of two nodes."""

    id: Id = Field(description="Id of the link, unique among links.")
    a: End = Field(description="One end: NODE or NODE:PORT.")
    b: End = Field(description="The other end: NODE or NODE:PORT.")
    kind: LinkKind = Field(LinkKind.FIBRE, strict=False, description="What carries the link.")
    length_km: Length | None = Field(None, description="Length in kilometres.")
    cables: tuple[Id, ...] = Field(
        (), strict=False, description="Ids of the cables it runs in, in order from a to b."
    )
    supplier: Text | None = Field(None, description="Who supplies the line.")
    contract_mbps: Speed | None = Field(None, description="Contracted speed in megabits a second.")
    contract: Id | None = Field(None, description="Id of the contract it is delivered under.")
    expect_receive_dbm: Power | None = Field(
        None, description="Least light that its receivers need, where their modules do not say, such as -23."
    )
    speed_test: SpeedTestEntry | None = Field(None, description="Test what it can carry, now and then.")
    spare: bool = Field(
        default=False, description="True: it carries a site only while the site's other lines are down."
    )


class ServiceEntry(Entry):
    """Something that villages use: a web address, a port that must listen, or a name server that must answer."""

    id: Id = Field(description="Id of the service, unique among services.")
    site: Id = Field(description="Id of the site it belongs to.")
    kind: Id = Field(
        description="What it is: website and opensid must show content, siskeudes, siak and kiosk have a url, "
        "or a host and port, or a heartbeat, tcp has a host and port, dns a host and query, wifi the access points "
        "it depends on; other words are allowed."
    )
    url: Url | None = Field(None, description="Web address that is fetched.")
    host: Host | None = Field(None, description="Name or address that is connected to; of kind dns, the name server.")
    port: Port | None = Field(None, description="Port that is connected to; 53 for a name server.")
    query: Text | None = Field(None, description="Name that a name server is asked for.")
    record: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] = Field(
        "A", description="Kind of record that a name server is asked for."
    )
    expect_answer: Text | None = Field(
        None, description="Address or text that must be among a name server's answers."
    )
    family: Literal["ipv4", "ipv6"] | None = Field(
        None, description="Check it over this family of addresses alone; otherwise over whichever works first."
    )
    depends_on: tuple[Id, ...] = Field(
        (), strict=False, description="Ids of the nodes that carry it (hosting, proxy, name server, upstream)."
    )
    heartbeat: SecretEntry | None = Field(
        None,
        description="Where the token is kept with which it says by itself, each interval, that it lives "
        "(POST /api/v1/heartbeats/ID).",
    )
    interval: Duration = Field(60.0, description="Time between checks or heartbeats, in seconds or as 60s, 5m.")
    timeout: Duration = Field(10.0, description="How long one check may take, in seconds or as 10s.")
    expect_status: int | None = Field(None, ge=100, le=599, description="HTTP status it must answer with.")
    expect_body: LongText | None = Field(
        None, description="Text that must occur in the page, or in what a port greets with."
    )


class WorkEntry(Entry):
    """Announced work; what it darkens is maintenance, and pages nobody."""

    id: Id = Field(description="Id of the window, unique among them.")
    element: WorkElement = Field(
        description="What is worked on: cable:ID, link:ID, node:ID, power_area:ID or site:ID."
    )
    start: Moment = Field(description="When it begins, in RFC 3339 with its offset: 2026-11-30T22:00:00+07:00.")
    end: Moment = Field(description="When it ends.")
    note: LongText = Field("", validate_default=False, description="What is done, for those who ask later.")

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.end <= self.start:
            raise trouble("bad-time", "ends before it begins", "write an end after start")
        return self


class Head(Entry):
    """What an inventory says of the whole network."""

    version: Literal[1] = Field(description="Version of this format.")
    region: Id = Field(description="Short name of the region.")
    vantage: VantageEntry = Field(description="Where probes start.")
    auth: dict[Id, AuthEntry] = Field(default_factory=dict, description="SNMP credentials by name.")
    defaults: DefaultsEntry = Field(default_factory=DefaultsEntry, description="What sites and nodes inherit.")
    timezone: Zone = Field("UTC", description="IANA time zone in which people of the region read times.")
    false_alarms_per_year: float = Field(
        1.0, gt=0, le=1e6, allow_inf_nan=False, description="False alarms a year that the whole network may raise."
    )


class Document(Head):
    """A whole inventory."""

    cables: tuple[CableEntry, ...] = Field((), strict=False, description="Cables: links in one are cut together.")
    sites: tuple[SiteEntry, ...] = Field((), strict=False, description="Places.")
    nodes: tuple[NodeEntry, ...] = Field((), strict=False, description="Devices and passive plant.")
    links: tuple[LinkEntry, ...] = Field((), strict=False, description="Adjacencies of nodes.")
    services: tuple[ServiceEntry, ...] = Field((), strict=False, description="Services that are checked.")
    maintenance: tuple[WorkEntry, ...] = Field((), strict=False, description="Announced work.")
    contracts: tuple[ContractEntry, ...] = Field((), strict=False, description="What suppliers have promised.")


Item = CableEntry | SiteEntry | NodeEntry | LinkEntry | ServiceEntry | WorkEntry | ContractEntry

SECTIONS: Final[dict[str, type[Item]]] = {
    "cables": CableEntry,
    "sites": SiteEntry,
    "nodes": NodeEntry,
    "links": LinkEntry,
    "services": ServiceEntry,
    "maintenance": WorkEntry,
    "contracts": ContractEntry,
}
"""The lists of a document and the model of their items."""
