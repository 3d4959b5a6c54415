from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netmon.inventory.schema import SECTIONS
from netmon.inventory.yaml_read import MAX_DEPTH, Unreadable, read_yaml
from netmon.inventory.yaml_write import to_yaml
from tests.characters import UNICODE
from tests.unit.inventory.strategies import documents

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(UNICODE, max_size=12),
    st.sampled_from(
        ["no", "On", "NULL", "~", "0x1F", "010", "1e3", ".5", "-", "- a", "a: b", "#", "'", "{", "198.18.0.1"]
    ),
)
keys = st.text(UNICODE, max_size=6).filter(lambda key: key not in SECTIONS)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))


@pytest.mark.parametrize("libyaml", [True, False])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("10:20:30:40:50:59", "10:20:30:40:50:59"),
        ("10:20:30", "10:20:30"),
        ("2026-01-01", "2026-01-01"),
        ("010", "010"),
        ("-01", "-01"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("<<", "<<"),
        ("0", 0),
        ("-12", -12),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!float 12", 12.0),
    ],
)
def test_scalars_are_read_by_the_core_schema(text: str, value: Any, *, libyaml: bool) -> None:
    read = read_yaml(f"k: {text}", libyaml=libyaml)
    assert read.data == {"k": value}
    assert type(read.data["k"]) is type(value)
    assert read.troubles == ()


@given(st.dictionaries(keys, values, min_size=1, max_size=4))
def test_what_is_written_is_read_again(data: dict[str, Any]) -> None:
    text = to_yaml(data, "first line")
    assert text.startswith("# first line\n")
    fast, pure = read_yaml(text), read_yaml(text, libyaml=False)
    assert fast.data == data
    assert pure.data == data


@given(documents)
def test_documents_survive_and_other_readers_agree(data: dict[str, Any]) -> None:
    text = to_yaml(data)
    read = read_yaml(text).data
    assert read == {key: value for key, value in data.items() if value or key not in SECTIONS}
    assert yaml.load(text, Loader=yaml.CSafeLoader) == read, "a YAML 1.1 reader takes it the same way"


def test_every_value_knows_its_line() -> None:
    text = "a:\n  - b: 1\n    c:\n      35.10\n  - {x: 1,\n     y: 2}\nd: &d\n  e: 1\nf: *d\n"
    for libyaml in (True, False):
        tree = read_yaml(text, libyaml=libyaml)
        for path, line in [
            ((), 1),
            (("a",), 1),
            (("a", 0), 2),
            (("a", 0, "b"), 2),
            (("a", 0, "c"), 3),
            (("a", 1, "x"), 5),
            (("a", 1, "y"), 6),
            (("a", 1, "missing"), 5),
            (("a", 9), 1),
            (("a", 0, "b", "deeper"), 2),
            (("d", "e"), 8),
            (("f", "e"), 8),
            (("missing",), 1),
        ]:
            assert tree.line(path) == line, path


@pytest.mark.parametrize("libyaml", [True, False])
@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: [1,\nb: 2", 2, "not YAML"),
        ("a: b\n c: d", 2, "not YAML"),
        ("a: 1\n\tb: 2", 2, "not YAML"),
        ("a: é\nb: \x01", 2, "U+0001"),
        ("a: 1\n---\nb: 1", 2, "second YAML document"),
        ("a: *hunter2", 1, "undefined alias"),
        ("a: &a 1\nb: &a 2", 2, "same &anchor"),
        ("a: &a [*a]", 1, "back into itself"),
        ("x: 1\na: &a\n  b: {c: *a}", 2, "back into itself"),
        ("[" * (MAX_DEPTH + 1), 1, "deep"),
        ("[" * 500, 1, "deep"),
        ("{a: " * 100_000, 1, "deep"),
    ],
)
def test_unreadable_texts_say_why_and_where(text: str, line: int, says: str, *, libyaml: bool) -> None:
    with pytest.raises(Unreadable) as caught:
        read_yaml(text, libyaml=libyaml)
    assert caught.value.trouble.line == line
    assert says in caught.value.trouble.message
    assert "hunter2" not in str(caught.value.trouble)
    assert caught.value.text == text


def test_a_bomb_costs_nothing() -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 30)]
    with pytest.raises(Unreadable, match="times larger"):
        read_yaml("\n".join(["l0: &l0 [x, x]", *levels]))


def test_honest_aliases_are_fine() -> None:
    text = "usual: &usual {interval: 1s}\nall: [" + ", ".join(["*usual"] * 2000) + "]"
    assert len(read_yaml(text).data["all"]) == 2000


@pytest.mark.parametrize("libyaml", [True, False])
def test_troubles_leave_the_rest_readable(*, libyaml: bool) -> None:
    tree = read_yaml("a: 1\na: 2\n? [x]\n: 1\nb: !!binary aGk=\nc: !mine {d: 1}\n", libyaml=libyaml)
    assert tree.data == {"a": 1, "b": "aGk=", "c": {"d": 1}}
    assert [(trouble.line, trouble.message) for trouble in tree.troubles] == [
        (2, 'key "a" stands twice; it stands already on line 1'),
        (3, "a key must be a plain word"),
        (5, "tag !!binary does not belong in an inventory"),
        (6, "tag !mine does not belong in an inventory"),
    ]


def test_a_long_number_is_not_computed() -> None:
    assert read_yaml("a: " + "9" * 100_000).data == {"a": math.inf}


def test_infinite_values_are_not_written() -> None:
    with pytest.raises(ValueError, match="no place"):
        to_yaml({"a": math.inf})
