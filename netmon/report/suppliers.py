"""What suppliers delivered: each line against its contract, and what follows for the bill.

A line is down, and its supplier answers for it, while

- an incident says that the line, or a cable it runs in, has failed: also when its site lives on another line; or
- the site it serves is dark because of another line, or a cable, of the same supplier.

Not counted is announced work, and the time of which netmon knows nothing: who claims must be able to show. Mains,
routers and the network's own cables are not the supplier's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netmon.model import Contract, Element, ElementKind, Inventory, Link, Verdict
from netmon.picture.ledger import DARK, buckets, whole_seconds
from netmon.picture.uplinks import customer_sites
from netmon.report.failures import Failure
from netmon.report.intervals import Interval, common, length, less, union
from netmon.report.record import Record
from netmon.report.sla import is_met, restitution

Failures = Mapping[Element, Sequence[Failure]]
LINE_VERDICTS = (Verdict.UP, Verdict.DOWN, Verdict.MAINTENANCE, Verdict.UNKNOWN)
"""What the ledger of a line can have; together they are all of its time."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a line was delivered; `contract` is None when only its supplier is written."""

    supplier: str
    contract: Contract | None
    mbps: float | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line under one set of terms. Seconds are whole; `failures` are its outages, `longest_seconds` the worst.

    `is_met` and `restitution` are None without a contract, the latter also without a fee. `seen_seconds` are what the
    ledger of the line itself has of the time: up, down, under announced work and unknown, together all of it.
    """

    link: str
    site: str
    terms: Terms
    in_force_seconds: int
    down_seconds: int
    unknown_seconds: int
    failures: int
    longest_seconds: int
    is_met: bool | None
    restitution: int | None
    seen_seconds: Mapping[Verdict, int] = field(default_factory=dict)

    @property
    def availability(self) -> float | None:
        """Share of the time under contract in which the line was not seen down."""
        if self.in_force_seconds == 0:
            return None
        return (self.in_force_seconds - self.down_seconds) / self.in_force_seconds


@dataclass(frozen=True, slots=True)
class Supplied:
    """All lines of a supplier. `restitution` is of those whose contract names a fee; `fee` is what they cost."""

    supplier: str
    lines: int
    under_contract: int
    met: int
    in_force_seconds: int
    down_seconds: int
    longest_seconds: int
    fee: float
    restitution: int

    @property
    def availability(self) -> float | None:
        """Over all lines."""
        return 1 - self.down_seconds / self.in_force_seconds if self.in_force_seconds else None


def deliveries(record: Record) -> list[Delivery]:
    """Return the lines of all suppliers, by supplier and site; a line that changed its terms stands there twice."""
    lines: dict[tuple[str, str, Terms], list[Interval]] = {}
    for drawing in record.drawings:
        customers = customer_sites(drawing.inventory)
        for link in drawing.inventory.links.values():
            terms = _terms(link, drawing.inventory)
            if terms is not None and link.id in customers:
                lines.setdefault((link.id, customers[link.id], terms), []).append((drawing.start, drawing.end))
    failures: dict[Element, list[Failure]] = {}
    for failure in record.failures:
        failures.setdefault(failure.element, []).append(failure)
    found = [
        _delivery(record, link, site, terms, union(parts), failures) for (link, site, terms), parts in lines.items()
    ]
    return sorted(found, key=lambda one: (one.terms.supplier, one.site, one.link, -one.in_force_seconds))


def by_supplier(lines: Iterable[Delivery], month_seconds: int) -> list[Supplied]:
    """Return what each supplier delivered, in the order of names."""
    groups: dict[str, list[Delivery]] = {}
    for line in lines:
        groups.setdefault(line.terms.supplier, []).append(line)
    return [_supplied(name, group, month_seconds) for name, group in sorted(groups.items())]


def _terms(link: Link, inventory: Inventory) -> Terms | None:
    if link.supplier is None:
        return None
    contract = inventory.contracts.get(link.contract) if link.contract is not None else None
    return Terms(link.supplier, contract, link.contract_mbps)


def _delivery(
    record: Record, link: str, site: str, terms: Terms, under_contract: tuple[Interval, ...], failures: Failures
) -> Delivery:
    known = _known(record, site)
    failed = union((*_own_failures(record, link, failures), *_dark_by(record, site, terms.supplier)))
    down = common(common(failed, under_contract), known)
    in_force, down_seconds = round(length(under_contract)), round(length(down))
    contract = terms.contract
    owed = met = None
    if contract is not None:
        met = is_met(down_seconds, in_force, contract.committed_percent)
        if contract.monthly_fee is not None:
            owed = restitution(
                contract.monthly_fee, down_seconds, in_force, record.period.seconds, contract.committed_percent
            )
    return Delivery(
        link,
        site,
        terms,
        in_force,
        down_seconds,
        round(length(less(under_contract, known))),
        len(down),
        round(max((end - start for start, end in down), default=0.0)),
        met,
        owed,
        _seen(record, link, under_contract, in_force),
    )


def _seen(record: Record, link: str, under_contract: tuple[Interval, ...], in_force: int) -> Mapping[Verdict, int]:
    """Return the buckets of a line's own ledger over a time; after the journal's last word all is unknown."""
    timeline = record.picture.line_ledger.get(link, ())
    exact = dict.fromkeys(LINE_VERDICTS, 0.0)
    for start, end in under_contract:
        until = min(max(record.until, start), end)
        for verdict, seconds in buckets(timeline, start, until).items():
            exact[verdict if verdict in exact else Verdict.UNKNOWN] += seconds
        exact[Verdict.UNKNOWN] += end - until
    return whole_seconds(exact, in_force)


def _own_failures(record: Record, link: str, failures: Failures) -> Iterator[Interval]:
    """Yield when a line, or a cable it runs in, had failed without anybody working on it."""
    cables = {
        cable
        for drawing in record.drawings
        if link in drawing.inventory.links
        for cable in drawing.inventory.links[link].cables
    }
    for element in (Element(ElementKind.LINK, link), *(Element(ElementKind.CABLE, cable) for cable in cables)):
        for failure in failures.get(element, ()):
            drawn = record.inventory_at(failure.start).links.get(link)
            if drawn is not None and (element.kind is ElementKind.LINK or element.id in drawn.cables):
                end = record.until if failure.end is None else failure.end
                yield from less(((failure.start, end),), failure.worked_on)


def _dark_by(record: Record, site: str, supplier: str) -> Iterator[Interval]:
    """Yield when a site was dark because of an element of a supplier."""
    for start, end, verdict, incident in _spans(record, site):
        account = record.picture.accounts.get(incident or "")
        if verdict not in DARK or account is None:
            continue
        if supplier in _suppliers(account.element, record.inventory_at(start)):
            yield start, end


def _suppliers(element: Element, inventory: Inventory) -> set[str | None]:
    """Return whose an element is; of a cable, whose lines run in it."""
    match element.kind:
        case ElementKind.LINK:
            link = inventory.links.get(element.id)
            return {link.supplier} if link else set()
        case ElementKind.CABLE:
            return {link.supplier for link in inventory.links.values() if element.id in link.cables}
        case _:
            return set()


def _known(record: Record, site: str) -> tuple[Interval, ...]:
    return union((start, end) for start, end, verdict, _ in _spans(record, site) if verdict is not Verdict.UNKNOWN)


def _spans(record: Record, site: str) -> Iterator[tuple[float, float, Verdict, str | None]]:
    """Yield the spans of a site within the period and what is known of it."""
    timeline = record.picture.ledger.get(site, ())
    period, last = record.period, min(record.until, record.period.end)
    for place, span in enumerate(timeline):
        end = timeline[place + 1].start if place + 1 < len(timeline) else last
        if max(span.start, period.start) < min(end, last):
            yield max(span.start, period.start), min(end, last), span.verdict, span.incident


def _supplied(name: str, lines: list[Delivery], month_seconds: int) -> Supplied:
    under = [line for line in lines if line.terms.contract is not None]
    return Supplied(
        name,
        len({line.link for line in lines}),
        len(under),
        sum(bool(line.is_met) for line in under),
        sum(line.in_force_seconds for line in lines),
        sum(line.down_seconds for line in lines),
        max(line.longest_seconds for line in lines),
        sum(
            (line.terms.contract.monthly_fee or 0.0) * line.in_force_seconds / month_seconds
            for line in under
            if line.terms.contract is not None
        ),
        sum(line.restitution or 0 for line in lines),
    )
