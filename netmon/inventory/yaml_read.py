"""YAML text → plain data in which every value still knows its line.

Scalars follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): `no`, `on`, `2026-01-01`
and `10:20:30` are text, numbers are numbers. One deviation: whole numbers with a leading zero stay text too, because
here they are codes (`010`) whose zero counts.

Files may be hostile: depth and size are bounded while composing, aliases are expanded against a budget, and tags
that would construct objects are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import yaml
from yaml.reader import ReaderError
from yaml.resolver import BaseResolver

from netmon.inventory.flaw import Path, shown

MAX_DEPTH: Final = 32
ALIAS_FACTOR: Final = 10
ALIAS_FREE: Final = 10_000
"""Aliases may make a document this many times larger, plus so many values, than it is written."""

_TAG: Final = "tag:yaml.org,2002:"
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMERIC_START: Final = frozenset("-+.0123456789")
_DIGITS_ENOUGH: Final = 100  # int() of a longer text is quadratic, and no quantity here has as many digits


class Trouble(NamedTuple):
    """One thing wrong with the text itself; `line` counts from 1, 0 where there is none."""

    line: int
    message: str
    hint: str = ""


class Unreadable(Exception):  # noqa: N818 (it says what the file is)
    """A file cannot be used as one YAML document; carries the one reason, and the text as far as there is one."""

    def __init__(self, trouble: Trouble, text: str | None = None) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble
        self.text = text


@dataclass(frozen=True, slots=True)
class Tree:
    """A document as plain data, with its nodes kept for line numbers."""

    data: Any
    troubles: tuple[Trouble, ...]
    root: yaml.Node

    def line(self, path: Path) -> int:
        """Return the line of the last key or item of `path` that exists in the text."""
        node, line = self.root, _line(self.root)
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = next(((key, value) for key, value in node.value if key.value == step), None)
                if found is None:
                    break
                line, node = _line(found[0]), found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = _line(node)
            else:
                break
        return line


def read_yaml(text: str, *, libyaml: bool = True) -> Tree:
    """Read one document; an empty one has the data None.

    Duplicate keys, unknown tags and the like are `troubles` of the tree: the rest of the document is still good.

    Args:
        text: the whole document.
        libyaml: compose with the C library where PyYAML has it (six times faster, same nodes).

    Raises:
        Unreadable: a syntax error, more than one document, or more depth or size than any inventory has.
    """
    try:
        return _read(text, libyaml=libyaml)
    except Unreadable as error:
        error.text = text
        raise


def _read(text: str, *, libyaml: bool) -> Tree:
    composer: Any = None
    try:
        composer = _FASTEST(text) if libyaml else _PurePython(text)
        root = composer.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_syntax_trouble(error, text.rstrip().count("\n") + 1)) from None
    except ReaderError as error:
        line = text.count("\n", 0, text.index(chr(error.character))) + 1  # its own position may count bytes
        raise Unreadable(Trouble(line, f"character U+{error.character:04X} may not stand in YAML")) from None
    finally:
        if composer is not None and hasattr(composer, "dispose"):
            composer.dispose()
    if root is None:
        return Tree(None, (), yaml.ScalarNode(_TAG + "null", "", _START, _START))
    builder = _Builder(composer.composed)
    data = builder.build(root)
    return Tree(data, tuple(builder.troubles), root)


def _syntax_trouble(error: yaml.MarkedYAMLError, last_line: int) -> Trouble:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line + 1, last_line) if mark else 0
    problem = error.problem or "cannot be read"
    if "another document" in problem:
        hint = "keep one document in a file; put the other into a file of its own in the same folder"
        return Trouble(line, "a second YAML document begins here", hint)
    if problem.startswith("found undefined alias"):  # the pure composer goes on to quote it, and it may be a secret
        problem = "found undefined alias"
    if "maximum nesting depth" in problem:  # newer libyaml counts brackets itself, before any node is made
        return _too_deep(line)
    if problem == "second occurrence":
        return Trouble(line, "not YAML: the same &anchor stands twice", "give each its own name")
    if error.context and error.context_mark and error.context_mark.line + 1 < line:
        problem += f", {error.context} that begins on line {error.context_mark.line + 1}"
    return Trouble(line, f"not YAML: {problem}", "check indentation (spaces, no tabs), quotes, brackets")


def _too_deep(line: int) -> Trouble:
    return Trouble(line, f"nested more than {MAX_DEPTH} deep", "no inventory needs as much")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar_tag(text: str) -> str:
    """Return the short tag of a plain scalar by the core schema."""
    if text in _NULL:
        return "null"
    if text in _BOOL:
        return "bool"
    if text[0] in _NUMERIC_START:
        if _INT.fullmatch(text):
            return "int"
        if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
            return "float"
    return "str"


class _CoreSchema(BaseResolver):
    """Resolves tags by the core schema, and watches depth: the composers call descend and ascend at every node."""

    depth = 0
    composed = 0

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Return the tag of a node that carries none."""
        if kind is yaml.ScalarNode:
            return _TAG + (_scalar_tag(value) if implicit[0] else "str")
        return _TAG + ("seq" if kind is yaml.SequenceNode else "map")

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:  # noqa: ARG002 (PyYAML's signature)
        """Refuse nesting that would overrun the stack of the C composer."""
        self.depth += 1
        self.composed += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(_too_deep(current_node.start_mark.line + 1))

    def ascend_resolver(self) -> None:
        """Leave a node."""
        self.depth -= 1


