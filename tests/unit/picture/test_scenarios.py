"""Every scenario of tests/data/scenarios, with its evidence and without."""

from __future__ import annotations

import pytest

from netmon.events import Coverage, Elapsed, Entry
from netmon.model import Cause
from netmon.picture.observe import _observed, observe
from netmon.recall.snapshot import differing
from tests.scenarios import Scenario, incidents, play, scenarios, stated

ALL = scenarios()
EACH = pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.id)


def test_there_are_enough_of_every_cause() -> None:
    assert len(ALL) >= 40
    assert len({scenario.id for scenario in ALL}) == len(ALL)
    assert {scenario.truth for scenario in ALL} == set(Cause)


@EACH
def test_a_scenario_ends_as_its_label_says(scenario: Scenario) -> None:
    picture = play(scenario)
    assert stated(picture) == list(scenario.expect), [one.evidence for one in incidents(picture)]


@EACH
def test_without_its_evidence_the_cause_is_unknown(scenario: Scenario) -> None:
    assert {one.fault.cause for one in incidents(play(scenario.robbed))} <= {Cause.UNKNOWN}


def test_a_stated_cause_is_never_a_wrong_one() -> None:
    for scenario in ALL:
        said = {one.fault.cause for one in incidents(play(scenario))} - {Cause.UNKNOWN}
        assert said <= {scenario.truth}, scenario.id


def test_words_of_time_and_coverage_alone_are_taken_as_they_are_among_others() -> None:
    """Most entries say no more, and are observed a shorter way."""
    for scenario in ALL:
        picture = play(scenario)
        now = picture.at + 5.0
        for said in (Elapsed(now),), (Coverage(now, "p", now - 1.0),), (Coverage(now, "other", now), Elapsed(now)):
            entry = Entry(picture.position + 1, now, said)
            assert differing(observe(picture, entry), _observed(picture, picture, entry, None)) == (), scenario.id
