"""The shapes of the API's documents, as JSON Schema 2020-12: every key always there, no other ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from netmon.exporter.api.documents import SCHEMA_VERSION
from netmon.model import Cause, ElementKind, LinkKind, Reach, ShareKind, SiteKind, Verdict
from netmon.picture.words.phrases import Language
from netmon.topology.blackspots import Sense
from netmon.topology.drift import DriftKind

Shape = Mapping[str, Any]


def text(says: str = "") -> dict[str, Any]:
    """Return the shape of a text."""
    return {"type": "string", **({"description": says} if says else {})}


def one_of(values: Iterable[str]) -> dict[str, Any]:
    """Return the shape of a text that is one of a few."""
    return {"type": "string", "enum": [str(value) for value in values]}


def named(name: str) -> dict[str, Any]:
    """Return a reference to one of `SHAPES`."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(shape: Shape) -> dict[str, Any]:
    """Return a shape whose value may be unknown."""
    return {"anyOf": [dict(shape), {"type": "null"}]}


def several(shape: Shape) -> dict[str, Any]:
    """Return the shape of a list."""
    return {"type": "array", "items": dict(shape)}


def keyed(shape: Shape, says: str = "by id") -> dict[str, Any]:
    """Return the shape of an object whose keys are not known beforehand."""
    return {"type": "object", "description": says, "additionalProperties": dict(shape)}


def made_of(**fields: Shape) -> dict[str, Any]:
    """Return the shape of an object with exactly these keys."""
    return {
        "type": "object",
        "required": sorted(fields),
        "properties": {name: dict(shape) for name, shape in sorted(fields.items())},
        "additionalProperties": False,
    }


def document(**fields: Shape) -> dict[str, Any]:
    """Return the shape of an answer: these keys, and those that say of which moment it is."""
    return made_of(
        schema_version={"const": SCHEMA_VERSION},
        at=WHEN,
        position={"type": "integer", "minimum": 0, "description": "the last journal entry in it"},
        network={**one_of(("kernel", "lab", "simulated")), "description": "where probes go; kernel is the real one"},
        **fields,
    )


WHEN = {"type": "string", "format": "date-time", "description": "UTC, RFC 3339"}
MAYBE_WHEN = or_null(WHEN)
MAYBE_TEXT = or_null(text())
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
SECONDS = {"type": "number", "minimum": 0}
AMOUNT = {"type": "number", "minimum": 0}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
IDS = several(text())

_SITE: dict[str, Shape] = {
    "id": text(),
    "name": text(),
    "kind": one_of(SiteKind),
    "district": MAYBE_TEXT,
    "lat": or_null({"type": "number", "minimum": -90, "maximum": 90}),
    "lon": or_null({"type": "number", "minimum": -180, "maximum": 180}),
    "served": FLAG,
    "verdict": one_of(Verdict),
    "fault": MAYBE_TEXT,
    "since": MAYBE_WHEN,
    "on_spare": FLAG,
}

_LINK: dict[str, Shape] = {
    "id": text(),
    "a": named("End"),
    "b": named("End"),
    "kind": one_of(LinkKind),
    "length_meters": or_null(SECONDS),
    "cables": IDS,
    "supplier": MAYBE_TEXT,
    "contract": MAYBE_TEXT,
    "spare": FLAG,
    "state": one_of(Reach),
    "verdict": or_null(one_of(Verdict)),
    "since": MAYBE_WHEN,
    "fault": MAYBE_TEXT,
    "bridge": FLAG,
}


def _counted(kinds: type[StrEnum]) -> dict[str, Any]:
    return made_of(**{str(kind): COUNT for kind in kinds})


