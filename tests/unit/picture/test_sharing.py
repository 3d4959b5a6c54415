"""Several probers: who is gone makes nothing dark, who lost a target has no say, and who was away catches up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.events import (
    CheckServices,
    Coverage,
    Event,
    Member,
    NodeDown,
    NodeUp,
    PortState,
    ProberHeard,
    ProbingGap,
    ProbingStarted,
    ReadPorts,
    ServiceConfirmed,
    ServiceUp,
    ToldBy,
)
from netmon.model import Inventory, Service, SnmpProbe, Verdict
from netmon.picture import fold as folding
from netmon.picture import moments
from netmon.picture.ledger import DARK, buckets
from netmon.picture.settle import Settled, settle
from netmon.picture.state import Picture
from netmon.picture.views import polled_by
from netmon.recall.snapshot import differing, freeze, thaw
from netmon.sharing.backlog import TELLER, Backlog
from tests.drawings import drawing
from tests.unit.picture.shared import NODES, RING, T0, Shared, at, both_ends


def ring(**more: str) -> Inventory:
    return drawing(RING, **more)  # type: ignore[arg-type]  # passed through


def test_probers_share_the_nodes_and_a_fault_across_their_shares_is_one() -> None:
    story = Shared(drawing("noc-gw gw-a a-b b-c c-d d-e"), at("p"), at("q"))
    assert sorted(story.kept("p") + story.kept("q")) == sorted(NODES)
    behind = {"b", "c", "d", "e"}
    assert behind & set(story.kept("p"))
    assert behind & set(story.kept("q"))
    assert set(story.verdicts().values()) == {"up"}
    story.now += 10.0
    story.dead = behind
    story.look()
    (incident,) = story.seen.open_incidents
    assert incident.fault.nodes == tuple(sorted(behind))
    assert {str(one) for one in (incident.fault.element, *incident.fault.alternatives)} == {"link:a-b", "node:b"}


def test_a_prober_that_is_gone_makes_nothing_dark_and_the_gap_is_unknown_until_another_has_its_targets() -> None:
    story = Shared(ring(), at("p"), at("q"))
    story.now += 10.0
    story.look()
    covered, lost = story.now, story.kept("p")
    story.now += 2.5
    story.vanish("p")
    said = story.verdicts()
    assert {node for node, verdict in said.items() if verdict == "unknown"} == set(lost)
    assert all(said[node] == "up" for node in NODES if node not in lost)
    assert not story.seen.open_incidents
    story.now += 1.0
    story.look("q")
    assert set(story.verdicts().values()) == {"up"}
    for node in NODES:
        spent = buckets(story.seen.ledger[node], covered - 5.0, story.now + 5.0)
        assert spent[Verdict.UNKNOWN] == (3.5 if node in lost else 0.0)
        assert spent[Verdict.DOWN] == spent[Verdict.UNREACHABLE] == 0.0


def test_who_joins_takes_over_without_a_gap() -> None:
    story = Shared(ring(), at("p"))
    story.now += 10.0
    story.look()
    story.join(at("q"))
    assert story.kept("q")
    assert set(story.verdicts().values()) == {"up"}
    assert all(len(story.seen.ledger[node]) == 2 for node in NODES)  # unknown at the start, then up


def test_who_was_paused_has_no_say_about_what_others_have_by_now() -> None:
    story = Shared(ring(), at("p"), at("q"))
    lost = story.kept("p")
    story.now += 10.0
    story.vanish("p")
    story.now += 1.0
    story.look("q")
    before = story.seen.nodes
    story.now += 60.0
    story.tell("p", *(NodeDown(story.now, node, story.now - 1.0) for node in lost), vantage="noc")
    story.tell("p", ProbingGap(story.now, "icmp", story.now - 60.0, "paused"), vantage="noc")
    assert story.seen.nodes == before
    assert set(story.verdicts().values()) == {"up"}
    story.members_are(*story.members, replace(at("p"), since=story.now))
    assert story.kept("p") == lost
    story.look("p")
    assert set(story.verdicts().values()) == {"up"}


def cut_off_during_an_outage(lasted: float, *, is_heard: bool) -> Shared:
    """Return the story of one prober that sees an outage of two nodes; its words come at once, or all at the end."""
    story = Shared(ring(), at("p"))
    story.now += 10.0
    story.look()
    start = story.now
    if not is_heard:
        story.now = start + 3.0
        story.vanish("p")
        assert set(story.verdicts().values()) == {"unknown"}
        story.now = start + 600.0
        story.fold(ProberHeard(story.now, "p", "noc", "p1"))
    last, back = story.now, 100.0 + lasted
    for passed, words in (
        (100.0, [NodeDown(start + 100.0, "b", start + 99.2), NodeDown(start + 100.0, "c", start + 99.3)]),
        (99.0 + lasted, [Coverage(start + 99.0 + lasted, "p", start + 99.0 + lasted)]),  # one each second while alone
        (back, [NodeUp(start + back, "b", start + back), NodeUp(start + back, "c", start + back + 0.2)]),
        (back + 5.0, [Coverage(start + back + 5.0, "p", start + back + 5.0)]),
    ):
        if is_heard:
            story.now = start + passed
        effects = story.tell("p", *words, vantage="noc", at=start + passed)
        if is_heard:
            story.dead = {"b", "c"} if passed == 100.0 else set()
            story.answer(effects)
    if not is_heard:
        assert story.now == last
        story.members_are(replace(at("p"), since=story.now))
    story.now = start + 700.0
    story.tell("p", Coverage(story.now, "p", story.now))
    return story


@pytest.mark.parametrize("lasted", [2.5, 4.0, 200.0])
def test_who_was_cut_off_during_an_outage_leaves_the_ledger_as_if_it_had_been_heard(lasted: float) -> None:
    heard, late = (cut_off_during_an_outage(lasted, is_heard=each) for each in (True, False))
    for node in NODES:
        one, other = ([(s.start, s.verdict) for s in story.seen.ledger[node]] for story in (heard, late))
        assert one == other, node
    assert [(i.fault.element, i.opened, i.closed) for i in heard.seen.closed_incidents] == [
        (i.fault.element, i.opened, i.closed) for i in late.seen.closed_incidents
    ]


def test_in_a_large_network_an_outage_that_is_told_afterwards_is_judged_before_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moments, "AT_ONCE", 0)  # as if it had thousands of nodes more
    late = cut_off_during_an_outage(4.0, is_heard=False)
    assert {incident.nodes for incident in late.seen.closed_incidents} == {("b", "c")}
    for node in "bc":
        assert {span.verdict for span in late.seen.ledger[node]} & DARK


def test_who_is_late_while_nothing_is_dark_is_not_judged_word_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[float] = []

    def noted(seen: Picture) -> Settled:
        judged.append(seen.at)
        return settle(seen)

    story = Shared(ring(), at("p"))
    monkeypatch.setattr(moments, "AT_ONCE", 0)  # as if it had thousands of nodes more
    monkeypatch.setattr(moments, "LEAST", 1.0)
    monkeypatch.setattr(folding, "settle", noted)
    story.now += 60.0
    story.members_are()
    story.join(at("p"))
    judged.clear()
    for node in NODES:  # of which nothing was known, told by one who has waited for its turn
        story.now += 0.1
        story.tell("p", NodeUp(story.now - 5.0, node, story.now - 5.0), at=story.now - 5.0)
        story.tell("p", Coverage(story.now, "p", story.now), at=story.now - 5.0)
    assert len(judged) <= 1
    told = story.now - 5.0
    story.tell("p", NodeDown(story.now, "b", story.now), NodeDown(story.now, "c", story.now), at=told)
    judged.clear()
    story.tell("p", Coverage(story.now, "p", story.now), at=told + 1.1)
    assert story.seen.node_findings["b"].verdict in DARK
    story.tell("p", NodeUp(story.now, "b", story.now), at=told + 2.2)
    assert len(judged) == 2
    assert story.seen.node_findings["b"].verdict is Verdict.UP
    story.tell("p", NodeUp(story.now, "c", story.now), at=told + 2.5)
    assert len(judged) == 2, "within a moment of when the last was told"


def test_what_went_dark_and_came_back_within_a_moment_of_the_past_has_been_dark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = Shared(ring(), at("p"))
    monkeypatch.setattr(moments, "AT_ONCE", 0)  # as if it had thousands of nodes more
    monkeypatch.setattr(moments, "LEAST", 30.0)
    story.now += 60.0
    story.join(at("p"))
    story.tell("p", *(NodeUp(story.now, node, story.now) for node in NODES))
    story.now += 60.0
    story.tell("p", Coverage(story.now - 5.0, "p", story.now - 5.0), at=story.now - 5.0)
    story.now += 40.0
    fell, back = story.now - 20.0, story.now - 10.0
    story.tell("p", NodeDown(fell, "d", fell), at=fell)
    story.tell("p", NodeDown(fell + 1.0, "b", fell + 1.0), at=fell + 1.0)
    story.tell("p", NodeUp(back, "b", back), at=back)
    assert [span.start for span in story.seen.ledger["b"] if span.verdict in DARK] == [fell + 1.0]


def test_a_report_that_comes_twice_counts_once_and_another_run_begins_anew() -> None:
    story = Shared(ring(), at("p"))
    story.now += 5.0
    story.tell("p", NodeDown(story.now, "b", story.now - 1.0))
    again = ToldBy(story.now, "p", "noc", "p1", story.numbers["p"])
    before = story.seen.nodes
    story.fold(again, NodeUp(story.now, "b", story.now))
    assert story.seen.nodes == before
    story.numbers["p"] = 0
    story.tell("p", ProbingStarted(story.now, "p"), run="2")
    assert {state.reach for state in story.seen.nodes.values()} == {"unknown"}


def test_of_what_a_prober_could_not_tell_nothing_is_known_and_it_is_asked_for() -> None:
    """Its nodes, the ports that it reads and the services that it checks: nobody says again what has not changed."""
    drawn = drawing("noc-gw gw-a a-b", ports=True)
    nodes = {name: replace(node, snmp=SnmpProbe() if node.icmp else None) for name, node in drawn.nodes.items()}
    services = {name: Service(name, "a", "website", url=f"http://{name}.test/") for name in ("web", "shop", "mail")}
    story = Shared(replace(drawn, nodes=nodes, services=services), at("p"), at("q"))
    mine = polled_by(story.seen, "p")
    assert mine
    assert mine | polled_by(story.seen, "q") == {"gw", "a", "b", "service:web", "service:shop", "service:mail"}
    start = story.now
    for name in ("p", "q"):
        words: list[Event] = [
            ServiceUp(start, one, start) for one in services if f"service:{one}" in polled_by(story.seen, name)
        ]
        words += [
            PortState(start, node, "x", up=True) for node in ("gw", "a", "b") if node in polled_by(story.seen, name)
        ]
        story.tell(name, *words, Coverage(start, name, start))
    story.now += 60.0
    effects = story.tell("p", ProbingGap(story.now - 1.0, TELLER, start + 10.0, "lost"))
    unknown = {name for name, state in story.seen.services.items() if state.up is None}
    assert unknown == {name for name in services if f"service:{name}" in mine}
    assert {state.since for name, state in story.seen.services.items() if name in unknown} == {start + 10.0}
    assert {port.node for port in story.seen.ports} == {"gw", "a", "b"} - mine
    read = tuple(sorted({"gw", "a", "b"} & mine))
    checked = tuple(sorted(unknown))
    assert [one for one in effects if isinstance(one, ReadPorts | CheckServices)] == [
        *([ReadPorts(read)] if read else []),
        *([CheckServices(checked)] if checked else []),
    ]
    for node in NODES[:3]:
        verdict = "unknown" if node in story.kept("p") else "up"
        assert story.seen.site_findings[node].verdict == verdict
        if verdict == "unknown":
            assert story.seen.ledger[node][-1].start == start + 10.0
    story.tell("p", *(ServiceConfirmed(story.now, one, story.now - 0.5) for one in checked))
    assert all(state.up for state in story.seen.services.values())


def chain() -> Shared:
    story = Shared(both_ends(), at("p"), at("q", "far"))
    story.now += 10.0
    story.look()
    return story


def test_what_one_vantage_still_sees_is_not_dark() -> None:
    story = chain()
    story.cut_off = {"noc": {"c", "d"}, "far": {"a", "b"}}
    story.now += 5.0
    story.look()
    assert {str(story.seen.site_findings[name].verdict) for name in "abcd"} == {"up"}
    assert {state.reach for state in story.seen.sharing.views["noc"].values()} == {"up", "down"}
    story.cut_off = {"noc": {"b", "c", "d"}, "far": {"a", "b"}}
    story.now += 5.0
    story.look()
    assert {name: str(story.seen.site_findings[name].verdict) for name in "abcd"}["b"] == "down"


def test_a_vantage_whose_prober_is_gone_neither_darkens_nor_explains_anything() -> None:
    story = chain()
    story.now += 3.0
    story.vanish("q")
    assert {str(story.seen.site_findings[name].verdict) for name in "abcd"} == {"up"}
    story.cut_off = {"noc": {"c", "d"}}
    story.now += 5.0
    story.look()
    (incident,) = story.seen.open_incidents
    assert {str(one) for one in (incident.fault.element, *incident.fault.alternatives)} == {"link:b-c", "node:c"}
    assert incident.fault.nodes == ("c", "d")


def test_when_only_the_further_vantage_has_a_prober_faults_are_explained_from_there() -> None:
    story = chain()
    story.now += 3.0
    story.vanish("p")
    story.cut_off = {"far": {"a", "b"}}
    story.now += 5.0
    story.look()
    (incident,) = story.seen.open_incidents
    assert {str(one) for one in (incident.fault.element, *incident.fault.alternatives)} == {"link:b-c", "node:b"}


def test_a_picture_of_many_probers_outlives_a_restart() -> None:
    story = chain()
    story.vanish("q")
    assert differing(thaw(freeze(story.seen), lambda _: story.inventory), story.seen) == ()


BEGUN = Shared(ring(), at("p"))


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(NODES), st.booleans()), max_size=12),
    st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=12),
)
def test_what_is_told_through_lost_answers_and_repeats_comes_to_the_same_as_told_once(
    changes: list[tuple[str, bool]], ways: list[tuple[int, bool]]
) -> None:
    """The prober keeps what is not acknowledged and tells it again, in messages that are cut anew each time."""
    plain, torn = BEGUN.again(), BEGUN.again()
    backlog = Backlog()
    for number, (node, is_up) in enumerate(changes):
        now = T0 + 10.0 + number
        word = NodeUp(now, node, now) if is_up else NodeDown(now, node, now - 0.5)
        backlog.add([word], now)
        plain.now = torn.now = now
        plain.tell("p", word)
    first = torn.numbers["p"]
    for most, is_answered in ways:
        reports = backlog.head(most)
        for report in reports:
            torn.fold(ToldBy(report.at, "p", "noc", "p1", first + report.number), *report.events)
        if reports and is_answered:
            backlog.taken(reports[-1].number)
    for report in backlog.head(1000):
        torn.fold(ToldBy(report.at, "p", "noc", "p1", first + report.number), *report.events)
    assert torn.seen.nodes == plain.seen.nodes


def test_a_gap_from_before_a_prober_was_let_in_again_does_not_erase_what_others_saw_in_it() -> None:
    story = Shared(ring(), at("p"), at("q"))
    lost = story.kept("p")
    story.now += 10.0
    paused = story.now
    story.vanish("p")
    story.now += 1.0
    story.look("q")
    story.now += 10.0
    story.dead = {lost[0]}
    story.look("q")
    story.now += 10.0
    story.members_are(*story.members, replace(at("p"), since=story.now))
    story.tell("p", ProbingGap(story.now, "icmp", paused, "paused"))
    verdicts = [span.verdict for span in story.seen.ledger[lost[0]]]
    assert verdicts[-2:] == [Verdict.DOWN, Verdict.UNKNOWN]


def test_a_prober_that_was_let_in_by_a_clock_that_was_ahead_has_a_gap_when_it_says_so() -> None:
    plain = drawing("noc-gw gw-a", digest="test")
    inventory = replace(plain, services={"web": Service("web", "a", "website", "http://a.test/")})
    shared = Shared(inventory, Member("p", "noc"))
    shared.tell("p", ServiceUp(shared.now, "web", shared.now))
    ahead, shared.now = shared.now, shared.now - 500.0
    shared.tell("p", Coverage(shared.now, "p", shared.now))
    assert shared.seen.at == shared.now < ahead
    shared.now += 100.0
    shared.look("p")
    shared.now += 100.0
    shared.tell("p", ProbingGap(shared.now, TELLER, shared.now - 60.0, "lost"))
    assert shared.seen.nodes["a"].since == shared.now - 60.0
    assert shared.seen.services["web"].since == shared.now - 60.0


def test_nobody_was_let_in_later_than_it_was_told() -> None:
    shared = Shared(drawing("noc-gw gw-a"), Member("p", "noc"))
    shared.now += 10.0
    shared.members_are(*(Member(name, "noc", since=shared.now + 5_000.0) for name in ("p", "q")))
    assert [one.since for one in shared.seen.sharing.members] == [T0, shared.now]
