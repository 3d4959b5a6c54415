"""Every verdict can be asked about: what it rests on, what it is not, and what would change it, in both languages."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest

import netmon
from netmon.events import (
    Coverage,
    EvidenceSeen,
    InventoryInForce,
    MaintenanceScheduled,
    NodeDown,
    NodeQuality,
    NodeUp,
    ProbingGap,
    ProbingStarted,
    ProbingStopped,
)
from netmon.model import Cause, Element, ElementKind, EvidenceKind, Verdict
from netmon.picture.state import Picture
from netmon.picture.words.facts import element_name, say
from netmon.picture.words.faults import moment
from netmon.picture.words.find import find_site
from netmon.picture.words.phrases import PHRASES, Language
from netmon.picture.words.why import Why, why
from netmon.topology.diagnosis.rejected import Ground
from tests.drawings import drawing
from tests.unit.picture.story import T0, Story

RING = "noc-gw gw-a a-b b-c c-gw b-d d-e"


def asked(picture: Picture, site: str) -> Why:
    return why(picture, picture.inventory.sites[site])


def texts(answer: Why, picture: Picture, language: Language = Language.ENGLISH) -> dict[str, list[str]]:
    parts = {"because": answer.because, "rejected": answer.rejected, "would change": answer.would_change}
    return {
        name: [say(fact, picture.inventory, language, picture.at) for fact in facts] for name, facts in parts.items()
    }


def keys(answer: Why) -> set[str]:
    return {fact.key for fact in (answer.says, *answer.because, *answer.rejected, *answer.would_change)}


def cut() -> Story:
    """Return a story in which the tail d-e of the ring is lost because of d, whose neighbours and ports speak."""
    story = Story(drawing(RING, cables={"k": "b-d a-b"}, ports=True))
    story.lose("d", "e")
    story.read("a:b b:a", up=True)
    story.read("b:d", up=False)
    return story


def test_up() -> None:
    story = Story(drawing(RING))
    answer = asked(story.seen, "a")
    assert (answer.verdict, answer.since, answer.incident) == (Verdict.UP, T0, None)
    said = texts(answer, story.seen)
    assert said["because"] == ["a answers, without a break since 00:16:40."]
    assert said["rejected"] == []
    assert any("misses a request" in text for text in said["would change"])


def test_a_fault_elsewhere() -> None:
    story = cut()
    answer = asked(story.seen, "e")
    assert answer.verdict is Verdict.UNREACHABLE
    assert answer.incident is not None
    assert answer.incident.fault.element == Element(ElementKind.NODE, "d")
    said = texts(answer, story.seen)
    assert any("first request that it missed" in text for text in said["because"])
    assert any(text.startswith("b, next to what is dark, answers") for text in said["because"])
    assert "Port b:d reports its line down." in said["because"]
    assert "router e (E): no, it would not explain the silence of d." in said["rejected"]
    assert "Kabel k: no, another line in it is up, says port a:b." in said["rejected"]
    assert "router b (B): no, an answer came from b." in said["rejected"]
    assert any("router d (D) is repaired and e still" in text for text in said["would change"])
    assert "One answer of e: up, from that answer on." in said["would change"]


def test_facts_are_in_order_of_time_and_dated_by_the_words_they_rest_on() -> None:
    story = cut()
    answer = asked(story.seen, "e")
    assert answer.incident is not None
    told = [fact for fact in answer.because if fact.at is not None]
    assert [fact.key for fact in told][-1] == "named"
    assert [fact.at for fact in told[:-1]] == sorted(fact.at or 0.0 for fact in told[:-1])
    (first,) = [fact.at for fact in answer.because if fact.key == "node-dark"]
    assert first == story.seen.nodes["e"].since
    (port,) = [fact for fact in answer.because if fact.key == "port-down"]
    assert port.at == max(story.seen.read_at.values())
    (rejected,) = [fact for fact in answer.rejected if fact.key == str(Ground.SISTER_UP)]
    assert rejected.at == story.seen.read_at[next(port for port in story.seen.read_at if str(port) == "a:b")]


def test_a_fault_of_its_own() -> None:
    story = cut()
    answer = asked(story.seen, "d")
    assert answer.verdict is Verdict.DOWN
    assert answer.says.key == "down"
    assert "if-neighbour-falls" in keys(answer)
    assert "if-repaired" not in keys(answer)


def test_a_fault_that_is_still_being_found() -> None:
    story = Story(drawing(RING))
    story.now += 10.0
    story.down("d")
    answer = asked(story.seen, "d")
    assert (answer.verdict, answer.says.key) == (Verdict.UNREACHABLE, "unexplained")
    assert {fact.values["node"] for fact in answer.because if fact.key == "asked"} == {"b", "e"}
    assert texts(answer, story.seen)["would change"] == [
        "As soon as those asked have answered, or are found silent too, the fault is named."
    ]


def test_the_monitor_cut_off() -> None:
    story = Story(drawing(RING))
    story.lose("gw", "a", "b", "c", "d", "e")
    answer = asked(story.seen, "d")
    assert (answer.verdict, answer.says.key) == (Verdict.UNKNOWN, "isolated")
    assert "if-any-answers" in keys(answer)


@pytest.mark.parametrize("event", [ProbingGap(T0 + 60, "p", T0 + 20, "suspended"), ProbingStopped(T0 + 60, "p")])
def test_probing_that_was_not_alive(event: ProbingGap | ProbingStopped) -> None:
    story = Story(drawing(RING))
    story.say(Coverage(T0 + 20, "p", T0 + 20))
    story.now = T0 + 60
    story.say(event)
    answer = asked(story.seen, "d")
    assert (answer.verdict, answer.says.key) == (Verdict.UNKNOWN, "gap")
    assert {"node-lost", "covered", "if-word"} <= keys(answer)


def test_what_was_dark_before_a_gap_is_told() -> None:
    story = cut()
    story.now += 5.0
    story.say(ProbingStarted(story.now, "p"))
    answer = asked(story.seen, "e")
    (before,) = [fact for fact in answer.because if fact.key == "node-was-dark"]
    assert before.at == story.seen.nodes["e"].dark_since


def test_no_word_yet_and_nothing_probed() -> None:
    story = Story(drawing("noc-gw gw-a a-b", passive="b"))
    answer = asked(story.seen, "b")
    assert (answer.verdict, answer.says.key) == (Verdict.UNKNOWN, "not-probed")
    assert {"passive", "if-monitored"} <= keys(answer)
    fresh = Picture.empty(story.inventory)
    answer = asked(fresh, "a")
    assert (answer.verdict, answer.says.key, answer.since) == (Verdict.UNKNOWN, "no-word", None)
    assert {"node-no-word", "if-word"} <= keys(answer)
    assert say(answer.says, fresh.inventory, Language.ENGLISH, 0.0).startswith("Nothing is known of A yet")


def test_a_bad_line() -> None:
    story = Story(drawing(RING))
    story.now += 5.0
    story.say(NodeQuality(story.now, "a", degraded=True, reason="loses 12 % of its packets"))
    answer = asked(story.seen, "a")
    assert (answer.verdict, answer.says.key) == (Verdict.DEGRADED, "degraded-line")
    assert (
        "The line of a is worse than it used to be: loses 12 % of its packets."
        in texts(answer, story.seen)["because"]
    )
    assert "if-good" in keys(answer)


def two_at_one_site() -> Story:
    plain = drawing(RING)
    nodes = {**plain.nodes, "e": replace(plain.nodes["e"], site="d")}
    return Story(replace(plain, nodes=nodes))


def test_a_site_of_which_a_part_answers() -> None:
    story = two_at_one_site()
    story.lose("e")
    answer = asked(story.seen, "d")
    assert (answer.verdict, answer.says.key) == (Verdict.DEGRADED, "degraded-part")
    assert {"node-dark", "if-answers"} <= keys(answer)


def test_a_site_that_was_never_connected() -> None:
    plain = drawing(RING)
    sites = {**plain.sites, "far": replace(plain.sites["a"], id="far", name="Far", served=False)}
    story = Story(replace(plain, sites=sites))
    answer = asked(story.seen, "far")
    assert (answer.verdict, answer.says.key) == (Verdict.UNSERVED, "unserved")
    assert {"drawn-unserved", "no-node", "if-drawn"} <= keys(answer)


def test_work_that_is_going_on() -> None:
    story = Story(drawing(RING))
    story.say(MaintenanceScheduled(story.now, "w1", "node:d", story.now, story.now + 3_600, "budi"))
    story.lose("d", "e")
    answer = asked(story.seen, "e")
    assert (answer.verdict, answer.says.key) == (Verdict.MAINTENANCE, "maintenance")
    assert "Work on router d (D) was announced until 01:16:40." in texts(answer, story.seen)["because"]
    assert {"node-dark", "if-over"} <= keys(answer)
    at_the_site = Story(drawing(RING))
    at_the_site.say(MaintenanceScheduled(T0, "w1", "site:d", T0, T0 + 3_600, "budi"))
    at_the_site.lose("d", "e")
    told = texts(asked(at_the_site.seen, "e"), at_the_site.seen, Language.INDONESIAN)["because"]
    assert "Pekerjaan pada D diumumkan sampai 01:16:40." in told


def test_a_fault_that_comes_back_is_counted_and_its_cause_has_reasons() -> None:
    story = cut()
    (incident,) = story.seen.open_incidents
    again = replace(incident, count=3, again=T0 + 20, reasons=("d gasped before it fell silent",))
    answer = asked(replace(story.seen, open_incidents=(again,)), "e")
    said = texts(answer, story.seen)["because"]
    assert said[-2:] == ["d gasped before it fell silent", f"{incident.id} has come back: 3 times up to now."]


def test_the_answer_is_a_function_of_the_picture() -> None:
    assert asked(cut().seen, "e") == asked(cut().seen, "e")


# -- words ------------------------------------------------------------------------------------------------------


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_things() -> None:
    for key, phrase in PHRASES.items():
        assert fields(phrase.en) == fields(phrase.id), key
        assert phrase.en != phrase.id or not re.search("[a-z]{3}", re.sub(r"{\w+}", "", phrase.en)), key


def test_every_phrase_is_used_and_every_ground_and_cause_has_one() -> None:
    assert {*Ground, *Cause} <= set(PHRASES)
    package = Path(netmon.__file__).parent
    words = package / "picture" / "words"
    source = "".join((words / name).read_text(encoding="utf-8") for name in ("why.py", "facts.py"))
    source += (package / "cli" / "why.py").read_text(encoding="utf-8")
    assert {key for key in PHRASES if f'"{key}"' not in source} == {*Ground, *Cause}


@pytest.mark.parametrize("language", Language)
def test_everything_that_is_said_can_be_said_in_every_language(language: Language) -> None:
    for site in ("a", "d", "e"):
        story = cut()
        answer = asked(story.seen, site)
        for sentences in texts(answer, story.seen, language).values():
            assert all(sentence and "{" not in sentence for sentence in sentences)


def test_a_time_of_another_day_carries_its_date() -> None:
    drawn = drawing(RING)
    assert moment(T0, drawn, T0 + 60) == "00:16:40"
    assert moment(T0, drawn, T0 + 86_400) == "1970-01-01 00:16:40"
    assert moment(T0, replace(drawn, timezone="Asia/Jakarta"), T0) == "07:16:40"


def test_elements_have_names_in_both_languages() -> None:
    drawn = drawing(RING, cables={"k": "a-b"}, power={"a": "p"})
    named = {
        (kind, language): element_name(Element(kind, name), drawn, language)
        for kind, name in (
            (ElementKind.LINK, "a-b"), (ElementKind.CABLE, "k"), (ElementKind.NODE, "a"),
            (ElementKind.POWER_AREA, "p"), (ElementKind.VANTAGE, "noc"),
        )
        for language in Language
    }  # fmt: skip
    assert named[ElementKind.LINK, Language.INDONESIAN] == "tautan serat optik A – B"
    assert named[ElementKind.CABLE, Language.INDONESIAN] == "Kabel k"
    assert named[ElementKind.POWER_AREA, Language.INDONESIAN] == "wilayah listrik p"
    assert element_name(Element(ElementKind.LINK, "gone"), drawn, Language.ENGLISH) == "gone"


# -- naming a site ------------------------------------------------------------------------------------------------


def test_a_site_is_found_by_id_or_name_and_near_misses_are_helped() -> None:
    from netmon.errors import UsageError

    drawn = drawing("noc-socorejo socorejo-jenu jenu-jenu2")
    twice = {**drawn.sites, "jenu2": replace(drawn.sites["jenu2"], name="Jenu")}
    drawn = replace(drawn, sites=twice)
    assert find_site("socorejo", drawn).id == "socorejo"
    assert find_site("SOCOREJO", drawn).id == "socorejo"
    assert find_site("jenu", drawn).id == "jenu"
    with pytest.raises(UsageError, match=r"2 sites are called 'Jenu' .*jenu \(village\), jenu2"):
        find_site("Jenu", drawn)
    with pytest.raises(UsageError, match=r"no site 'Socorjo' \(did you mean Socorejo \(socorejo\)\?\)"):
        find_site("Socorjo", drawn)
    with pytest.raises(UsageError, match="netmon status --all"):
        find_site("xyzzy", drawn)


def test_up_after_a_repair_says_since_when() -> None:
    story = cut()
    story.now += 30.0
    story.say(NodeUp(story.now, "d", story.now - 0.5), NodeUp(story.now, "e", story.now - 0.25))
    answer = asked(story.seen, "e")
    assert (answer.verdict, answer.since) == (Verdict.UP, story.now - 0.25)


def test_a_new_drawing_that_lacks_what_was_accused_is_no_trouble() -> None:
    story = cut()
    drawn = drawing("noc-gw gw-a a-e", digest="later")
    story.say(InventoryInForce(story.now, drawn.digest), inventory=drawn)
    story.say(NodeDown(story.now, "e", story.now))
    for site in drawn.sites:
        asked(story.seen, site)


def test_what_a_router_said_of_a_silent_node() -> None:
    story = Story(drawing(RING))
    story.now += 10.0
    story.down("d")
    router = next(name for name, node in story.seen.inventory.nodes.items() if node.address is not None)
    address = story.seen.inventory.nodes[router].address
    for at, detail in ((-60.0, "198.18.9.9 host-unreachable"), (0.5, f"{address} host-unreachable")):
        when = story.now + at
        story.say(EvidenceSeen(when, "d", EvidenceKind.SAID_UNREACHABLE, when, detail))
    (said,) = [fact for fact in asked(story.seen, "d").because if fact.key == "node-said-unreachable"]
    assert (said.values["router"], said.values["said"]) == (router, "host-unreachable")
