"""What the exporter is shown: the picture, the measurements, and how the daemon itself fares, at one moment.

Everything served over HTTP is a function of one `View`; nothing is updated from elsewhere, so a removed target is
gone from every answer at once and no answer mixes two moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netmon.picture.state import Picture

Network = Literal["kernel", "lab", "simulated"]


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """How the daemon fares. Times are Unix seconds, durations seconds.

    `not_ready` lists in words what is still missing before verdicts can be trusted; empty means ready. `network`
    says where packets really go. `evaluation_seconds` is what the last turn of the fold took; `journal_lag` the age
    of the oldest event that is not in the journal yet, and `events_buffered` how many such events there are.
    """

    started: float
    network: Network = "kernel"
    not_ready: tuple[str, ...] = ()
    journal_lag: float = 0.0
    journal_failing: bool = False
    events_buffered: int = 0
    last_reload_successful: bool = True
    last_reload: float = 0.0
    evaluation_seconds: float = 0.0
    evaluations: int = 0

    @property
    def ready(self) -> bool:
        """True when verdicts can be trusted."""
        return not self.not_ready
