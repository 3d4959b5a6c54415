"""Who holds a lease, and until when: decided by each contender from what it has seen. Pure.

A lease is kept in several places, the buckets, which need not answer at the same time. In each of them somebody may
have a claim; who has most of them holds the lease. Two cannot, since two majorities share a bucket.

Clocks of different machines are never compared. Who has a claim counts from before it sent its last renewal; the
others from when they first saw that renewal, which was later. So nobody takes one before its holder has given it up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

BUCKETS = 3
"""Places in which a lease is kept. All contenders must count the same ones."""
TERM = 3.0
"""Seconds that a renewal lasts."""
BEAT = 0.25
"""The share of a term from one look at a bucket to the next."""
QUICK = 0.03
"""The same while something is to be done there, or it does not answer."""
SILENT = 0.5
"""The share of a term without an answer after which a bucket is taken not to answer."""
STAND_BACK = 2.0
"""Terms for which a contender takes nothing after it found another acting."""


class Step(StrEnum):
    """What a contender does now."""

    TAKE = "take"  # write itself in, behind the revision it has seen
    RENEW = "renew"  # the same, as the holder
    LEAVE = "leave"  # write that it is nobody's, as the holder
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one contender, `me`, knows of one bucket of a lease; times are seconds on its own monotonic clock.

    `revision` is the newest it has seen (0: nobody ever held it), `holder` who wrote it (empty: given up), `since`
    when it was first seen; of a revision of its own, when it was sent. It takes nothing before `not_before`. What it
    had sent when it left the claim, at `left`, counts no more: a server that is cut off may still show that.
    """

    me: str
    revision: int = 0
    holder: str = ""
    since: float = 0.0
    term: float = TERM
    not_before: float = float("-inf")
    left: float = float("-inf")

    def is_mine(self, now: float) -> bool:
        """Tell whether this contender has the claim: it wrote the newest revision it knows, not too long ago."""
        return self.holder == self.me and self.not_before <= now < self.since + self.term

    def is_anothers(self, now: float) -> bool:
        """Tell whether another may have it, as far as this contender knows."""
        return now < self.since + self.term and self.holder not in {"", self.me}

    def step(self, now: float) -> Step:
        """Return what to do: who lost it to time alone may try to renew, and fails if another has taken it."""
        if now < self.not_before:
            return Step.WAIT
        if self.holder == self.me:
            return Step.RENEW
        if not self.holder or now >= self.since + self.term:
            return Step.TAKE
        return Step.WAIT

    def saw(self, revision: int, holder: str, now: float, sent: float = float("-inf")) -> Claim:
        """Return the claim after a look at the bucket.

        `sent` is when a revision of its own was sent, of which it did not hear; without it that may be any time ago.
        """
        if revision == self.revision:
            return self
        return replace(
            self, revision=revision, holder=holder, since=self._counted(sent) if holder == self.me else now
        )

    def wrote(self, revision: int, holder: str, sent: float) -> Claim:
        """Return the claim after it was acknowledged that this contender wrote, at `sent`, itself or nobody in."""
        return replace(self, revision=revision, holder=holder, since=self._counted(sent))

    def leaving(self, now: float) -> Claim:
        """Return the claim of who is about to write that it is nobody's: it is over, heard of or not."""
        return replace(self, since=float("-inf"), left=now)

    def stood_back(self, now: float) -> Claim:
        """Return the claim of who found another acting: it waits until that one had time to write itself in."""
        return replace(self, not_before=now + STAND_BACK * self.term)

    def _counted(self, sent: float) -> float:
        return sent if sent > self.left else float("-inf")


@dataclass(frozen=True, slots=True)
class Part:
    """One bucket of a lease, as one contender knows it: the claim, and when it was last asked and last answered."""

    claim: Claim
    asked: float
    heard: float

    def answers(self, now: float) -> bool:
        """Tell whether the bucket can be counted on."""
        return now - self.heard < SILENT * self.claim.term


