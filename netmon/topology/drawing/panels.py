"""What stands in a schematic, and in which order: a panel for each district, in it a row for each node. Pure.

Each node hangs on the one through which the vantage reaches it in the fewest hops. Links within a panel that are not
of that tree become brackets in lanes; those to another panel, and those for which there are no lanes left, are named
at both ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netmon.model import Inventory
from netmon.topology.graph import ROOT_LINK, Graph

ROW = 15.0
TITLE = 24.0  # height of a panel's title


@dataclass(slots=True)
class Row:
    """A node, or a site without one (`node` -1), in its panel.

    `leads_to` are what else it leads to, titles of other panels or labels of rows, with the links there; `x` and `y`
    are known when the panel is placed.
    """

    node: int
    label: str
    depth: int = 0
    parent: Row | None = None
    leads_to: list[tuple[str, int]] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class Panel:
    """One district: its rows, and the links drawn as brackets, each with its lane."""

    title: str
    rows: list[Row]
    brackets: list[tuple[int, Row, Row]] = field(default_factory=list)
    lanes: list[int] = field(default_factory=list)

    @property
    def lane_count(self) -> int:
        """How many lanes there are."""
        return max(self.lanes, default=-1) + 1

    @property
    def deepest(self) -> int:
        """How many nodes stand at most between the outermost node and the end of its branch."""
        return max((row.depth for row in self.rows), default=0)

    @property
    def height(self) -> float:
        """Title, rows, and some air."""
        return TITLE + ROW * len(self.rows) + 6.0


class Walk:
    """The breadth-first tree from the vantage: hops, parent and link to it by node; -1 where nothing leads."""

    def __init__(self, graph: Graph) -> None:
        self.hops = [-1] * len(graph.ids)
        self.parent = [-1] * len(graph.ids)
        self.by_link = [-1] * len(graph.ids)
        self.order = [graph.vantage]
        self.hops[graph.vantage] = 0
        for here in self.order:
            for there, link in graph.adjacency[here]:
                if self.hops[there] < 0:
                    self.hops[there], self.parent[there], self.by_link[there] = self.hops[here] + 1, here, link
                    self.order.append(there)


def panels_of(inventory: Inventory, graph: Graph, walk: Walk, centre: str, most: int) -> list[Panel]:
    """Return a panel for each district, the one nearest to the vantage first, its rows from the vantage outward.

    None has more than `most` lanes.
    """
    sites = inventory.sites
    members = Counter(site.district or site.id for site in sites.values())
    group = {name: key if members[key := site.district or name] > 1 else "" for name, site in sites.items()}
    rows: dict[int, Row] = {}
    below: dict[int, list[int]] = {}
    heads: dict[str, list[int]] = {}
    islanders = [node for node, hops in enumerate(walk.hops) if hops < 0]
    for node in (*walk.order, *islanders):
        site, parent = graph.site_ids[graph.site_of[node]], walk.parent[node]
        is_only = len(graph.site_nodes[graph.site_of[node]]) == 1
        rows[node] = Row(node, sites[site].name if is_only else f"{sites[site].name} · {graph.ids[node]}")
        if parent >= 0 and group[graph.site_ids[graph.site_of[parent]]] == group[site]:
            below.setdefault(parent, []).append(node)
            rows[node].parent = rows[parent]
        else:
            heads.setdefault(group[site], []).append(node)
    panels = {name: Panel(name, _in_order(first, rows, below)) for name, first in heads.items()}
    for site, inside in zip(graph.site_ids, graph.site_nodes, strict=True):
        if not inside:
            panels.setdefault(group[site], Panel(group[site], [])).rows.append(Row(-1, sites[site].name))
    for panel in panels.values():
        panel.title = sites[panel.title].name if panel.title in sites else panel.title or centre
    _add_links(graph, walk, rows, group, panels)
    for panel in panels.values():
        _take_lanes(panel, most)
    return list(panels.values())


def _add_links(
    graph: Graph, walk: Walk, rows: Mapping[int, Row], group: Mapping[str, str], panels: Mapping[str, Panel]
) -> None:
    """Make brackets of the links that are no elbows, and name those that lead to other panels."""
    for link, (a, b) in enumerate(graph.ends):
        if a == b or graph.link_ids[link].startswith(ROOT_LINK):
            continue
        homes = [group[graph.site_ids[graph.site_of[end]]] for end in (a, b)]
        if homes[0] != homes[1]:
            for here, there, home in ((a, b, homes[1]), (b, a, homes[0])):
                rows[here].leads_to.append((panels[home].title or rows[there].label, link))
        elif walk.by_link[a] != link and walk.by_link[b] != link:
            panels[homes[0]].brackets.append((link, rows[a], rows[b]))


def _take_lanes(panel: Panel, most: int) -> None:
    """Give each bracket the innermost lane that is free beside it, short ones first; name those that find none."""
    place = {id(row): number for number, row in enumerate(panel.rows)}
    spans = [sorted((place[id(one)], place[id(other)])) for _, one, other in panel.brackets]
    ordered = sorted(range(len(spans)), key=lambda each: (spans[each][1] - spans[each][0], spans[each]))
    taken: list[list[list[int]]] = [[] for _ in range(most)]
    lanes: dict[int, int] = {}
    for each in ordered:
        start, stop = spans[each]
        free = (lane for lane, busy in enumerate(taken) if all(stop < x or y < start for x, y in busy))
        if (lane := next(free, None)) is not None:
            taken[lane].append([start, stop])
            lanes[each] = lane
            continue
        link, one, other = panel.brackets[each]
        one.leads_to.append((other.label, link))
        other.leads_to.append((one.label, link))
    panel.brackets, panel.lanes = (
        [panel.brackets[each] for each in sorted(lanes)],
        [lanes[each] for each in sorted(lanes)],
    )


def _in_order(first: Sequence[int], rows: dict[int, Row], below: dict[int, list[int]]) -> list[Row]:
    found = []
    waiting = [(node, 0) for node in reversed(first)]
    while waiting:
        node, depth = waiting.pop()
        rows[node].depth = depth
        found.append(rows[node])
        waiting += [(child, depth + 1) for child in reversed(below.get(node, ()))]
    return found
