"""What follows from replies, misses and failures: one story a test, told by events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from netmon.events import Confirm, Event, NodeConfirmed, NodeDown, NodeUnknown, NodeUp, ProbingGap
from netmon.probes.icmp.bursts import Bursts
from netmon.probes.icmp.inflight import EXTRA, ROUND, Ints, Misses, Replies
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.watch import Watch

WALL = 1_700_000_000.0  # at monotonic zero
NAMES = ("a", "b", "c", "d")


class Story:
    """A watch over four nodes in a chain a-b-c-d, and a clock that the test moves."""

    def __init__(self) -> None:
        settings = IcmpSettings()
        self.bursts = Bursts(8, gap=settings.burst_gap)
        self.watch = Watch(8, settings, self.bursts)
        beside = {0: [1], 1: [0, 2], 2: [1, 3], 3: [2]}
        self.watch.set_nodes(dict(enumerate(NAMES)), beside)
        self.watch.belief.set_budget(false_alarms_per_year=1.0, rounds_per_second=4.0)
        self.now = 100.0
        self.at(self.now)

    def at(self, now: float) -> None:
        self.now = now
        self.watch.begin(WALL + now, now)

    def hear(self, *slots: int, rtt: float = 0.01, sent: float | None = None) -> list[Event]:
        times = np.full(len(slots), self.now - rtt if sent is None else sent)
        marks = np.full(len(slots), ROUND, np.uint8)
        overdue = np.zeros(len(slots), np.bool_)
        self.watch.hear(Replies(np.array(slots, np.int64), times, times + rtt, marks, overdue))
        return self.watch.take_events()

    def miss(self, *slots: int, sent: float | None = None) -> list[Event]:
        times = np.full(len(slots), self.now - 0.1 if sent is None else sent)
        self.watch.miss(Misses(np.array(slots, np.int64), times, np.full(len(slots), EXTRA, np.uint8)))
        return self.watch.take_events()

    def due(self) -> list[int]:
        due: list[int] = self.bursts.due(self.now, self.watch.belief.misses).tolist()
        return due

    def kill(self, *slots: int) -> list[Event]:
        """Let requests to these slots be missed until they are down; return the events of that moment."""
        for _ in range(100):
            self.at(self.now + 0.15)
            events = self.miss(*slots)
            if events:
                return events
        raise AssertionError("never down")

    def confirm(self, *nodes: str) -> None:
        self.watch.confirm(Confirm(nodes, asked=WALL + self.now), dict(zip(NAMES, range(4), strict=True)))


@pytest.fixture
def story() -> Story:
    made = Story()
    made.hear(0, 1, 2, 3)
    return made


def only(events: Sequence[Event]) -> Event:
    assert len(events) == 1, events
    return events[0]


def test_the_first_reply_says_up_with_the_time_it_was_received() -> None:
    said = only(Story().hear(0, rtt=0.02))
    assert isinstance(said, NodeUp)
    assert (said.at, said.node) == (WALL + 100.0, "a")
    assert said.since == pytest.approx(WALL + 100.0)


def test_silence_makes_a_suspect_a_burst_and_then_down_since_the_first_miss(story: Story) -> None:
    story.at(101.0)
    assert story.miss(1, sent=100.9) == []
    assert 1 in story.due()
    down = only(story.kill(1))
    assert isinstance(down, NodeDown)
    assert down.since == pytest.approx(WALL + 100.9)
    assert down.at == WALL + story.now
    assert story.now < 102.0


def test_a_reply_clears_the_suspect_and_ends_its_burst(story: Story) -> None:
    story.at(101.0)
    story.miss(1)
    assert story.hear(1) == []
    assert 1 not in story.due()
    story.at(101.2)
    assert story.miss(1) == []  # a new suspicion starts from nothing


def test_a_first_suspicion_asks_the_neighbours_that_are_believed_up(story: Story) -> None:
    story.kill(3)
    story.bursts.stop(np.arange(4))
    story.at(story.now + 1.0)
    story.miss(2)
    assert sorted(story.due()) == [1, 2]  # 3 is known to be dark already


def test_coming_back_is_said_at_once_with_the_time_of_the_first_reply(story: Story) -> None:
    story.kill(1)
    story.at(story.now + 30.0)
    back = only(story.hear(1, rtt=0.03))
    assert isinstance(back, NodeUp)
    assert back.since == pytest.approx(back.at)
    assert story.due() == [2] or 1 not in story.due()


def test_what_was_just_called_down_is_watched_closely_for_a_while(story: Story) -> None:
    story.kill(1)
    story.at(story.now + 0.2)
    assert 1 in story.due()
    story.at(story.now + 10.0)
    story.bursts.sent(np.array([1], np.int64), story.now)
    story.at(story.now + 1.0)
    assert 1 not in story.due()


def test_an_asked_node_that_answers_a_later_request_is_confirmed(story: Story) -> None:
    story.at(200.0)
    story.confirm("b")
    assert story.due() == [1]
    assert story.hear(1, sent=199.99) == []  # sent before anybody asked
    story.at(200.2)
    assert story.due() == [1]
    confirmed = only(story.hear(1, sent=200.1))
    assert confirmed == NodeConfirmed(WALL + 200.2, "b", asked=WALL + 200.0)
    story.at(200.4)
    assert story.hear(1, sent=200.3) == []


def test_an_asked_node_that_is_silent_is_said_to_be_down(story: Story) -> None:
    story.confirm("b")
    down = only(story.kill(1))
    assert isinstance(down, NodeDown)


def test_that_an_asked_node_is_still_down_takes_as_much_evidence_as_that_it_is(story: Story) -> None:
    first = only(story.kill(1))
    assert isinstance(first, NodeDown)
    story.at(story.now + 10.0)
    story.confirm("b")
    needed = int(story.watch.belief.misses_needed(np.array([1]))[0])
    assert needed > 3
    assert story.miss(1, sent=story.now - 0.1) == []  # sent before anybody asked
    for _ in range(needed - 1):
        story.at(story.now + 0.2)
        assert story.miss(1, sent=story.now - 0.1) == []
    story.at(story.now + 0.2)
    again = only(story.miss(1, sent=story.now - 0.1))
    assert isinstance(again, NodeDown)
    assert again.at == WALL + story.now
    assert again.since == pytest.approx(first.since)


def test_one_lost_packet_says_nothing_of_an_asked_node_that_comes_back(story: Story) -> None:
    only(story.kill(1))
    story.at(story.now + 10.0)
    story.confirm("b")
    asked = story.now
    story.at(asked + 0.2)
    assert story.miss(1, sent=asked) == []
    words = story.hear(1, sent=asked + 0.15)
    assert [type(word) for word in words] == [NodeUp, NodeConfirmed]


def test_asking_for_a_node_that_is_not_pinged_gets_an_answer_too(story: Story) -> None:
    story.confirm("nobody")
    said = only(story.watch.take_events())
    assert isinstance(said, NodeUnknown)
    assert (said.node, said.reason) == ("nobody", "it is not pinged")


def test_a_send_error_is_our_trouble_and_said_once(story: Story) -> None:
    slots: Ints = np.array([0, 1], np.int64)
    story.watch.lose_sight(slots, np.array([100.5, 100.5]), "cannot send to it: Network is unreachable")
    first = story.watch.take_events()
    assert [type(event) for event in first] == [NodeUnknown, NodeUnknown]
    story.watch.lose_sight(slots, np.array([101.5, 101.5]), "cannot send to it: Network is unreachable")
    assert story.watch.take_events() == []
    story.at(102.0)
    assert isinstance(only(story.hear(0)), NodeUp)


def test_an_asked_node_that_cannot_be_sent_to_is_said_to_be_unknown(story: Story) -> None:
    story.confirm("a")
    story.watch.lose_sight(np.array([0]), np.array([story.now]), "no route")
    assert isinstance(only(story.watch.take_events()), NodeUnknown)


def test_after_a_gap_every_node_has_to_be_heard_of_anew(story: Story) -> None:
    story.kill(3)
    story.at(500.0)
    story.watch.interrupted(WALL + 102.0, "the machine was suspended for 390 s", lost_packets=True)
    gap = only(story.watch.take_events())
    assert gap == ProbingGap(WALL + 500.0, "icmp", WALL + 102.0, "the machine was suspended for 390 s")
    assert not story.bursts.active
    story.at(500.5)
    assert [type(event) for event in story.hear(0, 1)] == [NodeUp, NodeUp]
    assert isinstance(only(story.kill(3)), NodeDown)


def test_an_ask_survives_a_gap(story: Story) -> None:
    story.confirm("b")
    story.at(500.0)
    story.watch.interrupted(WALL + 102.0, "probing stood still", lost_packets=True)
    story.watch.take_events()
    story.at(500.2)
    assert story.due() == [1]


def test_an_outage_is_not_counted_as_loss_of_the_line(story: Story) -> None:
    counters = story.watch.counters
    story.kill(1)
    before = counters.rounds_lost.copy()
    times = np.full(1, story.now)
    story.watch.miss(Misses(np.array([1], np.int64), times, np.full(1, ROUND, np.uint8)))
    story.watch.miss(Misses(np.array([0], np.int64), times, np.full(1, ROUND, np.uint8)))
    assert (counters.rounds_lost - before).tolist()[:2] == [1, 0]


def test_a_removed_target_is_forgotten_wholly(story: Story) -> None:
    story.kill(1)
    story.confirm("b")
    story.watch.forget([1])
    assert not story.bursts.active or 1 not in story.due()
    assert isinstance(only(story.hear(1)), NodeUp)
    assert story.watch.counters.replies[1] == 1
