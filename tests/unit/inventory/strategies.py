"""Random inventories that obey the contract, as plain data.

An inventory has hundreds of values, and what Hypothesis draws costs by the draw: what can be one draw is one.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from itertools import permutations
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
ids = st.integers(0, 10**17).map(_id)
letters = st.characters(exclude_categories=["C", "Z"])
names = st.one_of(
    st.sampled_from(
        ["=1+1", "+62 356", "-5", "@x", "'=x", "no", "10:20:30", "null", "1e5", "a, b; c", 'say "so"', "# x"]
    ),
    st.text(letters, min_size=1, max_size=9),
)
bodies = st.text(st.one_of(letters, st.sampled_from(" \n\t")), min_size=1, max_size=9)
seconds = st.one_of(st.integers(1, 3600), st.floats(0.1, 86_400), st.sampled_from(["500ms", "1s", "5m", "2h"]))
moments = st.one_of(
    st.integers(0, 1_900_000_000), st.sampled_from(["2026-11-30T22:00:00+07:00", "2026-11-30T15:00:00Z"])
)
lengths = st.one_of(st.integers(0, 100), st.floats(0, 100))


@st.composite
def _record(
    draw: st.DrawFn, needed: Mapping[str, st.SearchStrategy[Any]], more: Mapping[str, st.SearchStrategy[Any]]
) -> dict[str, Any]:
    """Draw what is needed, and which of the others there are by one number."""
    found = {key: draw(value) for key, value in needed.items()}
    chosen = draw(st.integers(0, 2 ** len(more) - 1))
    return found | {key: draw(value) for bit, (key, value) in enumerate(more.items()) if chosen >> bit & 1}


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return _record({}, keys)


places = st.integers(0, 4)
"""A reference: the place in its list of what is meant. `_connected` makes an id of it."""
some_places = st.sampled_from([one for count in range(4) for one in permutations(range(5), count)]).map(list)
probes = optional(
    icmp=optional(interval=seconds),
    snmp=optional(
        interval=seconds, timeout=seconds, auth=places, port=st.integers(1, 65535), retries=st.integers(0, 10)
    ),
)
secrets = st.one_of(
    st.builds(lambda name: {"env": f"V{name}"}, st.integers(0, 99)),
    st.builds(lambda name: {"file": f"/nowhere/{name}"}, st.integers(0, 99)),
)
credentials = st.one_of(
    st.builds(lambda version, ref: {"version": version, "community": ref}, st.sampled_from([1, "1", "2c"]), secrets),
    st.builds(
        lambda user, key, more: {"version": 3, "user": user, "auth_protocol": "sha256", "auth_password": key, **more},
        names,
        secrets,
        st.one_of(st.just({}), st.fixed_dictionaries({"priv_protocol": st.just("aes128"), "priv_password": secrets})),
    ),
)


def rows(
    needed: dict[str, st.SearchStrategy[Any]], *, least: int = 0, **more: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = _record({"id": ids, **needed}, more)
    return st.lists(row, min_size=least, max_size=5, unique_by=lambda row: row["id"])


ends = st.tuples(places, st.sampled_from(["", "sfp1", "ge-0/0/1:0"]))
# One strategy, made once: what is made anew for every example costs more than what it draws.
unconnected = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "region": ids,
        "vantage": st.fixed_dictionaries(
            {"node": places, "sentinels": some_places, "also": st.lists(places, max_size=1)}
        ),
        "auth": st.dictionaries(ids, credentials, min_size=1, max_size=3),
        "defaults": st.fixed_dictionaries({"probe": st.fixed_dictionaries({"icmp": optional(interval=seconds)})}),
        "cables": rows({"name": names}, length_km=lengths),
        "sites": rows(
            {"name": names, "kind": st.sampled_from(["village", "pop", "noc"])},
            least=1,
            lat=st.floats(-90, 90),
            lon=st.floats(-180, 180),
            served=st.booleans(),
            people=st.integers(0, 10**9),
            probe=probes,
        ),
        "nodes": rows(
            {"site": places},
            least=1,
            role=ids,
            monitor=st.sampled_from([(), ("icmp",), ("snmp",), ("icmp", "snmp"), ("snmp", "icmp")]).map(list),
            power_area=ids,
            address=st.ip_addresses().map(str),
            probe=probes,
        ),
        "links": rows(
            {"a": ends, "b": ends},
            kind=st.sampled_from(["fibre", "radio", "copper"]),
            length_km=lengths,
            cables=some_places,
            supplier=names,
            contract_mbps=st.floats(0.5, 1000),
            expect_receive_dbm=st.floats(-45, 10),
            spare=st.booleans(),
            speed_test=st.fixed_dictionaries(
                {"host": st.just("198.18.0.9"), "mbps": st.floats(0.5, 1000)},
                optional={"port": st.integers(1, 65535), "interval": seconds, "seconds": st.integers(1, 10)},
            ),
            contract=places,
        ),
        "contracts": rows(
            {"supplier": names},
            committed_percent=st.floats(50, 100),
            monthly_fee=st.floats(0, 1e9),
            mbps=st.floats(0.5, 1000),
        ),
        "services": rows(
            {"site": places, "kind": ids, "url": st.just("http://x.desa.test/?a=b,c;d")},
            depends_on=some_places,
            interval=seconds,
            timeout=seconds,
            expect_status=st.integers(100, 599),
            expect_body=bodies,
            family=st.sampled_from(["ipv4", "ipv6"]),
        ),
        "maintenance": rows(
            {"element": places, "start": moments, "end": st.integers(0, 1000).map(lambda later: 2e9 + later)},
            note=bodies,
        ),
    },
    optional={"timezone": st.just("Asia/Jakarta"), "false_alarms_per_year": st.floats(0.01, 100)},
)


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
