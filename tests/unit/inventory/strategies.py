"""Random inventories that obey the contract, as plain data.

An inventory has hundreds of values, and what Hypothesis draws costs by the draw. It draws how long lists are, odd
texts and odd numbers, and a seed for each list: who writes the rows takes all of that from there.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import permutations
from random import Random
from typing import Any

from hypothesis import strategies as st

alphanumeric = string.ascii_letters + string.digits


def _id(number: int) -> str:
    """Return the id of a number: r"[A-Za-z0-9][A-Za-z0-9._-]*", each once, the shorter before the longer."""
    number, first = divmod(number, len(alphanumeric))
    letters = [alphanumeric[first]]
    while number:
        number, place = divmod(number - 1, len(_INNER))
        letters.append(_INNER[place])
    return "".join(letters)


_INNER = f"{alphanumeric}._-"
letters = st.characters(exclude_categories=["C", "Z"])
ODD = ("=1+1", "+62 356", "-5", "@x", "'=x", "no", "10:20:30", "null", "1e5", "a, b; c", 'say "so"', "# x")
"""Names that a sheet or YAML might take for something else."""
SPECIAL = ("0.0.0.0", "10.0.0.1", "127.0.0.1", "255.255.255.255", "::", "::1", "::ffff:198.18.0.1", "fe80::1")
SOME = tuple(list(one) for count in range(4) for one in permutations(range(5), count))
"""References: the places in a list of those that are meant. `_connected` makes ids of them."""


@dataclass(frozen=True, slots=True)
class _Hand:
    """Writes a document by chance. What Hypothesis is good at finding it has drawn: texts, and shares of one."""

    random: Random
    names: Sequence[str]
    bodies: Sequence[str]
    shares: Sequence[float]

    def one(self, *of: Any) -> Any:
        return self.random.choice(of)

    def some(self, **keys: Callable[[], Any]) -> dict[str, Any]:
        """Return a row with some of these keys, each as likely as not."""
        return {key: value() for key, value in keys.items() if self.flag()}

    def id(self) -> str:
        return _id(int(10 ** self.random.uniform(0, 17)) - 1)

    def name(self) -> str:
        return str(self.one(self.one(*ODD), self.one(*self.names)))

    def body(self) -> str:
        return str(self.one(*self.bodies))

    def between(self, least: float, most: float) -> float:
        return float(self.one(least, most, self.random.uniform(least, most), *self._shared(least, most)))

    def _shared(self, least: float, most: float) -> Iterator[float]:
        return (min(most, least + (most - least) * share) for share in self.shares)

    def place(self) -> int:
        return self.random.randrange(5)

    def seconds(self) -> Any:
        written = self.one("500ms", "1s", "5m", "2h")
        return self.one(self.random.randint(1, 3600), self.between(0.1, 86_400), written)

    def moment(self) -> Any:
        written = self.one("2026-11-30T22:00:00+07:00", "2026-11-30T15:00:00Z")
        return self.one(self.random.randint(0, 1_900_000_000), written)

    def flag(self) -> bool:
        return self.random.random() < 0.5

    def length(self) -> float:
        return self.one(self.random.randint(0, 100), self.between(0, 100))  # type: ignore[no-any-return]

    def address(self) -> str:
        narrow, wide = IPv4Address(self.random.getrandbits(32)), IPv6Address(self.random.getrandbits(128))
        return str(self.one(narrow, wide, self.one(*SPECIAL)))

    def icmp(self) -> dict[str, Any]:
        return self.some(interval=self.seconds)

    def snmp(self) -> dict[str, Any]:
        return self.some(
            interval=self.seconds,
            timeout=self.seconds,
            auth=self.place,
            port=lambda: self.random.randint(1, 65535),
            retries=lambda: self.random.randint(0, 10),
        )

    def probe(self) -> dict[str, Any]:
        return self.some(icmp=self.icmp, snmp=self.snmp)

    def secret(self) -> dict[str, Any]:
        number = self.random.randrange(100)
        return self.one({"env": f"V{number}"}, {"file": f"/nowhere/{number}"})  # type: ignore[no-any-return]

    def credentials(self) -> dict[str, Any]:
        if self.flag():
            return {"version": self.one(1, "1", "2c"), "community": self.secret()}
        private = {"priv_protocol": "aes128", "priv_password": self.secret()}
        key = {"auth_protocol": "sha256", "auth_password": self.secret()}
        return {"version": 3, "user": self.name(), **key, **self.one({}, private)}

    def end(self) -> tuple[int, str]:
        return self.place(), self.one("", "sfp1", "ge-0/0/1:0")

    def vantage(self) -> dict[str, Any]:
        return {"node": self.place(), "sentinels": self.one(*SOME), "also": self.one([], [self.place()])}

    def cable(self) -> dict[str, Any]:
        return {"name": self.name(), **self.some(length_km=self.length)}

    def site(self) -> dict[str, Any]:
        return {"name": self.name(), "kind": self.one("village", "pop", "noc")} | self.some(
            lat=lambda: self.between(-90, 90),
            lon=lambda: self.between(-180, 180),
            served=self.flag,
            people=lambda: int(self.between(0, 10**9)),
            probe=self.probe,
        )

    def node(self) -> dict[str, Any]:
        return {"site": self.place()} | self.some(
            role=self.id,
            monitor=lambda: [*self.one((), ("icmp",), ("snmp",), ("icmp", "snmp"), ("snmp", "icmp"))],
            power_area=self.id,
            address=self.address,
            probe=self.probe,
        )

    def link(self) -> dict[str, Any]:
        return {"a": self.end(), "b": self.end()} | self.some(
            kind=lambda: self.one("fibre", "radio", "copper"),
            length_km=self.length,
            cables=lambda: self.one(*SOME),
            supplier=self.name,
            contract_mbps=lambda: self.between(0.5, 1000),
            expect_receive_dbm=lambda: self.between(-45, 10),
            spare=self.flag,
            speed_test=self.speed_test,
            contract=self.place,
        )

    def speed_test(self) -> dict[str, Any]:
        return {"host": "198.18.0.9", "mbps": self.between(0.5, 1000)} | self.some(
            port=lambda: self.random.randint(1, 65535),
            interval=self.seconds,
            seconds=lambda: self.random.randint(1, 10),
        )

    def contract(self) -> dict[str, Any]:
        return {"supplier": self.name()} | self.some(
            committed_percent=lambda: self.between(50, 100),
            monthly_fee=lambda: self.between(0, 1e9),
            mbps=lambda: self.between(0.5, 1000),
        )

    def service(self) -> dict[str, Any]:
        return {"site": self.place(), "kind": self.id(), "url": "http://x.desa.test/?a=b,c;d"} | self.some(
            depends_on=lambda: self.one(*SOME),
            interval=self.seconds,
            timeout=self.seconds,
            expect_status=lambda: self.random.randint(100, 599),
            expect_body=self.body,
            family=lambda: self.one("ipv4", "ipv6"),
        )

    def work(self) -> dict[str, Any]:
        times = {"start": self.moment(), "end": 2e9 + self.random.randint(0, 1000)}
        return {"element": self.place(), **times, **self.some(note=self.body)}


_ROWS: dict[str, tuple[int, Callable[[_Hand], dict[str, Any]]]] = {
    "cables": (0, _Hand.cable),
    "sites": (1, _Hand.site),
    "nodes": (1, _Hand.node),
    "links": (0, _Hand.link),
    "contracts": (0, _Hand.contract),
    "services": (0, _Hand.service),
    "maintenance": (0, _Hand.work),
}
"""How many rows a list has at least, and who writes one; it has five at most."""


def _written(
    drawn: tuple[int, Sequence[str], Sequence[str], Sequence[float], list[tuple[int, int]]],
) -> dict[str, Any]:
    seed, names, bodies, shares, lists = drawn
    hand = _Hand(Random(seed), names, bodies, shares)
    data: dict[str, Any] = {
        "version": 1,
        "region": hand.id(),
        "vantage": hand.vantage(),
        "auth": {hand.id(): hand.credentials() for _ in range(hand.random.randint(1, 3))},
        "defaults": {"probe": {"icmp": hand.icmp()}},
    } | hand.some(timezone=lambda: "Asia/Jakarta", false_alarms_per_year=lambda: hand.between(0.01, 100))
    for (key, (_, write)), (count, seed_) in zip(_ROWS.items(), lists, strict=True):
        hand = _Hand(Random(seed_), names, bodies, shares)
        rows = ({"id": hand.id(), **write(hand)} for _ in range(count))
        data[key] = [*{row["id"]: row for row in rows}.values()]
    return data


_seeds = st.integers(0, 2**64 - 1)
# One strategy, made once: what is made anew for every example costs more than what it draws.
unconnected = st.tuples(
    _seeds,
    st.lists(st.text(letters, min_size=1, max_size=9), min_size=2, max_size=2),
    st.lists(st.text(st.one_of(letters, st.sampled_from(" \n\t")), min_size=1, max_size=9), min_size=1, max_size=1),
    st.lists(st.floats(0, 1), min_size=2, max_size=2),
    st.tuples(*(st.tuples(st.integers(least, 5), _seeds) for least, _ in _ROWS.values())),
).map(_written)


def _connected(data: dict[str, Any]) -> dict[str, Any]:
    """Let every reference lead to something that was drawn."""
    auth, sites, nodes = sorted(data["auth"]), _ids(data["sites"]), _ids(data["nodes"])
    cables, vantage = _ids(data["cables"]), data["vantage"]
    vantage["node"] = _one(nodes, vantage["node"])
    for key in ("sentinels", "also"):
        vantage[key] = _several(nodes, vantage[key])
    data["defaults"]["probe"]["snmp"] = {"auth": auth[0]}
    for row in (*data["sites"], *data["nodes"]):
        snmp = row.get("probe", {}).get("snmp", {})
        if "auth" in snmp:
            snmp["auth"] = _one(auth, snmp["auth"])
    for row in (*data["nodes"], *data["services"]):
        row["site"] = _one(sites, row["site"])
    for row in data["links"]:
        for end in ("a", "b"):
            place, port = row[end]
            row[end] = f"{_one(nodes, place)}:{port}" if port else _one(nodes, place)
        if "cables" in row:
            row["cables"] = _several(cables, row["cables"])
        _under_contract(row, data["contracts"])
    for row in data["maintenance"]:
        row["element"] = f"site:{_one(sites, row['element'])}"
    for row in data["services"]:
        if "depends_on" in row:
            row["depends_on"] = _several(nodes, row["depends_on"])
    return data


def _under_contract(row: dict[str, Any], contracts: list[dict[str, Any]]) -> None:
    """Let a line be delivered under a contract that was drawn, by that contract's supplier."""
    place = row.pop("contract", None)
    if place is not None and contracts:
        row["contract"] = _one(_ids(contracts), place)
        row.pop("supplier", None)


def _ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in found]


def _one(keys: list[str], place: int) -> str:
    return keys[place % len(keys)]


def _several(keys: list[str], chosen: list[int]) -> list[str]:
    return list(dict.fromkeys(_one(keys, place) for place in chosen)) if keys else []


documents = unconnected.map(_connected)
"""An inventory in which every reference leads somewhere."""
