"""Of servers whose copies of a journal came apart, every reader comes to the same history: the newest writer's."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import StateError
from netmon.events import Entry, NodeUp, ProbingGap
from netmon.journal.chain import Message, Straight, chained, straight
from netmon.journal.jetstream import reading as jetstream_reading
from netmon.journal.jetstream.copies import Copies
from netmon.journal.jetstream.message import CHAIN, POSITION, body_of, entry_from, message_of
from netmon.journal.jetstream.reading import AWAY, Reading
from netmon.journal.protocol import ApartError
from netmon.model import Inventory

T = TypeVar("T")
SERVERS = 3


def done(work: Coroutine[Any, Any, T]) -> T:
    """Return what work comes to that never waits: nothing here does."""
    try:
        work.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    raise AssertionError("it waits")


def message(before: str, position: int, word: str = "a") -> Message:
    at = 1000.0 + position
    body = body_of(Entry(position, at, (NodeUp(at, word, at),)))
    return Message(position, position, chained(before, position, body), body)


def row(count: int) -> list[Message]:
    """Return a history: message n at sequence and position n."""
    found: list[Message] = []
    for position in range(1, count + 1):
        found.append(message(found[-1].chain if found else "", position))
    return found


@dataclass
class Servers:
    """Servers in memory: what each holds by sequence, which one leads, and which one a reader is on."""

    held_by: list[dict[int, Message]] = field(default_factory=lambda: [{} for _ in range(SERVERS)])
    leader: int = 0
    on: int = 0
    first: int = 1
    name: str = "fake"
    js: object = None
    offline: set[int] = field(default_factory=set)
    away: frozenset[str] = frozenset()

    def put(self, one: Message, *others: Message) -> None:
        """Append a message; the last servers hold these others in its place."""
        for server, held in enumerate(self.held_by):
            place = server - SERVERS + len(others)
            held[one.sequence] = others[place] if place >= 0 else one

    async def state(self) -> Any:
        last = max(self.held_by[self.leader], default=0)
        return SimpleNamespace(first_seq=self.first, last_seq=last, messages=max(last - self.first + 1, 0))

    async def led(self, sequence: int) -> Message:
        return self.held_by[self.leader][sequence]

    async def sequence_above(self, position: int) -> int:
        return max(self.first, position + 1)

    async def fetch(self, sequence: int, count: int) -> list[Message]:
        return [self.held_by[self.on][at] for at in range(sequence, sequence + count)]

    async def held(self, first: int, last: int) -> dict[int, list[Message]]:
        there = (server for server in range(SERVERS) if server not in self.offline)
        order = sorted(there, key=lambda server: server != self.leader)
        self.away = frozenset(map(str, self.offline))
        return {
            at: [self.held_by[one][at] for one in order if at in self.held_by[one]]
            for at in range(max(first, self.first), last + 1)
        }


class FakeTail:
    """A reader on one of such servers."""

    def __init__(self, servers: Servers, _name: str, sequence: int) -> None:
        self.servers, self.sequence = servers, sequence

    async def take(self, _patience: float) -> list[Message]:
        held = self.servers.held_by[self.servers.on]
        found = [held[at] for at in sorted(held) if at >= self.sequence]
        self.sequence += len(found)
        return found

    async def close(self) -> None:
        """Forget nothing: there is no connection."""


def read(reading: Reading, after: int) -> list[tuple[int, bytes]]:
    """Return all that is there above a position."""

    async def all_of() -> list[tuple[int, bytes]]:
        found, stretch = [], await reading.stretch(after)
        while (some := await reading.read(stretch)) is not None:
            found += some
        return found

    return done(all_of())


class Reader:
    """A folder: it follows, and begins anew when it was told another history."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.reading = Reading(cast("Copies", servers))
        self.entries: list[tuple[int, bytes]] = []
        self.anew = 0

    def read(self) -> None:
        """Read all that is there."""
        for _ in range(5):
            try:
                self.entries = read(self.reading, 0)
            except ApartError:
                self.anew += 1
            else:
                return
        raise AssertionError("it never ends")

    def follow(self) -> None:
        after = self.entries[-1][0] if self.entries else 0
        try:
            self.entries += done(self.reading.follow(after, 0.0))
        except ApartError:
            self.anew += 1
            self.read()

    @property
    def chains(self) -> list[str]:
        """The history it has, as chain values."""
        found = [""]
        for position, body in self.entries:
            found.append(chained(found[-1], position, body))
        return found[1:]


@pytest.fixture(autouse=True)
def tails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetstream_reading, "MARGIN", 3)
    monkeypatch.setattr(jetstream_reading, "FETCH", 5)
    monkeypatch.setattr(jetstream_reading, "Tail", FakeTail)


def world() -> Servers:
    servers = Servers()
    servers.js = servers
    return servers


@st.composite
def troubles(draw: st.DrawFn) -> list[tuple[tuple[bool, ...], int, tuple[int, ...]]]:
    """Return for each message which servers hold another, who leads, and on which server each of two readers is."""
    server = st.integers(0, SERVERS - 1)
    odd = st.tuples(*[st.booleans()] * SERVERS).filter(lambda some: not all(some))
    return draw(st.lists(st.tuples(odd, server, st.tuples(server, server)), min_size=2, max_size=8))


