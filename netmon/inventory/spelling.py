"""How people write an element: `KIND:ID`, spelled alike wherever one is named; what another word meant. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from netmon.inventory.flaw import closest

CAN_FAIL: Final = ("cable", "link", "node", "power_area")
"""Kinds of elements that a question may let fail."""
WORKED_ON: Final = (*CAN_FAIL, "site")
"""Kinds of elements that maintenance can be announced for."""
SHORT: Final = {"power": "power_area"}
"""Shorter words that are taken too."""
_CALLED: Final = {**SHORT, "area": "power_area", "router": "node", "device": "node", "kabel": "cable"}
"""What else people call them."""


def parted(text: str, kinds: Collection[str]) -> tuple[str, str] | None:
    """Return kind and id of an element that is written `KIND:ID` with one of these kinds; None if it is not."""
    word, _, name = text.partition(":")
    kind = SHORT.get(word, word)
    return (kind, name) if kind in kinds and name else None


def meant(text: str, kinds: Collection[str]) -> str | None:
    """Return how an element is spelled that was written with another word for its kind; None if that is not known."""
    word, _, name = text.partition(":")
    kind = _CALLED.get(word.casefold()) or closest(word, kinds)
    return f"{kind}:{name}" if name and kind in kinds else None


def remedy(text: str, kinds: Collection[str]) -> str:
    """Return what to write instead of what names no element of these kinds."""
    instead = meant(text, kinds)
    return f"write KIND:ID with one of {', '.join(kinds)}" if instead is None else f'did you mean "{instead}"?'
