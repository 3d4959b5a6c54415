"""Mappings that share what stays: no reader can tell them from plain dicts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.picture import layers
from netmon.picture.layers import Draft, Layered, alike, differing, edited

names = st.sampled_from("abcdefghij")
edits = st.lists(st.dictionaries(names, st.integers(0, 3), max_size=4), max_size=12)


@pytest.fixture(autouse=True, scope="module")
def _small() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "SMALL", 3)
        patch.setattr(layers, "THICK", 3)
        yield


@given(st.dictionaries(names, st.integers(0, 3)), edits)
def test_an_edited_mapping_is_the_dict_it_stands_for(begin: dict[str, int], changes: list[dict[str, int]]) -> None:
    plain, mapping = dict(begin), edited(begin, {})
    for change in changes:
        before, known = mapping, dict(plain)
        plain.update(change)
        draft = Draft(mapping)
        for name, value in change.items():
            draft[name] = value
        mapping = draft.done()
        assert mapping == plain
        assert plain == mapping
        assert len(mapping) == len(plain)
        assert list(mapping) == list(plain)
        assert list(mapping.items()) == list(plain.items())
        assert all(mapping.get(name, -1) == plain.get(name, -1) == draft.get(name, -1) for name in "abcdefghijk")
        assert [name in mapping for name in "abcdefghijk"] == [name in plain for name in "abcdefghijk"]
        assert before == known, "what was there before has changed"
        assert (
            differing(before, mapping)
            == differing(mapping, before)
            == {name for name in plain if known.get(name) != plain[name]}
        )
        assert alike(before, mapping) == (known == plain)
        assert differing(begin, mapping) == {name for name in plain if begin.get(name) != plain[name]}


def test_nothing_new_makes_nothing_new_and_a_little_shares_the_rest() -> None:
    begin: Mapping[str, int] = dict.fromkeys("abcdefgh", 0)
    assert edited(begin, {"a": 0}) is begin
    changed = edited(begin, {"a": 1})
    assert isinstance(changed, Layered)
    assert changed.base is begin
    assert edited(changed, {"a": 1}) is changed
    thick = edited(changed, {"b": 1, "c": 1, "d": 1})
    assert isinstance(thick, Layered)
    assert not thick.over, "a thick layer stays one"
    assert changed["b"] == 0
    assert begin["a"] == 0
