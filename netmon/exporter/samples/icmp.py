"""From what pinging measured to samples: packets and round trips of every target, and how the engine fares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from netmon.exporter.samples.columns import METRICS, Sample, alone, column
from netmon.exporter.samples.writer import Column, Histogram, Row
from netmon.probes.icmp.errors import KINDS
from netmon.probes.icmp.measurements import BUCKETS, Floats, IcmpMeasurements

_SEND_ERRORS = ("EACCES", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENOBUFS", "EPERM")
"""Errors of sending that are there from the start; rarer ones appear when they happen."""


def icmp_samples(measured: IcmpMeasurements) -> Iterator[Sample]:
    """Yield what pinging measured, and how the engine fares."""
    rows: list[Row] = [(node,) for node in measured.nodes]
    yield Column(METRICS["netmon_icmp_requests_total"], rows, measured.requests)
    yield Column(METRICS["netmon_icmp_replies_total"], rows, measured.replies)
    yield Histogram(METRICS["netmon_icmp_rtt_seconds"], rows, BUCKETS, measured.rtt_buckets, measured.rtt_sum)
    yield _known("netmon_icmp_last_rtt_seconds", rows, measured.last_rtt)
    yield _known("netmon_icmp_loss_ratio", rows, measured.loss)
    yield Column(METRICS["netmon_node_degraded"], rows, measured.degraded)
    yield Column(METRICS["netmon_node_flap_penalty"], rows, measured.flap_penalty)
    yield from _engine(measured)


def _known(name: str, rows: Sequence[Row], values: Floats) -> Column:
    """Return the samples that are numbers; what was never measured has none."""
    known = np.flatnonzero(~np.isnan(values)).tolist()
    return Column(METRICS[name], [rows[index] for index in known], values[known])


def _engine(measured: IcmpMeasurements) -> Iterator[Sample]:
    totals = measured.totals
    ignored = {
        "duplicate": totals.duplicate,
        "foreign": totals.foreign,
        "forged": totals.forged,
        "late": totals.late,
        "truncated": totals.truncated,
    }
    yield _by_reason("netmon_icmp_replies_ignored_total", ignored)
    yield _by_reason("netmon_icmp_errors_total", {**dict.fromkeys(sorted(KINDS), 0), **totals.icmp_errors})
    yield _by_reason("netmon_icmp_send_errors_total", {**dict.fromkeys(_SEND_ERRORS, 0), **totals.send_errors})
    yield alone("netmon_icmp_bad_stamps_total", totals.bad_stamps)
    yield alone("netmon_icmp_kernel_drops_total", totals.kernel_drops)
    yield alone("netmon_icmp_receive_buffer_bytes", totals.receive_buffer_bytes)
    yield alone("netmon_icmp_rounds_skipped_total", totals.skipped)
    yield alone("netmon_icmp_interruptions_total", totals.interruptions)
    yield alone("netmon_icmp_suspects", totals.suspects)
    yield alone("netmon_icmp_lag_seconds", totals.lag)
    yield alone("netmon_icmp_tick_seconds", totals.tick)


def _by_reason(name: str, counts: Mapping[str, int]) -> Column:
    return column(name, [(reason,) for reason in counts], counts.values())
