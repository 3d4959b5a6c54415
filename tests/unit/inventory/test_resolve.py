from __future__ import annotations

from pathlib import Path

import pytest

from netmon.errors import UsageError
from netmon.inventory.explain import as_drawn, resolved
from netmon.inventory.load import load_inventory, read_drawing
from netmon.model import Contract, IcmpProbe, SnmpProbe

FILE = Path(__file__).parents[2] / "data" / "inventory" / "good" / "inherits.yaml"


def test_the_nearest_level_wins() -> None:
    nodes = load_inventory(FILE).inventory.nodes
    assert nodes["no"].icmp == IcmpProbe(interval=2.0)
    assert nodes["no"].snmp is None
    assert nodes["off"].icmp == IcmpProbe(interval=0.5)
    assert nodes["off"].snmp == SnmpProbe(interval=300.0, auth="old", port=161, timeout=0.5, retries=0)
    assert nodes["yes"].snmp == SnmpProbe(interval=300.0, auth="field", port=161, timeout=0.5, retries=0)
    assert nodes["off"].monitor == ("icmp", "snmp")


def test_equal_settings_are_one_value() -> None:
    nodes = load_inventory(FILE).inventory.nodes
    assert nodes["no"].icmp is nodes["yes"].icmp


def test_names_that_look_like_other_types_stay_names() -> None:
    inventory = load_inventory(FILE).inventory
    assert inventory.region == "on"
    assert set(inventory.sites) == {"010"}
    assert set(inventory.nodes) == {"no", "off", "yes"}


def test_addresses_are_canonical() -> None:
    assert load_inventory(FILE).inventory.nodes["no"].address == "fd00::1"


def test_credentials_of_version_3() -> None:
    auth = load_inventory(FILE).inventory.auth["field"]
    assert (auth.version, auth.user, auth.auth_protocol, auth.priv_protocol) == ("3", "netmon", "sha256", "aes128")
    assert auth.auth_password is not None
    assert auth.auth_password.file == str((FILE.parent / "secret").absolute())
    assert auth.community is None


def test_resolved_says_where_each_value_comes_from() -> None:
    lines = {line.key: (line.value, line.origin) for line in resolved(read_drawing(FILE), "off")}
    numbers = dict(enumerate(FILE.read_text().splitlines(), start=1))

    def at(text: str) -> str:
        (number,) = (number for number, line in numbers.items() if text in line)
        return f"{FILE}:{number}"

    assert lines["probe.icmp.interval"] == (0.5, at("icmp: {interval: 500ms}"))
    assert lines["probe.snmp.auth"] == ("old", at("snmp: {auth: old}"))
    assert lines["probe.snmp.interval"] == (300.0, at("&slow"))
    assert lines["probe.snmp.timeout"] == (0.5, at("timeout: 500ms"))
    assert lines["probe.snmp.port"] == (161, "built in")
    assert lines["role"] == ("router", "built in")
    assert lines["power_area"] == (None, "built in")


def test_as_drawn_shows_only_what_is_written() -> None:
    keys = [line.key for line in as_drawn(read_drawing(FILE), "off")]
    assert keys == ["id", "site", "address", "monitor", "probe.icmp.interval", "probe.snmp.auth"]


def test_an_unknown_node_is_refused_with_a_hint() -> None:
    with pytest.raises(UsageError, match='did you mean "off"'):
        resolved(read_drawing(FILE), "of")


def test_a_line_takes_supplier_and_speed_from_its_contract() -> None:
    inventory = load_inventory(FILE.with_name("contracts.yaml")).inventory
    links = inventory.links
    assert inventory.contracts["desa-20"] == Contract("desa-20", "icon", 99.0, 2_500_000.0, 20.0)
    assert (links["plain"].supplier, links["plain"].contract_mbps) == ("icon", 20.0)
    assert (links["fast"].supplier, links["fast"].contract_mbps) == ("icon", 50.0)
    assert (links["free"].supplier, links["free"].contract) == (None, None)
