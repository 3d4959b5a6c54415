"""Frozen values as plain lists and back, by their type hints alone: what a checkpoint is written in.

A dataclass or named tuple becomes the list of its fields, a mapping with text keys an object, any other mapping a
list of pairs, a set a sorted list. Nothing is guessed: a type that is not known here is refused when the shape is
made, a value that does not fit when it is read. The *layout* names the fields of every record in the order in which
they are written; programs with the same layout read each other's values exactly.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Layout = dict[str, list[str]]
_hints = cache(get_type_hints)


class StructureError(ValueError):
    """A value does not have the structure it is read by."""


class Codec(NamedTuple):
    """How values of one type are written and read, and the name of that type in a layout."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    name: str


class Shape(Generic[T]):
    """The structure of one type.

    Args:
        kind: the type.
        special: codecs of types that are written in another way, such as by reference.
        reading: the layout that values to be read were written with, where it is not today's.
            Fields of today that it lacks take their defaults, fields that are gone are passed over.

    Raises:
        TypeError: a type within is not known here.
        StructureError: a field that `reading` lacks has no default.
    """

    def __init__(
        self, kind: type[T], special: Mapping[type, Codec] | None = None, reading: Layout | None = None
    ) -> None:
        self.layout: Layout = {}
        self._special = special or {}
        self._reading = reading
        self._known: dict[type, Codec] = {}
        self._codec = self._of(kind)

    @property
    def fingerprint(self) -> str:
        """What stays the same as long as the structure does: a SHA-256 (hex) over the layout."""
        return hashlib.sha256(json.dumps(self.layout, sort_keys=True).encode()).hexdigest()

    def write(self, value: T) -> Any:
        """Return a value as what JSON holds."""
        return self._codec.write(value)

    def read(self, written: Any) -> T:
        """Return the value that was written.

        Raises:
            StructureError: it was not written in this structure.
        """
        value: T = self._codec.read(written)
        return value

    def _of(self, hint: Any) -> Codec:
        if hint in self._special:
            return self._special[hint]
        if hint in _PLAIN:
            return _PLAIN[hint]
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._union(get_args(hint))
        if origin is Literal:
            return _literal(get_args(hint))
        if origin is tuple:
            return self._tuple(get_args(hint))
        if origin is frozenset:
            return _set(self._of(get_args(hint)[0]))
        if origin is not None and issubclass(origin, Mapping):
            return _mapping(*map(self._of, get_args(hint)))
        if isinstance(hint, type):
            if issubclass(hint, StrEnum):
                return _enum(hint)
            if is_dataclass(hint) or hasattr(hint, "_fields"):
                return self._record(hint)
        raise TypeError(f"{hint} cannot be written in a checkpoint")

    def _union(self, members: tuple[Any, ...]) -> Codec:
        others = [member for member in members if member is not types.NoneType]
        if len(others) == 1:
            return _optional(self._of(others[0]))
        codecs = {member: self._of(member) for member in others}
        if not all(isinstance(member, type) for member in others):
            raise TypeError(f"{members} cannot be told apart in a checkpoint")
        name = " | ".join(codec.name for codec in codecs.values())
        places = {member: place for place, member in enumerate(codecs)}

        def write(value: Any) -> Any:
            place = places[type(value)]
            return [place, codecs[others[place]].write(value)]

        def read(written: Any) -> Any:
            place, held = _pair(written, name)
            if type(place) is not int or not 0 <= place < len(others):
                raise StructureError(f"{written!r} is no {name}")
            return codecs[others[place]].read(held)

        both = Codec(write, read, name)
        return both if len(others) == len(members) else _optional(both)

    def _tuple(self, members: tuple[Any, ...]) -> Codec:
        if len(members) == 2 and members[1] is Ellipsis:
            each = self._of(members[0])

            def read(written: Any) -> tuple[Any, ...]:
                return tuple(map(each.read, _list(written, name)))

            name = f"tuple[{each.name}, ...]"
            return Codec(lambda value: list(map(each.write, value)), read, name)
        return _row([self._of(member) for member in members], tuple, "tuple")

    def _record(self, kind: type) -> Codec:
        if kind in self._known:
            return self._known[kind]
        hints = _hints(kind)
        names = [one.name for one in _fields(kind)] if is_dataclass(kind) else list(kind._fields)  # type: ignore[attr-defined]
        codecs: dict[str, Codec] = {}
        for name in names:
            codecs[name] = self._of(hints[name])
        if kind.__qualname__ in self.layout:
            raise TypeError(f"two types are called {kind.__qualname__}, or one holds its own kind")
        self.layout[kind.__qualname__] = [f"{name}: {codecs[name].name}" for name in names]
        writers = [(name, codecs[name].write) for name in names]
        order = self._order(kind, names)
        readers = [codecs[name].read if name in codecs else None for name in order]
        missing = [name for name in names if name not in order]
        _require_defaults(kind, missing)

        def write(value: Any) -> list[Any]:
            return [as_plain(getattr(value, name)) for name, as_plain in writers]

        def read(written: Any) -> Any:
            held = _list(written, kind.__qualname__)
            if len(held) != len(readers):
                raise StructureError(f"{len(held)} fields are no {kind.__qualname__}")
            given = {
                name: reader(one)
                for name, reader, one in zip(order, readers, held, strict=True)
                if reader is not None
            }
            return kind(**given)

        self._known[kind] = Codec(write, read, kind.__qualname__)
        return self._known[kind]

    def _order(self, kind: type, names: list[str]) -> list[str]:
        """Return the names of the fields in the order in which they were written."""
        if self._reading is None or kind.__qualname__ not in self._reading:
            return names
        return [field.partition(":")[0] for field in self._reading[kind.__qualname__]]


