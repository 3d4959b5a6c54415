"""Stories suit their inventory, whatever it is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netmon.lab.story import faults as f
from netmon.lab.story.scenarios import lone_villages, ring_cuts, story, valleys
from netmon.lab.story.state import LabState, Truth, apply_fault, faults_in_force, truth
from netmon.model import Inventory, Vantage
from tests.lab.counties import draw
from tests.unit.lab.drawings import inventories

COUNTY = draw(
    [
        ("noc", "core"),
        ("core", "r1"),
        ("r1", "r2"),
        ("r2", "r3"),
        ("r3", "core"),
        ("core", "hub"),
        ("hub", "v1"),
        ("hub", "v2"),
        ("r2", "w1"),
    ],
    cables={"core-hub": "valley", "hub-v1": "spur", "core-r1": "ring-1"},
)


def then(inventory: Inventory, *faults: f.LabFault) -> Truth:
    state = LabState()
    for fault in faults:
        state = apply_fault(inventory, state, fault, 0.0)
    return truth(inventory, state)


def test_objects_are_found_by_what_their_loss_does() -> None:
    assert set(lone_villages(COUNTY)) == {"v1", "v2", "w1"}
    assert valleys(COUNTY) == (f.CutCable("valley"),)
    pairs = {frozenset(pair) for pair in ring_cuts(COUNTY)}
    assert frozenset({"core-r1", "r1-r2"}) in pairs
    assert all("hub" not in link for pair in pairs for link in pair)


def test_a_valley_keeps_clear_of_the_ring_that_is_cut() -> None:
    whole = draw([("a", "b"), ("b", "c"), ("c", "a"), ("b", "v1"), ("b", "v2")], cables={"b-v1": "x", "b-v2": "x"})
    assert valleys(whole) == (f.CutCable("x"),)
    assert valleys(whole, apart_from=frozenset({"b", "v1", "v2"}), beside=("a-b", "b-c")) == ()


def test_the_whole_story_on_a_county_with_ring_and_cable() -> None:
    acts = story(COUNTY, 60.0, seed=1)
    assert len(acts) == 7
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert acts[-1].expect == Truth()
    ring = next(act for act in acts if "nothing goes dark" in act.title)
    assert not ring.expect.dark_sites
    assert ring.expect.failed
    assert sum(bool(act.expect.dark_sites) for act in acts) >= 3


def test_the_seed_and_the_duration_are_all_that_matters() -> None:
    assert story(COUNTY, 60.0, 3) == story(COUNTY, 60.0, 3)
    short, long = story(COUNTY, 60.0, 3), story(COUNTY, 600.0, 3)
    assert [act.at * 10 for act in short] == [act.at for act in long]
    assert [act.faults for act in short] == [act.faults for act in long]


def test_sentinels_are_spared() -> None:
    guarded = replace(COUNTY, vantage=Vantage("noc", ("core", "r1", "r2", "r3", "w1")))
    assert ring_cuts(guarded) == ()
    assert "w1" not in lone_villages(guarded)


@given(inventories, st.integers(0, 5))
def test_any_story_tells_the_truth_and_ends_well(inventory: Inventory, seed: int) -> None:
    state = LabState()
    for act in story(inventory, 60.0, seed):
        assert 0 <= act.at <= 60
        for fault in act.faults:
            f.check_fault(inventory, fault)
            state = apply_fault(inventory, state, fault, act.at)
        assert act.expect == truth(inventory, state)
    assert faults_in_force(state) == ()


@given(inventories)
def test_ring_cuts_hurt_only_together(inventory: Inventory) -> None:
    for first, second in ring_cuts(inventory):
        assert not then(inventory, f.CutLink(first)).dark_sites
        assert not then(inventory, f.CutLink(second)).dark_sites
        assert then(inventory, f.CutLink(first), f.CutLink(second)).dark_sites
