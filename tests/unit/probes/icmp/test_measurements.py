"""Counters count what they say."""

from __future__ import annotations

import numpy as np

from netmon.probes.icmp.measurements import BUCKETS, Counters


def test_round_trips_go_into_the_bucket_whose_bound_they_do_not_exceed() -> None:
    counters = Counters(2)
    trips = np.array([0.0, BUCKETS[0], BUCKETS[0] + 1e-9, BUCKETS[-1], 7.0])
    counters.count_replies(np.array([0, 0, 0, 0, 1]), trips)
    assert counters.rtt_buckets[0].tolist() == [2, 1] + [0] * (len(BUCKETS) - 3) + [1, 0]
    assert counters.rtt_buckets[1].tolist() == [0] * len(BUCKETS) + [1]
    assert counters.replies.tolist() == [4, 1]
    assert counters.last_rtt.tolist() == [BUCKETS[-1], 7.0]


def test_a_reply_without_a_round_trip_is_a_reply() -> None:
    counters = Counters(1)
    counters.count_replies(np.array([0, 0]), np.array([np.nan, 0.25]))
    assert counters.replies.tolist() == [2]
    assert counters.rtt_sum.tolist() == [0.25]
    rounds = counters.rounds()
    assert (rounds.answered.tolist(), rounds.rtt_count.tolist()) == ([2], [1])


def test_growing_keeps_and_resetting_clears() -> None:
    counters = Counters(1)
    counters.requests[0] = 3
    counters.count_replies(np.array([0]), np.array([0.1]))
    counters.grow(5)
    assert counters.requests.tolist() == [3, 0, 0, 0, 0]
    assert np.isnan(counters.last_rtt[1:]).all()
    counters.reset(np.array([0]))
    assert counters.replies.tolist() == [0] * 5
    assert np.isnan(counters.last_rtt[0])
