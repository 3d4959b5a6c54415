"""Events as JSON and back. The journal is an edge: what is read from it is validated, not believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from netmon.errors import ConfigError, StateError
from netmon.events import Entry, Event, InventoryInForce
from netmon.inventory.document import from_document
from netmon.model import Inventory

EARLIEST, LATEST = -6e10, 2.5e11
"""Unix seconds that have a date in every zone: a clock may be wrong by centuries, and its entries are read."""
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
        StateError: the text was not written by `encode`, or by a newer netmon, or there is no such inventory; or it
            is of no time that there is.
    """
    if not EARLIEST < at < LATEST:  # neither is so for NaN
        raise StateError(f"journal entry {position} is dated {at:g}", "the file is damaged")
    events = decode(text, position)
    digests = [event.digest for event in events if isinstance(event, InventoryInForce)]
    return Entry(position, at, events, inventory(digests[-1]) if digests else None)


def inventory_of(document: str | bytes, digest: str) -> Inventory:
    """Return the inventory with this digest, as it is kept beside the entries.

    Raises:
        StateError: it was not written by this version of netmon, or is damaged.
    """
    try:
        return from_document(json.loads(document))
    except (ConfigError, ValueError, TypeError, RecursionError) as error:
        reason = error.message if isinstance(error, ConfigError) else "it is no document"
        raise StateError(
            f"the inventory {digest[:12]} of the journal cannot be read: {reason}",
            "it was written by another version of netmon, or the file is damaged",
        ) from error
