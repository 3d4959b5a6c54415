"""Long work in steps: a generator that yields where others may have their turn, and returns what it found. Pure."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def at_once(steps: Generator[object, None, T]) -> T:
    """Return what is found in the end, without giving anybody a turn."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: T = end.value
            return found
