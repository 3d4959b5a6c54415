"""The network as a schematic: a panel for each district, in it a row for each node, the nearest to the vantage first.

Links of a breadth-first tree are drawn as elbows on the left, all others as brackets on the right, and links to
another panel are named. A row holds one label, so labels cannot collide. What tells things apart is shape and weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from math import ceil

from netmon.model import Inventory, Reach, Verdict
from netmon.topology.drawing.ground import Moment, accused
from netmon.topology.drawing.labels import GLYPH
from netmon.topology.drawing.lettering import breadth, fitted
from netmon.topology.drawing.panels import ROW, TITLE, Panel, Row, Walk, panels_of
from netmon.topology.drawing.style import CROSS, MARKERS, Theme, coloured, marker_definitions
from netmon.topology.drawing.svg import lettered, rectangle, text
from netmon.topology.drawing.words import Language, Speech
from netmon.topology.geo import Box, Point
from netmon.topology.graph import Graph
from netmon.topology.lowlink import hinges

COLUMN = 280.0  # width that a panel wants at least
GAP = 14.0
SIZE = 10.5
HEADING = 11.5
SPACED = 0.04  # between letters of a title, as the rules say
STEP = 13.0  # from a node to what hangs on it
DEEPEST = 91.0  # no row begins further in
LANE = 6.0
ASIDE = 34.0  # to the left of the first node: hops
LABEL = 90.0  # that a label wants at least
EDGE = 20.0  # between a label and the first lane, and after the last
FOOT = 34.0  # height of the legend

_RULES = """.plan { font-family: system-ui, "Segoe UI", "Noto Sans", sans-serif; }
.plan text { fill: var(--ink); dominant-baseline: central; }
.plan .sheet { fill: var(--paper); }
.plan .panel { fill: var(--land); stroke: var(--border); stroke-width: 1; }
.plan .title { font-weight: 600; letter-spacing: .04em; }
.plan .hops, .plan .note { fill: var(--quiet); }
.plan .link { fill: none; stroke: var(--quiet); stroke-width: 1; }
.plan .bridge { stroke-width: 2.6; }
.plan .other { stroke-dasharray: 3 2.5; }
.plan .node { fill: var(--paper); stroke: var(--ink); stroke-width: 1.4; }
.plan .passive { fill: var(--ink); }
.plan .cut { stroke: var(--down); stroke-dasharray: 5 3; }
.plan .suspect { stroke: var(--degraded); stroke-dasharray: 5 3; }
.plan .severed circle { fill: var(--paper); stroke: var(--down); stroke-width: 1.4; }
.plan .severed path { fill: none; stroke: var(--down); stroke-width: 1.8; stroke-linecap: round; }
.plan .unserved { fill: none; stroke: var(--quiet); stroke-width: 1.4; stroke-dasharray: 1.6 1.9; }
.plan .island { fill: none; stroke: var(--ink); stroke-width: 1.6; }
"""


def schematic_svg(
    inventory: Inventory,
    moment: Moment | None = None,
    *,
    width: float = 1200.0,
    theme: Theme = "auto",
    language: Language = "en",
) -> str:
    """Return the schematic as one `<svg>` element, a valid file by itself.

    With a moment, nodes have the markers of their verdicts, lines that are cut are crossed out, and its bridges are
    those that are left; without one, nothing is said but what is drawn.
    """
    graph = Graph.from_inventory(inventory)
    if moment is None:
        bridges = frozenset(hinges(graph, graph.vantage, bytearray(len(graph.ids))).bridges)
    else:
        bridges = frozenset(link for link, name in enumerate(graph.link_ids) if name in moment.bridges)
    walk, say = Walk(graph), Speech(language)
    look = _Look(graph, walk, bridges, moment, say)
    most = max(1, int((width - 2 * GAP - ASIDE - DEEPEST - LABEL - EDGE) // LANE))
    columns = max(1, int((width - GAP) // (COLUMN + GAP)))
    pitch = (width - GAP) / columns
    bottoms = [GAP] * columns
    parts: list[str] = []
    for panel in panels_of(inventory, graph, walk, say("centre"), most):
        wanted = ASIDE + _inward(panel) * panel.deepest + LABEL + LANE * panel.lane_count + EDGE
        over = min(columns, ceil((wanted + GAP) / pitch))
        column = min(range(columns - over + 1), key=lambda one: (max(bottoms[one : one + over]), one))
        left, top = GAP + column * pitch, max(bottoms[column : column + over])
        box = Box(left, top, left + over * pitch - GAP, top + panel.height)
        bottoms[column : column + over] = [box.bottom + GAP] * over
        parts += _drawn(panel, box, look)
    foot = FOOT + (0.0 if moment is None else ROW + 4)
    height = max(bottoms) + foot
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" class="plan" viewBox="0 0 {width:g} {height:.0f}" '
                f'width="{width:g}" height="{height:.0f}" role="img" aria-labelledby="plan-title">'
            ),
            f'<title id="plan-title">{text(say("schematic-of", region=inventory.region))}</title>',
            f"<style>{coloured(_RULES + ('' if moment is None else MARKERS), theme)}</style>",
            *([] if moment is None else [f"<defs>{marker_definitions()}</defs>"]),
            f'<rect class="sheet" width="{width:g}" height="{height:.0f}"/>',
            *parts,
            *_legend(max(bottoms) + FOOT / 2 - 4, say),
            *([] if moment is None else _verdict_legend(moment, max(bottoms) + FOOT / 2 + ROW, say)),
            "</svg>\n",
        ]
    )


def _drawn(panel: Panel, box: Box, look: _Look) -> Iterator[str]:
    """Yield a panel in its box: links first, so that markers and labels lie on top."""
    yield rectangle(box, "panel")
    title = fitted(panel.title, HEADING, box.width - 20, least=GLYPH + SPACED, bold=True)
    words = lettered(Point(box.left + 10, box.top + TITLE / 2 + 1), title, "title", HEADING)
    yield f"<g><title>{text(panel.title)}</title>{words}</g>"
    step = _inward(panel)
    right = box.right - 8 - LANE * panel.lane_count
    for number, row in enumerate(panel.rows):
        row.x, row.y = box.left + ASIDE + step * row.depth, box.top + TITLE + ROW * (number + 0.5)
    for row in panel.rows:
        if row.parent is not None:
            path = f"M{row.parent.x:.1f} {row.parent.y:.1f}V{row.y:.1f}H{row.x:.1f}"
            link = look.walk.by_link[row.node]
            yield f'<path class="{look.kind(link)}" d="{path}"/>'
            if look.is_cut(link):
                yield _cut(row.parent.x, row.y)
    ends = {}
    for row in panel.rows:
        told = row.label + "".join(
            f" ⇄ {name}{'!' * (link in look.bridges)}{'✕' * look.is_cut(link)}" for name, link in row.leads_to
        )
        label = fitted(told, SIZE, right - row.x - 12, least=GLYPH)
        ends[id(row)] = row.x + 11 + breadth(label, SIZE, least=GLYPH)
        hops = look.walk.hops[row.node] if row.node >= 0 else -1
        if hops >= 0:
            yield lettered(Point(box.left + 20, row.y), str(hops), "hops", 9.0, "end")
        yield look.marker(row)
        yield f"<g><title>{text(told)}</title>{lettered(Point(row.x + 9, row.y), label, 'label', SIZE)}</g>"
    for (link, one, other), lane in zip(panel.brackets, panel.lanes, strict=True):
        x = right + LANE * (lane + 0.5)
        path = f"M{ends[id(one)]:.1f} {one.y:.1f}H{x:.1f}V{other.y:.1f}H{ends[id(other)]:.1f}"
        yield f'<path class="{look.kind(link)}" d="{path}"/>'
        if look.is_cut(link):
            yield _cut(x, (one.y + other.y) / 2)


def _inward(panel: Panel) -> float:
    """Return how much further in each level of a panel begins."""
    return min(STEP, DEEPEST / max(1, panel.deepest))


class _Look:
    """How nodes and links are shown: by the drawing alone, or by what a moment says of them."""

    def __init__(
        self, graph: Graph, walk: Walk, bridges: Collection[int], moment: Moment | None, say: Speech
    ) -> None:
        self.say = say
        self.graph = graph
        self.walk = walk
        self.bridges = bridges
        self.moment = moment
        self.failed, self.suspect = (set(), set()) if moment is None else accused(moment)

    def is_cut(self, link: int) -> bool:
        """Tell whether a link is known to be down."""
        name = self.graph.link_ids[link]
        return name in self.failed or (self.moment is not None and self.moment.links.get(name) is Reach.DOWN)

    def kind(self, link: int) -> str:
        """Return the classes of a link."""
        kind = "link" + " bridge" * (link in self.bridges) + " other" * (not self.graph.is_fibre[link])
        if self.is_cut(link):
            return f"{kind} cut"
        return f"{kind} suspect" if self.graph.link_ids[link] in self.suspect else kind

    def marker(self, row: Row) -> str:
        """Return the marker of a row; a node that is not well has that of its verdict."""
        graph, at = self.graph, f'transform="translate({row.x:.1f} {row.y:.1f})"'
        if row.node < 0 or not graph.is_served[graph.site_of[row.node]]:
            return f'<circle class="unserved" {at} r="3.8"/>'
        if self.walk.hops[row.node] < 0:
            return f'<path class="island" {at} d="{CROSS}"/>'
        found = None if self.moment is None else self.moment.nodes.get(graph.ids[row.node])
        if found is not None and _is_shown(found.verdict, is_monitored=graph.is_monitored[row.node]):
            told = f"{graph.ids[row.node]}: {self.say(found.verdict)}" + (f" ({found.fault})" if found.fault else "")
            return f'<use href="#marker-{found.verdict}" {at}><title>{text(told)}</title></use>'
        if row.node in graph.roots:
            return f'<g {at}><circle class="node" r="5"/><circle class="passive" r="2"/></g>'
        if not graph.is_monitored[row.node]:
            return f'<path class="passive" {at} d="M0-3.4L3.4 0L0 3.4L-3.4 0Z"/>'
        return f'<circle class="node" {at} r="3.6"/>'


def _is_shown(verdict: Verdict, *, is_monitored: bool) -> bool:
    """Tell whether a node has the marker of its verdict: one that is well has not, nor one that is never probed."""
    return verdict not in (Verdict.UP, Verdict.UNSERVED) and (is_monitored or verdict is not Verdict.UNKNOWN)


def _cut(x: float, y: float) -> str:
    """Return the mark of a line that is cut."""
    mark = "M-2.4-2.4L2.4 2.4M2.4-2.4L-2.4 2.4"
    return f'<g class="severed" transform="translate({x:.1f} {y:.1f})"><circle r="4.4"/><path d="{mark}"/></g>'


def _legend(y: float, say: Speech) -> Iterator[str]:
    """Yield what the shapes mean, in one row."""
    shapes = (
        (
            '<g transform="translate({x} {y})"><circle class="node" r="5"/><circle class="passive" r="2"/></g>',
            "vantage",
        ),
        ('<circle class="node" cx="{x}" cy="{y}" r="3.6"/>', "node"),
        ('<path class="passive" transform="translate({x} {y})" d="M0-3.4L3.4 0L0 3.4L-3.4 0Z"/>', "passive"),
        ('<circle class="unserved" cx="{x}" cy="{y}" r="3.8"/>', "not-served"),
        (
            '<path class="island" transform="translate({x} {y})" d="' + CROSS + '"/>',
            "not-joined",
        ),
        ('<path class="link" d="M{x} {y}m-9 0h18"/>', "link"),
        ('<path class="link bridge" d="M{x} {y}m-9 0h18"/>', "bridge"),
        ('<path class="link other" d="M{x} {y}m-9 0h18"/>', "not-fibre"),
    )
    x = GAP + 10
    for shape, key in shapes:
        words = say(key)
        yield shape.format(x=f"{x:.1f}", y=f"{y:.1f}")
        yield lettered(Point(x + 14, y), words, "note", SIZE)
        x += 44 + GLYPH * SIZE * len(words)
    yield lettered(Point(x, y), say("numbers"), "note", SIZE)


def _verdict_legend(moment: Moment, y: float, say: Speech) -> Iterator[str]:
    """Yield the markers of nodes that are not well with how many there are, in one row."""
    nodes = moment.inventory.nodes
    counts = Counter(
        found.verdict
        for name, found in moment.nodes.items()
        if name in nodes and _is_shown(found.verdict, is_monitored=nodes[name].is_monitored)
    )
    x = GAP + 10
    for verdict in Verdict:
        if verdict in (Verdict.UP, Verdict.UNSERVED):
            continue
        words = f"{say(verdict)} {counts[verdict]}"
        yield f'<use href="#marker-{verdict}" x="{x:.1f}" y="{y:.1f}"/>'
        yield lettered(Point(x + 14, y), words, "note", SIZE)
        x += 44 + GLYPH * SIZE * len(words)
    yield _cut(x, y)
    yield lettered(Point(x + 14, y), say("cut"), "note", SIZE)
