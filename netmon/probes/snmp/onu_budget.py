"""Whose light an OLT may be asked about now. Pure.

To read the light of an ONU the OLT asks the ONU, which is slow and heavy on it. So an ONU is asked about once an hour
at most, and one OLT about so many a minute at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LEAST_GAP = 3600.0  # seconds between two reads of one ONU
MOST_A_MINUTE = 60  # ONUs of one OLT
MINUTE = 60.0

NEVER = float("-inf")


def due(onus: Sequence[str], asked: Mapping[str, float], now: float, most: int = MOST_A_MINUTE) -> tuple[str, ...]:
    """Return the ONUs, `most` of them, that may be asked about `now`: those never asked, then those longest ago.

    `asked` is when each ONU of the OLT was last asked about, whether or not it answered, on the clock of `now`.
    """
    spent = sum(now - at < MINUTE for at in asked.values())
    allowed = min(most, MOST_A_MINUTE - spent)
    waiting = [onu for onu in dict.fromkeys(onus) if now - asked.get(onu, NEVER) >= LEAST_GAP]
    waiting.sort(key=lambda onu: asked.get(onu, NEVER))
    return tuple(waiting[: max(allowed, 0)])


def remembered(stored: Mapping[str, float], wall: float, now: float) -> dict[str, float]:
    """Return times of the wall clock, as kept across a restart, on the clock of `now`.

    A time that lies ahead was written before the wall clock stepped back: it counts as just now, so that a clock that
    is wrong costs an hour without light and never a read too many.
    """
    return {onu: now - max(wall - at, 0.0) for onu, at in stored.items()}


def still_worth(asked: Mapping[str, float], onus: Iterable[str], now: float) -> dict[str, float]:
    """Return what has to be remembered: ONUs that the OLT still lists, and any of the last hour."""
    listed = set(onus)
    return {onu: at for onu, at in asked.items() if onu in listed or now - at < LEAST_GAP}
