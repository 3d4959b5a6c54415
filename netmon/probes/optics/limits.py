"""How weak a receiver's light may be: by its module, or by the class of receiver that it seems to be."""

from __future__ import annotations

from netmon.probes.vendors.rows import OpticRow

WEAKEST, STRONGEST = -36.0, -5.0  # dBm: a low limit outside of these is a sentinel, or another quantity
LEAST_SPAN_DB = 5.0  # between a module's low and high limit: some makers swap them
TEN_GIGABIT = 9e9  # bit/s

SLOW_CLASSES = (-19.0, -23.0, -30.0)
"""1000BASE-LX, -ZX and what reaches further (IEEE 802.3, makers' data sheets), dBm."""
FAST_CLASSES = (-14.4, -15.8, -24.0)
"""10GBASE-LR, -ER and -ZR, dBm."""
ONU_LIMIT = -27.0
"""GPON class B+, at the ONU (G.984.2 amendment 1), dBm."""
OLT_LIMIT = -28.0
"""The same at the OLT."""
LEAST_MARGIN_DB = 1.0


def limit_of(row: OpticRow, speed: float | None, usual: float | None, expected: float | None = None) -> float | None:
    """Return the least light of a module in dBm: its own limit if plausible, else what the drawing expects.

    Where that says nothing, it is the limit of the class of receiver that the line seems to have: a line that works
    is not of a class whose receivers would be blind at its light. `speed` is the port's, in bit/s; `usual` what the
    line usually receives.
    """
    own = row.receive_low_warning_dbm if row.receive_low_warning_dbm is not None else row.receive_low_alarm_dbm
    if own is not None and is_plausible(own, row):
        return own
    if expected is not None or usual is None:
        return expected
    classes = FAST_CLASSES if speed is not None and speed >= TEN_GIGABIT else SLOW_CLASSES
    return next((limit for limit in classes if usual >= limit + LEAST_MARGIN_DB), None)


def is_plausible(low: float, row: OpticRow) -> bool:
    """Say whether a module's low limit is one."""
    highs = [high for high in (row.receive_high_warning_dbm, row.receive_high_alarm_dbm) if high is not None]
    return WEAKEST <= low <= STRONGEST and all(high - low >= LEAST_SPAN_DB for high in highs)
