"""What the fold asked for and nobody has done: all that follow remember it, and who leads next does it."""

from __future__ import annotations

from netmon.events import CauseRevised, Effect, Entry, Record, Wake


class Undone:
    """What the fold asked for that is not in the journal yet: times to be woken at, Unix seconds, and causes."""

    def __init__(self) -> None:
        self.wakes: set[float] = set()
        self.causes: dict[str, CauseRevised] = {}

    def note(self, effect: Effect) -> None:
        """Remember what is asked."""
        match effect:
            case Wake():
                self.wakes.add(effect.at)
            case Record():
                self.causes[effect.event.incident] = effect.event

    def drop(self, entry: Entry) -> None:
        """Forget what this entry of the journal does."""
        for event in entry.events:
            if isinstance(event, CauseRevised):
                self.causes.pop(event.incident, None)
        self.wakes = {at for at in self.wakes if at > entry.at}
