"""What each router of a county in play sees of itself now, for its SNMP agent."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from netmon.lab.county import County
from netmon.lab.routers.neighbours import heard_on
from netmon.lab.routers.router_mib import Heard, Optic, PortView, RouterView
from netmon.lab.services.clients import clients_at
from netmon.lab.story.state import light_at
from netmon.lab.wires.light import module_for
from netmon.lab.wires.traffic import OCTETS_PER_PACKET, Direction, speed_mbps
from netmon.lab.wires.wiring import Port, Wiring

_DAY = 86_400.0
_LONGEST_UPTIME_DAYS = 200
_MODELS = ((8, "CCR2216-1G-12XS-2XQ"), (3, "CCR2004-16G-2S+"), (0, "RB760iGS"))
"""The model of a router with more ports than the number."""


def view_of(county: County, wiring: Wiring, node: str) -> RouterView:
    """Return a router's view of itself."""
    drawn = county.inventory.nodes[node]
    ports = wiring.ports[node]
    before = _booted_before(county, node)
    return RouterView(
        name=node,
        location=county.inventory.sites[drawn.site].name,
        model=next(model for ports_over, model in _MODELS if len(ports) > ports_over or ports_over == 0),
        booted=booted_at(county, node),
        ports=tuple(_port_view(county, wiring, port, before) for port in ports),
        clients=_clients(county, node),
    )


def booted_at(county: County, node: str) -> float:
    """Return when a router last booted, on the lab's clock; before the lab began that is negative, mostly."""
    return county.state.booted.get(node, _booted_before(county, node))


def _booted_before(county: County, node: str) -> float:
    """Return when a router booted before the lab began: days ago, each its own number of them."""
    return county.began - _DAY * (1 + _spread(node) * _LONGEST_UPTIME_DAYS)


def _port_view(county: County, wiring: Wiring, port: Port, before: float) -> PortView:
    far = wiring.far(port)
    link = county.inventory.links[port.link]
    module = module_for(link)
    light = light_at(county.inventory, county.state, port.link, port.node)
    changed = county.changed.get(port.link, before)
    arriving, leaving = (port.link, far.node), (port.link, port.node)
    return PortView(
        port=port,
        alias=f"to {far.node}",
        is_up=port.link not in county.shown.links_down,
        changed=changed,
        speed_mbps=speed_mbps(link, county.undisturbed),
        octets_in=_received(county, port.node, arriving),
        octets_out=_sent(county, port.node, leaving),
        damaged_in=_damaged(county, port.node, arriving),
        optic=None if module is None or light is None else Optic(module, light),
        heard=tuple(
            Heard(other, wiring.ports[other.node][0].mac, wiring.addresses[other.node][0], changed)
            for other in heard_on(county.inventory, wiring, county.shown, port)
        ),
    )


def _clients(county: County, node: str) -> Callable[[float], float] | None:
    """Return what counts the clients of a node's radio; a wifi that has failed is on the air and serves nobody."""
    wifi = county.access_points.get(node)
    if wifi is None:
        return None
    if not county.state.failed_services.keys().isdisjoint(wifi):
        return lambda _: 0.0
    zone = county.inventory.timezone
    return lambda at: clients_at(node, county.epoch + at, zone)


def _sent(county: County, node: str, direction: Direction) -> Callable[[float], float]:
    base, _ = county.restarts.get((node, direction), (0.0, 0.0))
    return lambda at: county.meters.sent(direction, at) - base


def _received(county: County, node: str, direction: Direction) -> Callable[[float], float]:
    sent, lost = county.restarts.get((node, direction), (0.0, 0.0))
    return lambda at: county.meters.sent(direction, at) - sent - (county.meters.lost(direction, at) - lost)


def _damaged(county: County, node: str, direction: Direction) -> Callable[[float], float]:
    _, base = county.restarts.get((node, direction), (0.0, 0.0))
    return lambda at: (county.meters.lost(direction, at) - base) / OCTETS_PER_PACKET


def _spread(name: str) -> float:
    """Return a number from 0 to 1 that is always the same for a name."""
    return zlib.crc32(name.encode()) % 10_000 / 10_000
