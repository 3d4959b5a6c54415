"""What a prober says, to servers that lose a question now and then, and what it does with the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingInTimeError

from netmon.clock import FakeClock
from netmon.daemon import prober_place, prober_telling
from netmon.daemon.prober import Prober
from netmon.daemon.prober_words import TAKEN, Alive, Roll, missed, overtaken, pack, read_alive, read_hello, read_told
from netmon.daemon.targets import icmp_targets
from netmon.ending import end_all
from netmon.events import Member, NodeUp, ProbingGap
from netmon.journal.jetstream.address import jetstream_address
from netmon.model import Inventory
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.sockets import Sockets
from netmon.sharing import backlog as backlogs
from netmon.sharing.runs import is_over, new_run
from netmon.topology.graph import Graph
from tests.drawings import drawing
from tests.waiting import until

ME = Member("p", "noc", "", 1.0, 1.0)


class Servers:
    """Answers what is asked with `answer`, after losing the first questions; `asked` are subjects and words."""

    is_connected = True

    def __init__(self, answer: bytes, *, lost: int = 0) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.said: list[tuple[str, bytes]] = []
        self._answer, self._lost = answer, lost

    async def publish(self, where: str, words: bytes) -> None:
        self.said.append((where.rpartition(".")[2], words))

    async def request(self, where: str, words: bytes, timeout: float) -> SimpleNamespace:  # noqa: ASYNC109 (nats-py)
        del timeout
        self.asked.append((where.rpartition(".")[2], words))
        await asyncio.sleep(0)
        if len(self.asked) <= self._lost:
            raise NothingInTimeError
        return SimpleNamespace(data=self._answer)


class Script(Servers):
    """Answers some questions, by their numbers, in another way."""

    def __init__(self, answer: bytes, others: Mapping[int, bytes]) -> None:
        super().__init__(answer)
        self._others = others

    async def request(self, where: str, words: bytes, timeout: float) -> SimpleNamespace:  # noqa: ASYNC109 (nats-py)
        found = await super().request(where, words, timeout)
        return SimpleNamespace(data=self._others.get(len(self.asked), found.data))


def alone(clock: FakeClock | None = None, servers: Servers | None = None) -> Prober:
    sockets = cast("Sockets", SimpleNamespace(network="lab"))
    one = Prober(jetstream_address("nats://127.0.0.1:1"), ME, sockets, clock=clock or FakeClock())
    one.line.client = cast("Client", servers)
    return one


def test_what_was_not_answered_is_told_again_and_forgotten_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober_telling, "AGAIN", 0.0)

    async def play() -> None:
        servers = Servers(TAKEN, lost=2)
        telling = alone(servers=servers).telling
        telling.backlog.add([NodeUp(1.0, "a", 1.0)], 1.0)
        tells = asyncio.create_task(telling.tell())
        await until(telling._all_told.is_set)
        tells.cancel()
        told = [[report.number for report in read_told(words).reports] for _, words in servers.asked]
        assert told == [[1], [1], [1]]

    asyncio.run(play())


def test_what_its_servers_lost_after_it_was_taken_is_told_again() -> None:
    async def play() -> None:
        servers = Script(TAKEN, {4: missed(2)})
        telling = alone(servers=servers).telling
        tells = asyncio.create_task(telling.tell())
        for at in range(1, 5):
            telling._all_told.clear()
            telling.begin(NodeUp(float(at), "a", float(at)))
            await until(telling._all_told.is_set)
        tells.cancel()
        told = [read_told(words) for _, words in servers.asked]
        numbers = [(one.after, [report.number for report in one.reports]) for one in told]
        assert numbers == [(0, [1]), (1, [2]), (2, [3]), (3, [4]), (2, [3, 4])]

    asyncio.run(play())


def test_what_is_kept_no_more_when_it_is_wanted_again_is_a_gap_and_all_is_said_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backlogs, "KEPT", 2)
    said_again = list[int]()

    async def play() -> None:
        servers = Script(TAKEN, {6: missed(1)})
        telling = alone(servers=servers).telling
        telling._say_again = lambda _besides: said_again.append(len(servers.asked))
        tells = asyncio.create_task(telling.tell())
        for at in range(1, 7):
            telling._all_told.clear()
            telling.begin(NodeUp(float(at), "a", float(at)))
            await until(telling._all_told.is_set)
        tells.cancel()
        first, *rest = read_told(servers.asked[-1][1]).reports
        assert [report.number for report in (first, *rest)] == [3, 4, 5, 6]
        (gap,) = first.events
        assert gap == ProbingGap(gap.at, backlogs.TELLER, 2.0, backlogs.LOST)
        assert telling.backlog.lost == 2
        assert said_again == [7]  # when that was taken, and at no other time

    asyncio.run(play())


def test_what_is_said_again_after_a_gap_does_not_fill_the_backlog_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober_telling, "AT_ONCE", 2)
    nodes = [f"n{number}" for number in range(40)]
    last = dict[str, int]()

    async def play() -> None:
        servers = Servers(TAKEN)
        telling = alone(servers=servers).telling
        telling.backlog = backlogs.Backlog(bound=50)

        def say(besides: frozenset[str] = frozenset()) -> None:
            for node in nodes:
                if node not in besides:
                    telling.begin(NodeUp(1.0, node, 1.0))

        telling._say_again = say
        say()
        say()
        assert telling.backlog.lost  # the gap, and after it some nodes twice, others once
        tells = asyncio.create_task(telling.tell())
        await until(lambda: telling._all_told.is_set() or len(servers.asked) > 100)
        tells.cancel()
        for _, words in servers.asked:
            for event in (event for report in read_told(words).reports for event in report.events):
                if isinstance(event, ProbingGap):
                    last.clear()
                elif isinstance(event, NodeUp):
                    last[event.node] = last.get(event.node, 0) + 1
        assert telling.is_done
        assert last.keys() == {*nodes}  # each is told after the gap

    asyncio.run(play())


def test_a_run_after_which_another_was_heard_is_over_and_the_next_begins_with_a_gap() -> None:
    async def play() -> None:
        clock = FakeClock()
        other = new_run(clock.wall() + 5.0, "0000000a")
        servers = Script(TAKEN, {1: overtaken(other)})
        telling = alone(clock, servers).telling
        first = telling.run
        tells = asyncio.create_task(telling.tell())
        telling.begin(NodeUp(1.0, "a", 1.0))
        await until(telling._all_told.is_set)
        tells.cancel()
        told = [read_told(words) for _, words in servers.asked]
        assert [one.run for one in told] == [first, telling.run]
        assert is_over(other, telling.run)
        assert [event.kind for event in told[1].reports[0].events] == ["probing-started", "probing-gap"]
        assert told[1].after == 0

    asyncio.run(play())


def test_nobody_says_hello_before_what_waited_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober_place, "BEAT", 0.001)

    async def play() -> None:
        clock = FakeClock()
        servers = Servers(pack(Roll((ME,), "x", wall=clock.wall() + 100.0)))
        one = alone(clock, servers)
        one.telling.backlog.add([NodeUp(1.0, "a", 1.0)], clock.wall() - 5.0)
        greeting = asyncio.create_task(one.place.greet())
        await asyncio.sleep(0.02)
        assert servers.asked == []
        one.telling.backlog.taken(1)
        await until(lambda: not one.place._rolls.empty())
        greeting.cancel()
        assert {where for where, _ in servers.asked} == {"hello"}
        assert read_hello(servers.asked[0][1]).name == "p"
        assert one.clock.wall() == clock.wall() + 100.0  # it dates by the clock of whoever writes

    asyncio.run(play())


def test_who_is_behind_says_no_hello_but_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prober_place, "BEAT", 0.001)

    async def play() -> None:
        clock, servers = FakeClock(), Servers(pack(Roll()))
        one = alone(clock, servers)
        one.telling.backlog.add([NodeUp(1.0, "a", 1.0)], clock.wall() - 5.0)
        parts = [asyncio.create_task(work) for work in (one.place.greet(), one.place.live())]
        await until(lambda: len(servers.said) > 2)
        assert servers.asked == []
        what, words = servers.said[0]
        assert (what, read_alive(words)) == ("alive", Alive("p", one.telling.run))
        await end_all(*parts)

    asyncio.run(play())


def test_who_was_left_out_and_is_let_in_again_says_all_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        one, drawn, said = alone(), drawing("noc-gw gw-a"), list[float]()
        monkeypatch.setattr(one.probes.icmp, "say_again", lambda: said.append(1.0))
        monkeypatch.setattr(one.probes.icmp, "set_targets", lambda _targets, **_: None)
        one.place._inventory = drawn
        for since, times in ((1.0, 0), (1.0, 0), (9.0, 1)):
            other = Member("q", "noc", "", 1.0, since)
            await one.place._take(Roll((Member("p", "noc", "", 1.0, since), other), drawn.digest))
            assert len(said) == times

    asyncio.run(play())


def test_who_is_left_out_leaves_its_nodes_to_others_at_its_vantage_until_it_is_let_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def play() -> None:
        one, drawn, given = alone(), drawing("noc-gw gw-a a-b b-c"), list[int]()
        place, beside = one.place, Member("q", "noc", "", 1.0, 1.0)
        place._inventory, place._targets = drawn, icmp_targets(drawn, Graph.from_inventory(drawn))
        monkeypatch.setattr(one.probes.icmp, "set_targets", lambda targets, **_: given.append(len(targets)))
        await place._take(Roll((beside,), drawn.digest))  # it has nothing to leave yet
        await place._take(Roll((ME,), drawn.digest))
        await place._take(Roll((), drawn.digest))  # nobody else would look
        await place._take(Roll((replace(beside, vantage="far"),), drawn.digest))  # from another place, others cannot
        assert (given, place.let_in) == ([len(place._targets)], ME.since)
        await place._take(Roll((beside,), drawn.digest))
        await place._take(Roll((beside,), drawn.digest))
        assert (given[1:], place.let_in) == ([0], None)
        await place._take(Roll((replace(ME, since=9.0),), drawn.digest))
        assert (given[2:], place.let_in) == ([len(place._targets)], 9.0)

    asyncio.run(play())


def test_what_another_had_is_asked_at_once_and_ports_are_read_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        one, drawn = alone(), drawing("noc-gw gw-a a-b b-c")
        place, given, read = one.place, list[tuple[int, float]](), list[str]()
        place._inventory, place._targets = drawn, icmp_targets(drawn, Graph.from_inventory(drawn))

        def set_targets(targets: Sequence[IcmpTarget], *, asked_within: float, **_: float) -> None:
            given.append((len(targets), asked_within))

        monkeypatch.setattr(one.probes.icmp, "set_targets", set_targets)
        monkeypatch.setattr(one.probes.snmp, "set_inventory", lambda polled: read.append(polled.digest))
        together = (ME, Member("q", "noc", "", 1.0, 1.0))
        await place._take(Roll(together, drawn.digest))
        await place._take(Roll((ME,), drawn.digest))
        (few, first), (many, then) = given
        assert (few < many, then < first) == (True, True)
        assert many == len(place._targets)
        assert read == [drawn.digest]  # nobody is read here, so that nothing changed

    asyncio.run(play())


def test_an_answer_that_was_overtaken_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        one, drawn, given = alone(), drawing("noc-gw gw-a a-b b-c"), list[int]()
        place, other = one.place, Member("q", "noc", "", 1.0, 1.0)
        place._inventory, place._targets = drawn, icmp_targets(drawn, Graph.from_inventory(drawn))
        monkeypatch.setattr(one.probes.icmp, "set_targets", lambda targets, **_: given.append(len(targets)))
        both = Roll((ME, other), drawn.digest, writer="w", number=1)
        alone_now = Roll((ME,), drawn.digest, writer="w", number=2)
        following = asyncio.create_task(place.follow())
        of_another = Roll((ME, other), drawn.digest, writer="v", number=1)  # equal to `both`, which tells nothing new
        for come, is_news in ([both, alone_now, both], True), ([both], False), ([of_another], True):
            for roll in come:
                place._rolls.put_nowait(roll)
            told = len(given)
            await until(place._rolls.empty)
            if is_news:
                await until(lambda told=told: len(given) > told)  # type: ignore[misc]
        following.cancel()
        many, few = given
        assert few < many == len(place._targets)

    asyncio.run(play())


def test_who_came_while_the_drawing_was_read_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        one, drawn, given = alone(), drawing("noc-gw gw-a a-b b-c"), list[int]()
        place, targets = one.place, icmp_targets(drawn, Graph.from_inventory(drawn))
        together = Roll((ME, Member("q", "noc", "", 1.0, 1.0)), drawn.digest, writer="w", number=2)

        def fetch(_digest: str) -> tuple[Inventory, tuple[IcmpTarget, ...]]:
            place._rolls.put_nowait(together)
            return drawn, targets

        monkeypatch.setattr(place, "_fetch", fetch)
        monkeypatch.setattr(one.probes.icmp, "set_targets", lambda targets, **_: given.append(len(targets)))
        await place._take(Roll((ME,), drawn.digest, writer="w", number=1))
        assert len(given) == 1
        assert given[0] < len(targets)

    asyncio.run(play())


def test_what_is_told_again_later_overtakes_what_was_told_between(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        one, drawn, given = alone(), drawing("noc-gw gw-a a-b b-c"), list[int]()
        place, other = one.place, Member("q", "noc", "", 1.0, 1.0)
        place._inventory, place._targets = drawn, icmp_targets(drawn, Graph.from_inventory(drawn))
        monkeypatch.setattr(one.probes.icmp, "set_targets", lambda targets, **_: given.append(len(targets)))
        first = Roll((ME, other), drawn.digest, writer="w", number=1)
        await place._take(first)
        await place._take(Roll((ME, other), drawn.digest, writer="w", number=3))
        await place._take(Roll((ME,), drawn.digest, writer="w", number=2))
        assert len(given) == 1

    asyncio.run(play())
