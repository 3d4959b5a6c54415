"""The reference county: real places, an invented plant, and the properties that demo and benchmarks rely on."""

from __future__ import annotations

import csv
import ipaddress
import runpy
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from netmon.events import Coverage, Entry, InventoryInForce
from netmon.inventory.load import load_inventory
from netmon.journal.memory import MemoryJournal
from netmon.model import Inventory, LinkKind, SiteKind
from netmon.report.period import month
from netmon.report.record import records
from netmon.report.suppliers import by_supplier, deliveries
from tests.reference_county import COUNTY, county

TOP = Path(__file__).parents[3]


@cache
def cables() -> dict[str, list[str]]:
    runs: dict[str, list[str]] = defaultdict(list)
    for link in county().links.values():
        for cable in link.cables:
            runs[cable].append(link.id)
    return runs


def dark_sites(cut_cables: set[str]) -> set[str]:
    """Return the sites without a path to the NOC once these cables are cut."""
    inventory = county()
    neighbours: dict[str, set[str]] = defaultdict(set)
    for link in inventory.links.values():
        if not cut_cables & set(link.cables):
            neighbours[link.a.node].add(link.b.node)
            neighbours[link.b.node].add(link.a.node)
    seen, border = {inventory.vantage.node}, [inventory.vantage.node]
    while border:
        new = neighbours[border.pop()] - seen
        seen |= new
        border += new
    return {node.site for node in inventory.nodes.values() if node.id not in seen}


def ring_links() -> dict[str, tuple[str, str]]:
    return {
        link.id: (link.a.node, link.b.node)
        for link in county().links.values()
        if any(cable.startswith("ring-") for cable in link.cables)
        and all(is_ring_stop(end.node) for end in (link.a, link.b))
    }


def is_ring_stop(node: str) -> bool:
    return node in ("core-1", "core-2") or county().sites[county().nodes[node].site].kind is SiteKind.DISTRICT


def test_the_generator_writes_what_is_committed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = TOP / "inventory" / "generate_tuban.py"
    monkeypatch.syspath_prepend(generator.parent)
    monkeypatch.setattr(sys, "argv", [generator.name, "--check"])
    assert (runpy.run_path(str(generator))["main"](), capsys.readouterr().out) == (0, "")


