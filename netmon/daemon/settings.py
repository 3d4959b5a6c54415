"""How a daemon is told to run: the values behind the options of `netmon run`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a daemon keeps its state and serves its faces. Port 0 means any free one."""

    state: Path
    host: str = "127.0.0.1"
    port: int = 9840
    enable_reload: bool = False
    prober: str = "local"
    coverage_interval: float = 5.0

    @property
    def journal(self) -> Path:
        """The file of the embedded journal."""
        return self.state / "journal.sqlite"
