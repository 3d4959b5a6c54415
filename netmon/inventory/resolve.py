"""Inheritance, and the step from what is written to the values netmon works with.

Probe settings come from the nearest level that says something: the node, its site, the defaults, and last the
values built into `IcmpProbe` and `SnmpProbe`. This happens once, at load; nobody asks again later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final, NamedTuple, TypeVar

from netmon.inventory.draft import Draft
from netmon.inventory.flaw import Path
from netmon.inventory.schema import (
    AuthEntry,
    ContractEntry,
    LinkEntry,
    NodeEntry,
    ProbeEntry,
    Protocol,
    SecretEntry,
    ServiceEntry,
    SiteEntry,
    SpeedTestEntry,
    WorkEntry,
)
from netmon.model import (
    Cable,
    Contract,
    IcmpProbe,
    Inventory,
    Link,
    LinkEnd,
    Node,
    SecretRef,
    Service,
    Site,
    SiteKind,
    SnmpAuth,
    SnmpProbe,
    SpeedTest,
    Vantage,
    Work,
)

T = TypeVar("T", Site, Node, Link, Cable, Service, Work, Contract)

PROBES: Final[Mapping[Protocol, type[IcmpProbe | SnmpProbe]]] = {"icmp": IcmpProbe, "snmp": SnmpProbe}


class Setting(NamedTuple):
    """A value in force and where it is written; `origin` None means that it is built in."""

    value: Any
    origin: Path | None


class Levels(NamedTuple):
    """The levels that a node inherits from, nearest first, each with the place of its settings."""

    of: tuple[tuple[Path, ProbeEntry | None], ...]

    def settings(self, protocol: Protocol) -> dict[str, Setting]:
        """Return every setting of one probe with its origin."""
        return {one.name: self._setting(protocol, one.name, one.default) for one in fields(PROBES[protocol])}

    def _setting(self, protocol: Protocol, name: str, built_in: Any) -> Setting:
        for path, probe in self.of:
            entry = getattr(probe, protocol) if probe is not None else None
            value = getattr(entry, name) if entry is not None else None
            if value is not None:
                return Setting(value, (*path, protocol, name))
        return Setting(built_in, None)


class Inheritance:
    """Who inherits from whom in one draft."""

    def __init__(self, draft: Draft) -> None:
        defaults = draft.head.defaults.probe if draft.head is not None else None
        self._defaults = (("defaults", "probe"), defaults)
        self._sites = {site.id: (("sites", index, "probe"), site.probe) for index, site in draft.sites.items()}

    def levels(self, index: int, node: NodeEntry) -> Levels:
        """Return the levels of the node that stands at `index` of the document."""
        own: tuple[Path, ProbeEntry | None] = (("nodes", index, "probe"), node.probe)
        site = self._sites.get(node.site)
        return Levels((own, self._defaults) if site is None else (own, site, self._defaults))


def resolve(draft: Draft) -> Inventory:
    """Return the inventory of a draft without flaws, without its digest.

    All mappings are in the order of their ids, so that equal inventories are equal in every respect.
    """
    if draft.head is None:
        raise ValueError("a draft without a head is no inventory")
    head, inheritance = draft.head, Inheritance(draft)
    terms = {contract.id: contract for contract in draft.contracts.values()}
    shared: dict[object, IcmpProbe | SnmpProbe] = {}  # most nodes of a county are probed alike
    return Inventory(
        region=head.region,
        vantage=Vantage(head.vantage.node, head.vantage.sentinels, head.vantage.also),
        sites=_by_id(
            Site(site.id, site.name, site.kind, _district_of(site), site.lat, site.lon, site.served, site.people)
            for site in draft.sites.values()
        ),
        nodes=_by_id(_node(node, inheritance.levels(index, node), shared) for index, node in draft.nodes.items()),
        links=_by_id(_link(link, terms) for link in draft.links.values()),
        cables=_by_id(Cable(cable.id, cable.name, cable.length_km) for cable in draft.cables.values()),
        services=_by_id(_service(service) for service in draft.services.values()),
        maintenance=_by_id(_work(work) for work in draft.maintenance.values()),
        contracts=_by_id(_contract(contract) for contract in draft.contracts.values()),
        auth={name: _auth(name, entry) for name, entry in sorted(head.auth.items())},
        timezone=head.timezone,
        false_alarms_per_year=head.false_alarms_per_year,
    )


def _district_of(site: SiteEntry) -> str | None:
    """Return the district a site is counted under; a district's own office belongs to it without saying so."""
    return site.id if site.kind is SiteKind.DISTRICT and site.district is None else site.district


