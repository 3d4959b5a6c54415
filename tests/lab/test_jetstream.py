"""The journal on a real NATS server: what is acknowledged stays, once and in order, and trouble is one clear line."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nats.errors import TimeoutError as NothingInTimeError

from netmon.daemon.progress_process import counting
from netmon.daemon.settings import Settings
from netmon.errors import NetmonError, StateError
from netmon.events import Entry, InventoryInForce, NodeUp
from netmon.exporter.api.coverage_route import Months
from netmon.inventory.document import digest, to_document, with_digest
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.fetch import fetch
from netmon.journal.jetstream import journal as jetstream
from netmon.journal.jetstream import tail as jetstream_tail
from netmon.journal.jetstream.address import jetstream_address
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.journal.jetstream.reading import FETCH
from netmon.journal.jetstream.tail import Tail
from netmon.journal.protocol import GoneError
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Inventory
from netmon.report.period import month
from tests.drawings import drawing
from tests.e2e.certificates import Authority
from tests.lab.nats_server import Server, three_servers, when_it_can
from tests.simulated_months import Month, county

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("nats"))
    yield one
    one.kill()


def entry(position: int) -> Entry:
    return Entry(position, 1000.0 + position, (NodeUp(1000.0 + position, "a", 999.5),))


def inventory() -> Inventory:
    plain = drawing("noc-gw gw-a", cables={"c": "gw-a"})
    return drawing("noc-gw gw-a", cables={"c": "gw-a"}, digest=digest(to_document(plain)))


def test_what_is_appended_is_read_back_exactly_from_any_position(server: Server) -> None:
    drawn = inventory()
    entries = [Entry(1, 1000.25, (InventoryInForce(1000.25, drawn.digest),), drawn)]
    entries += [entry(position) for position in (*range(2, FETCH + 20), *range(FETCH + 40, FETCH + 60))]
    with closing(JetStreamJournal(server.address("exact"))) as journal:
        assert journal.last_position() == 0
        assert list(journal.read()) == []
        journal.append(entries)
    with closing(JetStreamJournal(server.address("exact"), read_only=True)) as again:
        assert again.last_position() == FETCH + 59
        for after in (0, 1, FETCH, FETCH + 25, FETCH + 58, FETCH + 59):
            assert list(again.read(after)) == [one for one in entries if one.position > after]
        with pytest.raises(StateError, match="does not hold the inventory"):
            again.inventory("0" * 64)


def test_what_was_taken_without_our_hearing_of_it_is_not_written_twice(server: Server) -> None:
    with closing(JetStreamJournal(server.address("twice"))) as journal:
        journal.append([entry(1), entry(2)])
        writing = journal._writing
        writing._sequence, writing._is_sure = 0, False  # as if no acknowledgement had come
        unwritten = journal._wait(writing._unwritten([entry(1), entry(2), entry(3)]))
        assert unwritten == [entry(3)]  # the servers' own memory of what they took is short
        writing._sequence = 0
        journal.append([entry(1), entry(2), entry(3)])
        assert [one.position for one in journal.read()] == [1, 2, 3]


def test_an_entry_whose_acknowledgement_was_lost_is_looked_for_however_late(server: Server) -> None:
    with closing(JetStreamJournal(server.address("late"))) as journal:
        journal.append([entry(1)])
        brief = journal._stream()
        brief.duplicate_window = 0.1  # the servers' memory of what they took, two minutes otherwise
        journal._wait(journal._js.update_stream(brief))
        publish = journal._js.publish

        async def unheard(*words: object, **more: object) -> object:
            await publish(*words, **more)  # type: ignore[arg-type]
            raise NothingInTimeError

        journal._js.publish = unheard  # type: ignore[method-assign, assignment]
        with pytest.raises(StateError):
            journal.append([entry(2)])
        journal._js.publish = publish  # type: ignore[method-assign]
        time.sleep(0.3)
        journal.append([entry(2), entry(3)])
        assert [one.position for one in journal.read()] == [1, 2, 3]


def test_who_takes_over_writes_behind_what_another_wrote(server: Server) -> None:
    with (
        closing(JetStreamJournal(server.address("taken"))) as first,
        closing(JetStreamJournal(server.address("taken"))) as second,
    ):
        first.append([entry(1), entry(2)])
        assert second.take_over() == 2
        second.append([entry(3)])
        assert [one.position for one in first.read()] == [1, 2, 3]


def test_a_hole_in_the_stream_is_never_passed_over(server: Server) -> None:
    with closing(JetStreamJournal(server.address("holed"))) as journal:
        journal.append([entry(position) for position in range(1, 6)])
        tail = Tail(journal._js, "holed", 1)
        journal._wait(journal._js.delete_msg("holed", 4))
        for after in (0, 3):  # found while it is read, and while its beginning is looked for
            with pytest.raises(StateError, match="misses message 4"):
                list(journal.read(after))
        with pytest.raises(GoneError, match="message 4"):
            journal._wait(passing(tail))


async def passing(tail: Tail) -> None:
    for _ in range(40):
        await tail.take(0.1)


def test_a_question_that_is_lost_with_its_server_is_not_waited_for(server: Server) -> None:
    with closing(JetStreamJournal(server.address("asked"))) as journal:
        journal.append([entry(1)])
        asked, answer, writing = 0, journal._js.stream_info, journal._writing

        async def lost_at_first(name: str, **more: Any) -> object:
            nonlocal asked
            asked += 1
            if asked <= 2:
                await asyncio.Event().wait()
            return await answer(name, **more)

        journal._js.stream_info, writing._is_sure = lost_at_first, False  # type: ignore[assignment, method-assign]
        journal.append([entry(2)])
        assert asked >= 3  # a server that is slow is asked once more
        asked = 0
        assert journal.take_over() == 2
        assert asked >= 3
        assert [one.position for one in journal.read()] == [1, 2]


def test_of_two_writers_the_newer_goes_on_and_the_older_is_told(server: Server) -> None:
    with (
        closing(JetStreamJournal(server.address("two"))) as old,
        closing(JetStreamJournal(server.address("two"))) as new,
    ):
        new.append([entry(1)])
        for _ in range(2):
            with pytest.raises(StateError, match="another netmon writes"):
                old.append([entry(1), entry(2)])
        new.append([entry(2)])
        assert list(new.read()) == [entry(1), entry(2)]


def test_checkpoints_and_forgetting(server: Server) -> None:
    with closing(JetStreamJournal(server.address("kept"))) as journal:
        journal.append([entry(position) for position in range(1, 11)])
        kept = [Checkpoint(at, 1000.0 + at, "print", os.urandom(300_000)).sealed() for at in (4, 8)]
        for one in kept:
            journal.keep(one)
        assert list(journal.checkpoints()) == kept[::-1]
        assert journal.forget(1000.0) == 0
        assert journal.forget(1006.0) == 4
        assert [one.position for one in journal.read()] == list(range(5, 11))
        found = list(journal.checkpoints())
        assert [(one.position, one.is_base, one.is_whole) for one in found] == [(8, False, True), (4, True, True)]
        assert journal.forget(1009.0) == 4
        journal.keep(Checkpoint(10, 1010.0, "print", b"x").sealed())
        assert journal.forget(1011.0) == 2
        assert journal.last_position() == 10
        journal.append([entry(11)])
        assert list(journal.read(10)) == [entry(11)]


def test_a_checkpoint_of_what_the_servers_lost_is_passed_over_and_the_journal_goes_on(server: Server) -> None:
    address = server.address("lost-tail")
    with closing(JetStreamJournal(address)) as journal:
        journal.append([entry(position) for position in range(1, 11)])
        kept = [Checkpoint(at, 1000.0 + at, "print", b"x").sealed() for at in (4, 10)]
        for one in kept:
            journal.keep(one)
        journal._wait(journal._js.delete_stream("lost-tail"))
    with closing(JetStreamJournal(address)) as journal:  # the servers come back with less than they acknowledged
        journal.append([entry(position) for position in range(1, 9)])
    with closing(JetStreamJournal(address)) as journal:
        assert [one.position for one in journal.checkpoints()] == [4]
        journal.take_over()
        journal.append([entry(11)])
        assert [one.position for one in journal.read(4)] == [5, 6, 7, 8, 11]


def test_months_are_counted_by_a_process_of_its_own(server: Server) -> None:
    """It is told where the servers are, and reads while others write."""
    september = month("2026-09", "Asia/Jakarta")
    drawn = with_digest(county(1, 2))
    player = Month(drawn, september.start)
    player.run_to(september.start + 4 * 3600.0)
    player.do_cover()
    first = replace(player.entries[0], inventory=drawn)
    with closing(JetStreamJournal(server.address("months"))) as journal:
        journal.append([first, *player.entries[1:]])
        count = counting(Settings(state=None, journal=server.address("months")))

        async def ask() -> Any:
            assert count is not None
            return await count(Months("2026-09", 2, september.zone))

        (whole, district) = asyncio.run(ask())["rows"]
    assert (whole["month"], whole["villages"], whole["online"], district["district"]) == ("2026-09", 2, 2, "d0")


def test_a_killed_server_loses_nothing_and_the_writer_goes_on(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        with closing(JetStreamJournal(server.address("killed"))) as journal:
            journal.append([entry(1), entry(2)])
            server.kill()
            with pytest.raises(StateError, match="nats-server"):
                journal.append([entry(3)])
            server.start()
            when_it_can(lambda: journal.append([entry(3), entry(4)]))
            assert list(journal.read()) == [entry(position) for position in range(1, 5)]
    finally:
        server.kill()


def test_trouble_is_one_line_with_a_remedy_and_without_the_secret(server: Server, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not-this")
    here = f"nats://127.0.0.1:{server.port}"
    troubles = {
        "does not let netmon in": jetstream_address(here, user="netmon", secret=f"file:{wrong}"),
        "ermissions": server.address("forbidden", user="guest"),
        "check that nats-server runs": jetstream_address("nats://127.0.0.1:1"),
        "cannot be read": jetstream_address(here, user="netmon", secret="file:/nowhere"),
    }
    for words, address in troubles.items():
        began = time.monotonic()
        with pytest.raises(NetmonError, match=words) as raised:
            JetStreamJournal(address)
        assert time.monotonic() - began < jetstream.AGREEING / 2  # it would not be otherwise later
        line = str(raised.value)
        assert "\n" not in line
        assert "not-this" not in line
        assert "well-kept" not in line


def test_a_secured_server_is_believed_by_its_authority_and_lets_a_token_in(tmp_path: Path) -> None:
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    certificate, key = ours.issue("nats")
    token = tmp_path / "token"
    token.write_text("well-kept\n")
    config = 'jetstream {{ store_dir: "{store}" }}\nauthorization {{ token: "well-kept" }}\n'
    server = Server(tmp_path, config=config, more=f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}\n')
    try:
        url = f"tls://127.0.0.1:{server.port}"
        with closing(JetStreamJournal(jetstream_address(url, secret=f"file:{token}", ca=ours.file))) as journal:
            journal.append([entry(1)])
            assert list(journal.read()) == [entry(1)]
        for authority in (theirs.file, None):
            with pytest.raises(StateError, match=r"certificate verify failed.*--journal\.ca") as raised:
                JetStreamJournal(jetstream_address(url, secret=f"file:{token}", ca=authority))
            assert "well-kept" not in str(raised.value)
    finally:
        server.kill()


def test_of_three_servers_one_may_die(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    with three_servers(tmp_path) as servers:
        url = ",".join(f"nats://127.0.0.1:{server.port}" for server in servers)
        address = jetstream_address(url, replicas=3)
        with closing(JetStreamJournal(address)) as journal:  # the servers have not agreed who leads when it begins
            journal.append([entry(1)])
            cluster = journal._wait(journal._js.stream_info(address.name)).cluster
            assert cluster is not None
            servers[int(str(cluster.leader)[1:])].kill()
            killed = time.monotonic()
            when_it_can(lambda: journal.append([entry(2)]))
            record_property("figure", f"the leader of three NATS servers killed: {time.monotonic() - killed:.1f} s")
            assert when_it_can(lambda: [one.position for one in journal.read()]) == [1, 2]


def test_a_journal_is_opened_while_two_of_three_servers_agree_and_one_does_not_come_back(tmp_path: Path) -> None:
    with three_servers(tmp_path) as servers:
        url = ",".join(f"nats://127.0.0.1:{server.port}" for server in servers)
        address = jetstream_address(url, replicas=3)
        with closing(JetStreamJournal(address)) as journal:
            journal.append([entry(1)])
        for server in servers:
            server.kill()
        for server in servers[1:]:
            server.start()
        with closing(JetStreamJournal(address)) as journal:
            assert journal.last_position() == 1


def test_servers_too_few_to_agree_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetstream, "AGREEING", 2.0)
    with three_servers(tmp_path) as servers:
        for server in servers[1:]:
            server.kill()
        with pytest.raises(StateError, match="have not agreed who leads in 2 s"):
            JetStreamJournal(jetstream_address(f"nats://127.0.0.1:{servers[0].port}", replicas=3))


def test_a_copy_in_a_file_has_all_and_takes_only_what_is_new(server: Server, tmp_path: Path) -> None:
    drawn = inventory()
    with (
        closing(JetStreamJournal(server.address("copied"))) as journal,
        closing(SqliteJournal(tmp_path / "copy.sqlite")) as copy,
    ):
        journal.append([Entry(1, 1000.25, (InventoryInForce(1000.25, drawn.digest),), drawn), entry(2)])
        journal.keep(Checkpoint(2, 1002.0, "print", b"x").sealed())
        assert fetch(journal, copy) == 2
        journal.append([entry(3)])
        assert fetch(journal, copy) == 1
        assert list(copy.read()) == list(journal.read())
        assert list(copy.checkpoints()) == list(journal.checkpoints())
        copy.append([entry(4)])
        with pytest.raises(StateError, match="has entries that the journal has not"):
            fetch(journal, copy)


def test_a_follower_that_gets_no_reader_asks_who_leads_the_stream(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(*_: object) -> None:
        await asyncio.sleep(60.0)

    monkeypatch.setattr(jetstream_tail, "READY", 0.01)
    monkeypatch.setattr(jetstream_tail, "FEW", 2)
    monkeypatch.setattr(jetstream_tail, "reader_from", nowhere)
    with closing(JetStreamJournal(server.address("readerless"))) as journal:
        journal.append([entry(position) for position in range(1, 6)])
        found: list[Entry] = []
        for count in (2, 4, 5, 5):
            found += journal.follow(len(found), 0.01)
            assert [one.position for one in found] == list(range(1, count + 1))
        journal.append([entry(6)])
        assert [one.position for one in journal.follow(5, 0.01)] == [6]


def test_the_newest_checkpoint_is_known_without_a_reader(server: Server) -> None:
    with closing(JetStreamJournal(server.address("newest"))) as journal:
        kept = journal._kept
        assert journal._wait(kept.newest()) == 0
        journal.append([entry(position) for position in range(1, 12)])
        for position in (9, 10, 11):
            journal.keep(Checkpoint(position, 1000.0 + position, "print", b"x").sealed())
        assert journal._wait(kept.newest()) == journal._wait(kept.heads())[0][0].position == 11
        journal._wait(kept._stores["checkpoints"].delete(f"{11:020}"))
        assert journal._wait(kept.newest()) == journal._wait(kept.heads())[0][0].position == 10
        journal._wait(journal._js.purge_stream("newest"))
        assert journal.last_position() == 10


def test_a_follower_goes_on_when_the_servers_forget_it_and_says_when_entries_are_gone(server: Server) -> None:
    def follow(journal: JetStreamJournal, after: int) -> list[Entry]:
        return next((found for _ in range(40) if (found := journal.follow(after, 0.1))), [])

    with (
        closing(JetStreamJournal(server.address("followed"))) as writer,
        closing(JetStreamJournal(server.address("followed"), read_only=True)) as reader,
    ):
        assert reader.follow(0, 0.1) == []
        writer.append([entry(1), entry(2)])
        assert follow(reader, 0)[0] == entry(1)
        assert follow(reader, 1) == [entry(2)]
        assert reader.follow(2, 0.1) == []
        for one in writer._wait(writer._js.consumers_info("followed")):
            writer._wait(writer._js.delete_consumer("followed", one.name))
        writer.append([entry(3)])
        assert follow(reader, 2) == [entry(3)]
        writer.keep(Checkpoint(2, 1002.0, "print", b"x").sealed())
        writer.keep(Checkpoint(3, 1003.0, "print", b"x").sealed())
        writer.append([entry(4)])
        assert writer.forget(1003.5) == 3
        assert writer.take_over() == 4
        with pytest.raises(GoneError):
            writer._wait(Tail(writer._js, "followed", 1).take(0.1))
        assert follow(reader, 3) == [entry(4)]
