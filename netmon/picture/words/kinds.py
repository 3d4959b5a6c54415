"""What kinds of things are called, in English and Indonesian: roles of nodes, lines, services, words of routers.

Roles of nodes and kinds of services are free words of the drawing: those that have no entry here stay as written.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import LinkKind
from netmon.picture.words.phrases import Language, Phrase

ROLES: Mapping[str, Phrase] = {
    "router": Phrase("router", "router"),
    "switch": Phrase("switch", "switch"),
    "core": Phrase("core", "router inti"),
    "vantage": Phrase("vantage", "pemantau"),
    "server": Phrase("server", "peladen"),
    "splitter": Phrase("splitter", "pembagi optik"),
    "gateway": Phrase("gateway", "gerbang"),
    "radio": Phrase("radio", "radio"),
    "access-point": Phrase("access-point", "titik akses"),
    "olt": Phrase("olt", "OLT"),
    "onu": Phrase("onu", "ONU"),
    "odp": Phrase("odp", "ODP"),
    "ups": Phrase("ups", "UPS"),
}
LINES: Mapping[str, Phrase] = {
    LinkKind.FIBRE: Phrase("fibre", "serat optik"),
    LinkKind.RADIO: Phrase("radio", "radio"),
    LinkKind.COPPER: Phrase("copper", "tembaga"),
    LinkKind.LEASED: Phrase("leased", "sewa"),
    LinkKind.VIRTUAL: Phrase("virtual", "virtual"),
}
SERVICES: Mapping[str, Phrase] = {
    "website": Phrase("website", "situs web"),
    "kiosk": Phrase("kiosk", "anjungan"),
    "dns": Phrase("dns", "DNS"),
    "tcp": Phrase("tcp", "TCP"),
    "mail": Phrase("mail", "surel"),
}
SAID: Mapping[str, Phrase] = {
    "net-unreachable": Phrase("net-unreachable", "jaringannya tak terjangkau"),
    "host-unreachable": Phrase("host-unreachable", "perangkatnya tak terjangkau"),
    "prohibited": Phrase("prohibited", "tidak diizinkan lewat"),
}
"""Why a router says that something cannot be reached (`probes/icmp/errors`)."""


def called(name: str, table: Mapping[str, Phrase], language: Language) -> str:
    """Return what something of a table is called; what is not in it stays as it is."""
    found = table.get(name)
    if found is None:
        return str(name)
    return found.id if language is Language.INDONESIAN else found.en
