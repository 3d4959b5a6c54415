"""Random histories: what probers might journal of a small ring with a tail, restarts and new drawings included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from netmon.events import (
    Coverage,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    LightLevel,
    NodeConfirmed,
    NodeDown,
    NodeQuality,
    NodeUnknown,
    NodeUp,
    PortState,
    ProbingGap,
    ProbingStarted,
    ProbingStopped,
    Rebooted,
)
from netmon.inventory.document import digest, to_document
from netmon.model import Inventory
from tests.drawings import drawing
from tests.draws import together

T0 = 1_700_000_000.0


def _sealed(links: str) -> Inventory:
    cables = {"k": "a-b", "m": "c-gw"}
    plain = drawing(links, cables=cables, power={"d": "p1", "e": "p1"}, ports=True)
    return drawing(links, cables=cables, power={"d": "p1", "e": "p1"}, ports=True, digest=digest(to_document(plain)))


DRAWINGS = (_sealed("noc-gw gw-a a-b b-c c-gw b-d d-e"), _sealed("noc-gw gw-a a-b b-c c-gw b-d d-e e-f"))
NODES = ("gw", "a", "b", "c", "d", "e", "f")
PORTS = (("a", "b"), ("b", "a"), ("c", "gw"), ("gw", "c"), ("b", "d"))


WORDS = together(range(15), NODES, (0.0, 0.5, 2.0), PORTS, (False, True), (None, -7.25, -41.0))
STEPS = st.lists(
    st.tuples(
        together((0.1, 0.1, 1.0, 4.0, 60.0, -5.0), range(16), DRAWINGS),
        st.lists(WORDS, min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=18,
)


def _told(
    now: float, kind: int, node: str, before: float, port_of: tuple[str, str], well: bool, level: float | None
) -> Event:
    since = now - before
    end, port = port_of
    makers: tuple[Callable[[], Event], ...] = (
        lambda: NodeDown(now, node, since),
        lambda: NodeDown(now, node, since),
        lambda: NodeUp(now, node, since),
        lambda: NodeUp(now, node, since),
        lambda: NodeConfirmed(now, node, since),
        lambda: NodeUnknown(now, node, since, "send error"),
        lambda: NodeQuality(now, node, well, "losing"),
        lambda: PortState(now, end, port, well),
        lambda: LightLevel(now, end, port, level),
        lambda: Rebooted(now, node, since),
        lambda: Coverage(now, "p", now - 0.5),
        lambda: Elapsed(now),
        lambda: ProbingGap(now, "p", since, "stalled"),
        lambda: ProbingStarted(now, "p"),
        lambda: ProbingStopped(now, "p"),
    )
    return makers[kind]()


def _entries(steps: list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]) -> list[Entry]:
    now = T0
    first = DRAWINGS[0]
    everything: tuple[Event, ...] = (InventoryInForce(now, first.digest), ProbingStarted(now, "p"))
    entries = [
        Entry(1, now, everything, first),
        Entry(2, now, tuple(NodeUp(now, node, now) for node in NODES[:-1])),
    ]
    for position, ((pause, redraws, drawn), words) in enumerate(steps, start=3):
        now += pause
        if redraws == 0:
            entries.append(Entry(position, now, (InventoryInForce(now, drawn.digest),), drawn))
        else:
            entries.append(Entry(position, now, tuple(_told(now, *word) for word in words)))
    return entries


histories = STEPS.map(_entries)
"""The entries of a journal; the wall clock may step back now and then."""
