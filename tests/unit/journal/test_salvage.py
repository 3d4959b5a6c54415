"""What a damaged journal still holds is saved, and what it no longer holds is told."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from netmon.cli.main import cli
from netmon.errors import StateError
from netmon.events import Coverage, Entry, InventoryInForce, NodeDown, NodeUp, ProbingGap, ProbingStarted
from netmon.inventory.document import digest, to_document
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.sqlite.repair import repair, torn_bytes
from netmon.journal.sqlite.salvage import Missing
from netmon.model import Verdict
from netmon.picture.fold import fold
from netmon.picture.ledger import buckets
from netmon.picture.state import Picture
from netmon.recall.check import Census, troubles
from netmon.recall.recall import recall
from netmon.recall.snapshot import differing, freeze
from tests.drawings import drawing

COUNT, T0 = 400, 1_700_000_000.0
DRAWN = drawing("noc-gw gw-a a-b", digest=digest(to_document(drawing("noc-gw gw-a a-b"))))


@cache
def entries() -> tuple[Entry, ...]:
    begin = (InventoryInForce(T0, DRAWN.digest), ProbingStarted(T0, "p"))
    told = [Entry(1, T0, begin, DRAWN), Entry(2, T0, tuple(NodeUp(T0, node, T0) for node in ("gw", "a", "b")))]
    for position in range(3, COUNT + 1):
        now = T0 + 10.0 * position
        said = NodeDown(now, "b", now - 1) if position == 350 else Coverage(now, "p", now)
        told.append(Entry(position, now, (said,)))
    return tuple(told)


@cache
def folded(count: int = COUNT) -> Picture:
    picture = None
    for entry in entries()[:count]:
        picture = fold(picture, entry)[0]
    assert picture is not None
    return picture


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the content of a journal that was closed in order."""
    path = tmp_path_factory.mktemp("written") / "journal.sqlite"
    with closing(SqliteJournal(path)) as journal:
        journal.append(entries())
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path, written: bytes) -> Path:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(written)
    return path


def found_by_check(path: Path) -> list[str]:
    return [f"{one.kind}: {one.text}" for one in troubles(path, Census())]


def kept(path: Path) -> list[Entry]:
    with closing(SqliteJournal(path, read_only=True)) as journal:
        return list(journal.read())


def test_a_sound_journal_is_said_to_be(path: Path) -> None:
    census = Census()
    with closing(SqliteJournal(path)) as journal:
        journal.keep(freeze(folded(250)))
    assert list(troubles(path, census)) == []
    assert (census.entries, census.first, census.last, census.checkpoints) == (COUNT, 1, COUNT, 1)


