"""Where the days of optical lines outlive the daemon: a small file of its own in the state folder.

A drift takes weeks to show, and daemons are restarted more often. Kept are the daily medians of a line, what was said
of it, and a step that stands; hours and samples are learned anew within a day.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from netmon.errors import StateError
from netmon.probes.optics.health import FORGOTTEN_AFTER, Condition, LineHealth
from netmon.probes.optics.line import Line, trended

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS lines"
    " (node TEXT, line TEXT, at REAL NOT NULL, kept TEXT NOT NULL, PRIMARY KEY (node, line)) STRICT"
)


class LightDiary(Protocol):
    """The health of lines, by node and line."""

    def load(self) -> dict[str, dict[str, LineHealth]]:
        """Return what is kept."""
        ...

    def keep(self, node: str, lines: Mapping[str, LineHealth]) -> None:
        """Keep what is known of lines of a node.

        Raises:
            StateError: it could not be kept.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class MemoryLightDiary:
    """A diary that nobody reads again, where the daemon has no state folder."""

    def load(self) -> dict[str, dict[str, LineHealth]]:
        """Return nothing."""
        return {}

    def keep(self, node: str, lines: Mapping[str, LineHealth]) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Have nothing to let go of."""


class SqliteLightDiary:
    """A diary in an sqlite file. A power cut may cost the last day, and leaves the file whole."""

    def __init__(self, path: Path, wall: float) -> None:
        """Open or create the file, and forget lines without a sample for weeks before `wall`.

        Raises:
            StateError: the file cannot be written, or is something else.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")  # no sync for each poll at midnight
            self._db.execute(_SCHEMA)
            self._db.execute("DELETE FROM lines WHERE at < ?", (wall - FORGOTTEN_AFTER,))
        except (OSError, sqlite3.Error) as error:
            raise self._trouble(error) from error

    def load(self) -> dict[str, dict[str, LineHealth]]:
        """Return what is kept; a line that cannot be read is learned anew.

        Raises:
            StateError: the file cannot be read.
        """
        found: dict[str, dict[str, LineHealth]] = {}
        try:
            rows = self._db.execute("SELECT node, line, at, kept FROM lines").fetchall()
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        for node, line, at, kept in rows:
            health = _read(at, kept)
            if health is not None:
                found.setdefault(node, {})[line] = health
        return found

    def keep(self, node: str, lines: Mapping[str, LineHealth]) -> None:
        """Keep what is known of lines of a node, in one transaction."""
        rows = [(node, name, health.line.at, _written(health)) for name, health in lines.items()]
        try:
            with self._db:
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _trouble(self, error: Exception) -> StateError:
        return StateError(
            f"{self.path}: {error}", "make the state folder writable, or move the file away; lines are learned anew"
        )


def _written(health: LineHealth) -> str:
    line = health.line
    return json.dumps(
        {
            "days": line.days,
            "drifting": line.is_drifting,
            "before": line.before,
            "stepped": line.stepped,
            "said": health.said,
        }
    )


def _read(at: float, kept: str) -> LineHealth | None:
    try:
        told: Any = json.loads(kept)
        days = tuple((int(day), float(level)) for day, level in told["days"])
        before, stepped = (None if told[key] is None else float(told[key]) for key in ("before", "stepped"))
        line = Line(at=at, days=days, is_drifting=bool(told["drifting"]), before=before, stepped=stepped)
        return LineHealth(trended(line), said=Condition(told["said"]))
    except (ValueError, TypeError, KeyError):
        return None
