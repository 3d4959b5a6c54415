"""Trials for the diagnosis: a network, what failed in it, what is seen, and how an answer is scored.

An answer is held against the *visible* truth: of two faults one behind the other the second cannot be seen, nor can a
cut in a ring without a word from its ports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from netmon.model import Diagnosis, Element, ElementKind, Observations, PortId, Reach
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if, failed_parts

Seen = tuple[frozenset[str], frozenset[PortId]]
"""What a failure changes: the monitored nodes that are dark, and the ports of live nodes whose line is down."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One network with something wrong. `truth` is the visible truth, `dark` the monitored nodes it darkens."""

    graph: Graph
    truth: tuple[Element, ...]
    dark: frozenset[str]
    observations: Observations


@dataclass(frozen=True, slots=True)
class Score:
    """How an answer fared.

    `is_exact`: it names every element, or states it as an alternative, and nothing more; `is_near`: the same when a
    node at the end of a failed link is taken for the link; `is_stated`: it is exact, or one of its hypotheses is.
    `is_larger`: it names more than failed, `is_as_large`: as many, so that the truth is itself a cheapest
    explanation; `wrong` counts faults that name nothing that failed. Of ports: `missed_cuts` counts failed links
    between two nodes that answer which are not stated, `accused_whole` links stated although a live end reports up.
    """

    is_exact: bool
    is_near: bool
    is_stated: bool
    is_larger: bool
    wrong: int
    is_as_large: bool = False
    missed_cuts: int = 0
    accused_whole: int = 0


def everything(graph: Graph) -> list[Element]:
    """Return all nodes and links that a trial lets fail."""
    nodes = [Element(ElementKind.NODE, name) for name in graph.ids if name != graph.ids[graph.vantage]]
    return nodes + [Element(ElementKind.LINK, name) for name in graph.link_ids]


def neighbourhood(random: Random, graph: Graph, size: int) -> list[Element]:
    """Return the `size` nodes nearest to a random one, and all links that touch them: where faults meet."""
    start = random.choice([node for node in range(len(graph.ids)) if node != graph.vantage])
    around, links = [start], set()
    for here in around:
        for there, link in graph.adjacency[here]:
            links.add(link)
            if there not in around and there != graph.vantage and len(around) < size:
                around.append(there)
    nodes = [Element(ElementKind.NODE, graph.ids[node]) for node in sorted(around)]
    return nodes + [Element(ElementKind.LINK, graph.link_ids[link]) for link in sorted(links)]


def trial(random: Random, graph: Graph, pool: Sequence[Element], faults: int, *, with_ports: bool) -> Trial | None:
    """Let `faults` elements of the pool fail, and return what is seen of it; None when nothing is."""
    failed = sorted(random.sample(pool, faults))
    seen = _seen(graph, failed, with_ports=with_ports)
    truth = _visible(graph, failed, seen, with_ports=with_ports)
    if not truth:
        return None
    dark, down = seen
    words = {
        name: Reach.DOWN if name in dark else Reach.UP
        for name, monitored in zip(graph.ids, graph.is_monitored, strict=True)
        if monitored
    }
    ports = {port: port not in down for port in graph.links_at if _answers(graph, port, dark)} if with_ports else {}
    return Trial(graph, truth, dark, Observations(words, ports))


def _answers(graph: Graph, port: PortId, dark: Collection[str]) -> bool:
    return port.node not in dark and graph.is_monitored[graph.index[port.node]]


def _seen(graph: Graph, failed: Sequence[Element], *, with_ports: bool) -> Seen:
    monitored = {name for name, is_seen in zip(graph.ids, graph.is_monitored, strict=True) if is_seen}
    dark = dark_if(graph, failed) & monitored
    if not with_ports:
        return dark, frozenset()
    failed_nodes, failed_links = failed_parts(graph, failed)
    down = {
        port
        for port, links in graph.links_at.items()
        for link in links
        if _answers(graph, port, dark)
        and (link in failed_links or any(failed_nodes[end] for end in graph.ends[link]))
    }
    return dark, frozenset(down)


