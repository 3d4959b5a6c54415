"""What cannot be shown or answered, and why: said in the reader's language on a page, in English to programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.exceptions import HTTPException

from netmon.exporter.page.phrases import PAGE, words
from netmon.inventory.flaw import closest
from netmon.picture.words.phrases import Language


class Refusal(HTTPException):
    """What cannot be answered. `key` is one of `phrases`, `values` stand in it; what readers sent is quoted."""

    def __init__(self, status: int, key: str, *, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(status, words(key, Language.ENGLISH, **values), headers)
        self.key = key
        self.values = values


def missing(kind: str, name: str, known: Iterable[str]) -> Refusal:
    """Return the refusal of what is not there, with the known name that may be meant."""
    meant = closest(name, known)
    if meant is None:
        return Refusal(404, "no-such-thing", kind=kind, id=repr(name))
    return Refusal(404, "no-such-thing-near", kind=kind, id=repr(name), near=repr(meant))


def heading(status: int, language: Language) -> str:
    """Return the heading of the page that says why another cannot be shown."""
    key = f"refused-{status}"
    return words(key if key in PAGE else "refused", language)


def reason(error: HTTPException, language: Language) -> str:
    """Return why a page cannot be shown."""
    if isinstance(error, Refusal):
        kind = f"element-{error.values.get('kind')}"
        known = {"kind": words(kind, language)} if kind in PAGE else {}
        return words(error.key, language, **{**error.values, **known})
    key = f"unanswered-{error.status_code}"
    return words(key if key in PAGE else "unanswered", language)
