"""Whether and how demands are met by what has failed."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from math import prod

from netmon.topology.diagnosis.border import DarkNode, Demand, LostLine, Thicket, suspects_of
from netmon.topology.diagnosis.scene import Scene


class Failed:
    """A set of failed elements, as the nodes and links that fail with them, each counted."""

    def __init__(self, scene: Scene, codes: Iterable[int] = ()) -> None:
        self.scene = scene
        self.nodes: dict[int, int] = {}
        self.links: dict[int, int] = {}
        for code in codes:
            self.add(code)

    def add(self, code: int) -> None:
        """Let one more element fail."""
        for failed, counts in zip(self.scene.graph.fails(code), (self.nodes, self.links), strict=True):
            for one in failed:
                counts[one] = counts.get(one, 0) + 1

    def remove(self, code: int) -> None:
        """Take back the failure of one element."""
        for failed, counts in zip(self.scene.graph.fails(code), (self.nodes, self.links), strict=True):
            for one in failed:
                counts[one] -= 1
                if not counts[one]:
                    del counts[one]

    def meets(self, demand: Demand) -> bool:
        """Tell whether the demand is met."""
        match demand:
            case DarkNode(node, links):
                return node in self.nodes or all(link in self.links for link in links)
            case LostLine(link, _):
                return link in self.links or any(end in self.nodes for end in self.scene.graph.ends[link])
            case Thicket():
                return open_way(self.scene, demand, self.nodes, self.links) is None

    def options(self, demand: Demand) -> tuple[int, ...]:
        """Return the codes of elements of which one more would meet the demand, or for a thicket might."""
        match demand:
            case DarkNode(node, links):
                left = [link for link in links if link not in self.links]
                if len(left) == 1:
                    return suspects_of(self.scene, node=node, link=left[0])
                lines = [set(suspects_of(self.scene, link=link)) for link in left]
                return (*suspects_of(self.scene, node=node), *sorted(set.intersection(*lines)))
            case LostLine(_, suspects):
                return suspects
            case Thicket():
                return open_way(self.scene, demand, self.nodes, self.links) or ()


def open_way(
    scene: Scene,
    thicket: Thicket,
    failed_nodes: Container[int],
    failed_links: Container[int],
    taken: Collection[int] = (),
) -> tuple[int, ...] | None:
    """Return the suspects along a shortest unbroken way from live to dark, or None when there is none.

    With `taken`, only ways count on which no suspect (code) is among those.
    """
    came_from: dict[int, tuple[int, int]] = {}
    waiting: list[int] = []

    def enter(there: int, before: int, link: int) -> None:
        if there in came_from or there in failed_nodes or link in failed_links:
            return
        if taken and not _is_free(scene, there, link, taken):
            return
        came_from[there] = (before, link)
        waiting.append(there)

    for _, there, link in thicket.entries:
        enter(there, -1, link)
    for here in waiting:
        if here in thicket.dark:
            return _suspects_along(scene, here, came_from)
        for there, link in scene.graph.adjacency[here]:
            if there in thicket.hidden or there in thicket.dark:
                enter(there, here, link)
    return None


def _is_free(scene: Scene, node: int, link: int, taken: Collection[int]) -> bool:
    return not any(code in taken for code in suspects_of(scene, node=node, link=link))


def _suspects_along(scene: Scene, end: int, came_from: dict[int, tuple[int, int]]) -> tuple[int, ...]:
    suspects: dict[int, None] = {}
    here = end
    while here >= 0:
        before, link = came_from[here]
        suspects.update(dict.fromkeys(suspects_of(scene, node=here, link=link)))
        here = before
    return tuple(suspects)


def exposed(scene: Scene, thicket: Thicket, failed: Failed) -> list[int]:
    """Return the dark nodes that an unbroken way joins to the live part."""
    seen: set[int] = set()
    waiting: list[int] = []
    steps = [(there, link) for _, there, link in thicket.entries]
    while steps:
        for there, link in steps:
            if there not in seen and there not in failed.nodes and link not in failed.links:
                seen.add(there)
                waiting.append(there)
        steps = []
        while waiting:
            here = waiting.pop()
            if here in thicket.hidden:
                around = scene.graph.adjacency[here]
                steps.extend(hop for hop in around if hop[0] in thicket.hidden or hop[0] in thicket.dark)
    return sorted(seen & thicket.dark)


def odds_instead(scene: Scene, others: Failed, demands: Sequence[Demand], named: set[int]) -> float:
    """Return the prior of the next larger explanation: several elements instead of one of those named.

    Args:
        scene: what is known.
        others: everything chosen but the element in question.
        demands: what only that element meets.
        named: the codes of the element and its alternatives.
    """
    instead = 1.0
    for demand in demands:
        if isinstance(demand, Thicket):
            bare = exposed(scene, demand, others)
            instead *= 0.0 if named & set(bare) else prod(map(scene.share, bare))
        elif len(demands) == 1 and isinstance(demand, DarkNode):
            left = (link for link in demand.links if link not in others.links)
            lines = [[code for code in suspects_of(scene, link=link) if code not in named] for link in left]
            instead *= prod(sum(map(scene.share, codes)) for codes in lines)
        else:
            instead *= sum(scene.share(code) for code in others.options(demand) if code not in named)
    return instead
