"""The embedded journal keeps what it acknowledged, and says clearly when it cannot."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from netmon.errors import StateError
from netmon.events import Coverage, Entry, Event, InventoryInForce, LightLevel, NodeDown, NodeUp, PortState
from netmon.inventory.document import digest, to_document
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.sqlite.trouble import trouble
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


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("CREATE TABLE contacts (name TEXT)", "is a database, but no journal"),
        ("CREATE TABLE meta (name TEXT, what TEXT)", "is a database, but no journal"),
        ("CREATE TABLE meta (key TEXT, value INTEGER); INSERT INTO meta VALUES ('schema_version', 7)", "schema 7"),
    ],
)
def test_a_database_of_another_program_is_called_so_and_left_alone(
    tmp_path: Path, tables: str, said: str, *, read_only: bool
) -> None:
    path = tmp_path / "j.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(tables)
    before = path.read_bytes()
    with pytest.raises(StateError, match=said) as refused:
        SqliteJournal(path, read_only=read_only)
    assert "disk" not in str(refused.value)
    assert path.read_bytes() == before


def test_tables_with_other_columns_are_no_matter_of_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('schema_version', '2');"
            "CREATE TABLE entries (position INTEGER PRIMARY KEY, said TEXT); CREATE TABLE checkpoints (said TEXT)"
        )
    with closing(SqliteJournal(path, read_only=True)) as journal:
        with pytest.raises(StateError, match=r"no such column: at \(it is no journal of this netmon"):
            list(journal.read())
        with pytest.raises(StateError, match=r"no such column: position \(it is no journal of this netmon"):
            journal.last_position()


def failure(path: Path, *statements: str, **limits: int) -> sqlite3.Error:
    """Return what sqlite says of the last of these statements."""
    with closing(sqlite3.connect(path, timeout=0)) as db:
        for name, most in limits.items():
            db.execute(f"PRAGMA {name} = {most}")
        *first, last = statements
        for statement in first:
            db.execute(statement)
        with pytest.raises(sqlite3.Error) as failed:
            db.execute(last)
    return failed.value


def test_each_class_of_failure_has_its_own_remedy(tmp_path: Path) -> None:
    path, table = tmp_path / "j.sqlite", "CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b)"
    (tmp_path / "text").write_text("not a database at all" * 100)
    with closing(sqlite3.connect(tmp_path / "held")) as other:
        other.execute("BEGIN EXCLUSIVE")
        taken = failure(tmp_path / "held", table)
    told = {
        "full": failure(path, table, "INSERT INTO t VALUES (1, zeroblob(99999))", max_page_count=4),
        "readonly": failure(path, "CREATE TABLE u (a)", query_only=1),
        "foreign": failure(path, "SELECT c FROM t"),
        "twice": failure(path, table, "INSERT INTO t VALUES (1, 2)", "INSERT INTO t VALUES (1, 2)"),
        "text": failure(tmp_path / "text", table),
        "nowhere": sqlite3.OperationalError("unable to open database file"),
        "taken": taken,
    }
    remedies = {name: trouble(path, error).hint for name, error in told.items()}
    assert remedies.pop("nowhere") == "", "without a code nothing is guessed"
    assert len(set(remedies.values())) == len(remedies)
    assert remedies["full"].startswith("its disk is full: make room")
    assert "this user may write" in remedies["readonly"]
    assert remedies["foreign"].startswith("it is no journal of this netmon")
    assert remedies["text"] == f"it is no journal, or damaged: `netmon journal repair {path}` saves what can be read"
    assert remedies["taken"].startswith("another program has it open")
    assert "full" not in "".join(remedy for name, remedy in remedies.items() if name != "full")


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "make room"), (errno.EROFS, "read-only"), (errno.EMFILE, "ulimit -n")]
)
def test_so_has_each_of_the_system(tmp_path: Path, number: int, said: str) -> None:
    assert said in trouble(tmp_path, OSError(number, "no")).hint


def test_a_name_with_braces_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "{x}").write_text("not a database at all" * 100)
    with pytest.raises(StateError, match=r"repair .*\{x\}"):
        SqliteJournal(tmp_path / "{x}")


def test_checkpoints_that_cannot_be_read_are_told_by_whoever_drops_entries(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with closing(SqliteJournal(path)) as journal, closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE checkpoints")
        with pytest.raises(StateError, match="no such table"):
            journal.forget(0.0)


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
