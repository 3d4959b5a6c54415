"""Reasons are kept as English sentences, and said in either language."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.picture.cause import Case, judge
from netmon.picture.words.phrases import Language
from netmon.picture.words.reasons import NAMED, listed, reason
from netmon.picture.words.translate import SENTENCES, translate
from netmon.probes.belief.quality import Quality, Rounds
from netmon.topology.diagnosis.diagnose import diagnose
from tests.rows import every_row
from tests.unit.picture import test_cause
from tests.unit.topology.drawn import graph_of, seen

ID = Language.INDONESIAN
names = st.lists(
    st.text(string.ascii_lowercase + string.digits + "-:", min_size=1, max_size=8).filter(
        lambda text: text.strip("-:")
    ),
    min_size=1,
    max_size=NAMED + 3,
    unique=True,
)


NUMBERS = {"count", "all", "seconds"}
LISTS = {"nodes", "links", "ports", "port", "restarted", "kept", "now", "usual"}


def values(key: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(SENTENCES[key].en) if name]


@given(names)
def test_each_sentence_is_recognised_and_keeps_its_values(given_names: list[str]) -> None:
    one = "n" + given_names[0].replace(":", ".")
    more = len(given_names) - NAMED
    shown = ", ".join(sorted(given_names)[:NAMED]) + (f" dan {more} lainnya" if more > 0 else "")
    for key, sentence in SENTENCES.items():
        kept = {
            name: "7" if name in NUMBERS else listed(given_names) if name in LISTS else one for name in values(key)
        }
        said = translate(sentence.en.format(**kept), ID)
        assert said == sentence.id.format(**kept | {name: shown for name in kept if name in LISTS}), key


@every_row("key", SENTENCES)
def test_both_languages_say_the_same_values_in_different_words(key: str) -> None:
    english, indonesian = SENTENCES[key]
    assert sorted(values(key)) == sorted(name for _, name, _, _ in string.Formatter().parse(indonesian) if name)
    assert english != indonesian


def test_what_a_source_said_follows_as_it_was() -> None:
    said = reason("gasp", nodes="b", detail="last down cause at olt pon1:3 (power)")
    assert translate(said, ID) == "b mengirim dying gasp (last down cause at olt pon1:3 (power))"


@pytest.mark.parametrize(
    "note", ["budi: a truck hit the pole", "and 3 more", "", "light of {nodes} was lost", "budi: the mast is dark"]
)
def test_a_note_stays_as_it_was_written(note: str) -> None:
    assert translate(note, ID) == note
    assert translate(note, Language.ENGLISH) == note


def test_what_is_said_of_a_bad_line_is_recognised() -> None:
    quality, zero = Quality(2), np.zeros(2, np.int64)
    answered, lost, rtt = zero.copy(), zero.copy(), np.zeros(2)
    said = []
    for look in range(80):
        bad = look >= 50
        answered = answered + np.array([6 if bad else 10, 10])
        lost = lost + np.array([4 if bad else 0, 0])
        rtt = rtt + np.array([0.06, 5.0 if bad else 0.1])
        said += [change.reason for change in quality.look(Rounds(answered, lost, rtt, answered)) if change.degraded]
    assert len(said) == 2
    assert [translate(one, ID).split()[0] for one in sorted(said)] == ["kehilangan", "waktu"]


def test_what_diagnosis_says_is_recognised() -> None:
    tree = "noc-gw-a-b-c; a-d; b-e"
    heard: set[str] = set()
    for graph, observed in (
        (whole := graph_of(tree), seen(whole, "b c e")),
        (whole, seen(whole, "c", ports={"b:c": False, "b:a": True}, b__c=None, a__b=-7.0)),
        (whole, seen(whole, "gw a b c d e")),
        (whole, seen(whole, "b")),
        (lone := graph_of(tree, alone="x"), seen(lone, "x")),
        (ducts := graph_of(tree, cables={"k": "b-c b-e"}), seen(ducts, "c e")),
        (duct := graph_of(tree, cables={"k": "b-c a-d"}), seen(duct, "c")),
        (power := graph_of(tree, areas={"p": "c d"}), seen(power, "c d")),
        (ring := graph_of("noc-gw-a-b-gw"), seen(ring, ports={"a:b": False, "b:a": False})),
        (split := graph_of(tree, passive="b"), seen(split, "c e")),
        (watched := graph_of(tree, sentinels="gw"), seen(watched, "gw a b c d e")),
    ):
        heard |= {line for fault in diagnose(graph, observed).faults for line in fault.evidence}
    assert len(heard) >= 14
    assert not [said for said in heard if translate(said, ID) == said]


def test_every_rule_speaks_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge is heard in the tests of its rules: whatever it says there, it can say in Indonesian."""
    heard: set[str] = set()

    def overheard(case: Case) -> object:
        said = judge(case)
        heard.update(said.reasons)
        return said

    monkeypatch.setattr(test_cause, "judge", overheard)
    for name, test in vars(test_cause).items():
        if name.startswith("test_") and not test.__code__.co_argcount:
            test()
    assert len(heard) >= 8
    assert not [said for said in heard if translate(said, ID) == said]
