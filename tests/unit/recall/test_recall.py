"""A picture from a checkpoint and what follows it is the one that folding everything gives."""

from __future__ import annotations

import json
import tempfile
import zlib
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.clock import PRINTED, rfc3339
from netmon.daemon.fold_loop import FoldLoop
from netmon.errors import StateError
from netmon.events import Coverage, Entry, Event, InventoryInForce, NodeDown, NodeUp, ProbingGap, ProbingStarted
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.memory import MemoryJournal
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Verdict
from netmon.picture.fold import fold
from netmon.picture.ledger import buckets
from netmon.recall.recall import find_start, recall
from netmon.recall.snapshot import UnusableError, differing, digest, freeze, thaw
from netmon.report.period import Period
from netmon.report.record import records
from tests.unit.recall.histories import DRAWINGS, NODES, T0, histories
from tests.unit.recall.journalled import folded, story


def inventory(digest: str):  # type: ignore[no-untyped-def]
    return next(drawn for drawn in DRAWINGS if drawn.digest == digest)


@given(histories, st.data())
def test_a_checkpoint_and_what_follows_is_everything(entries: list[Entry], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(entries)))
    kept = folded(entries[:cut])
    thawed = thaw(freeze(kept), inventory)
    assert differing(thawed, kept) == ()
    assert repr(thawed.ledger) == repr(kept.ledger)
    went_on, whole = folded(entries[cut:], thawed), folded(entries[cut:], kept)
    assert differing(went_on, whole) == ()
    assert digest(went_on) == digest(whole)


def moment_of(entries: list[Entry], until: float) -> int:
    """Return how many entries there were at a moment, which a clock that is ahead may leap over before it comes."""
    begin = 0
    while True:
        later = next((at for at in range(begin, len(entries)) if entries[at].at > until), len(entries))
        back = next((at for at in range(later, len(entries)) if entries[at].at <= until), None)
        gap = any(
            isinstance(event, ProbingGap | ProbingStarted)
            for entry in entries[later : later + 1]
            for event in entry.events
        )
        if back is None or not (gap or later == 0):
            return later
        begin = back


