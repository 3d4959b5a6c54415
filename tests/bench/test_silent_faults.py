"""Every ring link of the reference county cut in turn, and spliced again."""

from __future__ import annotations

import pytest

from tests.unit.picture.ring_cuts import hold_ring_cut, quiet_county, rings

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]


def test_each_ring_link_of_the_county_is_reported_with_what_is_at_stake_and_closed_after_repair() -> None:
    story = quiet_county()
    links = rings().links()
    for link in links:
        hold_ring_cut(story, link)
    print(f"\n{len(links)} ring links cut and spliced in turn: all reported with the right number, all closed")  # noqa: T201 (a bench prints)
