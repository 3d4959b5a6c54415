"""Elements have one spelling wherever a person names one; whoever writes another is told which."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.exceptions import HTTPException

from netmon.cli.topology.standpoint import read_elements
from netmon.daemon.orders import event_of
from netmon.errors import NetmonError, UsageError
from netmon.exporter.api.topology_answers import elements
from netmon.inventory.schema import WorkEntry
from netmon.inventory.spelling import CAN_FAIL, WORKED_ON, meant
from netmon.lab.story.faults import PowerOffArea
from netmon.lab.story.words import Manner, fault_of, word_of
from netmon.model import Element, ElementKind
from netmon.picture.state import Picture
from tests.drawings import drawing
from tests.rows import every_row

COUNTY = drawing("noc-gw gw-a", cables={"k": "gw-a"}, power={"p": "a"})


def asked(text: str) -> object:
    return read_elements(COUNTY, (text,), "--fail")


def asked_by_program(text: str) -> object:
    return elements(COUNTY, [text])


def ordered(text: str) -> object:
    order = {"act": "schedule", "window": "w", "element": text, "start": 5.0, "end": 9.0}
    return event_of(order, Picture.empty(COUNTY), by="siti", at=1.0)


def drawn(text: str) -> object:
    return WorkEntry.model_validate({"id": "w", "element": text, "start": 5.0, "end": 9.0})


def cut(text: str) -> object:
    return fault_of(text, Manner())


MOUTHS = [asked, asked_by_program, ordered, drawn, cut]


@pytest.mark.parametrize("say", MOUTHS)
@pytest.mark.parametrize("element", ["cable:k", "link:gw-a", "node:a", "power_area:p"])
def test_what_one_command_prints_every_other_takes(say: Callable[[str], object], element: str) -> None:
    say(element)
    kind, _, name = element.partition(":")
    assert str(Element(ElementKind(kind), name)) == element


@every_row("say", MOUTHS)
def test_power_is_short_for_a_power_area(say: Callable[[str], object]) -> None:
    assert say("power:p") == say("power_area:p")


@pytest.mark.parametrize("say", MOUTHS)
@pytest.mark.parametrize(
    ("written", "means"),
    [("Power_Area:p", "power_area:p"), ("router:a", "node:a"), ("cabel:k", "cable:k")],
)
def test_another_spelling_is_refused_everywhere_and_told(
    say: Callable[[str], object], written: str, means: str
) -> None:
    with pytest.raises((NetmonError, HTTPException, ValueError)) as refused:
        say(written)
    error = refused.value
    told = str(error.detail if isinstance(error, HTTPException) else error)
    if not isinstance(error, NetmonError | HTTPException):  # pydantic's own, whose hint is in its context
        told = str(error.errors()[0]["ctx"]["hint"])  # type: ignore[attr-defined]
    assert "did you mean" in told
    assert means in told


def test_a_word_that_is_no_kind_is_told_which_there_are() -> None:
    with pytest.raises(UsageError, match=r"write KIND:ID with one of cable, link, node, power_area"):
        asked("moon:p")
    assert meant("power:", WORKED_ON) is None
    assert meant("p", WORKED_ON) is None
    assert meant("sites:a", CAN_FAIL) is None


def test_a_lab_says_what_is_without_power_as_it_is_told() -> None:
    assert word_of(PowerOffArea("p")) == "power_area:p"
