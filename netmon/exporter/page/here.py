"""Which page of engineers is shown, what it was asked, and where its neighbours are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import URL, QueryParams
from starlette.requests import Request

from netmon.exporter.api.routes import FOR_THE_PAGE
from netmon.exporter.api.topology_answers import MOST_FAIL
from netmon.exporter.page.templating import LONGEST

PAGES: Final = (
    ("threads", "/topology"),
    ("drawing", "/topology/draw"),
    ("place", "/topology/show"),
    ("redundancy", "/topology/redundancy"),
    ("black-spots", "/topology/blackspots"),
    ("ways", "/topology/path"),
    ("what-if", "/topology/whatif"),
    ("plan", "/plan"),
    ("progress", "/report/coverage"),
)
"""The pages of engineers by the key of their name, in the order of their links."""


@dataclass(frozen=True, slots=True)
class Here:
    """One page with its question; `is_still` where an answer stays as it was until it is asked for again."""

    name: str
    url: URL
    asked: QueryParams
    is_still: bool = False

    @classmethod
    def of(cls, name: str, request: Request, *, is_still: bool = False) -> Here:
        """Return where a request leads."""
        return cls(name, request.url, request.query_params, is_still)

    @property
    def pages(self) -> Sequence[tuple[str, str]]:
        """The names and paths of all pages of engineers."""
        return PAGES

    @property
    def path(self) -> str:
        """The path of this page."""
        return self.url.path

    @property
    def part(self) -> int:
        """Which part of a long table is asked for, from 1."""
        text = self.first("page")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1

    @property
    def find(self) -> str:
        """What is looked for, as far as that is heeded: each word is held against each thing of the drawing."""
        return self.first("find")[:LONGEST]

    def first(self, name: str) -> str:
        """Return what a field holds, empty where it was not filled in."""
        return next(iter(self.every(name)), "")

    def every(self, name: str) -> list[str]:
        """Return all that a field holds, as far as that is heeded."""
        return [value for text in self.asked.getlist(name) if (value := text.strip())][:MOST_FAIL]

    def at(self, **asked: str | int | None) -> str:
        """Return the address of this page with other answers to its fields; None leaves one out."""
        url = self.url.remove_query_params([name for name, value in asked.items() if value is None])
        url = url.include_query_params(**{name: value for name, value in asked.items() if value is not None})
        return f"{url.path}?{url.query}" if url.query else url.path

    def for_programs(self, path: str, **more: str) -> str:
        """Return the address at which programs ask the same."""
        own = FOR_THE_PAGE | more.keys()
        pairs = [(name, value.strip()) for name, value in self.asked.multi_items() if name not in own]
        pairs = [*((name, value) for name, value in pairs if value), *more.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path
