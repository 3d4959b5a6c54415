"""From checks of websites to samples: the latest check of each, and counters over all."""

from __future__ import annotations

from collections.abc import Iterator

from netmon.exporter.samples.columns import Sample, alone, column
from netmon.exporter.samples.writer import Row
from netmon.probes.http.prober import HttpMeasurements
from netmon.probes.http.transport import HttpFailure


def http_samples(measured: HttpMeasurements) -> Iterator[Sample]:
    """Yield what the latest check of every service found, and counters over all checks."""
    results = [measured.results[service] for service in sorted(measured.results)]
    rows: list[Row] = [(result.service,) for result in results]
    yield column("netmon_http_check_timestamp_seconds", rows, (result.at for result in results))
    yield column("netmon_http_duration_seconds", rows, (result.duration for result in results))
    phases = {(result.service, phase): time for result in results for phase, time in result.phases.items()}
    yield column("netmon_http_phase_duration_seconds", tuple(phases), phases.values())
    statuses = {(result.service,): result.status for result in results if result.status is not None}
    yield column("netmon_http_status_code", tuple(statuses), statuses.values())
    ends = {(r.service,): r.certificate_not_after for r in results if r.certificate_not_after is not None}
    yield column("netmon_tls_certificate_not_after_timestamp_seconds", tuple(ends), ends.values())
    yield alone("netmon_http_checks_total", measured.checks_total)
    yield column(
        "netmon_http_check_failures_total",
        [(reason,) for reason in HttpFailure],
        (measured.failures.get(reason, 0) for reason in HttpFailure),
    )
    yield alone("netmon_http_checks_skipped_total", measured.skipped)
