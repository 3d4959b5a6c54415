"""Targets for other probers, out of the inventory: the lists that Prometheus reads by HTTP or from a file.

https://prometheus.io/docs/prometheus/latest/http_sd/. So a county that is drawn once for netmon keeps
blackbox_exporter and snmp_exporter beside it without a second list. Of credentials a list has only the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netmon.model import Inventory, Service
from netmon.probes.once import SERVICES, Module

Group = Mapping[str, Any]
"""`{"targets": [one], "labels": {"__meta_netmon_…": …}}`; a target each, since each has labels of its own."""

SNMP_PORT = 161


def target_groups(inventory: Inventory, module: Module) -> list[Group]:
    """Return everything that a module probes, by id; empty when that is nothing."""
    found = sorted(_services(inventory, module) if module in SERVICES else _nodes(inventory, module))
    return [{"targets": [address], "labels": labels} for _, address, labels in found]


def _nodes(inventory: Inventory, module: Module) -> Iterator[tuple[str, str, dict[str, str]]]:
    for node in inventory.nodes.values():
        if node.address is None or (node.icmp if module is Module.ICMP else node.snmp) is None:
            continue
        labels = {"node": node.id, "role": node.role}
        address = node.address
        if module is Module.SNMP and node.snmp is not None:
            if node.snmp.auth is not None:
                labels["auth"] = node.snmp.auth
            if node.snmp.port != SNMP_PORT:
                address = f"[{address}]:{node.snmp.port}" if ":" in address else f"{address}:{node.snmp.port}"
        yield node.id, address, _labels(inventory, node.site, labels)


def _services(inventory: Inventory, module: Module) -> Iterator[tuple[str, str, dict[str, str]]]:
    for service in inventory.services.values():
        if service.probe == module:
            own = {"service": service.id, "service_kind": service.kind}
            yield service.id, _address(service), _labels(inventory, service.site, own)


def _address(service: Service) -> str:
    if service.url is not None:
        return service.url
    host = f"[{service.host}]" if ":" in (service.host or "") else service.host
    return f"{host}:{service.port}" if service.port is not None else f"{host}"


def _labels(inventory: Inventory, site_id: str, own: Mapping[str, str]) -> dict[str, str]:
    site = inventory.sites[site_id]
    labels = {
        **own,
        "region": inventory.region,
        "site": site.id,
        "site_name": site.name,
        "site_kind": site.kind.value,
        "district": site.district or "",
    }
    return {f"__meta_netmon_{name}": value for name, value in sorted(labels.items())}
