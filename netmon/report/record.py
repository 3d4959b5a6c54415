"""Records: what happened in a period, gathered while the journal is folded through it.

The ledger of a picture has the verdicts of all sites. What it has not is gathered here on the way: which drawings
were in force, faults that darkened nobody (the line of a site that lives on its other line), and the services.

A picture at the very end of a period does not know yet how it ended: an outage is decided seconds after its first
miss, and that the monitor itself was off, only when it is back. A record is therefore *settled* later: when probing
has vouched for all of the period, and no darkness of it waits for its explanation. What people and evidence correct
after that is added (`Recorder.amend`), so that a report of October holds what was learned in November about October,
and nothing else of November.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from netmon.errors import StateError
from netmon.events import (
    CauseRevised,
    Entry,
    Event,
    InventoryInForce,
    LedgerCorrected,
)
from netmon.journal.codec import encode
from netmon.journal.protocol import Journal
from netmon.model import Inventory
from netmon.picture.accounts import account_of, corrected
from netmon.picture.fold import NothingYetError, fold
from netmon.picture.state import Picture
from netmon.recall.recall import Start, find_start, is_behind_a_gap
from netmon.report.failures import Failure, Failures
from netmon.report.period import Period, before
from netmon.report.states import State, States


@dataclass(frozen=True, slots=True)
class Drawing:
    """An inventory that was in force from `start` to `end`, within the period."""

    start: float
    end: float
    inventory: Inventory


@dataclass(frozen=True, slots=True)
class Record:
    """What a journal segment says of a period.

    `picture` is the settled one; its accounts hold all incidents, also open ones. `services` are the states of each
    service, `uses` those of the use of each wifi. `until` is up to when anything is known. `first` to `last` are the
    positions of the segment, `amended` those of later corrections; `digest` is the SHA-256 (hex) of all of these
    entries and of the ledger that is carried over, so that who has the journal can make the same report again.
    """

    period: Period
    picture: Picture
    drawings: tuple[Drawing, ...]
    failures: tuple[Failure, ...]
    services: Mapping[str, tuple[State, ...]]
    uses: Mapping[str, tuple[State, ...]]
    until: float
    first: int
    last: int
    amended: tuple[int, ...]
    digest: str

    @property
    def is_complete(self) -> bool:
        """True when the journal reaches beyond the end of the period."""
        return self.until >= self.period.end

    def inventory_at(self, when: float) -> Inventory:
        """Return the inventory that was in force at a moment; before and after the period, the nearest."""
        known = [drawing.inventory for drawing in self.drawings if drawing.start <= when]
        return known[-1] if known else self.drawings[0].inventory


class Recorder:
    """Gathers the record of one period, entry by entry."""

    def __init__(self, period: Period, picture: Picture | None) -> None:
        """Begin with the picture before the first entry of the period; None where the journal begins in it."""
        self.period = period
        self.picture = picture
        self.is_settled = False
        self.goes_on_until = 0  # position of its last entry, where a clock that was ahead wrote later ones before
        self._sum = hashlib.sha256()
        self._drawings: list[tuple[float, Inventory]] = []
        self._failures = Failures()
        self._services, self._uses = States(), States()
        self._amendments: list[tuple[int, Event]] = []
        self._first = self._last = 0
        if picture is not None:
            self._carry_over(picture)
            self._drawings.append((period.start, picture.inventory))
            self._failures.look(picture)
            self._serve(picture)

    def note(self, entry: Entry, picture: Picture) -> None:
        """Take one more entry and the picture after it; nothing happens once the record is settled."""
        if self.is_settled:
            self.amend(entry)
            return
        self._hash(entry)
        self._first = self._first or entry.position
        self._last = entry.position
        for event in entry.events:
            if isinstance(event, InventoryInForce) and event.at < self.period.end:
                self._draw(event.at, picture.inventory)
        if not self._drawings and picture.at < self.period.end:  # it was drawn by a clock that was ahead
            self._draw(picture.at, picture.inventory)
        before = self.picture
        if before is not None:
            self._services.go_on(before.at, picture.at)
            self._uses.go_on(before.at, picture.at)
            self._failures.go_on(before, entry, picture.at)
        self._failures.look(picture)
        if before is None or (before.services, before.presences) != (picture.services, picture.presences):
            self._serve(picture)
        self.picture = picture
        self.is_settled = entry.position > self.goes_on_until and is_settled(picture, self.period.end)

    def record(self) -> Record | None:
        """Return the record; None when the journal says nothing of the period."""
        picture = self.picture
        if picture is None or not self._drawings:
            return None
        accounts = {**picture.accounts, **{one.id: account_of(one) for one in picture.open_incidents}}
        books = replace(picture, accounts=accounts, open_incidents=())
        books = corrected(books, (event for _, event in self._amendments))
        return Record(
            self.period,
            books,
            tuple(self._in_force()),
            self._failures.told(picture, books),
            self._services.since(self.period.start),
            self._uses.since(self.period.start),
            picture.at,
            self._first,
            self._last,
            tuple(sorted({position for position, _ in self._amendments})),
            self._sum.hexdigest(),
        )

    def amend(self, entry: Entry) -> None:
        """Take an entry from after the period was settled: only corrections count."""
        found = [event for event in entry.events if self._concerns(event)]
        if found:
            self._hash(entry)
            self._amendments += [(entry.position, event) for event in found]

    def _concerns(self, event: Event) -> bool:
        picture = self.picture
        match event:
            case LedgerCorrected():
                return event.start < self.period.end and event.end > before(self.period).start
            case CauseRevised() if picture is not None:
                open_ones = {incident.id for incident in picture.open_incidents}
                return event.incident in picture.accounts or event.incident in open_ones
            case _:
                return False

    def _hash(self, entry: Entry) -> None:
        self._sum.update(f"{entry.position} {entry.at!r} {encode(entry.events)}\n".encode())

    def _carry_over(self, picture: Picture) -> None:
        """Make the ledger of the time the period is compared with part of the digest."""
        start = before(self.period).start
        for site, timeline in sorted(picture.ledger.items()):
            for place, span in enumerate(timeline):
                if place + 1 == len(timeline) or timeline[place + 1].start > start:
                    self._sum.update(f"{site} {span.start!r} {span.verdict} {span.incident}\n".encode())

    def _draw(self, at: float, inventory: Inventory) -> None:
        if not self._drawings:  # before the journal began nothing is known, and nothing was built meanwhile
            at = self.period.start
        if not self._drawings or self._drawings[-1][1].digest != inventory.digest:
            self._drawings.append((max(at, self.period.start), inventory))

    def _in_force(self) -> Iterator[Drawing]:
        ends = [start for start, _ in self._drawings[1:]] + [self.period.end]
        for (start, inventory), end in zip(self._drawings, ends, strict=True):
            if start < end:
                yield Drawing(start, end, inventory)

    def _serve(self, picture: Picture) -> None:
        self._services.note({name: (now.up, now.since) for name, now in picture.services.items()}, picture.at)
        self._uses.note({name: (now.some, now.since) for name, now in picture.presences.items()}, picture.at)


def is_settled(picture: Picture, end: float) -> bool:
    """Tell whether nothing that is still to come can change what was before `end`, corrections apart."""
    if picture.at < end or max(picture.coverage.values(), default=0.0) < end:
        return False
    return not any(
        timeline and timeline[-1].provisional and timeline[-1].start < end for timeline in picture.ledger.values()
    )


def records(journal: Journal, periods: Iterable[Period]) -> list[Record | None]:
    """Return the records of periods, in one pass over the journal; None where it says nothing of one.

    Memory is bounded by the records themselves: entries are read and let go. Of a period whose first entries were
    dropped, the ledger still has the verdicts; only faults that darkened nobody, and services, are not known then.

    Raises:
        StateError: the journal cannot be read, or its beginning is missing.
    """
    waiting = sorted(periods, key=lambda period: period.start)
    recorders: list[Recorder] = []
    start, dropped = _start(journal, waiting[0].start)
    gone = [period for period in waiting if period.end <= dropped]
    waiting = waiting[len(gone) :]
    picture = start.picture
    for entry in journal.read(after=start.position):
        while waiting and waiting[0].start <= entry.at:
            recorders.append(Recorder(waiting.pop(0), picture))
        if not waiting and all(recorder.is_settled for recorder in recorders):
            for recorder in recorders:
                recorder.amend(entry)
            continue
        try:
            picture = fold(picture, entry)[0]
        except NothingYetError as error:
            raise StateError(f"the journal lacks its beginning: {error}", "look for an older copy of it") from error
        for recorder in recorders:
            if not recorder.is_settled and entry.at >= recorder.period.end and is_behind_a_gap(entry):
                recorder.goes_on_until = journal.last_dated(recorder.period.end, entry.position)
            recorder.note(entry, picture)
    found = [recorder.record() for recorder in recorders]
    return [None] * len(gone) + found + [None] * len(waiting)


def _start(journal: Journal, when: float) -> tuple[Start, float]:
    """Return where to begin folding so as to know what was at `when`, and up to when entries were dropped."""
    start = find_start(journal, when)
    base = next((one.at for one in journal.checkpoints() if one.is_base), None)
    if start.picture is not None or base is None:
        return start, 0.0
    return find_start(journal, base), base
