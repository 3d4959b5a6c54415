"""`netmon topology`: questions to the drawing, and the drawing held against the network."""

from __future__ import annotations

import click

from netmon.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "show": Lazy("netmon.cli.topology.show", "show", "Show a site or a node, and what is around it."),
    "spof": Lazy("netmon.cli.topology.spof", "spof", "List what hangs by one thing."),
    "redundancy": Lazy("netmon.cli.topology.redundancy", "redundancy", "Count the ways that share nothing."),
    "blackspots": Lazy("netmon.cli.topology.blackspots", "blackspots", "List the sites that are not well served."),
    "draw": Lazy("netmon.cli.topology.draw", "draw", "Draw a map, or a graph for other programs."),
    "path": Lazy("netmon.cli.topology.path", "path", "Show the way between two nodes."),
    "whatif": Lazy("netmon.cli.topology.whatif", "whatif", "Say who goes dark when things fail together."),
    "drift": Lazy("netmon.cli.topology.drift", "drift", "Show where drawing and network part."),
    "place": Lazy("netmon.cli.topology.place", "place", "Propose where undrawn nodes hang, by traceroute."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def topology() -> None:
    """Ask the drawing what hangs on what, and hold it against the network."""
