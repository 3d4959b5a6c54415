"""Services that fail: one fault for what they share, and never a word against a village."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter

import pytest

from netmon.events import (
    Announce,
    CheckServices,
    Coverage,
    Effect,
    Entry,
    InventoryInForce,
    NodeDown,
    ProbingGap,
    ProbingStarted,
    ServiceConfirmed,
    ServiceDown,
    ServiceNamedBy,
    ServiceUp,
    Wake,
)
from netmon.model import (
    Finding,
    Inventory,
    Service,
    ServiceFailure,
    ShareKind,
    Verdict,
)
from netmon.picture.fold import fold
from netmon.picture.ledger import DARK
from netmon.picture.services import PATIENCE, domains_of
from netmon.picture.settle import WITNESS_PATIENCE
from netmon.picture.words.facts import say
from netmon.picture.words.phrases import Language
from netmon.picture.words.service_phrases import FAILURES, SERVICE_PHRASES
from netmon.picture.words.services import fault_fact, service_fact
from netmon.picture.words.why import why
from tests.unit.picture.service_story import HOST, VILLAGES, Story, county


def web(number: int) -> str:
    return f"web-v{number:02d}"


def asked(effects: list[Effect]) -> tuple[str, ...]:
    return tuple(name for effect in effects if isinstance(effect, CheckServices) for name in effect.services)


def whole_host_dies(story: Story, reason: str = "timeout") -> None:
    """Fail one, then those that are asked, then all others in the minute that their turns take."""
    first = story.fail(1000.0, web(0), reason=reason)
    story.fail(1006.0, *asked(first), reason=reason)
    story.say(1005.0 + PATIENCE + 20)
    story.say(1025.0 + 2 * PATIENCE)
    for name in story.inventory.services:
        if story.now.services[name].up:
            story.fail(1100.0, name, reason=reason)
    story.say(1110.0 + 2 * PATIENCE)


def two_zones() -> Inventory:
    """Return villages under zones of their own, half of them answered for by one pair of servers."""
    drawn = county()
    services = {name: replace(one, url=f"http://www.{one.site}.test/") for name, one in drawn.services.items()}
    return replace(drawn, services=services)


def test_many_zones_on_one_dead_name_server_are_one_fault_and_the_other_zones_are_not_in_it() -> None:
    story = Story(two_zones())
    story.all_up(10.0, address=None)
    for number in range(VILLAGES):
        servers = ("ns1.a.test", "ns2.a.test") if number % 2 else ("ns.b.test",)
        story.say(11.0, ServiceNamedBy(11.0, web(number), servers))
    for number in range(1, VILLAGES, 2):
        story.fail(1000.0 + number, web(number), reason="dns")
    story.say(1100.0 + 2 * PATIENCE)
    (fault,) = story.now.service_faults
    assert (fault.kind, fault.element) == (ShareKind.NAME_SERVER, "ns1.a.test, ns2.a.test")
    assert fault.services == tuple(web(number) for number in range(1, VILLAGES, 2))
    said = say(fault_fact(fault, story.now), story.inventory, Language.INDONESIAN, story.now.at)
    assert "peladen nama ns1.a.test, ns2.a.test tidak menjawab" in said


def test_a_name_server_whose_other_names_resolve_is_not_accused() -> None:
    story = Story(two_zones())
    story.all_up(10.0, address=None)
    for number in range(VILLAGES):
        story.say(11.0, ServiceNamedBy(11.0, web(number), ("ns.b.test",)))
    story.fail(1000.0, web(0), web(1), reason="dns")
    for number in range(2, VILLAGES):
        story.say(1010.0, ServiceConfirmed(1010.0, web(number), 1009.0))
    story.say(1100.0 + 2 * PATIENCE)
    assert {fault.kind for fault in story.now.service_faults} == {ShareKind.SERVICE}


def test_many_sites_on_one_dead_host_are_one_fault_and_no_black_spot() -> None:
    story = Story(county())
    story.all_up(10.0)
    whole_host_dies(story)
    (fault,) = story.now.service_faults
    assert (fault.kind, fault.element, fault.opened) == (ShareKind.ADDRESS, HOST, 1000.0)
    assert len(fault.services) == VILLAGES
    assert {story.finding(name).fault for name in story.inventory.services} == {fault.id}
    assert story.now.count(Verdict.UP) == VILLAGES + 1
    assert [e for e in story.told if isinstance(e, Announce)] == [Announce(fault.id, "opened")]
    for name in story.inventory.services:
        story.say(2000.0, ServiceUp(2000.0, name, 1995.0))
    story.say(2000.0 + PATIENCE)
    assert story.now.service_faults == ()
    (past,) = story.now.past_service_faults
    assert (past.id, past.closed, len(past.ever)) == (fault.id, 1995.0, VILLAGES)


def test_what_is_drawn_is_named_before_what_is_found_only_if_it_explains_as_much() -> None:
    story = Story(county(depends_on=("hosting",)))
    story.all_up(10.0)
    whole_host_dies(story, "refused")
    (fault,) = story.now.service_faults
    assert (fault.kind, fault.element) == (ShareKind.NODE, "hosting")


def test_a_host_that_the_network_knows_to_be_dark_has_its_services_with_its_own_fault() -> None:
    story = Story(county(depends_on=("hosting",)))
    story.all_up(10.0)
    story.say(1001.0, NodeDown(1001.0, "hosting", 1000.0))
    story.say(1010.0)
    for name in story.inventory.services:
        story.fail(1000.0, name)
    story.say(1200.0)
    assert story.now.service_faults == ()
    (incident,) = story.now.open_incidents
    assert {story.finding(name) for name in story.inventory.services} == {Finding(Verdict.UNREACHABLE, incident.id)}


def test_dead_names_are_one_fault_of_their_domain() -> None:
    story = Story(county())
    story.all_up(10.0)
    whole_host_dies(story, "dns")
    (fault,) = story.now.service_faults
    assert (fault.kind, fault.element, len(fault.services)) == (ShareKind.DOMAIN, "desa.test", VILLAGES)


def test_one_website_that_fails_while_its_neighbours_answer_is_its_own_fault() -> None:
    story = Story(county())
    story.all_up(10.0)
    mates = asked(story.fail(1000.0, web(3), reason="suspended"))
    assert 0 < len(mates) <= 4
    assert not story.now.service_faults
    assert story.finding(web(3)) == Finding(Verdict.UNREACHABLE), "it waits for its explanation"
    story.say(1006.0, ServiceConfirmed(1006.0, mates[0], 1005.5))
    (fault,) = tuple(story.now.service_faults)
    assert (fault.kind, fault.element) == (ShareKind.SERVICE, web(3))
    assert story.finding(web(3)) == Finding(Verdict.DOWN, fault.id)


def test_nobody_waits_for_ever() -> None:
    story = Story(county())
    story.all_up(10.0)
    effects = story.fail(1000.0, web(3))
    (wake,) = (effect for effect in effects if isinstance(effect, Wake))
    assert wake.at == 1005.0 + PATIENCE
    story.say(wake.at)
    assert [fault.kind for fault in story.now.service_faults] == [ShareKind.SERVICE]


def test_cutting_a_village_is_no_fault_of_its_website_elsewhere_and_the_other_way_round() -> None:
    story = Story(county())
    story.all_up(10.0)
    story.say(1001.0, NodeDown(1001.0, "v00", 1000.0))
    story.say(1010.0)
    assert story.now.site_findings["v00"].verdict is Verdict.DOWN
    assert story.finding(web(0)).verdict is Verdict.UP
    assert story.now.service_faults == ()


def test_what_stays_broken_after_a_repair_has_a_fault_of_its_own() -> None:
    story = Story(county())
    story.all_up(10.0)
    whole_host_dies(story)
    (before,) = story.now.service_faults
    for name in list(story.inventory.services)[1:]:
        story.say(2000.0, ServiceUp(2000.0, name, 1995.0))
    story.say(2000.0 + PATIENCE)
    story.say(2001.0 + 2 * PATIENCE)
    (after,) = story.now.service_faults
    assert (after.kind, after.element) == (ShareKind.SERVICE, web(0))
    assert after.id != before.id


def test_a_restart_keeps_the_fault() -> None:
    story = Story(county())
    story.all_up(10.0)
    whole_host_dies(story)
    (before,) = story.now.service_faults
    story.say(1500.0, ProbingStarted(1500.0, "p"))
    assert [fault.id for fault in story.now.service_faults] == [before.id]
    for name in story.inventory.services:
        story.fail(1510.0, name)
    story.say(1600.0)
    (after,) = story.now.service_faults
    assert (after.id, after.opened, len(after.services)) == (before.id, before.opened, VILLAGES)


def test_services_that_leave_the_drawing_leave_their_fault() -> None:
    story = Story(county())
    story.all_up(10.0)
    whole_host_dies(story)
    story.inventory = replace(story.inventory, services={}, digest="e")
    story.position += 1
    picture, _ = fold(story.picture, Entry(story.position, 3000.0, (InventoryInForce(3000.0, "e"),), story.inventory))
    assert picture.service_faults == ()
    assert dict(picture.service_findings) == {}


def test_domains_of_a_name() -> None:
    def of(url: str) -> tuple[str, ...]:
        return domains_of(Service("s", "v", "website", url))

    assert of("http://a.desa.test/") == ("desa.test", "test", ".")
    assert of("http://198.18.0.1/") == of("http://[2001:db8::1]/") == ()
    assert domains_of(Service("s", "v", "dns", host="ns.test", query="a.test")) == ()
    assert domains_of(None) == ()


def kiosk() -> Story:
    """Return a village with a kiosk behind its router, and a website that is hosted elsewhere."""
    drawn = county()
    behind = Service("kiosk", "v00", "kiosk", host="198.18.1.200", port=80, depends_on=("v00",))
    return Story(replace(drawn, services={**drawn.services, "kiosk": behind}))


def test_a_silent_router_whose_kiosk_answers_is_reached_by_other_evidence() -> None:
    story = kiosk()
    story.all_up(10.0, None)
    effects = story.say(1001.0, NodeDown(1001.0, "v00", 1000.0))
    assert asked(effects) == ("kiosk",), "not the website, which is elsewhere"
    assert story.now.pending[0].nodes == ("v00",)
    story.say(1001.5, ServiceConfirmed(1001.5, "kiosk", 1001.1))
    assert story.now.open_incidents == ()
    assert story.now.node_findings["v00"] == story.now.site_findings["v00"] == Finding(Verdict.DEGRADED)
    assert not any(span.verdict in DARK for span in story.now.ledger["v00"]), "it was never dark"
    told = why(story.now, story.inventory.sites["v00"])
    said = [say(fact, story.inventory, Language.ENGLISH, story.now.at) for fact in told.because]
    assert any("kiosk, which it carries, does: it is reached by other evidence" in one for one in said)
    story.fail(1100.0, "kiosk")
    story.say(1120.0, Coverage(1120.0, "p", 1119.0))
    assert story.now.site_findings["v00"].verdict is Verdict.DOWN


def test_a_kiosk_that_says_nothing_is_not_waited_for_as_long_as_a_router() -> None:
    """It is dead with the router that carries it, and its check ends long after a router's would have."""
    story = kiosk()
    story.all_up(10.0, None)
    story.say(1001.0, NodeDown(1001.0, "v00", 1000.0))
    story.say(1001.9, Coverage(1001.9, "p", 1001.9))
    assert story.now.open_incidents == ()
    story.say(1002.0, Coverage(1002.0, "p", 1001.0 + WITNESS_PATIENCE))
    assert story.now.site_findings["v00"].verdict is Verdict.DOWN


