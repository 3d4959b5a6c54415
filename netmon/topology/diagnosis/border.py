"""The border of the dark: what any explanation has to account for, cut into parts that can be solved alone.

If every node were monitored, naming faults would be easy: a dark node next to a live one is dark by its own failure
or by that of every live link to it, and what lies behind is shadowed. Hidden nodes (splitters, nodes of which nothing
is known) blur the border: any place on the way from the live part through them may be where it broke. And a cable or
a power area may account for several places at once. So the border is a set of *demands*; demands that share hidden
nodes, or a cable or area that could meet several, form a *puzzle*; puzzles share nothing and are solved one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netmon.topology.diagnosis.scene import Scene

DENSEST = 50_000
"""Hidden nodes times dark ones around them up to which every way between them is looked at."""


@dataclass(frozen=True, slots=True)
class DarkNode:
    """A dark node next to live ones: it has failed, or all of `links`, its links to live nodes, have."""

    node: int
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LostLine:
    """A line that live ports report down and no dark node accounts for: one of `suspects` (codes) has failed."""

    link: int
    suspects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thicket:
    """Hidden nodes between live and dark: every way from `entries` through `hidden` to a node of `dark` is broken.

    `entries` are (live node, hidden or dark node, link).
    """

    hidden: frozenset[int]
    dark: frozenset[int]
    entries: tuple[tuple[int, int, int], ...]


Demand = DarkNode | LostLine | Thicket


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Demands that have to be met together; `groups` are the codes of cables and areas that could meet several."""

    demands: tuple[Demand, ...]
    groups: tuple[int, ...]


def suspects_of(scene: Scene, *, node: int | None = None, link: int | None = None) -> tuple[int, ...]:
    """Return the codes of all that may have failed and whose failure takes this node or this link with it.

    The node must not be live.
    """
    graph = scene.graph
    codes: list[int] = []
    if node is not None:
        codes.append(node)
        if graph.area_of[node] >= 0 and scene.is_accusable(graph.code_of_area(graph.area_of[node])):
            codes.append(graph.code_of_area(graph.area_of[node]))
    if link is not None:
        if not scene.lines.up(link):
            codes.append(graph.code_of_link(link))
        cables = map(graph.code_of_cable, graph.cables_of[link])
        codes.extend(code for code in cables if scene.is_accusable(code))
    return tuple(codes)


def may_cut(scene: Scene, code: int) -> bool:
    """Tell whether an element takes anything with it that live nodes may use: hidden nodes, lines off the dark."""
    if code < len(scene.graph.ids):
        return scene.is_hidden(code)
    nodes, links = scene.graph.fails(code)
    is_dark, ends = scene.is_dark, scene.graph.ends
    if any(map(scene.is_hidden, nodes)):
        return True
    return any(not is_dark[ends[link][0]] and not is_dark[ends[link][1]] for link in links)


def puzzles(scene: Scene) -> tuple[Puzzle, ...]:
    """Return everything that has to be explained, in independent puzzles, ordered by their first demand."""
    demands = [*_dark_demands(scene), *_lost_lines(scene)]
    wanted_by: dict[int, list[int]] = {}
    for place, demand in enumerate(demands):
        for code in bearing_on(scene, demand):
            wanted_by.setdefault(code, []).append(place)
    leader = list(range(len(demands)))
    for places in wanted_by.values():
        for place in places[1:]:
            leader[_lead(leader, place)] = _lead(leader, places[0])
    gathered: dict[int, list[int]] = {}
    for place in range(len(demands)):
        gathered.setdefault(_lead(leader, place), []).append(place)
    shared: dict[int, list[int]] = {}
    first_group = scene.graph.code_of_cable(0)
    for code, places in wanted_by.items():
        if code >= first_group and scene.is_accusable(code):
            shared.setdefault(_lead(leader, places[0]), []).append(code)
    return tuple(
        Puzzle(tuple(demands[place] for place in places), tuple(sorted(shared.get(lead, ()))))
        for lead, places in gathered.items()
    )


def _lead(leader: list[int], place: int) -> int:
    while leader[place] != place:
        leader[place] = leader[leader[place]]
        place = leader[place]
    return place


def bearing_on(scene: Scene, demand: Demand) -> Iterable[int]:
    """Return the codes of elements that bear on a demand and could bear on others: cables, areas, hidden nodes."""
    graph = scene.graph
    match demand:
        case DarkNode(node, links):
            nodes: Iterable[int] = (node,)
        case LostLine(_, suspects):
            return suspects
        case Thicket(hidden, dark, entries):
            nodes = (*hidden, *dark)
            links = (
                *(link for _, _, link in entries),
                *(
                    link
                    for node in hidden
                    for there, link in graph.adjacency[node]
                    if there in hidden or there in dark
                ),
            )
    codes = {graph.code_of_area(graph.area_of[node]) for node in nodes if graph.area_of[node] >= 0}
    codes.update(graph.code_of_cable(cable) for link in links for cable in graph.cables_of[link])
    return codes.union(node for node in nodes if not scene.is_dark[node])


