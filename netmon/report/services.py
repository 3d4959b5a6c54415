"""What villages used: of every service, how long it was in order, and of a wifi, for how long somebody used it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netmon.model import WIFI, Service, Site, Verdict
from netmon.picture.ledger import whole_seconds
from netmon.report.intervals import Interval, common, length, union
from netmon.report.record import Record
from netmon.report.states import State


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """How long a service was up, down or unknown, in whole seconds that sum to the period.

    It is unknown while it did not stand in the inventory. `failures` are the times at which it was down, `longest`
    the longest of them. Of a wifi, `used` are the seconds in which somebody used it; None for all else, and where
    that is not known at any time.
    """

    service: Service
    site: Site
    seconds: Mapping[Verdict, int]
    failures: int
    longest: int
    used: int | None

    @property
    def availability(self) -> float | None:
        """Up over up and down; None where neither was seen."""
        known = self.seconds[Verdict.UP] + self.seconds[Verdict.DOWN]
        return self.seconds[Verdict.UP] / known if known else None


def service_standings(record: Record) -> Iterator[ServiceStanding]:
    """Yield the standing of every service of the period, by site and id."""
    drawn: dict[str, tuple[Service, Site]] = {}
    for drawing in record.drawings:
        for service in drawing.inventory.services.values():
            drawn[service.id] = (service, drawing.inventory.sites[service.site])
    for name, (service, site) in sorted(drawn.items(), key=lambda item: (item[1][1].id, item[0])):
        stood = union((one.start, one.end) for one in record.drawings if name in one.inventory.services)
        states = record.services.get(name, ())
        up, down = (common(stood, spans(record, states, up=word)) for word in (True, False))
        exact = {Verdict.UP: length(up), Verdict.DOWN: length(down)}
        exact[Verdict.UNKNOWN] = record.period.seconds - sum(exact.values())
        used = _used(record, record.uses.get(name, ())) if service.kind == WIFI else None
        yield ServiceStanding(
            service,
            site,
            whole_seconds(exact, record.period.seconds),
            len(down),
            round(max((end - start for start, end in down), default=0.0)),
            used,
        )


def spans(record: Record, states: Iterable[State], *, up: bool) -> tuple[Interval, ...]:
    """Return when, within the period and as far as anything is known, a service was in this state."""
    every = tuple(states)
    last = min(record.until, record.period.end)
    ends = [state.start for state in every[1:]] + [last]
    return union(
        (max(state.start, record.period.start), min(end, last))
        for state, end in zip(every, ends, strict=True)
        if state.up is up
    )


def _used(record: Record, uses: tuple[State, ...]) -> int | None:
    return round(length(spans(record, uses, up=True))) if any(state.up is not None for state in uses) else None
