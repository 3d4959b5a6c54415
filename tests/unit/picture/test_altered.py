from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from netmon.picture.altered import altered
from netmon.picture.state import NodeState, Picture
from tests.drawings import drawing

PICTURE = Picture.empty(drawing("noc-gw gw-a"))


def test_it_gives_what_replace_gives_and_leaves_the_picture_as_it_was() -> None:
    nodes = {"a": NodeState(since=3.0)}
    after = altered(PICTURE, at=5.0, nodes=nodes)
    assert after == replace(PICTURE, at=5.0, nodes=nodes)
    assert (PICTURE.at, PICTURE.nodes) == (0.0, {})
    assert [getattr(after, field.name) is getattr(PICTURE, field.name) for field in fields(Picture)].count(False) == 2
    with pytest.raises(FrozenInstanceError):
        after.at = 6.0  # type: ignore[misc] # what is tried


def test_a_part_that_no_picture_has_is_refused() -> None:
    with pytest.raises(TypeError, match="no \\['nodez'\\]"):
        altered(PICTURE, nodez={})  # type: ignore[call-arg] # mypy refuses it too