def _visible(graph: Graph, failed: Sequence[Element], seen: Seen, *, with_ports: bool) -> tuple[Element, ...]:
    visible = list(failed)
    for element in failed:
        rest = [other for other in visible if other != element]
        if _seen(graph, rest, with_ports=with_ports) == seen:
            visible = rest
    return tuple(visible)


def visible_truth(graph: Graph, failed: Sequence[Element]) -> tuple[Element, ...]:
    """Return those of the failed elements that it takes to darken what they darken together."""
    return _visible(graph, failed, _seen(graph, failed, with_ports=False), with_ports=False)


def links_that_matter(graph: Graph, cable: Element) -> int:
    """Return how many links of a cable it takes to darken what the cable darkens."""
    _, links = failed_parts(graph, [cable])
    elements = [Element(ElementKind.LINK, graph.link_ids[link]) for link in sorted(links)]
    return len(visible_truth(graph, elements))


def judge(shown: Trial, diagnosis: Diagnosis) -> Score:
    """Score a diagnosis."""
    stated = [{fault.element, *fault.alternatives} for fault in diagnosis.faults]
    is_exact = len(stated) == len(shown.truth) and _matches(shown.truth, stated)
    return Score(
        is_exact=is_exact,
        is_near=is_exact,
        is_stated=is_exact or any(set(elements) == set(shown.truth) for elements in diagnosis.hypotheses),
        is_larger=len(stated) > len(shown.truth),
        wrong=sum(names.isdisjoint(shown.truth) for names in stated),
        is_as_large=len(stated) == len(shown.truth),
        missed_cuts=sum(
            _is_between_live(shown, one) and not any(one in names for names in stated) for one in shown.truth
        ),
        accused_whole=sum(_is_whole(shown, one) for names in stated for one in names),
    )


def _is_between_live(shown: Trial, element: Element) -> bool:
    """Tell whether an element is a link between two nodes that answer, so that ports at both ends tell of it."""
    if element.kind is not ElementKind.LINK or not shown.observations.ports:
        return False
    graph = shown.graph
    ends = graph.ends[graph.code(element) - len(graph.ids)]
    return all(shown.observations.nodes.get(graph.ids[end]) is Reach.UP for end in ends)


def _is_whole(shown: Trial, element: Element) -> bool:
    """Tell whether an element is a link of which a node that answers reports its port up."""
    if element.kind is not ElementKind.LINK:
        return False
    graph = shown.graph
    ports = graph.ports_of[graph.code(element) - len(graph.ids)]
    return any(shown.observations.ports.get(port) and port.node not in shown.dark for port in ports)


def judge_pages(shown: Trial, paged: Iterable[int]) -> Score:
    """Score the nodes that another tool's rule pages for."""
    graph = shown.graph
    named, near = [], []
    for node in sorted(paged):
        links = (Element(ElementKind.LINK, graph.link_ids[link]) for _, link in graph.adjacency[node])
        named.append({Element(ElementKind.NODE, graph.ids[node])})
        near.append({Element(ElementKind.NODE, graph.ids[node]), *links})
    is_size = len(named) == len(shown.truth)
    is_exact = is_size and _matches(shown.truth, named)
    return Score(
        is_exact=is_exact,
        is_near=is_size and _matches(shown.truth, near),
        is_stated=is_exact,
        is_larger=len(named) > len(shown.truth),
        wrong=sum(names.isdisjoint(shown.truth) for names in named),
    )


def _matches(truth: Sequence[Element], stated: Sequence[set[Element]]) -> bool:
    """Tell whether each element can be given a fault of its own that states it."""
    if not truth:
        return True
    first, rest = truth[0], truth[1:]
    return any(
        first in names and _matches(rest, [*stated[:place], *stated[place + 1 :]])
        for place, names in enumerate(stated)
    )
