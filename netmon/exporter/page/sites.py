"""The list of sites: all, of one verdict, of one district with what fails there, or those like what is looked for."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.exporter.page.faults import fault_row, service_rows, worst_first
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.view import View
from netmon.model import Finding, Inventory, Site, Verdict
from netmon.picture.state import Picture

_UNJUDGED = Finding(Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One line of the list of sites."""

    site: Site
    district: str
    verdict: Verdict
    fault: str | None
    since: float | None


def sites_page(view: View, verdict: Verdict | None, district: Site | None, reader: Reader, now: float) -> str:
    """Return the list of sites, of one verdict or district, or those like what the reader looks for, if so asked."""
    picture = view.picture
    sought = _sought(reader.wanted, picture.inventory)
    rows = [
        row
        for row in _site_rows(picture)
        if (verdict is None or row.verdict is verdict)
        and (district is None or row.site.district == district.id)
        and (sought is None or row.site.id in sought)
    ]
    one = "one-" if len(rows) == 1 else ""
    counted = "" if one else "s"
    say = reader.say
    parts = [
        say(f"{one}site{counted}", count=len(rows))
        if verdict is None
        else say(f"{one}site{counted}-so", count=len(rows), verdict=say(verdict))
    ]
    parts += [say("in", district=district.name)] if district is not None else []
    parts += [say("like", words=reader.wanted)] if sought is not None else []
    sites = picture.inventory.sites.values()
    there = {site.id for site in sites if district is not None and site.district == district.id}
    return render(
        "sites.html",
        view,
        now,
        reader,
        heading=" ".join(parts),
        rows=rows,
        filtered=bool(verdict or district or sought is not None),
        faults=[
            fault_row(incident, picture, reader)
            for incident in worst_first(picture.open_incidents)
            if not there.isdisjoint(incident.fault.sites)
        ],
        service_faults=service_rows(picture, reader, there),
    )


def _sought(wanted: str, inventory: Inventory) -> set[str] | None:
    """Return the sites whose id or name, district, node or address holds every word looked for; None: nothing is."""
    words = wanted.casefold().split()
    if not words:
        return None
    told = {site.id: [site.id, site.name] for site in inventory.sites.values()}
    for site in inventory.sites.values():
        district = inventory.sites.get(site.district or "")
        told[site.id] += [district.name] if district is not None else []
    for node in inventory.nodes.values():
        told[node.site] += [node.id, node.address or ""]
    return {site for site, texts in told.items() if all(word in " ".join(texts).casefold() for word in words)}


def _site_rows(picture: Picture) -> list[SiteRow]:
    """Return all sites, by district and name."""
    sites = picture.inventory.sites
    rows = []
    for site in sites.values():
        finding = picture.site_findings.get(site.id, _UNJUDGED)
        timeline = picture.ledger.get(site.id)
        district = sites.get(site.district) if site.district is not None else None
        rows.append(
            SiteRow(
                site,
                district.name if district is not None else "",
                finding.verdict,
                finding.fault,
                timeline[-1].start if timeline else None,
            )
        )
    return sorted(rows, key=lambda row: (row.district, row.site.name, row.site.id))
