"""Pages that cannot be shown, and why: said in the reader's language on a page, in English to programs."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from netmon.exporter.page.phrases import PAGE, words
from netmon.picture.words.phrases import Language


class Refusal(HTTPException):
    """A page that cannot be shown. `key` is one of `phrases`, `values` stand in it; what readers sent is quoted."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        super().__init__(status, words(key, Language.ENGLISH, **values))
        self.key = key
        self.values = values


def heading(status: int, language: Language) -> str:
    """Return the heading of the page that says why another cannot be shown."""
    key = f"refused-{status}"
    return words(key if key in PAGE else "refused", language)


def reason(error: HTTPException, language: Language) -> str:
    """Return why a page cannot be shown."""
    if isinstance(error, Refusal):
        return words(error.key, language, **error.values)
    key = f"unanswered-{error.status_code}"
    return words(key if key in PAGE else "unanswered", language)
