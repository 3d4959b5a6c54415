"""How a daemon that folds and serves fares, with probes or without: what its parts say, as the exporter shows it."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.daemon.alertmanager import AlertSender
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.reloading import Reloading
from netmon.exporter.server import WebServer
from netmon.exporter.view import AlertmanagerStatus, DaemonStatus
from netmon.journal.writer import WriterStatus


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that every such daemon has; None until it is started."""

    folding: FoldLoop
    reloading: Reloading
    web: WebServer | None
    alerts: AlertSender | None


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
) -> DaemonStatus:
    """Return how the daemon fares; the values that are not its parts' are those of `DaemonStatus`."""
    alerts = parts.alerts
    return DaemonStatus(
        started=started,
        network=network,
        not_ready=not_ready,
        leads=leads,
        journal_failing=is_journal_failing,
        journal_checkpoint=checkpoint,
        events_buffered=journal.buffered,
        events_lost=journal.lost,
        last_reload_successful=parts.reloading.is_good,
        last_reload=parts.reloading.at,
        web_config_good=parts.web.web_config_good if parts.web else True,
        evaluation_seconds=parts.folding.evaluation_seconds,
        evaluations=parts.folding.evaluations,
        internal_errors=parts.folding.internal_errors + (alerts.mistakes if alerts else 0),
        alertmanagers=tuple(
            AlertmanagerStatus(one.name, is_reached=one.is_reached, failures=one.failures)
            for one in (alerts.receivers if alerts else ())
        ),
    )
