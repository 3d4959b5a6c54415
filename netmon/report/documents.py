"""Reports as plain data: the rows of tables and CSV, and the objects of JSON. Times in UTC, base units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from netmon.clock import rfc3339
from netmon.model import Verdict
from netmon.report.availability import SiteStanding, Standing, by_district, district_name, together
from netmon.report.outages import Charged, Repairs
from netmon.report.programme import Progress
from netmon.report.record import Record
from netmon.report.services import ServiceStanding
from netmon.report.speed import Use
from netmon.report.suppliers import Delivery, Supplied

VERDICTS = ("up", "degraded", "down", "unreachable", "maintenance", "unknown", "unserved")
AVAILABILITY = (
    "site", "name", "district", "availability_ratio", "change_ratio", "outages",
    *(f"{one}_seconds" for one in VERDICTS),
)  # fmt: skip
OUTAGES = (
    "site", "name", "district", "start", "end", "dark_seconds", "unknown_seconds", "repair_seconds",
    "within_seconds", "incident", "element", "cause", "owner",
)  # fmt: skip
SUPPLIER = (
    "supplier", "link", "site", "name", "district", "contract", "contract_mbps", "committed_percent",
    "availability_ratio", "met", "in_force_seconds", "down_seconds", "unknown_seconds", "failures",
    "longest_seconds", "monthly_fee", "restitution",
)  # fmt: skip
SPEED = (
    "supplier", "link", "site", "name", "port", "contract_mbps", "to_site_p95_bps", "from_site_p95_bps",
    "contract_ratio", "saturated_seconds", "samples", "expected_samples", "tested_to_site_bps",
    "tested_from_site_bps",
)  # fmt: skip
SERVICES = (
    "service", "kind", "site", "name", "district", "availability_ratio", "up_seconds", "down_seconds",
    "unknown_seconds", "failures", "longest_seconds", "used_seconds",
)  # fmt: skip
COVERAGE = ("month", "district", "name", "villages", "served", "online", "websites", "websites_active")


def head(record: Record) -> dict[str, Any]:
    """Return what every report says of itself: its period, and the segment of the journal it was made from."""
    period = record.period
    return {
        "month": period.month or None,
        "timezone": period.zone,
        "from": rfc3339(period.start),
        "to": rfc3339(period.end),
        "period_seconds": period.seconds,
        "known_until": rfc3339(min(record.until, period.end)),
        "complete": record.is_complete,
        "inventory": record.drawings[-1].inventory.digest,
        "journal": {
            "first": record.first,
            "last": record.last,
            "amended": list(record.amended),
            "sha256": record.digest,
        },
    }


def availability_rows(found: Iterable[SiteStanding]) -> list[dict[str, Any]]:
    """Return one row for each site that was served at any time of the period."""
    return [
        {
            "site": one.site.id,
            "name": one.site.name,
            "district": one.site.district,
            **_standing(one.standing),
            "drawn": [{"from": rfc3339(start), "to": rfc3339(end)} for start, end in one.drawn],
        }
        for one in found
        if one.served
    ]


def availability_document(record: Record, found: Sequence[SiteStanding], repaired: Repairs) -> dict[str, Any]:
    """Return availability of the county, of each district and of each site."""
    served = [one for one in found if one.served]
    inventory = record.drawings[-1].inventory
    return {
        **head(record),
        "county": {"sites": len(served), **_standing(together(served)), **_repairs(repaired)},
        "districts": [
            {
                "district": district or None,
                "name": district_name(district, inventory) or None,
                "sites": len(parts),
                **_standing(together(parts)),
            }
            for district, parts in by_district(served).items()
        ],
        "sites": availability_rows(served),
    }


def outage_rows(found: Iterable[Charged]) -> list[dict[str, Any]]:
    """Return one row for each outage; `incidents` are all that darkened the site, `incident` the one that counts."""
    return [
        {
            "site": one.site.id,
            "name": one.site.name,
            "district": one.site.district,
            "start": rfc3339(one.outage.start),
            "end": rfc3339(one.outage.end),
            "dark_seconds": round(one.outage.dark_seconds, 3),
            "unknown_seconds": round(one.outage.unknown_seconds, 3),
            "repair_seconds": None if one.repair_seconds is None else round(one.repair_seconds, 3),
            "within_seconds": round(one.within_seconds, 3),
            "incident": one.account.id if one.account else None,
            "incidents": list(one.outage.incidents),
            "element": str(one.element) if one.element else None,
            "cause": str(one.cause),
            "owner": one.owner,
        }
        for one in found
    ]


def outages_document(record: Record, found: Sequence[Charged], repaired: Repairs) -> dict[str, Any]:
    """Return the outages, and how long repair took."""
    return {**head(record), "repairs": _repairs(repaired), "outages": outage_rows(found)}


def supplier_rows(record: Record, lines: Iterable[Delivery]) -> list[dict[str, Any]]:
    """Return one row for each line and the terms it was delivered under."""
    rows = []
    for one in lines:
        site = next(
            drawing.inventory.sites[one.site] for drawing in record.drawings if one.site in drawing.inventory.sites
        )
        contract = one.terms.contract
        rows.append(
            {
                "supplier": one.terms.supplier,
                "link": one.link,
                "site": one.site,
                "name": site.name,
                "district": site.district,
                "contract": contract.id if contract else None,
                "contract_mbps": one.terms.mbps,
                "committed_percent": contract.committed_percent if contract else None,
                "availability_ratio": _rounded(one.availability),
                "met": one.is_met,
                "in_force_seconds": one.in_force_seconds,
                "down_seconds": one.down_seconds,
                "unknown_seconds": one.unknown_seconds,
                "failures": one.failures,
                "longest_seconds": one.longest_seconds,
                "monthly_fee": contract.monthly_fee if contract else None,
                "restitution": one.restitution,
                "seen_seconds": {verdict.value: seconds for verdict, seconds in one.seen_seconds.items()},
            }
        )
    return rows


def supplier_document(record: Record, suppliers: Iterable[Supplied], lines: Iterable[Delivery]) -> dict[str, Any]:
    """Return what each supplier delivered, and each of its lines."""
    return {
        **head(record),
        "suppliers": [
            {
                "supplier": one.supplier,
                "lines": one.lines,
                "under_contract": one.under_contract,
                "met": one.met,
                "availability_ratio": _rounded(one.availability),
                "in_force_seconds": one.in_force_seconds,
                "down_seconds": one.down_seconds,
                "longest_seconds": one.longest_seconds,
                "fee": round(one.fee, 2),
                "restitution": one.restitution,
            }
            for one in suppliers
        ],
        "lines": supplier_rows(record, lines),
    }


def coverage_rows(counts: Iterable[tuple[Record, Sequence[Progress]]]) -> list[dict[str, Any]]:
    """Return one row for the county (no district) and for each district, month by month."""
    return [
        {
            "month": one.month,
            "district": one.district or None,
            "name": district_name(one.district, record.drawings[-1].inventory) or None,
            "villages": one.villages,
            "served": one.served,
            "online": one.online,
            "websites": one.websites,
            "websites_active": one.websites_active,
            "complete": one.is_complete,
        }
        for record, progress in counts
        for one in progress
    ]


def coverage_document(counts: Sequence[tuple[Record, Sequence[Progress]]]) -> dict[str, Any]:
    """Return the progress of the programme, and the segments of the journal it was counted from."""
    return {"months": [head(record) for record, _ in counts], "rows": coverage_rows(counts)}


def service_rows(found: Iterable[ServiceStanding]) -> list[dict[str, Any]]:
    """Return one row for each service."""
    return [
        {
            "service": one.service.id,
            "kind": one.service.kind,
            "site": one.site.id,
            "name": one.site.name,
            "district": one.site.district,
            "availability_ratio": _rounded(one.availability),
            "up_seconds": one.seconds[Verdict.UP],
            "down_seconds": one.seconds[Verdict.DOWN],
            "unknown_seconds": one.seconds[Verdict.UNKNOWN],
            "failures": one.failures,
            "longest_seconds": one.longest,
            "used_seconds": one.used,
        }
        for one in found
    ]


def speed_rows(record: Record, found: Iterable[Use]) -> list[dict[str, Any]]:
    """Return one row for each line that is counted."""
    sites = record.drawings[-1].inventory.sites
    return [
        {
            "supplier": one.metered.link.supplier,
            "link": one.metered.link.id,
            "site": one.metered.site,
            "name": sites[one.metered.site].name,
            "port": str(one.metered.port),
            "contract_mbps": one.metered.link.contract_mbps,
            "to_site_p95_bps": _rounded(one.to_site_bps, 0),
            "from_site_p95_bps": _rounded(one.from_site_bps, 0),
            "contract_ratio": _rounded(one.share),
            "saturated_seconds": one.saturated_seconds,
            "samples": one.samples,
            "expected_samples": one.expected,
            "tested_to_site_bps": _rounded(one.tested.to_site_bps, 0),
            "tested_from_site_bps": _rounded(one.tested.from_site_bps, 0),
        }
        for one in found
    ]


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "availability_ratio": _rounded(standing.availability),
        "earlier_ratio": _rounded(standing.earlier),
        "change_ratio": _rounded(standing.change),
        "outages": standing.outages,
        **{f"{one}_seconds": standing.seconds[Verdict(one)] for one in VERDICTS},
        "known_seconds": standing.known_seconds,
    }


def _repairs(repaired: Repairs) -> dict[str, Any]:
    return {
        "repaired": repaired.count,
        "repair_median_seconds": _rounded(repaired.median_seconds, 3),
        "repair_worst_seconds": _rounded(repaired.worst_seconds, 3),
    }


def _rounded(value: float | None, digits: int = 6) -> float | None:
    return None if value is None else round(value, digits)
