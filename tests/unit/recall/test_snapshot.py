"""A checkpoint is written piece by piece, and holds what JSON makes of the whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.recall import snapshot
from netmon.recall.snapshot import PIECE, _pieces
from tests.characters import UNICODE

WORDS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(UNICODE, max_size=3))
VALUES = st.recursive(
    WORDS, lambda held: st.lists(held, max_size=5) | st.dictionaries(st.text(UNICODE, max_size=3), held, max_size=5)
)


def whole(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@given(VALUES)
def test_the_pieces_are_the_whole(value: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "PIECE", 2)
        patch.setattr(snapshot, "LITTLE", 3)
        assert b"".join(_pieces(value)) == whole(value)


def test_no_piece_of_a_large_picture_is_large() -> None:
    states = {f"n{number}": ["up", float(number)] for number in range(10 * PIECE)}
    value: Any = states
    for _ in range(4):
        value = [value]
    pieces = list(_pieces(value))
    assert b"".join(pieces) == whole(value)
    assert max(map(len, pieces)) < len(whole(value)) / 8