def test_a_kiosk_that_last_answered_before_the_silence_proves_nothing() -> None:
    story = kiosk()
    story.all_up(10.0, None)
    story.say(1001.0, NodeDown(1001.0, "v00", 1000.0))
    story.say(1002.0, ServiceConfirmed(1002.0, "kiosk", 999.0))
    story.say(1005.0, Coverage(1005.0, "p", 1004.5))
    assert story.now.site_findings["v00"].verdict is Verdict.DOWN


def test_after_a_gap_services_are_unknown_until_they_have_been_checked_again() -> None:
    story = kiosk()
    story.all_up(10.0, None)
    story.fail(900.0, web(1))
    effects = story.say(1001.0, ProbingGap(1001.0, "p", 990.0, "suspend"))
    known = set(story.inventory.services)
    assert {state.up for state in story.now.services.values()} == {None}
    assert set(asked(effects)) == known
    story.say(1002.0, *(ServiceConfirmed(1002.0, one, 1001.5) for one in sorted(known - {web(1)})))
    story.say(1002.5, ServiceDown(1002.5, web(1), 899.0, "timeout"))
    assert {name for name, state in story.now.services.items() if not state.up} == {web(1)}


def test_both_languages_say_the_same_things() -> None:
    assert set(FAILURES) == set(ServiceFailure)
    for key, phrase in SERVICE_PHRASES.items():
        fields = [sorted(name for _, name, _, _ in Formatter().parse(text) if name) for text in phrase]
        assert fields[0] == fields[1], key
        assert phrase.en != phrase.id


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", ["timeout", "dns"])
@pytest.mark.parametrize("drawn", [{}, {"depends_on": ("hosting",)}])
def test_everything_can_be_said_in_both_languages(language: Language, reason: str, drawn: dict[str, object]) -> None:
    story = Story(county(**drawn))
    story.all_up(10.0)
    sentences = [service_fact(web(0), story.now)]
    story.fail(900.0, web(5), reason="suspended")
    sentences.append(service_fact(web(5), story.now))
    story.say(906.0, ServiceConfirmed(906.0, web(0), 905.5))
    sentences.append(service_fact(web(5), story.now))
    sentences += [fault_fact(fault, story.now) for fault in story.now.service_faults]
    story.say(950.0, ServiceUp(950.0, web(5), 950.0))
    whole_host_dies(story, reason)
    sentences += [service_fact(web(1), story.now)]
    sentences += [fault_fact(fault, story.now) for fault in story.now.service_faults]
    said = [say(fact, story.inventory, language, story.now.at) for fact in sentences]
    assert all(one and "{" not in one for one in said)
    assert len(set(said)) == len(said)


def test_a_site_is_told_of_its_services() -> None:
    story = Story(county())
    story.all_up(10.0)
    whole_host_dies(story)
    told = why(story.now, story.inventory.sites["v03"])
    assert told.verdict is Verdict.UP
    (fact,) = (one for one in told.because if one.key.startswith("service-"))
    said = say(fact, story.inventory, Language.INDONESIAN, story.now.at)
    assert f"bersama {VILLAGES - 1} layanan: gangguannya di peladen {HOST}" in said
