"""Months as they were lived: the report says what was true, to the second, in every bucket."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.events import (
    CauseRevised,
    ClientsSeen,
    Elapsed,
    Entry,
    InventoryInForce,
    LedgerCorrected,
    MaintenanceScheduled,
    NodeUp,
    ServiceDown,
    ServiceUp,
)
from netmon.inventory.document import with_digest
from netmon.journal.memory import MemoryJournal
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import (
    Cause,
    Contract,
    Element,
    ElementKind,
    Inventory,
    Link,
    LinkEnd,
    SecretRef,
    Service,
    Verdict,
)
from netmon.recall.snapshot import freeze
from netmon.report.availability import standings, together
from netmon.report.outages import outages_of, repairs
from netmon.report.pages import month_page
from netmon.report.period import Period, month
from netmon.report.programme import active_websites, progress
from netmon.report.record import Record, records
from netmon.report.services import ServiceStanding, service_standings
from netmon.report.suppliers import by_supplier, deliveries
from tests.simulated_months import HOUR, Month, county, names, without_village
from tests.unit.report.folded_once import FoldedOnce

WIB = "Asia/Jakarta"
OCTOBER = month("2026-10", WIB)
DAY = 86_400.0
SMALL = county(2, 3)


@pytest.fixture(autouse=True)
def folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    once = FoldedOnce()
    monkeypatch.setattr("tests.scenarios.fold", once)
    monkeypatch.setattr("netmon.report.record.fold", once)


def record_of(entries: Sequence[Entry], *periods: Period) -> list[Record]:
    journal = MemoryJournal()
    journal.append(entries)
    found = records(journal, periods or [OCTOBER])
    assert all(found)
    return [one for one in found if one is not None]


def seconds(record: Record, site: str) -> dict[str, int]:
    standing = next(one.standing for one in standings(record) if one.site.id == site)
    return {str(verdict): value for verdict, value in standing.seconds.items() if value}


def quiet(inventory: Inventory = SMALL, begin: float = OCTOBER.start - HOUR) -> Month:
    return Month(inventory, begin)


def lasting(player: Month, node: str, start: float, end: float) -> None:
    """Let a node be dark from `start` to `end`, with coverage in between."""
    player.run_to(start)
    player.do_lose(node)
    player.run_to(end)
    player.do_back(node)
    player.do_cover()


def closed(player: Month, until: float = OCTOBER.end) -> list[Entry]:
    player.run_to(until + 30.0)
    player.do_cover()
    return player.entries


@pytest.mark.parametrize(("seed", "text"), [(1, "2026-10"), (2, "2028-02"), (3, "2026-02"), (4, "2026-04")])
def test_a_month_equals_what_was_true_to_the_second(seed: int, text: str) -> None:
    period = month(text, WIB)
    inventory = county(3, 6)
    player = Month(inventory, period.start - HOUR, seed)
    player.live(period.end, outages=40)
    (record,) = record_of(player.entries, period)
    assert record.is_complete
    found = {one.site.id: one.standing for one in standings(record)}
    touched = set()
    for site in names(inventory):
        truth = player.truth.seconds(site, period.start, period.end)
        for verdict in Verdict:
            assert abs(found[site].seconds[verdict] - truth.get(verdict, 0.0)) < 1.0, (site, verdict)
            touched |= {str(verdict)} if truth.get(verdict) else set()
        assert sum(found[site].seconds.values()) == period.seconds
    assert touched == {"up", "down", "unreachable", "maintenance", "unknown"}
    dark = sum(one.within_seconds for one in outages_of(record))
    told = sum(
        player.truth.seconds(site, period.start, period.end).get(bucket, 0.0)
        for site in names(inventory)
        for bucket in ("down", "unreachable")
    )
    assert dark == pytest.approx(told, abs=0.01)


def test_what_was_before_and_after_the_month_is_not_of_it() -> None:
    player = quiet()
    lasting(player, "d0v0", OCTOBER.start - 600.0, OCTOBER.start + 300.0)
    lasting(player, "d0v1", OCTOBER.end - 200.0, OCTOBER.end + 4_000.0)
    (record,) = record_of(closed(player))
    assert seconds(record, "d0v0")["down"] == 300
    assert seconds(record, "d0v1")["down"] == 200
    first, last = outages_of(record)
    assert (first.within_seconds, first.repair_seconds) == (300.0, 900.0)
    assert last.within_seconds == 200.0
    finished = repairs([first, last], OCTOBER.start, OCTOBER.end)
    assert (finished.count, finished.median_seconds, finished.worst_seconds) == (1, 900.0, 900.0)


def test_a_monitor_that_died_before_the_month_ended_leaves_it_unknown() -> None:
    player = quiet()
    player.run_to(OCTOBER.end - 7_200.0)
    player.do_cover()
    player.do_crash("9000")
    player.do_cover()
    (record,) = record_of(player.entries)
    assert seconds(record, "d0v0") == {"up": 31 * 86_400 - 7_200, "unknown": 7_200}


def test_a_word_after_midnight_does_not_settle_what_nobody_vouched_for() -> None:
    player = quiet()
    player.run_to(OCTOBER.end - 100.0)
    player.do_cover()
    player.run_to(OCTOBER.end + 1.0)
    player.say(Elapsed(player.now))
    player.do_crash("9000")
    player.do_cover()
    (record,) = record_of(player.entries)
    assert seconds(record, "d0v0") == {"up": 31 * 86_400 - 100, "unknown": 100}


def test_a_website_that_was_seldom_in_order_is_not_active() -> None:
    player = quiet()
    player.say(*(ServiceUp(player.now, name, player.now) for name in ("web-d0v0", "web-d1v0")))
    player.run_to(OCTOBER.start + 15 * DAY)
    player.say(ServiceDown(player.now, "web-d0v0", player.now, "suspended"))
    player.run_to(OCTOBER.start + 16 * DAY)
    player.say(ServiceDown(player.now, "web-d1v0", player.now, "suspended"))
    (record,) = record_of(closed(player))
    assert active_websites(record) == {"d0v0": False, "d1v0": True}
    assert progress(record)[0].websites_active == 1


def test_services_are_held_to_the_second_and_a_wifi_to_when_somebody_used_it() -> None:
    drawn = with_services(SMALL)
    player = quiet(drawn)
    begin, day = OCTOBER.start, DAY
    player.say(
        ServiceUp(player.now, "kios", player.now), ClientsSeen(player.now, "wifi", some=False, since=player.now)
    )
    player.run_to(begin + day)
    player.say(ClientsSeen(player.now, "wifi", some=True, since=begin + day - 60.0))
    player.run_to(begin + 3 * day)
    player.say(ServiceDown(player.now, "kios", begin + 3 * day - 90.5, "silent"))
    player.run_to(begin + 4 * day)
    player.say(
        ServiceUp(player.now, "kios", player.now), ClientsSeen(player.now, "wifi", some=None, since=player.now)
    )
    player.run_to(begin + 10 * day)
    player.say(InventoryInForce(player.now, SMALL.digest), inventory=SMALL)  # both leave the drawing
    (record,) = record_of(closed(player))
    found = {one.service.id: one for one in service_standings(record)}
    kiosk, wifi, website = found["kios"], found["wifi"], found["web-d0v0"]
    assert all(sum(one.seconds.values()) == OCTOBER.seconds for one in found.values())
    assert seconds_of(kiosk) == {"up": 9 * 86_400 - 90, "down": 86_400 + 90, "unknown": 21 * 86_400}
    assert (kiosk.failures, kiosk.longest, kiosk.used) == (1, 86_490, None)
    assert kiosk.availability == pytest.approx(1 - (day + 90.5) / (10 * day), abs=1e-6)
    assert wifi.used == 3 * 86_400 + 60
    assert seconds_of(wifi) == {"up": 4 * 86_400, "unknown": 27 * 86_400}
    assert (seconds_of(website), website.availability) == ({"unknown": OCTOBER.seconds}, None)


def test_a_wifi_that_becomes_a_finding_by_the_passing_of_time_alone_is_down_in_the_report() -> None:
    player = quiet(with_services(SMALL), begin=OCTOBER.start - 40 * DAY)
    for turn in range(50):  # somebody comes every morning, and goes every evening
        player.run_to(OCTOBER.start - 39 * DAY + turn * DAY)
        player.say(ClientsSeen(player.now, "wifi", some=True, since=player.now))
        player.run_to(player.now + 12 * HOUR)
        player.say(ClientsSeen(player.now, "wifi", some=False, since=player.now))
    gone = player.now
    player.run_to(gone + 2 * DAY)
    player.do_cover()
    player.run_to(gone + 3 * DAY)
    player.say(ClientsSeen(player.now, "wifi", some=True, since=player.now))
    (record,) = record_of(closed(player))
    (wifi,) = (one for one in service_standings(record) if one.service.id == "wifi")
    assert (wifi.seconds[Verdict.DOWN], wifi.failures) == (3 * 86_400, 1)


def with_services(inventory: Inventory) -> Inventory:
    kiosk = Service("kios", "d0v0", "kiosk", heartbeat=SecretRef(env="KIOS"))
    wifi = Service("wifi", "d0v0", "wifi", depends_on=("d0v0",))
    return replace(inventory, services={**inventory.services, "kios": kiosk, "wifi": wifi}, digest="with services")


def seconds_of(one: ServiceStanding) -> dict[str, int]:
    return {str(verdict): value for verdict, value in one.seconds.items() if value}


def test_a_website_that_left_the_drawing_is_not_active_from_then_on() -> None:
    player = quiet()
    player.say(ServiceDown(player.now, "web-d0v0", player.now, "timeout"))
    player.run_to(OCTOBER.start + 2 * DAY)
    player.say(ServiceUp(player.now, "web-d0v0", player.now))
    player.run_to(OCTOBER.start + 3 * DAY)
    fewer = replace(SMALL, services={}, digest="without services")
    player.say(InventoryInForce(player.now, fewer.digest), inventory=fewer)
    (record,) = record_of(closed(player))
    assert active_websites(record)["d0v0"] is False


def test_a_month_that_is_not_over_is_unknown_from_the_last_word_on() -> None:
    player = quiet()
    player.run_to(OCTOBER.start + 2 * DAY)
    player.do_cover()
    (record,) = record_of(player.entries)
    assert not record.is_complete
    assert seconds(record, "d0v0") == {"up": 172_800, "unknown": 29 * 86_400}


def test_before_the_journal_began_nothing_is_known() -> None:
    (record,) = record_of(closed(quiet(begin=OCTOBER.start + 10 * DAY)))
    assert seconds(record, "d0v0") == {"unknown": 864_000, "up": 21 * 86_400}
    assert {one.drawn for one in standings(record)} == {((OCTOBER.start, OCTOBER.end),)}  # nothing was built then
    line = deliveries(record)[0]
    assert (line.in_force_seconds, line.unknown_seconds) == (OCTOBER.seconds, 864_000)


def test_a_village_that_came_in_the_middle_is_judged_from_then_on() -> None:
    player = Month(without_village(SMALL, "d0v0"), OCTOBER.start - HOUR)
    came = OCTOBER.start + 15 * DAY
    player.run_to(came)
    player.say(InventoryInForce(came, SMALL.digest), inventory=SMALL)
    player.say(NodeUp(came, "d0v0", came))
    lasting(player, "d0v0", came + DAY, came + DAY + HOUR)
    (record,) = record_of(closed(player))
    (village,) = (one for one in standings(record) if one.site.id == "d0v0")
    assert village.drawn == ((came, OCTOBER.end),)
    assert seconds(record, "d0v0") == {"unknown": 15 * 86_400, "up": 16 * 86_400 - 3_600, "down": 3_600}
    assert village.standing.availability == pytest.approx(1 - 1 / (16 * 24))


def test_a_village_that_went_is_not_counted_on() -> None:
    player = quiet()
    went = OCTOBER.start + 10 * DAY
    player.run_to(went)
    fewer = without_village(SMALL, "d0v0")
    player.say(InventoryInForce(went, fewer.digest), inventory=fewer)
    (record,) = record_of(closed(player))
    assert seconds(record, "d0v0") == {"up": 864_000, "unknown": 21 * 86_400}
    assert [one.villages for one in progress(record)] == [5, 2, 3]


def test_a_site_that_changed_its_supplier_is_two_lines_on_the_bill() -> None:
    changed = OCTOBER.start + 10 * DAY
    player = quiet()
    link_fails(player, OCTOBER.start + DAY, OCTOBER.start + DAY + 2 * HOUR)
    player.run_to(changed)
    after = moved(SMALL)
    player.say(InventoryInForce(changed, after.digest), inventory=after)
    link_fails(player, changed + DAY, changed + DAY + HOUR)
    (record,) = record_of(closed(player))
    old, new = sorted((one for one in deliveries(record) if one.site == "d0v0"), key=lambda one: one.terms.supplier)
    assert (old.terms.supplier, old.in_force_seconds, old.down_seconds) == ("icon", 864_000, 7_200)
    assert (new.terms.supplier, new.in_force_seconds, new.down_seconds) == ("telkom", 21 * 86_400, 3_600)
    # 2 h of ten days are 99.17 %: missed; 2 500 000 · 2 / (744 · 0.995) = 6 754.2. 1 h of 21 days is 99.80 %: met.
    assert (old.is_met, old.restitution) == (False, 6_754)
    assert (new.is_met, new.restitution) == (True, 0)
    icon, telkom = by_supplier(deliveries(record), OCTOBER.seconds)
    assert (icon.lines, icon.met, icon.under_contract, icon.restitution) == (6, 5, 6, 6_754)
    assert telkom.fee == pytest.approx(500_000 * 21 / 31)
    owners = [one.owner for one in outages_of(record)]
    assert owners == ["icon", "telkom"]


def test_a_router_that_fails_is_not_the_suppliers_fault() -> None:
    player = quiet()
    lasting(player, "d0v0", OCTOBER.start + DAY, OCTOBER.start + DAY + 20 * HOUR)
    (record,) = record_of(closed(player))
    (line,) = (one for one in deliveries(record) if one.site == "d0v0")
    (outage,) = outages_of(record)
    assert str(outage.element) == "node:d0v0"
    assert (line.down_seconds, line.is_met, line.restitution) == (0, True, 0)


def two_lines() -> Inventory:
    """Return the drawing with a second line to `d0v0`, by another supplier and through the other district."""
    spare = Link("spare", LinkEnd("d1", "sfp9"), LinkEnd("d0v0", "sfp2"), supplier="telkom", contract="murah")
    first = replace(SMALL.links["d0-d0v0"], a=LinkEnd("d0", "sfp1"), b=LinkEnd("d0v0", "sfp1"))
    return replace(
        SMALL,
        links={**SMALL.links, first.id: first, "spare": spare},
        contracts={**SMALL.contracts, "murah": Contract("murah", "telkom", 99.5, 500_000.0, 50.0)},
        digest="two lines",
    )


def test_a_line_is_down_for_its_supplier_while_its_site_lives_on_the_other() -> None:
    player = quiet(two_lines())
    player.run_to(OCTOBER.start + DAY)
    player.do_port("d0:sfp1", "down")
    player.run_to(OCTOBER.start + DAY + 5 * HOUR)
    player.do_port("d0:sfp1", "up")
    (record,) = record_of(closed(player))
    assert seconds(record, "d0v0") == {"up": 31 * 86_400}
    assert outages_of(record) == []
    icon, telkom = (one for one in deliveries(record) if one.site == "d0v0")
    assert (icon.terms.supplier, icon.down_seconds, icon.is_met) == ("icon", 5 * 3_600, False)
    assert (telkom.terms.supplier, telkom.down_seconds, telkom.is_met) == ("telkom", 0, True)
    seen = {verdict.value: value for verdict, value in icon.seen_seconds.items()}
    assert (seen["down"], sum(seen.values())) == (5 * 3_600, 31 * 86_400)
    assert seen["up"] == 30 * 86_400 - 5 * 3_600  # of its port nothing was said on the first day
    assert telkom.seen_seconds[Verdict.DOWN] == 0


def test_announced_work_on_a_line_is_not_held_against_its_supplier() -> None:
    player = quiet(two_lines())
    begun = OCTOBER.start + DAY
    player.run_to(begun)
    player.say(MaintenanceScheduled(begun, "w", "link:d0-d0v0", begun, begun + 4 * HOUR, "siti"))
    player.run_to(begun + HOUR)
    player.do_port("d0:sfp1", "down")
    player.run_to(begun + 6 * HOUR)  # two hours longer than announced
    player.do_port("d0:sfp1", "up")
    (record,) = record_of(closed(player))
    (line,) = (one for one in deliveries(record) if one.link == "d0-d0v0")
    assert (line.down_seconds, line.failures) == (2 * 3_600, 1)
    seen = {verdict.value: value for verdict, value in line.seen_seconds.items() if value}
    assert (seen["maintenance"], sum(seen.values())) == (3 * 3_600, 31 * 86_400)
    assert abs(seen["down"] - 2 * 3_600) <= 60  # until somebody looked


def test_nobody_claims_what_nobody_saw() -> None:
    player = quiet(two_lines())
    player.run_to(OCTOBER.start + DAY)
    player.do_port("d0:sfp1", "down")
    player.run_to(OCTOBER.start + DAY + HOUR)
    player.do_restart("7200")
    player.do_port("d0:sfp1", "down")
    player.run_to(OCTOBER.start + DAY + 4 * HOUR)
    player.do_port("d0:sfp1", "up")
    (record,) = record_of(closed(player))
    (line,) = (one for one in deliveries(record) if one.link == "d0-d0v0")
    assert line.unknown_seconds == 7_200
    assert line.down_seconds == 2 * 3_600


def test_corrections_after_the_month_are_part_of_its_report() -> None:
    player = quiet()
    lasting(player, "d0v0", OCTOBER.start + DAY, OCTOBER.start + DAY + HOUR)
    entries = closed(player)
    (before,) = record_of(entries)
    later = OCTOBER.end + 3 * DAY
    player.run_to(later)
    player.do_says("1", "power")
    player.say(
        LedgerCorrected(later, "d0v0", OCTOBER.start + DAY, OCTOBER.start + DAY + 600.0, Verdict.MAINTENANCE, "siti")
    )
    player.say(LedgerCorrected(later, "d0v1", OCTOBER.end + HOUR, OCTOBER.end + 2 * HOUR, Verdict.DOWN, "siti"))
    (after,) = record_of(player.entries)
    assert [one.cause for one in outages_of(before)] == [Cause.UNKNOWN]
    assert [one.cause for one in outages_of(after)] == [Cause.POWER]
    assert seconds(after, "d0v0") == {"up": 31 * 86_400 - 3_600, "down": 3_000, "maintenance": 600}
    assert seconds(after, "d0v1") == {"up": 31 * 86_400}
    assert len(after.amended) == 2
    assert before.digest != after.digest


def test_what_happens_later_leaves_the_report_as_it_was_byte_by_byte() -> None:
    player = Month(SMALL, OCTOBER.start - HOUR, seed=5)
    player.live(OCTOBER.end, outages=10)
    (before,) = record_of(player.entries)
    first = month_page(before, lambda _: True, "id")
    lasting(player, "d1v1", OCTOBER.end + DAY, OCTOBER.end + 2 * DAY)
    (after,) = record_of(player.entries)
    assert month_page(after, lambda _: True, "id") == first
    assert before.digest in first


def test_the_digest_tells_of_any_change() -> None:
    player = quiet()
    lasting(player, "d0v0", OCTOBER.start + DAY, OCTOBER.start + DAY + HOUR)
    entries = closed(player)
    (record,) = record_of(entries)
    (again,) = record_of(list(entries))
    assert record.digest == again.digest
    place = next(index for index, entry in enumerate(entries) if entry.at > OCTOBER.start + DAY)
    forged = [*entries[:place], replace(entries[place], at=entries[place].at + 0.001), *entries[place + 1 :]]
    assert record_of(forged)[0].digest != record.digest


def test_the_trend_is_against_the_month_before() -> None:
    september = month("2026-09", WIB)
    player = quiet(begin=september.start - HOUR)
    lasting(player, "d0v0", september.start + DAY, september.start + 4 * DAY)
    lasting(player, "d0v0", OCTOBER.start + DAY, OCTOBER.start + DAY + 3.1 * DAY)
    (record,) = record_of(closed(player))
    (village,) = (one for one in standings(record) if one.site.id == "d0v0")
    assert village.standing.earlier == pytest.approx(0.9)
    assert village.standing.change == pytest.approx(0.0)
    county_wide = together(standings(record))
    assert county_wide.change is not None
    assert abs(county_wide.change) < 0.001


def test_progress_by_month_and_district() -> None:
    september = month("2026-09", WIB)
    player = Month(without_village(SMALL, "d0v0"), september.start - HOUR)
    player.say(ServiceDown(player.now, "web-d1v0", player.now, "parked"))
    player.run_to(OCTOBER.start)
    player.say(InventoryInForce(OCTOBER.start, SMALL.digest), inventory=SMALL)
    player.say(*(NodeUp(player.now, name, player.now) for name in ("d0v0",)))
    player.say(*(ServiceUp(player.now, f"web-{one}", player.now) for one in ("d0v0", "d1v0")))
    player.run_to(OCTOBER.start + 10 * DAY)
    player.do_lose("d0v1")
    player.run_to(OCTOBER.start + 20 * DAY)
    player.say(ServiceDown(player.now, "web-d0v0", player.now, "timeout"))
    player.run_to(OCTOBER.start + 25 * DAY)
    player.say(ServiceDown(player.now, "web-d1v0", player.now, "timeout"))
    first, second = record_of(closed(player), september, OCTOBER)
    shown = [
        [(one.month, one.district, one.villages, one.served, one.online, one.websites, one.websites_active)
         for one in progress(record)]
        for record in (first, second)
    ]  # fmt: skip
    assert shown[0] == [
        ("2026-09", "", 5, 5, 5, 1, 0),
        ("2026-09", "d0", 2, 2, 2, 0, 0),
        ("2026-09", "d1", 3, 3, 3, 1, 0),
    ]
    assert shown[1] == [
        ("2026-10", "", 6, 6, 5, 2, 2),
        ("2026-10", "d0", 3, 3, 2, 1, 1),
        ("2026-10", "d1", 3, 3, 3, 1, 1),
    ]


def moved(inventory: Inventory) -> Inventory:
    """Return the drawing after the line to `d0v0` was ordered from somebody else."""
    link = replace(inventory.links["d0-d0v0"], supplier="telkom", contract="murah")
    contracts = {**inventory.contracts, "murah": Contract("murah", "telkom", 99.5, 500_000.0, 50.0)}
    links = {**inventory.links, link.id: link}
    return replace(inventory, links=links, contracts=contracts, digest=f"{inventory.digest} moved")


def link_fails(player: Month, start: float, end: float) -> None:
    """Let the line to `d0v0` be cut: from afar it could as well be the router, so that a person says which."""
    lasting(player, "d0v0", start, end)
    told = player.seen.closed_incidents[-1].id
    line = Element(ElementKind.LINK, "d0-d0v0")
    player.say(CauseRevised(player.now, told, Cause.FIBRE, "siti", element=line))


def test_of_a_month_whose_first_entries_were_dropped_the_ledger_still_tells(tmp_path: Path) -> None:
    august, september = month("2026-08", WIB), month("2026-09", WIB)
    inventory = with_digest(SMALL)
    player = Month(inventory, august.start - HOUR)
    lasting(player, "d0v0", september.start + DAY, september.start + 2 * DAY)
    player.run_to(september.start + 10 * DAY)
    player.do_cover()
    middle = player.seen
    lasting(player, "d0v0", september.end - 2 * DAY, september.end - DAY)
    entries = closed(player)
    with closing(SqliteJournal(tmp_path / "journal.sqlite")) as journal:
        journal.append([replace(entries[0], inventory=inventory), *entries[1:]])
        whole = records(journal, [august, september, OCTOBER])
        journal.keep(freeze(middle))
        assert journal.forget(middle.at + 1.0) > 0
        left = records(journal, [august, september, OCTOBER])
    assert left[0] is None
    assert left[2] is not None
    assert whole[2] is not None
    assert month_page(left[2], lambda _: True, "id") == month_page(whole[2], lambda _: True, "id")
    assert left[1] is not None
    assert seconds(left[1], "d0v0") == {"up": 28 * 86_400, "down": 2 * 86_400}
    assert len(outages_of(left[1])) == 2
