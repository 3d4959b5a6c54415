"""Moments: how often a large network is judged. Pure.

Judging takes time that grows with the network, and a cut that darkens two thousand villages is told in hundreds of
entries. So a network of a thousand nodes and more is judged at moments, farther apart the larger it is: what becomes
known within one is judged together, and everything that falls dark at once costs a few judgements. A smaller network
is judged whenever anything becomes known. Which entries are judged follows from the entries alone, as all else does.

What a prober tells afterwards comes within one moment, however long it took to happen. There, what ends an outage,
and the word before it that vouches for who answered meanwhile, are judged as if they had come in time: at moments of
when they were told. Nothing else is, or who is late because judging takes long would judge ever more, and be later.
"""

from __future__ import annotations

from netmon.events import Coverage, Elapsed, Entry, NodeUp, ToldBy
from netmon.model import Reach
from netmon.picture.ledger import DARK
from netmon.picture.state import NodeState, Picture
from netmon.picture.views import LATE

AT_ONCE = 1_000
"""Nodes up to which every entry is judged."""
LEAST, PER_NODE = 0.05, 6e-6
"""Seconds between two judgements of what is larger, and more for each node above that: about what judging takes."""


def next_moment(picture: Picture) -> float:
    """Return the time at which the verdicts of a picture may be judged again, Unix seconds."""
    return picture.judged + _length(picture)


def _length(picture: Picture) -> float:
    more = len(picture.nodes) - AT_ONCE
    return LEAST + more * PER_NODE if more > 0 else 0.0


def must_wait(before: Picture, seen: Picture) -> bool:
    """Tell whether it is too early to judge again what became known; a new drawing is judged at once.

    So is all when the clock was set back.
    """
    return before.inventory is seen.inventory and seen.judged <= seen.at < next_moment(seen)


def is_woken(entry: Entry) -> bool:
    """Tell whether an entry tells nothing but the time: who asked to be woken may have been so a little early."""
    return all(isinstance(event, Elapsed) for event in entry.events)


def is_told_late(before: Picture, entry: Entry) -> bool:
    """Tell whether an entry says what was held up on its way, and ends an outage or vouches for its surroundings.

    Where nothing is dark, or all that is has been explained, there is nothing to vouch for. What was told within a
    moment of what was judged last, whoever told it, waits as it would have.
    """
    said = told_at(entry)
    if entry.at - said < LATE or abs(said - before.judged_told) < _length(before):
        return False
    nodes = before.nodes
    if any(isinstance(one, NodeUp) and one.node in nodes and _is_down(nodes[one.node]) for one in entry.events):
        return True
    is_waited_for = bool(before.pending) or before.is_overtaken
    vouches = is_waited_for and any(isinstance(one, Coverage) for one in entry.events)
    return vouches and any(map(_is_down, nodes.values()))


def ends_unjudged(before: Picture, entry: Entry) -> bool:
    """Tell whether a late entry ends what went dark within the moment: nobody would ever be told that it was."""
    if not before.is_overtaken or entry.at - told_at(entry) < LATE:
        return False
    nodes, found = before.nodes, before.node_findings
    back = [one.node for one in entry.events if isinstance(one, NodeUp) and one.node in nodes]
    told = {node for node in back if node in found and found[node].verdict in DARK}
    return any(_is_down(nodes[node]) and node not in told for node in back)


def told_at(entry: Entry) -> float:
    """Return when an entry was told: a prober may have had to wait with it."""
    head = entry.events[0] if entry.events else None
    return head.at if isinstance(head, ToldBy) else entry.at


def _is_down(state: NodeState) -> bool:
    return state.reach is Reach.DOWN
