"""Facts in words, in either language: names, times and shares as people write them."""

from __future__ import annotations

from netmon.model import Element, ElementKind, Inventory, PortId
from netmon.picture.words.fact import Fact, Value
from netmon.picture.words.faults import moment, place
from netmon.picture.words.kinds import LINES, ROLES, SAID, SERVICES, called
from netmon.picture.words.phrases import PHRASES, Language
from netmon.picture.words.service_phrases import FAILURES, SERVICE_PHRASES
from netmon.picture.words.translate import translate

TIMES = frozenset({"since", "word", "until"})
_NAMED = {"failure": FAILURES, "kind": SERVICES, "said": SAID}
"""Values that are words of a table."""


def say(fact: Fact, inventory: Inventory, language: Language, now: float) -> str:
    """Return one fact as a sentence; times of another day than `now` carry their date."""
    written = {name: _written(name, value, inventory, language, now) for name, value in fact.values.items()}
    return phrase(fact.key, language).format(**written)


def phrase(key: str, language: Language) -> str:
    """Return a phrase with its braces.

    Raises:
        KeyError: there is none of this key.
    """
    found = PHRASES.get(key) or SERVICE_PHRASES[key]
    return found.id if language is Language.INDONESIAN else found.en


def element_name(element: Element, inventory: Inventory, language: Language) -> str:
    """Return an element as people call it."""
    match element.kind:
        case ElementKind.LINK if element.id in inventory.links:
            link = inventory.links[element.id]
            ends = [place(end.node, inventory) for end in (link.a, link.b)]
            if ends[0] == ends[1]:
                ends = [link.a.node, link.b.node]
            kind = called(link.kind, LINES, language)
            return phrase("name-link", language).format(kind=kind, a=ends[0], b=ends[1])
        case ElementKind.CABLE if element.id in inventory.cables:
            return inventory.cables[element.id].name
        case ElementKind.NODE if element.id in inventory.nodes:
            role = called(inventory.nodes[element.id].role, ROLES, language)
            site = place(element.id, inventory)
            return phrase("name-node", language).format(role=role, node=element.id, site=site)
        case ElementKind.POWER_AREA:
            return phrase("name-area", language).format(area=element.id)
        case ElementKind.VANTAGE:
            return phrase("name-vantage", language)
        case _:
            return element.id


def _written(name: str, value: Value, inventory: Inventory, language: Language, now: float) -> str:
    if isinstance(value, Element):
        return element_name(value, inventory, language)
    if isinstance(value, PortId):
        return str(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if name == "cause":
        return phrase(str(value), language)
    if name in _NAMED:
        return called(str(value), _NAMED[name], language)
    if name == "reason":
        return translate(str(value), language)
    if name == "sure" and isinstance(value, float):
        return f"{100 * value:.0f} %"
    if name in TIMES and isinstance(value, float):
        return moment(value, inventory, now)
    return str(value)
