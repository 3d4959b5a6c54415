"""Label rows that follow from an inventory alone; made once for each inventory, since most of a scrape is labels."""

from __future__ import annotations

from functools import cached_property

from netmon.exporter.samples.writer import Row
from netmon.model import Inventory, Site, Verdict
from netmon.topology.geo import Position, geohash

BYTES_PER_MEGABIT = 125_000.0
_VERDICTS = tuple(Verdict)


class Rows:
    """Label rows in the order of the ids; `…_info` rows are those of the metric of that name.

    Each kind is made when it is first asked for, in the turn of its own metric: together they would take too long.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._sites = [inventory.sites[name] for name in sorted(inventory.sites)]
        self._nodes = [inventory.nodes[name] for name in sorted(inventory.nodes)]
        self._links = [inventory.links[name] for name in sorted(inventory.links)]
        self._services = [inventory.services[name] for name in sorted(inventory.services)]
        self.sites = tuple(site.id for site in self._sites)
        self.groups = tuple(group(site) for site in self._sites)

    @cached_property
    def site_verdict(self) -> tuple[Row, ...]:
        """One for each site and verdict."""
        each = [(site, *pair) for site, pair in zip(self.sites, self.groups, strict=True)]
        return tuple((*row, verdict) for row in each for verdict in _VERDICTS)

    @cached_property
    def site_groups(self) -> tuple[tuple[str, str], ...]:
        """The kinds and districts that sites are counted under."""
        return tuple(sorted(set(self.groups)))

    @cached_property
    def sites_by_verdict(self) -> tuple[Row, ...]:
        """One for each group and verdict."""
        return tuple((*pair, verdict) for pair in self.site_groups for verdict in _VERDICTS)

    @cached_property
    def site_info(self) -> tuple[Row, ...]:
        """One for each site."""
        return tuple((site.id, site.name, *group(site), _geohash(site)) for site in self._sites)

    @cached_property
    def nodes(self) -> tuple[Row, ...]:
        """One for each node."""
        return tuple((node.id,) for node in self._nodes)

    @cached_property
    def monitored(self) -> tuple[Row, ...]:
        """One for each node that is probed."""
        return tuple((node.id,) for node in self._nodes if node.is_monitored)

    @cached_property
    def node_info(self) -> tuple[Row, ...]:
        """One for each node."""
        return tuple(
            (node.id, node.site, node.address or "", node.role, node.power_area or "") for node in self._nodes
        )

    @cached_property
    def links(self) -> tuple[Row, ...]:
        """One for each link."""
        return tuple((link.id,) for link in self._links)

    @cached_property
    def link_info(self) -> tuple[Row, ...]:
        """One for each link."""
        return tuple(
            (
                link.id,
                link.a.node,
                link.b.node,
                link.a.port or "",
                link.b.port or "",
                link.kind,
                link.supplier or "",
            )
            for link in self._links
        )

    @cached_property
    def link_contracts(self) -> tuple[tuple[Row, float], ...]:
        """One for each link with a contract, and its bytes a second."""
        return tuple(
            ((link.id,), link.contract_mbps * BYTES_PER_MEGABIT)
            for link in self._links
            if link.contract_mbps is not None
        )

    @cached_property
    def services(self) -> tuple[Row, ...]:
        """One for each service."""
        return tuple((service.id,) for service in self._services)

    @cached_property
    def service_info(self) -> tuple[Row, ...]:
        """One for each service."""
        return tuple((service.id, service.site, service.kind) for service in self._services)

    @cached_property
    def service_hosts(self) -> tuple[Row, ...]:
        """One for each service and node that it depends on."""
        return tuple((service.id, node) for service in self._services for node in service.depends_on)


def group(site: Site) -> tuple[str, str]:
    """Return the kind and the district that a site is counted under; no district is the empty label."""
    return (site.kind, site.district or "")


def _geohash(site: Site) -> str:
    if site.lat is None or site.lon is None:
        return ""
    return geohash(Position(site.lat, site.lon))
