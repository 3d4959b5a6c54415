from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator
from pydantic import BaseModel

from netmon.inventory import schema as module
from netmon.inventory.flaw import did_you_mean, one_line, shown
from netmon.inventory.json_schema import json_schema
from netmon.inventory.values import parse_duration
from netmon.inventory.yaml_read import read_yaml
from tests.rows import every_row
from tests.unit.inventory.strategies import documents

TOP = Path(__file__).parents[3]
DATA = TOP / "tests" / "data" / "inventory"
MODELS = [
    value
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel
]
VALIDATOR = Draft7Validator(json_schema())


def test_the_committed_schema_is_the_generated_one() -> None:
    committed = json.loads((TOP / "inventory" / "netmon.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema(), "run: netmon inventory schema -o inventory/netmon.schema.json"


def test_the_schema_is_draft_07() -> None:
    schema = json_schema()
    Draft7Validator.check_schema(schema)
    text = json.dumps(schema)
    assert "$defs" not in text
    assert "prefixItems" not in text


@pytest.mark.parametrize("name", ["contract", "inherits"])
def test_good_files_fit_the_schema(name: str) -> None:
    data = read_yaml((DATA / "good" / f"{name}.yaml").read_text(encoding="utf-8")).data
    VALIDATOR.validate({key: value for key, value in data.items() if value is not None})


@given(documents)
def test_every_inventory_fits_the_schema(data: dict[str, Any]) -> None:
    VALIDATOR.validate(data)


@every_row("name", ["unknown-key", "bad-value", "bad-id", "bad-duration", "missing-key", "position-out-of-range"])
def test_bad_files_do_not_fit_the_schema(name: str) -> None:
    data = read_yaml((DATA / "bad" / f"{name}.yaml").read_text(encoding="utf-8")).data
    assert not VALIDATOR.is_valid(data)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_says_what_it_means(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name}"
        assert field.description.endswith((".", "…")), f"{model.__name__}.{name}"
        if name.endswith("_km"):
            assert "kilometres" in field.description
        if name in ("interval", "timeout"):
            assert "seconds" in field.description or "as 30s" in field.description


@every_row(
    ("text", "value"),
    [("1s", 1.0), ("500ms", 0.5), ("1.5 s", 1.5), ("5m", 300.0), ("2h", 7200.0), ("1d", 86400.0), (3, 3), (0.5, 0.5)],
)
def test_durations(text: Any, value: float) -> None:
    assert parse_duration(text) == pytest.approx(value)


def test_values_in_messages_are_short_and_printable() -> None:
    assert shown("a\nb\x1b[31m") == '"a\\nb\\u001b[31m"'
    assert len(shown("x" * 1000)) < 70
    assert one_line("a\x1b[2Jb\u202e") == "a\\u001b[2Jb\\u202e"
    assert did_you_mean("x" * 1000, ["x" * 999]) == ""
