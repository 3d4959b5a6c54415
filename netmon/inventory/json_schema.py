"""The contract as JSON Schema, for editors that complete and check YAML and for other programs."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from netmon.inventory.schema import Document


class _Draft07(GenerateJsonSchema):
    """Keeps to draft 07, which every editor understands."""

    schema_dialect = "http://json-schema.org/draft-07/schema#"

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        """Return the schema, with definitions where draft 07 expects them."""
        generated = super().generate(schema, mode)
        return {
            "$schema": self.schema_dialect,
            **{key: value for key, value in generated.items() if key != "$defs"},
            "definitions": dict(sorted(generated["$defs"].items())),
        }


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 07) of one inventory file that holds a whole inventory."""
    schema = Document.model_json_schema(ref_template="#/definitions/{model}", schema_generator=_Draft07)
    schema["title"] = "netmon inventory"
    return schema
