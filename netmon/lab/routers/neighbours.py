"""Who hears whose LLDP in the lab: the routers at the other ends, seen through passive nodes. Pure."""

from __future__ import annotations

from netmon.lab.story.state import Physical
from netmon.lab.wires.wiring import Port, Wiring
from netmon.model import Inventory


def heard_on(inventory: Inventory, wiring: Wiring, shown: Physical, port: Port) -> tuple[Port, ...]:
    """Return the ports whose announcements arrive at `port`, in a fixed order.

    A node without an address (a splitter, an unmanaged switch) announces nothing and passes on what it hears.
    """
    heard: list[Port] = []
    seen = {port.node}
    waiting = [port]
    while waiting:
        leaving = waiting.pop(0)
        if leaving.link in shown.links_down:
            continue
        arrived = wiring.far(leaving)
        if arrived.node in seen:
            continue
        if inventory.nodes[arrived.node].address is not None:
            heard.append(arrived)
            continue
        seen.add(arrived.node)
        waiting += [out for out in wiring.ports[arrived.node] if out.link != leaving.link]
    return tuple(heard)
