"""Where every value of a node comes from: the answer to "why is it probed like this?"."""

from __future__ import annotations

from typing import Any, NamedTuple

from netmon.errors import UsageError
from netmon.inventory.flaw import Path, did_you_mean
from netmon.inventory.load import Drawing
from netmon.inventory.resolve import Inheritance
from netmon.inventory.schema import NodeEntry


class Line(NamedTuple):
    """One value; `origin` is its file and line, or `built in`."""

    key: str
    value: Any
    origin: str


def as_drawn(drawing: Drawing, node: str) -> list[Line]:
    """Return what is written of a node.

    Raises:
        ConfigError: the drawing has errors.
        UsageError: there is no such node.
    """
    index, entry = _find(drawing, node)
    return [
        Line(key, value, _at(drawing, path))
        for key, value, path in _leaves("", entry.model_dump(mode="json", exclude_unset=True), ("nodes", index))
    ]


def resolved(drawing: Drawing, node: str) -> list[Line]:
    """Return every value in force for a node, inherited and built in ones too. Raises like `as_drawn`."""
    index, entry = _find(drawing, node)
    lines = []
    for key, value in entry.model_dump(mode="json", exclude={"probe"}).items():
        is_written = key in entry.model_fields_set
        lines.append(Line(key, value, _at(drawing, ("nodes", index, key) if is_written else None)))
    levels = Inheritance(drawing.draft).levels(index, entry)
    for protocol in entry.monitor:
        for name, setting in levels.settings(protocol).items():
            lines.append(Line(f"probe.{protocol}.{name}", setting.value, _at(drawing, setting.origin)))
    return lines


def _find(drawing: Drawing, node: str) -> tuple[int, NodeEntry]:
    nodes = drawing.usable().nodes
    for index, entry in nodes.items():
        if entry.id == node:
            return index, entry
    hint = did_you_mean(node, (entry.id for entry in nodes.values()))
    raise UsageError(f"{drawing.merged.name} has no node {node}", hint)


def _leaves(prefix: str, value: Any, path: Path) -> list[tuple[str, Any, Path]]:
    if not isinstance(value, dict):
        return [(prefix, value, path)]
    inner = [_leaves(f"{prefix}.{key}".lstrip("."), item, (*path, key)) for key, item in value.items()]
    return [leaf for leaves in inner for leaf in leaves]


def _at(drawing: Drawing, path: Path | None) -> str:
    if path is None:
        return "built in"
    file, line = drawing.merged.locate(path)
    return f"{file}:{line}"
