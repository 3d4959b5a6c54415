"""What the report of a month costs, beside the folding of its entries: 402 sites, some two thousand events.

And it is right: each bucket of each site is what was true, to the second, after restarts, crashes and announced work.
"""

from __future__ import annotations

import time
import tracemalloc
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.events import NodeDown, NodeUp
from netmon.inventory.document import with_digest
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Verdict
from netmon.picture.fold import fold
from netmon.recall.recall import recall
from netmon.recall.snapshot import freeze
from netmon.report.availability import standings
from netmon.report.pages import month_page
from netmon.report.period import month
from netmon.report.record import Record, records
from tests.simulated_months import HOUR, Month, county, names

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1_200)]

OCTOBER = month("2026-10", "Asia/Jakarta")
COUNTY = with_digest(county(20, 19))


def test_the_month_of_a_county(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    player = Month(COUNTY, OCTOBER.start - 240 * HOUR, seed=11)
    player.live(OCTOBER.start - HOUR, outages=40)
    player.live(OCTOBER.end, outages=450, restarts=12, works=20, cover=HOUR)
    path = tmp_path / "journal.sqlite"
    events = written(player, path)
    begun = time.process_time()
    with closing(SqliteJournal(path, read_only=True)) as journal:
        recall(journal)
    folding, begun = time.process_time() - begun, time.process_time()
    record = recorded(path)
    page = month_page(record, lambda _: True, "id")
    reporting = time.process_time() - begun
    assert month_page(recorded(path), lambda _: True, "id") == page
    assert_true(record, player)
    with capsys.disabled():
        print(  # noqa: T201 (it is the figure)
            f"\na month of {len(COUNTY.sites)} sites, {events} events of nodes, {len(player.entries)} entries: "
            f"{reporting:.2f} s of CPU from the checkpoint to the page, {reporting / folding:.2f} times the folding "
            f"({folding:.2f} s)"
        )


def test_a_longer_journal_takes_no_more_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peaks = []
    for cover in (6 * HOUR, HOUR / 4):
        player = Month(with_digest(county(4, 5)), OCTOBER.start - HOUR, seed=12)
        player.live(OCTOBER.end, outages=20, cover=cover)
        path = tmp_path / f"{cover:.0f}" / "journal.sqlite"
        written(player, path, player.entries[0].position)
        tracemalloc.start()
        recorded(path)
        peaks.append((len(player.entries), tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()
    (few, small), (many, large) = peaks
    with capsys.disabled():
        print(  # noqa: T201 (as above)
            f"\n{few} entries: {small / 1e6:.2f} MB at most; {many} entries: {large / 1e6:.2f} MB"
        )
    assert many > 8 * few
    assert large < 1.5 * small


def written(player: Month, path: Path, upto: int | None = None) -> int:
    """Write a journal with a checkpoint before the month; return how many words of nodes it has."""
    inventory = player.seen.inventory
    entries = [replace(player.entries[0], inventory=inventory), *player.entries[1:]]
    with closing(SqliteJournal(path)) as journal:
        journal.append(entries)
        picture = None
        for entry in entries:
            if entry.at >= OCTOBER.start - 60.0 or (upto is not None and entry.position > upto):
                break
            picture = fold(picture, entry)[0]
        assert picture is not None
        journal.keep(freeze(picture))
    return sum(isinstance(event, NodeDown | NodeUp) for entry in entries for event in entry.events)


def recorded(path: Path) -> Record:
    with closing(SqliteJournal(path, read_only=True)) as journal:
        (record,) = records(journal, [OCTOBER])
    assert record is not None
    return record


def assert_true(record: Record, player: Month) -> None:
    found = {one.site.id: one.standing.seconds for one in standings(record)}
    for site in names(COUNTY):
        truth = player.truth.seconds(site, OCTOBER.start, OCTOBER.end)
        for verdict in Verdict:
            assert abs(found[site][verdict] - truth.get(verdict, 0.0)) < 1.0, (site, verdict)
