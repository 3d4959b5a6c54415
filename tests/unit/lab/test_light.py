"""Optical power follows length and attenuation."""

from __future__ import annotations

import pytest

from netmon.lab.wires.light import NO_LIGHT_DBM, is_lit, module_for, received_dbm
from netmon.model import Link, LinkEnd, LinkKind
from tests.rows import every_row


def link(length_km: float | None, kind: LinkKind = LinkKind.FIBRE) -> Link:
    return Link("a-b", LinkEnd("a"), LinkEnd("b"), kind=kind, length_km=length_km)


@every_row(
    ("length_km", "attenuation_db", "expected"),
    [
        (0.0, 0.0, -7.0),
        (10.0, 0.0, -10.5),
        (10.0, 3.0, -13.5),
        (60.0, 0.0, -12.2),
        (None, 0.0, -7.7),
        (10.0, 99.0, NO_LIGHT_DBM),
    ],
)
def test_received_power(length_km: float | None, attenuation_db: float, expected: float) -> None:
    assert received_dbm(link(length_km), attenuation_db) == pytest.approx(expected)


def test_a_link_goes_dark_below_what_its_module_understands() -> None:
    module = module_for(link(10.0))
    level = received_dbm(link(10.0))
    assert module is not None
    assert level is not None
    margin = level - module.sensitivity_dbm
    assert is_lit(link(10.0), margin - 0.1)
    assert not is_lit(link(10.0), margin + 0.1)


def test_a_drawing_with_an_impossible_length_works_until_it_is_touched() -> None:
    assert is_lit(link(400.0), 0.0)
    assert not is_lit(link(400.0), 1.0)


def test_radio_has_no_light_and_cannot_be_dimmed() -> None:
    assert received_dbm(link(10.0, LinkKind.RADIO)) is None
    assert is_lit(link(10.0, LinkKind.RADIO), 50.0)
