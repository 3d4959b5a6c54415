"""Values are written by their types alone, read back exactly, and refused when they do not fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import pytest

from netmon.journal.structure import Shape, StructureError
from tests.rows import every_row


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Place(NamedTuple):
    row: int
    name: str = "x"


@dataclass(frozen=True, slots=True)
class Inner:
    level: float | None = None
    sides: frozenset[Place] = frozenset()


@dataclass(frozen=True, slots=True)
class Outer:
    colour: Colour
    inner: tuple[Inner, ...]
    by_name: Mapping[str, Inner]
    by_place: Mapping[Place, bool]
    word: Literal["a", "b"] = "a"
    either: int | str | None = None
    pair: tuple[int, str] = (1, "one")
    raw: bytes = b""
    made: dict[str, int] = field(default_factory=dict)


VALUE = Outer(
    Colour.BLUE,
    (Inner(), Inner(-7.25, frozenset({Place(2), Place(1, "y")}))),
    {"z": Inner(0.1 + 0.2), "a": Inner(1e-300)},
    {Place(3): True, Place(1): False},
    either="7",
    raw=b"\x00\xff",
    made={"n": 1},
)


def test_a_value_is_read_back_exactly_and_in_order() -> None:
    shape = Shape(Outer)
    again = shape.read(json.loads(json.dumps(shape.write(VALUE))))
    assert again == VALUE
    assert list(again.by_name) == ["z", "a"]
    assert list(again.by_place) == [Place(3), Place(1)]
    assert type(again.by_place.__iter__().__next__()) is Place
    assert Shape(Outer).read(shape.write(Outer(Colour.RED, (), {}, {}, either=7))).either == 7


def test_a_set_is_written_the_same_whatever_its_order() -> None:
    shape = Shape(Inner)
    places = [Place(number) for number in range(50)]
    assert shape.write(Inner(sides=frozenset(places))) == shape.write(Inner(sides=frozenset(reversed(places))))


@every_row(
    ("path", "wrong"),
    [
        ((0,), "green"),
        ((1,), {}),
        ((1, 0), [None]),
        ((1, 1, 0), "high"),
        ((2,), []),
        ((3, 0), [[3, "x"]]),
        ((3, 0, 0, 0), 3.5),
        ((3, 0, 1), 1),
        ((4,), "c"),
        ((5,), [2, 7]),
        ((5,), [0, "7"]),
        ((6,), [1]),
        ((7,), "zz"),
        ((), [1, 2]),
    ],
)
def test_what_does_not_fit_is_refused(path: tuple[int, ...], wrong: Any) -> None:
    shape = Shape(Outer)
    written = shape.write(VALUE)
    if not path:
        written = wrong
    else:
        place = written
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = wrong
    with pytest.raises(StructureError):
        shape.read(written)


def test_a_type_that_is_not_known_is_refused_when_the_shape_is_made() -> None:
    @dataclass
    class Loose:
        anything: object

    with pytest.raises(TypeError, match="cannot be written"):
        Shape(Loose, {})


def grown() -> tuple[type[Any], type[Any]]:
    """Return a type, and what it became later: one field more, one less, another order."""

    @dataclass(frozen=True)
    class Thing:
        name: str
        gone: int
        size: float

    before = Thing

    @dataclass(frozen=True)
    class Thing:  # type: ignore[no-redef]
        size: float
        name: str
        new: tuple[str, ...] = ()

    Thing.__qualname__ = before.__qualname__
    for kind in (before, Thing):
        kind.__annotations__ = {
            name: {"str": str, "int": int, "float": float, "tuple[str, ...]": tuple[str, ...]}[hint]
            for name, hint in kind.__annotations__.items()
        }
    return before, Thing


def test_any_change_of_structure_changes_the_fingerprint() -> None:
    before, after = grown()
    assert Shape(before).fingerprint != Shape(after).fingerprint
    assert Shape(before).fingerprint == Shape(before).fingerprint


def test_what_was_written_in_an_older_structure_is_read_as_far_as_it_fits() -> None:
    before, after = grown()
    old = Shape(before)
    written = old.write(before("n", 3, 1.5))
    assert Shape(after, reading=old.layout).read(written) == after(1.5, "n")
    with pytest.raises(StructureError):
        Shape(after).read(written)


def test_a_field_without_default_cannot_be_made_up() -> None:
    before, after = grown()
    with pytest.raises(StructureError, match="without gone"):
        Shape(before, reading=Shape(after).layout)
