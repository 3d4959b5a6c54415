"""A story in a journal, and what it comes to."""

from __future__ import annotations

from netmon.events import Coverage, Entry, Event, InventoryInForce, NodeDown, NodeUp, ProbingStarted
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from tests.unit.recall.histories import DRAWINGS, NODES, T0


def folded(entries: list[Entry], begin: Picture | None = None) -> Picture:
    picture = begin
    for entry in entries:
        picture = fold(picture, entry)[0]
    assert picture is not None
    return picture


def story(count: int = 60) -> list[Entry]:
    """A day in which b is lost and comes back, among words of coverage."""
    drawn = DRAWINGS[0]
    entries = [
        Entry(1, T0, (InventoryInForce(T0, drawn.digest), ProbingStarted(T0, "p")), drawn),
        Entry(2, T0, tuple(NodeUp(T0, node, T0) for node in NODES[:-1])),
    ]
    for position in range(3, count + 1):
        now = T0 + 3_600.0 * position
        changes: dict[int, Event] = {10: NodeDown(now, "d", now - 1), 20: NodeUp(now, "d", now - 1)}
        entries.append(Entry(position, now, (changes.get(position, Coverage(now, "p", now)),)))
    return entries
