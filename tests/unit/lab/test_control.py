"""Frames of the lab's protocol, however the stream is cut."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import UsageError
from netmon.lab.control import About, FrameReader, Status, error_frame, from_json, pack, to_json, unpack
from netmon.lab.story.faults import CutLink, LoseOneWay
from netmon.lab.story.state import Truth
from netmon.model import Element, ElementKind, Inventory
from tests.characters import UNICODE
from tests.rows import every_row
from tests.unit.lab.drawings import inventories


def encode(frame: object) -> bytes:
    body = json.dumps(frame).encode()
    return struct.pack("!I", len(body)) + body


@given(st.lists(st.dictionaries(st.text(UNICODE, max_size=6), st.integers(), max_size=3), max_size=5), st.data())
def test_frames_arrive_whole_and_in_order(frames: list[dict[str, int]], data: st.DataObject) -> None:
    stream = b"".join(map(encode, frames))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader = FrameReader()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        reader.feed(stream[start:end])
        while (frame := reader.next_frame()) is not None:
            found.append(frame)
    assert found == frames


@every_row(
    ("stream", "why"),
    [
        (b"\xff\xff\xff\xff", "too large"),
        (b"\0\0\0\2{]", "Expecting"),
        (b"\0\0\0\2[]", "not an object"),
        (b"\0\0\0\1\xff", "invalid start byte"),
    ],
)
def test_what_is_not_the_protocol_is_an_error(stream: bytes, why: str) -> None:
    reader = FrameReader()
    reader.feed(stream)
    with pytest.raises(ValueError, match=why):
        reader.next_frame()


@given(inventories)
def test_inventories_travel_packed(inventory: Inventory) -> None:
    assert unpack(json.loads(json.dumps(pack(inventory)))) == inventory


def test_answers_travel_as_json() -> None:
    truth = Truth(frozenset({Element(ElementKind.CABLE, "x")}), frozenset({"a"}), frozenset({"s"}), frozenset())
    status = Status((CutLink("l"), LoseOneWay("l", "a", 0.5)), truth)
    assert from_json(Status, json.loads(json.dumps(to_json(status)))) == status
    about = About("simulated", "because", 1, 2, 0.5, ("note",), {"a.test": ("198.18.0.1",)}, {}, {"icmp:0": 4})
    assert from_json(About, json.loads(json.dumps(to_json(about)))) == about


def test_errors_keep_their_class_and_hint() -> None:
    assert error_frame(UsageError("what", "how")) == {"error": "UsageError", "message": "what", "hint": "how"}
