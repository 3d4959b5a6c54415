"""Who holds a lease, and until when: decided by each contender from what it has seen. Pure.

Clocks of different machines are never compared. The holder counts from before it sent its last renewal; the others
from when they first saw that renewal, which was later. So nobody takes a lease before its holder has given it up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

TERM = 3.0
"""Seconds that a renewal lasts."""
STAND_BACK = 2.0
"""Terms for which a contender takes nothing after it found another acting."""


class Step(StrEnum):
    """What a contender does now."""

    TAKE = "take"  # write itself in, behind the revision it has seen
    RENEW = "renew"  # the same, as the holder
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one contender, `me`, knows of a lease; times are seconds on its own monotonic clock.

    `revision` is the newest it has seen (0: nobody ever held it), `holder` who wrote it (empty: given up), `since`
    when it was first seen; of a revision of its own, when it was sent. It takes nothing before `not_before`.
    """

    me: str
    revision: int = 0
    holder: str = ""
    since: float = 0.0
    term: float = TERM
    not_before: float = float("-inf")

    def is_mine(self, now: float) -> bool:
        """Tell whether this contender may act: it wrote the newest revision it knows, not too long ago."""
        return self.holder == self.me and self.not_before <= now < self.since + self.term

    def step(self, now: float) -> Step:
        """Return what to do: who lost it to time alone may try to renew, and fails if another has taken it."""
        if now < self.not_before:
            return Step.WAIT
        if self.holder == self.me:
            return Step.RENEW
        if not self.holder or now >= self.since + self.term:
            return Step.TAKE
        return Step.WAIT

    def saw(self, revision: int, holder: str, now: float) -> Claim:
        """Return the claim after a look at the lease."""
        if revision == self.revision:
            return self
        # A revision of its own that it did not hear of: it may have been sent any time ago.
        since = float("-inf") if holder == self.me else now
        return replace(self, revision=revision, holder=holder, since=since)

    def wrote(self, revision: int, sent: float) -> Claim:
        """Return the claim after a renewal, sent at `sent`, was acknowledged."""
        return replace(self, revision=revision, holder=self.me, since=sent)

    def stood_back(self, now: float) -> Claim:
        """Return the claim of who found another acting: it waits until that one had time to write itself in."""
        return replace(self, not_before=now + STAND_BACK * self.term)
