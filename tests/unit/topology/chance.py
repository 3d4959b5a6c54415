"""Small random networks and what would be seen of them, for properties held against the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from random import Random

from hypothesis import settings

from netmon.model import (
    Cable,
    Diagnosis,
    Element,
    IcmpProbe,
    Inventory,
    Link,
    LinkEnd,
    Node,
    Observations,
    PortId,
    Reach,
    Site,
    SiteKind,
    Vantage,
)
from tests.unit.topology.oracle import Oracle


def few(count: int) -> settings:
    """Return the settings of a dear property, tried so often where others are 25 times, and as much more often."""
    return settings(max_examples=max(1, count * settings().max_examples // 25))


@dataclass(frozen=True)
class Case:
    """A network, what really failed in it, and what is seen."""

    inventory: Inventory
    truth: tuple[Element, ...]
    observations: Observations


def network(random: Random, size: int) -> Inventory:
    """Return a tree, a ring, a ring with trees, two rings or a mesh, perhaps with passive nodes, cables and areas."""
    names = [f"n{node:02d}" for node in range(size)]
    passive = random.choice([0.0, 0.0, 0.2, 0.4])
    areas = [f"p{area}" for area in range(random.choice([0, 0, 1, 3]))]
    cables = [f"c{cable}" for cable in range(random.choice([0, 0, 1, 2, 4]))]
    nodes = {}
    for place, name in enumerate(names):
        is_probed = place > 0 and random.random() >= passive
        nodes[name] = Node(
            name,
            f"s{name}",
            monitor=("icmp",) if is_probed else (),
            icmp=IcmpProbe() if is_probed else None,
            power_area=random.choice([*areas, None, None]),
        )
    links = {}
    for number, (a, b) in enumerate(_pairs(random, size)):
        ducts = {random.choice(cables) for _ in range(random.choice([0, 1, 1, 1, 2]))} if cables else set()
        ends = LinkEnd(names[a], f"p{number}"), LinkEnd(names[b], f"p{number}")
        length = random.choice([None, 1.0, 5.0])
        links[f"l{number:02d}"] = Link(f"l{number:02d}", *ends, length_km=length, cables=tuple(sorted(ducts)))
    return Inventory(
        region="test",
        vantage=Vantage("n00"),
        sites={node.site: Site(node.site, node.site, SiteKind.VILLAGE) for node in nodes.values()},
        nodes=nodes,
        links=links,
        cables={cable: Cable(cable, cable) for cable in cables},
    )


def _pairs(random: Random, size: int) -> list[tuple[int, int]]:
    match random.choice(["tree", "ring", "ring with trees", "two rings", "mesh"]):
        case "tree":
            pairs = [(node, random.randrange(max(0, node - 3), node)) for node in range(1, size)]
        case "ring":
            pairs = [(node, (node + 1) % size) for node in range(size)]
        case "ring with trees":
            round_ = max(3, size // 2)
            pairs = [(node, (node + 1) % round_) for node in range(min(round_, size))]
            pairs += [(node, random.randrange(node)) for node in range(round_, size)]
        case "two rings":
            round_ = max(3, size // 2)
            pairs = [(node, (node + 1) % round_) for node in range(min(round_, size))]
            first = last = random.randrange(min(round_, size))
            for node in range(round_, size):
                pairs.append((last, node))
                last = node
            pairs.append((last, random.choice([first, 0])))
        case _:
            pairs = [(node, random.randrange(node)) for node in range(1, size)]
            pairs += [(random.randrange(size), random.randrange(size)) for _ in range(random.randrange(1, size))]
    return [(a, b) for a, b in pairs if a != b and max(a, b) < size]


def case(random: Random, size: int, *, faults: int = 3) -> Case:
    """Return a network with one to `faults` failures, seen in full or in part, with or without ports and light."""
    inventory = network(random, size)
    oracle = Oracle(inventory, Observations())
    everything = oracle.elements()
    truth = random.sample(everything, min(len(everything), random.randint(1, faults)))
    failed_nodes: set[str] = set()
    failed_links: set[str] = set()
    for element in truth:
        nodes, links = oracle.fails(element)
        failed_nodes |= nodes - {"n00"}
        failed_links |= links
    reached = oracle.walk(failed_nodes, failed_links)
    unheard, with_port, with_light = (
        random.choice([0, 0, 0.2, 0.5]),
        random.choice([0, 0, 0.5, 1]),
        random.choice([0, 0.5]),
    )
    words = {
        node.id: Reach.UP if node.id in reached else Reach.DOWN
        for node in inventory.nodes.values()
        if node.is_monitored and random.random() >= unheard
    }
    ports: dict[PortId, bool] = {}
    light: dict[PortId, float | None] = {}
    for link in inventory.links.values():
        for near, far in (link.a, link.b), (link.b, link.a):
            if words.get(near.node) is not Reach.UP and near.node != "n00":
                continue
            is_up = link.id not in failed_links and far.node not in failed_nodes
            if random.random() < with_port:
                ports[PortId(near.node, str(near.port))] = is_up
            if random.random() < with_light:
                light[PortId(near.node, str(near.port))] = -8.0 if is_up else random.choice([None, -40.0])
    return Case(inventory, tuple(truth), Observations(words, ports, light))


def is_stated(diagnosis: Diagnosis, elements: frozenset[Element]) -> bool:
    """Tell whether a set of elements is the best explanation with its alternatives, or one of the hypotheses."""
    if elements in map(frozenset, diagnosis.hypotheses):
        return True
    blocks = [{fault.element, *fault.alternatives} for fault in diagnosis.faults]
    if len(blocks) != len(elements):
        return False
    return any(
        all(element in block for element, block in zip(order, blocks, strict=True))
        for order in permutations(elements)
    )
