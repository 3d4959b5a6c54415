"""Which probers are there, by how long each has been silent while one could have heard it. Pure; time is passed in.

Silence counts only while the listener itself could hear: it has a connection, and was not paused or starved itself.
So a lost connection of the listener's own is never the death of all probers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from netmon.events import Member

SILENCE = 2.0
"""Seconds of silence after which a prober is taken to be gone."""
BEAT = 0.5
"""Seconds from one sign of life of a prober to the next."""
LOOK = 0.25
"""Seconds from one look of the listener to the next; more than twice this, and the listener was away itself."""


@dataclass(frozen=True, slots=True)
class _Sign:
    member: Member
    run: str
    silence: float = 0.0


class Attendance:
    """Who is there, as one listener knows it; `members` were there when it began to listen."""

    def __init__(self, members: tuple[Member, ...] = (), runs: dict[str, str] | None = None) -> None:
        known = runs or {}
        self._signs = {one.name: _Sign(one, known.get(one.name, "")) for one in members}

    @property
    def members(self) -> tuple[Member, ...]:
        """Who is there, by name."""
        return tuple(self._signs[name].member for name in sorted(self._signs))

    def run_of(self, name: str) -> str:
        """Return the run of a prober that is there; empty when it is not, or its run is not known."""
        known = self._signs.get(name)
        return "" if known is None else known.run

    def greeted(self, member: Member, run: str) -> bool:
        """Let a prober in, or note that it is still there. False: another one of its name is there."""
        known = self._signs.get(member.name)
        if known is not None and known.run not in {run, ""}:
            return False
        if known is not None and replace(member, since=known.member.since) == known.member:
            member = known.member
        self._signs[member.name] = _Sign(member, run)
        return True

    def heard(self, name: str, run: str) -> None:
        """Note another sign of life of a prober that is there."""
        known = self._signs.get(name)
        if known is not None and known.run == run:
            self._signs[name] = replace(known, silence=0.0)

    def left(self, name: str, run: str) -> None:
        """Note that a prober ended in good order."""
        known = self._signs.get(name)
        if known is not None and known.run == run:
            del self._signs[name]

    def passed(self, seconds: float, *, is_listening: bool) -> tuple[str, ...]:
        """Let time pass since the last look; return the names of those that are gone now."""
        if not is_listening or seconds > 2 * LOOK:
            return ()
        self._signs = {name: replace(sign, silence=sign.silence + seconds) for name, sign in self._signs.items()}
        gone = tuple(name for name, sign in self._signs.items() if sign.silence >= SILENCE)
        for name in gone:
            del self._signs[name]
        return gone
