"""`netmon topology`: the drawing and the network, one held against the other."""

from __future__ import annotations

import click

from netmon.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "drift": Lazy("netmon.cli.topology_drift", "drift", "Show where drawing and network part."),
    "place": Lazy("netmon.cli.topology_place", "place", "Propose where undrawn nodes hang, by traceroute."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def topology() -> None:
    """Hold the drawing against the network."""
