"""Find a port by what a device calls it elsewhere: `Gi1/0/4` is `GigabitEthernet1/0/4` in another table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NAME = re.compile(r"([A-Za-z][A-Za-z-]*)\s*(\d[\d/.:]*)")
_SIGNIFICANT = 2  # letters of the kind: Gi, Te, Fa, Et, Po, xe, ge


def names_by_short(ports: Iterable[str]) -> Mapping[str, str]:
    """Return port names by their short forms; a form that two ports share names neither."""
    found: dict[str, str | None] = {}
    for port in ports:
        short = _short(port)
        if short is not None:
            found[short] = None if short in found else port
    return {short: port for short, port in found.items() if port is not None}


def find_port(said: str | None, ports: Mapping[str, str], exact: Iterable[str]) -> str | None:
    """Return the port that a text is about, from the start of the text; `ports` comes from `names_by_short`."""
    if not said:
        return None
    if said in exact:
        return said
    first = said.split(maxsplit=1)[0] if said.split() else said
    if any(c.isalpha() for c in first) and first in exact:
        return first
    match = _NAME.match(said)
    return None if match is None else ports.get(_joined(match))


def _short(name: str) -> str | None:
    match = _NAME.fullmatch(name)
    return None if match is None else _joined(match)


def _joined(match: re.Match[str]) -> str:
    return match.group(1)[:_SIGNIFICANT].lower() + match.group(2)
