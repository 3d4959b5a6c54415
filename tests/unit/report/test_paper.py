"""Words, numbers and shapes on paper."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree as ET

import pytest

from netmon.model import Cause, Verdict
from netmon.picture.ledger import Span
from netmon.report import pages
from netmon.report.charts import STRIP_WIDTH, columns, progress_chart, strip
from netmon.report.words import CAUSES, WORDS, Speech
from tests.rows import every_row

INDONESIAN, ENGLISH = Speech("id", "Asia/Jakarta"), Speech("en", "Asia/Jakarta")


def values(text: str) -> list[str | None]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def test_both_languages_say_the_same_with_the_same_values() -> None:
    for key, (indonesian, english) in WORDS.items():
        assert values(indonesian) == values(english), key
    assert set(CAUSES) == set(Cause)


def test_every_word_is_used_and_every_word_that_is_used_is_there() -> None:
    folder = Path(pages.__file__).parent
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in (*folder.glob("templates/*.html"), folder / "pages.py", folder / "country.py")
    )
    used = set(re.findall(r'(?:say|word)\("([a-z_]+)"', text))
    assert used == set(WORDS)


@every_row(
    ("share", "indonesian", "english"),
    [
        (None, "–", "–"),
        (1.0, "100,00 %", "100.00 %"),
        (0.999999, "99,99 %", "99.99 %"),
        (0.0, "0,00 %", "0.00 %"),
        (0.0000001, "0,01 %", "0.01 %"),
        (0.98765, "98,77 %", "98.77 %"),
    ],
)
def test_a_hundred_percent_is_only_said_of_all(share: float | None, indonesian: str, english: str) -> None:
    assert INDONESIAN.percent(share) == indonesian
    assert ENGLISH.percent(share) == english


def test_numbers_times_and_money_as_the_language_writes_them() -> None:
    assert (INDONESIAN.money(2_500_000), ENGLISH.money(2_500_000)) == ("Rp 2.500.000", "Rp 2,500,000")
    assert [INDONESIAN.length(each) for each in (None, 0, 59, 3_661, 90_000)] == [
        "–", "0", "59 dtk", "1 jam 1 mnt", "1 hari 1 jam",
    ]  # fmt: skip
    assert [ENGLISH.points(each) for each in (None, 0.0, 0.0123, -0.0123)] == ["–", "±0.00", "+1.23", "−1.23"]
    assert INDONESIAN.month("2026-10") == "Oktober 2026"
    assert INDONESIAN.time(1_790_787_600.0) == "2026-10-01 00:00"


def rectangles(svg: str) -> list[tuple[str, float, float]]:
    root = ET.fromstring(svg)  # noqa: S314 (our own)
    return [
        (one.attrib["class"], float(one.attrib["x"]), float(one.attrib["width"]))
        for one in root.iter("{http://www.w3.org/2000/svg}rect")
    ]


def test_a_strip_shows_what_was_when() -> None:
    timeline = (Span(100.0, Verdict.UP), Span(200.0, Verdict.DOWN), Span(300.0, Verdict.UP))
    drawn = rectangles(strip(timeline, 0.0, 1_000.0, 900.0, "Bukit & Lembah"))
    tenth = STRIP_WIDTH / 10
    assert [name for name, _, _ in drawn] == ["unknown", "unknown", "dark"]
    assert [left for _, left, _ in drawn] == pytest.approx([0.0, 9 * tenth, 2 * tenth], abs=0.01)
    assert [width for _, _, width in drawn] == pytest.approx([tenth] * 3, abs=0.01)
    second = (Span(0.0, Verdict.UP), Span(999.9, Verdict.DOWN))
    ((_, left, width),) = rectangles(strip(second, 0.0, 1_000.0, 1_000.0, ""))
    assert width >= 0.5
    assert left + width <= STRIP_WIDTH


def test_charts_are_well_formed_whatever_they_show() -> None:
    for svg in (
        columns([0.0, 2.5, 1.0], ["1", "2", "<3>"], "hours & days", "2.5"),
        columns([], [], "nothing", ""),
        progress_chart("one month", ["2026-10"], [("served", "<served>", [3])], 5),
        progress_chart("no village", ["2026-10", "2026-11"], [("active", "x", [0, 0])], 0),
    ):
        assert "style=" not in svg
        ET.fromstring(svg)  # noqa: S314 (our own)


def test_labels_of_lines_that_end_together_stand_apart() -> None:
    series = [("served", "a", [10]), ("online", "b", [10]), ("active", "c", [9])]
    root = ET.fromstring(progress_chart("", ["2026-10"], series, 100))  # noqa: S314 (our own)
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))[-3:]
    heights = sorted(float(one.attrib["y"]) for one in texts)
    assert min(b - a for a, b in pairwise(heights)) >= 12.9
