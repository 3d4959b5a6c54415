"""Port names as different programs write them: the same port under its short, its long and its stacked name."""

from __future__ import annotations

import re
from functools import lru_cache

_SHORT = (
    ("twentyfivegige", "twe"),
    ("hundredgige", "hu"),
    ("fortygigabitethernet", "fo"),
    ("tengigabitethernet", "te"),
    ("gigabitethernet", "gi"),
    ("fastethernet", "fa"),
    ("xgigabitethernet", "xge"),
    ("port-channel", "po"),
    ("ethernet", "et"),
)
_ALIASES = {"ge": "gi", "eth": "et"}  # Huawei's and Linux's own short names
_HEAD = re.compile(r"[a-z-]+(?=\d)")


@lru_cache(maxsize=65536)
def normal(port: str) -> str:
    """Return one spelling for all names of a port: `GigabitEthernet1/0/4` is `gi1/0/4`, `bridge/bond/sfp1` is `sfp1`.

    RouterOS announces a port that is a member of a bridge by its path; no part of such a path is a bare number.
    """
    name = port.strip().lower()
    parts = name.split("/")
    if len(parts) > 1 and all(part[:1].isalpha() for part in parts):
        name = parts[-1]
    found = _HEAD.match(name)
    if found is not None:
        if found[0] in _ALIASES:
            return _ALIASES[found[0]] + name[found.end() :]
        for long, short in _SHORT:
            if found[0] == long or (len(found[0]) > len(short) and long.startswith(found[0])):
                return short + name[found.end() :]
    return name


def same_port(one: str, other: str) -> bool:
    """Say whether two names mean the same port of a node."""
    return one == other or normal(one) == normal(other)
