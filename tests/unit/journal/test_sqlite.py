"""The embedded journal keeps what it acknowledged, and says clearly when it cannot."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from netmon.errors import StateError
from netmon.events import Coverage, Entry, Event, InventoryInForce, LightLevel, NodeDown, NodeUp, PortState
from netmon.inventory.document import digest, to_document
from netmon.journal.sqlite import SqliteJournal
from netmon.model import Inventory
from tests.drawings import drawing


def inventory() -> Inventory:
    plain = drawing("noc-gw gw-a", cables={"c": "gw-a"})
    return drawing("noc-gw gw-a", cables={"c": "gw-a"}, digest=digest(to_document(plain)))


def entry(position: int, *events: Event) -> Entry:
    return Entry(position, 1000.0 + position, events or (NodeUp(1000.0 + position, "a", 999.5),))


def test_what_is_appended_is_read_back_exactly(tmp_path: Path) -> None:
    drawn = inventory()
    entries = [
        Entry(1, 1000.25, (InventoryInForce(1000.25, drawn.digest),), drawn),
        entry(2, NodeDown(1001.1, "a", 1000.123456789), PortState(1001.1, "gw", "sfp1:0", up=False)),
        entry(3, LightLevel(1002.0, "gw", "sfp1", None), LightLevel(1002.0, "gw", "sfp2", -7.25)),
    ]
    journal = SqliteJournal(tmp_path / "j.sqlite")
    journal.append(entries)
    journal.close()
    again = SqliteJournal(tmp_path / "j.sqlite")
    assert list(again.read()) == entries
    assert list(again.read(after=2)) == entries[2:]
    assert again.last_position() == 3
    again.close()


def test_a_second_writer_is_kept_out_and_told_why(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.sqlite")
    with pytest.raises(StateError, match="another netmon writes"):
        SqliteJournal(tmp_path / "j.sqlite")
    journal.close()
    SqliteJournal(tmp_path / "j.sqlite").close()


def test_a_reader_may_look_while_the_writer_writes(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.sqlite")
    journal.append([entry(1)])
    reader = SqliteJournal(tmp_path / "j.sqlite", read_only=True)
    journal.append([entry(2)])
    assert [one.position for one in reader.read()] == [1, 2]
    reader.close()
    journal.close()


def test_an_append_is_all_or_nothing(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.sqlite")
    journal.append([entry(1)])
    with pytest.raises(StateError):
        journal.append([entry(2), entry(1)])
    assert [one.position for one in journal.read()] == [1]
    journal.append([entry(2)])
    assert [one.position for one in journal.read()] == [1, 2]
    journal.close()


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StateError, match=r"j\.sqlite"):
        SqliteJournal(path)


def test_a_journal_of_another_schema_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    SqliteJournal(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    db.close()
    with pytest.raises(StateError, match="schema 99"):
        SqliteJournal(path)


def test_an_entry_of_an_unknown_kind_is_named_by_position(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    SqliteJournal(path).close()
    with sqlite3.connect(path) as db:
        db.execute("""INSERT INTO entries VALUES (7, 1.0, '[{"kind": "from-the-future", "at": 1.0}]')""")
    db.close()
    journal = SqliteJournal(path)
    with pytest.raises(StateError, match="entry 7"):
        list(journal.read())
    journal.close()


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="not a folder"):
        SqliteJournal(tmp_path / "file" / "j.sqlite")


def test_coverage_is_small() -> None:
    from netmon.journal.codec import encode

    assert len(encode([Coverage(1_700_000_000.123, "local", 1_700_000_000.0)])) < 120