@given(troubles())
def test_whatever_came_apart_all_end_with_the_history_of_the_newest_writer(
    story: list[tuple[tuple[bool, ...], int, tuple[int, ...]]],
) -> None:
    servers, true = world(), ""
    readers, wrong = [Reader(servers), Reader(servers)], [False, False]
    history: list[str] = []
    # In the end one more message follows on all of them: it names the one before.
    for position, (odd, servers.leader, places) in enumerate([*story, ((False,) * SERVERS, 0, (0, 0))], 1):
        one = message(true, position)
        for server, held in enumerate(servers.held_by):
            before = held[position - 1].chain if position > 1 else ""
            held[position] = message(before, position, f"b{server}") if odd[server] else one
        true = one.chain
        history.append(true)
        for number, (reader, servers.on) in enumerate(zip(readers, places, strict=True)):
            wrong[number] |= odd[servers.on]
            reader.follow()
    for reader, was_told_wrong in zip(readers, wrong, strict=True):
        assert reader.chains == history
        assert reader.reading.apart or not was_told_wrong
        assert not reader.reading.missing
    for servers.leader in range(SERVERS):
        for servers.on in range(SERVERS):
            late = Reader(servers)
            late.read()
            assert late.chains == history


@pytest.mark.parametrize(("on", "leader"), [(2, 0), (0, 2)])
def test_who_is_told_something_else_reads_what_most_hold(logged: list[str], on: int, leader: int) -> None:
    servers, true = world(), row(4)
    servers.on, servers.leader = on, leader
    reader = Reader(servers)
    for one in true[:3]:
        servers.put(one)
    servers.put(true[3], message(true[2].chain, 4, "odd"))
    reader.follow()
    assert reader.chains == [one.chain for one in true]
    assert reader.anew == 0
    assert reader.reading.apart == (on == 2)
    assert len([line for line in logged if "1 entries otherwise than their writer" in line]) == (on == 2)


@pytest.mark.parametrize(("odd", "anew"), [(range(5, 6), 0), (range(3, 6), 0), (range(2, 12), 1)])
def test_a_long_read_takes_nothing_back_that_it_could_have_waited_for(odd: range, anew: int) -> None:
    servers, true = world(), row(14)
    servers.leader = servers.on = 2
    for one in true:
        servers.put(one)
    for position in odd:
        for server in (1, 2):  # the true ones are on one server alone
            held = servers.held_by[server]
            held[position] = message(held[position - 1].chain, position, f"odd{server}")
    reader = Reader(servers)
    reader.read()
    assert reader.chains == [one.chain for one in true]
    assert (reader.anew, reader.reading.apart) == (anew, len(odd))
    reader.read()
    assert reader.reading.apart == len(odd)


def test_who_led_with_an_entry_that_did_not_come_to_be_makes_its_picture_anew() -> None:
    servers, true = world(), row(6)
    reader = Reader(servers)
    for one in true[:3]:
        servers.put(one)
    reader.follow()
    dream = message(true[2].chain, 4, "dream")
    reader.reading.note(4, 4, dream.chain)  # it was acknowledged
    reader.entries.append((4, dream.body))
    servers.put(true[3])
    with pytest.raises(ApartError):
        done(reader.reading.look_at_end(4))
    assert (reader.reading.chain_at(4), reader.reading.chain_of(4)) == (None, None)
    assert reader.reading.chain_at(3) == true[2].chain
    reader.reading.note(4, 4, dream.chain)
    servers.put(true[4])
    reader.follow()
    assert reader.anew == 1
    assert reader.chains == [one.chain for one in true[:5]]


def test_what_no_server_holds_is_unknown_to_all_alike() -> None:
    servers, true = world(), row(6)
    for one in true:
        servers.put(one)
    for server, held in enumerate(servers.held_by):
        held[4] = message(true[2].chain, 4, f"odd{server}")
    found = []
    for servers.leader, servers.on in ((0, 0), (1, 2), (2, 1)):
        reader = Reader(servers)
        reader.read()
        found.append(reader.entries)
        assert (reader.reading.apart, reader.reading.missing) == (1, 1)
    assert found[0] == found[1] == found[2]
    positions = [position for position, _ in found[0]]
    assert positions == [1, 2, 3, 4, 5, 6]
    (gap,) = entry_from(*found[0][3], no_inventory).events
    assert gap == ProbingGap(1005.0, "journal", 1003.0, "no server holds what was written")
    first = Reader(world())
    first.servers.held_by = [{at: one for at, one in held.items() if at < 4} for held in servers.held_by]
    first.follow()
    first.servers.held_by = servers.held_by
    first.follow()
    assert first.anew == 0
    assert first.entries == found[0]
    follower = Reader(world())
    follower.servers.held_by = [{at: one for at, one in held.items() if at < 5} for held in servers.held_by]
    follower.follow()  # it believes what no later entry has denied yet
    assert len(follower.entries) == 4
    follower.servers.held_by = servers.held_by
    follower.follow()
    assert follower.anew == 1
    assert follower.entries == found[0]


