"""Which failed element darkens which nodes, once the explanation is chosen.

An element darkens what would be reached again if it alone were repaired, besides what failed with it. So a stretch of
a ring between two cuts is in the shadow of each, and a village behind a dead router and a cut cable in that of the
one that is nearer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netmon.topology.diagnosis.meeting import Failed
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.masks import marked


@dataclass(frozen=True, slots=True)
class Shadow:
    """What one failed element darkens: dark nodes that failed with it, and the pieces behind it, all in order."""

    failed: tuple[int, ...]
    pieces: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lee:
    """The dark nodes behind an element, in order, their names, and the names of the dark sites among theirs."""

    nodes: tuple[int, ...]
    names: tuple[str, ...]
    sites: tuple[str, ...]


class Shadows:
    """The dark part, with everything that failed taken out, as connected pieces; `pieces` are lists of dark nodes.

    A piece of hidden nodes between two failures holds no dark node, but the way to one may lead over it.
    """

    def __init__(self, scene: Scene, chosen: Sequence[int]) -> None:
        self.scene = scene
        self.failed = Failed(scene, chosen)
        beside = self._hidden_beside_dark()
        self.alive_hidden = {node for patch in beside for node in self._joined(patch)}
        self.piece_of: dict[int, int] = {}
        self.pieces: list[tuple[int, ...]] = []
        for node in scene.dark:
            if node not in self.piece_of and node not in self.failed.nodes:
                self._add_piece(node)
        for node in (node for patch in beside for node in sorted(patch)):  # stepping stones between two failures
            if node not in self.piece_of and node not in self.failed.nodes and node not in self.alive_hidden:
                self._add_piece(node)
        lit_nodes = (*marked(scene.is_up), *scene.forwarders)
        self.lit_sites = {scene.graph.site_of[node] for node in lit_nodes}
        self._lees: dict[tuple[int, ...], Lee] = {}
        lit = {code: self._lit_by_repair(code) for code in chosen}
        orphans = set(range(len(self.pieces))).difference(*lit.values())
        self._shadows = {
            code: Shadow(
                tuple(node for node in scene.graph.fails(code)[0] if scene.is_dark[node]),
                tuple(sorted(pieces.union(orphans & set(self._beside(code)) if orphans else ()))),
            )
            for code, pieces in lit.items()
        }

    def of(self, code: int) -> Shadow:
        """Return the shadow of one of the chosen elements."""
        return self._shadows[code]

    def lee(self, shadow: Shadow) -> Lee:
        """Return what is behind an element; what several elements hide together is gathered once."""
        known = self._lees.get(shadow.pieces)
        if known is None:
            nodes = tuple(sorted(node for piece in shadow.pieces for node in self.pieces[piece]))
            names = tuple(self.scene.graph.ids[node] for node in nodes)
            known = self._lees[shadow.pieces] = Lee(nodes, names, self.dark_sites(nodes))
        return known

    def dark_sites(self, nodes: Iterable[int]) -> tuple[str, ...]:
        """Return the sites of these nodes where no other node answers or forwards, sorted."""
        graph = self.scene.graph
        sites = {graph.site_of[node] for node in nodes}.difference(self.lit_sites)
        return tuple(graph.site_ids[site] for site in sorted(sites))

    def is_alive(self, node: int) -> bool:
        """Tell whether a node is live, or hidden and still joined to a live one."""
        return bool(self.scene.is_live[node]) or node in self.alive_hidden

    def own_to_all(self, codes: Iterable[int]) -> set[int]:
        """Return the dark nodes to which each of these elements is their own."""
        return set.intersection(*map(self._own_to, codes))

    def _own_to(self, code: int) -> set[int]:
        """Return the dark nodes whose own an element is: itself, its power, or a line that ends at it alone."""
        nodes, links = self.scene.graph.fails(code)
        if nodes:
            return set(nodes)
        ends, is_dark = self.scene.graph.ends, self.scene.is_dark
        lost = [set(ends[link]) for link in links if is_dark[ends[link][0]] != is_dark[ends[link][1]]]
        return set.intersection(*lost) if lost else set()

    def _lit_by_repair(self, code: int) -> set[int]:
        """Return the pieces that are reached when this element alone is repaired."""
        if not self.pieces:
            return set()
        adjacency, failed = self.scene.graph.adjacency, self.failed
        nodes, links = self.scene.graph.fails(code)
        mended_nodes = {node for node in nodes if failed.nodes[node] == 1}
        mended_links = {link for link in links if failed.links[link] == 1}
        lit_nodes: set[int] = set()
        lit_pieces: set[int] = set()

        def is_lit(node: int) -> bool:
            return node in lit_nodes or self.piece_of.get(node) in lit_pieces or self.is_alive(node)

        def light(node: int) -> int:
            """Let the light reach a node; return how much that changed."""
            before = len(lit_nodes) + len(lit_pieces)
            if node in mended_nodes:
                lit_nodes.add(node)
            elif node in self.piece_of:
                lit_pieces.add(self.piece_of[node])
            return len(lit_nodes) + len(lit_pieces) - before

        changes = 1
        while changes:
            changes = 0
            ways = [self.scene.graph.ends[link] for link in mended_links]
            for node in mended_nodes:
                ways += [
                    (node, there)
                    for there, link in adjacency[node]
                    if link not in failed.links or link in mended_links
                ]
            for a, b in ways:
                if is_lit(a) != is_lit(b):
                    changes += light(b) if is_lit(a) else light(a)
        return lit_pieces

    def _beside(self, code: int) -> Iterator[int]:
        """Yield the pieces that touch an element."""
        nodes, links = self.scene.graph.fails(code)
        beside = [there for node in nodes for there, _ in self.scene.graph.adjacency[node]]
        beside += [end for link in links for end in self.scene.graph.ends[link]]
        return (self.piece_of[node] for node in beside if node in self.piece_of)

    def _hidden_beside_dark(self) -> list[list[int]]:
        """Return the patches of hidden nodes that touch the dark."""
        scene, graph = self.scene, self.scene.graph
        patches = []
        seen: set[int] = set()
        for dark in scene.dark:
            for beside, _ in graph.adjacency[dark]:
                if beside not in seen and scene.is_hidden(beside):
                    patches.append(self._patch(beside))
                    seen.update(patches[-1])
        return patches

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
        scene, graph, failed = self.scene, self.scene.graph, self.failed
        joined = [
            node
            for node in patch
            if node not in failed.nodes
            and any(scene.is_live[there] and link not in failed.links for there, link in graph.adjacency[node])
        ]
        seen = set(joined)
        for here in joined:
            for there, link in graph.adjacency[here]:
                is_way = link not in failed.links and there not in failed.nodes
                if is_way and there not in seen and scene.is_hidden(there):
                    seen.add(there)
                    joined.append(there)
        return seen

    def _add_piece(self, start: int) -> None:
        graph, failed = self.scene.graph, self.failed
        number = len(self.pieces)
        self.piece_of[start] = number
        piece = [start]
        for here in piece:
            for there, link in graph.adjacency[here]:
                if there in self.piece_of or there in failed.nodes or link in failed.links:
                    continue
                if not self.is_alive(there):
                    self.piece_of[there] = number
                    piece.append(there)
        self.pieces.append(tuple(sorted(node for node in piece if self.scene.is_dark[node])))
