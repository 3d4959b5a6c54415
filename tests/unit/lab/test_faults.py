"""Faults as values and as words: checked against the inventory, through JSON and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from netmon.errors import UsageError
from netmon.lab.control import from_json, to_json
from netmon.lab.story import faults as f
from netmon.lab.story.state import LabState, apply_fault, faults_in_force
from netmon.lab.story.words import Manner, describe, fault_of, repairs_of, word_of
from netmon.model import Inventory, Service
from tests.lab.counties import draw
from tests.rows import every_row
from tests.unit.lab.drawings import played

DRAWN = draw([("noc", "jenu"), ("jenu", "socorejo")], cables={"noc-jenu": "utara"}, areas={"jenu": "mains"})
INVENTORY = replace(DRAWN, services={"web": Service("web", "jenu", "website", "http://jenu.test/")})


@every_row(
    ("fault", "message"),
    [
        (f.CutLink("noc-jenuu"), r"no link is called 'noc-jenuu' \(did you mean noc-jenu\?\)"),
        (f.CutCable("x"), r"no cable is called 'x' \(the inventory has 1 of them\)"),
        (f.PowerOff("jenn"), r"no node is called 'jenn' \(did you mean jenu\?\)"),
        (f.PowerOffArea("main"), r"no power area is called 'main' \(did you mean mains\?\)"),
        (f.FailService("wep"), r"no service is called 'wep' \(did you mean web\?\)"),
        (f.LoseOneWay("noc-jenu", "socorejo", 0.5), r"not an end of link noc-jenu \(choose noc or jenu\)"),
        (f.LoseOneWay("noc-jenu", "noc", 1.5), "1.5 is not a loss ratio"),
        (f.LoseOneWay("noc-jenu", "noc", float("nan")), "nan is not a loss ratio"),
        (f.Attenuate("noc-jenu", float("inf")), "inf is not an attenuation"),
    ],
)
def test_what_is_not_in_the_inventory_is_refused_with_a_remedy(fault: f.LabFault, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        f.check_fault(INVENTORY, fault)


@given(played)
def test_faults_survive_json(case: tuple[Inventory, list[f.LabFault]]) -> None:
    _, faults = case
    data = to_json(tuple(faults))
    assert from_json(tuple[f.LabFault, ...], data) == tuple(faults)


@every_row(
    ("word", "manner", "fault"),
    [
        ("link:noc-jenu", Manner(), f.CutLink("noc-jenu")),
        ("link:noc-jenu", Manner(loss=0.3, sender="noc"), f.LoseOneWay("noc-jenu", "noc", 0.3)),
        ("link:noc-jenu", Manner(decibel=6.0), f.Attenuate("noc-jenu", 6.0)),
        ("cable:utara", Manner(), f.CutCable("utara")),
        ("node:jenu", Manner(), f.PowerOff("jenu")),
        ("node:jenu", Manner(management=True), f.MuteManagement("jenu")),
        ("power_area:mains", Manner(), f.PowerOffArea("mains")),
        ("service:web", Manner(how="silent"), f.FailService("web", "silent")),
    ],
)
def test_words_name_faults_and_their_repair(word: str, manner: Manner, fault: f.LabFault) -> None:
    assert fault_of(word, manner) == fault
    assert word_of(fault) == word
    assert describe(fault)
    state = apply_fault(INVENTORY, LabState(), fault, 0.0)
    assert faults_in_force(state) == (fault,)
    for repair in repairs_of(word):
        assert word_of(repair) == word
        state = apply_fault(INVENTORY, state, repair, 0.0)
    assert faults_in_force(state) == ()


@every_row(
    ("word", "manner", "message"),
    [
        ("jenu", Manner(), "'jenu' does not name an element"),
        ("router:jenu", Manner(), "'router:jenu' does not name an element"),
        ("node:", Manner(), "'node:' does not name an element"),
        ("link:noc-jenu", Manner(management=True), "--management is for nodes"),
        ("node:jenu", Manner(loss=0.5), "--loss and --attenuate are for links"),
        ("link:noc-jenu", Manner(loss=0.5), "--loss needs the end that sends"),
    ],
)
def test_words_that_make_no_sense_are_refused(word: str, manner: Manner, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fault_of(word, manner)
