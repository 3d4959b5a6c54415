"""What Alertmanager is told at once: alerts out of pictures, the same that the rules make of a picture's metrics.

Alertmanager takes two alerts for one when their labels are equal, so these carry exactly the labels of the rules in
dashboards/prometheus/alerts.yaml, whoever speaks first. `decide` is a pure step: what was told before and a picture
give what is to be told now. It may forget: after a restart the closed incidents of the picture say what is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from netmon.model import Cause, ElementKind, Verdict
from netmon.picture.accounts import owner_of
from netmon.picture.state import Incident, Picture
from netmon.topology.diagnosis.stake import is_silent

Key = tuple[str, str]
"""Name of the alert and id of the fault; the latter is empty where the alert is of the monitor as a whole."""

KEEP = 300.0
"""Seconds for which Alertmanager believes an alert without hearing of it again: a restart of netmon takes less."""
FORGET = 900.0
"""Seconds for which it is repeated that an alert is over."""
MOST_NAMES = 15
WIB = timezone(timedelta(hours=7))
KINDS_ID = {
    ElementKind.CABLE: "kabel",
    ElementKind.LINK: "jalur",
    ElementKind.POWER_AREA: "area listrik",
    ElementKind.NODE: "perangkat",
    ElementKind.VANTAGE: "perangkat",
}
CAUSES_ID = {
    Cause.FIBRE: "serat optik",
    Cause.POWER: "listrik",
    Cause.DEVICE: "perangkat",
    Cause.UPSTREAM: "hulu",
    Cause.UNKNOWN: "belum diketahui",
}
UNTOLD = frozenset({Verdict.MAINTENANCE, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Telling:
    """How alerts are told.

    `labels` go on every alert: `instance` and `job` as Prometheus has them, and its external labels. A fault is told
    `hold` seconds after it began. That an alert is over is told `linger` seconds after it ended: by then Prometheus,
    which sees the metrics later, has found the same and no longer says the contrary. `page` is netmon's page.
    """

    labels: Mapping[str, str]
    hold: float = 3.0
    linger: float = 45.0
    page: str = "http://127.0.0.1:9840/"


@dataclass(frozen=True, slots=True)
class Told:
    """One alert: since when (Unix seconds), until when where it is over, and in what words; `_id` is Indonesian."""

    severity: str
    began: float
    ended: float | None = None
    summary: str = ""
    description: str = ""
    summary_id: str = ""
    description_id: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One alert as Alertmanager takes it (API v2, `postableAlert`); times are Unix seconds."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts: float
    ends: float
    is_over: bool
    generator: str


Tellings = Mapping[Key, Told]


class Said(NamedTuple):
    """What an alert says, in both languages of the messages."""

    english: str
    indonesian: str


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    severity: str
    summary: str
    summary_id: str
    said: Callable[[Incident, Picture], Said | None]  # None: it does not fire
    is_of_a_fault: bool = True
    after: float = 0.0  # seconds on top of the hold


def _fault(incident: Incident, picture: Picture) -> Said | None:
    dark = sorted(
        picture.inventory.sites[site].name
        for site, found in picture.site_findings.items()
        if found.fault == incident.id and found.verdict not in UNTOLD and site in picture.inventory.sites
    )
    if not dark:
        return None
    fault, owner = incident.fault, owner_of(incident.fault.element, picture.inventory)
    over, names = len(dark) - MOST_NAMES, ", ".join(dark[:MOST_NAMES])
    are = "site is" if len(dark) == 1 else "sites are"
    since = datetime.fromtimestamp(incident.opened, UTC)
    failed = _failed(incident)
    english = f"{failed.english}, cause {fault.cause}" + (f", owner {owner}" if owner else "")
    english += f". {len(dark)} {are} dark since {since:%Y-%m-%d %H:%M:%S} UTC: {names}"
    indonesian = f"{failed.indonesian}, penyebab {CAUSES_ID[fault.cause]}" + (f", pemilik {owner}" if owner else "")
    indonesian += f". {len(dark)} situs padam sejak {since.astimezone(WIB):%d-%m-%Y %H:%M:%S} WIB: {names}"
    more = (f" and {over} more.", f" dan {over} lainnya.") if over > 0 else (".", ".")
    return Said(english + more[0], indonesian + more[1])


def _redundancy(incident: Incident, _picture: Picture) -> Said | None:
    if not is_silent(incident.fault) or incident.window is not None or not incident.stake or not incident.stake.sites:
        return None
    failed, count = _failed(incident), len(incident.stake.sites)
    return Said(
        f"{failed.english}. One more cut would darken {count} sites.",
        f"{failed.indonesian}. Satu putus lagi akan memadamkan {count} situs.",
    )


def _isolated(incident: Incident, _picture: Picture) -> Said | None:
    if incident.fault.element.kind is not ElementKind.VANTAGE:
        return None
    return Said(
        "Nothing can be said of any site while this lasts; no site is called down.",
        "Selama ini tidak ada yang dapat dikatakan tentang situs mana pun; tidak ada situs yang disebut padam.",
    )


def _failed(incident: Incident) -> Said:
    element = incident.fault.element
    return Said(f"{element.kind} {element.id} has failed", f"{KINDS_ID[element.kind]} {element.id} rusak")


FAULT = _Rule("NetmonFault", "critical", "A fault darkens sites.", "Gangguan memadamkan situs.", _fault)
ISOLATED = _Rule(
    "NetmonMonitorIsolated",
    "critical",
    "The monitor itself is cut off from the network.",
    "Pemantau sendiri terputus dari jaringan.",
    _isolated,
    is_of_a_fault=False,
)
REDUNDANCY = _Rule(
    "NetmonRedundancyLost",
    "warning",
    "Nothing is dark, but one more cut would darken sites.",
    "Belum ada yang padam, tetapi satu putus lagi akan memadamkan situs.",
    _redundancy,
    after=57.0,
)
RULES = (FAULT, ISOLATED, REDUNDANCY)


def decide(before: Tellings, picture: Picture, now: float, telling: Telling) -> Tellings:
    """Return all that is to be told at `now` (Unix seconds), after what was to be told `before`.

    What no longer holds ends when its incident closed, or now. What ended is dropped after `FORGET` seconds; it is
    also found again in the closed incidents, by which a restart in between is made good.
    """
    firing = dict(_firing(picture, now, telling))
    after: dict[Key, Told] = {}
    for key, told in (_closed(picture, now, telling) | dict(before)).items():
        ended = now if told.ended is None else told.ended
        if told.ended is None and (incident := picture.incident(key[1])) and incident.closed is not None:
            ended = max(incident.closed, told.began)
        if now - ended < FORGET:
            after[key] = replace(told, ended=ended)
    for key, told in firing.items():
        known = before.get(key)
        began = told.began if known is None or known.ended is not None else min(known.began, told.began)
        after[key] = replace(told, began=began)
    return after


def posts(tellings: Tellings, now: float, telling: Telling) -> list[Post]:
    """Return the alerts to post at `now`; what ended only just waits."""
    ready = (
        (key, told)
        for key, told in sorted(tellings.items())
        if told.ended is None or now >= told.ended + telling.linger
    )
    return [_post(key, told, now, telling) for key, told in ready]


def _firing(picture: Picture, now: float, telling: Telling) -> Iterator[tuple[Key, Told]]:
    for incident in picture.open_incidents:
        for rule in RULES:
            if now >= incident.began + telling.hold + rule.after and (said := rule.said(incident, picture)):
                key = (rule.name, incident.id if rule.is_of_a_fault else "")
                yield key, _told(rule, incident, said)


def _closed(picture: Picture, now: float, telling: Telling) -> dict[Key, Told]:
    """Return what may have been told of incidents that closed lately: by this netmon, or before it was restarted."""
    found: dict[Key, Told] = {}
    for incident in picture.closed_incidents:
        if incident.closed is None or now - incident.closed >= FORGET:
            continue
        rule = _told_of(incident)
        if incident.closed - incident.began >= telling.hold + rule.after:
            key = (rule.name, incident.id if rule.is_of_a_fault else "")
            failed = _failed(incident)
            found[key] = _told(rule, incident, Said(f"{failed.english}.", f"{failed.indonesian}."))
    return found


def _told(rule: _Rule, incident: Incident, said: Said) -> Told:
    return Told(
        rule.severity,
        incident.began,
        incident.closed,
        rule.summary,
        said.english,
        rule.summary_id,
        said.indonesian,
    )


def _told_of(incident: Incident) -> _Rule:
    """Return the rule by which a closed incident was told, if it was."""
    if incident.fault.element.kind is ElementKind.VANTAGE:
        return ISOLATED
    return FAULT if incident.sites else REDUNDANCY


def _post(key: Key, told: Told, now: float, telling: Telling) -> Post:
    name, fault = key
    labels = {"alertname": name, "severity": told.severity, **telling.labels}
    if fault:
        labels["fault"] = fault
    annotations = {
        "summary": told.summary,
        "description": told.description,
        "summary_id": told.summary_id,
        "description_id": told.description_id,
        "runbook_url": f"http://{telling.labels.get('instance', '')}/runbooks/{name}",
    }
    ends = now + KEEP if told.ended is None else told.ended
    return Post(labels, annotations, told.began, ends, told.ended is not None, telling.page)