SHAPES: Mapping[str, Shape] = {
    "Error": made_of(error=text("what is wrong with the request"), schema_version={"const": SCHEMA_VERSION}),
    "Element": made_of(kind=one_of(ElementKind), id=text()),
    "End": made_of(node=text(), port=MAYBE_TEXT),
    "Site": made_of(**_SITE),
    "SiteDetail": made_of(
        **_SITE,
        nodes=several(named("Node")),
        services=several(named("Service")),
        lines=several(named("LinkDetail")),
        outages=several(named("Outage")),
    ),
    "Outage": made_of(
        start=WHEN,
        end=MAYBE_WHEN,
        dark_seconds=SECONDS,
        unknown_seconds=SECONDS,
        incidents=IDS,
    ),
    "Node": made_of(
        id=text(),
        site=text(),
        address=MAYBE_TEXT,
        role=text(),
        monitor=IDS,
        power_area=MAYBE_TEXT,
        reach=one_of(Reach),
        since=MAYBE_WHEN,
        quality=MAYBE_TEXT,
        booted=MAYBE_WHEN,
        verdict=one_of(Verdict),
        fault=MAYBE_TEXT,
        articulation_point=FLAG,
    ),
    "Link": made_of(**_LINK),
    "LinkDetail": made_of(**_LINK, outages=several(named("Outage"))),
    "Service": made_of(
        id=text(),
        site=text(),
        kind=text(),
        reach=one_of(Reach),
        since=MAYBE_WHEN,
        reason=MAYBE_TEXT,
        verdict=one_of(Verdict),
        fault=MAYBE_TEXT,
        address=MAYBE_TEXT,
        text=text("what is said of it in one sentence"),
    ),
    "Incident": made_of(
        id=text(),
        state=one_of(("open", "closed")),
        kind=one_of(ElementKind),
        element=named("Element"),
        alternatives=several(named("Element")),
        cause=one_of(Cause),
        confidence=SHARE,
        evidence=IDS,
        nodes=IDS,
        sites=IDS,
        effect=one_of(("darkness", "redundancy", "isolation")),
        at_stake=or_null(made_of(cut=named("Element"), sites=IDS)),
        ever=made_of(nodes=IDS, sites=IDS),
        opened=WHEN,
        named=WHEN,
        closed=MAYBE_WHEN,
        merged_into=MAYBE_TEXT,
        split_from=MAYBE_TEXT,
        count={"type": "integer", "minimum": 1},
        again=MAYBE_WHEN,
        maintenance=MAYBE_TEXT,
        ruled=FLAG,
        text=text("the fault in one sentence"),
    ),
    "ServiceFault": made_of(
        id=text(),
        kind=one_of(ShareKind),
        element=text("the id of what they share, or of the one service"),
        opened=WHEN,
        services=IDS,
        sites=IDS,
        text=text("the fault in one sentence"),
        text_id=text("the same in Indonesian"),
    ),
    "Drift": made_of(
        kind=one_of(DriftKind),
        link=MAYBE_TEXT,
        drawn=or_null(several(named("End"))),
        seen=or_null(several(named("End"))),
        since=MAYBE_WHEN,
        detail=text(),
    ),
    "SeenLink": made_of(
        a=named("End"),
        b=named("End"),
        sources=IDS,
        both_ends=FLAG,
        confidence=SHARE,
        first_seen=WHEN,
        last_seen=WHEN,
        current=FLAG,
    ),
    "Stranger": made_of(
        node=text(),
        port=MAYBE_TEXT,
        name=MAYBE_TEXT,
        chassis=MAYBE_TEXT,
        address=MAYBE_TEXT,
        protocol=text(),
        first_seen=WHEN,
        alone=FLAG,
    ),
    "Fact": made_of(
        key=text("which fact it is"),
        at=MAYBE_WHEN,
        when=or_null(text("`at` in the region's own time")),
        values={"type": "object"},
        text=text("the fact as a sentence"),
    ),
}

