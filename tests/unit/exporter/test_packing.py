"""Packed pieces are one gzip file of all of them, and a piece is packed once."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from netmon.exporter.catalogue import Metric, Type
from netmon.exporter.prometheus.scrape import Scrapes
from netmon.exporter.samples.columns import METRICS, Step
from netmon.exporter.samples.packing import SMALLEST, Piece, joined, packed
from netmon.exporter.samples.writer import AT_ONCE, Column, Writer

GAUGE = Metric("netmon_some", Type.GAUGE, ("node",), "Some.")
OTHER = Metric("netmon_other", Type.GAUGE, ("node",), "Other.")


@given(st.lists(st.tuples(st.binary(max_size=20), st.sampled_from([1, 30, SMALLEST]))))
def test_packed_pieces_unpack_to_what_they_were(drawn: list[tuple[bytes, int]]) -> None:
    pieces = [Piece(text * times) for text, times in drawn]
    whole = b"".join(text * times for text, times in drawn)
    assert joined(pieces) == whole
    assert gzip.decompress(packed(pieces)) == whole
    one_member = zlib.decompressobj(zlib.MAX_WBITS | 16)  # as clients unpack that know of one member only
    assert one_member.decompress(packed(pieces)) == whole
    assert one_member.eof
    assert not one_member.unused_data


def test_a_document_is_in_the_order_of_the_catalogue_in_whatever_order_it_was_made() -> None:
    def each(moment: int, _event_streams: int) -> Iterator[Step]:
        for name in reversed(names) if moment else names:
            yield None
            yield Column(METRICS[name], [("x",) * len(METRICS[name].labels)], [moment])

    names, scrapes = [name for name, metric in METRICS.items() if metric.type is not Type.HISTOGRAM], Scrapes(each)
    for moment in (0, 1, 0):
        text = joined(scrapes.pieces(moment)).decode()
        found = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE netmon_")]
        assert found == names
        assert text.index("# TYPE process_") > text.index(f"# TYPE {names[-1]}")


def test_what_is_as_it_was_is_neither_written_nor_packed_again() -> None:
    writer, rows = Writer(), [(f"n{number}",) for number in range(2 * AT_ONCE)]
    values = [float(number) for number in range(2 * AT_ONCE)]

    def pieces() -> list[Piece]:
        return list(writer.pieces([Column(GAUGE, rows, values), Column(OTHER, rows, [1.0] * len(rows))]))

    before = pieces()
    gzip.decompress(packed(before))
    values[0] = 0.5
    after = pieces()
    assert [one is other for one, other in zip(before, after, strict=True)] == [False, True, True, True]
    assert after[1].pack() is before[1].pack()
    assert gzip.decompress(packed(after)) == joined(after)
    assert b'netmon_some{node="n0"} 0.5\n' in joined(after)
