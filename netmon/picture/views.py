"""What each vantage sees, told by the prober that speaks for a node there; and what the views come to together.

A node that answers at one vantage is not dark. It is dark when every vantage that can tell, and to which the drawing
has a way, has lost it: since the last of them did. Of a node whose prober is gone nothing is known there until
another prober has it; when the silent one comes back first, it goes on as if it had been heard all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netmon.events import Coverage, Entry, Member, ProberHeard, ProbersChanged, ToldBy
from netmon.model import Inventory, Reach
from netmon.picture.altered import altered
from netmon.picture.layers import alike, differing, edited
from netmon.picture.standing import without
from netmon.picture.state import NodeState, Picture, ServiceState, Sharing
from netmon.sharing.assignment import assign
from netmon.sharing.portion import districts, polls
from netmon.sharing.runs import is_over
from netmon.topology.graph import Graph

LATE = 2.0
"""Seconds after which a report was held up on its way."""


@dataclass(frozen=True, slots=True)
class Share:
    """The states that an entry's words are about, as one vantage sees them, and for whom its teller speaks there.

    `prober` is empty for the daemon's own probing, which speaks for whatever no prober was given. `since` is when the
    teller was let in; 0 when it is not.
    """

    vantage: str
    nodes: Mapping[str, NodeState]
    keepers: Mapping[str, str]
    prober: str
    since: float = 0.0

    def has(self, node: str) -> bool:
        """Tell whether the teller's word about a node counts."""
        return self.keepers.get(node, "") == self.prober


def blind(state: NodeState, since: float, at: float) -> NodeState:
    """Return the state of a node of which nothing is known from `since` on; an open outage stays remembered.

    No time of it may lie after `at`, which is now: when the clock was stepped back, an old word would pass for a
    fresh one.
    """
    dark_since = None if state.dark_since is None else min(state.dark_since, at)
    begun = state.since if state.reach is Reach.UNKNOWN else min(max(since, state.since), at)
    word, judged = min(state.word, at), min(state.judged, at)
    return NodeState(
        Reach.UNKNOWN, begun, word, judged, dark_since, state.quality
    )  # `replace` takes five times as long


def shared(picture: Picture, entry: Entry) -> tuple[Picture, ToldBy | None]:
    """Return the picture after what an entry says of the probers themselves, and who tells the rest of it."""
    for event in entry.events:
        match event:
            case ProbersChanged():
                picture = _regrouped(picture, event)
            case ProberHeard():
                picture = altered(picture, sharing=_resumed(picture.sharing, event))
    told = next((event for event in entry.events if isinstance(event, ToldBy)), None)
    if told is not None and not is_repeated(picture, told):
        runs = {**picture.sharing.runs, told.prober: (told.run, told.number)}
        picture = altered(picture, sharing=replace(picture.sharing, runs=runs))
    return picture, told


def is_repeated(picture: Picture, told: ToldBy) -> bool:
    """Tell whether a report was taken before: its acknowledgement was lost; or is of a run that is over."""
    run, number = picture.sharing.runs.get(told.prober, ("", 0))
    return (run == told.run and told.number <= number) or is_over(told.run, run)


def share_of(picture: Picture, told: ToldBy | None) -> Share:
    """Return the states that words are about; without a teller they are the daemon's own."""
    sharing = picture.sharing
    vantage = picture.inventory.vantage.node if told is None else told.vantage
    nodes = sharing.views.get(vantage, {} if told is not None else picture.nodes)
    name = "" if told is None else told.prober
    since = next((member.since for member in sharing.members if member.name == name), 0.0)
    return Share(vantage, nodes, sharing.keepers.get(vantage, {}), name, since)


def polled_by(picture: Picture, prober: str) -> frozenset[str]:
    """Return the nodes and services (`service:ID`) that this prober polls and checks."""
    keepers = assign(polls(picture.inventory), picture.sharing.members)
    return frozenset(name for name, keeper in keepers.items() if keeper == prober)


