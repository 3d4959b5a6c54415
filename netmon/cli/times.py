"""Moments and lengths of time as they are typed."""

from __future__ import annotations

from datetime import UTC, datetime

from netmon.clock import LAST
from netmon.errors import UsageError

UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
LONGEST = 36_525
"""Days of a length of time: a century."""


def moment(text: str | None, option: str) -> float | None:
    """Return a moment in RFC 3339 as Unix seconds; without a zone it is UTC. None stays None.

    Raises:
        UsageError: it is no moment, or none from 1970 to 2999.
    """
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is not a time", "write it like 2026-11-22T07:03:00Z") from error
    seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    if not 0.0 <= seconds < LAST:
        raise UsageError(f"{option} {text!r} is no time of netmon's", "give one from 1970 to 2999")
    return seconds


def length(text: str | None, option: str, *, least: float) -> float | None:
    """Return the seconds of `90d`, `12h`, `30m` or `10s`; None stays None.

    Raises:
        UsageError: it is no length of time, shorter than `least` seconds, or longer than a century.
    """
    if text is None:
        return None
    digits, unit = text[:-1], UNITS.get(text[-1:])
    if unit is None or not (digits.isascii() and digits.isdecimal()):
        raise UsageError(f"{option} {text!r} is not a length of time", "write it like 400d or 12h")
    seconds = float(digits) * unit  # of any number of digits, as int() is not
    if seconds > LONGEST * UNITS["d"]:
        raise UsageError(f"{option} {text[:20]} is too long", f"give it at most {LONGEST}d")
    if seconds < least:
        raise UsageError(f"{option} {text} is too short", f"give it at least {least:g} s")
    return seconds
