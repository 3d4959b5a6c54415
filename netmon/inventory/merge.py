"""Several files, one document: lists are joined, the rest may stand once; every value keeps its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from netmon.errors import Problem
from netmon.inventory.flaw import Flaw, Path, one_line
from netmon.inventory.schema import SECTIONS


class Lines(Protocol):
    """Plain data of one file whose values know their lines."""

    @property
    def data(self) -> Any:
        """Return the data."""
        ...

    def line(self, path: Path) -> int:
        """Return the line of a value, or of what it is missing from."""
        ...


class Part(NamedTuple):
    """One file that could be read, named as the user would."""

    file: str
    tree: Lines


@dataclass(slots=True)
class Merged:
    """A document made of parts.

    `name` is what the user called the whole; `leftovers` are values that found no place in `data`; `origin` leads
    from the first one or two steps of a path to the part it came from and its path there.
    """

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    leftovers: list[Any] = field(default_factory=list)
    origin: dict[Path, tuple[Part, Path]] = field(default_factory=dict)

    def locate(self, path: Path) -> tuple[str, int]:
        """Return the file and line of a value; where there is none, of what it is missing from."""
        for length in (2, 1):
            found = self.origin.get(path[:length])
            if found is not None:
                part, start = found
                return part.file, part.tree.line((*start, *path[length:]))
        return self.name, 0

    def problem(self, flaw: Flaw) -> Problem:
        """Return a flaw with its file and line."""
        message = flaw.message
        if flaw.see is not None:
            message += "; the first is at {}:{}".format(*self.locate(flaw.see))
        return Problem(*self.locate(flaw.path), flaw.code, one_line(message), one_line(flaw.hint), flaw.severity)


def merge(name: str, parts: Iterable[Part]) -> Merged:
    """Join the parts in their order."""
    merged = Merged(name)
    for part in parts:
        data = part.tree.data
        if not isinstance(data, dict):
            what = "is empty" if data is None else "must hold a mapping with version, region, vantage, sites …"
            hint = "write the inventory into it, or remove the file"
            merged.problems.append(Problem(part.file, 1, "not-an-inventory", what, hint))
            merged.leftovers.append(data)
            continue
        for key, value in data.items():
            if value is None:  # `links:` with nothing under it
                continue
            if key in SECTIONS:
                _join_list(merged, part, key, value)
            elif key == "auth" and isinstance(value, dict):
                for inner, entry in value.items():
                    _put(merged, part, (key, inner), entry, merged.data.setdefault(key, {}))
            else:
                _put(merged, part, (key,), value, merged.data)
    return merged


def _join_list(merged: Merged, part: Part, key: str, value: Any) -> None:
    if not isinstance(value, list):
        line = part.tree.line((key,))
        message = f"{key} must be a list"
        merged.problems.append(Problem(part.file, line, "wrong-type", message, "begin each entry with a dash"))
        merged.leftovers.append(value)
        return
    joined = merged.data.setdefault(key, [])
    for index, item in enumerate(value):
        merged.origin[key, len(joined)] = (part, (key, index))
        joined.append(item)


def _put(merged: Merged, part: Part, path: Path, value: Any, into: dict[str, Any]) -> None:
    key = str(path[-1])
    if key in into and (path != ("version",) or into[key] != value):
        message = "{} stands already at {}:{}".format(".".join(map(str, path)), *merged.locate(path))
        merged.problems.append(
            Problem(part.file, part.tree.line(path), "stands-twice", one_line(message), "keep one of them")
        )
        return
    into.setdefault(key, value)
    merged.origin.setdefault(path, (part, path))
