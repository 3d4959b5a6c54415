"""Which tests run in which of the processes that share them.

xdist's own `--dist loadgroup` tells the process that shares them out by a suffix to their names, which pytest 9.2
drops without a word: each test then runs wherever there is room, and every process makes the fixtures of all modules.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling

TOP = Path(__file__).parents[1]


class ByModule(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """The tests of a module run in one process, one after another, unless the module is marked `apart`."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return nodeid if _is_apart(module) else module


@cache
def _is_apart(module: str) -> bool:
    """Tell by its text: the process that shares tests out loads none of them."""
    return "pytest.mark.apart" in (TOP / module).read_text(encoding="utf-8")
