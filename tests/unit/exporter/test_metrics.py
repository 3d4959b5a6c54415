"""The writer against prometheus_client, which writes the same samples its own way."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from netmon.bench.exporter_peer import by_prometheus_client, go_string
from netmon.exporter.catalogue import Metric, Type
from netmon.exporter.samples.writer import Column, Histogram, Writer, number
from tests.characters import UNICODE
from tests.rows import every_row

REQUESTS = Metric("netmon_requests_total", Type.COUNTER, ("node", "a_port"), 'Sent "so far", \\ or not.')
RTT = Metric("netmon_rtt_seconds", Type.HISTOGRAM, ("node",), "Round trips.", "seconds")
PLACE = Metric("netmon_place_info", Type.INFO, ("site", "name"), "What a place is.")
LAG = Metric("netmon_lag_seconds", Type.GAUGE, (), "Lag.", "seconds")

texts = st.text(UNICODE, max_size=12)
floats = st.floats(allow_nan=True, allow_infinity=True)


@given(
    rows=st.lists(st.tuples(texts, texts), max_size=5),
    places=st.lists(st.tuples(texts, texts), max_size=3),
    seed=st.data(),
)
def test_the_writer_writes_the_bytes_of_prometheus_client(
    rows: list[tuple[str, str]],
    places: list[tuple[str, str]],
    seed: st.DataObject,
) -> None:
    def draw(count: int, values: st.SearchStrategy[float] = floats) -> list[float]:
        return seed.draw(st.lists(values, min_size=count, max_size=count))

    counts = st.integers(0, 2**53).map(float)

    def measured() -> list[Column | Histogram]:
        return [
            Column(REQUESTS, rows, draw(len(rows))),
            Histogram(
                RTT,
                [(name,) for name, _ in rows],
                (0.001, 0.5, 2.0),
                np.array(draw(4 * len(rows), counts)).reshape(len(rows), 4),
                draw(len(rows)),
            ),
            Column(PLACE, places, [1.0] * len(places)),
            Column(LAG, [()], draw(1)),
        ]

    first, later = measured(), measured()
    for openmetrics in (False, True):
        writer = Writer()
        for samples, times in ((first, 2), (later, 1)):
            expected = by_prometheus_client(samples, openmetrics=openmetrics)
            for _ in range(times):
                assert writer.write(samples, openmetrics=openmetrics) == expected


@given(floats)
def test_a_number_is_written_as_prometheus_client_writes_it(value: float) -> None:
    assert number(value) == go_string(value)


@every_row("value", [0.0, -0.0, 999_999.5, 1e6, 1234567.0, 1e15, 1e16, 1.5e22, -2e6, math.pi])
def test_numbers_near_the_change_to_exponents(value: float) -> None:
    assert number(value) == go_string(value)


def test_a_value_that_changed_is_written_anew_and_one_that_did_not_is_the_same() -> None:
    writer, rows = Writer(), [("a", "1"), ("b", "1")]
    for values in ([1.0, 2.0], [1.0, 2.0], [1.0, 3.0], [math.nan, 3.0], [math.nan, 3.0], [-0.0, 3.0], [0.0, 3.0]):
        shown: list[Column | Histogram] = [Column(REQUESTS, rows, values), Column(LAG, (), ())]
        assert writer.write(shown) == by_prometheus_client(shown, openmetrics=False), values
    for counts, total in (([1, 0], 0.05), ([1, 1], 0.05), ([1, 1], 0.06)):
        shown = [Histogram(RTT, [("a",)], (0.1,), [counts], [total])]
        assert writer.write(shown) == by_prometheus_client(shown, openmetrics=False), counts


def test_a_row_that_is_gone_leaves_no_ghost() -> None:
    writer = Writer()
    writer.write([Column(REQUESTS, [("a", "1"), ("b", "1")], [1.0, 2.0]), Column(LAG, [()], [0.0])])
    text = writer.write([Column(REQUESTS, [("b", "1")], [3.0])]).decode()
    assert 'node="b"} 3.0' in text
    assert 'node="a"' not in text
    assert "netmon_lag_seconds" not in text


def test_the_same_row_count_with_other_names_is_not_mistaken_for_the_same_rows() -> None:
    writer = Writer()
    writer.write([Column(REQUESTS, [("a", "1")], [1.0])])
    assert b'node="c"} 1.0' in writer.write([Column(REQUESTS, [("c", "1")], [1.0])])


def test_a_histogram_with_other_bounds_gets_other_lines() -> None:
    writer = Writer()
    writer.write([Histogram(RTT, [("a",)], (0.1,), [[1, 0]], [0.05])])
    assert b'le="0.2"' in writer.write([Histogram(RTT, [("a",)], (0.2,), [[1, 0]], [0.05])])
