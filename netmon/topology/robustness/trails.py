"""Ways that searches have found, kept for the next ones: who comes to one goes on along the rest of it.

Where a network is long, as two lines of fibre with rungs between are, every way is; the searches of neighbours differ
by their first steps. And hubs compete for the doors of the vantage, and for what leads to those. What is kept here is
forgotten once at most, so that all of it takes no longer than what searches find anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NO_TRAIL = -1
END = -1
"""Stands after the last step of a trail."""
MANY, LONG = 20, 6
"""Ways, or steps of each, from which on they are worth keeping; fewer and shorter ones are found as fast as kept."""


class Trails:
    """Ways, by steps of which each lies on one at most, to where ways may end.

    `trail_of` is the trail of a step, `before` and `after` the steps next to it; `left` grows with what is left of
    the trail from there on, and `first` is the first step of a trail.
    """

    def __init__(self) -> None:
        self.trail_of: dict[int, int] = {}
        self.before: dict[int, int] = {}
        self.after: dict[int, int] = {}
        self.left: dict[int, int] = {}
        self.first: dict[int, int] = {}
        self._last = NO_TRAIL  # number given to one

    def cut_behind(self, step: int) -> None:
        """Forget a step, and what leads to it."""
        trail = self.trail_of.get(step)
        if trail is not None:
            self._begin_after(trail, step)

    def cut_after(self, step: int) -> None:
        """Forget what comes after a step."""
        here = self.after[step]
        self.after[step] = END
        while here != END:
            here = self._forget(here)

    def pick_up(self, trail: int, left: int, last: int) -> list[int]:
        """Forget a trail up to its step `last`, or all of it; return the steps from where so much is left."""
        here, found = self.first.pop(trail), []
        while here != END:
            step = here
            if self.left[step] <= left:
                found.append(step)
            here = self._forget(step)
            if step == last:
                break
        if here != END:
            self.first[trail] = here
        return found

    def shorten(self, followed: Mapping[int, int]) -> None:
        """Forget what leads to the parts of trails that are followed: from where so much is left."""
        for trail, left in followed.items():
            here = self.first[trail]
            while self.left[here] > left:
                here = self._forget(here)
            self.first[trail] = here

    @staticmethod
    def are_worth_keeping(ways: int, steps: int) -> bool:
        """Tell whether so many ways, of so many steps together, are to be kept."""
        return ways >= MANY or steps > LONG * ways

    def keep(self, own: Sequence[int], rest: int) -> None:
        """Keep a way: steps of its own, and from a step of a trail on the rest of that; `END` where there is none."""
        if rest == END:
            self._last += 1
            trail, left = self._last, 0
        else:
            trail, left = self.trail_of[rest], self.left[rest]
        for step in reversed(own):
            left += 1
            self.trail_of[step], self.left[step], self.after[step] = trail, left, rest
            if rest != END:
                self.before[rest] = step
            rest = step
        self.first[trail] = rest

    def _begin_after(self, trail: int, step: int) -> None:
        here = self.first.pop(trail)
        end = self.after[step]
        while here != end:
            here = self._forget(here)
        if here != END:
            self.first[trail] = here

    def _forget(self, step: int) -> int:
        """Forget one step; return the one after it."""
        del self.trail_of[step], self.left[step]
        self.before.pop(step, None)
        return self.after.pop(step)
