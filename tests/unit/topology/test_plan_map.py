"""A plan drawn on the map: every span where it leads, numbers apart from each other and from sites."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from random import Random
from xml.etree import ElementTree as ET

from netmon.model import Inventory, LinkKind
from netmon.topology.drawing.layout import lay_out
from netmon.topology.drawing.plan_map import plan_svg
from netmon.topology.geo import Box
from netmon.topology.planning.candidates import Candidate
from netmon.topology.planning.plan import Plan, make_plan
from tests.unit.topology.drawn import draw

SVG = "{http://www.w3.org/2000/svg}"


def county(size: int) -> Inventory:
    """Return sites around a centre that are scattered, but for the last, which has no place."""
    random = Random(4)
    inventory = draw("noc-gw; " + "; ".join(f"gw-n{number}" for number in range(size)), sites={"centre": "noc gw"})
    placed = {
        name: replace(site, lat=-7 + random.random() / 3, lon=112 + random.random() / 3)
        for name, site in sorted(inventory.sites.items())
    }
    placed[f"site-n{size - 1}"] = inventory.sites[f"site-n{size - 1}"]
    return replace(inventory, sites=placed)


def planned(size: int) -> tuple[Inventory, Plan]:
    inventory = county(size)
    spans = [
        Candidate(a, b, 3.0, 2.0 + number, LinkKind.RADIO if number % 2 else LinkKind.FIBRE)
        for number in range(size - 1)
        for a, b in [sorted((f"site-n{number}", f"site-n{(number + 7) % size}"))]
    ]
    return inventory, make_plan(inventory, [*spans, Candidate("centre", "site-n5", 1.0, 1.0)])


def test_numbers_stand_apart_and_lines_lead_from_site_to_site() -> None:
    inventory, plan = planned(30)
    assert len(plan.steps) > 8
    text = plan_svg(inventory, plan)
    assert text == plan_svg(inventory, plan)
    root = ET.fromstring(text)  # noqa: S314 (netmon's own)
    sheet = lay_out(inventory)
    boxes = []
    for one in root.iter(f"{SVG}g"):
        found = re.fullmatch(r"translate\(([\d.-]+) ([\d.-]+)\)", one.get("transform", ""))
        if one.get("class") == "number" and found is not None and float(found[2]) < sheet.height:
            x, y = float(found[1]), float(found[2])
            boxes.append(Box(x, y, x, y).grown(7.9))
    assert len(boxes) > 8
    for number, box in enumerate(boxes):
        assert not any(map(box.overlaps, boxes[number + 1 :]))
        assert not any(map(box.holds, sheet.markers.values()))
    drawn = {one.get("d") for one in root.iter(f"{SVG}path") if (one.get("class") or "").startswith("protects")}
    for step in plan.steps:
        for span in step.spans:
            if "site-n29" in (span.a, span.b):
                continue
            start, end = sheet.markers[span.a], sheet.markers[span.b]
            assert f"M{start.x:.1f} {start.y:.1f}L{end.x:.1f} {end.y:.1f}" in drawn


def test_what_has_no_place_stands_in_the_table_alone() -> None:
    inventory, plan = planned(8)
    rows = [one.text for one in ET.fromstring(plan_svg(inventory, plan)).iter(f"{SVG}text")]  # noqa: S314
    assert any("n7" in (text or "") for text in rows)


def test_no_cell_of_the_table_reaches_the_next_in_capitals_and_in_thousands_of_millions() -> None:
    inventory = county(10)
    names = {name: replace(site, name=f"DINAS KOMUNIKASI {name}") for name, site in inventory.sites.items()}
    spans = [Candidate("centre", f"site-n{number}", 125.4, 12_345_678_901.0) for number in range(9)]
    spans += [Candidate("site-n0", f"site-n{number}", 125.4, 12_345_678_901.0) for number in range(1, 9)]
    inventory = replace(inventory, sites=names)
    drawing = ET.fromstring(plan_svg(inventory, make_plan(inventory, spans)))  # noqa: S314 (netmon's own)
    rows: dict[str, list[tuple[float, float]]] = {}
    for one in drawing.iter(f"{SVG}text"):
        if one.get("class") == "row" and one.get("font-size") == "9.5":
            words, x = one.text or "", float(one.attrib["x"])
            width = 9.5 * sum(0.7 if letter.isupper() else 0.32 if letter in ",. " else 0.62 for letter in words)
            rows.setdefault(one.attrib["y"], []).append(
                (x - width, x) if one.get("text-anchor") == "end" else (x, x + width)
            )
    assert rows
    for cells in rows.values():
        assert len(cells) >= 5
        assert all(left[1] < right[0] for left, right in pairwise(cells))


def test_a_plan_without_steps_is_a_map() -> None:
    inventory = county(3)
    assert "0 steps for 0" in plan_svg(inventory, make_plan(inventory, []))
