"""Which node of the lab serves which website, under which name and port. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from netmon.model import Inventory, Service

HTTP_PORT = 80


class Endpoint(NamedTuple):
    """Where a web server listens."""

    node: str
    port: int


def host_of(inventory: Inventory, service: Service) -> str | None:
    """Return the node that hosts a service: the first it depends on, else a node with an address at its site."""
    if service.depends_on:
        return service.depends_on[0]
    own = (node.id for node in inventory.nodes.values() if node.site == service.site and node.address is not None)
    return next(own, None)


def websites(inventory: Inventory) -> Mapping[Endpoint, Mapping[str, Service]]:
    """Return the services the lab serves over plain HTTP: for each endpoint, host name to service."""
    served: dict[Endpoint, dict[str, Service]] = defaultdict(dict)
    for service in inventory.services.values():
        name, port = _name_and_port(service)
        node = host_of(inventory, service)
        if name is not None and port is not None and node is not None and inventory.nodes[node].address is not None:
            served[Endpoint(node, port)][name] = service
    return served


def unserved(inventory: Inventory) -> tuple[str, ...]:
    """Return the services that have an address on the web but that the lab cannot serve."""
    served = {service.id for names in websites(inventory).values() for service in names.values()}
    return tuple(service.id for service in inventory.services.values() if service.url and service.id not in served)


def names(inventory: Inventory) -> Mapping[str, tuple[str, ...]]:
    """Return the lab's host names and the addresses they resolve to, in every form of URL."""
    found = {}
    for service in inventory.services.values():
        name = urlsplit(service.url or "").hostname
        node = host_of(inventory, service)
        address = None if node is None else inventory.nodes[node].address
        if name is not None and address is not None:
            found[name] = (address,)
    return found


def _name_and_port(service: Service) -> tuple[str | None, int | None]:
    """Return the host name and port of a plain HTTP address; None where there is none."""
    parts = urlsplit(service.url or "")
    if parts.scheme != "http":
        return None, None
    return parts.hostname, parts.port or HTTP_PORT
