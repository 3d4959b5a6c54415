"""An entry of the journal as a message of a stream, and back. What is read is validated, not believed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence

from netmon.errors import StateError
from netmon.events import Entry, ProbingGap
from netmon.journal.chain import Message
from netmon.journal.codec import encode, entry_of
from netmon.model import Inventory

POSITION, WRITER, CHAIN = "Netmon-Position", "Netmon-Writer", "Netmon-Chain"
"""Headers: the entry's position, who wrote it, and its chain value."""


def message_of(sequence: int, headers: Mapping[str, str], body: bytes) -> Message:
    """Return a message of the stream.

    Raises:
        StateError: it is no entry, or was written by a netmon whose entries do not name the one before.
    """
    try:
        position = int(headers[POSITION])
    except (KeyError, ValueError) as error:
        raise StateError(
            f"message {sequence} of the journal's stream is no entry", "somebody else writes to it: who may?"
        ) from error
    if CHAIN not in headers:
        raise StateError(
            f"entry {position} does not name the one before it: an older netmon wrote this journal",
            "begin one of another name: --journal nats://HOST:PORT/NAME",
        )
    return Message(sequence, position, headers[CHAIN], body)


def body_of(entry: Entry) -> bytes:
    """Return what an entry says, as bytes."""
    return zlib.compress(json.dumps({"at": entry.at, "events": encode(entry.events)}).encode())


def entry_from(position: int, body: bytes, inventory: Callable[[str], Inventory]) -> Entry:
    """Return the entry that a message is; `inventory` finds the one that it puts in force, by its digest.

    Raises:
        StateError: it cannot be read.
    """
    at, text = _read(position, body)
    return entry_of(position, at, text, inventory)


def date_of(message: Message) -> float:
    """Return the date of an entry, Unix seconds."""
    return _read(message.position, message.body)[0]


def bodies(told: Sequence[Message | None], before: tuple[int, float | None]) -> list[tuple[int, bytes]]:
    """Return (position, body) of a history; an entry of what is unknown stands where messages are lost (None).

    Every reader has the same there. `before` is the position of what was read before, and its date where it is known.
    """
    found: list[tuple[int, bytes]] = []
    position, since = before
    is_lost, is_whole = False, all(one is not None for one in told)
    for one in told:
        if one is None:
            is_lost = True
            continue
        if is_lost and one.position - 1 > position:
            found.append((one.position - 1, _unknown(one, since)))
        found.append((one.position, one.body))
        position, is_lost = one.position, False
        since = None if is_whole else date_of(one)
    return found


def _unknown(after: Message, since: float | None) -> bytes:
    at = date_of(after)
    blind = ProbingGap(at, "journal", at if since is None else min(since, at), "no server holds what was written")
    return body_of(Entry(after.position - 1, at, (blind,)))


def _read(position: int, body: bytes) -> tuple[float, str]:
    try:
        document = json.loads(zlib.decompress(body))
        return float(document["at"]), document["events"]
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise StateError(
            f"journal entry {position} cannot be read: {error}", "somebody else writes to its stream"
        ) from error
