"""From checks of services to samples: the latest check of each, and counters over all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netmon.exporter.samples.columns import Sample, alone, column, ones
from netmon.exporter.samples.writer import Row
from netmon.model import ServiceFailure
from netmon.probes.services.heartbeats import HeartbeatMeasurements
from netmon.probes.services.prober import ServiceMeasurements
from netmon.probes.speed.tester import SpeedMeasurements

PROBES = ("dns", "http", "tcp")


def service_samples(measured: ServiceMeasurements) -> Iterator[Sample]:
    """Yield what the latest check of every service found, and counters over all checks."""
    results = [measured.results[service] for service in sorted(measured.results)]
    rows: list[Row] = [(result.service,) for result in results]
    yield column("netmon_service_check_timestamp_seconds", rows, (result.at for result in results))
    yield column("netmon_service_check_duration_seconds", rows, (result.duration for result in results))
    yield ones("netmon_service_failure", [(one.service, one.failure) for one in results if one.failure is not None])
    yield column(
        "netmon_service_checks_total",
        [(probe,) for probe in PROBES],
        (measured.checks_total.get(probe, 0) for probe in PROBES),
    )
    reasons = [(probe, reason) for probe in PROBES for reason in ServiceFailure]
    yield column("netmon_service_check_failures_total", reasons, (measured.failures.get(each, 0) for each in reasons))
    yield from _http(measured)


def presence_samples(heartbeats: HeartbeatMeasurements | None, wifi: Mapping[str, int]) -> Iterator[Sample]:
    """Yield what services say by themselves, and who uses the wifi."""
    if heartbeats is not None:
        heard = sorted(heartbeats.heard.items())
        yield column("netmon_heartbeat_timestamp_seconds", [(name,) for name, _ in heard], (at for _, at in heard))
        yield alone("netmon_heartbeats_total", heartbeats.taken)
        yield alone("netmon_heartbeats_refused_total", heartbeats.refused)
    yield column("netmon_wifi_clients", [(name,) for name in sorted(wifi)], (wifi[name] for name in sorted(wifi)))


def speed_samples(measured: SpeedMeasurements) -> Iterator[Sample]:
    """Yield what the latest test of each line came to."""
    tested = sorted(measured.at.items())
    yield column("netmon_speed_test_timestamp_seconds", [(link,) for link, _ in tested], (at for _, at in tested))
    known = {key: rate for key, sent in sorted(measured.sent.items()) if (rate := sent.bytes_per_second) is not None}
    yield column("netmon_speed_test_bytes_per_second", tuple(known), known.values())
    yield alone("netmon_speed_tests_total", measured.tests)
    yield alone("netmon_speed_test_failures_total", measured.failures)


def _http(measured: ServiceMeasurements) -> Iterator[Sample]:
    results = [one for name, one in sorted(measured.results.items()) if measured.probes.get(name) == "http"]
    rows: list[Row] = [(result.service,) for result in results]
    yield column("netmon_http_check_timestamp_seconds", rows, (result.at for result in results))
    yield column("netmon_http_duration_seconds", rows, (result.duration for result in results))
    phases = {(result.service, phase): time for result in results for phase, time in result.phases.items()}
    yield column("netmon_http_phase_duration_seconds", tuple(phases), phases.values())
    statuses = {(result.service,): result.status for result in results if result.status is not None}
    yield column("netmon_http_status_code", tuple(statuses), statuses.values())
    ends = {(r.service,): r.certificate_not_after for r in results if r.certificate_not_after is not None}
    yield column("netmon_tls_certificate_not_after_timestamp_seconds", tuple(ends), ends.values())
    yield alone("netmon_http_checks_total", measured.checks_total.get("http", 0))
    yield column(
        "netmon_http_check_failures_total",
        [(reason,) for reason in ServiceFailure],
        (measured.failures.get(("http", reason), 0) for reason in ServiceFailure),
    )
    yield alone("netmon_http_checks_skipped_total", measured.skipped)
