"""Random inventories that obey the contract, as plain data."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
names = st.one_of(
    st.sampled_from(
        ["=1+1", "+62 356", "-5", "@x", "'=x", "no", "10:20:30", "null", "1e5", "a, b; c", 'say "so"', "# x"]
    ),
    st.text(letters, min_size=1, max_size=20),
)
bodies = st.text(st.one_of(letters, st.sampled_from(" \n\t")), min_size=1, max_size=20)
seconds = st.one_of(st.integers(1, 3600), st.floats(0.1, 86_400), st.sampled_from(["500ms", "1s", "5m", "2h"]))
moments = st.one_of(
    st.integers(0, 1_900_000_000), st.sampled_from(["2026-11-30T22:00:00+07:00", "2026-11-30T15:00:00Z"])
)
lengths = st.one_of(st.integers(0, 100), st.floats(0, 100))


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def probes(auth: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    snmp = optional(
        interval=seconds,
        timeout=seconds,
        auth=st.sampled_from(auth),
        port=st.integers(1, 65535),
        retries=st.integers(0, 10),
    )
    return optional(icmp=optional(interval=seconds), snmp=snmp)


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


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return an inventory in which every reference leads somewhere."""

    def some(key: str, least: int = 0) -> list[str]:
        return draw(st.lists(ids, min_size=least, max_size=5, unique=True), label=key)

    auth = draw(st.dictionaries(ids, credentials, min_size=1, max_size=3))
    probe = probes(sorted(auth))
    cables, sites, nodes = some("cables"), some("sites", 1), some("nodes", 1)
    node = st.sampled_from(nodes)
    end = st.builds(
        lambda node, port: f"{node}:{port}" if port else node, node, st.sampled_from(["", "sfp1", "ge-0/0/1:0"])
    )

    def rows(keys: list[str], needed: dict[str, Any], **more: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
        return [{"id": key, **draw(st.fixed_dictionaries(needed, optional=more))} for key in keys]

    return {
        "version": 1,
        "region": draw(ids),
        "vantage": {
            "node": draw(node),
            "sentinels": draw(st.lists(node, max_size=2, unique=True)),
            "also": draw(st.lists(node, max_size=1)),
        },
        "auth": auth,
        "defaults": {"probe": {"snmp": {"auth": min(auth)}, "icmp": draw(optional(interval=seconds))}},
        **draw(optional(timezone=st.just("Asia/Jakarta"), false_alarms_per_year=st.floats(0.01, 100))),
        "cables": rows(cables, {"name": names}, length_km=lengths),
        "sites": rows(
            sites,
            {"name": names, "kind": st.sampled_from(["village", "pop", "noc"])},
            lat=st.floats(-90, 90),
            lon=st.floats(-180, 180),
            served=st.booleans(),
            probe=probe,
        ),
        "nodes": rows(
            nodes,
            {"site": st.sampled_from(sites)},
            role=ids,
            monitor=st.lists(st.sampled_from(["icmp", "snmp"]), unique=True),
            power_area=ids,
            address=st.ip_addresses().map(str),
            probe=probe,
        ),
        "links": rows(
            some("links"),
            {"a": end, "b": end},
            kind=st.sampled_from(["fibre", "radio", "copper"]),
            length_km=lengths,
            cables=st.lists(st.sampled_from(cables), unique=True) if cables else st.just([]),
            supplier=names,
            contract_mbps=st.floats(0.5, 1000),
            expect_receive_dbm=st.floats(-45, 10),
        ),
        "services": rows(
            some("services"),
            {"site": st.sampled_from(sites), "kind": ids, "url": st.just("http://x.desa.test/?a=b,c;d")},
            depends_on=st.lists(node, unique=True),
            interval=seconds,
            timeout=seconds,
            expect_status=st.integers(100, 599),
            expect_body=bodies,
        ),
        "maintenance": [
            {
                "id": key,
                "element": f"site:{draw(st.sampled_from(sites))}",
                "start": draw(moments),
                "end": 2e9 + draw(st.integers(0, 1000)),
                **draw(optional(note=bodies)),
            }
            for key in some("maintenance")
        ],
    }
