"""The physical parts of a device: ENTITY-MIB (RFC 6933), and in which port each sits.

A sensor belongs to the first thing on its way up to the chassis that is a port: by entAliasMappingIdentifier, by its
name, or, where neither helps, by the port that the sensor's own name starts with, or says it is for.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Malformed, Oid, oid, oid_text
from netmon.probes.vendors.port_names import find_port, names_by_short
from netmon.probes.vendors.rows import EntityRow
from netmon.probes.vendors.tables import SLOW, Found, Part, Table
from netmon.probes.vendors.values import integer, text

DESCRIPTION = oid("1.3.6.1.2.1.47.1.1.1.1.2")
CONTAINED_IN = oid("1.3.6.1.2.1.47.1.1.1.1.4")
CLASS = oid("1.3.6.1.2.1.47.1.1.1.1.5")
NAME = oid("1.3.6.1.2.1.47.1.1.1.1.7")
SERIAL = oid("1.3.6.1.2.1.47.1.1.1.1.11")
MODEL = oid("1.3.6.1.2.1.47.1.1.1.1.13")
ALIAS = oid("1.3.6.1.2.1.47.1.3.2.1.2")  # index: entity, logical entity; the value is the identifier ifIndex.N
COLUMNS = (DESCRIPTION, CONTAINED_IN, CLASS, NAME, SERIAL, MODEL, ALIAS)

_IF_INDEX = "1.3.6.1.2.1.2.2.1.1."
_CLASSES = {
    1: "other",
    2: "unknown",
    3: "chassis",
    4: "backplane",
    5: "container",
    6: "power supply",
    7: "fan",
    8: "sensor",
    9: "module",
    10: "port",
    11: "stack",
    12: "cpu",
}
_MAY_BEAR_A_PORT_NAME = frozenset({None, "unknown", "container", "sensor", "module", "port"})
_MOST_LEVELS = 16
_OF = " for "  # as in `DOM RX Power Sensor for Ethernet5`


def decode_entities(found: Found) -> tuple[EntityRow, ...]:
    """Decode the columns of `COLUMNS`; rows in order of entPhysicalIndex."""
    indexes = [index[0] for index in found.indexes(CLASS, NAME, DESCRIPTION, CONTAINED_IN) if len(index) == 1]
    parents = {index: integer(found.at(CONTAINED_IN, (index,))) or 0 for index in indexes}
    aliases = _aliases(found)
    names, short = frozenset(found.ports.values()), names_by_short(found.ports.values())

    def own_port(index: int) -> str | None:
        if index in aliases:
            return aliases[index]
        kind = _CLASSES.get(integer(found.at(CLASS, (index,))) or 0)
        if kind not in _MAY_BEAR_A_PORT_NAME:
            return None
        if kind == "port" and found.nameless:
            return text(found.at(NAME, (index,))) or None
        exact = names if kind == "port" else names - {name for name in names if not _has_letter(name)}
        said = [text(found.at(column, (index,))) or "" for column in (NAME, DESCRIPTION)]
        said += [words.rpartition(_OF)[2] for words in said if _OF in words]
        return next((port for words in said if (port := find_port(words, short, exact)) is not None), None)

    own = {index: own_port(index) for index in indexes}

    def port_of(index: int) -> str | None:
        for _ in range(_MOST_LEVELS):
            if own.get(index) is not None:
                return own[index]
            if index not in parents:
                break
            index = parents[index]
        return None

    return tuple(
        EntityRow(
            index=index,
            kind=_CLASSES.get(integer(found.at(CLASS, (index,))) or 0),
            name=text(found.at(NAME, (index,))) or None,
            description=text(found.at(DESCRIPTION, (index,))) or None,
            model=text(found.at(MODEL, (index,))) or None,
            serial=text(found.at(SERIAL, (index,))) or None,
            port=port_of(index),
        )
        for index in indexes
    )


def _aliases(found: Found) -> dict[int, str]:
    """Return ports by entity, as entAliasMappingIdentifier names them."""
    ports: dict[int, str] = {}
    for index in found.indexes(ALIAS):
        value = found.at(ALIAS, index)
        if not index or not isinstance(value, Oid):
            continue
        try:
            dotted = oid_text(value)
        except Malformed:
            continue
        number = dotted.removeprefix(_IF_INDEX)
        port = found.ports.get(int(number)) if dotted != number and number.isdigit() else None
        if port is not None:
            ports.setdefault(index[0], port)
    return ports


def _has_letter(name: str) -> bool:
    return any(c.isalpha() for c in name)


def label(found: Found, index: int) -> str:
    """Return what to call an entity: its name, its description, or its number."""
    entity = found.entities.get(index)
    named = None if entity is None else entity.name or entity.description
    return named or f"entity {index}"


ENTITIES = Table("entity", Part.ENTITIES, decode_entities, COLUMNS, every=SLOW)
