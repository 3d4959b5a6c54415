"""The answer to "why?" as JSON: every fact with its key, its time, its values, and its words in one language."""

from __future__ import annotations

from typing import Any

from netmon.clock import rfc3339
from netmon.exporter.api.documents import Document, incident_row
from netmon.model import Element, Inventory, PortId
from netmon.picture.words.fact import Fact, Value
from netmon.picture.words.facts import TIMES, say
from netmon.picture.words.faults import moment
from netmon.picture.words.phrases import Language
from netmon.picture.words.why import Why


def why_document(answer: Why, inventory: Inventory, language: Language) -> Document:
    """Return the answer for one site. Times are UTC in RFC 3339; `when` and texts have the region's own."""

    def facts(told: tuple[Fact, ...]) -> list[Document]:
        return [_fact(fact, inventory, language, answer.at) for fact in told]

    return {
        "site": {"id": answer.site.id, "name": answer.site.name},
        "language": str(language),
        "believed_at": rfc3339(answer.at),
        "verdict": answer.verdict,
        "since": rfc3339(answer.since),
        "fault": None if answer.incident is None else incident_row(answer.incident, inventory, answer.at),
        "text": say(answer.says, inventory, language, answer.at),
        "because": facts(answer.because),
        "rejected": facts(answer.rejected),
        "would_change": facts(answer.would_change),
    }


def _fact(fact: Fact, inventory: Inventory, language: Language, now: float) -> Document:
    return {
        "key": fact.key,
        "at": rfc3339(fact.at),
        "when": None if fact.at is None else moment(fact.at, inventory, now),
        "values": {name: _value(name, value) for name, value in fact.values.items()},
        "text": say(fact, inventory, language, now),
    }


def _value(name: str, value: Value) -> Any:
    if isinstance(value, Element):
        return {"kind": value.kind, "id": value.id}
    if isinstance(value, PortId):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return rfc3339(value) if name in TIMES and isinstance(value, float) else value
