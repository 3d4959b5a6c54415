"""What diagnosis says for an element: one table of sentences. `picture/words` has them in the other language too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NAMED = 5
"""Ids that one sentence lists before it says how many more there are."""

SAYINGS: Mapping[str, str] = {
    # -- nodes
    "forwarding": "{node} does not answer, but nodes that do are reached only through it: it forwards",
    "undrawn": "{node} is dark, and the drawing has no path from the vantage to it",
    "dark": "{node} is dark",
    "dark-beside": "{node} is dark; beside it {nodes} answers",
    "dark-beside-many": "{node} is dark; beside it {nodes} answer",
    "dark-beside-carrying": "{node} is dark; beside it {nodes} must work: what answers is reached that way alone",
    "unmonitored": "{node} is not monitored",
    "unmonitored-beside": "{node} is not monitored; beside it {nodes} answers",
    "unmonitored-beside-many": "{node} is not monitored; beside it {nodes} answer",
    "unmonitored-beside-carrying": "{node} is not monitored; beside it {nodes} must work: what answers is reached "
    "that way alone",
    "area-together": "nodes of power area {area} are dark together: {nodes}",
    "one-behind": "1 node is dark behind it: {nodes}",
    "behind": "{count} nodes are dark behind it: {nodes}",
    # -- links and cables
    "beyond": "{node} answers, and beyond {link} {far} does not",
    "beyond-unknown": "{node} answers, and of {far} beyond {link} nothing is known",
    "carrying-but-here": "{node} carries traffic, but not over {link} to {far}",
    "line-lost": "both ends of {link} answer ({node} and {far}), but its line is down: redundancy is lost",
    "line-lost-between": "{node} and {far} work, but {link} between them is down: redundancy is lost",
    "only-ways": "cable {cable} lies on the only ways to what is dark",
    "links-lost": "links of cable {cable} are lost: {links}",
    "links-lost-together": "links of cable {cable} are lost together: {links}",
    # -- ports
    "port-up": "port {port} is up: its link is not cut",
    "port-down": "port {port} is down",
    "port-unheard": "port {port} is up, but hears its neighbour no more",
    "port-lit": "port {port} receives light: its fibre is not cut",
    "port-unlit": "port {port} receives no light",
    # -- the monitor itself
    "nobody-answers": "no node answers; {count} are dark: {nodes}",
    "sentinels": "so are the sentinels of {node}: {nodes}",
}


def saying(key: str, **values: object) -> str:
    """Return a sentence with its values in place.

    Raises:
        KeyError: there is none of this key, or a value is missing.
    """
    return SAYINGS[key].format(**values)


def listed(names: Sequence[str]) -> str:
    """Return names as a list for a sentence, cut off after a few."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
