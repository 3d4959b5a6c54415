"""Writing a journal on NATS: each entry once, in order, behind the one that its writer knows as the last."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from nats.js.client import JetStreamContext

from netmon.errors import StateError
from netmon.events import Entry
from netmon.inventory.document import to_document
from netmon.journal.chain import chained
from netmon.journal.jetstream.copies import PROMPT, Copies
from netmon.journal.jetstream.kept import Kept
from netmon.journal.jetstream.message import CHAIN, POSITION, WRITER, body_of, message_of
from netmon.journal.jetstream.reading import Reading
from netmon.journal.protocol import OvertakenError


class Writing:
    """One writer of the stream; `where` is the journal in words."""

    def __init__(self, js: JetStreamContext, copies: Copies, reading: Reading, kept: Kept, where: str) -> None:
        self.writer = secrets.token_hex(8)
        self._js = js
        self._copies = copies
        self._reading = reading
        self._kept = kept
        self._where = where
        self._sequence = 0  # of the last message in the stream, as far as this writer knows
        self._chain: str | None = None  # of that message; None: not looked up yet
        self._is_sure = True
        self._known: set[str] = set()

    async def take_over(self) -> int:
        """Write behind what is there now, whoever wrote it; return the sequence of the last message."""
        self._sequence, self._chain, self._is_sure = (await self._copies.state()).last_seq, None, True
        return self._sequence

    async def append(self, entries: Sequence[Entry]) -> None:
        """Write entries, each acknowledged by the servers before the next.

        Raises:
            StateError: another writes the journal, or it has lost what it had acknowledged.
        """
        if not self._is_sure:
            entries = await self._unwritten(entries)
        chain = await self._chain_of_last()
        self._is_sure = False
        for entry in entries:
            if entry.inventory is not None and entry.inventory.digest not in self._known:
                document = json.dumps(to_document(entry.inventory), ensure_ascii=False)
                await self._kept.put_inventory(entry.inventory.digest, document)
                self._known.add(entry.inventory.digest)
            body = body_of(entry)
            chain = chained(chain, entry.position, body)
            acknowledged = await self._js.publish(
                f"{self._copies.name}.entries",
                body,
                timeout=PROMPT,
                headers={
                    "Nats-Msg-Id": f"{self.writer}-{entry.position}",
                    "Nats-Expected-Last-Sequence": str(self._sequence),
                    POSITION: str(entry.position),
                    WRITER: self.writer,
                    CHAIN: chain,
                },
            )
            self._wrote(acknowledged.seq, entry.position, chain)
        self._is_sure = True

    def _wrote(self, sequence: int, position: int, chain: str) -> None:
        self._sequence, self._chain = sequence, chain
        self._reading.note(sequence, position, chain)

    async def _chain_of_last(self) -> str:
        """Return the chain value of the message that this writer knows as the last: as it was read, if it was."""
        if self._chain is None:
            known = self._reading.chain_at(self._sequence)
            if known is not None or not self._sequence:
                self._chain = known or ""
            elif (await self._copies.state()).messages:
                self._chain = (await self._copies.led(self._sequence)).chain
            else:  # all of it went with the retention, or was dropped by hand
                heads = await self._kept.heads()
                self._chain = (heads[0][1].get("chain") if heads else None) or ""
        return self._chain

    async def _unwritten(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries that are not in the stream, which may have taken some without our hearing of it."""
        last = (await self._copies.state()).last_seq
        if last == self._sequence:
            return entries
        if last < self._sequence:
            raise StateError(
                f"{self._where} has lost entries that it had acknowledged",
                "restart netmon: it goes on from the rest",
            )
        headers = await self._copies.headers(last)
        if headers.get(WRITER) != self.writer:
            raise OvertakenError(f"another netmon writes {self._where}", "stop it, or name another journal: …/NAME")
        written = message_of(last, headers, b"")
        self._wrote(last, written.position, written.chain)
        return [entry for entry in entries if entry.position > written.position]
