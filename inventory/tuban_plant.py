"""What the invented network is made of: places, entries, ports, lengths."""

from __future__ import annotations

import csv
import math
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netmon.inventory.yaml_write import to_yaml

SEED = 3523
COMMENT = """INVENTED: no line, cable, address or power area here exists; only the places are real (see NOTICE.txt).
Written by generate_tuban.py; change that and run it again.
"""

CHANGED = "35.23.12.2003"
"""The village that has changed its supplier in the middle of a month."""

Position = tuple[float, float]
Entry = dict[str, Any]


@dataclass
class Spot:
    """A place and, once drawn, its node."""

    code: str
    name: str
    kind: str
    position: Position
    node: str


@dataclass
class Part:
    """One file of the inventory."""

    head: Entry = field(default_factory=dict)
    contracts: list[Entry] = field(default_factory=list)
    cables: list[Entry] = field(default_factory=list)
    sites: list[Entry] = field(default_factory=list)
    nodes: list[Entry] = field(default_factory=list)
    links: list[Entry] = field(default_factory=list)
    services: list[Entry] = field(default_factory=list)

    def cable(self, cable_id: str, name: str, length_km: float) -> str:
        """Draw a cable, and return its id."""
        self.cables.append({"id": cable_id, "name": name, "length_km": length_km})
        return cable_id

    def text(self) -> str:
        """Return the file."""
        order = ("contracts", "cables", "sites", "nodes", "links", "services")
        sections = {key: getattr(self, key) for key in order}
        return to_yaml({**self.head, **sections}, COMMENT)


class Ports:
    """Hands out the ports of every node, one after the other."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, str]] = Counter()

    def take(self, node: str, kind: str = "sfp") -> str:
        """Return the next free port of `node`, as `NODE:PORT`."""
        kind = "port" if node.startswith("odp-") else kind
        self._used[node, kind] += 1
        return f"{node}:{kind}{self._used[node, kind]}"


def distance_km(a: Position, b: Position) -> float:
    """Return the distance over ground; on 60 km a flat earth errs by metres."""
    north = (a[0] - b[0]) * 111.2
    east = (a[1] - b[1]) * 111.2 * math.cos(math.radians(a[0]))
    return math.hypot(north, east)


def road_km(a: Position, b: Position) -> float:
    """Return a plausible length of cable between two positions."""
    return round(max(distance_km(a, b) * 1.25, 0.1), 1)


def bearing(centre: Position, spot: Spot) -> float:
    """Return the direction of a place in degrees from north."""
    north = spot.position[0] - centre[0]
    east = (spot.position[1] - centre[1]) * math.cos(math.radians(centre[0]))
    return math.degrees(math.atan2(east, north)) % 360


def slug(name: str) -> str:
    """Return a name as part of an id."""
    return "-".join(name.lower().split())


def read_places(path: Path) -> list[Spot]:
    """Read districts and villages, and name their routers: by name, where two share it by name and district."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = Counter(row["name"] for row in rows)
    district_of = {row["code"]: row["name"] for row in rows if row["kind"] == "district"}
    spots = []
    for row in rows:
        code, name = row["code"], row["name"]
        is_alone = row["kind"] == "district" or names[name] == 1
        node = f"rtr-{slug(name)}" if is_alone else f"rtr-{slug(name)}-{slug(district_of[code[:8]])}"
        spots.append(Spot(code, name, row["kind"], (float(row["lat_degrees"]), float(row["lon_degrees"])), node))
    return spots


class Plant:
    """The files that are being drawn, and the ports that are taken."""

    def __init__(self, *, before_change: bool = False) -> None:
        self.before_change = before_change
        self.random = random.Random(SEED)
        self.ports = Ports()
        self.parts: dict[str, Part] = {}

    def part(self, name: str) -> Part:
        """Return one file, new at its first mention."""
        return self.parts.setdefault(name, Part())

    def near(self, centre: Position) -> Position:
        """Return an invented position within a kilometre of `centre`."""
        lat, lon = (round(angle + self.random.uniform(-0.009, 0.009), 5) for angle in centre)
        return lat, lon

    def contract(self, spot: Spot) -> Entry:
        """Return on which terms the line of a village is delivered; one of them has changed its supplier."""
        has_changed = spot.code == CHANGED and not self.before_change
        return {"contract": "desa-20-c" if has_changed else "desa-20"}

    def link(
        self,
        part: Part,
        ends: tuple[str, str],
        positions: tuple[Position, Position],
        cables: tuple[str, ...] = (),
        *,
        suffix: str = "",
        **more: Any,
    ) -> None:
        """Draw one link between two nodes, on their next free ports."""
        kind = more.get("kind", "fibre")
        port = {"fibre": "sfp", "radio": "wlan", "copper": "ether"}[kind]
        name = "-".join(end.removeprefix("rtr-") for end in ends) + suffix
        a, b = (self.ports.take(end, port) for end in ends)
        entry = {"id": name, "a": a, "b": b, "kind": kind, "length_km": road_km(*positions)}
        part.links.append({**entry, **({"cables": list(cables)} if cables else {}), **more})


def site_entry(spot: Spot, kind: str, district: str | None = None) -> Entry:
    """Return the site of a place."""
    entry: Entry = {"id": spot.code, "name": spot.name, "kind": kind}
    lat, lon = spot.position
    return {**entry, **({"district": district} if district else {}), "lat": lat, "lon": lon}


def router_entry(node: str, site: str, address: str, area: str) -> Entry:
    """Return a monitored router."""
    return {"id": node, "site": site, "address": address, "monitor": ["icmp", "snmp"], "power_area": area}


def address_of(code: str) -> str:
    """Return 198.18.DISTRICT.N: N of a village is its running number, of a kelurahan 100 more, of a district 254."""
    running = int(code[9:]) if len(code) > 8 else 0
    number = 254 if not running else running - 2000 if running >= 2000 else running - 900
    return f"198.18.{int(code[6:8])}.{number}"


def contracts() -> list[Entry]:
    """Return the terms on which lines are delivered: suppliers, promises and fees are invented like all the rest."""
    return [
        {"id": "desa-20", "supplier": "pemasok-a", "committed_percent": 99.5, "monthly_fee": 2_500_000, "mbps": 20},
        {"id": "desa-20-c", "supplier": "pemasok-c", "committed_percent": 99, "monthly_fee": 2_200_000, "mbps": 20},
        {"id": "kedua-50", "supplier": "pemasok-b", "committed_percent": 98, "monthly_fee": 3_400_000, "mbps": 50},
    ]
