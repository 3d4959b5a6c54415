"""A picture with some of its parts changed, for what a fold does several times at each entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netmon.picture.state import Picture

__all__ = ["altered"]

if TYPE_CHECKING:
    from dataclasses import replace as altered
else:

    def altered(picture: Picture, **changes: Any) -> Picture:
        """Return the picture with these parts instead: `dataclasses.replace`, in a tenth of its time.

        A picture has some forty parts, and `replace` looks at each, although nothing is checked or derived from them.

        Raises:
            TypeError: a picture has no such part.
        """
        if not changes.keys() <= picture.__dict__.keys():
            raise TypeError(f"a picture has no {sorted(changes.keys() - picture.__dict__.keys())}")
        after = object.__new__(Picture)
        after.__dict__.update(picture.__dict__, **changes)
        return after
