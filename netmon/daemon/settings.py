"""How a daemon is told to run: the values behind the options of `netmon run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from netmon.clock import Clock
from netmon.daemon.control import Answer
from netmon.errors import StateError
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.memory import MemoryJournal
from netmon.journal.protocol import Journal
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.writer import JournalWriter
from netmon.picture.alerts import Telling
from netmon.picture.state import Picture
from netmon.probes.snmp.light_diary import LightDiary, MemoryLightDiary, SqliteLightDiary
from netmon.probes.snmp.read_times import MemoryReadTimes, ReadTimes, SqliteReadTimes
from netmon.recall.recall import recall

if TYPE_CHECKING:
    from netmon.daemon.inbox import Inbox
    from netmon.daemon.turn import Turn

NAME = "journal.sqlite"
"""The journal's name in the state folder."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a daemon keeps its state and serves its faces.

    `state` None keeps the journal in memory: nothing outlives the process. `journal` is where it is on NATS,
    instead of in `state`. Port 0 means any free one. `retention` is
    the seconds for which journal entries are kept, None for ever. `traps` is where routers' traps are received, HOST
    and port; None: they are not. `web_config` is the file that says who may ask over HTTP and how it is kept private.
    `alertmanagers` are told of faults at once, with `alert_labels` on every alert, and that one is over
    `alert_linger` seconds after it is.
    """

    state: Path | None
    host: str = "127.0.0.1"
    port: int = 9840
    enable_reload: bool = False
    prober: str = "local"
    coverage_interval: float = 5.0
    retention: float | None = None
    traps: tuple[str, int] | None = None
    web_config: Path | None = None
    alertmanagers: tuple[str, ...] = ()
    alert_labels: Mapping[str, str] = field(default_factory=dict)
    alert_linger: float = 45.0
    journal: JetStreamAddress | None = None

    def open_journal(self) -> Journal:
        """Open the journal of these settings, for writing.

        Raises:
            StateError: the state folder, the journal in it, or that on NATS cannot be used.
        """
        if self.journal is not None:
            return _on_nats(self.journal, read_only=False)
        return MemoryJournal() if self.state is None else SqliteJournal(self.state / NAME)

    def open_inbox(self, clock: Clock, writer: JournalWriter, picture: Callable[[], Picture | None]) -> Inbox | None:
        """Return where probers elsewhere are heard; None when the journal is on no server that they could reach."""
        if self.journal is None:
            return None
        from netmon.daemon.inbox import Inbox  # noqa: PLC0415 (loads the client of NATS)

        return Inbox(self.journal, clock, writer.submit, lambda: writer.status().position, picture)

    def turn(self, answer: Answer, recent: Callable[[int], bytes]) -> Turn | None:
        """Return whose turn it is, taken at the start; None when nobody else can have the journal."""
        if self.journal is None:
            return None
        from netmon.daemon.turn import Turn  # noqa: PLC0415 (loads the client of NATS)

        return Turn(self.journal, answer, recent=recent, seize=True)

    def recall(self, at: float) -> Picture | None:
        """Return the picture of a past moment, from the journal that a daemon of these settings goes on writing.

        None when it holds nothing up to then, or is only in memory.

        Raises:
            StateError: the journal cannot be read.
        """
        if self.state is None and self.journal is None:
            return None
        with closing(self.read_journal()) as journal:
            return recall(journal, at)

    def read_journal(self) -> Journal:
        """Open the journal of these settings for reading, while a daemon goes on writing it.

        Raises:
            StateError: it cannot be read, or is only in memory.
        """
        if self.journal is not None:
            return _on_nats(self.journal, read_only=True)
        if self.state is None:
            raise StateError("the journal is only in memory", "keep one with --state FOLDER")
        return SqliteJournal(self.state / NAME, read_only=True)

    def telling(self, address: str, page: str) -> Telling:
        """Return how alerts are told by who serves at `address`, HOST:PORT, and has its page at `page`."""
        labels = {"instance": address, "job": "netmon", **self.alert_labels}
        return Telling(labels, linger=self.alert_linger, page=page)

    def open_read_times(self, wall: float) -> ReadTimes:
        """Open where the times of the last reads of ONUs are kept; `wall` is the wall clock now.

        Raises:
            StateError: the state folder cannot be used.
        """
        return MemoryReadTimes() if self.state is None else SqliteReadTimes(self.state / "onu-reads.sqlite", wall)

    def open_light_diary(self, wall: float) -> LightDiary:
        """Open where the days of optical lines are kept; `wall` is the wall clock now.

        Raises:
            StateError: the state folder cannot be used.
        """
        return MemoryLightDiary() if self.state is None else SqliteLightDiary(self.state / "light.sqlite", wall)


def _on_nats(address: JetStreamAddress, *, read_only: bool) -> Journal:
    """Open a journal on NATS; whose journal is in a file does not pay for loading the client."""
    from netmon.journal.jetstream.journal import JetStreamJournal  # noqa: PLC0415

    return JetStreamJournal(address, read_only=read_only)
