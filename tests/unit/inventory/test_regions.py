"""The generator of countries: the same seed, the same country; every region is good, and no address is used twice."""

from __future__ import annotations

import runpy
from pathlib import Path

from netmon.cli.regions import inventories
from netmon.inventory.load import load_inventory
from netmon.model import SiteKind
from tests.markdown import TOP


def test_a_country_is_made_again_by_its_seed_and_every_region_is_good(tmp_path: Path) -> None:
    country = runpy.run_path(str(TOP / "inventory" / "generate_regions.py"))["country"]
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        assert country(tmp_path / name, 3, 100, seed) == 109
    texts = {
        name: [path.read_text() for path in sorted((tmp_path / name).rglob("*.yaml"))]
        for name in ("one", "again", "other")
    }
    assert texts["one"] == texts["again"] != texts["other"]
    drawn = [load_inventory(tmp_path / "one" / f"region-{number:03}").inventory for number in range(3)]
    addresses = [node.address for inventory in drawn for node in inventory.nodes.values()]
    assert len(addresses) == len(set(addresses)) == 109
    villages = [sum(site.kind is SiteKind.VILLAGE for site in one.sites.values()) for one in drawn]
    assert villages == [34, 33, 33]


def test_regions_are_named_after_their_folders_and_files_and_hidden_ones_are_none(tmp_path: Path) -> None:
    for folder in ("35.23", "35.24", ".git"):
        (tmp_path / folder).mkdir()
    for file in ("blora.yaml", "LAMONGAN.YML", ".hidden.yaml", "README.md"):
        (tmp_path / file).touch()
    assert [name for name, _ in inventories(tmp_path)] == ["35.23", "35.24", "LAMONGAN", "blora"]
