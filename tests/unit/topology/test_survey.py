"""Devices become a draft that can be used, or proposals to the drawing that there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from netmon.events import NeighboursHeard
from netmon.inventory.check import check
from netmon.inventory.draft import draft
from netmon.model import Identity, Inventory, LinkEnd
from netmon.topology.survey import Device, draft_document, proposals, slug, survey
from tests.unit.topology.neighbourhoods import Pair, drawing, words

AUTH = {"version": "2c", "community": {"env": "NETMON_COMMUNITY"}}
CABLES = [("a:1", "b:1"), ("b:2", "c:1"), ("c:2", "a:2")]


def devices(cables: Iterable[Pair], drawn: Inventory | None = None) -> list[Device]:
    """Return the devices of a network at the addresses that a drawing of it has."""
    inventory = drawing(cables) if drawn is None else drawn
    found = []
    for event in sorted(words(cables), key=lambda event: event.node):
        address = inventory.nodes[event.node].address or ""
        found.append(Device(address, event.node, "Kantor", replace(event, node=address)))
    return found


def document(found: list[Device]) -> dict[str, Any]:
    return draft_document(survey(found), "field", AUTH)


def test_a_draft_is_an_inventory_with_the_same_links() -> None:
    data = document(devices(CABLES))
    read, flaws = draft(data)
    assert not flaws
    assert not [flaw for flaw in check(read) if flaw.severity.name == "ERROR"]
    assert {frozenset((link["a"], link["b"])) for link in data["links"]} == {frozenset(pair) for pair in CABLES}
    assert data["vantage"] == {"node": "a", "sentinels": ["b", "c"]}
    assert data["sites"] == [{"id": "Kantor", "name": "Kantor", "kind": "other"}]


def test_ports_that_share_a_silent_switch_are_drawn_with_one() -> None:
    shared = [("a:1", "b:1"), ("b:1", "c:1"), ("c:1", "a:1"), ("c:2", "d:1")]
    data = document(devices(shared))
    read, flaws = draft(data)
    assert not flaws
    assert not [flaw for flaw in check(read) if flaw.severity.name == "ERROR"]
    (segment,) = [node for node in data["nodes"] if not node["monitor"]]
    assert {link["b"] for link in data["links"] if link["a"] == segment["id"]} == {"a:1", "b:1", "c:1"}
    assert len(data["links"]) == 4


def test_names_that_are_no_ids_become_some() -> None:
    assert slug("Balai Desa / Jenu #2") == "Balai-Desa-Jenu-2"
    assert slug("...") == ""
    heard = NeighboursHeard(1.0, "", Identity("MikroTik"), ())
    found = [Device(f"198.18.0.{i}", "MikroTik", "", heard) for i in (1, 2)] + [Device("fd00::1", "", "", heard)]
    assert [node["id"] for node in document(found)["nodes"]] == ["MikroTik", "MikroTik-2", "node-fd00-1"]


def test_who_is_only_heard_of_is_pinged_and_not_polled() -> None:
    found = [*devices(CABLES), Device("198.18.0.99", "ap")]
    nodes = {node["id"]: node for node in document(found)["nodes"]}
    assert nodes["ap"]["monitor"] == ["icmp"]
    assert nodes["a"]["monitor"] == ["icmp", "snmp"]


def test_a_drawing_that_is_right_gets_no_proposal() -> None:
    drawn = drawing(CABLES)
    assert proposals(survey(devices(CABLES, drawn), drawn)) == ()


def test_a_moved_cable_is_a_changed_link() -> None:
    drawn = drawing([*CABLES, ("c:4", "d:1")])
    moved = [("c:4", "d:1"), *CABLES[:2], ("c:2", "d:2")]
    (change,) = proposals(survey(devices(moved, drawn), drawn))
    assert (change.action, change.id) == ("change-link", "c:2=a:2")
    assert change.entry == {"id": "c:2=a:2", "a": "c:2", "b": "d:2"}


def test_a_new_device_comes_with_its_site_and_link() -> None:
    drawn = drawing(CABLES)
    now = [*CABLES, ("c:3", "e:1")]
    full = replace(drawing(now), links=drawn.links)
    before = replace(full, nodes={name: node for name, node in full.nodes.items() if name != "e"})
    made = proposals(survey(devices(now, full), before))
    assert [(one.action, one.id) for one in made] == [("add-site", "Kantor"), ("add-node", "e"), ("add-link", "c-e")]
    assert made[2].entry == {"id": "c-e", "a": "c:3", "b": "e:1"}


def test_ports_that_are_not_drawn_are_named() -> None:
    bare = drawing([("a", "b"), ("b", "c"), ("c", "a")])
    made = proposals(survey(devices(CABLES, bare), bare))
    assert {one.action for one in made} == {"name-ports"}
    assert {"id": "b=c", "a": "b:2", "b": "c:1"} in [one.entry for one in made]


def test_what_is_drawn_and_not_heard_is_to_be_looked_at() -> None:
    drawn = drawing([*CABLES, ("a:7", "b:7")])
    (look,) = proposals(survey(devices(CABLES, drawn), drawn))
    assert (look.action, look.id, look.entry) == ("check-link", "a:7=b:7", None)


def test_an_extra_link_on_a_drawn_port_is_to_be_looked_at() -> None:
    drawn = drawing(CABLES)
    crowded = [*CABLES, ("a:1", "c:9"), ("b:1", "c:9")]
    made = proposals(survey(devices(crowded, drawn), drawn))
    assert {one.action for one in made} == {"check-port"}


def test_a_known_device_keeps_the_id_that_people_gave_it() -> None:
    drawn = drawing(CABLES)
    found = [replace(device, name=f"SYS-{device.name}") for device in devices(CABLES, drawn)]
    assert set(survey(found, drawn).devices) == {"a", "b", "c"}
    assert LinkEnd("a", "1") in {end for link in survey(found, drawn).discovered.links for end in link.ends}
