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

T0 = 1_700_000_000.0


def _sealed(links: str) -> Inventory:
    cables = {"k": "a-b", "m": "c-gw"}
    plain = drawing(links, cables=cables, power={"d": "p1", "e": "p1"}, ports=True)
    return drawing(links, cables=cables, power={"d": "p1", "e": "p1"}, ports=True, digest=digest(to_document(plain)))


DRAWINGS = (_sealed("noc-gw gw-a a-b b-c c-gw b-d d-e"), _sealed("noc-gw gw-a a-b b-c c-gw b-d d-e e-f"))
NODES = ("gw", "a", "b", "c", "d", "e", "f")
PORTS = (("a", "b"), ("b", "a"), ("c", "gw"), ("gw", "c"), ("b", "d"))


def _told(draw: Callable[..., Any], now: float) -> Event:
    node = draw(st.sampled_from(NODES))
    since = now - draw(st.sampled_from((0.0, 0.5, 2.0)))
    end, port = draw(st.sampled_from(PORTS))
    makers: tuple[Callable[[], Event], ...] = (
        lambda: NodeDown(now, node, since),
        lambda: NodeDown(now, node, since),
        lambda: NodeUp(now, node, since),
        lambda: NodeUp(now, node, since),
        lambda: NodeConfirmed(now, node, since),
        lambda: NodeUnknown(now, node, since, "send error"),
        lambda: NodeQuality(now, node, draw(st.booleans()), "losing"),
        lambda: PortState(now, end, port, draw(st.booleans())),
        lambda: LightLevel(now, end, port, draw(st.sampled_from((None, -7.25, -41.0)))),
        lambda: Rebooted(now, node, since),
        lambda: Coverage(now, "p", now - 0.5),
        lambda: Elapsed(now),
        lambda: ProbingGap(now, "p", since, "stalled"),
        lambda: ProbingStarted(now, "p"),
        lambda: ProbingStopped(now, "p"),
    )
    maker: Callable[[], Event] = draw(st.sampled_from(makers))
    return maker()


@st.composite
def histories(draw: Callable[..., Any]) -> list[Entry]:
    """Draw the entries of a journal; the wall clock may step back now and then."""
    now = T0
    first = DRAWINGS[0]
    everything: tuple[Event, ...] = (InventoryInForce(now, first.digest), ProbingStarted(now, "p"))
    entries = [
        Entry(1, now, everything, first),
        Entry(2, now, tuple(NodeUp(now, node, now) for node in NODES[:-1])),
    ]
    for position in range(3, 3 + draw(st.integers(1, 18))):
        now += draw(st.sampled_from((0.1, 0.1, 1.0, 4.0, 60.0, -5.0)))
        if draw(st.integers(0, 15)) == 0:
            drawn = draw(st.sampled_from(DRAWINGS))
            entries.append(Entry(position, now, (InventoryInForce(now, drawn.digest),), drawn))
        else:
            entries.append(Entry(position, now, tuple(_told(draw, now) for _ in range(draw(st.integers(1, 4))))))
    return entries
