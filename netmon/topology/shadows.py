"""Which failed element darkens which nodes, once the explanation is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netmon.topology.meeting import Failed
from netmon.topology.scene import Scene


@dataclass(frozen=True, slots=True)
class Shadow:
    """What one failed element darkens: nodes that failed with it, and nodes behind it, both sorted.

    A node in the lee of several failures (a stretch of a ring between two cuts) is behind each of them.
    """

    failed: tuple[int, ...]
    behind: tuple[int, ...]


class Shadows:
    """The dark part, with everything that failed taken out, as connected pieces."""

    def __init__(self, scene: Scene, chosen: Sequence[int]) -> None:
        self.scene = scene
        failed = Failed(scene, chosen)
        self.failed_nodes, self.failed_links = failed.nodes.keys(), failed.links.keys()
        self.alive_hidden = self._alive_hidden()
        self.piece_of: dict[int, int] = {}
        self.pieces: list[list[int]] = []
        for node in scene.dark:
            if node not in self.piece_of and node not in self.failed_nodes:
                self._add_piece(node)
        self.buried = {number for number, piece in enumerate(self.pieces) if not any(map(self._is_bordering, piece))}

    def of(self, code: int) -> Shadow:
        """Return the shadow of one of the chosen elements."""
        scene, graph = self.scene, self.scene.graph
        nodes, links = graph.fails(code)
        failed = tuple(node for node in nodes if scene.is_dark[node])
        beside = {there for node in nodes for there, link in graph.adjacency[node] if link not in self.failed_links}
        for link in links:
            a, b = graph.ends[link]
            if self.is_alive(a) != self.is_alive(b):
                beside.update((a, b))
            else:  # a cable may hold the lines between dark nodes too: each is cut off by it, from all sides
                beside.update(end for end in (a, b) if self.piece_of.get(end) in self.buried)
        touched = sorted({self.piece_of[node] for node in beside if node in self.piece_of})
        behind = [node for piece in touched for node in self.pieces[piece]]
        return Shadow(failed, tuple(sorted(behind)))

    def is_alive(self, node: int) -> bool:
        """Tell whether a node is live, or hidden and still joined to a live one."""
        return bool(self.scene.is_live[node]) or node in self.alive_hidden

    def _is_bordering(self, node: int) -> bool:
        """Tell whether a dark node stands beside a failed node, or a failed line joins it to a live one."""
        return any(
            there in self.failed_nodes or (link in self.failed_links and self.is_alive(there))
            for there, link in self.scene.graph.adjacency[node]
        )

    def own_to_all(self, codes: Iterable[int]) -> set[int]:
        """Return the dark nodes to which each of these elements is their own."""
        return set.intersection(*map(self._own_to, codes))

    def _own_to(self, code: int) -> set[int]:
        """Return the dark nodes whose own an element is: itself, its power, or a line that ends at it alone."""
        nodes, links = self.scene.graph.fails(code)
        if nodes:
            return set(nodes)
        lost = [set(self.scene.graph.ends[link]) for link in links if self._is_lost(link)]
        return set.intersection(*lost) if lost else set()

    def _is_lost(self, link: int) -> bool:
        """Tell whether a link joins the dark to what is not dark."""
        a, b = self.scene.graph.ends[link]
        return bool(self.scene.is_dark[a]) != bool(self.scene.is_dark[b])

    def _alive_hidden(self) -> set[int]:
        """Return the hidden nodes near the dark that are still joined to a live node."""
        scene, graph = self.scene, self.scene.graph
        alive: set[int] = set()
        seen: set[int] = set()
        for dark in scene.dark:
            for beside, _ in graph.adjacency[dark]:
                if beside not in seen and scene.is_hidden(beside):
                    patch = self._patch(beside)
                    seen.update(patch)
                    alive.update(self._joined(patch))
        return alive

    def _patch(self, start: int) -> list[int]:
        patch, seen = [start], {start}
        for here in patch:
            for there, _ in self.scene.graph.adjacency[here]:
                if there not in seen and self.scene.is_hidden(there):
                    seen.add(there)
                    patch.append(there)
        return patch

    def _joined(self, patch: Iterable[int]) -> set[int]:
        """Return the nodes of a patch of hidden ones that an unbroken way joins to a live node."""
        scene, graph = self.scene, self.scene.graph
        joined = [
            node
            for node in patch
            if node not in self.failed_nodes
            and any(scene.is_live[there] and link not in self.failed_links for there, link in graph.adjacency[node])
        ]
        seen = set(joined)
        for here in joined:
            for there, link in graph.adjacency[here]:
                is_way = link not in self.failed_links and there not in self.failed_nodes
                if is_way and there not in seen and scene.is_hidden(there):
                    seen.add(there)
                    joined.append(there)
        return seen

    def _add_piece(self, start: int) -> None:
        scene, graph = self.scene, self.scene.graph
        number = len(self.pieces)
        self.piece_of[start] = number
        piece = [start]
        for here in piece:
            for there, link in graph.adjacency[here]:
                if there in self.piece_of or there in self.failed_nodes or link in self.failed_links:
                    continue
                if not self.is_alive(there):
                    self.piece_of[there] = number
                    piece.append(there)
        self.pieces.append(sorted(node for node in piece if scene.is_dark[node]))
