"""Events as JSON and back. The journal is an edge: what is read from it is validated, not believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from netmon.errors import StateError
from netmon.events import Entry, Event, InventoryInForce
from netmon.model import Inventory

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


def entry_of(position: int, at: float, text: str, inventory: Callable[[str], Inventory]) -> Entry:
    """Return the entry at `position` with the inventory it puts in force, which `inventory` finds by its digest.

    Raises:
        StateError: the text was not written by `encode`, or by a newer netmon, or there is no such inventory.
    """
    events = decode(text, position)
    digests = [event.digest for event in events if isinstance(event, InventoryInForce)]
    return Entry(position, at, events, inventory(digests[-1]) if digests else None)