class _PurePython(_CoreSchema, yaml.BaseLoader):
    """The composer that is always there."""


def _fastest() -> type[Any]:
    if not yaml.__with_libyaml__:
        return _PurePython

    class WithLibyaml(_CoreSchema, yaml.CBaseLoader):
        """The composer in C: the same nodes, six times faster."""

    return WithLibyaml


_FASTEST: Final = _fastest()
_START: Final = yaml.Mark("", 0, 0, 0, "", 0)


class _Builder:
    """Turns nodes into data. An alias is built again at each use: counting values is what stops a bomb."""

    def __init__(self, composed: int) -> None:
        self.troubles: list[Trouble] = []
        self._left = ALIAS_FREE + ALIAS_FACTOR * composed
        self._open: set[int] = set()

    def build(self, node: yaml.Node) -> Any:
        self._left -= 1
        if self._left < 0:
            message = f"aliases make this document more than {ALIAS_FACTOR} times larger than it is written"
            raise Unreadable(Trouble(_line(node), message, "write the values out"))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise Unreadable(Trouble(_line(node), "an alias leads back into itself", "write the value out"))
        self._open.add(id(node))
        tag = node.tag.removeprefix(_TAG)
        if tag not in ("map", "seq"):
            self._unknown_tag(node)
        data: Any
        if isinstance(node, yaml.MappingNode):
            data = self._mapping(node.value)
        else:
            data = [self.build(item) for item in node.value]
        self._open.discard(id(node))
        return data

    def _mapping(self, pairs: Sequence[tuple[yaml.Node, yaml.Node]]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in pairs:
            if not isinstance(key_node, yaml.ScalarNode):
                self.troubles.append(Trouble(_line(key_node), "a key must be a plain word"))
                continue
            key = str(key_node.value)
            value = self.build(value_node)
            if key in data:
                where = f"; it stands already on line {first[key]}"
                self.troubles.append(
                    Trouble(_line(key_node), f"key {shown(key)} stands twice{where}", "keep one of them")
                )
                continue
            data[key] = value
            first[key] = _line(key_node)
        return data

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        match node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "null" if text in _NULL:
                return None
            case "bool" if text in _BOOL:
                return _BOOL[text]
            case "int" if _INT.fullmatch(text) and len(text) <= _DIGITS_ENOUGH:
                return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            case "int" | "float" if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
                return float(text)
            case "float" if _NOT_FINITE.fullmatch(text):
                return float(text.replace(".", "", 1))
        self._unknown_tag(node)
        return text

    def _unknown_tag(self, node: yaml.Node) -> None:
        tag = node.tag.replace(_TAG, "!!")
        self.troubles.append(
            Trouble(_line(node), f"tag {tag[:60]} does not belong in an inventory", "write the value plainly")
        )
