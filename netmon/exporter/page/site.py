"""The page of one site: its verdict and why, its ledger, its nodes, lines and services, its outages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netmon.exporter.page.bars import make_bar
from netmon.exporter.page.faults import fault_row, service_rows
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.page.wording import milliseconds, percent
from netmon.exporter.view import View
from netmon.model import Finding, Link, Node, Service, Site, Verdict
from netmon.picture.ledger import Outage, Span, outages
from netmon.picture.line_ledger import ledger_lines
from netmon.picture.state import NodeState, Picture
from netmon.picture.words.facts import phrase, say
from netmon.picture.words.faults import headline
from netmon.picture.words.kinds import ROLES, SERVICES, called
from netmon.picture.words.phrases import Language
from netmon.picture.words.services import service_fact
from netmon.picture.words.translate import translate
from netmon.picture.words.why import why

_PERIODS = (("last-day", 86_400.0), ("last-month", 30 * 86_400.0))
_OUTAGES = 20  # the latest ones on the page; the API has all
_UNJUDGED = Finding(Verdict.UNKNOWN)
_UNSEEN = NodeState()


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One line of a site's nodes; `role`, `rtt` and `loss` are written out."""

    node: Node
    role: str
    verdict: Verdict
    since: float | None
    rtt: str
    loss: str
    notes: str


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One line of a site's outages."""

    start: float
    end: float | None
    dark_seconds: float
    unknown_seconds: float
    because: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One line of a site's services."""

    id: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a site: its supplier, what it does and since when; `outages` are those of its ledger."""

    link: Link
    verdict: Verdict
    since: float
    outages: int
    dark_seconds: float


def site_page(view: View, site: Site, reader: Reader, now: float) -> str:
    """Return the page of one site."""
    picture = view.picture
    inventory = picture.inventory
    timeline = picture.ledger.get(site.id, ())
    finding = picture.site_findings.get(site.id, _UNJUDGED)
    incident = picture.incident(finding.fault) if finding.fault is not None else None
    district = inventory.sites.get(site.district) if site.district is not None else None
    known = list(outages(site.id, timeline, picture.at))
    return render(
        "site.html",
        view,
        now,
        reader,
        site=site,
        district=district if district is not site else None,
        finding=finding,
        since=timeline[-1].start if timeline else None,
        fault=fault_row(incident, picture, reader) if incident is not None else None,
        why=_why_rows(picture, site, reader.language),
        periods=[
            (reader.say(title), make_bar(timeline, start, picture.at))
            for title, start in _periods(timeline, picture.at)
        ],
        nodes=list(_node_rows(view, site, reader)),
        lines=list(_line_rows(picture, site)),
        services=[
            _service_row(service, picture, reader.language)
            for service in inventory.services.values()
            if service.site == site.id
        ],
        service_faults=service_rows(picture, reader, (site.id,)),
        outages=[_outage_row(outage, picture, reader.language) for outage in known[: -_OUTAGES - 1 : -1]],
    )


def _why_rows(picture: Picture, site: Site, language: Language) -> list[tuple[str, list[tuple[float | None, str]]]]:
    """Return what `netmon why` says of the site: headings, each with times and sentences."""
    answer = why(picture, site)
    parts = (("because", answer.because), ("rejected", answer.rejected), ("would-change", answer.would_change))
    return [
        (
            phrase(heading, language),
            [(fact.at, say(fact, picture.inventory, language, picture.at)) for fact in facts],
        )
        for heading, facts in parts
        if facts
    ]


def _periods(timeline: tuple[Span, ...], now: float) -> list[tuple[str, float]]:
    """Return the keys and beginnings of the bars; a young ledger also gets one of its own length."""
    periods = [(title, now - length) for title, length in _PERIODS]
    if timeline and periods[0][1] < timeline[0].start < now:
        periods.insert(0, ("whole-ledger", timeline[0].start))
    return periods


def _node_rows(view: View, site: Site, reader: Reader) -> Iterator[NodeRow]:
    picture = view.picture
    column = {node: index for index, node in enumerate(view.icmp.nodes)} if view.icmp is not None else {}
    for _, node in sorted(picture.inventory.nodes.items()):
        if node.site != site.id:
            continue
        state = picture.nodes.get(node.id, _UNSEEN)
        rtt = loss = np.nan
        if view.icmp is not None and node.id in column:
            rtt, loss = view.icmp.last_rtt[column[node.id]], view.icmp.loss[column[node.id]]
        notes = [translate(state.quality, reader.language)] if state.quality else []
        notes += [reader.say("passive")] if not node.monitor else []
        notes += [reader.say("articulation")] if node.id in picture.topology.articulation_points else []
        yield NodeRow(
            node,
            called(node.role, ROLES, reader.language),
            picture.node_findings.get(node.id, _UNJUDGED).verdict,
            state.since or None,
            "" if np.isnan(rtt) else milliseconds(rtt, reader.language),
            "" if np.isnan(loss) else percent(loss, reader.language),
            "; ".join(notes),
        )


def _line_rows(picture: Picture, site: Site) -> Iterator[LineRow]:
    for link in ledger_lines(site.id, picture):
        timeline = picture.line_ledger[link.id]
        known = list(outages(link.id, timeline, picture.at))
        seconds = sum(outage.dark_seconds for outage in known)
        yield LineRow(link, timeline[-1].verdict, timeline[-1].start, len(known), seconds)


def _service_row(service: Service, picture: Picture, language: Language) -> ServiceRow:
    words = say(service_fact(service.id, picture), picture.inventory, language, picture.at)
    return ServiceRow(service.id, called(service.kind, SERVICES, language), words)


def _outage_row(outage: Outage, picture: Picture, language: Language) -> OutageRow:
    reasons = [
        f"{id_}: {headline(incident.fault, picture.inventory, language=language)}"
        if (incident := picture.incident(id_))
        else id_
        for id_ in outage.incidents
    ]
    return OutageRow(outage.start, outage.end, outage.dark_seconds, outage.unknown_seconds, "; ".join(reasons))
