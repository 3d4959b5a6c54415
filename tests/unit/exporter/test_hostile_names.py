"""Names are data: whatever a village is called, no page, drawing, sheet or metric takes it for anything else."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import networkx as nx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from netmon.cli.output import defuse_formula
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.model import Inventory
from netmon.picture.lines import link_states
from netmon.picture.state import Picture
from netmon.topology.drawing.county_map import map_svg
from netmon.topology.drawing.exchange import dot, geojson_text, graphml
from tests.in_process import AppClient
from tests.rows import every_row
from tests.unit.exporter.county import cut, inventory, view

LINK = "javascript:alert(1)"
NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "]]></text><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eoliveR\u202c \u200f\u2066x\u2069",
    'a\nb\\n"}\n# TYPE evil counter\nevil 1',
    "=cmd|' /C calc'!A0",
    LINK,
    'x"; label="y',
)
SHOWN = (*(" ".join([name for name in NAMES if name != LINK][at::3]) for at in range(3)), LINK)
"""Three in one name, which leaves its place at whichever it can; what leads elsewhere does so by how it begins."""


@cache
def named(name: str) -> Picture:
    """Return the picture of a cut at a village of this name, whose cable is called so too."""
    drawing = inventory()
    hostile = replace(
        drawing,
        sites={**drawing.sites, "v1": replace(drawing.sites["v1"], name=name)},
        cables={"west": replace(drawing.cables["west"], name=name)},
    )
    return cut(hostile)


@cache
def asking(name: str) -> AppClient:
    """Return a client of the county with a village of this name."""
    shown = view(named(name))
    return AppClient(create_app(lambda: shown, ChangeFeed()))


class Elements(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        for name, value in attrs:
            assert not (name in ("href", "src", "action") and (value or "").lower().startswith("javascript:"))

    def handle_data(self, data: str) -> None:
        self.text += data


PLAIN = "Socorejo"
PAGES = ("/", "/sites", "/sites/v1", "/?lang=id", "/topology/whatif?fail=cable:west", "/topology/show?of=rtr-v1")


@pytest.fixture(scope="module")
def plain() -> dict[str, Elements]:
    """Return the pages of a county with an ordinary name."""
    client = asking(PLAIN)
    return {path: Elements(client.get(path).text) for path in PAGES}


@pytest.mark.parametrize("name", SHOWN, ids=range(len(SHOWN)))
def test_pages_have_the_elements_they_have_with_an_ordinary_name(name: str, plain: dict[str, Elements]) -> None:
    client = asking(name)
    for path, expected in plain.items():
        shown = Elements(client.get(path).text)
        assert sorted(shown.tags) == sorted(expected.tags), path  # a list is sorted by name
        assert shown.attributes == expected.attributes, path
        assert name in shown.text, path


@pytest.mark.parametrize("name", SHOWN, ids=range(len(SHOWN)))
def test_metrics_and_documents_keep_the_name_as_it_is(name: str) -> None:
    client = asking(name)
    families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
    names = {sample.labels["site"]: sample.labels["name"] for sample in families["netmon_site_info"].samples}
    assert names["v1"] == name
    assert "evil" not in families
    answer = client.get("/api/v1/sites/v1")
    assert answer.json()["site"]["name"] == name
    assert name in client.get("/api/v1/faults").json()["faults"][0]["text"]
    labels = [group["labels"] for group in client.get("/sd/icmp").json()]
    assert name in [each["__meta_netmon_site_name"] for each in labels]


@every_row("name", SHOWN)
def test_drawings_for_other_programs_stay_well_formed(name: str) -> None:
    picture = named(name)
    drawing: Inventory = picture.inventory
    svg = ET.fromstring(map_svg(drawing, picture.site_findings, link_states(picture), theme="light"))  # noqa: S314 (it is netmon's own)
    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert not tags & {"script", "img", "foreignObject"}
    features = json.loads(geojson_text(drawing))["features"]
    assert name in [one["properties"]["name"] for one in features if "name" in one["properties"]]
    graph = nx.parse_graphml(graphml(drawing), force_multigraph=True)
    assert graph.nodes["rtr-v1"]["site_name"] == name
    assert dot(drawing).count("\n") == dot(named(PLAIN).inventory).count("\n")


@every_row("name", NAMES)
def test_no_cell_of_a_report_begins_a_formula(name: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([defuse_formula(name)])
    (row,) = csv.reader(io.StringIO(buffer.getvalue(), newline=""))
    assert row[0].removeprefix("'") == name.removeprefix("'")
    assert row[0][:1] not in ("=", "+", "-", "@", "\t", "\r")
