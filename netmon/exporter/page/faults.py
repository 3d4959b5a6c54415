"""Faults as the pages tell them: those of the network, and those of services."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from netmon.exporter.page.templating import Reader
from netmon.exporter.page.wording import decimal
from netmon.model import ShareKind, Site
from netmon.picture.state import Incident, Picture, ServiceFault
from netmon.picture.words.facts import say
from netmon.picture.words.faults import told
from netmon.picture.words.services import fault_fact
from netmon.picture.words.translate import translate

MOST = 99
"""The most percent that is said of what is only concluded: a hundred would be a promise."""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """An open or repaired fault as the page tells it: `what` failed, and the `rest` of the sentence."""

    id: str
    what: str
    rest: str
    sites: Sequence[Site]
    evidence: Sequence[str]
    confidence: int
    has_alternatives: bool
    delay: str
    lasted: str


@dataclass(frozen=True, slots=True)
class ServiceFaultRow:
    """A fault of services as the page tells it, with the sites whose services fail by it."""

    id: str
    text: str
    services: Sequence[str]
    sites: Sequence[Site]


@dataclass(frozen=True, slots=True)
class ServiceFaultRows:
    """What fails among services: by something that many share, those with most services first, and each by itself."""

    shared: Sequence[ServiceFaultRow]
    alone: Sequence[ServiceFaultRow]

    def __len__(self) -> int:
        return len(self.shared) + len(self.alone)


def worst_first(incidents: Collection[Incident]) -> list[Incident]:
    """Return incidents in the order in which they are told: what darkens most, then what is newest."""
    return sorted(incidents, key=lambda one: (-len(one.fault.sites), -one.opened, one.id))


def fault_row(incident: Incident, picture: Picture, reader: Reader) -> FaultRow:
    """Return an incident of a picture as the page tells it."""
    inventory = picture.inventory
    lasted = picture.at - incident.began if incident.closed is None else incident.closed - incident.opened
    fault = incident.fault
    what, *rest = told(incident, inventory, picture.at, reader.language)
    return FaultRow(
        id=incident.id,
        what=what,
        rest="; ".join(rest) + ".",
        sites=[inventory.sites[site] for site in fault.sites if site in inventory.sites],
        evidence=[translate(line, reader.language) for line in incident.evidence],
        confidence=min(round(100 * fault.confidence), MOST),
        has_alternatives=bool(fault.alternatives),
        delay=decimal(f"{max(incident.named - incident.opened, 0.0):.1f}", reader.language),
        lasted=reader.length_of_time(lasted),
    )


def service_rows(picture: Picture, reader: Reader, sites: Collection[str] | None = None) -> ServiceFaultRows:
    """Return the open faults of services; of those that concern any of `sites`, where they are given."""
    rows = [
        (fault.kind, _service_row(fault, picture, reader))
        for fault in sorted(picture.service_faults, key=lambda one: (-len(one.services), one.opened, one.id))
    ]
    heeded = [(kind, row) for kind, row in rows if sites is None or any(site.id in sites for site in row.sites)]
    return ServiceFaultRows(
        [row for kind, row in heeded if kind is not ShareKind.SERVICE],
        [row for kind, row in heeded if kind is ShareKind.SERVICE],
    )


def _service_row(fault: ServiceFault, picture: Picture, reader: Reader) -> ServiceFaultRow:
    drawn = picture.inventory
    hit = dict.fromkeys(drawn.services[name].site for name in fault.services if name in drawn.services)
    return ServiceFaultRow(
        fault.id,
        say(fault_fact(fault, picture), drawn, reader.language, picture.at),
        fault.services,
        sorted((drawn.sites[site] for site in hit), key=lambda site: (site.name, site.id)),
    )
