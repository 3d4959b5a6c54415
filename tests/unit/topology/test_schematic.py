"""The schematic: every link is drawn once, shapes tell bridges from the rest, and no label meets another."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.model import Inventory, Site, SiteKind
from netmon.topology.drawing.labels import GLYPH
from netmon.topology.drawing.lettering import breadth
from netmon.topology.drawing.schematic import schematic_svg
from netmon.topology.geo import Box
from netmon.topology.graph import Graph
from netmon.topology.lowlink import hinges
from tests.draws import chances
from tests.rows import every_row
from tests.unit.topology.drawn import draw
from tests.unit.topology.townscape import townscape

SVG = "{http://www.w3.org/2000/svg}"


def labels(drawing: ET.Element) -> list[Box]:
    """Return the box of every text, as wide as its letters can be."""
    boxes = []
    for one in drawing.iter(f"{SVG}text"):
        x, y, size = (float(one.attrib[name]) for name in ("x", "y", "font-size"))
        width = GLYPH * size * len(one.text or "")
        left = x - width if one.attrib["text-anchor"] == "end" else x
        boxes.append(Box(left, y - 0.55 * size, left + width, y + 0.55 * size))
    return boxes


def classes(drawing: ET.Element) -> Counter[str]:
    """Return how often shapes of each class are drawn, those of the legend left out."""
    return Counter(one.attrib.get("class", "") for one in drawing.iter() if one.tag != f"{SVG}text")


def drawn(inventory: Inventory, width: float = 1200.0) -> ET.Element:
    return ET.fromstring(schematic_svg(inventory, width=width, theme="light"))  # noqa: S314 (netmon's own)


@settings(max_examples=8)
@given(chances, st.integers(2, 12), st.sampled_from([320.0, 1200.0]))
def test_no_label_meets_another_and_every_link_is_drawn(random: Random, size: int, width: float) -> None:
    inventory = townscape(random, size)
    drawing = drawn(inventory, width)
    head = labels(drawing)[:-9]  # without the legend
    assert not any(a.overlaps(b) for a, b in combinations(head, 2))
    assert all(box.left >= 0 and box.right <= width for box in head)
    graph = Graph.from_inventory(inventory)
    links = {name for name, (a, b) in zip(graph.link_ids, graph.ends, strict=True) if a != b and "~" not in name}
    told = sum(len(re.findall("⇄", one.text or "")) for one in drawing.iter(f"{SVG}title"))
    lines = sum(count for kind, count in classes(drawing).items() if kind.startswith("link")) - 3
    assert lines + told / 2 == len(links)


@every_row("width", [320.0, 700.0, 1200.0])
def test_a_mesh_stays_in_its_panel_and_keeps_its_names(width: float) -> None:
    names = ["noc", *(f"r{number}" for number in range(24))]
    drawing = drawn(draw("; ".join(f"{a}-{b}" for a, b in combinations(names, 2))), width)
    (panel,) = (one for one in drawing.iter(f"{SVG}rect") if one.attrib["class"] == "panel")
    left, right = (float(panel.attrib["x"]) + part for part in (0.0, float(panel.attrib["width"])))
    assert 0 <= left < right <= width
    lines = [one for one in drawing.iter(f"{SVG}path") if one.attrib["class"].startswith("link")][:-3]
    told = sum((one.text or "").count("⇄") for one in drawing.iter(f"{SVG}title"))
    assert len(lines) + told / 2 == len(names) * (len(names) - 1) / 2
    assert (told == 0) == (width == 1200.0), "there is room for all of them, or some are named"
    ends = {}
    for one in drawing.iter(f"{SVG}text"):
        if one.attrib["class"] == "label":
            assert (one.text or "").startswith(tuple(f"site-{name}" for name in names)), "no name is cut"
            x, y, size = (float(one.attrib[name]) for name in ("x", "y", "font-size"))
            ends[y] = x + breadth(one.text or "", size, least=GLYPH)
    for one in lines:
        x, y, *rest = map(float, re.findall(r"[\d.]+", one.attrib["d"]))
        if len(rest) == 3:  # a bracket: from one label into its lane, and back to another
            lane, other, back = rest
            assert ends[y] <= x < lane < right
            assert ends[other] <= back < lane


def test_shapes_tell_bridges_black_spots_islands_and_splitters() -> None:
    inventory = draw("noc-gw-a-b-gw; b-c; x-y", passive="c", sites={"far": "x y", "home": "noc gw a b c"})
    sites = {**inventory.sites, "gap": Site("gap", "Celah", SiteKind.VILLAGE, district="home", served=False)}
    drawing = drawn(Inventory(inventory.region, inventory.vantage, sites, inventory.nodes, inventory.links))
    plain = drawn(draw("noc-gw"))
    count = classes(drawing) - classes(plain)
    graph = Graph.from_inventory(inventory)
    bridges = hinges(graph, graph.vantage, bytearray(len(graph.ids))).bridges
    assert [graph.link_ids[link] for link in bridges] == ["b-c", "noc-gw"]
    assert (count["link bridge"], count["island"], count["unserved"], count["passive"]) == (1, 2, 1, 1)


def test_a_label_that_is_too_long_is_cut_and_told_in_full() -> None:
    inventory = draw("noc-gw")
    name = "Kantor Bersama Pelayanan Terpadu Satu Pintu Kabupaten"
    sites = {**inventory.sites, "site-gw": Site("site-gw", name, SiteKind.OPD)}
    text = schematic_svg(Inventory("r", inventory.vantage, sites, inventory.nodes, inventory.links))
    assert f"<title>{name}</title>" in text
    assert f">{name}</text>" not in text
    assert "…</text>" in text


def test_names_in_capitals_are_cut_sooner_and_a_title_ends_in_its_panel() -> None:
    """Lists are often written in capitals, which are as wide again by half as small letters are on average."""
    inventory = draw("noc-gw-a-b", sites={"noc": "noc gw", "village": "a", "other": "b"})
    home = Site("home", "KECAMATAN TAMBAKBOYO MUKTIHARJO WETAN", SiteKind.DISTRICT)
    named = {
        name: replace(site, name="RUMAH SAKIT UMUM DAERAH DR. R. KOESMA TUBAN", district="home")
        for name, site in inventory.sites.items()
    }
    drawing = drawn(replace(inventory, sites={**named, "home": home}), 320.0)
    told = [(float(one.attrib["x"]), one.attrib["class"], one.text or "") for one in drawing.iter(f"{SVG}text")]
    ((left, title),) = [(x, words) for x, kind, words in told if kind == "title"]
    assert title.endswith("…")
    assert left + 0.85 * 11.5 * len(title) <= 320  # bold, and a little apart
    labels = [(x, words) for x, kind, words in told if kind == "label"]
    assert len(labels) == 5
    assert all(x + 0.7 * 10.5 * len(words) <= 320 for x, words in labels)
    assert sum(words.endswith("…") for _, words in labels) == 5
