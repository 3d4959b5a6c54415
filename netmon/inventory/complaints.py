"""Validation errors of the schema in words that an engineer understands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from netmon.inventory.flaw import Flaw, Path, did_you_mean, shown
from netmon.inventory.schema import SecretEntry
from netmon.inventory.sheets import YES_NO

_TYPES: Final = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_NUMBERS: Final = {
    "float_type": re.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,12})?"),
    "int_type": re.compile(r"-?[0-9]{1,12}"),
}
_INDONESIAN: Final = {
    "desa": "village", "kecamatan": "district", "lainnya": "other", "dinas": "opd",
    "serat": "fibre", "optik": "fibre", "tembaga": "copper", "sewa": "leased",
}  # fmt: skip
"""What people in Tuban call kinds of sites and links, where it is not spelled like the word that is asked for."""
_BOUNDS: Final = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def complaints(error: ValidationError, model: type[BaseModel], at: Path = ()) -> list[Flaw]:
    """Return a flaw for every error of one entry.

    Args:
        error: what pydantic said of the entry.
        model: the model it was read as, for the keys it knows.
        at: where the entry stands in the document.
    """
    flaws: dict[tuple[str, Path], Flaw] = {}
    for detail in error.errors(include_url=False):
        flaw = _complaint(detail, model, at)
        flaws.setdefault((flaw.code, flaw.path), flaw)
    return list(flaws.values())


def _complaint(detail: ErrorDetails, model: type[BaseModel], at: Path) -> Flaw:
    loc: Path = tuple(step for step in detail["loc"] if step != "[key]")
    secret = _secret_part(model, loc)
    if secret is not None:
        # Whatever stands here may be the secret itself, even as a key: say nothing of it.
        message = f"{_dotted(secret)} must be a reference to a secret, never the secret itself"
        return Flaw("secret-inline", (*at, *secret), message, "write {env: NAME} or {file: PATH}")
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    path, name = (*at, *loc), _dotted(loc)
    hides = "auth" in (*at, *loc)[:1]
    code, message, hint = _in_words(kind, name, value, context, hides=hides)
    if kind == "extra_forbidden":
        owner = _model_at(model, loc[:-1])
        hint = did_you_mean(str(loc[-1]), owner.model_fields) if owner else ""
        if value is None and str(loc[-1]).isdecimal():  # {length_km: 7,2} has a key 2
            hint = "write decimals with a dot, as 7.2"
    return Flaw(code, path, message, hint)


def _in_words(kind: str, name: str, value: Any, context: Mapping[str, Any], *, hides: bool) -> tuple[str, str, str]:
    """Return the code, message and hint of one error. `hides` keeps the value out of them."""
    given = "" if hides else f", not {shown(value)}"
    if "message" in context:
        return kind, f"{name} {context['message']}".strip(), str(context.get("hint", ""))
    if kind == "missing":
        return "missing-key", f"{name} is missing", ""
    if kind == "extra_forbidden":
        return "unknown-key", f"unknown key {shown(name)}", ""
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        hint = _choice_meant(value, choices) if isinstance(value, str) else ""  # a choice is no secret
        return "bad-value", f"{name} must be one of {', '.join(choices)}{given}", hint
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return "bad-value", f"{name} must be {words} {context[key]:g}{given}", _swapped(name, value)
    if kind in _TYPES:
        hint = _type_meant(kind, value) if kind == "string_type" or not hides else ""
        return "wrong-type", f"{name or 'an entry'} must be {_TYPES[kind]}{given}", hint
    if kind == "string_pattern_mismatch":
        hint = "begin with a letter or digit, go on with letters, digits, dots, dashes and underscores"
        return "bad-id", f"{name} is not an id{'' if hides else f': {shown(value)}'}", hint
    if kind == "string_too_short":
        return "bad-value", f"{name} is empty", "write it, or leave the key out"
    if kind == "string_too_long":
        return "bad-value", f"{name} is longer than {context['max_length']} characters", ""
    if kind == "finite_number":
        return "bad-value", f"{name} must be a finite number", ""
    return "bad-value", f"{name} cannot be used{given}", ""


def _type_meant(kind: str, value: Any) -> str:
    """Return how to write what was probably meant by a value of another type."""
    if kind == "string_type":
        return "put it in quotes" if isinstance(value, int | float) and not isinstance(value, bool) else ""
    if not isinstance(value, str):
        return ""
    if kind in ("tuple_type", "list_type"):
        return "write [] for none" if value == "none" else f"write [{value}]" if _WORD.fullmatch(value) else ""
    if kind == "bool_type":
        return {True: "write true", False: "write false", None: ""}[YES_NO.get(value.strip().lower())]
    if kind in _NUMBERS and (number := _NUMBERS[kind].fullmatch(value.strip())):
        return f"write {number[0].replace(',', '.')}, without quotes"
    return ""


def _choice_meant(value: str, choices: Collection[str]) -> str:
    translated = _INDONESIAN.get(value.strip().lower())
    return f'did you mean "{translated}"?' if translated in choices else did_you_mean(value, choices)


def _swapped(name: str, value: Any) -> str:
    return (
        "are lat and lon swapped?" if name == "lat" and isinstance(value, float | int) and abs(value) <= 180 else ""
    )


def _dotted(loc: Path) -> str:
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _secret_part(model: type[BaseModel], loc: Path) -> Path | None:
    """Return the part of `loc` that leads to a secret reference, None when it leads elsewhere."""
    for length in range(1, len(loc) + 1):
        if _model_at(model, loc[:length]) is SecretEntry:
            return loc[:length]
    return None


def _model_at(model: type[BaseModel], loc: Path) -> type[BaseModel] | None:
    """Return the model that stands at `loc` within `model`; None when a plain value stands there."""
    annotation: Any = model
    for step in loc:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(str(step))
            annotation = _bare(field.annotation) if field else None
        else:  # a list or a mapping by name: its items
            items = [part for part in get_args(annotation) if part is not Ellipsis]
            annotation = _bare(items[-1]) if items else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """Return an annotation without `| None` and without metadata."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation
