"""The API draws what the command draws, in every form, and a drawing of it loads and runs nothing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import jsonschema
import networkx as nx
import pytest

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.picture.state import Picture
from netmon.topology.drawing.sheets import drawn
from tests.in_process import AppClient
from tests.markdown import TOP
from tests.unit.exporter.county import calm, cut, inventory, view
from tests.unit.exporter.held import held

DRAW = "/api/v1/topology/draw"


@pytest.fixture(scope="module")
def client() -> AppClient:
    shown = view(cut())
    return AppClient(create_app(lambda: shown, ChangeFeed()))


def test_every_form_is_what_the_command_draws(client: AppClient) -> None:
    kinds = {
        "": "image/svg+xml",
        "form=schematic&theme=dark": "image/svg+xml",
        "format=dot": "text/vnd.graphviz; charset=utf-8",
        "format=graphml&theme=dark": "application/xml",
        "format=geojson": "application/geo+json",
    }
    texts = {}
    for query, kind in kinds.items():
        answer = client.get(f"{DRAW}?{query}").raise_for_status()
        assert answer.headers["content-type"] == kind
        texts[query] = answer.text
    assert texts[""] == drawn(inventory(), None)
    assert texts["form=schematic&theme=dark"] == drawn(inventory(), None, form="schematic", theme="dark")
    assert texts["format=dot"] == drawn(inventory(), None, format_="dot")
    assert "rtr-v1" in nx.parse_graphml(texts["format=graphml&theme=dark"], force_multigraph=True)
    assert json.loads(texts["format=geojson"])["type"] == "FeatureCollection"


def test_a_drawing_has_its_own_style_and_nothing_else(client: AppClient) -> None:
    for form in ("map", "schematic"):
        answer = client.get(f"{DRAW}?form={form}&live=true")
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert held(answer.text) in policy
        tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(answer.text).iter()}  # noqa: S314 (netmon's own)
        assert not tags & {"script", "image", "foreignObject"}
    assert "'self'" in client.get(f"{DRAW}?format=dot").headers["content-security-policy"]


def test_what_is_so_now_is_drawn_and_drawn_again_when_it_changes() -> None:
    shown: list[Picture] = [calm()]
    client = AppClient(create_app(lambda: view(shown[0]), ChangeFeed()))
    plain, well = client.get(DRAW).text, client.get(f"{DRAW}?live=true").text
    assert client.get(f"{DRAW}?live=true").text == well != plain
    shown[0] = replace(cut(), inventory=shown[0].inventory)
    dark = client.get(f"{DRAW}?live=true").text
    assert dark.count('href="#marker-unreachable"') == well.count('href="#marker-unreachable"') + 2
    assert client.get(DRAW).text == plain


def test_a_drawing_speaks_either_language(client: AppClient) -> None:
    for form, english, indonesian in (("map", "Map of", "Peta"), ("schematic", "Schematic of", "Skema")):
        for language, title in (("en", english), ("id", indonesian)):
            text = client.get(f"{DRAW}?form={form}&lang={language}").raise_for_status().text
            assert f">{title} {inventory().region}</title>" in text
            assert text == drawn(inventory(), None, form=form, language=language)  # type: ignore[arg-type] # of texts
    assert client.get(f"{DRAW}?format=dot&lang=id").text == client.get(f"{DRAW}?format=dot").text


def test_what_cannot_be_drawn_is_refused(client: AppClient) -> None:
    for query, says in {
        "form=globe": "form cannot be 'globe'; one of map, schematic",
        "format=png": "format cannot be 'png'",
        "theme=dark&theme=light": "theme is given more than once",
        "width=9": "unknown filter 'width'",
    }.items():
        answer = client.get(f"{DRAW}?{query}")
        assert (answer.status_code, answer.json()["error"][: len(says)]) == (400, says)


def test_a_place_is_shown_as_by_the_command(client: AppClient) -> None:
    schema = json.loads((TOP / "docs" / "schemas" / "topology-show.schema.json").read_text(encoding="utf-8"))
    for of, live in (("Rawasan", False), ("node:rtr-b", False), ("b", True)):
        path = f"/api/v1/topology/show?of={of}{'&live=true' * live}"
        answer = client.get(path).raise_for_status().json()
        jsonschema.validate({key: value for key, value in answer.items() if key in schema["properties"]}, schema)
        assert answer["live"] is live
    assert answer["below"]["sites"] == [], "what is dark already hangs on nothing"
    node = client.get("/api/v1/topology/show?of=rtr-b").json()
    assert (node["kind"], node["below"]["sites"]) == ("node", ["v1", "v2"])
    missing = client.get("/api/v1/topology/show?of=Rawasn")
    assert (missing.status_code, missing.json()["error"]) == (
        404,
        "there is no site or node 'Rawasn'; did you mean 'Rawasan'?",
    )
