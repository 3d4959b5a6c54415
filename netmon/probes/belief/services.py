"""What checks of a service add up to: pure, one small value for each service."""

from __future__ import annotations

from dataclasses import dataclass, replace

from netmon.events import Event, ServiceDown, ServiceUp
from netmon.model import Reach

FAILURES_TO_DOWN = 2  # one failed check is as often the check's own bad luck


@dataclass(frozen=True, slots=True)
class ServiceBelief:
    """What is held of a service, and since when its checks have been failing (Unix seconds)."""

    reach: Reach = Reach.UNKNOWN
    failures: int = 0
    failing_since: float | None = None

    @property
    def is_suspect(self) -> bool:
        """True while checks fail but do not yet prove anything: worth an early second check."""
        return 0 < self.failures < FAILURES_TO_DOWN


def judge(
    belief: ServiceBelief, service: str, at: float, now: float, failure: str | None
) -> tuple[ServiceBelief, tuple[Event, ...]]:
    """Return the belief after one check that started at `at`, and the event if it changed the word on the service.

    A service is down after two failed checks in a row, since the first of them; one good check makes it up.
    """
    if failure is None:
        after = ServiceBelief(Reach.UP)
        return after, () if belief.reach is Reach.UP else (ServiceUp(now, service, since=at),)
    since = at if belief.failing_since is None else belief.failing_since
    after = replace(belief, failures=belief.failures + 1, failing_since=since)
    if after.failures < FAILURES_TO_DOWN or belief.reach is Reach.DOWN:
        return after, ()
    return replace(after, reach=Reach.DOWN), (ServiceDown(now, service, since=since, reason=failure),)
