"""What Alertmanager is told at once: when, in the rules' own words, and that it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Element, ElementKind, Fault, Finding, Verdict
from netmon.picture.alerts import FORGET, KEEP, RULES, Telling, Tellings, decide, posts
from netmon.picture.state import Incident, Picture
from tests.markdown import TOP
from tests.unit.exporter.county import NOW, calm, cut, inventory, open_ring

TELLING = Telling({"instance": "n:9840", "job": "netmon"}, linger=40.0)
F8 = ("NetmonFault", "F8")
BEGAN = NOW - 30


CALM, CUT = calm(), cut()


def healed(at: float) -> Picture:
    """Return the picture after the cable was spliced."""
    (incident,) = CUT.open_incidents
    return replace(CALM, closed_incidents=(replace(incident, closed=at),))


def test_a_fault_is_told_once_it_has_lasted_and_in_the_words_of_the_rule() -> None:
    assert decide({}, cut(), BEGAN + 2.9, TELLING) == {}
    told = decide({}, cut(), BEGAN + 3.0, TELLING)
    (post,) = posts(told, BEGAN + 3.0, TELLING)
    assert post.labels == {
        "alertname": "NetmonFault",
        "severity": "critical",
        "instance": "n:9840",
        "job": "netmon",
        "fault": "F8",
    }
    assert post.annotations["description"] == (
        "cable west has failed, cause fibre. 2 sites are dark since 2026-09-21 14:12:50 UTC: "
        "<script>alert(1)</script>, Rawasan."
    )
    assert post.annotations["description_id"] == (
        "kabel west rusak, penyebab serat optik. 2 situs padam sejak 21-09-2026 21:12:50 WIB: "
        "<script>alert(1)</script>, Rawasan."
    )
    assert (post.starts, post.ends, post.is_over) == (BEGAN, BEGAN + 3.0 + KEEP, False)


def test_who_answers_for_a_rented_cable_is_said() -> None:
    picture = cut()
    links = {name: replace(link, supplier="icon") for name, link in picture.inventory.links.items()}
    told = decide({}, replace(picture, inventory=replace(picture.inventory, links=links)), NOW, TELLING)
    assert "cable west has failed, cause fibre, owner icon. 2 sites" in told[F8].description
    assert "kabel west rusak, penyebab serat optik, pemilik icon. 2 situs" in told[F8].description_id


def test_the_rules_and_the_fast_path_cannot_differ_in_what_makes_two_alerts_one() -> None:
    text = (TOP / "dashboards" / "prometheus" / "alerts.yaml").read_text(encoding="utf-8")
    shipped = {
        rule["alert"]: rule for group in yaml.load(text, Loader=yaml.CSafeLoader)["groups"] for rule in group["rules"]
    }
    (post,) = posts(decide({}, cut(), NOW, TELLING), NOW, TELLING)
    for rule in RULES:
        theirs = shipped[rule.name]
        assert theirs["labels"] == {"severity": rule.severity}
        assert theirs["annotations"]["summary"] == rule.summary
        assert theirs["annotations"]["summary_id"] == rule.summary_id
        assert [key for key in theirs["annotations"] if key not in post.annotations] == []
        by = "max by (instance, job, fault)" if rule.is_of_a_fault else "max by (instance, job)"
        assert theirs["expr"].startswith(by)


def test_that_it_is_over_is_told_when_prometheus_has_seen_it_too() -> None:
    told = decide({}, cut(), NOW, TELLING)
    told = decide(told, healed(NOW + 5), NOW + 6, TELLING)
    assert posts(told, NOW + 6, TELLING) == []
    told = decide(told, healed(NOW + 5), NOW + 45, TELLING)
    (post,) = posts(told, NOW + 45, TELLING)
    assert (post.is_over, post.starts, post.ends) == (True, BEGAN, NOW + 5)
    assert decide(told, healed(NOW + 5), NOW + 5 + FORGET, TELLING) == {}


def test_what_ended_while_netmon_was_away_is_told_after_its_restart() -> None:
    told = decide({}, healed(NOW), NOW + 60, TELLING)
    over = {post.labels["alertname"]: post for post in posts(told, NOW + 60, TELLING)}
    assert over["NetmonFault"].is_over
    assert over["NetmonFault"].labels == posts(decide({}, cut(), NOW, TELLING), NOW, TELLING)[0].labels
    assert over["NetmonFault"].ends == NOW


def test_what_nobody_was_told_of_is_never_over() -> None:
    (incident,) = cut().open_incidents
    blink = replace(calm(), closed_incidents=(replace(incident, closed=incident.began + 1.5),))
    assert decide({}, blink, NOW, TELLING) == {}


def test_a_fault_that_comes_back_is_told_anew_and_from_when_it_did() -> None:
    told = decide(decide({}, cut(), NOW, TELLING), healed(NOW + 5), NOW + 60, TELLING)
    (incident,) = cut().open_incidents
    again = replace(cut(), open_incidents=(replace(incident, again=NOW + 70, count=2),))
    assert decide(told, again, NOW + 72, TELLING)[F8].ended is not None
    after = decide(told, again, NOW + 73, TELLING)[F8]
    assert (after.began, after.ended) == (NOW + 70, None)


@pytest.mark.parametrize("verdict", [Verdict.MAINTENANCE, Verdict.UNKNOWN])
def test_sites_at_work_and_sites_of_which_nothing_is_known_are_told_to_nobody(verdict: Verdict) -> None:
    picture = cut()
    findings = {**picture.site_findings, **dict.fromkeys(("v1", "v2"), Finding(verdict, "F8"))}
    quiet = replace(picture, site_findings=findings)
    assert decide({}, quiet, NOW, TELLING) == {}
    told = decide(decide({}, picture, NOW, TELLING), quiet, NOW + 1, TELLING)
    assert told[F8].ended == NOW + 1


def test_lost_redundancy_is_told_after_a_minute() -> None:
    picture = open_ring()
    assert ("NetmonRedundancyLost", "F9") not in decide({}, picture, NOW + 50, TELLING)
    told = decide({}, picture, NOW + 51, TELLING)[("NetmonRedundancyLost", "F9")]
    assert told.description == "link b-c has failed. One more cut would darken 2 sites."
    assert told.description_id == "jalur b-c rusak. Satu putus lagi akan memadamkan 2 situs."
    at_work = tuple(replace(one, window="w1") for one in picture.open_incidents)
    assert ("NetmonRedundancyLost", "F9") not in decide(
        {}, replace(picture, open_incidents=at_work), NOW + 51, TELLING
    )


def test_an_isolated_monitor_is_one_alert_of_the_monitor() -> None:
    fault = Fault("F1", Element(ElementKind.VANTAGE, "rtr-noc"))
    alone = replace(calm(), open_incidents=(Incident(fault, NOW, NOW),))
    (post,) = posts(decide({}, alone, NOW + 3, TELLING), NOW + 3, TELLING)
    assert post.labels == {
        "alertname": "NetmonMonitorIsolated",
        "severity": "critical",
        "instance": "n:9840",
        "job": "netmon",
    }


def test_fifteen_names_and_the_number_of_the_others() -> None:
    drawing = inventory()
    site = drawing.sites["v1"]
    many = {f"s{n:02}": replace(site, id=f"s{n:02}", name=f"Desa {n:02}") for n in range(20)}
    picture = cut(replace(drawing, sites={**drawing.sites, **many}))
    dark = dict.fromkeys(many, Finding(Verdict.UNREACHABLE, "F8"))
    picture = replace(picture, site_findings={**picture.site_findings, **dark})
    description = decide({}, picture, NOW, TELLING)[F8].description
    assert "22 sites are dark" in description
    assert description.endswith("Desa 13 and 7 more.")


@given(st.lists(st.tuples(st.sampled_from(["cut", "healed", "calm"]), st.floats(0.1, 400.0)), max_size=12))
def test_however_it_comes_and_goes_an_alert_that_fired_is_told_to_be_over(course: list[tuple[str, float]]) -> None:
    """Also where netmon forgets all it knew in between, which is what a restart does."""
    now, healed_at = NOW, NOW
    told: Tellings = {}
    for what, passed in [*course, ("healed", 1.0), ("healed", TELLING.linger + 1)]:
        now += passed
        if what == "cut":
            told = decide(told, CUT, now, TELLING)
            assert not any(post.is_over for post in posts(told, now, TELLING) if post.labels.get("fault") == "F8")
            healed_at = now
        elif what == "healed":
            told = decide(told if passed < 300 else {}, healed(healed_at), now, TELLING)
        else:
            told = decide(told, CALM, now, TELLING)
    if any(what == "cut" for what, _ in course) and now - healed_at < FORGET:
        assert told[F8].ended is not None
