"""The app, asked in this process: no socket, the real routes."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.guard import HEADERS
from netmon.exporter.prober_app import create_prober_app
from netmon.exporter.prometheus import scrape
from netmon.exporter.view import DaemonStatus, View
from netmon.model import Element, ElementKind, Verdict
from netmon.picture.ledger import Span
from netmon.recall.snapshot import digest
from tests.in_process import AppClient
from tests.unit.exporter.county import HOSTILE, NOW, calm, cut, view


@pytest.fixture(scope="module")
def client() -> AppClient:
    """Return a client of an app that is only read."""
    shown = view(cut())
    return AppClient(create_app(lambda: shown, ChangeFeed()))


def get(client: AppClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


PATHS = [
    "/", "/sites", "/sites/v1", "/metrics", "/-/healthy", "/-/ready", "/static/live.js", "/static/page.css",
    "/api/v1/picture", "/api/v1/sites", "/api/v1/sites/v1", "/api/v1/nodes", "/api/v1/nodes/rtr-a", "/api/v1/links",
    "/api/v1/links/noc-a", "/api/v1/faults", "/api/v1/faults/F8", "/api/v1/incidents", "/api/v1/incidents/F8",
    "/api/v1/drift", "/api/v1/why/v1", "/sd/icmp", "/runbooks/NetmonAbsent", "/api/v1/openapi.json",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_keeps_browsers_honest(client: AppClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "cache-control" in answer.headers


def test_digests_are_of_the_journal_where_what_is_shown_is_ahead_of_it() -> None:
    written, ahead = calm(), cut()
    for shown, known in ((replace(view(ahead), written=written), written), (view(ahead), ahead)):
        client = AppClient(create_app(lambda shown=shown: shown, ChangeFeed()))  # type: ignore[misc]
        (told,) = get(client, "/api/v1/digests")["digests"]
        assert told == {"position": known.position, "digest": digest(known)}
        assert get(client, "/api/v1/picture")["position"] == ahead.position


@pytest.mark.parametrize("path", PATHS)
def test_nothing_but_reading_is_possible(client: AppClient, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, path)
        assert answer.status_code == 405, method
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}, method


@pytest.mark.parametrize(
    "path",
    ["/nope", "/static/", "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/sites/..%2f..%2fetc",
     "/api/v1", "/api/v1/sites/nobody", "/api/v1/nodes/nobody", "/api/v1/faults/F0", "/api/v2/sites"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: AppClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]


def test_a_prober_redirects_nowhere() -> None:
    """Where that leads is what the client calls this host."""

    def nothing() -> Any:
        raise AssertionError("nothing is shown of what is not there")

    assert AppClient(create_prober_app(nothing)).get("/metrics/").status_code == 404


# -- metrics ----------------------------------------------------------------------------------------------


def test_metrics_are_readable_and_include_the_process(client: AppClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = {family.name for family in parse_plain(answer.text)}
    assert {"netmon_node_up", "process_cpu_seconds", "python_gc_collections"} <= names


def test_openmetrics_when_asked_for(client: AppClient) -> None:
    answer = client.get("/metrics", headers={"accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.text.endswith("# EOF\n")
    assert answer.text.count("# EOF") == 1


def test_gzip_only_when_accepted(client: AppClient) -> None:
    with client.stream("GET", "/metrics", headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    plain = client.get("/metrics", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert b"netmon_node_up" in gzip.decompress(raw)
    assert int(packed.headers["content-length"]) == len(raw)


# -- API --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/metrics", "/", "/api/v1/openapi.json", "/api/v1/picture"])
@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br, gzip;q=0.0"])
def test_gzip_that_is_refused_is_not_sent(client: AppClient, path: str, accepted: str) -> None:
    answer = client.get(path, headers={"accept-encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert "accept-encoding" in answer.headers["vary"].lower()


def test_a_request_whose_length_is_said_twice_is_refused(client: AppClient) -> None:
    """Whoever stands between may take the other length, and the rest for a request of somebody else."""
    answer = client.get("/", headers={"content-length": "5", "transfer-encoding": "chunked"})
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")


def test_scrapes_that_would_wait_for_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait for their turn, and each shows the moment of its turn."""
    monkeypatch.setattr(scrape, "MOST_AT_ONCE", 3)
    shown: list[int] = []

    def show() -> View:
        shown.append(len(shown))
        return view(calm())

    async def scene() -> list[int]:
        transport = httpx2.ASGITransport(app=create_app(show, ChangeFeed()))
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            answers = await asyncio.gather(*(client.get("/metrics") for _ in range(5)))
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(scene()) == [200] * 3 + [503] * 2
    assert len(shown) == 3


