"""Events as JSON and back. The journal is an edge: what is read from it is validated, not believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from netmon.errors import StateError
from netmon.events import Event

_EVENTS: TypeAdapter[tuple[Event, ...]] = TypeAdapter(tuple[Annotated[Event, Field(discriminator="kind")], ...])


def encode(events: Sequence[Event]) -> str:
    """Return the events of one entry as a JSON array."""
    return _EVENTS.dump_json(tuple(events)).decode()


def decode(text: str, position: int) -> tuple[Event, ...]:
    """Return the events of the entry at `position`.

    Raises:
        StateError: the text was not written by `encode`, or by a newer netmon.
    """
    try:
        return _EVENTS.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise StateError(
            f"journal entry {position} cannot be read: {first['msg']}",
            "it was written by another version of netmon, or the file is damaged",
        ) from error
