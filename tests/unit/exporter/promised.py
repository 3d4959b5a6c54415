"""What the document of the API promises."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema

from netmon.exporter.api.openapi import describe_api

DOCUMENT = describe_api()


@cache
def validator(path: str, status: str) -> jsonschema.Draft202012Validator:
    """Return what holds an answer against its schema, with what that refers to."""
    content = DOCUMENT["paths"][path]["get"]["responses"][status]["content"]
    schema = {**content["application/json"]["schema"], "components": DOCUMENT["components"]}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def check(answer: Any, path: str, status: str = "200") -> None:
    validator(path, status).validate(answer)
