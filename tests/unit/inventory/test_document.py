from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from netmon.errors import ConfigError
from netmon.inventory.document import digest, from_document, to_document, with_digest
from netmon.inventory.draft import draft
from netmon.inventory.load import load_inventory
from netmon.inventory.resolve import resolve
from netmon.model import Inventory
from tests.unit.inventory.strategies import documents

GOOD = Path(__file__).parents[2] / "data" / "inventory" / "good"


def inventory_of(data: dict[str, Any]) -> Inventory:
    found, flaws = draft(data)
    # Multicast and the like are drawn too; then the address alone is left out.
    assert all(flaw.code == "bad-address" for flaw in flaws)
    return with_digest(resolve(found))


@given(documents)
def test_a_document_gives_the_same_inventory_again_and_no_order_of_rows_changes_it(data: dict[str, Any]) -> None:
    inventory = inventory_of(data)
    turned = {key: list(reversed(value)) if isinstance(value, list) else value for key, value in data.items()}
    assert inventory_of(turned) == inventory
    stored = json.loads(json.dumps(to_document(inventory)))
    again = from_document(stored)
    assert again == inventory
    for name in ("sites", "nodes", "links", "cables", "services", "auth"):
        assert list(getattr(again, name)) == list(getattr(inventory, name)), "iteration order is part of replay"


def test_any_change_changes_the_digest() -> None:
    inventory = load_inventory(GOOD / "contract.yaml").inventory
    changed = [
        replace(inventory, region="other"),
        replace(inventory, timezone="Asia/Makassar"),
        replace(inventory, false_alarms_per_year=2.0),
        replace(inventory, vantage=replace(inventory.vantage, sentinels=())),
        replace(inventory, sites={**inventory.sites, "noc": replace(inventory.sites["noc"], served=False)}),
        replace(inventory, links={}),
        replace(inventory, auth={}),
    ]
    digests = {digest(to_document(one)) for one in [inventory, *changed]}
    assert len(digests) == len(changed) + 1
    assert inventory.digest == digest(to_document(inventory))


def test_the_document_of_the_contract() -> None:
    document = to_document(load_inventory(GOOD / "contract.yaml").inventory)
    assert document["nodes"][-1] == {
        "id": "rtr-socorejo",
        "site": "35.23.12.2002",
        "address": "198.18.12.2",
        "monitor": ["icmp", "snmp"],
        "power_area": "jenu-2",
        "probe": {
            "icmp": {"interval": 1.0},
            "snmp": {"interval": 30.0, "auth": "field", "port": 161, "timeout": 2.0, "retries": 2},
        },
    }
    assert list(document["auth"]["field"]) == ["version", "community"]
    assert list(document["auth"]["field"]["community"]) == ["file"]


@pytest.mark.parametrize("broken", [{}, {"version": 1}, {"version": 9, "region": "t", "vantage": {"node": "a"}}])
def test_a_strange_document_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="stored inventory cannot be read"):
        from_document(broken)
