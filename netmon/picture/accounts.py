"""Accounts: whose outage it was. What the ledger keeps of incidents, corrections of it, and who owns what failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from netmon.events import CauseRevised, Event, LedgerCorrected
from netmon.model import Cause, Element, ElementKind, Inventory, SiteKind
from netmon.picture.altered import altered
from netmon.picture.ledger import DARK, Account, Outage, Span, amend, outages
from netmon.picture.state import Incident, Picture

BY_EVIDENCE = "evidence"
"""Stands for the author of a revision that follows from the rules."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One outage of a site and who answers for it: the incident that darkened it longest, its cause and owner."""

    outage: Outage
    account: Account | None
    owner: str | None

    @property
    def cause(self) -> Cause:
        """The cause, unknown where no incident is known."""
        return Cause.UNKNOWN if self.account is None else self.account.cause


def kept(
    accounts: Mapping[str, Account], closed: Iterable[Incident], reopened: Iterable[str]
) -> Mapping[str, Account]:
    """Return the accounts after incidents closed, or came back; what darkened no site is not kept."""
    new = {incident.id: account_of(incident) for incident in closed if incident.sites}
    again = [name for name in reopened if name in accounts]
    if not new and not again:
        return accounts
    return {name: one for name, one in (*accounts.items(), *new.items()) if name not in again}


def corrected(picture: Picture, events: Iterable[Event]) -> Picture:
    """Return the picture with its ledger corrected: causes of accounts, and verdicts that people say were wrong.

    Only what is over can be corrected: the rest of a correction that reaches into the future is left out.
    """
    for event in events:
        if isinstance(event, CauseRevised) and event.incident in picture.accounts:
            before = picture.accounts[event.incident]
            after = replace(
                before, cause=event.cause, element=event.element or before.element, is_ruled=event.by != BY_EVIDENCE
            )
            picture = altered(picture, accounts={**picture.accounts, before.id: after})
        elif isinstance(event, LedgerCorrected) and event.site in picture.ledger:
            timeline = amend(picture.ledger[event.site], event.start, min(event.end, picture.at), event.verdict)
            picture = altered(picture, ledger={**picture.ledger, event.site: timeline})
    return picture


def account_of(incident: Incident) -> Account:
    """Return what the ledger keeps of an incident."""
    return Account(
        incident.id,
        incident.fault.element,
        incident.fault.cause,
        incident.opened,
        incident.closed,
        incident.count,
        incident.is_ruled,
    )


def charges(site: str, picture: Picture, start: float, end: float) -> Iterator[Charge]:
    """Yield the outages of a site that touch [start, end), each whole, with who answers for it, oldest first."""
    timeline = picture.ledger.get(site, ())
    known = {incident.id: account_of(incident) for incident in picture.open_incidents}
    for outage in outages(site, timeline, picture.at):
        if outage.start >= end or (outage.end is not None and outage.end <= start):
            continue
        name = _mainly(timeline, outage, picture.at)
        account = known.get(name) or picture.accounts.get(name) if name is not None else None
        yield Charge(outage, account, owner_of(account.element, picture.inventory) if account else None)


def owner_of(element: Element, inventory: Inventory) -> str | None:
    """Return who answers for an element: the supplier of a line, the power area, the agency a node stands at.

    None is the network's own staff: no supplier is written, and it stands at no agency.
    """
    match element.kind:
        case ElementKind.LINK:
            link = inventory.links.get(element.id)
            return link.supplier if link else None
        case ElementKind.CABLE:
            suppliers = {link.supplier for link in inventory.links.values() if element.id in link.cables}
            return ", ".join(sorted(name for name in suppliers if name)) or None
        case ElementKind.POWER_AREA:
            return f"power area {element.id}"
        case ElementKind.NODE:
            node = inventory.nodes.get(element.id)
            site = inventory.sites[node.site] if node else None
            return site.name if site and site.kind is SiteKind.OPD else None
        case ElementKind.VANTAGE:
            return None


def _mainly(timeline: tuple[Span, ...], outage: Outage, now: float) -> str | None:
    """Return the incident that explains most of an outage; of several, the first."""
    seconds: dict[str, float] = dict.fromkeys(outage.incidents, 0.0)
    end = now if outage.end is None else outage.end
    for place, span in enumerate(timeline):
        finish = timeline[place + 1].start if place + 1 < len(timeline) else now
        if span.verdict in DARK and span.incident in seconds:
            seconds[span.incident] += max(0.0, min(finish, end) - max(span.start, outage.start))
    return max(seconds, key=lambda name: seconds[name], default=None)