@dataclass(frozen=True, slots=True)
class Claims:
    """What one contender knows of all buckets of a lease.

    Claims are taken in one order, so that of several contenders each does not end up with one: nobody takes another
    claim before it has the first, which is that of the first bucket that answers; and who sees that another has the
    first, or most, leaves what it has.
    """

    parts: tuple[Part, ...]

    @classmethod
    def begun(cls, me: str, now: float, *, term: float = TERM) -> Claims:
        """Return what a contender knows that has asked nothing yet."""
        return cls((Part(Claim(me, term=term), float("-inf"), now),) * BUCKETS)

    def is_mine(self, now: float) -> bool:
        """Tell whether this contender holds the lease, and may act."""
        return self._is_majority(len([part for part in self.parts if part.claim.is_mine(now)]))

    def is_wholly_mine(self, now: float) -> bool:
        """Tell whether it has every claim."""
        return all(part.claim.is_mine(now) for part in self.parts)

    @property
    def holder(self) -> str:
        """Who was last seen to hold the lease; empty when nobody was."""
        (name, count), *_ = Counter(part.claim.holder for part in self.parts).most_common()
        return name if self._is_majority(count) else ""

    def step(self, number: int, now: float) -> Step:
        """Return what to do at a bucket."""
        parts, claim = self.parts, self.parts[number].claim
        own = claim.step(now)
        if self.is_mine(now) or now < claim.not_before:
            return own
        answering = [at for at, part in enumerate(parts) if part.answers(now)]
        if number not in answering or not self._is_majority(len(answering)):
            return Step.WAIT  # the lease cannot be had
        others = [part.claim.holder for part in parts if part.claim.is_anothers(now)]
        first = parts[answering[0]].claim
        if first.is_anothers(now) or any(self._is_majority(others.count(one)) for one in others):
            return Step.LEAVE if own is Step.RENEW else Step.WAIT
        return own if number == answering[0] or first.is_mine(now) else Step.WAIT

    def due(self, number: int, now: float) -> float:
        """Return when to look at a bucket again."""
        part = self.parts[number]
        claim = part.claim
        if part.heard < part.asked or self.step(number, now) in (Step.TAKE, Step.LEAVE):
            return part.asked + QUICK * claim.term
        regular = part.asked + BEAT * claim.term
        return min(regular, claim.since + claim.term) if claim.is_anothers(now) else regular

    def asked(self, number: int, now: float) -> Claims:
        """Return the claims when a bucket is asked."""
        part = self.parts[number]
        return self._with(number, Part(part.claim, now, part.heard))

    def heard(self, number: int, claim: Claim, now: float) -> Claims:
        """Return the claims after a bucket has answered."""
        return self._with(number, Part(claim, self.parts[number].asked, now))

    def leaving(self, number: int, now: float) -> Claims:
        """Return the claims of who is about to give one up."""
        part = self.parts[number]
        return self._with(number, replace(part, claim=part.claim.leaving(now)))

    def stood_back(self, now: float) -> Claims:
        """Return the claims of who found another acting: it takes none until that one had time to."""
        return Claims(tuple(replace(part, claim=part.claim.stood_back(now)) for part in self.parts))

    def _with(self, number: int, part: Part) -> Claims:
        return Claims((*self.parts[:number], part, *self.parts[number + 1 :]))

    def _is_majority(self, count: int) -> bool:
        return 2 * count > len(self.parts)


def crowded(places: Sequence[tuple[str, frozenset[str]]]) -> int | None:
    """Return the bucket that another server should lead, so that no server's death takes two; None when none should.

    Args:
        places: of each bucket the server that leads it, and those that could.
    """
    leads = Counter(leader for leader, _ in places)
    for number, (leader, others) in enumerate(places):
        if any(leads[other] < leads[leader] - 1 for other in others):
            return number
    return None
