"""Three real servers, of which one keeps another entry than the others: all who read end with the same history."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from netmon.errors import StateError
from netmon.events import Entry, NodeUp, ProbingGap
from netmon.journal.chain import Message
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.fetch import fetch
from netmon.journal.jetstream import reading as jetstream_reading
from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.journal.jetstream.message import POSITION, WRITER, body_of
from netmon.journal.protocol import ApartError
from netmon.journal.sqlite.journal import SqliteJournal
from tests.lab.nats_server import Server, three_servers, when_it_can

pytestmark = pytest.mark.lab
ODD = 5
"""The entry of which there are two."""


def entry(position: int, word: str = "a") -> Entry:
    return Entry(position, 1000.0 + position, (NodeUp(1000.0 + position, word, 999.5),))


def leader(journal: JetStreamJournal) -> str:
    cluster = when_it_can(lambda: journal._wait(journal._js.stream_info("netmon"))).cluster
    assert cluster is not None
    return cluster.leader or ""


def messages(folder: Path) -> Path:
    return folder / "store" / "jetstream" / "$G" / "streams" / "netmon" / "msgs"


def settle(journal: JetStreamJournal) -> None:
    """Wait until all that the journal is kept in is up to date on all servers, so that one of them may be away.

    Each stream of it agrees by itself: one that is behind on a server that came back has lost two of three when
    the next goes.
    """
    name = journal.address.name
    for stream in (name, f"OBJ_{name}-inventories", f"OBJ_{name}-checkpoints"):
        for _ in range(600):
            cluster = when_it_can(partial(_cluster, journal, stream))
            if cluster is not None and cluster.leader and all(one.current for one in cluster.replicas or ()):
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"{stream} is not up to date everywhere: {cluster}")


def _cluster(journal: JetStreamJournal, stream: str) -> Any:
    return journal._wait(journal._js.stream_info(stream)).cluster


def odd_copy(folder: Path) -> Path:
    """Return what a server keeps that was told another entry."""
    folder.mkdir()
    alone = Server(folder, config='jetstream {{ store_dir: "{store}" }}\n')
    try:
        with closing(JetStreamJournal(jetstream_address(f"nats://127.0.0.1:{alone.port}"))) as journal:
            journal.append([*(entry(position) for position in range(1, ODD)), entry(ODD, "odd")])
    finally:
        alone.process.terminate()
        alone.process.wait()
    return messages(folder)


def give(server: Server, copy: Path, writer: JetStreamJournal) -> dict[int, list[Message]]:
    """Let a server have been told what stands in this copy; return what all servers hold once it is back."""
    server.process.terminate()
    server.process.wait()
    shutil.rmtree(messages(server.folder))
    shutil.copytree(copy, messages(server.folder))
    server.start()
    held = when_it_can(lambda: all_of_three(writer))
    settle(writer)
    return held


def test_of_three_servers_one_keeps_another_entry(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    true = [entry(position) for position in range(1, ODD + 3)]
    with three_servers(tmp_path) as servers:
        address = jetstream_address(",".join(f"nats://127.0.0.1:{one.port}" for one in servers), replicas=3)
        with closing(JetStreamJournal(address)) as writer:
            when_it_can(lambda: writer.append(true[:ODD]))
            odd = servers[2 if leader(writer) != "s2" else 1]
            held = give(odd, odd_copy(tmp_path / "alone"), writer)
            assert sorted(len({one.chain for one in held[at]}) for at in (ODD - 1, ODD)) == [1, 2]
            when_it_can(lambda: writer.append(true[ODD:]))
            told = [when_it_can(lambda: read(address)) for _ in range(6)]
            while {apart for _, apart in told} != {0, 1} and len(told) < 60:  # who reads from which is chance
                told.append(when_it_can(lambda: read(address)))
            let_lead(writer, odd, servers)  # it is believed no more than another then
            told += [when_it_can(lambda: read(address)) for _ in range(6)]
            assert all(entries == true for entries, _ in told)
            when_it_can(lambda: writer.append([entry(ODD + 3)]))
            assert when_it_can(lambda: read(address))[0] == [*true, entry(ODD + 3)]
            with closing(SqliteJournal(tmp_path / "copy.sqlite")) as copy:
                assert when_it_can(lambda: fetch(writer, copy)) == ODD + 3
                assert [one.events for one in copy.read()] == [one.events for one in (*true, entry(ODD + 3))]
    apart = [apart for _, apart in told]
    assert set(apart) == {0, 1}
    record_property("figure", f"{sum(apart)} of {len(apart)} readers were told another entry, and read the true one")


def test_of_three_servers_the_one_that_holds_an_entry_alone_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = [entry(position) for position in range(1, ODD + 3)]
    with three_servers(tmp_path) as servers:
        address = jetstream_address(",".join(f"nats://127.0.0.1:{one.port}" for one in servers), replicas=3)
        with closing(JetStreamJournal(address)) as writer:
            when_it_can(lambda: writer.append(true[:ODD]))
            who, other = leader(writer), odd_copy(tmp_path / "alone")
            holder, *odd = sorted(servers, key=lambda one: one.folder.name == who)  # who leads last: one election
            for one in odd:
                held = give(one, other, writer)
            assert sorted(Counter(one.chain for one in held[ODD]).values()) == [1, 2]
            when_it_can(lambda: writer.append(true[ODD:]))
            holder.process.terminate()
            holder.process.wait()
            monkeypatch.setattr(jetstream_reading, "AWAY", 600.0)
            with closing(JetStreamJournal(address, read_only=True)) as reader:
                with ThreadPoolExecutor(1) as apart:
                    reading = apart.submit(when_it_can, lambda: list(reader.read()))
                    for _ in range(1200):
                        if reader._reading._missed:
                            break
                        time.sleep(0.1)
                    assert set(reader._reading._missed) == {holder.folder.name}
                    assert not reading.done()
                    holder.start()
                    assert reading.result(240.0) == true
                assert (reader.apart, reader.missing) == (1, 0)
            settle(writer)
            holder.process.terminate()
            holder.process.wait()
            monkeypatch.setattr(jetstream_reading, "AWAY", 0.0)
            with closing(JetStreamJournal(address, read_only=True)) as reader:
                gap = when_it_can(lambda: list(reader.read()))[ODD - 1]
                assert isinstance(gap.events[0], ProbingGap)
                assert (reader.apart, reader.missing) == (1, 1)


def let_lead(journal: JetStreamJournal, wanted: Server, servers: list[Server]) -> None:
    """Let a server lead the stream: one of the others is away while the third steps down."""
    client = journal._client
    assert client is not None
    first, third = (one for one in servers if one is not wanted)
    away = third if leader(journal) != third.folder.name else first
    away.process.terminate()
    away.process.wait()
    for _ in range(600):
        who = leader(journal)
        if who == wanted.folder.name:
            break
        if who:
            when_it_can(lambda: journal._wait(client.request("$JS.API.STREAM.LEADER.STEPDOWN.netmon")))
        time.sleep(0.1)
    assert who == wanted.folder.name
    away.start()


def all_of_three(journal: JetStreamJournal) -> dict[int, list[Message]]:
    """Return what the servers hold, when all three can be asked."""
    held = journal._wait(journal._copies.held(ODD - 1, ODD))
    if {len(some) for some in held.values()} != {3}:
        raise StateError("one is not there yet")
    return held


def read(address: JetStreamAddress) -> tuple[list[Entry], int]:
    """Return what a new reader reads, and how many entries it was told otherwise."""
    with closing(JetStreamJournal(address, read_only=True)) as reader:
        return list(reader.read()), reader.apart


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("alone"))
    yield one
    one.kill()


def test_a_copy_that_began_with_another_entry_is_not_gone_on_with(alone: Server, tmp_path: Path) -> None:
    with (
        closing(JetStreamJournal(alone.address("copied"))) as journal,
        closing(SqliteJournal(tmp_path / "copy.sqlite")) as copy,
    ):
        journal.append([entry(1), entry(2)])
        copy.append([entry(1), entry(2, "odd")])
        with pytest.raises(StateError, match="has another entry 2 than the journal"):
            fetch(journal, copy)


def test_a_checkpoint_of_another_history_is_passed_over(alone: Server, caplog: pytest.LogCaptureFixture) -> None:
    with closing(JetStreamJournal(alone.address("kept"))) as journal:
        journal.append([entry(position) for position in range(1, 5)])
        for position in (2, 3):
            journal.keep(Checkpoint(position, 1000.0 + position, "print", b"x").sealed())
        for position in (3, 4):  # behind the one there is more, and at the other the stream ends
            odd = Checkpoint(position, 1000.0 + position, "odd", b"x").sealed()
            journal._wait(journal._kept.put(odd, "of another"))
        with closing(JetStreamJournal(alone.address("kept"), read_only=True)) as reader:
            assert [one.position for one in reader.checkpoints()] == [2]
            assert [one.position for one in reader.read(2)] == [3, 4]
        assert len([line for line in caplog.messages if "is of another history" in line]) == 2


def test_what_somebody_dropped_is_unknown_and_what_follows_is_read(alone: Server) -> None:
    with closing(JetStreamJournal(alone.address("dropped"))) as journal:
        journal.append([entry(position) for position in range(1, 6)])
        journal.keep(Checkpoint(2, 1002.5, "print", b"x").sealed())
        journal._wait(journal._js.purge_stream("dropped"))
        with closing(JetStreamJournal(alone.address("dropped"))) as other:
            assert [one.position for one in other.checkpoints()] == [2]
            assert other.take_over() == 2
        journal.append([entry(6), entry(7)])
        for _ in range(2):
            with closing(JetStreamJournal(alone.address("dropped"), read_only=True)) as reader:
                assert [one.position for one in reader.checkpoints()] == [2]
                gap, *rest = reader.read(2)
                assert rest == [entry(6), entry(7)]
                since = 1002.5
                assert gap == Entry(
                    5, 1006.0, (ProbingGap(1006.0, "journal", since, "no server holds what was written"),)
                )


def test_the_first_entry_after_all_went_with_the_retention_names_the_last_that_went(alone: Server) -> None:
    with closing(JetStreamJournal(alone.address("empty"))) as journal:
        journal.append([entry(position) for position in range(1, 5)])
        journal.keep(Checkpoint(4, 1004.0, "print", b"x").sealed())
        assert journal.forget(1004.5) == 4
    with closing(JetStreamJournal(alone.address("empty"))) as journal:
        journal.append([entry(7)])
    with closing(JetStreamJournal(alone.address("empty"), read_only=True)) as reader:
        assert [one.position for one in reader.checkpoints()] == [4]
        assert list(reader.read(4)) == [entry(7)]
        assert (reader.apart, reader.missing) == (0, 0)


def test_who_takes_over_what_ends_otherwise_than_it_has_read_reads_again(alone: Server) -> None:
    with closing(JetStreamJournal(alone.address("ended"))) as journal:
        journal.append([entry(1), entry(2)])
        journal._reading.note(2, 2, "of another")
        with pytest.raises(ApartError, match="after message 1 of ended is not what was written"):
            journal.take_over()
        assert list(journal.read()) == [entry(1), entry(2)]
        assert journal.take_over() == 2


def test_a_journal_whose_entries_do_not_name_the_one_before_is_one_clear_line(alone: Server) -> None:
    with closing(JetStreamJournal(alone.address("old"))) as journal:
        words = {POSITION: "1", WRITER: "x"}
        journal._wait(journal._js.publish("old.entries", body_of(entry(1)), headers=words))
        for do in (journal.last_position, lambda: list(journal.read()), lambda: journal.follow(0, 1.0)):
            with pytest.raises(StateError, match="an older netmon wrote this journal") as raised:
                do()
            assert "\n" not in str(raised.value)
