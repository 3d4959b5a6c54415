"""Sites with a spare line: which of their lines works, and whether they run on the spare one. Pure.

Each line of a site has its own state and its own supplier; the site is up while one works. That it runs on the spare
one darkens nothing, and costs the redundancy that was paid for: somebody must be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netmon.model import Inventory, Link, Reach
from netmon.picture.ledger import ANSWERING
from netmon.picture.lines import link_states
from netmon.picture.state import Picture


@dataclass(frozen=True, slots=True)
class OnSpare:
    """A site that answers while all its other lines are down, and the spare one is not. Ids of links, sorted."""

    site: str
    spare: tuple[str, ...]
    down: tuple[str, ...]


def on_spare(picture: Picture, states: Mapping[str, Reach] | None = None) -> tuple[OnSpare, ...]:
    """Return the sites that run on their spare line, by id; a line of which nothing is known proves nothing.

    `states` are those of the picture's links, where they are known already.
    """
    if not any(link.spare for link in picture.inventory.links.values()):
        return ()
    return tuple(_running(picture, link_states(picture) if states is None else states))


def sites_with_spare(picture: Picture) -> tuple[str, ...]:
    """Return the sites that have a spare line beside others, by id."""
    return tuple(
        site for site, (spare, others) in sorted(lines_of_sites(picture.inventory).items()) if spare and others
    )


def _running(picture: Picture, states: Mapping[str, Reach]) -> Iterator[OnSpare]:
    for site, (spare, others) in sorted(lines_of_sites(picture.inventory).items()):
        found = picture.site_findings.get(site)
        working = tuple(sorted(link.id for link in spare if states[link.id] is not Reach.DOWN))
        if not others or not working or found is None or found.verdict not in ANSWERING:
            continue
        if all(states[link.id] is Reach.DOWN for link in others):
            yield OnSpare(site, working, tuple(sorted(link.id for link in others)))


def lines_of_sites(inventory: Inventory) -> Mapping[str, tuple[list[Link], list[Link]]]:
    """Return the lines that lead away from sites with a spare one: those that are spare, and the others.

    A line belongs to the end that is further from the monitor only by being drawn there: a spare line is one of both
    its sites, and counts where it stands beside others.
    """
    nodes, links = inventory.nodes, inventory.links.values()
    spared = {nodes[end.node].site for link in links if link.spare for end in (link.a, link.b)}
    found: dict[str, tuple[list[Link], list[Link]]] = {site: ([], []) for site in spared}
    for link in links:
        one, other = nodes[link.a.node].site, nodes[link.b.node].site
        for site in (one, other) if one != other else ():
            if site in spared:
                found[site][0 if link.spare else 1].append(link)
    return {site: lines for site, lines in found.items() if lines[0]}


def customer_sites(inventory: Inventory) -> dict[str, str]:
    """Return the site that each line serves: that of the end which is further from the vantage, by number of lines.

    Of two ends that are as far it is the second as drawn; a line that nothing joins to the vantage serves that too.
    """
    neighbours: dict[str, list[str]] = {}
    for link in inventory.links.values():
        neighbours.setdefault(link.a.node, []).append(link.b.node)
        neighbours.setdefault(link.b.node, []).append(link.a.node)
    distance = {inventory.vantage.node: 0}
    border = [inventory.vantage.node]
    for node in border:
        for other in neighbours.get(node, ()):
            if other not in distance:
                distance[other] = distance[node] + 1
                border.append(other)
    return {
        link.id: inventory.nodes[
            link.a.node if distance.get(link.a.node, 0) > distance.get(link.b.node, 0) else link.b.node
        ].site
        for link in inventory.links.values()
    }
