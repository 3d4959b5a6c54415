"""What pinging measured: columns over targets for the exporter, copied in one go and never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmon.probes.belief.quality import Rounds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Upper bounds of the round-trip histogram, seconds; one more bucket holds what is slower."""


@dataclass(frozen=True, slots=True)
class PathError:
    """The latest ICMP error about a target: its kind, the router that sent it, and when (Unix seconds)."""

    kind: str
    reporter: str
    at: float


@dataclass(frozen=True, slots=True)
class IcmpTotals:
    """Counters over all targets since the prober was made; the last three are states.

    Replies that are not believed: `late` (older than any timeout), `duplicate`, `forged` (our identity without our
    token), `foreign` (another program's) and `truncated`. `send_errors` is by errno name. `skipped` counts rounds
    that were due and never sent. `lag` is how late the last turn of the loop was, `tick` how long its sleeps are,
    both in seconds.
    """

    late: int
    duplicate: int
    forged: int
    foreign: int
    truncated: int
    bad_stamps: int
    icmp_errors: Mapping[str, int]
    send_errors: Mapping[str, int]
    kernel_drops: int
    receive_buffer_bytes: int
    skipped: int
    interruptions: int
    suspects: int
    lag: float
    tick: float


@dataclass(frozen=True, slots=True)
class IcmpMeasurements:
    """Columns aligned with `nodes`.

    `requests` and `replies` count packets; `rtt_buckets` (targets x len(BUCKETS) + 1) counts round trips, not
    cumulated; `rtt_sum` and `last_rtt` are seconds (NaN: no reply yet); `loss` is the learned loss ratio (NaN: no
    history); `flap_penalty` one for each outage, halved every quarter of an hour; `degraded` the line's quality.
    """

    nodes: tuple[str, ...]
    requests: Ints
    replies: Ints
    rtt_buckets: Ints
    rtt_sum: Floats
    last_rtt: Floats
    loss: Floats
    flap_penalty: Floats
    degraded: NDArray[np.bool_]
    path_errors: Mapping[str, PathError]
    totals: IcmpTotals


class Counters:
    """The growing columns behind the measurements, over slots."""

    def __init__(self, capacity: int) -> None:
        self.requests = np.zeros(capacity, np.int64)
        self.replies_unmeasured = np.zeros(capacity, np.int64)
        self.extras_answered = np.zeros(capacity, np.int64)
        self.rounds_lost = np.zeros(capacity, np.int64)
        self.rtt_buckets = np.zeros((capacity, len(BUCKETS) + 1), np.int64)
        self.rtt_sum = np.zeros(capacity)
        self.last_rtt = np.full(capacity, np.nan)

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        grown = Counters(capacity)
        for name, column in vars(self).items():
            getattr(grown, name)[: len(column)] = column
        self.__dict__.update(vars(grown))

    def reset(self, slots: Ints) -> None:
        """Start again from zero for slots that hold new targets."""
        for column in vars(self).values():
            column[slots] = 0
        self.last_rtt[slots] = np.nan

    @property
    def replies(self) -> Ints:
        """Believed replies of every slot."""
        replies: Ints = self.rtt_buckets.sum(axis=1) + self.replies_unmeasured
        return replies

    def rounds(self) -> Rounds:
        """Return a copy of the totals that the quality of lines is judged by."""
        replies = self.replies
        measured = replies - self.replies_unmeasured
        return Rounds(replies - self.extras_answered, self.rounds_lost.copy(), self.rtt_sum.copy(), measured)

    def count_replies(self, slots: Ints, rtt: Floats) -> None:
        """Take in believed replies; a slot may come several times. NaN: the round trip was not measured."""
        measured = ~np.isnan(rtt)
        if np.count_nonzero(measured) < len(rtt):
            np.add.at(self.replies_unmeasured, slots[~measured], 1)
            slots, rtt = slots[measured], rtt[measured]
        np.add.at(self.rtt_sum, slots, rtt)
        width = len(BUCKETS) + 1
        np.add.at(self.rtt_buckets.reshape(-1), slots * width + np.searchsorted(_BOUNDS, rtt, side="left"), 1)
        self.last_rtt[slots] = rtt


_BOUNDS = np.array(BUCKETS)