def _dark_demands(scene: Scene) -> Iterable[Demand]:
    graph, is_live, is_dark = scene.graph, scene.is_live, scene.is_dark
    patches: list[_Patch] = []
    patch_of: dict[int, int] = {}
    dark_of: dict[int, list[int]] = {}  # patch -> dark nodes on it
    patches_of: dict[int, list[int]] = {}
    alone = []
    for node in scene.dark:
        links, beside = [], set()
        for there, link in graph.adjacency[node]:
            if is_live[there]:
                links.append(link)
            elif not is_dark[there]:
                if there not in patch_of:
                    patch_of.update(dict.fromkeys(_add_patch(scene, there, patches), len(patches) - 1))
                if patches[patch_of[there]].entries:
                    beside.add(patch_of[there])
        if beside:
            patches_of[node] = sorted(beside)
            for patch in beside:
                dark_of.setdefault(patch, []).append(node)
        elif links:
            alone.append(DarkNode(node, tuple(links)))
    yield from alone
    seen: set[int] = set()
    for node in patches_of:
        if node not in seen:
            thicket = _thicket(scene, node, patches, patches_of, dark_of, seen)
            if len(thicket.hidden) * len(thicket.dark) <= DENSEST:
                yield thicket
            else:
                yield from _one_by_one(scene, thicket)


@dataclass(frozen=True, slots=True)
class _Patch:
    """Connected hidden nodes, and the ways into them from live nodes."""

    hidden: frozenset[int]
    entries: tuple[tuple[int, int, int], ...]


def _add_patch(scene: Scene, start: int, patches: list[_Patch]) -> frozenset[int]:
    hidden = [start]
    seen = {start}
    entries = []
    for here in hidden:
        for there, link in scene.graph.adjacency[here]:
            if scene.is_live[there]:
                entries.append((there, here, link))
            elif there not in seen and not scene.is_dark[there]:
                seen.add(there)
                hidden.append(there)
    patches.append(_Patch(frozenset(hidden), tuple(entries)))
    return patches[-1].hidden


def _thicket(
    scene: Scene,
    start: int,
    patches: list[_Patch],
    patches_of: dict[int, list[int]],
    dark_of: dict[int, list[int]],
    seen: set[int],
) -> Thicket:
    """Return the patches that hang together with a dark node's, with all dark nodes on them."""
    seen.add(start)
    dark = [start]
    joined: set[int] = set()
    for node in dark:
        for patch in patches_of[node]:
            if patch not in joined:
                joined.add(patch)
                for other in dark_of[patch]:
                    if other not in seen:
                        seen.add(other)
                        dark.append(other)
    entries = [entry for patch in joined for entry in patches[patch].entries]
    entries += [
        (there, node, link) for node in dark for there, link in scene.graph.adjacency[node] if scene.is_live[there]
    ]
    hidden = frozenset(node for patch in joined for node in patches[patch].hidden)
    return Thicket(hidden, frozenset(dark), tuple(sorted(entries)))


def _one_by_one(scene: Scene, thicket: Thicket) -> Iterable[DarkNode]:
    """Take all that is hidden for live: each dark node has failed, or all its links to what is not dark."""
    for node in sorted(thicket.dark):
        yield DarkNode(node, tuple(link for there, link in scene.graph.adjacency[node] if not scene.is_dark[there]))


def _lost_lines(scene: Scene) -> Iterable[LostLine]:
    """Yield the lines that are down and that no dark node behind them accounts for."""
    graph = scene.graph
    for link in sorted(scene.lines.down):
        far = [end for end in graph.ends[link] if not scene.is_live[end]]
        if not far:
            yield LostLine(link, suspects_of(scene, link=link))
        elif scene.is_hidden(far[0]) and not _has_dark_behind(scene, far[0]):
            yield LostLine(link, suspects_of(scene, node=far[0], link=link))


def _has_dark_behind(scene: Scene, start: int) -> bool:
    graph = scene.graph
    seen = {start}
    waiting = [start]
    for here in waiting:
        for there, _ in graph.adjacency[here]:
            if scene.is_dark[there]:
                return True
            if there not in seen and scene.is_hidden(there):
                seen.add(there)
                waiting.append(there)
    return False
