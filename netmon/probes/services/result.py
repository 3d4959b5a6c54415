"""What one check of a service came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.model import ServiceFailure


class Broken(Exception):  # noqa: N818 (what became of the check)
    """A check that cannot go on; caught where checks are made, which makes it a result."""

    def __init__(self, failure: ServiceFailure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


LONGEST_DETAIL = 200
"""Characters that are kept of what a server can make netmon say."""


def shown(text: str) -> str:
    """Return a text of somebody else's making as it may be shown: short, and without what moves a terminal."""
    cut = text if len(text) <= LONGEST_DETAIL else f"{text[: LONGEST_DETAIL - 1]}…"
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in cut)


class Phases:
    """Seconds spent in each phase of one check; those of redirects add up.

    `waited` are the seconds that it stood in line for a place at a host: they belong to no phase.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.waited = 0.0

    def add(self, phase: str, seconds: float) -> None:
        """Count seconds to a phase: resolve, connect, tls, processing or transfer."""
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds

    @property
    def spent(self) -> float:
        """Seconds of all phases so far, and of waiting."""
        return sum(self.seconds.values()) + self.waited


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of a chain, the server's own first. Times are Unix seconds."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: float
    not_after: float


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """One finished check.

    `at` is the wall clock at its start; `duration` leaves out what it waited for its turn at the host. `phases` maps
    resolve, connect, tls, processing and transfer to seconds, as far as the check came; `detail` is for people.
    `addresses` are those that the name leads to, `address` the one that was tried last; `chain` the certificates as
    the server sent them, whether or not they were accepted; `answers` what a name server answered.
    """

    service: str
    at: float
    duration: float
    status: int | None = None
    failure: ServiceFailure | None = None
    detail: str = ""
    phases: Mapping[str, float] = field(default_factory=dict)
    body_bytes: int = 0
    chain: tuple[Certificate, ...] = ()
    addresses: tuple[str, ...] = ()
    address: str | None = None
    answers: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when the service answered as it should."""
        return self.failure is None

    @property
    def certificate_not_after(self) -> float | None:
        """When the first certificate of the chain ends, Unix seconds; None without one."""
        return min((one.not_after for one in self.chain), default=None)
