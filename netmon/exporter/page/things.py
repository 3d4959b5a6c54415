"""What things of the drawing are called on pages of engineers, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from netmon.exporter.page.tables import Jump
from netmon.exporter.page.templating import Reader
from netmon.model import Inventory
from netmon.picture.words.phrases import Language
from netmon.picture.words.translate import translate


def site_jump(site: str, inventory: Inventory) -> Jump:
    """Return the name of a site, leading to its page."""
    known = inventory.sites.get(site)
    return Jump(site if known is None else known.name, f"/sites/{quote(site, safe='')}")


def district_name(district: str | None, inventory: Inventory) -> str:
    """Return what a district is called; empty where there is none."""
    known = inventory.sites.get(district or "")
    return (district or "") if known is None else known.name


def thing_name(element: Mapping[str, Any], inventory: Inventory) -> str:
    """Return what an element is called: a cable by its name, a node with its site."""
    name = str(element["id"])
    if element["kind"] == "cable" and name in inventory.cables:
        return inventory.cables[name].name
    if element["kind"] == "node" and name in inventory.nodes:
        return f"{name} ({inventory.sites[inventory.nodes[name].site].name})"
    return name


def thing_jump(element: Mapping[str, Any], inventory: Inventory, *, live: bool = False) -> Jump:
    """Return what an element is called, leading to who goes dark with it."""
    asked = {"fail": f"{element['kind']}:{element['id']}", **({"live": "true"} if live else {})}
    return Jump(thing_name(element, inventory), f"/topology/whatif?{urlencode(asked)}")


def kind_name(element: Mapping[str, Any], reader: Reader) -> str:
    """Return which kind of thing an element is."""
    return reader.say(f"element-{element['kind']}")


def said(reason: str, language: Language) -> str:
    """Return a reason for a black spot in a language: a sentence of netmon's own, or one behind a node's name."""
    whole = translate(reason, language)
    if whole != reason:
        return whole
    name, colon, rest = reason.partition(": ")
    return f"{name}: {translate(rest, language)}" if colon else reason
