"""Changes between pictures, and the feed that hands them out."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from netmon.exporter.api.changes import Change, ChangeFeed, Reader, TooManyReadersError, Turnover, between, merge
from netmon.exporter.api.streams import Teller
from netmon.model import Finding, ShareKind, Verdict
from netmon.picture.state import ServiceFault
from tests.unit.exporter.county import NOW, calm, cut, inventory

UNREACHABLE = Finding(Verdict.UNREACHABLE, "F8")


def test_a_cut_changes_its_sites_nodes_and_faults() -> None:
    drawing = inventory()
    change = between(calm(drawing), cut(drawing))
    assert change.sites == {"v1": UNREACHABLE, "v2": UNREACHABLE}
    assert change.nodes.keys() == {"rtr-v1", "rtr-v2", "split"}
    assert change.faults == Turnover(opened=("F8",))
    assert change.position == 8


def test_a_repair_closes_the_fault() -> None:
    drawing = inventory()
    change = between(cut(drawing), calm(drawing))
    assert change.faults.closed == ("F8",)
    assert change.sites["v1"] == Finding(Verdict.UP)


def test_coverage_alone_changes_nothing_that_people_see() -> None:
    before = calm()
    assert not between(before, replace(before, at=NOW + 5, position=9, coverage={"local": NOW + 4}))


def test_a_fault_that_is_refined_is_changed() -> None:
    before = cut()
    incident = before.open_incidents[0]
    refined = replace(incident, fault=replace(incident.fault, confidence=0.99))
    assert between(before, replace(before, open_incidents=(refined,))).faults == Turnover(changed=("F8",))


def test_a_fault_of_services_that_is_named_while_nothing_else_changes_is_told() -> None:
    before = calm()
    named = replace(before, service_faults=(ServiceFault("S9", ShareKind.ADDRESS, "198.18.9.9", NOW, (), ()),))
    assert between(before, named).service_faults == Turnover(opened=("S9",))
    assert between(named, before).service_faults == Turnover(closed=("S9",))


def test_what_leaves_the_drawing_is_told_as_gone() -> None:
    before = calm()
    after = replace(before, site_findings={k: v for k, v in before.site_findings.items() if k != "v2"})
    assert between(before, after).sites == {"v2": None}


def test_merged_changes_read_like_one() -> None:
    up = Finding(Verdict.UP)
    first = Change(1.0, 1, sites={"a": UNREACHABLE, "b": up}, faults=Turnover(("F1",)))
    then = Change(
        2.0, 2, sites={"a": up}, faults=Turnover((), ("F1", "F0"), ("F1",)), service_faults=Turnover(("S2",))
    )
    merged = merge(first, then)
    lives = Turnover(opened=("F1",), changed=("F0",), closed=("F1",))
    assert merged == Change(2.0, 2, sites={"a": up, "b": up}, faults=lives, service_faults=Turnover(("S2",)))


def test_a_slow_reader_gets_one_change_for_many() -> None:
    async def scene() -> Change | None:
        feed = ChangeFeed()
        reader = feed.open()
        drawing = inventory()
        feed.publish(calm(drawing), cut(drawing))
        feed.publish(cut(drawing), calm(drawing))
        return await reader.take(0.0)

    change = asyncio.run(scene())
    assert change is not None
    assert change.faults == Turnover(opened=("F8",), closed=("F8",))
    assert change.sites["v1"] == Finding(Verdict.UP)


def test_what_many_are_told_is_merged_and_written_once() -> None:
    """Sixty documents of four hundred sites, one after the other, would be a tenth of a second without a ping."""

    async def scene() -> None:
        feed, teller, drawing = ChangeFeed(), Teller(), inventory()
        slow, twin = feed.open(), feed.open()
        feed.publish(calm(drawing), cut(drawing))
        quick = feed.open()
        feed.publish(cut(drawing), calm(drawing))
        one, other, last = [await reader.take(0.0) for reader in (slow, twin, quick)]
        assert one is other
        assert one is not None
        assert last is not None
        assert (one.faults, last.faults) == (
            Turnover(opened=("F8",), closed=("F8",)), Turnover(closed=("F8",)),
        )  # fmt: skip
        assert teller.tell(one) is teller.tell(one)
        assert b'"closed": ["F8"], "opened": []' in teller.tell(last).replace(b'"changed": [], ', b"")

    asyncio.run(scene())


def test_silence_and_the_end_are_told_apart() -> None:
    async def scene() -> None:
        feed = ChangeFeed()
        reader = feed.open()
        assert await reader.take(0.0) is None
        in_silence = reader.ended
        feed.close()
        assert await reader.take(60.0) is None
        assert (in_silence, reader.ended) == (False, True)
        assert feed.open().ended, "a feed that is closed ends new readers at once"

    asyncio.run(scene())


def test_readers_are_limited_and_give_their_place_back() -> None:
    async def scene() -> None:
        feed = ChangeFeed(limit=2)
        readers: list[Reader] = [feed.open(), feed.open()]
        with pytest.raises(TooManyReadersError):
            feed.open()
        readers[0].close()
        readers[0].close()
        assert feed.readers == 1
        feed.open()

    asyncio.run(scene())
