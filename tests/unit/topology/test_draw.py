"""The map as XML: well formed whatever the names are, every site once, every verdict by its shape."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.model import (
    Cable,
    Element,
    ElementKind,
    Fault,
    Finding,
    Inventory,
    Link,
    LinkEnd,
    Node,
    Reach,
    Site,
    SiteKind,
    Vantage,
    Verdict,
)
from netmon.topology.drawing.county_map import map_svg
from netmon.topology.drawing.style import SHAPES, marker_definitions, style

SVG = "{http://www.w3.org/2000/svg}"


def county(name: str = "Beji") -> Inventory:
    places = {
        "d1": (-6.85, 112.00), "a": (-6.88, 112.02), "b": (-6.86, 111.98), "c": (-6.83, 112.03), "e": (-6.80, 111.95)
    }  # fmt: skip
    sites = {
        site: Site(site, name, SiteKind.DISTRICT if site == "d1" else SiteKind.VILLAGE, "d1", lat, lon)
        for site, (lat, lon) in places.items()
    }
    sites["lost"] = Site("lost", "Nowhere", SiteKind.OPD)
    nodes = {f"rtr-{site}": Node(f"rtr-{site}", site) for site in sites}
    pairs = [("d1", "a"), ("a", "b"), ("b", "c"), ("c", "e"), ("a", "lost"), ("a", "a")]
    links = {f"{x}-{y}": Link(f"{x}-{y}", LinkEnd(f"rtr-{x}"), LinkEnd(f"rtr-{y}")) for x, y in pairs}
    links["twin"] = Link("twin", LinkEnd("rtr-b"), LinkEnd("rtr-a"), cables=("duct",))
    return Inventory("tuban", Vantage("rtr-d1"), sites, nodes, links, {"duct": Cable("duct", "Duct")})


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (netmon's own drawing)


def draw(inventory: Inventory, verdicts: dict[str, Verdict] | None = None, **options: object) -> ET.Element:
    findings = {site: Finding((verdicts or {}).get(site, Verdict.UP)) for site in inventory.sites}
    links = options.pop("links", dict.fromkeys(inventory.links, Reach.UP))
    return parse(map_svg(inventory, findings, links, **options))  # type: ignore[arg-type] # any option


def drawn_markers(svg: ET.Element) -> list[tuple[str, ET.Element]]:
    """Return the markers of sites in the order in which they are drawn, each with its verdict."""
    found = [one for one in svg.iter() if one.tag in (f"{SVG}use", f"{SVG}circle") and len(one)]
    return [(one.get("href", "").removeprefix("#marker-") or one.get("class", "").split()[1], one) for one in found]


def markers(svg: ET.Element) -> Counter[str]:
    return Counter(verdict for verdict, _ in drawn_markers(svg))


def drawn_links(svg: ET.Element) -> dict[str, int]:
    """Return how many lines each class of links has."""
    return {
        path.get("class", ""): path.get("d", "").count("M")
        for group in svg.iter(f"{SVG}g")
        if group.get("class") == "links"
        for path in group
    }


def test_every_site_with_a_place_is_drawn_once() -> None:
    assert markers(draw(county())) == {"up": 5}


def test_a_site_without_coordinates_is_not_at_the_corner() -> None:
    svg = draw(county())
    assert "Nowhere" not in "".join(svg.itertext())
    assert all(float(one.get("x", one.get("cx", "0"))) > 1 for _, one in drawn_markers(svg))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_told_by_shape_and_in_words(verdict: Verdict) -> None:
    svg = draw(county(), {"b": verdict})
    assert markers(svg)[verdict] == (1 if verdict is not Verdict.UP else 5)
    titles = [title.text for _, one in drawn_markers(svg) for title in one]
    assert f"Beji: {verdict}" in titles
    (description,) = svg.iter(f"{SVG}desc")
    assert f"{markers(svg)[verdict] + (verdict is Verdict.UP)} {verdict}" in (description.text or "")


def test_no_two_verdicts_share_a_shape() -> None:
    assert len(set(SHAPES.values())) == len(SHAPES) == len(Verdict)
    assert all(f'id="marker-{verdict}"' in marker_definitions() for verdict in Verdict)


def test_a_site_nothing_is_known_of_is_unknown() -> None:
    svg = parse(map_svg(county(), {}, {}))
    assert markers(svg) == {"unknown": 5}


def test_the_worst_lies_on_top() -> None:
    svg = draw(county(), {"a": Verdict.DOWN, "e": Verdict.UNSERVED})
    order = [verdict for verdict, _ in drawn_markers(svg)]
    assert order[0] == "unserved"
    assert order[-1] == "down"


def test_links_are_drawn_between_sites_and_parallel_ones_side_by_side() -> None:
    svg = draw(county())
    assert drawn_links(svg) == {"up": 5}, "not within a site, not to a site without a place"
    (path,) = [path for path in svg.iter(f"{SVG}path") if path.get("class") == "up"]
    assert len(set(re.findall(r"M[^M]+", path.get("d", "")))) == 5


def test_links_say_what_is_known_of_them() -> None:
    states = {"d1-a": Reach.UP, "a-b": Reach.DOWN, "b-c": Reach.UNKNOWN, "c-e": Reach.UNKNOWN, "twin": Reach.UP}
    svg = draw(county(), {"e": Verdict.UNREACHABLE}, links=states)
    assert drawn_links(svg) == {"up": 2, "down": 1, "unknown": 1, "dark": 1}


def fault(kind: ElementKind, id_: str, *alternatives: Element) -> Fault:
    return Fault("F1", Element(kind, id_), alternatives)


def test_what_is_known_to_be_cut_is_marked() -> None:
    for one in (fault(ElementKind.CABLE, "duct"), fault(ElementKind.LINK, "twin")):
        svg = draw(county(), faults=[one])
        assert drawn_links(svg)["failed"] == 1
        assert [group.get("class") for group in svg.iter(f"{SVG}g")].count("cut") == 1


def test_what_may_be_cut_instead_of_something_else_is_only_suspect() -> None:
    svg = draw(county(), faults=[fault(ElementKind.LINK, "c-e", Element(ElementKind.NODE, "rtr-e"))])
    assert drawn_links(svg)["suspect"] == 1
    assert "cut" not in [group.get("class") for group in svg.iter(f"{SVG}g")]


def names(svg: ET.Element) -> dict[str | None, str | None]:
    """Return the names of sites on a map, and how they are written."""
    return {text.text: text.get("class") for text in svg.iter(f"{SVG}text") if "name" in (text.get("class") or "")}


def test_dark_sites_are_named_on_the_map_before_all_others() -> None:
    sites = county()
    sites.sites["b"] = Site("b", "Rawasan", SiteKind.VILLAGE, "d1", -6.86, 111.98)  # type: ignore[index] # a test's
    sites.sites["e"] = Site("e", "Sendang", SiteKind.VILLAGE, "d1", -6.80, 111.95)  # type: ignore[index] # a test's
    assert names(draw(sites, {"b": Verdict.DOWN})) == {"Beji": "name calm", "Rawasan": "name", "Sendang": "name calm"}


def test_where_sites_are_many_only_those_that_matter_are_named() -> None:
    sites = county()
    for number in range(60):
        name = f"v{number}"
        sites.sites[name] = Site(name, name, SiteKind.VILLAGE, "d1", -6.80, 112.0 + number / 100)  # type: ignore[index] # a test's
    assert names(draw(sites, {"v7": Verdict.DOWN})) == {"Beji": "name", "v7": "name"}


def test_where_no_districts_can_be_named_sites_are() -> None:
    drawn = county()
    for number in range(70):
        name = f"v{number}"
        place = -6.80 - number % 7 / 50, 112.0 + number // 7 / 40
        drawn.sites[name] = Site(name, name, SiteKind.OPD, None, *place)  # type: ignore[index] # a test's
    sites = {name: replace(site, district=None) for name, site in drawn.sites.items()}
    assert len(names(draw(replace(drawn, sites=sites)))) == 71


hostile = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["<script>alert(1)</script>", '" onload="alert(1)', "]]>", "&amp;", "a\x00b", "\ud800", "'><svg/onload=alert(1)>"]
)


@given(hostile)
def test_no_name_can_leave_its_place_in_the_drawing(name: str) -> None:
    inventory = county(name)
    svg = draw(inventory, {"a": Verdict.DOWN}, site_url="/sites/")
    tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert "script" not in tags
    assert not any(key.startswith("on") for element in svg.iter() for key in element.attrib)
    assert markers(svg) == {"up": 4, "down": 1}


@pytest.mark.parametrize("region", ["<b>&", "\x1b[31m"])
def test_a_hostile_region_is_only_a_title(region: str) -> None:
    plain = county()
    inventory = Inventory(region, plain.vantage, plain.sites, plain.nodes, plain.links, plain.cables)
    (title, *_) = draw(inventory).iter(f"{SVG}title")
    assert (title.text or "").startswith("Map of ")


def test_markers_are_links_only_where_asked_for_and_ids_are_quoted() -> None:
    inventory = county()
    assert list(draw(inventory).iter(f"{SVG}a")) == []
    inventory.sites["x/../y?z"] = Site("x/../y?z", "Odd", SiteKind.OTHER, None, -6.9, 112.1)  # type: ignore[index]
    hrefs = {link.get("href") for link in draw(inventory, site_url="/sites/").iter(f"{SVG}a")}
    assert "/sites/a" in hrefs
    assert "/sites/x%2F..%2Fy%3Fz" in hrefs


def test_a_drawing_alone_brings_its_style_and_legend_and_one_for_a_page_does_not() -> None:
    alone, for_page = draw(county()), draw(county(), theme=None)
    assert len(list(alone.iter(f"{SVG}style"))) == 1
    assert list(for_page.iter(f"{SVG}style")) == []
    assert "unserved 0" in [text.text for text in alone.iter(f"{SVG}text")]
    assert "unserved 0" not in [text.text for text in for_page.iter(f"{SVG}text")]


def test_a_fixed_theme_needs_no_variables() -> None:
    for theme in ("light", "dark"):
        assert "var(" not in style(theme)
    assert style("light") != style("dark")
    assert "prefers-color-scheme: dark" in style("auto")


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_verdict_stands_out_from_the_land(verdict: Verdict, scheme: int) -> None:
    colours = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", part)) for part in style("auto").split("@media")][
        scheme
    ]
    one, other = sorted((_luminance(colours[verdict]), _luminance(colours["land"])))
    assert (other + 0.05) / (one + 0.05) >= 3.0, "WCAG 2.2, 1.4.11"


def test_the_same_picture_is_drawn_the_same() -> None:
    assert map_svg(county(), {}, {}) == map_svg(county(), {}, {})


def test_an_inventory_without_positions_says_so() -> None:
    sites = {"s": Site("s", "S", SiteKind.OTHER)}
    svg = draw(Inventory("x", Vantage("n"), sites, {"n": Node("n", "s")}, {}))
    assert "No site has coordinates." in "".join(svg.itertext())


def test_the_scale_bar_is_round() -> None:
    texts = [text.text or "" for text in draw(county()).iter(f"{SVG}text")]
    assert [text for text in texts if re.fullmatch(r"[125]0* k?m", text)]
