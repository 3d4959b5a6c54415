"""Lines that deliver less than they should, in words: what was measured, against contracts and receivers."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import Inventory, PortId
from netmon.picture.uplinks import customer_sites
from netmon.report.speed import NOT_TESTED, Tested
from netmon.topology.blackspots import saying


def wanting(
    inventory: Inventory, tests: Mapping[str, Tested], short_of_light: Mapping[PortId, float]
) -> dict[str, tuple[str, ...]]:
    """Return by site what is wrong with its lines although they answer.

    Args:
        inventory: the drawing, which says what was contracted.
        tests: what the speed tests of lines came to, by link.
        short_of_light: by how many dB the light at a port is less than its receiver needs.
    """
    links = [link for _, link in sorted(inventory.links.items())]
    customers = customer_sites(inventory)
    found: dict[str, tuple[str, ...]] = {}

    def add(site: str, words: str) -> None:
        found[site] = (*found.get(site, ()), words)

    for link in links:
        if not link.speed_test or not link.contract_mbps:
            continue
        slowest = tests.get(link.id, NOT_TESTED).least_short_of(link.contract_mbps)
        if slowest is not None:
            words = saying("slower", link=link.id, now=f"{slowest / 1e6:.3g}", contract=f"{link.contract_mbps:g}")
            add(customers[link.id], words)
    of_port = {(end.node, end.port): customers[link.id] for link in links for end in (link.a, link.b)}
    for at, short in sorted(short_of_light.items()):
        if at.node in inventory.nodes:
            site = of_port.get((at.node, at.port), inventory.nodes[at.node].site)
            add(site, saying("dim", port=f"{at.node} {at.port}", short=f"{short:.1f}"))
    return found
