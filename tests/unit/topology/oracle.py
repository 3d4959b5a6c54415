"""Explanations by brute force: every set of elements up to a size, held against what explaining means.

Written over the inventory, sets and plain walks, so that it shares nothing with the code under test.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import chain, combinations

from netmon.model import Element, ElementKind, Inventory, Link, Observations, PortId, Reach


class Oracle:
    """What is true of one inventory under one set of observations."""

    def __init__(self, inventory: Inventory, observations: Observations) -> None:
        self.inventory = inventory
        self.vantage = inventory.vantage.node
        self.around: dict[str, list[tuple[str, str]]] = {node: [] for node in inventory.nodes}
        for link in inventory.links.values():
            self.around[link.a.node].append((link.b.node, link.id))
            self.around[link.b.node].append((link.a.node, link.id))
        drawn = self.walk(set(), set())
        words = observations.nodes
        self.up = {node for node in drawn if words.get(node) is Reach.UP} | {self.vantage}
        self.dark = {node for node in drawn if words.get(node) is Reach.DOWN} - {self.vantage}
        self.lines_up: set[str] = set()
        self.lines_down: set[str] = set()
        self.lit: set[str] = set()
        for link in inventory.links.values():
            self._read(link, observations)

    @cached_property
    def needed(self) -> set[str]:
        """The nodes without which some that answer would not be reached."""
        drawn = self.walk(set(), set())
        shut = self.dark if self.up <= self.walk(self.dark, self.lines_down) else set()
        return {node for node in drawn if not self.up <= self.walk({*shut, node} - self.up, self.lines_down)}

    def _read(self, link: Link, observations: Observations) -> None:
        says_up = says_down = says_lit = False
        for end in link.a, link.b:
            if end.node not in self.up or end.port is None:
                continue
            at = PortId(end.node, end.port)
            word = observations.ports.get(at)
            level = observations.light.get(at)
            lit = (level is not None and level > -35.0) if at in observations.light else None
            says_up |= word is True or (word is None and lit is True)
            says_down |= word is False or (word is None and lit is False)
            says_lit |= word is False and lit is True
        if says_up:
            self.lines_up.add(link.id)
        elif says_down:
            self.lines_down.add(link.id)
            if says_lit:
                self.lit.add(link.id)

    def walk(self, failed_nodes: Collection[str], failed_links: Collection[str]) -> set[str]:
        """Return the nodes that the vantage reaches."""
        reached = {self.vantage}
        waiting = [self.vantage]
        for here in waiting:
            for there, link in self.around[here]:
                if there not in reached and there not in failed_nodes and link not in failed_links:
                    reached.add(there)
                    waiting.append(there)
        return reached

    def fails(self, element: Element) -> tuple[set[str], set[str]]:
        """Return the nodes and links that fail with an element."""
        match element.kind:
            case ElementKind.NODE:
                return {element.id}, set()
            case ElementKind.LINK:
                return set(), {element.id}
            case ElementKind.CABLE:
                return set(), {link.id for link in self.inventory.links.values() if element.id in link.cables}
            case _:
                area = {node.id for node in self.inventory.nodes.values() if node.power_area == element.id}
                return area, set()

    def elements(self) -> list[Element]:
        """Return everything that may have failed, as far as each by itself tells."""
        powered = {
            end.node
            for link in self.lines_up | self.lit
            for end in (self.inventory.links[link].a, self.inventory.links[link].b)
        }
        found = [Element(ElementKind.NODE, node) for node in self.around if node not in self.up]
        found += [Element(ElementKind.LINK, link) for link in self.inventory.links if link not in self.lines_up]
        for cable in self.inventory.cables:
            element = Element(ElementKind.CABLE, cable)
            if not self.fails(element)[1] & (self.lines_up | self.lit):
                found.append(element)
        for area in {node.power_area for node in self.inventory.nodes.values()} - {None}:
            element = Element(ElementKind.POWER_AREA, str(area))
            if not self.fails(element)[0] & (self.up | powered):
                found.append(element)
        return sorted(found)

    def explains(self, elements: Iterable[Element], may_be_silent: bool = False) -> bool:
        """Tell whether the failure of these, some of the dark nodes perhaps only silent, gives what was seen."""
        chosen = list(elements)
        nodes_of_own = [one.id for one in chosen if one.kind is ElementKind.NODE and one.id in self.dark]
        hard = [self.fails(one) for one in chosen if not (one.kind is ElementKind.NODE and one.id in self.dark)]
        nodes = set(chain.from_iterable(failed for failed, _ in hard))
        links = set(chain.from_iterable(failed for _, failed in hard))
        return any(
            self._agrees(nodes | set(nodes_of_own) - set(silent), links, set(silent))
            for count in range(len(nodes_of_own) + 1 if may_be_silent else 1)
            for silent in combinations(nodes_of_own, count)
        )

    def _agrees(self, nodes: set[str], links: set[str], silent: set[str]) -> bool:
        if (self.dark - silent) & self.walk(nodes, links):
            return False
        if not (self.up | silent) <= self.walk(nodes, links | self.lines_down):
            return False
        return all(
            link in links
            or any(end.node in nodes for end in (self.inventory.links[link].a, self.inventory.links[link].b))
            or self._has_dark_behind(link, silent)
            for link in self.lines_down
            if not self._ends_dark(link, silent)
        )

    def _ends_dark(self, link: str, silent: set[str]) -> bool:
        ends = (self.inventory.links[link].a.node, self.inventory.links[link].b.node)
        return any(end in self.dark - silent for end in ends)

    def _has_dark_behind(self, link: str, silent: set[str]) -> bool:
        """Tell whether hidden nodes at an end of the link, none of them proven alive, touch one that is out."""
        hidden = set(self.around) - self.up - self.dark - self.needed
        ends = (self.inventory.links[link].a.node, self.inventory.links[link].b.node)
        waiting = [end for end in ends if end in hidden]
        seen = set(waiting)
        for here in waiting:
            for there, _ in self.around[here]:
                if there in self.dark - silent:
                    return True
                if there in hidden and there not in seen:
                    seen.add(there)
                    waiting.append(there)
        return False

    def smallest(self, most: int = 3) -> list[frozenset[Element]]:
        """Return all explanations of the smallest size up to `most`; silent nodes only if nothing else explains."""
        elements = self.elements()
        for silent in False, True:
            for size in range(most + 1):
                found = [
                    frozenset(chosen) for chosen in combinations(elements, size) if self.explains(chosen, silent)
                ]
                if found:
                    return found
        return []
