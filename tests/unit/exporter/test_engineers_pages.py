"""The pages of engineers show what the API answers, and say in the reader's language what they cannot be asked."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.page.tables import part_of
from netmon.exporter.view import View
from netmon.model import Finding, Link, Reach, SpeedTest, Verdict
from netmon.picture.state import NodeState
from netmon.picture.words.reasons import reason
from netmon.probes.optics.health import LineHealth
from netmon.probes.optics.line import RECENT, Line
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.snmp.transport import Counts
from netmon.probes.speed.iperf import Direction
from netmon.probes.speed.tester import SpeedMeasurements
from tests.in_process import AppClient
from tests.unit.exporter.county import HOSTILE, NOW, calm, counted_here, cut, inventory, view
from tests.unit.exporter.held import held
from tests.unit.exporter.planned import planned_here

BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client() -> AppClient:
    shown = view(cut())
    app = create_app(lambda: shown, ChangeFeed(), plan=planned_here, count=counted_here)
    return AppClient(app, headers=BROWSER)


def shown(client: AppClient, path: str) -> str:
    return client.get(path).raise_for_status().text


def rows(page: str, section: str = "") -> list[list[str]]:
    """Return the cells of the table rows of a page, from where a section begins to its end."""
    part = page[page.index(section) :].partition("</section>")[0]
    return [
        [html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", part, re.DOTALL)
    ]


def test_tables_hold_what_the_api_answers(client: AppClient) -> None:
    for live in ("", "?live=true"):
        answer = client.get(f"/api/v1/topology/spof{live}").json()
        table = rows(shown(client, f"/topology{live}"), 'id="threads"')
        assert [int(row[-1]) for row in table] == [row["dark_sites"] for row in answer["rows"]]
    ways = rows(shown(client, "/topology/redundancy?to=rtr-b&only=weak"), 'id="ways"')
    answer = client.get("/api/v1/topology/redundancy?to=rtr-b").json()
    weak = {row["site"] for row in answer["rows"] if min(row[n] for n in row if n.endswith("_disjoint")) < 2}
    assert len(ways) == len(weak)
    page = shown(client, "/topology/blackspots?live=true")
    assert [row[0] for row in rows(page, 'id="black-spots"')] == ["Never Connected", HOSTILE, "Rawasan"]
    assert rows(page, 'id="totals"')[-1] == ["Whole region", "9", "1", "0", "2"]
    assert 'href="/#fault-F8"' in page


def test_what_fails_together_is_chosen_and_told(client: AppClient) -> None:
    """A form without an answer offers cables; what is looked for is found by id, name and site."""
    form = shown(client, "/topology/whatif")
    assert 'value="cable:west"' in form
    assert "Who goes dark" not in form
    assert 'value="node:rtr-v2"' in shown(client, "/topology/whatif?find=rawas")
    page = shown(client, "/topology/whatif?fail=cable:west&fail=link:a-b&find=b&lang=en&from=2026-12-01T09:00&for=1d")
    assert 'value="cable:west" checked' in page
    assert [row[0] for row in rows(page, 'id="dark-title"')] == [HOSTILE, "Rawasan"]
    assert [row[0] for row in rows(page, 'id="bridge-title"')][:3] == ["b-c", "c-noc", "noc-a"]
    assert "netmon maintenance add cable:west --from 2026-12-01T09:00:00+07:00 --for 1d\n" in page
    programs = html.unescape(re.findall(r'href="(/api/v1/topology/whatif[^"]*)"', page)[0])
    assert client.get(programs).json()["maintenance"] == [
        f"netmon maintenance add {one} --from 2026-12-01T09:00:00+07:00 --for 1d"
        for one in ("cable:west", "link:a-b")
    ]


def test_a_hundred_characters_of_what_is_looked_for_are_heeded(client: AppClient) -> None:
    """Each word is held against each thing of the drawing: thousands would keep the pages of all from being made."""
    page = shown(client, "/topology/whatif?lang=en&find=" + "b+" * 60 + "nothing-is-called-so")
    assert "Nothing is called so." not in page
    assert 'value="link:a-b"' in page


def test_a_way_is_found_between_sites_by_name(client: AppClient) -> None:
    page = shown(client, "/topology/path?a=rtr-a&b=rawasan&avoid=&budget=&pair=true")
    assert [row[0] for row in rows(page, 'id="way-1"')] == ["a-b", "b-split", "split-v2"]
    assert "There is no second way" in page
    assert "several nodes stand at" in client.get("/topology/path?a=rtr-a&b=Beji").text


def test_a_plan_has_its_steps_and_a_map_that_loads_nothing(client: AppClient) -> None:
    assert "Before and after" not in shown(client, "/plan")
    page = shown(client, "/plan?goal=both&budget=&per_km=40000000")
    answer = client.get("/api/v1/plan?goal=both&per_km=40000000").json()
    steps = rows(page, 'id="steps-title"')
    assert len(steps) == len(answer["steps"])
    assert steps[0][6] == "Never Connected"
    drawing = html.unescape(re.findall(r'<img class="plan-map" src="([^"]*)"', page)[0])
    svg = client.get(drawing)
    assert svg.headers["content-type"] == "image/svg+xml"
    assert held(svg.text) in svg.headers["content-security-policy"]
    geojson = client.get("/api/v1/plan?format=geojson")
    assert geojson.headers["content-type"] == "application/geo+json"
    assert len(geojson.json()["features"]) == sum(len(step["spans"]) for step in answer["steps"])


def test_the_drawing_is_shown_and_taken_along(client: AppClient) -> None:
    for query, form, other in (
        ("lang=en", "map", "schematic"),
        ("form=schematic&live=true&lang=id", "schematic", "map"),
    ):
        page = shown(client, f"/topology/draw?{query}")
        drawing = html.unescape(re.findall(r'<img class="drawing" src="([^"]*)"', page)[0])
        svg = client.get(drawing).raise_for_status()
        assert svg.headers["content-type"] == "image/svg+xml"
        assert (">Peta " in svg.text, ">Skema " in svg.text) == (False, "lang=id" in query)
        assert ('class="map' in svg.text) == (form == "map")
        assert ("#marker-unreachable" in svg.text) == ("live" in query)
        assert re.search(rf'href="[^"]*form={other}[^"]*">', page)
        files = dict(re.findall(r'<a href="([^"]*)" download="([^"]*)">', page))
        assert list(files.values()) == [f"{form}.{kind}" for kind in ("svg", "dot", "graphml", "geojson")]
        assert client.get(html.unescape(next(iter(files)))).text == svg.text
        for address in files:
            assert client.get(html.unescape(address)).status_code == 200


def test_a_place_is_shown_with_what_stands_around_it(client: AppClient) -> None:
    assert "nodes-title" not in shown(client, "/topology/show")
    page = shown(client, "/topology/show?of=node:rtr-b&lang=en")
    answer = client.get("/api/v1/topology/show?of=node:rtr-b").json()
    assert [row[0] for row in rows(page, 'id="lines-title"')] == [one["link"] for one in answer["links"]]
    assert [row[0] for row in rows(page, 'id="way-title"')] == [one["link"] for one in answer["way"]]
    assert [row[0] for row in rows(page, 'id="below-title"')] == [HOSTILE, "Rawasan"]
    (line,) = [row for row in rows(page, 'id="lines-title"') if row[0] == "b-v1"]
    assert line[-1] == "bridge"
    assert "No other site." in shown(client, "/topology/show?of=rawasan&live=true&lang=en")
    assert 'href="/topology/show?of=site:v2"' in shown(client, "/sites/v2")


def test_progress_is_a_table_and_a_plot(client: AppClient) -> None:
    page = shown(client, "/report/coverage?month=&months=2")
    assert [row[0] for row in rows(page, 'id="plot-title"')] == ["2026-08", "2026-09, not complete"]
    assert rows(page, 'id="districts-title"') == [["Jenu", "6", "5", "4", "1", "1"]]
    assert page.count('class="mark online"') == 2
    assert "<style" not in page


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/topology/whatif?fail=cable:wset", 404, "tidak ada kabel 'wset'; maksudnya 'west'?"),
        ("/topology/whatif?fail=west", 400, "bukan nama yang dapat gagal"),
        ("/topology/whatif?fail=cable:west&from=noon", 400, "from tidak bisa 'noon'"),
        ("/topology/whatif?fail=cable:west&for=1y", 400, "'1y' bukan lama waktu"),
        ("/topology/path?a=rtr-a", 400, "b belum diisi"),
        ("/topology/path?a=rtr-a&b=rtr-a", 409, "rtr-a sudah di tempatnya"),
        ("/topology/redundancy?to=rtr-x1", 404, "maksudnya 'rtr-"),
        ("/topology?live=maybe", 400, "live tidak bisa 'maybe'"),
        ("/topology/draw?form=globe", 400, "form tidak bisa 'globe'"),
        ("/topology/show?of=Rawasn", 404, "tidak ada lokasi atau node 'Rawasn'; maksudnya 'Rawasan'?"),
        ("/plan?budget=much", 400, "'much' bukan angka"),
        ("/plan?weight=people", 409, "tidak ada lokasi yang menyebut jumlah"),
        ("/plan?terrain=d2=1.5", 404, "tidak ada kecamatan 'd2'"),
        ("/report/coverage?month=October", 400, "'October' bukan bulan"),
        ("/report/coverage?months=99", 400, "bukan angka dari 1 sampai 36"),
        ("/report/coverage?month=2031-01&months=1", 404, "tidak memuat apa pun"),
    ],
)
def test_what_cannot_be_asked_is_said_above_the_form(client: AppClient, path: str, status: int, said: str) -> None:
    answer = client.get(f"{path}&lang=id")
    assert answer.status_code == status
    (complaint,) = re.findall(r'<p class="complaint" role="alert">(.*?)</p>', answer.text)
    assert said in html.unescape(complaint)
    assert ('<form class="question' in answer.text) == (not path.startswith(("/topology?", "/topology/draw")))


def test_long_tables_are_shown_in_parts(client: AppClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netmon.exporter.page.tables.PER_PAGE", 2)
    first = shown(client, "/topology?live=true")
    (further,) = re.findall(r'<a rel="next" href="([^"]*)">', first)
    assert further == "/topology?live=true&amp;page=2"
    assert len(rows(first, 'id="threads"')) == 2
    names = {row[0] for page in range(1, 9) for row in rows(shown(client, f"/topology?live=true&page={page}"), "id=")}
    assert len(names) == len(client.get("/api/v1/topology/spof?live=true").json()["rows"])
    assert part_of(5, 9).page == 3
    assert part_of(0, 1).stop == 0


def measured() -> View:
    """Return a view in which all is up, and lines of three villages are measured and found wanting."""
    drawn = inventory()
    line: Link = replace(drawn.links["b-v1"], speed_test=SpeedTest("198.18.0.9", 20.0), contract_mbps=20.0)
    picture = calm(replace(drawn, links={**drawn.links, "b-v1": line}))
    slow = NodeState(Reach.UP, NOW - 40, NOW, quality=reason("slow", now="90", usual="4"))
    picture = replace(picture, nodes={**picture.nodes, "rtr-c": slow})
    picture = replace(picture, site_findings={**picture.site_findings, "c": Finding(Verdict.DEGRADED)})
    rates = {("b-v1", Direction.TO_SITE): (2.4e6, 1e6, 2.2e6), ("b-v1", Direction.FROM_SITE): (2.4e6, 2.4e6)}
    dim = LineHealth(Line(recent=(-29.0,) * RECENT), -27.5)
    lit = LineHealth(Line(recent=(-20.0,) * RECENT), -27.5)
    lines = {"rtr-a": {"to-d1": dim, "to-b": lit}}
    return replace(
        view(picture),
        speed=SpeedMeasurements(recent=rates),
        snmp=SnmpMeasurements({}, 0, {}, 0, 0, Counts(), lines=lines),
    )


def test_lines_that_were_measured_and_found_wanting_make_black_spots() -> None:
    client = AppClient(create_app(measured, ChangeFeed()), headers=BROWSER)
    answer = client.get("/api/v1/topology/blackspots?live=true").json()
    told = {row["site"]: row["reasons"] for row in answer["rows"] if row["sense"] == "unusable"}
    assert answer["measured"] == {
        "d1": ["rtr-a to-d1: 1.5 dB less light than its receiver needs"],
        "v1": ["b-v1: tests come to 17.6 of 20 Mbit/s contracted"],
    }
    assert told == {**answer["measured"], "c": ["rtr-c: round trip 90 ms, usually 4 ms"]}
    assert client.get("/api/v1/topology/blackspots").json()["measured"] == {}
    page = shown(client, "/topology/blackspots?live=true&lang=id")
    for words in ("cahaya kurang 1.5 dB", "hasil uji 17.6 dari 20 Mbit/s", "rtr-c: waktu pulang-pergi 90 ms"):
        assert words in page


def test_two_tests_accuse_nobody() -> None:
    seen = measured()
    few = {key: rates[:2] for key, rates in seen.speed.recent.items()}
    shown = replace(seen, speed=SpeedMeasurements(recent=few))
    client = AppClient(create_app(lambda: shown, ChangeFeed()))
    assert "v1" not in client.get("/api/v1/topology/blackspots?live=true").json()["measured"]
