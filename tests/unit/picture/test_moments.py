"""Large networks are judged at moments: few judgements however many entries, and nothing is judged otherwise."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from netmon.bench import rehearsal
from netmon.bench.country_drawing import country
from netmon.bench.rehearsal import Rehearsal
from netmon.events import Effect, Elapsed, Entry, NodeDown, Wake
from netmon.inventory.load import load_inventory
from netmon.model import Element, ElementKind, Inventory, Reach, Verdict
from netmon.picture import fold as folding
from netmon.picture import layers, moments
from netmon.picture.fold import fold
from netmon.picture.moments import next_moment
from netmon.picture.settle import Settled, settle
from netmon.picture.state import Picture
from netmon.recall.snapshot import differing, digest, freeze, thaw

MOMENT = 0.3


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    place: Path = tmp_path_factory.mktemp("country") / "country.yaml"
    place.write_text(country(45, 3, 30).text)
    return load_inventory(place).inventory


@pytest.fixture(scope="module")
def told(drawn: Inventory) -> Iterator[tuple[list[Entry], Rehearsal]]:
    """Every event an entry of its own, in any order, of a region that goes dark and comes back."""
    entries: list[Entry] = []

    def noted(picture: Picture | None, entry: Entry) -> tuple[Picture, tuple[Effect, ...]]:
        entries.append(entry)
        return fold(picture, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moments, "AT_ONCE", 0)
        patch.setattr(moments, "LEAST", 0.0)
        patch.setattr(moments, "PER_NODE", MOMENT / len(drawn.nodes))
        patch.setattr(rehearsal, "fold", noted)
        played = Rehearsal(drawn, random.Random(3), most_lost=0.0, apart=True)
        played.run(3.0)
        played.fail([Element(ElementKind.CABLE, "trunk-r000")])
        played.run(4.0)
        played.fail([])
        played.run(5.0)
        yield entries, played


def test_the_cut_has_one_name_and_ends(told: tuple[list[Entry], Rehearsal]) -> None:
    _, played = told
    (fault,) = (one.fault for one in played.opened.values())
    assert Element(ElementKind.CABLE, "trunk-r000") in (fault.element, *fault.alternatives)
    assert not played.picture.open_incidents
    assert not played.picture.is_overtaken
    assert set(played.picture.node_findings.values()) == {played.picture.node_findings["r001"]}


def test_entries_of_one_moment_are_judged_once(
    told: tuple[list[Entry], Rehearsal], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, _ = told
    judged: list[float] = []

    def noted(seen: Picture) -> Settled:
        judged.append(seen.at)
        return settle(seen)

    monkeypatch.setattr(folding, "settle", noted)
    picture: Picture | None = None
    for entry in entries:
        picture, _ = fold(picture, entry)
    downs = [event for entry in entries for event in entry.events if isinstance(event, NodeDown)]
    assert len(downs) >= 33
    assert all(later - earlier >= MOMENT - 1e-6 for earlier, later in pairwise(judged))
    assert len(judged) < len(downs)


def test_however_it_is_kept_and_wherever_it_goes_on_each_picture_is_the_same(
    told: tuple[list[Entry], Rehearsal], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, _ = told
    copied: list[Picture] = []
    picture: Picture | None = None
    for entry in entries:
        picture, _ = fold(picture, entry)
        copied.append(picture)
    monkeypatch.setattr(layers, "SMALL", 0)
    monkeypatch.setattr(layers, "THICK", 7)
    picture = None
    chance = random.Random(5)
    for entry, expected in zip(entries, copied, strict=True):
        picture, _ = fold(picture, entry)
        assert not differing(picture, expected), f"at {entry.position}"
        if entry.position % 10 == 0:  # a digest tells the order of names apart too, and takes far longer
            assert digest(picture) == digest(expected), f"at {entry.position}"
        if chance.random() < 0.05:
            thawed = thaw(freeze(picture), lambda _digest: entries[0].inventory or pytest.fail("no inventory"))
            assert not differing(picture, thawed)
            picture = thawed


def test_who_waits_for_a_moment_asks_to_be_woken_and_is_judged_then(
    told: tuple[list[Entry], Rehearsal],
) -> None:
    entries, _ = told
    picture: Picture | None = None
    place = 0
    while picture is None or not picture.is_overtaken or all(s.reach is not Reach.UP for s in picture.nodes.values()):
        before = picture
        picture, effects = fold(picture, entries[place])
        place += 1
    due = next_moment(picture)
    assert before is not None
    assert not before.is_overtaken
    assert Wake(due) in effects
    early, effects = fold(picture, Entry(picture.position + 1, due - 0.001, (Elapsed(due - 0.001),)))
    assert early.is_overtaken
    assert Wake(due) in effects, "woken too early, and not again"
    late, _ = fold(picture, Entry(picture.position + 1, due, (Elapsed(due),)))
    assert not late.is_overtaken
    assert late.judged == due
    assert all(
        late.node_findings[name].verdict is Verdict.UP
        for name, state in late.nodes.items()
        if state.reach is Reach.UP and not state.quality
    )


def test_a_county_is_judged_at_every_entry(drawn: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Picture.empty(drawn)
    monkeypatch.setattr(moments, "AT_ONCE", 1_000)
    assert next_moment(picture) == picture.judged
