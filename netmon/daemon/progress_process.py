"""Months are counted in a process of their own: to fold a year of a journal takes a while, and pings must leave."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from netmon.daemon.settings import Settings
from netmon.errors import StateError
from netmon.exporter.apart import ask_apart, be_polite
from netmon.exporter.api.coverage_route import Count, Months
from netmon.exporter.api.documents import Document
from netmon.exporter.page.refusal import Refusal
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.protocol import Journal
from netmon.model import SecretRef
from netmon.report.documents import coverage_document
from netmon.report.period import back, month
from netmon.report.programme import counted
from netmon.report.record import records

LONGEST = 120.0
"""Seconds that it may take."""


def counting(settings: Settings) -> Count | None:
    """Return what counts months in the journal of a daemon; None where that is only in its memory."""
    if settings.state is None and settings.journal is None:
        return None

    async def count(months: Months) -> Document | None:
        question = json.dumps({**_place(settings), "months": list(months)}).encode()
        try:
            said = await ask_apart("netmon.daemon.progress_process", question, LONGEST)
        except TimeoutError:
            raise Refusal(503, "count-too-late") from None
        answer = json.loads(said)
        if "error" in answer:
            raise Refusal(503, "journal-unread", why=answer["error"])
        document: Document | None = answer["document"]
        return document

    return count


def count_here(journal: Journal, months: Months) -> Document | None:
    """Return the document of the report about months; None where the journal says nothing of any.

    Raises:
        StateError: the journal cannot be read.
    """
    final = month(months.last, months.zone)
    periods = [back(final, number) for number in reversed(range(months.how_many))]
    found = [record for record in records(journal, periods) if record is not None]
    return coverage_document(counted(found)) if found else None


def _place(settings: Settings) -> dict[str, Any]:
    """Return where the journal is, as the other process reads it; a secret is a reference, and is not looked up."""
    on_nats = settings.journal
    if on_nats is None:
        return {"state": _absolute(settings.state)}
    secret = on_nats.secret
    return {
        "journal": {
            "servers": list(on_nats.servers),
            "name": on_nats.name,
            "user": on_nats.user,
            "secret": None if secret is None else {"env": secret.env, "file": _absolute(secret.file)},
            "ca": _absolute(on_nats.ca),
        }
    }


def _absolute(path: Path | str | None) -> str | None:
    """Return a path as another working folder would have to name it."""
    return None if path is None else str(Path(path).absolute())


def _settings(place: dict[str, Any]) -> Settings:
    if "state" in place:
        return Settings(state=Path(place["state"]))
    given = place["journal"]
    secret = None if given["secret"] is None else SecretRef(**given["secret"])
    ca = None if given["ca"] is None else Path(given["ca"])
    address = JetStreamAddress(tuple(given["servers"]), given["name"], given["user"], secret, ca)
    return Settings(state=None, journal=address)


def main() -> None:
    """Answer the question on standard input."""
    be_polite()
    asked = json.load(sys.stdin.buffer)
    answer: dict[str, Any]
    try:
        with closing(_settings(asked).read_journal()) as journal:
            answer = {"document": count_here(journal, Months(*asked["months"]))}
    except StateError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
