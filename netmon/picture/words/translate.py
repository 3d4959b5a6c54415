"""Sentences that are kept in English, said in the other language.

The journal keeps reasons as sentences, and a fault its evidence: people's own notes stand among them. What netmon
said itself is recognised by its phrase and can be said in Indonesian, years later and from any journal; a note stays
as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from netmon.picture.words.blackspot_phrases import BLACK_SPOTS
from netmon.picture.words.diagnosis_phrases import DIAGNOSIS
from netmon.picture.words.phrases import Language, Phrase
from netmon.picture.words.readiness import NOT_READY
from netmon.picture.words.reasons import DETAILED, MORE, REASONS

SENTENCES: Mapping[str, Phrase] = {
    f"{table}/{key}": phrase
    for table, phrases in (
        ("reason", REASONS),
        ("diagnosis", DIAGNOSIS),
        ("readiness", NOT_READY),
        ("blackspot", BLACK_SPOTS),
    )
    for key, phrase in phrases.items()
}
"""Every sentence that can be recognised."""

_ID, _NUMBER = r"[A-Za-z0-9][A-Za-z0-9._-]*", r"\d+"
_VALUES = {
    **dict.fromkeys(("node", "far", "link", "cable", "area"), _ID),
    **dict.fromkeys(("count", "all", "seconds", "more"), _NUMBER),
}
"""What the values of a sentence look like; those not listed here may be anything."""


def translate(text: str, language: Language) -> str:
    """Return a kept sentence in a language; what is none of netmon's own stays as it is."""
    if language is Language.ENGLISH:
        return text
    for key, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: _list_in(value) for name, value in found.groupdict().items() if name != "detail"}
            detail = found.groupdict().get("detail")
            return SENTENCES[key].id.format(**values) + (f" ({detail})" if detail else "")
    return text


def _list_in(value: str) -> str:
    found = _pattern(MORE.en).fullmatch(value)
    return value if found is None else MORE.id.format(**found.groupdict())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return how each sentence is recognised, those with more fixed words first: they are the more particular."""
    ordered = sorted(SENTENCES, key=lambda key: -len(re.sub(r"\{\w+\}", "", SENTENCES[key].en)))
    more = r"(?: \((?P<detail>.*)\))?"
    return tuple(
        (key, _pattern(SENTENCES[key].en, more if key.removeprefix("reason/") in DETAILED else "")) for key in ordered
    )


@cache
def _pattern(template: str, more: str = "") -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    fixed = (
        re.escape(part) if place % 2 == 0 else f"(?P<{part}>{_VALUES.get(part, '.+')})"
        for place, part in enumerate(parts)
    )
    return re.compile("".join(fixed) + more, re.DOTALL)
