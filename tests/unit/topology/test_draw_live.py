"""A moment on the drawings: verdicts by shapes, cuts crossed out, bridges thick; every district has its name."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from bisect import bisect_right

import pytest

from netmon.model import Finding, Inventory, Reach, SiteKind, Verdict
from netmon.topology.drawing.county_map import drawing_svg, map_svg
from netmon.topology.drawing.exchange import dot, geojson_text, graphml
from netmon.topology.drawing.ground import Moment
from netmon.topology.drawing.labels import CAPITAL, GLYPH
from netmon.topology.drawing.layout import Layout, lay_out
from netmon.topology.drawing.schematic import schematic_svg
from netmon.topology.drawing.structure import Structure
from netmon.topology.geo import Box
from tests.reference_county import county
from tests.unit.topology.drawn import draw

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def layout() -> Layout:
    """Return where everything of the county stands, whatever is said of it."""
    return lay_out(county())


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (netmon's own)


def boxes(svg: ET.Element) -> list[Box]:
    """Return the box of every text, as wide as its letters can be."""
    found = []
    for one in svg.iter(f"{SVG}text"):
        x, y, size = (float(one.attrib[name]) for name in ("x", "y", "font-size"))
        words = one.text or ""
        width = (CAPITAL if words.isupper() else GLYPH) * size * len(words)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[one.attrib["text-anchor"]]
        found.append(Box(left, y - 0.5 * size, left + width, y + 0.5 * size))
    return found


def do_meet(boxes: list[Box]) -> bool:
    """Tell whether any two boxes overlap: each is held against those that begin before it ends."""
    in_order = sorted(boxes)
    begins = [box.left for box in in_order]
    return any(
        one.overlaps(other)
        for at, one in enumerate(in_order, 1)
        for other in in_order[at : bisect_right(begins, one.right)]
    )


def names(svg: ET.Element) -> set[str]:
    return {one.text or "" for one in svg.iter(f"{SVG}text")}


@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_every_district_is_named_whatever_is_shown_and_no_name_meets_another(
    layout: Layout, verdict: Verdict | None
) -> None:
    """Markers of what is not well are kept free of names, and all at once they left none for Merakurak."""
    structure = Structure(frozenset(), frozenset())
    if verdict is None:
        svg = parse(drawing_svg(county(), theme="light"))
    else:
        findings = dict.fromkeys(county().sites, Finding(verdict))
        svg = parse(map_svg(county(), findings, {}, layout=layout, theme="light", structure=structure))
    districts = {site.name.upper() for site in county().sites.values() if site.kind is SiteKind.DISTRICT}
    told = " ".join(names(svg))
    assert [name for name in sorted(districts) if name not in told] == []
    assert not do_meet(boxes(svg))


def ring() -> tuple[Inventory, Moment]:
    """Return a ring that is open at a-b, a village down behind c, and an island that was never joined."""
    inventory = draw("noc-gw-a-b-c-gw; c-d; x-y", passive="gw")
    verdicts = {name: Finding(Verdict.UP) for name in inventory.nodes} | {
        "d": Finding(Verdict.DOWN, "F1"),
        "gw": Finding(Verdict.UNKNOWN),
    }
    links = dict.fromkeys(inventory.links, Reach.UP) | {"a-b": Reach.DOWN}
    left = Structure.of(inventory, dark={"d"}, cut={"a-b"})
    findings = {node.site: verdicts[name] for name, node in inventory.nodes.items()}
    return inventory, Moment(inventory, findings, links, (), left.bridges, verdicts)


def test_a_schematic_of_a_moment_shows_who_is_down_what_is_cut_and_what_hangs_by_a_thread_now() -> None:
    inventory, moment = ring()
    plan = parse(schematic_svg(inventory, moment, theme="light"))
    markers = [use.attrib["href"] for use in plan.iter(f"{SVG}use") if len(use)]
    assert markers == ["#marker-down"], "a node that is never probed is no finding"
    kinds = [one.attrib.get("class", "") for one in plan.iter(f"{SVG}path")]
    assert sum("cut" in kind.split() for kind in kinds) == 1
    assert [one.attrib.get("class") for one in plan.iter(f"{SVG}g")].count("severed") == 2, "one is the legend's"
    assert {"a-b"}.isdisjoint(moment.bridges)
    assert {"gw-a", "b-c"} <= set(moment.bridges), "the arms of a ring that is open"
    assert "down 1" in names(plan)
    assert not do_meet(boxes(plan))
    assert "#marker" not in schematic_svg(inventory)


def test_what_is_not_joined_is_crossed_out_on_the_map_of_a_drawing() -> None:
    inventory = draw("noc-a; x-y")
    places = {name: (-7 + number / 50, 112 + number / 40) for number, name in enumerate(sorted(inventory.sites))}
    for name, (lat, lon) in places.items():
        site = inventory.sites[name]
        inventory.sites[name] = type(site)(name, name, SiteKind.VILLAGE, None, lat, lon)  # type: ignore[index] # a test's
    svg = parse(drawing_svg(inventory))
    crosses = [one for one in svg.iter(f"{SVG}path") if one.attrib.get("class") == "island" and len(one)]
    assert [title.text for one in crosses for title in one] == ["site-x: not joined", "site-y: not joined"]
    assert "not joined 2" in names(svg)
    dots = [one for one in svg.iter(f"{SVG}circle") if "marker up" in one.get("class", "")]
    assert len(dots) == len(places) + 1, "one is the legend's, and looks as those on the map"
    assert "up" not in " ".join(names(svg)), "a drawing says nothing of today"


def test_other_programs_are_told_of_verdicts_and_cuts() -> None:
    inventory, moment = ring()
    text = dot(inventory, moment)
    assert '"d" [shape=octagon' in text
    assert text.count("label=cut") == 1
    assert "octagon" not in dot(inventory)
    written = graphml(inventory, moment)
    assert ">down<" in written
    assert ">F1<" in written
    assert "verdict" not in graphml(inventory)
    assert json.loads(geojson_text(inventory, moment))["features"] == [], "no site has coordinates"
