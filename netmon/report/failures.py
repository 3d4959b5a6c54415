"""Which elements had failed in a period, and when, whether or not that darkened anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from netmon.events import Entry, ToldBy
from netmon.model import Element
from netmon.picture.set_back import FAR
from netmon.picture.state import Picture, Window
from netmon.recall.recall import is_behind_a_gap


@dataclass(frozen=True, slots=True)
class Failure:
    """An element had failed from `start` to `end` (None: it still has), whether or not that darkened anything.

    `worked_on` are the times of announced work that covered it. What goes on while nothing is known, or over a set
    clock, is several.
    """

    incident: str
    element: Element
    start: float
    end: float | None
    worked_on: tuple[tuple[float, float], ...] = ()


class Failures:
    """Gathers them, entry by entry."""

    def __init__(self) -> None:
        self._live: dict[str, float] = {}
        self._over: list[Failure] = []
        self._windows: dict[str, Window] = {}
        self._covered: dict[str, set[str]] = {}

    def go_on(self, before: Picture, entry: Entry, at: float) -> None:
        """Note that an entry lets time go on to `at`, after a gap maybe, or lets it go back."""
        if at < before.at or (at > before.at + FAR and _is_own_gap(entry)):
            self._break_off(before, at)

    def look(self, picture: Picture) -> None:
        """Note which elements have failed, and which work was announced."""
        if self._windows != picture.windows:
            self._windows.update(picture.windows)
        now_open = {incident.id: incident for incident in picture.open_incidents}
        for incident in picture.open_incidents:
            if incident.window is not None:
                self._covered.setdefault(incident.id, set()).add(incident.window)
        if now_open.keys() == self._live.keys():
            return
        for name in [name for name in self._live if name not in now_open]:
            over = picture.incident(name)
            if over is not None:
                start, end = self._live[name], picture.at if over.closed is None else over.closed
                self._over.append(Failure(name, over.fault.element, start, max(start, end)))
            del self._live[name]
        for name, incident in now_open.items():
            self._live.setdefault(name, incident.began)

    def told(self, picture: Picture, books: Picture) -> tuple[Failure, ...]:
        """Return the failures up to a picture, in order; `books` is that picture with what was corrected."""
        every = sorted((*self._over, *self._still(picture)), key=lambda one: (one.start, one.incident))
        return tuple(self._worded(one, books) for one in every)

    def _break_off(self, before: Picture, at: float) -> None:
        """Let failures that go on end with the time before, and begin anew at another, of another clock maybe."""
        for incident in before.open_incidents:
            start = self._live.get(incident.id, at)
            if start < before.at:
                self._over.append(Failure(incident.id, incident.fault.element, start, before.at))
            self._live[incident.id] = at

    def _still(self, picture: Picture) -> Iterator[Failure]:
        for incident in picture.open_incidents:
            yield Failure(incident.id, incident.fault.element, self._live.get(incident.id, incident.began), None)

    def _worded(self, failure: Failure, picture: Picture) -> Failure:
        """Return a failure with the element as it was corrected, and the work that covered it."""
        account = picture.accounts.get(failure.incident)
        windows = (self._windows[name] for name in sorted(self._covered.get(failure.incident, ())))
        worked_on = tuple((window.start, window.end) for window in windows)
        return replace(failure, element=account.element if account else failure.element, worked_on=worked_on)


def _is_own_gap(entry: Entry) -> bool:
    """Tell whether nobody knows of the time before an entry, as who is told by others may when they tell."""
    return is_behind_a_gap(entry) and not any(isinstance(event, ToldBy) for event in entry.events)
