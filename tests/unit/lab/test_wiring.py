"""How an inventory becomes ports and addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import ConfigError
from netmon.lab.wires.wiring import NAME_LIMIT, is_device_name, wire
from netmon.model import Inventory, LinkEnd
from tests.characters import UNICODE
from tests.lab.counties import draw
from tests.rows import every_row
from tests.unit.lab.drawings import inventories


def with_ports(inventory: Inventory, ports: dict[str, tuple[str | None, str | None]]) -> Inventory:
    """Return the inventory with these port names at the ends of links."""
    links = dict(inventory.links)
    for link, (a, b) in ports.items():
        drawn = links[link]
        links[link] = replace(drawn, a=LinkEnd(drawn.a.node, a), b=LinkEnd(drawn.b.node, b))
    return replace(inventory, links=links)


def test_drawn_ports_keep_their_names_and_others_get_some() -> None:
    inventory = with_ports(draw([("a", "b"), ("a", "c")]), {"a-b": ("ether1", None)})
    wiring = wire(inventory)
    assert {(port.name, port.device) for port in wiring.ports["a"]} == {("ether1", "ether1"), ("sfp1", "sfp1")}
    assert [port.name for port in wiring.ports["b"]] == ["sfp1"]


def test_a_generated_name_does_not_take_that_of_a_drawn_port() -> None:
    inventory = with_ports(draw([("a", "b"), ("a", "c")]), {"a-c": ("sfp1", None)})
    names = {port.link: port.device for port in wire(inventory).ports["a"]}
    assert names == {"a-c": "sfp1", "a-b": "sfp2"}


@every_row(
    "name",
    ["GigabitEthernet0/0/1", "a-name-of-16-chr", "two words", "lo", "all", "..", "qsfp28:1", "sfp%d", "", "ä1"],
)
def test_names_the_kernel_refuses_stay_the_name_in_snmp_only(name: str) -> None:
    inventory = with_ports(draw([("a", "b")]), {"a-b": (name, None)})
    port = wire(inventory).ports["a"][0]
    assert not is_device_name(name)
    assert port.name == (name or "sfp1")
    assert port.device == "sfp1"


@pytest.mark.parametrize("name", ["²", "sfp²", "١"])
def test_figures_that_are_no_digits_are_letters_of_a_name(name: str) -> None:
    wiring = wire(with_ports(draw([("a", "b"), ("a", "c")]), {"a-b": (name, None), "a-c": ("sfp2", None)}))
    assert {port.name for port in wiring.ports["a"]} == {name, "sfp2"}


def test_ports_are_numbered_in_the_order_of_their_names() -> None:
    drawn = draw([("a", "b"), ("a", "c"), ("a", "d")])
    inventory = with_ports(drawn, {"a-b": ("sfp10", None), "a-c": ("sfp9", None), "a-d": ("ether1", None)})
    assert [(port.index, port.name) for port in wire(inventory).ports["a"]] == [
        (2, "ether1"),
        (3, "sfp9"),
        (4, "sfp10"),
    ]


@given(inventories, st.data())
def test_every_interface_is_legal_unique_and_has_one_other_end(inventory: Inventory, data: st.DataObject) -> None:
    name = st.one_of(st.none(), st.text(UNICODE, max_size=20), st.sampled_from(["sfp1", "sfp2", "ether1"]))
    inventory = with_ports(inventory, {link: (data.draw(name), data.draw(name)) for link in inventory.links})
    wiring = wire(inventory)
    macs = [port.mac for ports in wiring.ports.values() for port in ports]
    assert len(set(macs)) == len(macs) == 2 * len(inventory.links)
    for node, ports in wiring.ports.items():
        assert len({port.device for port in ports}) == len(ports)
        assert all(is_device_name(port.device) and len(port.device) <= NAME_LIMIT for port in ports)
        assert [port.index for port in ports] == list(range(2, 2 + len(ports)))
        for port in ports:
            assert wiring.far(port).link == port.link
            assert wiring.far(wiring.far(port)) == port
            assert wiring.near(port.link, node) == port


def test_passive_nodes_get_addresses_that_the_inventory_does_not_use() -> None:
    drawn = draw([("a", "b"), ("b", "c")], passive={"b"})
    taken = replace(drawn.nodes["c"], address="198.19.255.254")
    inventory = replace(drawn, nodes={**drawn.nodes, "c": taken})
    held = wire(inventory).addresses
    assert [str(address) for address in held["b"]] == ["198.19.255.253"]
    assert [str(address) for address in held["c"]] == ["198.19.255.254"]


def test_the_vantage_speaks_every_version_that_nodes_have() -> None:
    drawn = draw([("a", "b"), ("b", "c")])
    inventory = replace(drawn, nodes={**drawn.nodes, "c": replace(drawn.nodes["c"], address="2001:db8::c")})
    held = wire(inventory).addresses
    assert [address.version for address in held["a"]] == [4, 6]
    assert [address.version for address in held["b"]] == [4]


def test_a_host_name_is_no_address() -> None:
    drawn = draw([("a", "b")])
    inventory = replace(drawn, nodes={**drawn.nodes, "b": replace(drawn.nodes["b"], address="router.test")})
    with pytest.raises(ConfigError, match=r"node b: 'router\.test' is not an IP address"):
        wire(inventory)