def vouched(
    nodes: Mapping[str, NodeState], share: Share, said: Coverage, at: float, inventory: Inventory
) -> dict[str, NodeState]:
    """Return the states of nodes that a word of coverage, held up until `at`, proves to have answered.

    Every question up to then was answered, each node was asked in its interval, and of this one nothing bad was told.
    While a prober can be asked, an answer to a question proves more; one that was missed can not, until it is let in.
    """
    is_missed = not share.since
    if not share.prober or (at - said.at < LATE and not is_missed):
        return {}
    found = {}
    for name, state in nodes.items():
        icmp = inventory.nodes[name].icmp if name in inventory.nodes else None
        if state.reach is Reach.UP and icmp is not None and share.has(name):
            found[name] = replace(state, word=max(state.word, said.until - icmp.interval), judged=said.until)
    return found


def rejoined(
    before: Picture, after: Picture, share: Share, nodes: Mapping[str, NodeState], drawn: tuple[Inventory, Graph]
) -> tuple[Sharing, Mapping[str, NodeState]]:
    """Return what the probers know after an entry that left `nodes` at its vantage, and what it comes to.

    `drawn` is the drawing after the entry.
    """
    if not after.sharing.views:  # of a prober that was not let in yet, nothing counts
        return after.sharing, before.nodes if share.prober else nodes
    inventory, graph = drawn
    is_known = after.sharing.views is before.sharing.views and inventory is after.inventory
    if is_known and (share.vantage not in after.sharing.views or alike(nodes, share.nodes)):
        return after.sharing, before.nodes  # most entries are words of coverage
    views = {**after.sharing.views, share.vantage: nodes} if share.vantage in after.sharing.views else {}
    sharing = replace(after.sharing, views=views or after.sharing.views)
    if inventory is not after.inventory:
        sharing = _redrawn(sharing, inventory, graph, after.at)
    changed = _changed(before.sharing, sharing)
    together: dict[str, NodeState] = {}
    for name in sorted(
        {name for view in sharing.views.values() for name in view} if changed is None else changed
    ):  # whoever folds this must come to the same order
        states = [(vantage, view[name]) for vantage, view in sharing.views.items() if name in view]
        if states:
            together[name] = joined(
                state
                for vantage, state in states
                if state.reach is not Reach.DOWN or name not in sharing.beyond.get(vantage, ())
            )
    return sharing, together if changed is None else edited(before.nodes, together)


def joined(states: Iterable[NodeState]) -> NodeState:
    """Return what the states of one node come to, as several vantages see it."""
    each = tuple(states)
    up = [state for state in each if state.reach is Reach.UP]
    alike = up or [state for state in each if state.reach is Reach.DOWN] or each
    if not alike:
        return NodeState()
    if len(alike) == 1:
        return alike[0]
    dark = [state.dark_since for state in alike if state.dark_since is not None]
    return NodeState(
        reach=alike[0].reach,
        since=min(state.since for state in alike) if up else max(state.since for state in alike),
        word=max(state.word for state in alike),
        judged=max(state.judged for state in alike) if up else min(state.judged for state in alike),
        dark_since=max(dark) if len(dark) == len(alike) else None,
        quality="" if any(not state.quality for state in alike) else alike[0].quality,
    )


def watched(picture: Picture) -> Graph:
    """Return the drawing on which faults are explained, as seen from the vantages at which a prober is there."""
    graph = picture.uncut
    there = {member.vantage for member in picture.sharing.members}
    names = [graph.ids[root] for root in graph.roots]
    seeing = [name for name in names if name in there]
    if not seeing or seeing == names:
        return graph
    if seeing[0] == names[0]:
        return graph.without_roots([root for root in graph.roots if graph.ids[root] not in there])
    inventory = without(picture.inventory, picture.standing)
    vantage = replace(inventory.vantage, node=seeing[0], sentinels=(), also=tuple(seeing[1:]))
    return Graph.from_inventory(replace(inventory, vantage=vantage))