@settings(max_examples=max(settings().max_examples // 4, 1))
@given(histories, st.data())
def test_the_journal_gives_every_moment_from_whatever_checkpoints_it_has(
    entries: list[Entry], data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(1, len(entries)), max_size=4))
    with tempfile.TemporaryDirectory() as folder, closing(SqliteJournal(Path(folder) / "j.sqlite")) as journal:
        journal.append(entries)
        for cut in sorted(cuts):
            journal.keep(freeze(folded(entries[:cut])))
        until = data.draw(st.sampled_from([entry.at for entry in entries]))
        upto = moment_of(entries, until + PRINTED)
        found = recall(journal, until)
        assert (found is None) == (upto == 0)
        assert found is None or differing(found, folded(entries[:upto])) == ()
        assert find_start(journal).position == max(cuts, default=0)


def test_no_two_positions_have_the_same_digest_and_milestones_are_at_hundreds() -> None:
    entries = story(350)
    pictures = [folded(entries[:1])]
    for entry in entries[1:]:
        pictures.append(fold(pictures[-1], entry)[0])
    assert len({digest(picture) for picture in pictures[::10]}) == 35
    loop = FoldLoop(lambda _effect: None)
    loop.begin(pictures[41])
    assert loop.replay(entries[42:]) == 308
    assert [(one.position, digest(one)) for one in loop.milestones] == [
        (at, digest(pictures[at - 1])) for at in (100, 200, 300)
    ]


@pytest.fixture
def journal(tmp_path: Path):  # type: ignore[no-untyped-def]
    with closing(SqliteJournal(tmp_path / "j.sqlite")) as journal:
        journal.append(story())
        yield journal


def alter(journal: SqliteJournal, sql: str) -> None:
    journal._db.execute(sql)


def test_a_damaged_checkpoint_is_passed_over_and_said(journal: SqliteJournal) -> None:
    entries = story()
    for cut in (15, 40):
        journal.keep(freeze(folded(entries[:cut])))
    alter(journal, "UPDATE checkpoints SET content = substr(content, 2) WHERE position = 40")
    start = find_start(journal)
    assert (start.position, len(start.passed_over)) == (15, 1)
    assert "entry 40 is damaged" in start.passed_over[0]
    found = recall(journal)
    assert found is not None
    assert differing(found, folded(entries)) == ()


def test_a_checkpoint_of_another_structure_is_passed_over(journal: SqliteJournal) -> None:
    checkpoint = freeze(folded(story()[:15]))
    other = Checkpoint(checkpoint.position, checkpoint.at, "1:elsewhere", checkpoint.content).sealed()
    journal.keep(other)
    assert find_start(journal).position == 0
    with pytest.raises(UnusableError, match="another version"):
        thaw(other, inventory)


def test_retention_keeps_ledger_incidents_and_ids(journal: SqliteJournal) -> None:
    entries = story()
    for cut in (15, 30, 60):
        journal.keep(freeze(folded(entries[:cut])))
    assert journal.forget(entries[35].at) == 30
    assert [entry.position for entry in journal.read()] == list(range(31, 61))
    found = recall(journal)
    assert found is not None
    assert differing(found, folded(entries)) == ()
    assert [one.id for one in found.closed_incidents] == ["F11"]
    whole = recall(journal, whole=True)
    assert whole is not None
    assert differing(whole, folded(entries)) == ()
    assert recall(journal, entries[20].at) is None
    assert journal.forget(entries[35].at) == 0


def test_a_base_of_an_older_structure_is_read_as_far_as_it_fits(journal: SqliteJournal) -> None:
    checkpoint = freeze(folded(story()[:30]))
    old = Checkpoint(checkpoint.position, checkpoint.at, "1:older", checkpoint.content).sealed()
    journal.keep(old)
    assert find_start(journal).position == 0
    journal.forget(story()[35].at)
    found = recall(journal)
    assert found is not None
    assert differing(found, folded(story())) == ()


def test_a_field_that_an_older_structure_lacks_takes_its_default() -> None:
    kept = folded(story()[:30])
    content = json.loads(zlib.decompress(freeze(kept).content))
    place = next(at for at, name in enumerate(content["layout"]["Picture"]) if name.startswith("latest:"))
    for fields in content["layout"]["Picture"], content["picture"]:
        del fields[place]
    old = Checkpoint(kept.position, kept.latest, "1:older", zlib.compress(json.dumps(content).encode())).sealed()
    thawed = thaw(old, inventory, old=True)
    assert differing(thawed, kept) == ("latest",)
    assert thawed.latest == 0.0


def test_a_base_that_is_damaged_is_the_end_of_it_and_said(journal: SqliteJournal) -> None:
    journal.keep(freeze(folded(story()[:30])))
    journal.forget(story()[35].at)
    alter(journal, "UPDATE checkpoints SET content = substr(content, 2)")
    with pytest.raises(StateError, match="entry 30 is damaged, and the entries before it are gone"):
        recall(journal)


def test_after_lost_events_the_journal_begins_anew(journal: SqliteJournal) -> None:
    """A base in the middle bridges what could not be written: nothing before it is folded into what follows."""
    entries = story()
    alter(journal, "DELETE FROM entries WHERE position = 20")
    journal.keep(replace(freeze(folded(entries[:25])), is_base=True))
    for whole in (False, True):
        found = recall(journal, whole=whole)
        assert found is not None
        assert differing(found, folded(entries)) == ()
    before = recall(journal, entries[14].at)
    assert before is not None
    assert differing(before, folded(entries[:15])) == ()


def test_a_moment_typed_as_it_was_printed_holds_what_happened_then() -> None:
    entries = story(10)
    last = replace(entries[-1], at=entries[-1].at + 0.0007)  # printed without these tenths of a millisecond
    journal = MemoryJournal()
    journal.append([*entries[:-1], last])
    printed = datetime.fromisoformat(rfc3339(last.at) or "").timestamp()
    assert printed < last.at
    found = recall(journal, printed)
    assert found is not None
    assert found.position == last.position


def test_after_a_step_of_the_clock_no_checkpoint_knows_what_came_later(journal: SqliteJournal) -> None:
    entries = story()
    back = entries[39].at
    after = [
        Entry(61, back, (ProbingGap(back, "p", back, "clock stepped back"),)),
        Entry(62, back + 1, (Coverage(back + 1, "p", back),)),
    ]
    journal.append(after)
    kept = folded([*entries, *after])
    assert kept.at < entries[-1].at
    journal.keep(freeze(kept))
    found = recall(journal, entries[49].at)
    assert found is not None
    assert differing(found, folded(entries[:50])) == ()


def booted_ahead(ahead: float, minutes: int) -> list[Entry]:
    """A machine that booted in the future, and was set right; how many minutes it lived on."""
    drawn = DRAWINGS[0]
    entries: list[Entry] = []

    def say(at: float, *events: Event) -> None:
        drawing = drawn if any(isinstance(event, InventoryInForce) for event in events) else None
        entries.append(Entry(len(entries) + 1, at, events, drawing))

    for begin, count in ((T0 + ahead, 12), (T0, minutes)):
        say(begin, InventoryInForce(begin, drawn.digest), ProbingStarted(begin, "p"))
        say(begin + 1.0, *(NodeUp(begin + 1.0, node, begin + 1.0) for node in NODES[:-1]))
        for minute in range(1, count):
            now = begin + 60.0 * minute
            say(now, NodeDown(now, "d", now - 1.0) if minute == 8 else Coverage(now, "p", now))
    return entries


@pytest.mark.parametrize("minutes", [0, 5, 20, 99])
def test_a_moment_that_a_clock_leapt_over_is_the_one_that_was_lived_later(tmp_path: Path, minutes: int) -> None:
    entries = booted_ahead(6_000.0, 160)
    wanted = T0 + 60.0 * minutes + 30.0
    lived = [entry for entry in entries if entry.position <= 13 or entry.at <= wanted]
    again = (ProbingGap(T0 - 900.0, "p", T0 - 900.0, "the wall clock was stepped"),)
    entries.append(Entry(len(entries) + 1, T0 - 900.0, again))  # much later, and for a moment
    for journal in (SqliteJournal(tmp_path / "j.sqlite"), MemoryJournal()):
        with closing(journal):
            journal.append(entries)
            found = recall(journal, wanted)
            assert found is not None
            assert found.position == lived[-1].position
            assert differing(found, folded(lived)) == ()


def test_a_moment_that_was_lived_twice_is_the_first(tmp_path: Path) -> None:
    entries = booted_ahead(6_000.0, 160)
    with closing(SqliteJournal(tmp_path / "j.sqlite")) as journal:
        journal.append(entries)
        found = recall(journal, T0 + 6_090.0)
    assert found is not None
    assert found.position == 3


def test_a_month_goes_on_when_a_clock_that_was_ahead_is_set_right(tmp_path: Path) -> None:
    entries = booted_ahead(40 * 86_400.0, 66)
    period = Period(float(int(T0)), float(int(T0)) + 3_000.0)
    with closing(SqliteJournal(tmp_path / "j.sqlite")) as journal:
        journal.append(entries)
        (record,) = records(journal, [period])
    assert record is not None
    assert record.until >= period.end
    assert buckets(record.picture.ledger["a"], T0, T0 + 3_000.0)[Verdict.UP] == pytest.approx(2_999.0)


def test_a_journal_in_memory_is_folded_whole() -> None:
    journal = MemoryJournal()
    journal.append(story())
    found = recall(journal)
    assert found is not None
    assert differing(found, folded(story())) == ()