def _fields(kind: type) -> list[Field[Any]]:
    """Return the fields that make a value; what a dataclass fills in by itself is not written."""
    return [one for one in fields(kind) if one.init]


def _require_defaults(kind: type, names: list[str]) -> None:
    defaults = (
        {one.name for one in _fields(kind) if one.default is not MISSING or one.default_factory is not MISSING}
        if is_dataclass(kind)
        else set(kind._field_defaults)  # type: ignore[attr-defined]
    )
    lacking = [name for name in names if name not in defaults]
    if lacking:
        raise StructureError(f"{kind.__qualname__} was written without {', '.join(lacking)}")


def _plain(*kinds: type) -> Codec:
    def read(written: Any) -> Any:
        if type(written) not in kinds:
            raise StructureError(f"{written!r} is no {kinds[0].__name__}")
        return written

    return Codec(lambda value: value, read, kinds[0].__name__)


def _read_marks(written: Any) -> bytes:
    try:
        return bytes.fromhex(written)
    except (TypeError, ValueError) as error:
        raise StructureError(f"{written!r} is no bytes") from error


_PLAIN: Mapping[Any, Codec] = {
    str: _plain(str),
    int: _plain(int),
    float: _plain(float, int),
    bool: _plain(bool),
    types.NoneType: _plain(types.NoneType),
    bytes: Codec(bytes.hex, _read_marks, "bytes"),
}


def _optional(inner: Codec) -> Codec:
    """Write None as it is: nothing else is written as null."""
    return Codec(
        lambda value: None if value is None else inner.write(value),
        lambda written: None if written is None else inner.read(written),
        f"{inner.name} | None",
    )


def _literal(values: tuple[Any, ...]) -> Codec:
    name = " | ".join(map(repr, values))

    def read(written: Any) -> Any:
        for value in values:
            if type(value) is type(written) and value == written:
                return value
        raise StructureError(f"{written!r} is not one of {name}")

    return Codec(lambda value: value, read, name)


def _enum(kind: type[StrEnum]) -> Codec:
    members = {member.value: member for member in kind}

    def read(written: Any) -> StrEnum:
        try:
            return members[written]
        except (KeyError, TypeError) as error:
            raise StructureError(f"{written!r} is no {kind.__name__}") from error

    return Codec(str, read, f"{kind.__name__}({', '.join(members)})")


def _set(each: Codec) -> Codec:
    name = f"frozenset[{each.name}]"

    def write(value: Any) -> list[Any]:
        return sorted(map(each.write, value), key=lambda one: json.dumps(one, sort_keys=True))

    return Codec(write, lambda written: frozenset(map(each.read, _list(written, name))), name)


def _mapping(key: Codec, value: Codec) -> Codec:
    """Keep the order of a mapping: what is made from it later must come out the same."""
    name = f"Mapping[{key.name}, {value.name}]"
    if key is _PLAIN[str]:

        def read_object(written: Any) -> dict[str, Any]:
            if type(written) is not dict:
                raise StructureError(f"{type(written).__name__} is no {name}")
            return {one: value.read(held) for one, held in written.items()}

        return Codec(
            lambda mapping: {one: value.write(held) for one, held in mapping.items()},
            read_object,
            name,
        )

    def read_pairs(written: Any) -> dict[Any, Any]:
        pairs = (_pair(one, name) for one in _list(written, name))
        return {key.read(one): value.read(held) for one, held in pairs}

    return Codec(
        lambda mapping: [[key.write(one), value.write(held)] for one, held in mapping.items()], read_pairs, name
    )


def _row(each: list[Codec], make: Callable[[Any], Any], name: str) -> Codec:
    title = f"{name}[{', '.join(codec.name for codec in each)}]"

    def read(written: Any) -> Any:
        held = _list(written, title)
        if len(held) != len(each):
            raise StructureError(f"{len(held)} values are no {title}")
        return make(codec.read(one) for codec, one in zip(each, held, strict=True))

    return Codec(
        lambda value: [codec.write(one) for codec, one in zip(each, value, strict=True)],
        read,
        title,
    )


def _list(written: Any, name: str) -> list[Any]:
    if type(written) is not list:
        raise StructureError(f"{type(written).__name__} is no {name}")
    return written


def _pair(written: Any, name: str) -> tuple[Any, Any]:
    if len(_list(written, name)) != 2:
        raise StructureError(f"{len(written)} values are no pair of {name}")
    return written[0], written[1]
