"""The reference of inventory files, made from the models that read them."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from netmon.inventory import schema, values
from netmon.inventory.json_schema import json_schema
from netmon.inventory.schema import Entry
from netmon.model import IcmpProbe, SnmpProbe

INTRODUCTION = """\
# Inventory files

<!-- Written by docs/generate_inventory.py from netmon/inventory/schema.py; change that, not this. -->

An inventory is one YAML file, or a folder of `.yaml` and `.yml` files that are read as one: lists and credentials may
be spread over any number of files, every other key stands once. Exported JSON is an inventory too. Editors want the
JSON Schema: [inventory/netmon.schema.json](../../inventory/netmon.schema.json), or `netmon inventory schema`.

Scalars are read as YAML 1.2 does: `no`, `on` and `10:20:30` are text. Where text is wanted a number is refused, since
`35.10` would come back as `35.1`: write `"35.10"`. Unknown keys are refused, with what was probably meant.

`netmon check PATH` lists everything that is wrong, with file and line. `netmon inventory show NODE --resolved` prints
every value in force for a node and where it comes from.

Credentials of SNMP version 3 say their level by what they name: a user alone is neither authenticated nor encrypted,
`auth_protocol` authenticates, `priv_protocol` encrypts too. What a device wants is in [SNMP](../howto/snmp.md).

An *id* is up to 128 letters, digits, dots, dashes and underscores, and begins with a letter or digit. A *text* is one
line. A *duration* is a number of seconds, or text such as `500ms`, `1s`, `5m`, `2h` or `1d`."""

SECTIONS: dict[type[Entry], str] = {
    schema.Document: "Top level",
    schema.VantageEntry: "vantage",
    schema.AuthEntry: "auth",
    schema.SecretEntry: "Secrets",
    schema.DefaultsEntry: "defaults",
    schema.ProbeEntry: "probe",
    schema.IcmpEntry: "probe.icmp",
    schema.SnmpEntry: "probe.snmp",
    schema.CableEntry: "cables",
    schema.SiteEntry: "sites",
    schema.NodeEntry: "nodes",
    schema.LinkEntry: "links",
    schema.SpeedTestEntry: "links.speed_test",
    schema.ServiceEntry: "services",
    schema.WorkEntry: "maintenance",
    schema.ContractEntry: "contracts",
}
"""What each model is called here, in the order of the page."""

BUILT_IN: dict[type[Entry], Any] = {schema.IcmpEntry: IcmpProbe(), schema.SnmpEntry: SnmpProbe()}
"""What is in force where no level says anything."""


class Kind(NamedTuple):
    """A kind of value: what it is called, and its unit."""

    words: str
    unit: str = ""


KINDS: list[tuple[Any, Kind]] = [
    (values.Id, Kind("id")),
    (values.Text, Kind("text")),
    (values.LongText, Kind("text, also of several lines")),
    (values.Latitude, Kind("number", "degrees north")),
    (values.Longitude, Kind("number", "degrees east")),
    (values.Moment, Kind("time", "RFC 3339 with an offset, or Unix seconds")),
    (values.WorkElement, Kind("KIND:ID")),
    (values.Length, Kind("number", "km")),
    (values.Speed, Kind("number", "Mbit/s")),
    (values.Power, Kind("number", "dBm")),
    (values.Percent, Kind("number", "percent")),
    (values.Money, Kind("number", "money of the region")),
    (values.Address, Kind("IPv4 or IPv6 address")),
    (values.End, Kind("`NODE` or `NODE:PORT`")),
    (values.Url, Kind("http or https address")),
    (values.Host, Kind("name or address")),
    (values.Port, Kind("port", "1–65535")),
    (values.Zone, Kind("time zone")),
    (values.EnvironmentName, Kind("name of a variable")),
    (values.SnmpVersion, Kind("`1`, `2c` or `3`")),
    (values.AuthProtocol, Kind("`md5`, `sha1`, `sha224`, `sha256`, `sha384` or `sha512`")),
    (values.PrivProtocol, Kind("`des`, `aes128`, `aes192` or `aes256`")),
    (values.Duration, Kind("duration", "s")),
    (bool, Kind("`true` or `false`")),
    (int, Kind("whole number")),
    (float, Kind("number")),
]


def page() -> str:
    """Return the whole page."""
    told = {schema.Entry, schema.Head, *SECTIONS}
    if missing := [model.__name__ for model in _models(schema.Entry) if model not in told]:
        raise LookupError(f"SECTIONS does not hold {', '.join(missing)}")
    document = json_schema()
    lines = [INTRODUCTION]
    for model, section in SECTIONS.items():
        part = document if model is schema.Document else document["definitions"][model.__name__]
        sentence = (model.__doc__ or "").splitlines()[0]
        lines += [
            "",
            f"## {section}",
            "",
            sentence,
            "",
            "| key | value | unit | default | meaning |",
            "|---|---|---|---|---|",
        ]
        lines += _rows(model, part["properties"])
    return "\n".join(lines) + "\n"


def _models(model: type[Entry]) -> Iterator[type[Entry]]:
    yield model
    for each in model.__subclasses__():
        yield from _models(each)


def _rows(model: type[Entry], properties: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each key of a model; `properties` are those of its JSON Schema."""
    hints = get_type_hints(model, include_extras=True)
    for key, field in model.model_fields.items():
        kind = _kind(hints[key])
        default = _shown(field.get_default(call_default_factory=True, validated_data={}))
        if model in BUILT_IN:
            default = ", else ".join(filter(None, ("inherited", _shown(getattr(BUILT_IN[model], key)))))
        if field.is_required():
            default = "required"
        value = kind.words + _limits(properties[key])
        yield f"| `{key}` | {value} | {kind.unit} | {default} | {field.description or ''} |"


def _kind(hint: Any) -> Kind:
    """Return what a type is called.

    Raises:
        LookupError: nothing above says it.
    """
    for known, kind in KINDS:
        if hint == known:
            return kind
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (kept,) = (each for each in arguments if each is not type(None))
        return _kind(kept)
    if origin is tuple:
        words = _kind(arguments[0]).words
        return Kind("list of ids" if words == "id" else f"list of {words}")
    if origin is dict:
        return Kind(f"{_kind(arguments[1]).words} by name")
    if origin is Literal:
        return Kind(_either(arguments))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Kind(_either(hint))
    if hint in SECTIONS:
        section = SECTIONS[hint]
        return Kind(f"[{section}](#{section.lower().replace('.', '')})")
    raise LookupError(f"KINDS does not hold {hint}")


def _either(choices: Iterable[object]) -> str:
    *first, last = (f"`{choice}`" for choice in choices)
    return f"{', '.join(first)} or {last}" if first else last


def _limits(property_: dict[str, Any]) -> str:
    """Return the bounds of a number, as far as its JSON Schema has them."""
    number: dict[str, Any] = next(
        (p for p in (property_, *property_.get("anyOf", ())) if p.get("type") in ("number", "integer")), {}
    )
    bounds = (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"))
    said = [f"{word} {number[bound]:.10g}" for bound, word in bounds if bound in number]
    return f" {' '.join(said)}" if said else ""


def _shown(default: Any) -> str:
    """Return a default as one would write it in YAML; nothing for one that says nothing."""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, float | int):
        return f"`{default:g}`"
    if isinstance(default, str):
        return f"`{default}`"
    return f"`[{', '.join(default)}]`" if isinstance(default, tuple) else ""
