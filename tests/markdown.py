"""What the documents of the repository hold: blocks of code, commands, links, headings, code in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).parents[1]
_FENCE = re.compile(r"( *)```(\w*)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_COMMENT = re.compile(r"(?:^|\s+)#(?:\s.*)?$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `line` is that of its opening fence, `caption` the paragraph before it."""

    language: str
    line: int
    text: str
    caption: str

    def commands(self) -> tuple[str, ...]:
        """Return what is typed: one command a line, without comments; a backslash carries on."""
        lines = (_COMMENT.sub("", line) for line in self.text.replace("\\\n", " ").splitlines())
        return tuple(line.strip() for line in lines if line.strip())


def documents() -> list[Path]:
    """Return every Markdown file of the repository, without those of installed packages and caches."""
    found = TOP.rglob("*.md")
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(TOP).parts))


def name_of(document: Path) -> str:
    """Return a document's path in the repository."""
    return document.relative_to(TOP).as_posix()


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document in order."""
    found: list[Block] = []
    caption, goes_on, inside = "", False, False
    language, begins, indent, text = "", 0, "", [""]
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if fence and not inside:
            inside, language, begins, indent, text = True, fence[2], number, fence[1], []
        elif fence:
            inside = False
            found.append(Block(language, begins, "\n".join(text) + "\n", caption))
        elif inside:
            text.append(line.removeprefix(indent))
        elif line.strip():
            caption = f"{caption} {line.strip()}" if goes_on else line.strip()
        goes_on = bool(line.strip()) and not inside and not fence
    return found


def prose(document: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are not in a fenced block."""
    inside = False
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def links(document: Path) -> Iterator[tuple[int, str]]:
    """Yield line and target of every link and image."""
    for number, line in prose(document):
        for target in _LINK.findall(_CODE.sub("", line)):
            yield number, target


def inline_code(document: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of every piece of code in running text and tables."""
    for number, line in prose(document):
        for code in _CODE.findall(line):
            yield number, code.replace("\\|", "|")


@cache
def anchors(document: Path) -> set[str]:
    """Return the names that headings can be linked by, as code hosts make them."""
    headings = (line.lstrip("#").strip() for _, line in prose(document) if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
