"""Label rows that follow from an inventory alone; made once for each inventory, since most of a scrape is labels."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.exporter.samples.writer import Row
from netmon.model import Inventory, Site, Verdict
from netmon.topology.geo import Position, geohash

BYTES_PER_MEGABIT = 125_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Ids and label rows in the order of the ids; `…_info` rows are those of the metric of that name."""

    inventory: Inventory
    sites: tuple[str, ...]
    site_verdict: tuple[Row, ...]
    site_groups: tuple[tuple[str, str], ...]
    sites_by_verdict: tuple[Row, ...]
    site_info: tuple[Row, ...]
    nodes: tuple[Row, ...]
    monitored: tuple[Row, ...]
    node_info: tuple[Row, ...]
    links: tuple[Row, ...]
    link_info: tuple[Row, ...]
    link_contracts: tuple[tuple[Row, float], ...]
    services: tuple[Row, ...]
    service_info: tuple[Row, ...]
    service_hosts: tuple[Row, ...]


def rows_of(inventory: Inventory) -> Rows:
    """Return the rows of an inventory."""
    sites = [inventory.sites[name] for name in sorted(inventory.sites)]
    nodes = [inventory.nodes[name] for name in sorted(inventory.nodes)]
    links = [inventory.links[name] for name in sorted(inventory.links)]
    services = [inventory.services[name] for name in sorted(inventory.services)]
    groups = tuple(sorted({group(site) for site in sites}))
    return Rows(
        inventory=inventory,
        sites=tuple(site.id for site in sites),
        site_verdict=tuple((site.id, *group(site), verdict) for site in sites for verdict in Verdict),
        site_groups=groups,
        sites_by_verdict=tuple((*pair, verdict) for pair in groups for verdict in Verdict),
        site_info=tuple((site.id, site.name, *group(site), _geohash(site)) for site in sites),
        nodes=tuple((node.id,) for node in nodes),
        monitored=tuple((node.id,) for node in nodes if node.is_monitored),
        node_info=tuple((node.id, node.site, node.address or "", node.role, node.power_area or "") for node in nodes),
        links=tuple((link.id,) for link in links),
        link_info=tuple(
            (
                link.id,
                link.a.node,
                link.b.node,
                link.a.port or "",
                link.b.port or "",
                link.kind,
                link.supplier or "",
            )
            for link in links
        ),
        link_contracts=tuple(
            ((link.id,), link.contract_mbps * BYTES_PER_MEGABIT) for link in links if link.contract_mbps is not None
        ),
        services=tuple((service.id,) for service in services),
        service_info=tuple((service.id, service.site, service.kind) for service in services),
        service_hosts=tuple((service.id, node) for service in services for node in service.depends_on),
    )


def group(site: Site) -> tuple[str, str]:
    """Return the kind and the district that a site is counted under; no district is the empty label."""
    return (site.kind, site.district or "")


def _geohash(site: Site) -> str:
    if site.lat is None or site.lon is None:
        return ""
    return geohash(Position(site.lat, site.lon))
