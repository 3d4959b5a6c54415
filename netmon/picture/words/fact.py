"""One thing that can be said: what it is, of what it speaks, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.model import Element, PortId

Value = str | int | float | Element | PortId | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to say: which (`key` is one of `phrases`), with what values, and when it was so (Unix seconds)."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    at: float | None = None
