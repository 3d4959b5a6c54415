"""Observations as a JSON document: `{"nodes": {ID: "up"}, "ports": {"NODE:PORT": "down"}, "light": {…: -7.1}}`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from netmon.errors import ConfigError, Problem, Severity
from netmon.inventory.flaw import Hints, shown
from netmon.model import Inventory, Observations, PortId, Reach

SECTIONS = ("nodes", "ports", "light")
PORT_WORDS = {"up": True, "down": False}
MAX_BYTES = 64 * 2**20
BRIGHTEST = 100.0
"""dBm, and as much below: no receiver tells more or less, and a number of a thousand digits is no light."""
_STRING = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?')
"""A string of JSON; a colon behind it says that it is a key."""
V = TypeVar("V")


def read_observations(path: str, inventory: Inventory) -> tuple[Observations, tuple[Problem, ...]]:
    """Read a document of observations, `-` for standard input, and return it with its warnings.

    Raises:
        ConfigError: it cannot be used; `problems` lists every error and warning.
    """
    name = "standard input" if path == "-" else path
    reader = _Reader(name, _text(path, name), inventory)
    observations = reader.read()
    if any(problem.severity is Severity.ERROR for problem in reader.problems):
        errors = sum(problem.severity is Severity.ERROR for problem in reader.problems)
        count = f"{errors} error{'s' * (errors > 1)}"
        raise ConfigError(f"{name} cannot be used as observations: {count}", problems=tuple(sorted(reader.problems)))
    return observations, tuple(sorted(reader.problems))


def _text(path: str, name: str) -> str:
    try:
        content = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else _content(Path(path))
    except OSError as error:
        raise ConfigError(f"cannot read {name}: {error.strerror}", "name a JSON file with --observations") from error
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{name} is larger than {MAX_BYTES // 2**20} MiB", "observations are one JSON object")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 at byte {error.start}", "save it as UTF-8") from error


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


class _Reader:
    """One document while it is read; `problems` gathers everything wrong with it."""

    def __init__(self, name: str, text: str, inventory: Inventory) -> None:
        self.name = name
        self.text = text
        self.inventory = inventory
        self.problems: list[Problem] = []
        self.hints = Hints()
        self.drawn: dict[str, set[str]] = {}
        for link in inventory.links.values():
            for end in (link.a, link.b):
                if end.port:
                    self.drawn.setdefault(end.node, set()).add(end.port)
        self._lines: dict[str, int] | None = None

    def read(self) -> Observations:
        """Return what can be read, which is all of it when there are no errors."""
        try:
            document = json.loads(self.text, object_pairs_hook=self._object, parse_constant=_no_number)
        except json.JSONDecodeError as error:
            self._add(error.lineno, "json", f"this is not JSON: {error.msg} (column {error.colno})")
            return Observations()
        except (RecursionError, ValueError) as error:
            what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            self._add(0, "json", f"this is not JSON that can be read: {what}")
            return Observations()
        if not isinstance(document, dict):
            self._add(1, "shape", "observations are an object", 'such as {"nodes": {"rtr-jenu": "down"}}')
            return Observations()
        for key in document:
            if key not in SECTIONS:
                hint = self.hints.did_you_mean(key, SECTIONS)
                self._add(self._line(key), "unknown-key", f"unknown key {shown(key)}", hint)
        return Observations(
            dict(self._entries(document, "nodes", self._node, self._word)),
            dict(self._entries(document, "ports", self._port, self._is_up)),
            dict(self._entries(document, "light", self._port, self._power)),
        )

    def _entries(
        self,
        document: Mapping[str, Any],
        section: str,
        read_key: Callable[[str], Any],
        read_value: Callable[[str, Any], V],
    ) -> Iterator[tuple[Any, V]]:
        entries = document.get(section, {})
        if not isinstance(entries, dict):
            self._add(self._line(section), "shape", f"{section} is not an object but {shown(entries)}")
            return
        for key, value in entries.items():
            known, word = self._tried(key, read_key, key), self._tried(key, read_value, key, value)
            if known is not None and word is not None:
                yield known[0], word[0]

    def _tried(self, key: str, reading: Callable[..., V], *arguments: Any) -> tuple[V] | None:
        """Return what was read as a tuple of one, or None and a problem more."""
        try:
            return (reading(*arguments),)
        except _Unusable as flaw:
            self._add(self._line(key), flaw.code, flaw.message, flaw.hint)
            return None

    def _node(self, key: str) -> str:
        if key not in self.inventory.nodes:
            hint = self.hints.did_you_mean(key, self.inventory.nodes)
            raise _Unusable("unknown-node", f"no node {shown(key)} is in the inventory", hint)
        return key

    def _port(self, key: str) -> PortId:
        node, colon, name = key.partition(":")
        if not colon or not name:
            raise _Unusable("port", f"{shown(key)} is not a port", "write NODE:PORT")
        port = PortId(self._node(node), name)
        if name not in self.drawn.get(node, ()):
            hint = self.hints.did_you_mean(name, sorted(self.drawn.get(node, ())))
            self._add(
                self._line(key),
                "unknown-port",
                f"port {key} is on no drawn link: no evidence",
                hint,
                Severity.WARNING,
            )
        return port

    def _word(self, key: str, value: Any) -> Reach:
        try:
            return Reach(value)
        except ValueError:
            raise _bad_word(key, value, [str(word) for word in Reach]) from None

    def _is_up(self, key: str, value: Any) -> bool:
        if isinstance(value, str) and value in PORT_WORDS:
            return PORT_WORDS[value]
        raise _bad_word(key, value, PORT_WORDS)

    def _power(self, key: str, value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= BRIGHTEST:
            return float(value)
        raise _Unusable("value", f"light of {key} is {shown(value)}", "give received power in dBm, or null for none")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    self._add(self._line(key), "duplicate-key", f"{shown(key)} is given twice", "keep one of them")
                seen.add(key)
        return found

    def _line(self, key: str) -> int:
        """Return the line of a key, by its first appearance; 0 when it is written with escapes."""
        if self._lines is None:
            self._lines = _lines_of_keys(self.text)
        return self._lines.get(json.dumps(key, ensure_ascii=False), 0)

    def _add(self, line: int, code: str, message: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(self.name, line, code, message, hint, severity))


class _Unusable(Exception):  # noqa: N818 (a flaw on its way to the list of problems, never seen outside)
    """One entry that cannot be used."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def _lines_of_keys(text: str) -> dict[str, int]:
    """Return the line on which each key of a document first stands, by the key in its quotes."""
    found: dict[str, int] = {}
    line, counted = 1, 0
    for match in _STRING.finditer(text):
        if match[2] is not None:
            line, counted = line + text.count("\n", counted, match.start()), match.start()
            found.setdefault(match[1], line)
    return found


def _bad_word(key: str, value: Any, words: Collection[str]) -> _Unusable:
    return _Unusable("value", f"{key} is {shown(value)}", f"say {', '.join(words)}")


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
