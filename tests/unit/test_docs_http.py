"""docs/reference/http.md holds every route, every filter, and answers of the shape that netmon gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from starlette.routing import Mount, Route

from netmon.exporter.api.changes import ChangeFeed, between
from netmon.exporter.api.documents import change_document, encode, stamp
from netmon.exporter.api.routes import COLLECTIONS, Collection
from netmon.exporter.app import create_app
from netmon.picture.state import Pending, Picture
from tests.in_process import AppClient
from tests.markdown import TOP, blocks
from tests.rows import every_row
from tests.unit.exporter.county import NOW, calm, cut, view
from tests.unit.exporter.neighbourly import moved

PAGE = TOP / "docs" / "reference" / "http.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = {block.caption: block for block in blocks(PAGE) if block.language == "json"}
KEYED_BY_ID = {"confirmed", "coverage", "nodes", "sites"}


def picture() -> Picture:
    """Return a picture in which a cable is cut, with one dark node that is not explained yet."""
    return replace(cut(), pending=(Pending(("rtr-c",), {"rtr-b": NOW}, NOW),))


APP = create_app(lambda: view(picture()), ChangeFeed())
NEIGHBOURLY = create_app(lambda: view(moved()), ChangeFeed())


def get(path: str) -> Callable[[], Any]:
    return lambda: AppClient(APP).get(path).raise_for_status().json()


ANSWERS: Mapping[str, tuple[Callable[[], Any], ...]] = {
    "`GET /api/v1/sites?fault=F26`:": (get("/api/v1/sites?fault=F8"),),
    "`GET /api/v1/sites/35.23.12.2002`:": (get("/api/v1/sites/v1"), get("/api/v1/sites/a")),
    "`GET /api/v1/links/jenu-socorejo`:": (get("/api/v1/links/b-v1"),),
    "`GET /api/v1/nodes/rtr-socorejo`:": (get("/api/v1/nodes/rtr-v1"),),
    "`GET /api/v1/drift`:": (lambda: AppClient(NEIGHBOURLY).get("/api/v1/drift").raise_for_status().json(),),
    "`GET /api/v1/faults`:": (get("/api/v1/faults"),),
    "`GET /api/v1/why/Socorejo`:": (get("/api/v1/why/v2"),),
    "`GET /api/v1/picture`:": (get("/api/v1/picture"),),
    "`event: hello`:": (lambda: json.loads(encode(stamp(view(picture())))),),
    "`event: change`:": (lambda: json.loads(encode(change_document(between(calm(), cut())))),),
}


WRITES = {"/-/reload": {"POST", "PUT"}, "/api/v1/heartbeats/{id}": {"POST"}}


def test_every_route_is_documented() -> None:
    for route in APP.routes:
        assert isinstance(route, Route | Mount)
        path = "/static/…" if route.path.startswith("/static") else re.sub(r":\w+}", "}", route.path)
        assert f"`{path}`" in TEXT
        if isinstance(route, Route):
            reads = {"GET", "HEAD"}
            assert route.methods == WRITES.get(path, reads)


def test_every_documented_route_exists() -> None:
    known = {re.sub(r":\w+}", "}", route.path) for route in APP.routes if isinstance(route, Route | Mount)}
    for path in re.findall(r"`(/[^`?]*)`", TEXT):
        begins = path.removesuffix("/…")
        assert path in known or any(begins != path and each.startswith(begins) for each in known), path


@every_row("collection", COLLECTIONS)
def test_every_filter_is_documented(collection: Collection) -> None:
    paragraph = TEXT[TEXT.index(f"`/api/v1/{collection.name}`,") :].split("\n\n")[0]
    said = re.sub(r"\(.*?\)", "", paragraph.partition("Filters:")[2].split(".")[0])
    assert re.findall(r"`(\w+)`", said) == list(collection.filters)


@every_row("caption", EXAMPLES)
def test_examples_have_the_shape_of_real_answers(caption: str) -> None:
    example = json.loads(EXAMPLES[caption].text)
    for answer in ANSWERS[caption]:
        compare(example, answer(), caption)
    assert json.dumps(example, sort_keys=True) == json.dumps(example), "keys are sorted in answers"


def test_every_example_is_of_something_that_is_asked_here() -> None:
    assert set(EXAMPLES) == set(ANSWERS)


def compare(example: Any, real: Any, where: str) -> None:
    """Fail where two values differ in more than what they say: keys, and kinds of values that are not null."""
    if isinstance(example, dict) and isinstance(real, dict):
        if where.rpartition(".")[2] in KEYED_BY_ID:
            example, real = ({"ID": next(iter(one.values()))} for one in (example, real))
        assert example.keys() == real.keys(), where
        for key in example:
            compare(example[key], real[key], f"{where}.{key}")
    elif isinstance(example, list) and isinstance(real, list):
        for one, other in zip(example[:1], real[:1], strict=False):
            compare(one, other, f"{where}[]")
    elif example is not None and real is not None:
        assert kind(example) == kind(real), where


def kind(value: Any) -> str:
    return "number" if isinstance(value, float | int) and not isinstance(value, bool) else type(value).__name__


def test_a_wrong_example_would_be_noticed() -> None:
    for wrong in ({"a": 1, "b": 2}, {"a": "1"}, {"a": [1]}):
        with pytest.raises(AssertionError):
            compare(wrong, {"a": 1}, "")