def test_every_document_says_of_which_moment_it_is(client: AppClient) -> None:
    for path in (path for path in PATHS if path.startswith("/api/") and not path.endswith("openapi.json")):
        document = get(client, path)
        assert (document["schema_version"], document["position"], document["network"]) == (1, 8, "kernel")
        assert document["at"] == "2026-09-21T14:13:20.000Z"


def test_json_is_sorted_and_bare_of_nan(client: AppClient) -> None:
    text = client.get("/api/v1/picture").text
    assert text == json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def test_sites(client: AppClient) -> None:
    sites = {site["id"]: site for site in get(client, "/api/v1/sites")["sites"]}
    assert list(sites) == sorted(sites)
    assert sites["v2"] == {
        "id": "v2", "name": "Rawasan", "kind": "village", "district": "d1", "lat": -6.82, "lon": 111.94,
        "served": True, "verdict": "unreachable", "fault": "F8", "since": "2026-09-21T14:12:50.000Z",
        "on_spare": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("verdict=unreachable", {"v1", "v2"}),
        ("verdict=unreachable&verdict=unserved", {"v1", "v2", "far"}),
        ("kind=village&verdict=up", {"a", "b", "c"}),
        ("district=d1&kind=opd", {"lost"}),
        ("fault=F8", {"v1", "v2"}),
        ("district=nowhere", set()),
    ],
)
def test_sites_can_be_filtered(client: AppClient, query: str, ids: set[str]) -> None:
    assert {site["id"] for site in get(client, f"/api/v1/sites?{query}")["sites"]} == ids


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/v1/sites?verdict=dark", "verdict cannot be 'dark'; one of up, degraded"),
        ("/api/v1/sites?verdikt=up", "unknown filter 'verdikt'; possible here: one of verdict, kind"),
        ("/api/v1/links?state=", "state cannot be ''"),
        ("/api/v1/picture?at=yesterday", "unknown filter 'at'; possible here: none"),
        ("/api/v1/sites/v1?verdict=up", "unknown filter 'verdict'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(client: AppClient, path: str, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_one_site_with_its_nodes_services_and_outages(client: AppClient) -> None:
    site = get(client, "/api/v1/sites/v1")["site"]
    assert [node["id"] for node in site["nodes"]] == ["rtr-v1"]
    assert site["outages"] == [
        {"start": "2026-09-21T14:12:50.000Z", "end": None, "dark_seconds": 30.0, "unknown_seconds": 0.0,
         "incidents": ["F8"]},
    ]  # fmt: skip
    assert get(client, "/api/v1/sites/a")["site"]["services"][0]["reach"] == "up"


def test_nodes_links_and_faults(client: AppClient) -> None:
    node = get(client, "/api/v1/nodes/rtr-b")["node"]
    assert (node["verdict"], node["reach"], node["articulation_point"]) == ("up", "up", True)
    link = get(client, "/api/v1/links/split-v2")["link"]
    assert (link["length_meters"], link["a"], link["bridge"]) == (2500.0, {"node": "split", "port": None}, True)
    fault = get(client, "/api/v1/faults")["faults"][0]
    assert fault["element"] == {"kind": "cable", "id": "west"}
    assert (fault["cause"], fault["confidence"], fault["sites"]) == ("fibre", 0.93, ["v1", "v2"])
    assert (fault["opened"], fault["named"]) == ("2026-09-21T14:12:50.000Z", "2026-09-21T14:12:51.500Z")
    assert fault["text"].startswith("Kabel Barat is cut")


def test_incidents_hold_the_closed_ones_too() -> None:
    picture = cut()
    closed = replace(picture.open_incidents[0], closed=NOW)
    client = AppClient(
        create_app(lambda: view(replace(calm(), closed_incidents=(closed,))), ChangeFeed()),
    )
    assert get(client, "/api/v1/faults")["faults"] == []
    assert [row["id"] for row in get(client, "/api/v1/incidents?state=closed")["incidents"]] == ["F8"]
    assert get(client, "/api/v1/incidents?state=open")["incidents"] == []


def test_the_picture_counts_every_verdict(client: AppClient) -> None:
    counts = get(client, "/api/v1/picture")["counts"]
    assert counts.keys() == set(Verdict)
    assert (counts["unreachable"], counts["unserved"], counts["up"], counts["down"]) == (2, 1, 5, 0)


# -- signs of life ----------------------------------------------------------------------------------------


def test_not_ready_says_why() -> None:
    status = DaemonStatus(NOW, not_ready=("not every target has been probed once",))
    client = AppClient(create_app(lambda: view(calm(), daemon=status), ChangeFeed()))
    answer = client.get("/-/ready")
    assert answer.status_code == 503
    assert answer.text == "not ready: not every target has been probed once\n"
    assert client.get("/-/healthy").status_code == 200
    assert "Not ready:" in client.get("/").text


def test_reload_is_refused_unless_enabled(client: AppClient) -> None:
    answer = client.post("/-/reload")
    assert answer.status_code == 403
    assert "SIGHUP" in answer.text


def test_reload_is_asked_for_by_tools_but_not_by_web_pages() -> None:
    asked: list[int] = []
    ask: Callable[[], None] = lambda: asked.append(1)  # noqa: E731 (a list is all it takes)
    client = AppClient(create_app(view, ChangeFeed(), reload=ask))
    assert client.post("/-/reload", headers={"origin": "http://evil.test"}).status_code == 403
    assert client.get("/-/reload").status_code == 405
    assert asked == []
    assert client.post("/-/reload").status_code == 202
    assert asked == [1]


# -- page -------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_wrong(client: AppClient) -> None:
    page = client.get("/").text
    assert "<h1>Tuban <small>fibre network</small></h1>" in page
    assert "Kabel Barat is cut between Beji and" in page
    assert "93 % sure" in page
    assert "port rtr-b:to-v1 receives no light" in page
    assert "Not on the map for want of coordinates" in page
    assert "<title>1 fault · Tuban · netmon</title>" in page


def test_of_what_is_one_of_several_it_is_that_which_the_page_is_sure_of_and_never_wholly() -> None:
    picture = cut()
    (incident,) = picture.open_incidents
    doubted = replace(incident.fault, confidence=0.9999, alternatives=(Element(ElementKind.NODE, "split"),))
    told = replace(picture, open_incidents=(replace(incident, fault=doubted),))
    page = AppClient(create_app(lambda: view(told), ChangeFeed())).get("/").text
    assert "99 % sure that it is one of these" in page
    assert "100 %" not in page.partition("Open faults")[2].partition("</section>")[0]


def test_a_hostile_name_is_only_text(client: AppClient) -> None:
    for path in ("/", "/sites", "/sites/v1", "/sites/v2"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<script src=" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get("/sites/v1").text
    assert get(client, "/api/v1/sites/v1")["site"]["name"] == HOSTILE


def test_no_page_brings_style_or_script_of_its_own(client: AppClient) -> None:
    for path in ("/", "/sites", "/sites/v1"):
        page = client.get(path).text
        assert "<style" not in page
        assert "style=" not in page
        assert " onclick" not in page
        assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(("network", "label"), [("lab", "Lab."), ("simulated", "Simulated.")])
def test_a_network_that_is_not_the_countys_is_named_on_every_page(network: str, label: str) -> None:
    app = create_app(lambda: view(calm(), daemon=DaemonStatus(NOW, network=network)), ChangeFeed())
    client = AppClient(app)
    for path in ("/", "/sites", "/sites/a"):
        assert f"<strong>{label}</strong>" in client.get(path).text
    assert "netmon_simulated 1.0" in client.get("/metrics").text


def test_the_list_of_sites_can_be_narrowed(client: AppClient) -> None:
    assert "<h1>2 sites unreachable</h1>" in client.get("/sites?verdict=unreachable").text
    assert "<h1>8 sites in Jenu</h1>" in client.get("/sites?district=d1").text
    assert "No site is so." in client.get("/sites?verdict=down").text
    assert client.get("/sites?verdict=dark").status_code == 400
    assert client.get("/sites?district=nowhere").status_code == 404


def test_a_site_page_tells_verdict_reason_and_ledger(client: AppClient) -> None:
    page = client.get("/sites/v2").text
    assert "It is dark because of a fault elsewhere" in page
    assert 'href="/#fault-F8"' in page
    assert "Last 30 days" in page
    assert "still dark" in page
    assert "others hang on it" in client.get("/sites/b").text


def test_a_young_ledger_is_shown_at_its_own_length() -> None:
    picture = cut()
    assert (
        "Since the ledger begins"
        not in AppClient(create_app(lambda: view(picture), ChangeFeed())).get("/sites/v2").text
    )
    young = replace(picture, ledger={"v2": (Span(NOW - 600, Verdict.UP), Span(NOW - 30, Verdict.UNREACHABLE))})
    page = AppClient(create_app(lambda: view(young), ChangeFeed())).get("/sites/v2").text
    assert "Since the ledger begins: up 95 %, unreachable 5 %" in page


def test_a_monitor_that_went_silent_is_told() -> None:
    picture = replace(calm(), coverage={"local": NOW - 3600})
    page = AppClient(create_app(lambda: view(picture), ChangeFeed())).get("/").text
    assert "Nothing has been probed since 2026-09-21 20:13:20." in page


def test_no_answer_names_where_a_secret_is_kept(client: AppClient) -> None:
    for path in PATHS:
        assert "COUNTY_COMMUNITY" not in client.get(path).text
