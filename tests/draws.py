"""Much for one draw: what Hypothesis draws costs by the draw, whatever is made of it.

A draw for each part would shrink better. These are for values of many parts, none of which is rare or special.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from random import Random
from typing import Any

from hypothesis import strategies as st

chances = st.integers(0, 2**64 - 1).map(Random)
"""A source of chance of which only the seed is drawn: `st.randoms` draws each number."""


def together(*choices: Sequence[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw one of each of these, all at once; every combination can come."""

    def chosen(number: int) -> tuple[Any, ...]:
        found = []
        for choice in choices:
            number, place = divmod(number, len(choice))
            found.append(choice[place])
        return tuple(found)

    return st.integers(0, prod(map(len, choices)) - 1).map(chosen)
