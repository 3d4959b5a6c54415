"""The page of weak places says of now what the commands say, and is worked out again only when something changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.weaknesses import Weaknesses, black_spots
from netmon.model import Inventory
from netmon.picture.state import Picture
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.spof import Spof, spofs
from tests.in_process import AppClient
from tests.unit.exporter.county import calm, cut, inventory, view


def page(picture: Picture, path: str = "/weak") -> str:
    client = AppClient(create_app(lambda: view(picture), ChangeFeed()))
    return client.get(path).raise_for_status().text


def test_what_hangs_by_one_thing_and_who_is_not_served_stand_on_a_page() -> None:
    text = page(calm())
    assert "Single points of failure" in text
    assert "never connected" in text
    assert "/sites/far" in text
    assert text.count('<th scope="row">') > 2
    assert "<td>–</td>" in text


def test_today_is_told_and_leads_to_its_fault() -> None:
    text = page(cut())
    assert 'href="/#fault-F8"' in text
    assert "<td>dark</td>" in text
    assert "Titik kegagalan tunggal" in page(cut(), "/weak?lang=id")


def test_people_are_told_where_sites_have_them() -> None:
    drawing = inventory()
    drawing = replace(drawing, sites={name: replace(site, people=77) for name, site in drawing.sites.items()})
    text = page(calm(drawing))
    assert "<td>–</td>" not in text
    assert "<td>77</td>" in text or "<td>154</td>" in text


def test_answers_are_kept_until_the_drawing_or_what_is_cut_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Inventory] = []

    def counted(drawing: Inventory, footing: Footing) -> list[Spof]:
        asked.append(drawing)
        return spofs(drawing, footing)

    monkeypatch.setattr("netmon.exporter.weaknesses.spofs", counted)
    known, well = Weaknesses(), calm()
    first = known.spofs(well, is_live=True)
    assert known.spofs(replace(well, at=well.at + 60), is_live=True) is first
    worse = replace(cut(), inventory=well.inventory)
    assert known.spofs(worse, is_live=True) != first
    assert known.spofs(worse, is_live=False) == first
    assert len(asked) == 2
    other = replace(well, inventory=inventory())
    known.spofs(other, is_live=True)
    assert len(asked) == 3
    monkeypatch.setattr("netmon.exporter.weaknesses.MOST", 1)
    known.spofs(worse, is_live=True)
    known.redundancy(well, is_live=False)
    assert len(known) == 2, "one of each question"
    known.spofs(other, is_live=True)
    assert len(asked) == 4, "the one that was asked longest ago is forgotten"
    assert len(black_spots(view(worse), is_live=True)) > len(black_spots(view(worse), is_live=False))
