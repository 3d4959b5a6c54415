"""What scrapers ask for, real ones and hostile ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmon.exporter.prometheus.negotiate import accepts_gzip, prefers_openmetrics
from tests.characters import UNICODE
from tests.rows import every_row

PROMETHEUS_2_42 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@every_row(
    ("accept", "openmetrics"),
    [
        (PROMETHEUS_2_42, True),
        (PROMETHEUS_3, True),
        ("application/openmetrics-text", True),
        ("APPLICATION/OpenMetrics-text ; version=1.0.0", True),
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/plain", False),
        ("application/openmetrics-text;version=2.0.0", False),
        ("application/openmetrics-text;version=1.x", False),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=0.2,text/plain;q=0.9", False),
        ("application/openmetrics-text;q=nan", False),
        ("application/openmetrics-text;q=many", False),
        ('application/openmetrics-text; Version="1.0.0"', True),
        ('application/openmetrics-text;version="0.0.1"', False),
        ("application/openmetrics-text;Q=0", False),
        ("application/openmetrics-text;q=0.1,*/*", False),
        ("application/openmetrics-text;q=0.1,text/*;q=0.5", False),
        ("application/openmetrics-text;q=0.5,text/plain;q=0.2,*/*", True),
        ("application/openmetrics-text,*/*", True),
    ],
)
def test_openmetrics_is_sent_to_those_who_ask_for_what_netmon_writes(accept: str, openmetrics: bool) -> None:
    assert prefers_openmetrics(accept) is openmetrics


@every_row(
    ("accept", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("gzip;q=0", False),
        ("gzip; Q=0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(accept: str, packed: bool) -> None:
    assert accepts_gzip(accept) is packed


@given(st.text(UNICODE, max_size=60))
def test_no_header_is_an_error(header: str) -> None:
    prefers_openmetrics(header)
    accepts_gzip(header)
