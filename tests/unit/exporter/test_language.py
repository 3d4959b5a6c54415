"""Two languages everywhere on the page: chosen as readers say, with every phrase there is and none missing."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest

import netmon.exporter.page
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.page.language import preferred
from netmon.exporter.page.phrases import PAGE
from netmon.model import Cause, Element, ElementKind, SiteKind, Verdict
from netmon.picture.state import Incident
from netmon.picture.words.fault_phrases import FAULT_PHRASES
from netmon.picture.words.faults import describe
from netmon.picture.words.phrases import Language, Phrase
from netmon.topology.blackspots import Sense
from netmon.topology.drawing.words import WORDS
from tests.in_process import AppClient
from tests.rows import every_row
from tests.unit.exporter.county import NOW, cut, inventory, open_ring, view

ROOM = Path(netmon.exporter.page.__file__).parent
SHOWN = view(cut())
APP = create_app(lambda: SHOWN, ChangeFeed())


@pytest.fixture
def client() -> AppClient:
    return AppClient(APP)


@every_row(
    ("accepted", "language"),
    [
        ("", "en"), ("id", "id"), ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", "id"), ("en-GB,en;q=0.9,id;q=0.8", "en"),
        ("jv,id;q=0.5", "id"), ("in", "id"), ("fr", "en"), ("id;q=0", "en"), ("id;q=nan,en;q=0.1", "en"),
        (";;,=", "en"),
    ],
)  # fmt: skip
def test_the_browsers_preference_is_heeded(accepted: str, language: str) -> None:
    assert preferred(accepted) is Language(language)


def test_what_is_asked_for_counts_more_than_what_was_chosen_and_that_more_than_the_browser(
    client: AppClient,
) -> None:
    browser = {"accept-language": "id"}
    assert '<html lang="id">' in client.get("/", headers=browser).text
    chosen = client.get("/?lang=en", headers=browser)
    assert '<html lang="en">' in chosen.text
    assert "samesite=strict" in chosen.headers["set-cookie"].lower()
    assert '<html lang="en">' in client.get("/sites", headers=browser).text
    answer = client.get("/sites/v1?lang=id", headers=browser)
    assert '<html lang="id">' in answer.text
    assert answer.headers["content-language"] == "id"
    assert "Cookie" in answer.headers["vary"]
    assert client.get("/?lang=xx").status_code == 400


def test_the_switch_keeps_what_else_is_asked_for(client: AppClient) -> None:
    assert 'href="?verdict=up&amp;q=a%22b&amp;lang=id"' in client.get("/sites?verdict=up&q=a%22b").text


def test_the_whole_page_is_in_indonesian(client: AppClient) -> None:
    county = client.get("/?lang=id").text
    assert "Kabel Barat putus antara Beji dan" in county
    assert "2 lokasi gelap; sejak" in county
    assert "kemungkinan serat optik" in county
    assert "<title>1 gangguan · Tuban · netmon</title>" in county
    assert ": tak terjangkau (F8)</title>" in county
    site = client.get("/sites/v2").text
    assert "Gelap karena gangguan di tempat lain" in site
    assert "30 hari terakhir: hidup 3,44 %" in re.sub(r"hidup 3,\d+ %", "hidup 3,44 %", site)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [("rawas", {"v2"}), ("JENU beji", {"b"}), ("rtr-c", {"c"}), ("198.18.0.3", {"a"}), ("zzz", set()), ("  ", None)],
)
def test_sites_are_found_by_name_district_node_and_address(
    client: AppClient, wanted: str, ids: set[str] | None
) -> None:
    page = client.get("/sites", params={"q": wanted}).text
    found = set(re.findall(r'<tr id="site-([^"]+)">', page))
    assert found == (set(inventory().sites) if ids is None else ids)


def braces(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


DRAWINGS = {key: Phrase(*words) for key, words in WORDS.items()}


@pytest.mark.parametrize("table", [PAGE, FAULT_PHRASES, DRAWINGS], ids=["page", "faults", "drawings"])
def test_both_languages_say_the_same_things(table: dict[str, Phrase]) -> None:
    for key, phrase in table.items():
        assert braces(phrase.en) == braces(phrase.id), key


def test_no_phrase_is_missing_and_none_is_left_over() -> None:
    places = [path for path in (*ROOM.glob("*.py"), *ROOM.glob("templates/*")) if path.name != "phrases.py"]
    sources = "".join(path.read_text(encoding="utf-8") for path in places)
    made = {f"means-{verdict}" for verdict in Verdict} | set(Verdict) | set(SiteKind)
    made |= {"lab", "lab-text", "simulated", "simulated-text"}
    made |= {f"{what}-{status}" for what in ("refused", "unanswered") for status in (400, 404, 405)}
    made |= {"one-site", "sites", "one-site-so", "sites-so"}
    of_spots = {f"element-{kind}" for kind in ("cable", "link", "node", "power_area")} | set(Sense)
    assert of_spots <= set(PAGE)
    made |= of_spots
    assert set(re.findall(r'\bt\("([\w-]+)"[,)]', sources)) <= set(PAGE)
    assert set(PAGE) - set(re.findall(r'"([\w-]+)"', sources)) - made == set()


def test_every_kind_of_fault_can_be_told_in_both_languages() -> None:
    (incident,) = cut().open_incidents
    drawing = inventory()
    for kind in ElementKind:
        for cause in Cause:
            for others in ((), (Element(ElementKind.LINK, "b-c"),), (Element(ElementKind.NODE, "x"),) * 3):
                fault = replace(incident.fault, element=Element(kind, "x"), cause=cause, alternatives=others)
                for closed in (None, incident.opened + 60):
                    for sites in ((), ("v1",), ("v1", "v2")):
                        told = replace(
                            incident, fault=replace(fault, sites=sites), sites=sites, closed=closed, count=2
                        )
                        assert differ(told, drawing)
    silent = open_ring().open_incidents[-1]
    assert "satu putus lagi menggelapkan 2 desa" in describe(silent, drawing, NOW, Language.INDONESIAN)


def differ(incident: Incident, drawing: object) -> bool:
    english, indonesian = (describe(incident, drawing, NOW, each) for each in Language)  # type: ignore[arg-type]
    return english != indonesian and "{" not in english + indonesian