DRIFT = {
    "counts": _counted(DriftKind),
    "drift": several(named("Drift")),
    "confirmed": keyed(named("SeenLink"), "by the id of the link"),
    "candidates": several(named("SeenLink")),
    "strangers": several(named("Stranger")),
}
WHY = {
    "site": made_of(id=text(), name=text()),
    "language": one_of(Language),
    "believed_at": WHEN,
    "verdict": one_of(Verdict),
    "since": MAYBE_WHEN,
    "fault": or_null(named("Incident")),
    "text": text(),
    "because": several(named("Fact")),
    "rejected": several(named("Fact")),
    "would_change": several(named("Fact")),
}
PICTURE = {
    "region": text(),
    "inventory": text("SHA-256 of the inventory in force"),
    "ready": FLAG,
    "leads": FLAG,
    "not_ready": IDS,
    "counts": _counted(Verdict),
    "coverage": keyed(MAYBE_WHEN, "by prober: up to when every target was probed and judged"),
    "probers": several(made_of(name=text("of a prober elsewhere that is there"), vantage=text(), since=WHEN)),
    "partitions": several(
        made_of(vantage=text(), nodes=IDS, seen_from=IDS, between=several(several(named("Element"))))
    ),
    "unexplained": several(made_of(nodes=IDS, asked=IDS, since=WHEN)),
    "faults": several(named("Incident")),
    "sites": several(named("Site")),
    "nodes": several(named("Node")),
    "links": several(named("Link")),
    "services": several(named("Service")),
    "service_faults": several(named("ServiceFault")),
}
SUMMARY = {
    "region": text(),
    "timezone": text("by whose clock the texts of faults are"),
    "inventory": text("SHA-256 of the inventory in force"),
    "ready": FLAG,
    "covered_until": MAYBE_WHEN,
    "counts": keyed(_counted(Verdict), "by kind of site"),
    "faults": several(named("Incident")),
}
DIGESTS = {
    "digests": several(made_of(position=COUNT, digest=text("SHA-256 of all that the picture there holds"))),
}
SPOF = {
    "live": FLAG,
    "rows": several(
        made_of(
            element=named("Element"),
            villages=COUNT,
            services=IDS,
            people=or_null({**COUNT, "description": "of the sites that say how many live there"}),
            uncounted_sites={**COUNT, "description": "sites that do not"},
            dark_sites={**COUNT, "minimum": 1},
            sites=IDS,
        )
    ),
}
REDUNDANCY = {
    "live": FLAG,
    "to": text("the node that ways lead to"),
    "rows": several(
        made_of(
            site=text(),
            node_disjoint=COUNT,
            link_disjoint=COUNT,
            cable_disjoint=COUNT,
            cables_exact=FLAG,
            shared=several(named("Element")),
        )
    ),
}
WHATIF = {
    "live": FLAG,
    "failed": several(named("Element")),
    "villages": COUNT,
    "dark_sites": IDS,
    "dark_nodes": {**IDS, "description": "no longer reached, the failed ones included"},
    "services": IDS,
    "bridges": {**IDS, "description": "links on which something comes to hang that had another way before"},
    "articulation_points": {**IDS, "description": "nodes on which something comes to hang"},
    "all_bridges": {**IDS, "description": "every bridge that is left"},
    "maintenance": {**several(text()), "description": "commands that announce the work, where it was said when"},
}
SHOW = {
    "live": FLAG,
    "kind": one_of(("site", "node")),
    "id": text(),
    "site": made_of(id=text(), name=text(), kind=one_of(SiteKind), district=MAYBE_TEXT),
    "served": FLAG,
    "nodes": several(made_of(id=text(), role=text(), address=MAYBE_TEXT, power_area=MAYBE_TEXT)),
    "links": several(
        made_of(
            link=text(),
            node=text("the end that is shown"),
            neighbour=text("the node at the other end"),
            neighbour_site=text(),
            kind=one_of(LinkKind),
            length_km=or_null(AMOUNT),
            cables=IDS,
            bridge={**FLAG, "description": "something is not reached without this link"},
        )
    ),
    "way": {
        **several(made_of(a=text(), b=text(), link=text(), length_km=AMOUNT)),
        "description": "the shortest to the vantage; empty where there is none",
    },
    "hangs_on": {**several(named("Element")), "description": "what alone darkens all of its nodes"},
    "below": {**made_of(sites=IDS, services=IDS), "description": "what goes dark elsewhere when its nodes fail"},
}
_PERIOD = made_of(
    month=MAYBE_TEXT,
    timezone=text("by whose clock the month is one"),
    **{"from": WHEN, "to": WHEN},
    period_seconds=COUNT,
    known_until=WHEN,
    complete={**FLAG, "description": "whether the journal reaches beyond the month"},
    inventory=text("SHA-256 of the inventory that was in force last"),
    journal=made_of(first=COUNT, last=COUNT, amended=several(COUNT), sha256=text()),
)
COVERAGE = {
    "months": {**several(_PERIOD), "description": "the segments of the journal it was counted from"},
    "rows": {
        **several(
            made_of(
                month=text(),
                district=MAYBE_TEXT,
                name=MAYBE_TEXT,
                villages=COUNT,
                served=COUNT,
                online=COUNT,
                websites=COUNT,
                websites_active=COUNT,
                complete=FLAG,
            )
        ),
        "description": "by month, all districts together first",
    },
}
WAYS = {
    "live": FLAG,
    "a": text("the node where ways begin"),
    "b": text("where they end"),
    "ways": several(
        made_of(
            links={**COUNT, "minimum": 1},
            length_km=AMOUNT,
            rtt_seconds={**SECONDS, "description": "the least that light needs there and back"},
        )
    ),
    "rows": several(
        made_of(
            way={"type": "integer", "minimum": 1},
            a=text(),
            b=text(),
            link=text(),
            length_km=AMOUNT,
            delay_seconds={**SECONDS, "description": "one way"},
            loss_db=or_null({**AMOUNT, "description": "of fibre and connectors"}),
            splitter_db=or_null({**AMOUNT, "description": "of the splitter at b that the light passes"}),
            margin_db=or_null({"type": "number", "description": "left of the budget where a section of fibre ends"}),
            length_assumed={**FLAG, "description": "the drawing gives none"},
        )
    ),
    "sections": {
        **several(
            made_of(
                way={"type": "integer", "minimum": 1},
                a=text(),
                b=text(),
                links=IDS,
                length_km=AMOUNT,
                splitters=several(made_of(node=text(), ways={"type": "integer", "minimum": 2})),
                optics=text("the modules that the budget is of"),
                loss_db=AMOUNT,
                budget_db={"type": "number"},
                margin_db={"type": "number"},
            )
        ),
        "description": "fibre from one device that makes light to the next, through splitters",
    },
}
_STANDING = made_of(
    joined_sites={**COUNT, "description": "that the vantage reaches, its own left out"},
    unjoined_sites={**COUNT, "description": "not served and not joined"},
    protected_sites={**COUNT, "description": "that survive any single failure"},
    single_failures={**COUNT, "description": "nodes, links and cables outside the centre that darken other sites"},
    worst_failure_sites=COUNT,
)
PLAN = {
    "steps": several(
        made_of(
            spans=several(made_of(a=text(), b=text(), length_km=AMOUNT, cost=AMOUNT, kind=one_of(LinkKind))),
            connects={**IDS, "description": "sites that this step joins"},
            protects={**IDS, "description": "sites that survive any single failure from then on"},
            cost={**AMOUNT, "description": "of the spans, and of joining these sites"},
        )
    ),
    "before": _STANDING,
    "after": _STANDING,
    "cost": AMOUNT,
    "bound": {**AMOUNT, "description": "the least that joining all sites that can be joined costs"},
    "protect_bound": {**AMOUNT, "description": "the least that protecting as much costs"},
    "weight": {**AMOUNT, "description": "what the steps protect, counted as asked"},
    "most_weight": {**AMOUNT, "description": "the most that the budget can protect"},
    "most_protected": {**COUNT, "description": "sites protected if every candidate were built"},
    "unreachable": {**IDS, "description": "sites to join that no candidates lead to"},
    "unplaced": {**IDS, "description": "sites without coordinates"},
    "present": {**IDS, "description": "sites that are not served, and need no span: a node there is reached"},
    "short": {**FLAG, "description": "the budget or the time did not last for all that can be joined or protected"},
    "stopped": {**FLAG, "description": "the time was over before the search had ended"},
    "complete": {**FLAG, "description": "neither short nor stopped"},
}
BLACKSPOTS = {
    "live": FLAG,
    "rows": several(
        made_of(
            district=MAYBE_TEXT,
            site=text(),
            name=text(),
            sense=one_of(Sense),
            nearest=MAYBE_TEXT,
            distance_meters=or_null(COUNT),
            reasons=IDS,
            fault=MAYBE_TEXT,
            since=MAYBE_WHEN,
        )
    ),
    "measured": keyed(IDS, "by site: what the last measurements say against its lines, with live=true"),
    "totals": several(
        made_of(district=text(), name=MAYBE_TEXT, sites=COUNT, **{str(sense): COUNT for sense in Sense})
    ),
}
TARGETS = several(
    made_of(targets={**several(text()), "minItems": 1, "maxItems": 1}, labels=keyed(text(), "of Prometheus"))
)
