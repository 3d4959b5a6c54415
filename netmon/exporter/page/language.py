"""In which language a reader is answered: as asked for now, as chosen before, as their browser says, else English."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from netmon.exporter.page.refusal import Refusal
from netmon.picture.words.phrases import Language

COOKIE = "netmon-language"
YEAR = 365 * 86_400


def language_of(request: Request) -> Language:
    """Return the language for a reader.

    Raises:
        Refusal: 400, a language is asked for that there is none of.
    """
    asked = request.query_params.get("lang")
    if asked is not None:
        if asked not in tuple(Language):
            raise Refusal(400, "no-such-language", given=repr(asked), possible=", ".join(Language))
        return Language(asked)
    return usual_language(request)


def usual_language(request: Request) -> Language:
    """Return the language for a reader, whatever the address asks for."""
    chosen = request.cookies.get(COOKIE)
    if chosen in tuple(Language):
        return Language(chosen)
    return preferred(request.headers.get("accept-language", ""))


def remember(request: Request, response: Response, language: Language) -> None:
    """Keep what was asked for in a cookie, so that links need not carry it."""
    response.headers["content-language"] = language
    response.headers["vary"] = "Accept-Language, Cookie"
    if "lang" in request.query_params:
        is_private = request.url.scheme == "https"
        response.set_cookie(
            COOKIE, language, max_age=YEAR, path="/", httponly=True, samesite="strict", secure=is_private
        )


def preferred(accepted: str) -> Language:
    """Return the best of an Accept-Language header (RFC 9110 §12.5.4); what cannot be read counts for nothing."""
    best, quality = Language.ENGLISH, 0.0
    for member in accepted.split(","):
        name, *rest = (part.strip().lower() for part in member.split(";"))
        primary = name.partition("-")[0]
        primary = "id" if primary == "in" else primary  # as Java called it until 2021
        weight = _quality(rest[0].removeprefix("q=")) if rest else 1.0
        if primary in tuple(Language) and weight > quality:
            best, quality = Language(primary), weight
    return best


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0.0 <= value <= 1.0 else 0.0
