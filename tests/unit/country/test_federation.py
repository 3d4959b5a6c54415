"""Many regions as one: what is silent is unknown, and every id says whose it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from netmon.cli.country import regions_of
from netmon.country.app import country_page, create_country_app
from netmon.country.federation import STALE, Country, Region, fault_rows, region_rows, target_groups
from netmon.country.reading import summary_of
from netmon.country.samples import country_samples
from netmon.errors import ConfigError, UsageError
from netmon.exporter.api.documents import encode, stamp, summary_document
from netmon.exporter.samples.writer import Column
from netmon.model import Verdict
from tests.in_process import AppClient
from tests.unit.exporter.county import NOW, cut, view

SAID = summary_of(encode({**stamp(view()), **summary_document(view())}))


def country(heard: float = NOW, now: float = NOW) -> Country:
    return Country(
        now,
        {
            "tuban": Region("tuban", "http://127.0.0.1:9840", SAID, heard),
            "away": Region("away", "https://away.test/netmon", trouble="<refused>"),
        },
    )


def test_a_region_that_is_heard_counts_as_it_says() -> None:
    rows = region_rows(country())
    assert [(row["region"], row["heard"]) for row in rows] == [("away", False), ("tuban", True)]
    counts = {verdict: cut().count(verdict) for verdict in Verdict}
    assert rows[1]["counts"] == {str(verdict): count for verdict, count in counts.items()}
    assert country().silent() == ("away",)
    (fault,) = fault_rows(country())
    (said,) = SAID.faults
    assert fault["id"] == f"tuban/{said['id']}"
    assert fault["sites"] == [f"tuban/{site}" for site in said["sites"]]
    assert fault["heard"] is True


def test_a_region_that_falls_silent_is_unknown_and_never_up_or_down() -> None:
    on_the_edge, late = country(NOW, NOW + STALE), country(NOW, NOW + STALE + 0.1)
    assert on_the_edge.counts() == country().counts()
    counts = late.counts()
    assert {verdict for verdict, count in counts.items() if count} <= {Verdict.UNKNOWN, Verdict.UNSERVED}
    assert sum(counts.values()) == sum(country().counts().values())
    assert fault_rows(late)[0]["heard"] is False
    assert late.silent() == ("tuban", "away")


def test_metrics_have_each_region_and_no_count_of_faults_that_are_not_known() -> None:
    def samples(of: Country) -> dict[str, dict[tuple[str, ...], float]]:
        found = {}
        for one in country_samples(of):
            assert isinstance(one, Column)
            found[one.metric.name] = dict(zip(one.rows, map(float, np.asarray(one.values).tolist()), strict=True))
        return found

    now, late = samples(country()), samples(country(NOW, NOW + 60))
    assert now["netmon_region_up"] == {("tuban",): 1.0, ("away",): 0.0}
    assert now["netmon_region_faults"] == {("tuban",): 1}
    assert late["netmon_region_faults"] == {}
    assert sum(now["netmon_region_sites"].values()) == sum(late["netmon_region_sites"].values())


def test_the_page_links_to_regions_and_escapes_what_they_say() -> None:
    page = country_page(country())
    assert '<a href="http://127.0.0.1:9840/">tuban</a>' in page
    assert "&lt;refused&gt;" in page
    assert "<script>" not in page


def test_times_of_regions_say_by_whose_clock_they_are() -> None:
    """Two regions that lose a cable at one moment tell of it with an hour between."""
    eastern = replace(SAID, timezone="Asia/Jayapura", faults=({**SAID.faults[0], "text": "cable A, since 16:03:00"},))
    both = country()
    both = replace(both, regions={**both.regions, "biak": Region("biak", "http://b", eastern, NOW)})
    assert {row["region"]: row["timezone"] for row in fault_rows(both)} == {
        "tuban": "Asia/Jakarta",
        "biak": "Asia/Jayapura",
    }
    assert [row["timezone"] for row in region_rows(both)] == [None, "Asia/Jayapura", "Asia/Jakarta"]
    page = country_page(both)
    told = page[page.index("cable A, since 16:03:00") :]
    assert told.index("(Asia/Jayapura)") < told.index("</p>")
    assert page.count("(Asia/Jakarta)") == 1


def test_regions_are_targets_with_their_name() -> None:
    assert target_groups(country().regions.values()) == [
        {
            "targets": ["127.0.0.1:9840"],
            "labels": {"region": "tuban", "__scheme__": "http", "__metrics_path__": "/metrics"},
        },
        {
            "targets": ["away.test"],
            "labels": {"region": "away", "__scheme__": "https", "__metrics_path__": "/netmon/metrics"},
        },
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", json.dumps({"region": "x", "counts": {"village": {"fine": 1}}})])
def test_what_is_no_summary_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        summary_of(body)


def test_regions_that_cannot_be_are_told_all_at_once_without_secrets(tmp_path: Path) -> None:
    listed = tmp_path / "regions"
    listed.write_text(
        "# regions\ntuban=http://a:9840\n\nTuban=http://a\nlamongan=ftp://a\ntuban=http://b\nx=http://u:geheim@h\n"
    )
    with pytest.raises(ConfigError) as raised:
        regions_of((), listed)
    assert [problem.line for problem in raised.value.problems] == [4, 5, 6, 7]
    assert "geheim" not in str(raised.value.problems)
    listed.write_text("tuban=http://a:9840\n")
    assert regions_of(("lamongan=https://b",), listed) == {"lamongan": "https://b", "tuban": "http://a:9840"}
    for given in ((), ("tuban",), ("t=http://",), ("t=http://h:0",)):
        with pytest.raises(UsageError):
            regions_of(given, None)


@pytest.mark.parametrize(
    "said",
    [
        {"at": "2026-11-22T07:03:00"},
        {"covered_until": "0001-01-01T00:00:00"},
        {"counts": {"village": {"up": 10**400}}},
        {"counts": {"village": {"up": -1}}},
        {"position": 10**30},
        {"timezone": ""},
        {"timezone": "x" * 65},
    ],
)
def test_what_cannot_be_of_a_region_is_not_believed(said: dict[str, object]) -> None:
    """A time without a zone would be that of this machine, and a count of 400 digits end the metrics of all."""
    whole = json.loads(encode({**stamp(view()), **summary_document(view())}))
    with pytest.raises(ValidationError):
        summary_of(json.dumps({**whole, **said}).encode())


def test_the_country_answers_programs_as_its_regions_do() -> None:
    client = AppClient(create_country_app(country))
    assert client.get("/metrics/").status_code == 404  # nor redirected to where the client says that this is
    refused = client.get("/api/v1/regions?region=nowhere")
    assert (refused.status_code, list(refused.json())) == (400, ["error", "schema_version"])
    for path in ("/", "/metrics"):
        assert "content-encoding" not in client.get(path, headers={"accept-encoding": "gzip;q=0"}).headers
