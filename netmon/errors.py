"""The exception tree on one screen; the exit code of the contract lives on the class.

    NetmonError              1
    ├── UsageError           2   the command line cannot be understood
    ├── ConfigError          3   an inventory or configuration cannot be used; carries all findings
    └── CannotError          4   it cannot be done here and now
        ├── PrivilegeError       a privilege is missing
        ├── PortInUseError       somebody else has the address
        ├── StateError           the state folder or journal cannot be used
        └── AwayError            the daemon, agent or lab does not answer

Every error is one line that says what is wrong and how to mend it; no traceback reaches a user without `--debug`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error keeps the inventory from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with an input: where, what, and what to do about it."""

    file: str
    line: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        level = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        return f"{where}: {level}{self.message}" + (f" ({self.hint})" if self.hint else "")


class NetmonError(Exception):
    """Base of all expected failures."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(NetmonError):
    """The command line cannot be understood."""

    exit_code = 2


class ConfigError(NetmonError):
    """An inventory or configuration cannot be used; `problems` lists every reason found in one run."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message, hint)
        self.problems = problems


class CannotError(NetmonError):
    """It cannot be done here and now."""

    exit_code = 4


class PrivilegeError(CannotError):
    """A privilege is missing; the hint is the exact remedy."""


class PortInUseError(CannotError):
    """Somebody else listens on the address."""


class StateError(CannotError):
    """The state folder or the journal in it cannot be used."""


class AwayError(CannotError):
    """The daemon, agent or lab does not answer."""