class Patience:
    """A clock that sleeping moves on; at some looks, servers go or come back."""

    def __init__(self, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.looks, self.servers = 1000.0, 0, servers
        self.comes_back: int | None = None
        monkeypatch.setattr(jetstream_reading, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(jetstream_reading, "asyncio", SimpleNamespace(sleep=self.sleep))

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.looks += 1
        if self.looks == self.comes_back:
            self.servers.offline.clear()


def only_on_one(at: int, count: int) -> tuple[Servers, list[Message]]:
    """Return servers of which the last alone holds the true message at a sequence, and is away; and the history."""
    servers, true = world(), row(count)
    for one in true:
        servers.put(one)
    for server in range(SERVERS - 1):
        servers.held_by[server][at] = message(true[at - 2].chain, at, f"odd{server}")
    servers.offline = {SERVERS - 1}
    return servers, true


def test_what_only_a_server_holds_that_is_away_for_a_while_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, logged: list[str]
) -> None:
    servers, true = only_on_one(4, 6)
    patience = Patience(servers, monkeypatch)
    patience.comes_back = 3
    reader = Reader(servers)
    reader.read()
    assert reader.chains == [one.chain for one in true]
    assert (patience.looks, reader.reading.missing, reader.reading.apart) == (3, 0, 1)
    assert [line for line in logged if "2 is waited for" in line] == [logged[0]]


def test_a_server_that_stays_away_is_waited_for_once(monkeypatch: pytest.MonkeyPatch, logged: list[str]) -> None:
    servers, true = only_on_one(4, 9)
    servers.held_by[0][6] = servers.held_by[1][6] = message(true[4].chain, 6, "odd")
    patience, reader = Patience(servers, monkeypatch), Reader(servers)
    reader.read()
    assert patience.now == 1000.0 + AWAY
    assert [position for position, _ in reader.entries] == list(range(1, 10))
    assert reader.reading.missing == 2
    assert [line for line in logged if "no server but perhaps 2, which cannot be asked, holds" in line]
    servers.held_by[0][8] = servers.held_by[1][8] = message(true[6].chain, 8, "odd")
    looks = patience.looks
    reader.follow()
    reader.read()
    assert (patience.looks, reader.reading.missing) == (looks, 3)  # what is lost later need not wait for it again
    patience.now += 10 * AWAY  # it may have been back
    servers.held_by[0][2] = servers.held_by[1][2] = message(true[0].chain, 2, "odd")
    later = Reader(servers)
    later.reading._missed, later.reading._looked = reader.reading._missed, reader.reading._looked
    later.read()
    assert patience.looks > looks


def test_what_is_lost_where_a_long_read_pauses_is_unknown_too() -> None:
    servers, true = world(), row(9)
    for one in true:
        servers.put(one)
    for server, held in enumerate(servers.held_by):
        held[2] = message(true[0].chain, 2, f"odd{server}")
    reader = Reader(servers)
    reader.read()
    assert [position for position, _ in reader.entries] == list(range(1, 10))
    assert isinstance(entry_from(*reader.entries[1], no_inventory).events[0], ProbingGap)
    assert (reader.reading.apart, reader.reading.missing) == (1, 1)


def test_what_somebody_dropped_after_a_checkpoint_is_unknown() -> None:
    servers, true = world(), row(9)
    for one in true[6:]:
        servers.put(one)
    servers.first = 7
    for position, chain, entries in (
        (3, true[2].chain, [6, 7, 8, 9]),
        (6, true[5].chain, [7, 8, 9]),
        (6, "other", [7, 8, 9]),
    ):
        reader = Reader(servers)
        reader.reading.begin(6, position, chain, 1000.5 + position)
        found = read(reader.reading, position)
        assert [at for at, _ in found] == entries
    reading = Reading(cast("Copies", servers))
    reading.begin(6, 3, true[2].chain, 1003.5)
    gap = entry_from(*read(reading, 3)[0], no_inventory).events[0]
    assert gap == ProbingGap(1007.0, "journal", 1003.5, "no server holds what was written")


def test_a_message_that_is_none_of_netmons_or_an_older_ones_is_one_clear_line() -> None:
    one = row(1)[0]
    headers = {POSITION: "1", CHAIN: one.chain}
    assert message_of(1, headers, one.body) == one
    for wrong, words in (({CHAIN: "x"}, "is no entry"), ({POSITION: "1"}, "an older netmon wrote this journal")):
        with pytest.raises(StateError, match=words) as raised:
            message_of(1, wrong, one.body)
        assert "\n" not in str(raised.value)


def test_one_chain_value_stands_for_all_before_it() -> None:
    true = row(3)
    assert all(after.follows(before.chain) for before, after in pairwise(true))
    assert not true[2].follows(message(true[0].chain, 2, "b").chain)
    assert {len(one.chain) for one in true} == {11}
    assert straight(true, true[2], {}, {}) == Straight({one.sequence: one for one in true}, 0)


def no_inventory(_digest: str) -> Inventory:
    raise AssertionError
