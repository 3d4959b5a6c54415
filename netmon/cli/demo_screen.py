"""The demo's terminal: what was done on the left, what netmon concluded and after how long on the right."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from netmon.model import Verdict
from netmon.picture.words.faults import describe
from netmon.trial.score import Answer
from netmon.trial.stage import Stage

_SHOWN = (Verdict.UP, Verdict.DEGRADED, Verdict.DOWN, Verdict.UNREACHABLE, Verdict.UNKNOWN, Verdict.UNSERVED)
_MARKS = {"up": "●", "degraded": "◐", "down": "✖", "unreachable": "◇", "unknown": "?", "unserved": "○"}


class Screen:
    """A live table on a terminal; plain lines on standard error elsewhere, so that standard output stays data."""

    def __init__(self, stage: Stage, *, live: bool) -> None:
        self._stage = stage
        self._lines: list[str] = []
        self._live = Live(console=Console(), refresh_per_second=4, transient=False) if live else None
        self._plain = Console(stderr=True, highlight=False, soft_wrap=True)
        self._printed: set[tuple[float, bool]] = set()

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self.refresh()
            self._live.stop()

    def say(self, line: str) -> None:
        """Show a line above the table."""
        self._lines.append(line)
        if self._live is None:
            self._plain.print(line, markup=False)
        self.refresh()

    def refresh(self) -> None:
        """Draw what is known now; without a live table, print what is new."""
        if self._live is None:
            self._print_new()
        else:
            self._live.update(Group(*map(Text, self._lines), self._counts(), self._story(), self._open()))

    def _print_new(self) -> None:
        """Print a line for each deed, and one for its conclusion, both with the time of the deed, once."""
        for answer in self._stage.score().answers:
            told = [(False, answer.deed.title)]
            if answer.seconds is not None:
                told.append((True, f"netmon, after {answer.seconds:.1f} s: {_conclusion(answer)}"))
            for is_conclusion, words in told:
                if (answer.deed.at, is_conclusion) not in self._printed:
                    self._printed.add((answer.deed.at, is_conclusion))
                    self._plain.print(f"{self._clock(answer)}  {words}", markup=False)

    def _clock(self, answer: Answer) -> str:
        """Return the county's time of a deed."""
        zone = ZoneInfo(self._stage.inventory.timezone)
        return datetime.fromtimestamp(answer.deed.at, zone).strftime("%H:%M:%S")

    def _counts(self) -> Text:
        picture = self._stage.daemon.picture
        if picture is None:
            return Text("listening …")
        return Text("   ".join(f"{_MARKS[verdict]} {picture.count(verdict)} {verdict}" for verdict in _SHOWN))

    def _story(self) -> Table:
        table = Table(title="What happened, and what netmon concluded", title_justify="left", expand=True)
        for name, options in (("time", 9), ("what happened", None), ("netmon", None), ("after", 8)):
            table.add_column(name, width=options)
        for answer in self._stage.score().answers:
            after = "…" if answer.seconds is None else f"{answer.seconds:.1f} s"
            table.add_row(self._clock(answer), Text(answer.deed.title), Text(_conclusion(answer)), after)
        return table

    def _open(self) -> Group:
        picture = self._stage.daemon.picture
        if picture is None:
            return Group()
        return Group(
            *(
                Text(f"{incident.id}  {describe(incident, picture.inventory, picture.at)}")
                for incident in picture.open_incidents
            )
        )


def _conclusion(answer: Answer) -> str:
    """Say what netmon concluded of one deed."""
    if answer.deed.broken:
        named = [names for names in answer.said if any(str(element) in names for element in answer.deed.broken)]
        return ", ".join(named) if named else "not named yet"
    return "repair seen" if answer.seconds is not None else "not seen yet"