def link_end(text: str) -> LinkEnd:
    """Return the end written as NODE or NODE:PORT; the port may hold colons, the node may not."""
    node, colon, port = text.partition(":")
    return LinkEnd(node, port if colon else None)


def secret_refs(entry: AuthEntry) -> Iterator[tuple[str, SecretRef]]:
    """Yield the keys of one entry that refer to secrets, with their references."""
    for key in ("community", "auth_password", "priv_password"):
        reference: SecretEntry | None = getattr(entry, key)
        if reference is not None:
            yield key, secret_ref(reference)


def secret_ref(entry: SecretEntry) -> SecretRef:
    """Return the reference of an entry."""
    return SecretRef(entry.env, entry.file)


def _by_id(values: Iterable[T]) -> dict[str, T]:
    return {value.id: value for value in sorted(values, key=lambda value: value.id)}


def _node(node: NodeEntry, levels: Levels, shared: dict[object, IcmpProbe | SnmpProbe]) -> Node:
    probes: dict[Protocol, Any] = {}
    for protocol in node.monitor:
        values = {name: setting.value for name, setting in levels.settings(protocol).items()}
        probes[protocol] = shared.setdefault((protocol, *values.values()), PROBES[protocol](**values))
    return Node(
        id=node.id,
        site=node.site,
        address=node.address,
        role=node.role,
        monitor=tuple(sorted(node.monitor)),
        power_area=node.power_area,
        icmp=probes.get("icmp"),
        snmp=probes.get("snmp"),
    )


def _link(link: LinkEntry, contracts: Mapping[str, ContractEntry]) -> Link:
    terms = None if link.contract is None else contracts.get(link.contract)
    speed = link.contract_mbps if link.contract_mbps is not None or terms is None else terms.mbps
    return Link(
        id=link.id,
        a=link_end(link.a),
        b=link_end(link.b),
        kind=link.kind,
        length_km=link.length_km,
        cables=link.cables,
        supplier=link.supplier if link.supplier is not None or terms is None else terms.supplier,
        contract_mbps=speed,
        expect_receive_dbm=link.expect_receive_dbm,
        spare=link.spare,
        contract=link.contract,
        speed_test=None if link.speed_test is None else _speed_test(link.speed_test, speed),
    )


def _speed_test(test: SpeedTestEntry, contracted: float | None) -> SpeedTest:
    mbps = contracted if test.mbps is None else test.mbps
    if mbps is None:
        raise ValueError("a draft without flaws bounds the rate of every speed test")
    return SpeedTest(test.host, mbps, test.port, test.interval, test.seconds)


def _service(service: ServiceEntry) -> Service:
    return Service(
        id=service.id,
        site=service.site,
        kind=service.kind,
        url=service.url,
        depends_on=service.depends_on,
        interval=service.interval,
        timeout=service.timeout,
        expect_status=service.expect_status,
        expect_body=service.expect_body,
        host=service.host,
        port=service.port,
        query=service.query,
        record=service.record,
        expect_answer=service.expect_answer,
        family=service.family,
        heartbeat=None if service.heartbeat is None else secret_ref(service.heartbeat),
    )


def _work(work: WorkEntry) -> Work:
    return Work(work.id, work.element, work.start, work.end, work.note)


def _contract(contract: ContractEntry) -> Contract:
    return Contract(contract.id, contract.supplier, contract.committed_percent, contract.monthly_fee, contract.mbps)


def _auth(name: str, entry: AuthEntry) -> SnmpAuth:
    return SnmpAuth(
        name=name,
        version=entry.version,
        user=entry.user,
        auth_protocol=entry.auth_protocol,
        priv_protocol=entry.priv_protocol,
        **dict(secret_refs(entry)),
    )
