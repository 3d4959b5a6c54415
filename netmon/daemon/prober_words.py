"""What probers and the daemon that writes the journal say to each other over NATS, as bytes and back.

Subjects begin with the journal's name: `NAME.probers.hello` (I am there; the answer is the roll), `.alive` (I still
am), `.report` (what happened; the answer comes when it is written), `.bye`, and from the daemon `.roll` (who is there
now) and `.ask` (look at these now). What is read is validated, not believed.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from netmon.errors import StateError
from netmon.events import CheckServices, Confirm, Member, ReadPorts
from netmon.journal.codec import decode, encode
from netmon.sharing.backlog import Report

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Words = TypeVar("Words")
Asked = Confirm | ReadPorts | CheckServices
TAKEN = b"taken"
"""The answer to reports: they are written, and need not wait."""
NOT_YET = b"not yet"
"""The answer to reports of one whose name another has who is there: they wait until that one is gone."""
_MISSED = b"missed after "
_OVERTAKEN = b"overtaken by "
LONGEST = 8 * 1024 * 1024
"""Bytes of a message after it is unpacked."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A prober is there. `run` names this start of it; all that it saw up to `covered` has been taken."""

    name: Name
    vantage: Name
    run: Name
    zone: Annotated[str, Field(max_length=64)] = ""
    weight: Annotated[float, Field(gt=0.0, le=1000.0, allow_inf_nan=False)] = 1.0
    covered: Annotated[float, Field(allow_inf_nan=False)] = 0.0


@dataclass(frozen=True, slots=True)
class Roll:
    """Who is there, and the digest of the inventory in force; or why who asked may not be among them.

    `wall` is the clock of whoever answers; it makes no other roll of it. Nor do `writer`, who answers, and `number`,
    which rises with each other roll of the same writer: answers to hello may be overtaken by what all are told.
    """

    members: tuple[Member, ...] = ()
    digest: str = ""
    refused: str = ""
    wall: float = field(default=0.0, compare=False)
    writer: str = field(default="", compare=False)
    number: int = field(default=0, compare=False)

    def or_later(self, came: Roll) -> Roll:
        """Return the later of this roll and one that came after it."""
        return self if came.writer == self.writer and came.number < self.number else came


@dataclass(frozen=True, slots=True)
class Told:
    """Reports of one run of a prober, oldest first; `after` is the number of the last that was taken before them."""

    name: str
    vantage: str
    run: str
    reports: tuple[Report, ...]
    after: int = 0


@dataclass(frozen=True, slots=True)
class Alive:
    """A prober that has a place lives; who has none gets none by it."""

    name: Name
    run: Name


@dataclass(frozen=True, slots=True)
class Bye:
    """A prober ends in good order."""

    name: Name
    run: Name


@dataclass(frozen=True, slots=True)
class _Packed:
    name: Name
    vantage: Name
    run: Name
    reports: tuple[tuple[int, float, str], ...]
    after: int = 0


_HELLO: TypeAdapter[Hello] = TypeAdapter(Hello)
_ROLL: TypeAdapter[Roll] = TypeAdapter(Roll)
_ALIVE: TypeAdapter[Alive] = TypeAdapter(Alive)
_BYE: TypeAdapter[Bye] = TypeAdapter(Bye)
_PACKED: TypeAdapter[_Packed] = TypeAdapter(_Packed)
_ASKED: dict[str, TypeAdapter[Any]] = {one.__name__: TypeAdapter(one) for one in (Confirm, ReadPorts, CheckServices)}


def subject(journal: str, what: str) -> str:
    """Return the subject on which probers of a journal say `hello`, `report`, … (see the module)."""
    return f"{journal}.probers.{what}"


def pack(words: Hello | Roll | Alive | Bye | Told | Asked) -> bytes:
    """Return a message as bytes."""
    match words:
        case Hello():
            return _HELLO.dump_json(words)
        case Roll():
            return zlib.compress(_ROLL.dump_json(words))
        case Alive():
            return _ALIVE.dump_json(words)
        case Bye():
            return _BYE.dump_json(words)
        case Told():
            reports = tuple((one.number, one.at, encode(one.events)) for one in words.reports)
            return zlib.compress(
                _PACKED.dump_json(_Packed(words.name, words.vantage, words.run, reports, words.after))
            )
        case Confirm() | ReadPorts() | CheckServices():
            kind = type(words).__name__
            return json.dumps([kind, json.loads(_ASKED[kind].dump_json(words))]).encode()


def read_hello(data: bytes) -> Hello:
    """Return a greeting.

    Raises:
        StateError: it is none; so for all functions of this kind.
    """
    return _read(_HELLO, data)


def read_roll(data: bytes) -> Roll:
    """Return a roll."""
    return _read(_ROLL, _unpacked(data))


def read_alive(data: bytes) -> Alive:
    """Return a sign of life."""
    return _read(_ALIVE, data)


def read_bye(data: bytes) -> Bye:
    """Return a farewell."""
    return _read(_BYE, data)


def read_told(data: bytes) -> Told:
    """Return reports."""
    packed = _read(_PACKED, _unpacked(data))
    reports = tuple(Report(number, at, decode(text, number)) for number, at, text in packed.reports)
    return Told(packed.name, packed.vantage, packed.run, reports, packed.after)


def missed(number: int) -> bytes:
    """Return the answer to reports that follow others which are in no journal: all after `number` is wanted again."""
    return _MISSED + str(number).encode()


def read_missed(answer: bytes) -> int | None:
    """Return the number after which reports are wanted again; None when nothing is missed."""
    number = answer.removeprefix(_MISSED)
    return int(number) if number != answer and number.isdigit() else None


def overtaken(run: str) -> bytes:
    """Return the answer to reports of a run that is over, since this one came after it: none of them is taken."""
    return _OVERTAKEN + run.encode()


def read_overtaken(answer: bytes) -> str | None:
    """Return the run that came after the one that told; None when none did."""
    run = answer.removeprefix(_OVERTAKEN)
    return run.decode(errors="replace") if run != answer else None


def read_asked(data: bytes) -> Asked:
    """Return what is to be looked at."""
    try:
        kind, words = json.loads(data)
        found: Asked = _ASKED[kind].validate_python(words)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise StateError("a question to probers cannot be read", "run the same netmon everywhere") from error
    return found


def _read(adapter: TypeAdapter[Words], data: bytes) -> Words:
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise StateError(
            f"a message between probers cannot be read: {first['msg']}", "run the same netmon everywhere"
        ) from error


def _unpacked(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(data, LONGEST)
    except zlib.error as error:
        raise StateError("a message between probers is damaged") from error
    if stream.unconsumed_tail:
        raise StateError("a message between probers is too long")
    return found