def test_a_file_that_is_cut_off_keeps_its_beginning(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(StateError, match=r"malformed .*netmon journal repair"):
        SqliteJournal(path)
    done = repair(path)
    found, aside = done.found, done.aside
    assert found.is_cut_off
    assert 50 < len(found.entries) < 350
    lost = {position for hole in found.missing for position in range(hole.first, hole.last + 1)}
    upto = found.entries[-1].position
    assert list(found.entries) == [entry for entry in entries()[:upto] if entry.position not in lost]
    again = kept(path)
    assert [entry for entry in again if entry.position not in lost] == list(found.entries)
    assert len(again) == len(found.entries) + len(found.missing)
    assert found_by_check(path) == []
    assert aside.read_bytes() == whole[: len(whole) * 3 // 4]


def test_what_is_damaged_in_the_middle_becomes_a_gap(path: Path) -> None:
    """One page of zeros: the entries on it are lost, and nothing is known of their time."""
    content = bytearray(path.read_bytes())
    place = len(content) // 2 // 4096 * 4096
    content[place : place + 4096] = bytes(4096)
    path.write_bytes(content)
    assert any(text.startswith("damaged: ") for text in found_by_check(path))
    found = repair(path).found
    (hole,) = found.missing
    assert not found.is_cut_off
    assert 10 < hole.last - hole.first < 200
    again = kept(path)
    (gap,) = [entry for entry in again if any(isinstance(event, ProbingGap) for event in entry.events)]
    assert gap.position == hole.last
    assert [entry for entry in again if entry is not gap] == [
        entry for entry in entries() if not hole.first <= entry.position <= hole.last
    ]
    assert found_by_check(path) == []
    with closing(SqliteJournal(path, read_only=True)) as journal:
        picture = recall(journal)
    assert picture is not None
    start, end = T0 + 10.0 * (hole.first - 1), T0 + 10.0 * (hole.last + 1)
    assert buckets(picture.ledger["a"], start, end)[Verdict.UNKNOWN] == end - start


def test_an_entry_of_no_time_is_damaged_and_becomes_a_gap(path: Path) -> None:
    """sqlite keeps infinity in a column of numbers, and no date can be made of it."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE entries SET at = 9e999 WHERE position = 200")
    assert found_by_check(path) == ["unreadable: journal entry 200 is dated inf"]
    found = repair(path).found
    assert [(hole.first, hole.last) for hole in found.missing] == [(200, 200)]
    assert found_by_check(path) == []


@pytest.mark.parametrize("document", ["{", "{}", "[]", '{"version": 9}'])
def test_a_drawing_that_is_damaged_is_told(path: Path, document: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE inventories SET document = ?", (document,))
    with pytest.raises(StateError, match=r"the inventory .* of the journal cannot be read"):
        kept(path)
    assert any(text.startswith("unreadable: the inventory ") for text in found_by_check(path))
    with pytest.raises(StateError, match="its beginning is lost"):
        repair(path)


def test_a_checkpoint_after_what_is_missing_knows_it_still(path: Path) -> None:
    with closing(SqliteJournal(path)) as journal:
        journal.keep(freeze(folded(390)))
    db = sqlite3.connect(path)
    db.execute("DELETE FROM entries WHERE position BETWEEN 325 AND 375")
    db.commit()
    db.close()
    assert found_by_check(path)[0] == "missing: entries 325 to 375 are missing"
    repair(path)
    assert found_by_check(path) == []
    with closing(SqliteJournal(path, read_only=True)) as journal:
        picture = recall(journal, whole=True)
    assert picture is not None
    assert differing(picture, folded()) == ()


def test_a_lost_beginning_is_bridged_by_a_checkpoint_or_nothing(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DELETE FROM entries WHERE position < 50")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(StateError, match="its beginning is lost"):
        repair(path)
    assert path.read_bytes() == before
    with closing(SqliteJournal(path)) as journal:
        journal.keep(freeze(folded(375)))
    assert repair(path).made.begins == 375
    with closing(SqliteJournal(path, read_only=True)) as journal:
        picture = recall(journal)
    assert picture is not None
    assert differing(picture, folded()) == ()


REDRAWN = drawing("noc-gw gw-a a-b b-c", digest=digest(to_document(drawing("noc-gw gw-a a-b b-c"))))


def reloaded(path: Path) -> tuple[Entry, Picture]:
    """Let a journal go on with another drawing, and return the entry that put it in force, and the picture then."""
    told = Entry(COUNT + 1, T0 + 10.0 * (COUNT + 1), (InventoryInForce(T0, REDRAWN.digest),), REDRAWN)
    picture = fold(folded(), told)[0]
    with closing(SqliteJournal(path)) as journal:
        journal.append([told])
        journal.keep(freeze(folded(250)))
        journal.keep(freeze(picture))
    return told, picture


def lose_drawing(path: Path, name: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE inventories SET document = '{' WHERE digest = ?", (name,))


def test_a_checkpoint_names_the_drawing_of_its_picture(path: Path) -> None:
    told, picture = reloaded(path)
    assert freeze(folded(250)).drawing == DRAWN.digest
    assert told.inventory is REDRAWN
    assert freeze(picture).drawing == REDRAWN.digest
    assert replace(freeze(picture), content=b"x").drawing is None
    assert replace(freeze(picture), content=zlib.compress(b"[]")).drawing is None


def test_a_checkpoint_whose_drawing_is_lost_is_lost_and_told(path: Path) -> None:
    """Were it kept, the next start would begin with it, and find no drawing."""
    reloaded(path)
    lose_drawing(path, REDRAWN.digest)
    done = repair(path)
    assert done.found.undrawn == (COUNT + 1,)
    assert done.found.missing == (Missing(COUNT + 1, COUNT + 1),)
    assert [one.position for one in done.made.checkpoints] == [250]
    with closing(SqliteJournal(path, read_only=True)) as journal:
        picture = recall(journal)
    assert picture is not None
    assert differing(picture, folded()) == ()
    assert found_by_check(path) == []


def test_entries_that_only_a_checkpoint_knows_are_told_as_lost(path: Path) -> None:
    _, after = reloaded(path)
    lose_drawing(path, DRAWN.digest)
    done = repair(path)
    assert done.found.undrawn == (250,)
    assert (done.made.begins, done.made.entries) == (COUNT + 1, ())
    with closing(SqliteJournal(path, read_only=True)) as journal:
        picture = recall(journal)
    assert picture is not None
    assert differing(picture, after) == ()


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (REDRAWN.digest, "lost: entry 401 cannot be read"),
        (REDRAWN.digest, "lost: the checkpoint at entry 401: its drawing cannot be read"),
        (DRAWN.digest, "lost: the entries up to 401: what they came to is kept, and no moment before"),
    ],
)
def test_a_repair_that_lost_a_drawing_is_no_success(path: Path, lost: str, said: str) -> None:
    reloaded(path)
    lose_drawing(path, lost)
    ended = CliRunner().invoke(cli, ["journal", "repair", str(path)], standalone_mode=False)
    assert ended.return_value == 1
    assert said in ended.stderr


def test_a_beginning_lost_after_the_last_checkpoint_is_bridged_from_that(path: Path) -> None:
    with closing(SqliteJournal(path)) as journal:
        journal.keep(freeze(folded(250)))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM entries WHERE position < 300")
    done = repair(path)
    assert (done.made.begins, done.made.entries[0].position, done.made.entries[1].position) == (250, 299, 300)
    assert isinstance(done.made.entries[0].events[0], ProbingGap)
    assert found_by_check(path) == []
    with closing(SqliteJournal(path, read_only=True)) as journal:
        assert recall(journal) is not None


def test_a_lost_inventory_takes_what_needs_it_along(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE inventories SET document = replace(document, 'gw-a', 'gw-x')")
    db.commit()
    db.close()
    with pytest.raises(StateError, match="its beginning is lost"):
        repair(path)


def test_garbage_after_the_end_changes_nothing(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\xde\xad" * 5_000)
    assert kept(path) == list(entries())
    assert found_by_check(path) == []


def test_garbage_from_the_beginning_is_beyond_repair(path: Path) -> None:
    path.write_bytes(b"\xde\xad" * 50_000)
    with pytest.raises(StateError, match="nothing can be read"):
        repair(path)


def test_a_hole_right_after_the_beginning_is_bridged_from_the_checkpoint_there(path: Path) -> None:
    with closing(SqliteJournal(path)) as journal:
        journal.keep(freeze(folded(300)))
        journal.forget(T0 * 2)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE entries SET at = 9e999 WHERE position BETWEEN 301 AND 310")
    done = repair(path)
    assert done.found.missing == (Missing(301, 310),)
    assert done.made.begins == 0
    gap = next(one for one in kept(path) if one.position == 310)
    (event,) = gap.events
    assert isinstance(event, ProbingGap)
    assert (event.since, event.at) == (T0 + 3000.0, T0 + 3110.0)


def test_a_journal_that_is_written_is_not_repaired(path: Path) -> None:
    with closing(SqliteJournal(path)), pytest.raises(StateError, match="another netmon writes"):
        repair(path)


def crashed(path: Path) -> Path:
    """Return a copy of a journal as kill -9 leaves it: the last entry is only in the write-ahead log."""
    with closing(SqliteJournal(path)) as journal:
        journal.append([Entry(COUNT + 1, T0, (Coverage(T0, "p", T0),))])
        journal.append([Entry(COUNT + 2, T0, (Coverage(T0, "p", T0),))])
        copy = path.with_name("copy.sqlite")
        for side in ("", "-wal"):
            Path(f"{copy}{side}").write_bytes(Path(f"{path}{side}").read_bytes())
    return copy


def test_a_log_that_is_whole_is_all_read(path: Path) -> None:
    copy = crashed(path)
    assert torn_bytes(copy) == 0
    assert len(kept(copy)) == COUNT + 2


@pytest.mark.parametrize("cut", [1, 20, 4_000, 4_110])
def test_a_log_that_is_cut_off_loses_the_write_it_cuts_and_says_so(path: Path, cut: int) -> None:
    copy = crashed(path)
    log = Path(f"{copy}-wal")
    log.write_bytes(log.read_bytes()[:-cut])
    torn = torn_bytes(copy)
    assert torn > 0
    assert len(kept(copy)) == COUNT + 1
    assert found_by_check(copy) == [f"torn: the last write was cut off: {torn} bytes of it count for nothing"]


def test_a_log_with_garbage_at_its_end_says_so(path: Path) -> None:
    copy = crashed(path)
    log = Path(f"{copy}-wal")
    content = log.read_bytes()
    log.write_bytes(content[:-100] + bytes(100))
    assert torn_bytes(copy) > 0
    assert len(kept(copy)) == COUNT + 1
    log.write_bytes(content + b"\xde\xad" * 100)
    assert len(kept(copy)) == COUNT + 2
    log.write_bytes(b"\xde\xad" * 100)
    assert torn_bytes(copy) == 200
    assert len(kept(copy)) == COUNT
    log.write_bytes(b"short")
    assert torn_bytes(copy) == 5