def _regrouped(picture: Picture, event: ProbersChanged) -> Picture:
    """Return the picture when these probers are there: whose targets nobody watched for a while is unknown since."""
    sharing, inventory = picture.sharing, picture.inventory
    home = inventory.vantage.node
    views: dict[str, Mapping[str, NodeState]] = {**sharing.views} or {home: picture.nodes}
    keepers, absent = dict(sharing.keepers), dict(sharing.absent)
    members = _let_in(event, sharing)
    names = {member.name for member in members}
    gone = [member for member in sharing.members if member.name not in names]
    for member in members:
        if member.vantage not in views:
            views[member.vantage] = {name: NodeState(since=event.at) for name in picture.nodes}
    for member in gone:
        view, kept = views[member.vantage], keepers.get(member.vantage, {})
        absent[member.name] = {name: view[name] for name, keeper in kept.items() if keeper == member.name}
        since = picture.coverage.get(member.name, event.at)
        unseen = {name: blind(state, since, event.at) for name, state in absent[member.name].items()}
        views[member.vantage] = edited(view, unseen)
    for vantage, group in _groups(members).items():
        keepers[vantage] = assign({n: d for n, d in districts(inventory).items() if n in views[vantage]}, group)
        for name, states in absent.items():
            absent[name] = {node: state for node, state in states.items() if _keeps(keepers, name, node)}
    lost = {member.name for member in gone}
    checked = assign(polls(inventory), sharing.members)
    services = dict(picture.services)
    for name in services:
        keeper = checked.get(f"service:{name}")
        if keeper in lost:
            services[name] = ServiceState(since=picture.coverage.get(keeper, event.at))
    seen = {vantage: picture.graph.out_of_sight(vantage) for vantage in views}
    beyond = sharing.beyond if seen == sharing.beyond else seen  # the same: what did not change need not be joined
    fresh = Sharing(members, views, keepers, absent, sharing.runs, beyond)
    # Of a prober whose targets others have, nothing is expected any more.
    missed = {name for name in lost if not absent[name]}
    coverage = {name: until for name, until in picture.coverage.items() if name not in missed}
    return altered(picture, sharing=fresh, services=services, coverage=coverage)


def _let_in(event: ProbersChanged, before: Sharing) -> tuple[Member, ...]:
    """Return who is there, nobody let in later than now: a clock that was ahead then may have been set back."""
    known = {member.name: member.since for member in before.members}
    return tuple(
        one if one.since <= event.at else replace(one, since=known.get(one.name, event.at)) for one in event.members
    )


def _keeps(keepers: Mapping[str, Mapping[str, str]], prober: str, node: str) -> bool:
    return any(kept.get(node) == prober for kept in keepers.values())


def _groups(members: Iterable[Member]) -> dict[str, list[Member]]:
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(member.vantage, []).append(member)
    return groups


def _resumed(sharing: Sharing, event: ProberHeard) -> Sharing:
    """Return what is known when a silent prober is heard again: what it knew, of all that nobody has taken over."""
    before = sharing.absent.get(event.prober, {})
    absent = {name: states for name, states in sharing.absent.items() if name != event.prober}
    views = dict(sharing.views)
    if sharing.runs.get(event.prober, ("", 0))[0] == event.run and event.vantage in views:
        view = views[event.vantage]
        views[event.vantage] = {name: before.get(name, state) for name, state in view.items()}
    return replace(sharing, absent=absent, views=views)


def _redrawn(sharing: Sharing, inventory: Inventory, graph: Graph, at: float) -> Sharing:
    """Return what the probers know of another drawing."""
    monitored = [name for name, node in inventory.nodes.items() if node.is_monitored]
    views = {
        vantage: {name: view.get(name, NodeState(since=at)) for name in monitored}
        for vantage, view in sharing.views.items()
    }
    wanted = districts(inventory)
    keepers = {vantage: assign(wanted, group) for vantage, group in _groups(sharing.members).items()}
    beyond = {vantage: graph.out_of_sight(vantage) for vantage in views}
    return replace(sharing, views=views, keepers={**sharing.keepers, **keepers}, beyond=beyond)


def _changed(before: Sharing, after: Sharing) -> set[str] | None:
    """Return the nodes of which a view has another state than before; None when all are to be joined anew."""
    if before.views.keys() != after.views.keys() or before.beyond is not after.beyond:
        return None
    changed = set[str]()
    for vantage, view in after.views.items():
        known = before.views[vantage]
        if known is not view:
            changed |= differing(known, view)
    return changed
