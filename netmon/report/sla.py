"""What a supplier owes: the restitution of Indonesian tenders, and whether a commitment was met.

    restitution = monthly fee · hours down / (hours in the month · committed share)

as tender documents for dedicated lines write it, with 99.5 % as the usual commitment. All of it is exact arithmetic;
only the result is rounded, half up, to whole units of money.
"""

from __future__ import annotations

import math
from fractions import Fraction


def committed_share(percent: float) -> Fraction:
    """Return a commitment as a share of 1, exactly as it is written: 99.5 is 199/200."""
    return Fraction(repr(percent)) / 100


def is_met(down_seconds: int, in_force_seconds: int, committed_percent: float) -> bool:
    """Tell whether a line was available as promised for the time that it was under contract."""
    if in_force_seconds == 0:
        return True
    return Fraction(in_force_seconds - down_seconds, in_force_seconds) >= committed_share(committed_percent)


def restitution(
    monthly_fee: float, down_seconds: int, in_force_seconds: int, month_seconds: int, committed_percent: float
) -> int:
    """Return what is to be given back for a line, in whole units of money.

    Nothing, when the commitment was met; never more than the fee of the time that it was under contract.

    Args:
        monthly_fee: for a whole month.
        down_seconds: seconds for which the supplier answers.
        in_force_seconds: seconds of the month in which the line was under contract.
        month_seconds: length of the month, 28 to 31 days.
        committed_percent: the availability that was promised.
    """
    if is_met(down_seconds, in_force_seconds, committed_percent):
        return 0
    fee = Fraction(repr(monthly_fee))
    owed = fee * down_seconds / (month_seconds * committed_share(committed_percent))
    most = fee * in_force_seconds / month_seconds
    return math.floor(min(owed, most) + Fraction(1, 2))
