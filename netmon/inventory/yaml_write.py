"""Plain data → the YAML that people keep: short keys as blocks, one entry of a list on one line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from netmon.inventory.schema import SECTIONS

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_NOT_TEXT: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def to_yaml(document: Mapping[str, Any], comment: str = "") -> str:
    """Return a document as YAML text that `read_yaml` reads back as the same data.

    Args:
        document: keys of the contract; sections that are empty are left out.
        comment: lines that stand first, without their `#`.
    """
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    for key, value in document.items():
        if key not in SECTIONS:
            lines.append(f"{_text(key)}: {to_inline(value)}")
        elif value:
            lines += [f"{key}:", *(f"  - {to_inline(entry)}" for entry in value)]
    return "\n".join(lines) + "\n"


def to_inline(value: Any) -> str:
    """Return one value on one line, as it stands in a list of entries."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {to_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(to_inline(inner) for inner in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in an inventory")
        if value.is_integer() and abs(value) < 1e15:
            return repr(int(value))
        text = repr(value)
        return text if "." in text else text.replace("e", ".0e")  # YAML 1.1 takes 1e-07 for text
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """Return a text plain where every YAML reader takes it for text, quoted elsewhere."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
