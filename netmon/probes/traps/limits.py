"""How much is listened to: a router that talks without end, or somebody in its name, must not drown the rest. Pure.

Times are seconds on one monotonic clock, passed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from netmon.model import TrapKind

SOURCE_BURST = 60.0
"""Notifications one source may send at once: a large switch that boots says linkUp for every port."""
SOURCE_RATE = 2.0
"""Notifications a second that one source may send for ever."""
BURST = 3_000.0
"""Notifications of all sources at once: a county whose mains come back."""
RATE = 200.0
"""Notifications a second of all sources for ever."""
REPEAT = 600.0
"""Seconds in which a repeated word is no news. A UPS on battery says so every minute (RFC 1628)."""


@dataclass(slots=True)
class Bucket:
    """A token bucket: `burst` at once, `rate` a second for ever."""

    burst: float
    rate: float
    tokens: float
    filled: float

    @classmethod
    def full(cls, burst: float, rate: float, now: float) -> Bucket:
        """Return a bucket that nothing was taken from."""
        return cls(burst, rate, burst, now)

    def take(self, now: float) -> bool:
        """Take one token; False when there is none."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.rate)
        self.filled = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class Limits:
    """The buckets of all sources, and one for all of them together. Sources are bounded by the inventory."""

    def __init__(self, now: float) -> None:
        self._all = Bucket.full(BURST, RATE, now)
        self._sources: dict[str, Bucket] = {}

    def admit(self, source: str, now: float) -> bool:
        """Tell whether one more notification of a known source may be looked at."""
        bucket = self._sources.get(source)
        if bucket is None:
            bucket = self._sources[source] = Bucket.full(SOURCE_BURST, SOURCE_RATE, now)
        return bucket.take(now) and self._all.take(now)

    def keep(self, sources: frozenset[str]) -> None:
        """Forget the sources that are not among these."""
        self._sources = {source: bucket for source, bucket in self._sources.items() if source in sources}


Subject = tuple[TrapKind, str | None, str]
"""What was said: kind, port, detail."""

_OVER = {
    TrapKind.LINK_UP: TrapKind.LINK_DOWN,
    TrapKind.LIGHT_BACK: TrapKind.LIGHT_LOST,
    TrapKind.DYING_GASP_OVER: TrapKind.DYING_GASP,
    TrapKind.ONUS_BACK: TrapKind.ONUS_OFFLINE,
    TrapKind.LINE_RESTORED: TrapKind.ON_BATTERY,
}
_ALWAYS_NEWS = frozenset({TrapKind.COLD_START, TrapKind.WARM_START})  # each is a restart of its own
_TWINS = 5.0  # seconds in which even those are the same word, sent again by an inform whose answer was lost
MOST_SUBJECTS = 256  # of one node; a node that names ports without end forgets its oldest


class News:
    """What each node said last, so that repetitions are known as such."""

    def __init__(self) -> None:
        self._said: dict[str, dict[Subject, float]] = {}

    def is_new(self, node: str, subject: Subject, now: float) -> bool:
        """Tell whether a word is news, and remember it. `down` after `up` is, however soon it comes."""
        said = self._said.setdefault(node, {})
        kind, port, _ = subject
        before = said.pop(subject, None)
        opposite = _OVER.get(kind) or next((up for up, down in _OVER.items() if down is kind), None)
        for other in [one for one in said if one[0] is opposite and one[1] == port]:
            del said[other]
        is_new = before is None or now - before >= (_TWINS if kind in _ALWAYS_NEWS else REPEAT)
        said[subject] = now if before is None or is_new else before
        while len(said) > MOST_SUBJECTS:
            del said[next(iter(said))]
        return is_new

    def keep(self, nodes: frozenset[str]) -> None:
        """Forget the nodes that are not among these."""
        self._said = {node: said for node, said in self._said.items() if node in nodes}
