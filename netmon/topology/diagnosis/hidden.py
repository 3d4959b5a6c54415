"""Hidden nodes that must be working, because nodes that answer are reached only through them."""

from __future__ import annotations

from collections.abc import Collection

from netmon.topology.diagnosis.detours import stays_joined
from netmon.topology.graph import Graph
from netmon.topology.lowlink import hinges
from netmon.topology.masks import marked

SHARE = 100
"""Up to one in so many nodes, looking for the detour around each is quicker than one pass over the network."""


def needed_hidden(graph: Graph, is_live: bytearray, is_dark: bytearray, lost: Collection[int]) -> tuple[int, ...]:
    """Return the hidden nodes near the dark, or at the end of a lost line, without which a live one is cut off.

    What is hidden elsewhere is in nobody's way. `lost` links carry nothing.
    """
    asked = _in_question(graph, is_live, is_dark, lost)
    if len(asked) * SHARE > len(graph.ids):
        joints = hinges(graph, graph.vantage, is_dark, lost, counted=is_live).joints
        return tuple(node for node in joints if node in asked)
    return tuple(node for node in sorted(asked) if not stays_joined(graph, is_dark, lost, (node,), (), is_live))


def _in_question(graph: Graph, is_live: bytearray, is_dark: bytearray, lost: Collection[int]) -> set[int]:
    """Return the hidden nodes of all patches that touch the dark or a lost line, and the live part more than once."""
    starts = [there for node in marked(is_dark) for there, _ in graph.adjacency[node]]
    starts.extend(end for link in lost for end in graph.ends[link])
    seen: set[int] = set()
    asked: set[int] = set()
    for start in starts:
        if start in seen or is_live[start] or is_dark[start]:
            continue
        seen.add(start)
        patch, contacts = [start], 0
        for here in patch:
            for there, link in graph.adjacency[here]:
                if is_live[there]:
                    contacts += link not in lost
                elif not is_dark[there] and there not in seen:
                    seen.add(there)
                    patch.append(there)
        if contacts > 1:
            asked.update(patch)
    return asked
