"""From where the questions about a network are asked: the drawing, or what a running daemon says is left of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netmon.cli.output import inventory_option
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.model import Element, Inventory
    from netmon.topology.robustness.footing import Footing

F = TypeVar("F", bound=Callable[..., Any])
KINDS = {"node": "node", "link": "link", "cable": "cable", "power": "power_area", "power_area": "power_area"}
_DARK = frozenset({"down", "unreachable"})


def standpoint_options(command: F) -> F:
    """Add `-i`, `--live` and `--url`."""
    command = click.option(
        "--url", envvar="NETMON_URL", default="http://127.0.0.1:9840", show_default=True, help="The daemon of --live."
    )(command)
    command = click.option("--live", is_flag=True, help="Without what a running daemon says is dark or cut.")(command)
    return inventory_option(command)


def read_inventory(path: str) -> Inventory:
    """Return a drawing; no secrets are looked for."""
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (help must not load it)

    return load_inventory(Path(path), with_secrets=False).inventory


def stand(inventory: Inventory, *, live: bool, url: str) -> Footing:
    """Return the drawing as a graph, without what is dark or cut today when `live`."""
    from netmon.topology.graph import Graph  # noqa: PLC0415
    from netmon.topology.robustness.footing import Footing  # noqa: PLC0415

    graph = Graph.from_inventory(inventory)
    if not live:
        footing = Footing.of(graph)
    else:
        from netmon.cli.status import fetch  # noqa: PLC0415

        picture = fetch(url, "/api/v1/picture")
        if picture["inventory"] != inventory.digest:
            click.echo("netmon: the daemon watches another version of this drawing", err=True)
        dark = {row["id"] for row in picture["nodes"] if row["verdict"] in _DARK}
        cut = {row["id"] for row in picture["links"] if row["state"] == "down"}
        click.echo(f"today {len(dark)} nodes are dark and {len(cut)} links cut", err=True)
        footing = Footing.of(graph, dark=dark, cut=cut)
    left_out = footing.unjoined()
    if left_out:
        names = ", ".join(left_out[:3]) + (", …" if len(left_out) > 3 else "")
        click.echo(f"{len(left_out)} served sites are not joined to the vantage and left out: {names}", err=True)
    return footing


def tell_uncounted(inventory: Inventory) -> None:
    """Say how many served sites do not say how many people live there, where others do."""
    served = [site for site in inventory.sites.values() if site.served]
    uncounted = sum(site.people is None for site in served)
    if 0 < uncounted < len(served):
        click.echo(f"{uncounted} of {len(served)} served sites do not say how many people live there", err=True)


def read_elements(inventory: Inventory, texts: tuple[str, ...], option: str) -> list[Element]:
    """Return elements written `cable:ID`, `node:ID`, `link:ID` or `power:ID`.

    Raises:
        UsageError: one is not written so, or not in the drawing.
    """
    return [_element(inventory, text, option) for text in texts]


def _element(inventory: Inventory, text: str, option: str) -> Element:
    from netmon.inventory.flaw import did_you_mean  # noqa: PLC0415
    from netmon.model import Element, ElementKind  # noqa: PLC0415

    word, _, name = text.partition(":")
    if word not in KINDS or not name:
        raise UsageError(
            f"{option} {text!r} names nothing that can fail", "write cable:ID, node:ID, link:ID or power:ID"
        )
    kind = ElementKind(KINDS[word])
    areas = {node.power_area for node in inventory.nodes.values() if node.power_area is not None}
    known = {
        ElementKind.NODE: inventory.nodes,
        ElementKind.LINK: inventory.links,
        ElementKind.CABLE: inventory.cables,
        ElementKind.POWER_AREA: areas,
    }[kind]
    if name not in known:
        hint = did_you_mean(name, sorted(known)) or "see the inventory"
        raise UsageError(f"there is no {word} {name!r}", hint)
    return Element(kind, name)
