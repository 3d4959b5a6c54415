"""Where entries become pictures: the fold's place in the loop, and the only one that holds the current picture."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable

from netmon.events import Effect, Entry
from netmon.journal.protocol import ApartError, Journal
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.recall.recall import find_start

log = logging.getLogger(__name__)

Watcher = Callable[[Picture, Picture], None]
"""Called with the picture before and after an entry."""
MILESTONE = 100
"""Entries from one picture that is remembered for comparison to the next."""
TRIES = 4
"""Times that a history is begun anew of which servers told something else halfway."""
MILESTONES = 3
"""Pictures that are remembered: of who folds the same journal, one is a little ahead of another."""


class FoldLoop:
    """Folds entries in order, tells watchers, and passes effects on.

    A mistake in the fold must not end the daemon, which would leave the NOC with nothing: the entry is skipped, the
    picture stays, and the mistake is logged and counted.
    """

    def __init__(self, carry_out: Callable[[Effect], None]) -> None:
        self.picture: Picture | None = None
        self.watchers: list[Watcher] = []
        self.evaluations = 0
        self.evaluation_seconds = 0.0
        self.spent_seconds = 0.0
        self.internal_errors = 0
        self.milestones: deque[Picture] = deque(maxlen=MILESTONES)
        self._carry_out = carry_out

    def begin(self, picture: Picture | None) -> None:
        """Go on from a picture that was kept."""
        self.picture = picture
        self.milestones.clear()

    def replay(self, entries: Iterable[Entry]) -> int:
        """Fold what the journal holds; effects are dropped. Return how many entries there were."""
        count = 0
        for entry in entries:
            count += 1
            self.picture = self._fold(entry)[0]
        return count

    def catch_up(self, journal: Journal) -> tuple[int, int]:
        """Go on from the newest checkpoint that can be used, and fold what the journal holds after it.

        Return the position of the checkpoint, and that of the last entry.
        """
        for _ in range(TRIES):
            try:
                return self._catch_up(journal)
            except ApartError as error:  # it knows better now
                log.warning("%s; the picture is made anew from a checkpoint", error.message)
        return self._catch_up(journal)

    def take(self, entry: Entry) -> None:
        """Fold one new entry and carry out what it asks for."""
        before = self.picture
        started = time.perf_counter()
        self.picture, effects = self._fold(entry)
        self.evaluation_seconds = time.perf_counter() - started
        self.spent_seconds += self.evaluation_seconds
        self.evaluations += 1
        for effect in effects:
            self._carry_out(effect)
        if self.picture is None:
            return
        for watcher in self.watchers:
            watcher(self.picture if before is None else before, self.picture)

    def _catch_up(self, journal: Journal) -> tuple[int, int]:
        start = find_start(journal)
        for trouble in start.passed_over:
            log.warning("%s; what follows the one before is folded again", trouble)
        self.begin(start.picture)
        position = start.position
        for entry in journal.read(after=position):
            self.replay([entry])
            position = entry.position
        if position:
            log.info("went on from the checkpoint at entry %d, folded up to %d", start.position, position)
        return start.position, position

    def _fold(self, entry: Entry) -> tuple[Picture | None, tuple[Effect, ...]]:
        try:
            picture, effects = fold(self.picture, entry)
        except Exception:  # a mistake of netmon's own, see the class
            self.internal_errors += 1
            log.exception("entry %d could not be folded and is skipped", entry.position)
            return self.picture, ()
        if entry.position % MILESTONE == 0:
            self.milestones.append(picture)
        return picture, effects
