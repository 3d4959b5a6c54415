"""Read scalars and tables from an agent: pure steps that say what to ask next, and two short loops that ask.

A table is read by columns in parallel: one GETBULK asks for the next rows of every column, so that eight columns of a
router cost one or two round trips. What agents do wrong ends the column or the walk with a `Failure`, and the rows
that came before it are kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netmon.probes.snmp.ber import EXCEPTIONS, FIRST_EXCEPTION, Index, Malformed, Value, Varbind, arcs
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import ErrorStatus, Kind, Request, Response

Answer = Response | Failure
Ask = Callable[[Request], Awaitable[Answer]]
Table = Mapping[bytes, Mapping[Index, Value]]
First = Sequence[Sequence[Varbind]] | None
"""The bindings of each column of a table that have come already, with the answer to another question."""

MOST_REPETITIONS = 25  # agents of cheap gear fail above it, and replies are fragmented
MOST_ROWS = 4096
MOST_QUESTIONS = 1_000_000
MOST_KNOWN_ROWS = 256  # of a column: the same few for all routers, and no memory for what a hostile one makes up


@dataclass(frozen=True, slots=True)
class Scalars:
    """The values found, by identifier; those the agent lacks are absent."""

    values: Mapping[bytes, Value]
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """The rows found, by column and index, and how many repetitions the agent can answer as far as is known."""

    table: Table
    failure: Failure | None = None
    repetitions: int = MOST_REPETITIONS


class TableWalk:
    """The steps of one walk: `next_request` until it is None, each answered by `take`.

    The first question asks for the `rows` that are expected and one more, so that it usually is the only one; the
    following ones ask for as many as the agent can answer.
    """

    def __init__(
        self,
        columns: Sequence[bytes],
        *,
        bulk: bool,
        rows: int,
        repetitions: int,
        most_rows: int = MOST_ROWS,
        most_questions: int = MOST_QUESTIONS,
    ) -> None:
        self._cursors = {column: column for column in columns}  # open columns and their last identifiers
        self._last: dict[bytes, Index] = dict.fromkeys(columns, ())
        self._rows: dict[bytes, dict[Index, Value]] = {column: {} for column in columns}
        self._bulk = bulk
        self._most_repetitions = max(1, min(repetitions, MOST_REPETITIONS))
        self._repetitions = min(max(1, rows + 1), self._most_repetitions) if bulk else 1
        self._width = len(columns)
        self._most_rows = most_rows
        self._questions = most_questions
        self._asked: tuple[bytes, ...] = ()
        self._failure: Failure | None = None

    def next_request(self) -> Request | None:
        """Return the next question, or None when every column has ended."""
        if self._cursors and self._questions <= 0:
            self._stop(Failure.ENDLESS)
        self._questions -= 1
        self._asked = tuple(self._cursors)[: self._width]
        if not self._asked:
            return None
        oids = tuple(self._cursors[column] for column in self._asked)
        return Request(Kind.GET_BULK, oids, self._repetitions) if self._bulk else Request(Kind.GET_NEXT, oids)

    def take(self, answer: Answer) -> None:
        """Take the answer to the last question."""
        if isinstance(answer, Failure):
            self._stop(answer)
        elif answer.error_status:
            self._take_error(answer.error_status, answer.error_index)
        elif not answer.varbinds:
            self._stop(Failure.TRUNCATED)
        elif len(answer.varbinds) > len(self._asked) * self._repetitions:
            self._stop(Failure.PROTOCOL)
        else:
            for position, column in enumerate(self._asked):
                self._take_column(column, answer.varbinds[position :: len(self._asked)])
            if self._bulk:
                self._repetitions = self._most_repetitions

    def take_first(self, columns: Sequence[Sequence[Varbind]]) -> None:
        """Take the first rows, which came with the answer to another question: the bindings of each column."""
        for column, varbinds in zip(tuple(self._cursors), columns, strict=True):
            self._take_column(column, varbinds)
        if any(columns):
            self._repetitions = self._most_repetitions

    def result(self) -> Walked:
        """Return what was found, once `next_request` is None."""
        return Walked(self._rows, self._failure, self._most_repetitions)

    def _take_column(self, column: bytes, varbinds: Sequence[Varbind]) -> None:
        rows = self._rows[column]
        last = self._last[column]
        oid = self._cursors[column]
        known = _known_rows(column)
        try:
            for oid, tag, value in varbinds:
                if tag >= FIRST_EXCEPTION and tag in EXCEPTIONS:
                    self._close(column)
                    return
                if (index := known.get(oid)) is None:
                    if not oid.startswith(column):
                        self._close(column)
                        return
                    index = arcs(oid[len(column) :])
                    if len(known) < MOST_KNOWN_ROWS:
                        known[oid] = index
                if index <= last:
                    self._close(column, Failure.LOOP)
                    return
                rows[index] = value
                last = index
        except Malformed:
            self._close(column, Failure.PROTOCOL)
            return
        if len(rows) > self._most_rows:
            self._close(column, Failure.ENDLESS)
            return
        self._cursors[column] = oid
        self._last[column] = last

    def _take_error(self, status: int, index: int) -> None:
        if status == ErrorStatus.TOO_BIG:
            if self._repetitions > 1:
                self._repetitions = self._most_repetitions = self._repetitions // 2
            elif len(self._asked) > 1:
                self._width = len(self._asked) // 2
            else:
                self._stop(Failure.TOO_BIG)
            return
        failure = None if status == ErrorStatus.NO_SUCH_NAME else Failure.ERROR_STATUS  # v1's end of a table
        if 1 <= index <= len(self._asked):
            self._close(self._asked[index - 1], failure)
        else:
            self._stop(failure)

    def _close(self, column: bytes, failure: Failure | None = None) -> None:
        del self._cursors[column]
        self._failure = self._failure or failure

    def _stop(self, failure: Failure | None) -> None:
        self._cursors.clear()
        self._failure = self._failure or failure


async def walk_table(
    ask: Ask,
    columns: Sequence[bytes],
    *,
    bulk: bool,
    rows: int,
    repetitions: int,
    most_rows: int = MOST_ROWS,
    most_questions: int = MOST_QUESTIONS,
    first: First = None,
) -> Walked:
    """Read all rows of `columns` (encoded identifiers of columns of one index); `rows` of them are expected."""
    walk = TableWalk(
        columns,
        bulk=bulk,
        rows=rows,
        repetitions=repetitions,
        most_rows=most_rows,
        most_questions=most_questions,
    )
    if first is not None:
        walk.take_first(first)
    while (request := walk.next_request()) is not None:
        walk.take(await ask(request))
    return walk.result()


async def get_scalars(ask: Ask, oids: Sequence[bytes]) -> Scalars:
    """Read single values. What an agent refuses by name is asked again without it; tooBig halves the question."""
    values: dict[bytes, Value] = {}
    failure: Failure | None = None
    questions = [tuple(oids)]
    while questions:
        asked = questions.pop()
        answer = await ask(Request(Kind.GET, asked))
        if isinstance(answer, Failure):
            return Scalars(values, failure or answer)
        status, index = answer.error_status, answer.error_index
        if status == ErrorStatus.TOO_BIG and len(asked) > 1:
            questions += [asked[len(asked) // 2 :], asked[: len(asked) // 2]]
        elif status:
            if status != ErrorStatus.NO_SUCH_NAME:
                failure = failure or (Failure.TOO_BIG if status == ErrorStatus.TOO_BIG else Failure.ERROR_STATUS)
            if 1 <= index <= len(asked) and len(asked) > 1:
                questions.append(asked[: index - 1] + asked[index:])
        else:
            for wanted, (oid, tag, value) in zip(asked, answer.varbinds, strict=False):  # in order: RFC 3416 §4.2.1
                if oid == wanted and tag not in EXCEPTIONS:
                    values[oid] = value
    return Scalars(values, failure)


async def get_once(ask: Ask, oids: Sequence[bytes]) -> Scalars:
    """Read single values with one question: what the agent refuses, or cannot fit into its answer, is not had."""
    answer = await ask(Request(Kind.GET, tuple(oids)))
    if isinstance(answer, Failure):
        return Scalars({}, answer)
    if answer.error_status:
        return Scalars({}, Failure.TOO_BIG if answer.error_status == ErrorStatus.TOO_BIG else Failure.ERROR_STATUS)
    found = zip(oids, answer.varbinds, strict=False)
    return Scalars({oid: value for wanted, (oid, tag, value) in found if oid == wanted and tag not in EXCEPTIONS})


@lru_cache(maxsize=256)
def _known_rows(_column: bytes) -> dict[bytes, Index]:
    """Return the indexes behind the identifiers of a column met so far: most routers number their rows alike."""
    return {}