def earlier(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Inventory:
    """Return the county as it was drawn before a village changed its supplier."""
    generator = TOP / "inventory" / "generate_tuban.py"
    monkeypatch.syspath_prepend(generator.parent)
    monkeypatch.setattr(sys, "argv", [generator.name, "--before", str(folder)])
    assert runpy.run_path(str(generator))["main"]() == 0
    return load_inventory(folder).inventory


def test_every_village_has_a_contract_for_its_line() -> None:
    lines = [link for link in county().links.values() if link.contract is not None]
    assert Counter(county().contracts[link.contract or ""].supplier for link in lines) == {
        "pemasok-a": 303,
        "pemasok-b": 8,
        "pemasok-c": 1,
    }
    assert {link.contract_mbps for link in lines} == {20.0, 50.0}
    assert all(terms.monthly_fee and terms.committed_percent >= 98 for terms in county().contracts.values())


def test_one_village_changed_its_supplier_and_is_billed_by_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before, after = earlier(monkeypatch, tmp_path / "before"), county()
    assert before.digest != after.digest
    changed = [name for name, link in after.links.items() if before.links[name] != link]
    assert [after.nodes[after.links[name].b.node].site for name in changed] == ["35.23.12.2003"]
    october = month("2026-10", after.timezone)
    middle = october.start + 14 * 86_400.0
    entries = [
        Entry(1, october.start - 60.0, (InventoryInForce(october.start - 60.0, before.digest),), before),
        Entry(2, middle, (InventoryInForce(middle, after.digest),), after),
        Entry(3, october.end + 60.0, (Coverage(october.end + 60.0, "p", october.end + 60.0),)),
    ]
    journal = MemoryJournal()
    journal.append(entries)
    (record,) = records(journal, [october])
    assert record is not None
    lines = [one for one in deliveries(record) if one.link == changed[0]]
    assert [(one.terms.supplier, one.in_force_seconds // 86_400) for one in lines] == [
        ("pemasok-a", 14),
        ("pemasok-c", 17),
    ]
    fees = {one.supplier: one.fee for one in by_supplier(deliveries(record), october.seconds)}
    assert fees["pemasok-c"] == pytest.approx(2_200_000 * 17 / 31)


def test_the_county_is_complete() -> None:
    kinds = Counter(site.kind for site in county().sites.values())
    assert kinds[SiteKind.DISTRICT] == 20
    assert kinds[SiteKind.VILLAGE] == 311
    assert kinds[SiteKind.KELURAHAN] == 17
    assert kinds[SiteKind.OPD] >= 30
    assert kinds[SiteKind.NOC] == 1
    assert len(county().nodes) >= 370
    assert sum(node.is_monitored for node in county().nodes.values()) >= 350


def test_places_are_the_real_ones() -> None:
    with (TOP / "inventory" / "tuban-places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 348
    for row in rows:
        site = county().sites[row["code"]]
        assert (site.name, str(site.kind)) == (row["name"], row["kind"])
        assert (site.lat, site.lon) == (float(row["lat_degrees"]), float(row["lon_degrees"]))
        if site.kind is not SiteKind.DISTRICT:
            assert site.district == row["code"][:8], "the code says the district, never the name or the position"


def test_a_name_is_not_a_key() -> None:
    sites = county().sites
    senori = [site for site in sites.values() if site.name == "Senori"]
    assert {(site.kind, site.district) for site in senori} == {
        (SiteKind.DISTRICT, "35.23.05"),
        (SiteKind.VILLAGE, "35.23.13"),  # in Merakurak
    }
    names = Counter(site.name for site in sites.values() if site.kind in (SiteKind.VILLAGE, SiteKind.KELURAHAN))
    assert sum(count > 1 for count in names.values()) == 18
    assert county().nodes["rtr-senori"].site == "35.23.05"
    assert county().nodes["rtr-senori-merakurak"].site == "35.23.13.2008"


def test_nobody_is_probed_by_accident() -> None:
    test_range = ipaddress.ip_network("198.18.0.0/15")
    for node in county().nodes.values():
        assert node.address is None or ipaddress.ip_address(node.address) in test_range
    for service in county().services.values():
        assert service.probe in ("http", "wifi")
        assert service.url is None or (urlsplit(service.url).hostname or "").endswith(".desa.test")


def test_every_file_says_that_it_is_invented() -> None:
    files = list(COUNTY.glob("*.yaml"))
    assert len(files) > 20
    for path in files:
        assert path.read_text(encoding="utf-8").splitlines()[0].startswith("# INVENTED")
    assert "Cahya DSN" in (COUNTY / "NOTICE.txt").read_text(encoding="utf-8")


def test_a_ring_survives_one_cut_and_not_two() -> None:
    segments = [cable for cable in cables() if cable.startswith("ring-")]
    assert len(segments) == 22
    pure = [cable for cable in segments if len(cables()[cable]) == 1]
    assert len(pure) >= 18
    assert all(not dark_sites({cable}) for cable in pure)
    shared = set(segments) - set(pure)
    districts = {site.id for site in county().sites.values() if site.kind is SiteKind.DISTRICT}
    assert all(not dark_sites({cable}) & districts for cable in shared)
    assert districts & dark_sites({"ring-jenu-tambakboyo", "ring-bancar-jatirogo"}) == {"35.23.04", "35.23.06"}


def test_every_district_is_on_a_ring() -> None:
    ends = Counter(node for pair in ring_links().values() for node in pair)
    assert len(ends) == 22
    assert all(ends[node] == 2 for node in ends if not node.startswith("core"))


def test_plant_has_every_shape() -> None:
    inventory = county()
    unserved = [site for site in inventory.sites.values() if not site.served]
    assert 20 <= len(unserved) <= 28
    assert len({site.district for site in unserved}) == 10
    occupied = {node.site for node in inventory.nodes.values()}
    assert not occupied & {site.id for site in unserved}
    splitters = [node for node in inventory.nodes.values() if not node.monitor and node.address is None]
    assert len(splitters) == 20
    radio = [link for link in inventory.links.values() if link.kind is LinkKind.RADIO]
    assert len(radio) == 12
    assert not any(link.cables for link in radio)
    feeders = [
        runs for cable, runs in cables().items() if not cable.startswith("ring-") and "antar-desa" not in cable
    ]
    assert len(feeders) > 60
    assert all(len(runs) >= 2 for runs in feeders)


def test_each_district_has_a_few_power_areas() -> None:
    areas: dict[str, set[str]] = defaultdict(set)
    for node in county().nodes.values():
        site = county().sites[node.site]
        if site.kind in (SiteKind.VILLAGE, SiteKind.KELURAHAN) and node.power_area:
            areas[site.district or ""].add(node.power_area)
    assert len(areas) == 20
    assert all(3 <= len(names) <= 6 for names in areas.values())


def test_socorejo_is_the_pilot() -> None:
    router, website = county().nodes["rtr-socorejo"], county().services["web-socorejo"]
    assert router.site == website.site == "35.23.12.2002"
    assert website.depends_on == ("hosting-a",)
    assert [node.id for node in county().nodes.values() if node.power_area == router.power_area] == ["rtr-socorejo"]
