"""Invent a country: N regions of equal size, each a folder with an inventory of its own.

    python inventory/generate_regions.py /tmp/country --regions 500 --villages 83000 --seed 1

The same seed gives the same country. In each region a ring of districts hangs on the NOC by two ways; villages hang
in chains, two of which are joined at their ends now and then. Nothing of it is real: addresses are from 198.18.0.0/15
(RFC 2544), no two in the country the same, so that the largest country has 131,000 routers.
"""

from __future__ import annotations

import argparse
import ipaddress
import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random

BEGIN = int(ipaddress.ip_address("198.18.0.1"))
MOST = 131_000
PER_DISTRICT = 17
CHAIN = 5
"""Villages in a chain, at most."""
NAMES = ("karang", "sumber", "tani", "mulya", "jati", "banyu", "wono", "suko", "rejo", "kali", "gede", "sari")


def region(name: str, villages: int, seed: int, first: int) -> tuple[str, int]:
    """Return the inventory of a region as text, and how many addresses it took from `first` on."""
    chance = Random(f"{seed} {name}")
    taken = itertools.count(first)
    sites, nodes, links, cables = [], [], [], []
    lat, lon = chance.uniform(-8.5, -1.5), chance.uniform(100.0, 120.0)

    def place(id_: str, title: str, kind: str, district: str | None, at: tuple[float, float]) -> None:
        of = "" if district is None else f", district: {district}"
        sites.append(f"{{id: {id_}, name: {title}, kind: {kind}{of}, lat: {at[0]:.5f}, lon: {at[1]:.5f}}}")
        address = ipaddress.ip_address(BEGIN + next(taken))
        nodes.append(f"{{id: {id_}-r, site: {id_}, address: {address}, monitor: [icmp]}}")

    def line(a: str, b: str) -> None:
        cables.append(f"{{id: k-{a}-{b}, name: {a} - {b}}}")
        links.append(f"{{id: {a}-{b}, a: {a}-r, b: {b}-r, kind: fibre, cables: [k-{a}-{b}]}}")

    place("noc", f"NOC {name}", "noc", None, (lat, lon))
    districts = [f"d{number:02}" for number in range(max(2, round(villages / PER_DISTRICT)))]
    spots = [(lat + chance.uniform(-0.4, 0.4), lon + chance.uniform(-0.4, 0.4)) for _ in districts]
    for district, spot in zip(districts, spots, strict=True):
        place(district, f"{_title(chance)} {district}", "district", None, spot)
    line("noc", districts[0])
    line("noc", districts[-1])
    for one, other in itertools.pairwise(districts):
        line(one, other)
    for number, (district, spot) in enumerate(zip(districts, spots, strict=True)):
        there = [f"v{village:04}" for village in range(villages)][number :: len(districts)]
        for village in there:
            at = (spot[0] + chance.uniform(-0.05, 0.05), spot[1] + chance.uniform(-0.05, 0.05))
            place(village, f"{_title(chance)} {village}", "village", district, at)
        ends = []
        for chain in _chains(there, chance):
            for one, other in itertools.pairwise([district, *chain]):
                line(one, other)
            ends.append(chain[-1])
        for one, other in itertools.pairwise(ends):
            if chance.random() < 0.2:
                line(one, other)
    text = f"version: 1\nregion: {name}\nvantage: {{node: noc-r, sentinels: [{districts[0]}-r]}}\n"
    for title, entries in (("sites", sites), ("nodes", nodes), ("links", links), ("cables", cables)):
        text += f"{title}:\n" + "".join(f"  - {entry}\n" for entry in entries)
    return text, len(nodes)


def _chains(villages: list[str], chance: Random) -> Iterator[list[str]]:
    while villages:
        length = chance.randint(1, CHAIN)
        yield villages[:length]
        villages = villages[length:]


def _title(chance: Random) -> str:
    return (chance.choice(NAMES) + chance.choice(NAMES)).capitalize()


def country(folder: Path, regions: int, villages: int, seed: int) -> int:
    """Write a country into a folder, a folder for each region; return how many routers it has."""
    first = 0
    for number in range(regions):
        share = villages // regions + (number < villages % regions)
        name = f"region-{number:03}"
        text, count = region(name, share, seed, first)
        first += count
        if first > MOST:
            raise SystemExit(
                f"{villages} villages in {regions} regions need more than the {MOST} addresses there are"
            )
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "network.yaml").write_text(text, encoding="utf-8")
    return first


def main() -> None:
    """Generate what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path)
    words.add_argument("--regions", type=int, default=3)
    words.add_argument("--villages", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    if not 1 <= asked.regions <= asked.villages:
        words.error("there must be at least one region, and a village for each")
    count = country(asked.folder, asked.regions, asked.villages, asked.seed)
    print(f"{asked.regions} regions, {asked.villages} villages, {count} routers in {asked.folder}")


if __name__ == "__main__":
    main()
