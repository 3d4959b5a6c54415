"""Write the reference county: real places, an invented network. `python inventory/generate_tuban.py` makes it again.

Codes, names and positions of places come from tuban-places.csv (source and licence: tuban/NOTICE.txt), names of
agencies from tuban-agencies.csv. Everything else is invented here from a fixed seed: every address, cable, link,
power area, supplier and contract, and where agencies stand. Addresses are of RFC 2544's test range and web names
under RFC 6761's `.test`, so that nobody is ever probed by accident.

One village has changed its supplier. `--before FOLDER` writes the county as it was drawn until then: two drawings
that were in force one after the other are how netmon knows of such a change.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from tuban_district import District
from tuban_plant import Plant, Spot, contracts, read_places, road_km, router_entry, slug

HERE = Path(__file__).parent
NOC = (-6.89710, 112.04880)
POP = (-6.90630, 112.02910)
RINGS = {
    "barat": ("12", "06", "04", "02", "01", "03", "05", "07", "10", "08", "13"),
    "timur": ("16", "18", "19", "17", "14", "11", "09", "20", "15"),
}
HOSTED = ("12.2002", "12.2009", "12.2012", "11.2015", "18.2018", "06.2002", "17.2003")
SELF_HOSTED = ("14.2008", "19.2001", "15.2004")
WITH_WIFI = (*HOSTED[1:], *SELF_HOSTED)  # of their routers; the pilot's access point is drawn in its report's how-to


class County:
    """Draws the network, file by file."""

    def __init__(self, *, before_change: bool = False) -> None:
        self.plant = Plant(before_change=before_change)
        places = read_places(HERE / "tuban-places.csv")
        self.districts = {spot.code: spot for spot in places if spot.kind == "district"}
        self.villages: dict[str, list[Spot]] = defaultdict(list)
        for spot in places:
            if spot.kind != "district":
                self.villages[spot.code[:8]].append(spot)

    def draw(self) -> dict[str, str]:
        """Return the text of every file by its name."""
        self._core()
        self.plant.part("contracts").contracts += contracts()
        self._rings()
        self._agencies()
        busy = {f"35.23.{short}" for short in HOSTED + SELF_HOSTED}
        for code, centre in self.districts.items():
            District(self.plant, centre, self.villages[code], self.districts, busy).draw()
        self._services()
        return {f"{name}.yaml": part.text() for name, part in self.plant.parts.items()}

    def _core(self) -> None:
        network = self.plant.part("network")
        network.head = {
            "version": 1,
            "region": "tuban",
            "timezone": "Asia/Jakarta",
            "vantage": {"node": "noc", "sentinels": ["noc-gw"]},
            "auth": {"field": {"version": "2c", "community": {"env": "NETMON_COMMUNITY"}}},
            "defaults": {"probe": {"icmp": {"interval": "1s"}, "snmp": {"interval": "30s", "auth": "field"}}},
        }
        core = self.plant.part("core")
        for site, name, kind, (lat, lon) in (
            ("noc", "NOC Diskominfo", "noc", NOC),
            ("pop-barat", "POP Tuban barat", "pop", POP),
        ):
            core.sites.append({"id": site, "name": name, "kind": kind, "lat": lat, "lon": lon})
        router, server = ["icmp", "snmp"], ["icmp"]
        for node, site, number, role, monitor, area in (
            ("noc", "noc", 10, "vantage", [], "noc"),
            ("noc-gw", "noc", 1, "router", router, "noc"),
            ("core-1", "noc", 11, "core", router, "noc"),
            ("core-2", "pop-barat", 12, "core", router, "pop-barat"),
            ("hosting-a", "noc", 80, "server", server, "noc"),
        ):
            entry = {"id": node, "site": site, "address": f"198.18.0.{number}", "role": role, "monitor": monitor}
            core.nodes.append({**entry, "power_area": area})
        self.plant.link(core, ("noc", "noc-gw"), (NOC, NOC), kind="copper")
        self.plant.link(core, ("noc-gw", "core-1"), (NOC, NOC))
        self.plant.link(core, ("hosting-a", "core-1"), (NOC, NOC))
        north = core.cable("inti-utara", "Kabel inti utara", road_km(NOC, POP))
        south = core.cable("inti-selatan", "Kabel inti selatan", round(road_km(NOC, POP) + 1.1, 1))
        self.plant.link(core, ("core-1", "core-2"), (NOC, POP), (north,))
        self.plant.link(core, ("core-1", "core-2"), (NOC, POP), (south,), suffix="-b")
        self.plant.link(core, ("noc-gw", "core-2"), (NOC, POP), (south,))
        self.plant.link(core, ("hosting-a", "core-2"), (NOC, POP), (north,))

    def _rings(self) -> None:
        part = self.plant.part("core")
        for order in RINGS.values():
            stops = [("core-1", "NOC", NOC)]
            stops += [(s.node, s.name, s.position) for s in (self.districts[f"35.23.{n}"] for n in order)]
            stops += [("core-2", "POP barat", POP)]
            for (a, a_name, a_at), (b, b_name, b_at) in pairwise(stops):
                cable = "ring-" + "-".join(end.removeprefix("rtr-") for end in (a, b))
                part.cable(cable, f"Kabel ring {a_name} – {b_name}", road_km(a_at, b_at))
                self.plant.link(part, (a, b), (a_at, b_at), (cable,))

    def _agencies(self) -> None:
        part = self.plant.part("agencies")
        with (HERE / "tuban-agencies.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        ducts = [
            ("core-1", NOC, "utara"),
            ("core-2", POP, "barat"),
            ("core-1", NOC, "timur"),
            ("core-2", POP, "selatan"),
        ]
        for _, _, way in ducts:
            part.cable(f"kota-{way}", f"Kabel kota {way}", 2.4)
        for number, row in enumerate(rows, start=1):
            core, centre, way = ducts[number % len(ducts)]
            cables: tuple[str, ...] = (f"kota-{way}",)
            district, area = "35.23.16", f"kota-{number % len(ducts) + 1}"
            if row["id"] == "rsud-ali-manshur":  # the one agency out of town
                district, area, cables = "35.23.02", "jatirogo-1", ()
                core, centre = self.districts[district].node, self.districts[district].position
            at = self.plant.near(centre)
            node, site = f"rtr-{row['id']}", f"opd-{row['id']}"
            part.sites.append(
                {"id": site, "name": row["name"], "kind": "opd", "district": district, "lat": at[0], "lon": at[1]}
            )
            part.nodes.append(router_entry(node, site, f"198.18.100.{number}", area))
            self.plant.link(part, (core, node), (centre, at), cables)
            if row["id"] == "rsud-koesma":  # a hospital hangs on both cores
                self.plant.link(part, ("core-2" if core == "core-1" else "core-1", node), (POP, at), ("kota-barat",))

    def _services(self) -> None:
        part = self.plant.part("services")
        by_code = {spot.code: spot for spots in self.villages.values() for spot in spots}
        for short in HOSTED + SELF_HOSTED:
            spot = by_code[f"35.23.{short}"]
            name = slug(spot.name)
            entry = {"id": f"web-{name}", "site": spot.code, "kind": "website", "url": f"http://{name}.desa.test/"}
            part.services.append({**entry, **({"depends_on": ["hosting-a"]} if short in HOSTED else {})})
        for short in WITH_WIFI:
            spot = by_code[f"35.23.{short}"]
            name = slug(spot.name)
            part.services.append(
                {"id": f"wifi-{name}", "site": spot.code, "kind": "wifi", "depends_on": [f"rtr-{name}"]}
            )


def main() -> int:
    """Write all files; with --check only say whether they would change."""
    if sys.argv[1:2] == ["--before"]:
        earlier = Path(sys.argv[2])
        earlier.mkdir(parents=True, exist_ok=True)
        for name, text in County(before_change=True).draw().items():
            (earlier / name).write_text(text, encoding="utf-8")
        return 0
    folder, files = HERE / "tuban", County().draw()
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}
    if "--check" in sys.argv[1:]:
        different = sorted(name for name in {*files, *present} if files.get(name) != present.get(name))
        print("\n".join(f"{folder / name} is not what generate_tuban.py writes" for name in different), end="")
        return bool(different)
    for name in present.keys() - files.keys():
        (folder / name).unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
