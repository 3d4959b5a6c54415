"""How a daemon that folds and serves fares, with probes or without: what its parts say, as the exporter shows it."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.daemon.faces import Faces
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.reloading import Reloading
from netmon.exporter.view import AlertmanagerStatus, DaemonStatus
from netmon.journal.writer import WriterStatus


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that every such daemon has."""

    folding: FoldLoop
    reloading: Reloading
    faces: Faces


def daemon_status(
    parts: Parts,
    journal: WriterStatus,
    *,
    started: float,
    leads: bool,
    not_ready: tuple[str, ...],
    checkpoint: int,
    is_journal_failing: bool,
    network: str = "kernel",
    apart: int = 0,
    missing: int = 0,
) -> DaemonStatus:
    """Return how the daemon fares; the values that are not its parts' are those of `DaemonStatus`."""
    web, alerts = parts.faces.web, parts.faces.alerts
    return DaemonStatus(
        started=started,
        network=network,
        not_ready=not_ready,
        leads=leads,
        journal_failing=is_journal_failing,
        journal_checkpoint=checkpoint,
        entries_apart=apart,
        entries_missing=missing,
        events_buffered=journal.buffered,
        events_lost=journal.lost,
        last_reload_successful=parts.reloading.is_good,
        last_reload=parts.reloading.at,
        web_config_good=web.web_config_good if web else True,
        evaluation_seconds=parts.folding.evaluation_seconds,
        evaluations=parts.folding.evaluations,
        internal_errors=parts.folding.internal_errors + (alerts.mistakes if alerts else 0),
        alertmanagers=tuple(
            AlertmanagerStatus(one.name, is_reached=one.is_reached, failures=one.failures)
            for one in (alerts.receivers if alerts else ())
        ),
    )
