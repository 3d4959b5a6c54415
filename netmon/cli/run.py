"""`netmon run`: the daemon. Its options follow the Prometheus family, which its users know."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netmon.cli.alerting import alert_label, alertmanager_url
from netmon.cli.journal_options import door_options
from netmon.cli.lab_sockets import lab_option, probe_sockets, revealer
from netmon.cli.serving import begin_log, log_option, split_address, web_options
from netmon.cli.times import length
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.daemon.folder import Folder
    from netmon.daemon.service import Daemon
    from netmon.model import Inventory


@click.command()
@click.option(
    "-i",
    "--inventory",
    "inventory_path",
    envvar="NETMON_INVENTORY",
    type=click.Path(readable=False, path_type=Path),
    required=True,
    help="Inventory: a YAML file or a folder of them.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    envvar="STATE_DIRECTORY",
    default=None,
    help="Folder of the journal.  [default: $XDG_STATE_HOME/netmon]",
)
@click.option(
    "--journal",
    "journal",
    metavar="URL",
    help="Keep the journal on NATS JetStream: nats://HOST:PORT[/NAME] or tls://…, more servers behind commas."
    "  [default: in --state]",
)
@door_options
@click.option(
    "--journal.replicas",
    "journal_replicas",
    type=click.IntRange(1, 5),
    default=1,
    show_default=True,
    help="Servers that keep a copy of the journal, when it is made.",
)
@click.option(
    "--journal.retention",
    "retention",
    metavar="TIME",
    help="Drop journal entries older than this, such as 400d, at least 1d.  [default: keep all]",
)
@click.option(
    "--no-probe",
    is_flag=True,
    help="Probe nothing: read the journal on NATS that others write, and serve what it comes to.",
)
@web_options("127.0.0.1:9840")
@click.option("--web.enable-lifecycle", "lifecycle", is_flag=True, help="Allow POST /-/reload.")
@click.option(
    "--alertmanager.url",
    "alertmanagers",
    multiple=True,
    metavar="URL",
    help="Tell this Alertmanager of faults at once, beside Prometheus; may be given again.",
)
@click.option(
    "--alertmanager.label",
    "alert_labels",
    multiple=True,
    metavar="NAME=VALUE",
    help="Label of what is told: instance and job as Prometheus has them, and its external labels."
    "  [default: instance=HOST:PORT, job=netmon]",
)
@click.option(
    "--alertmanager.linger",
    "alert_linger",
    default="45s",
    show_default=True,
    metavar="TIME",
    help="Tell that a fault is over so long after it is: what Prometheus takes to scrape and evaluate.",
)
@click.option(
    "--trap.listen",
    "trap_listen",
    default=None,
    metavar="HOST:PORT|off",
    help="Receive SNMP traps there, usually on :162.  [default: off; on a lab, at its vantage]",
)
@log_option
@lab_option
def run(
    inventory_path: Path,
    state: Path | None,
    journal: str | None,
    journal_user: str,
    journal_secret: str,
    journal_ca: Path | None,
    journal_replicas: int,
    retention: str | None,
    no_probe: bool,
    listen: str,
    web_config: Path | None,
    lifecycle: bool,
    alertmanagers: tuple[str, ...],
    alert_labels: tuple[str, ...],
    alert_linger: str,
    trap_listen: str | None,
    level: str,
    lab_socket: Path | None,
) -> None:
    """Run the daemon: probe, judge, serve metrics and the page.

    SIGHUP reads the inventory again; SIGTERM and Ctrl-C end it in good order.

    Example: netmon run -i inventory/tuban --state /var/lib/netmon
    """
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (help must not load it)

    host, port = split_address(listen)
    kept = length(retention, "--journal.retention", least=86_400.0)
    shared = None
    if journal is not None:
        from netmon.journal.jetstream.address import jetstream_address  # noqa: PLC0415 (most run without)

        shared = jetstream_address(
            journal, user=journal_user, secret=journal_secret, ca=journal_ca, replicas=journal_replicas
        )
    elif journal_user or journal_secret or journal_ca:
        raise UsageError(
            "--journal.user, .secret and .ca are for a journal on NATS", "add --journal nats://HOST:PORT"
        )
    if no_probe:
        must_suit_a_folder(shared is not None, alertmanagers, alert_labels, trap_listen, lab_socket)
    traps = None if no_probe else trap_address(trap_listen, on_lab=lab_socket is not None)
    begin_log(level)
    on_lab = lab_socket is not None
    with_secrets = not on_lab and not no_probe
    loaded = load_inventory(inventory_path, with_secrets=with_secrets)
    for warning in loaded.warnings:
        click.echo(str(warning), err=True)

    def load() -> Inventory:
        return load_inventory(inventory_path, with_secrets=with_secrets).inventory

    from netmon.daemon.running import run_until_stopped  # noqa: PLC0415 (only what can run must load it)
    from netmon.daemon.service import Daemon  # noqa: PLC0415
    from netmon.daemon.settings import Settings  # noqa: PLC0415

    folder = state or default_state()
    settings = Settings(
        folder,
        host,
        port,
        enable_reload=lifecycle,
        retention=kept,
        journal=shared,
        traps=traps,
        web_config=web_config,
        alertmanagers=tuple(map(alertmanager_url, alertmanagers)),
        alert_labels=dict(map(alert_label, alert_labels)),
        alert_linger=length(alert_linger, "--alertmanager.linger", least=0.0) or 0.0,
    )

    def made() -> Daemon | Folder:
        if no_probe and shared is not None:
            from netmon.daemon.folder import Folder  # noqa: PLC0415 (loads the client of NATS)

            return Folder(shared, loaded.inventory, settings, load=load)
        return Daemon(loaded.inventory, probe_sockets(lab_socket), settings, load=load, reveal=revealer(lab_socket))

    async def main() -> None:
        daemon = made()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, daemon.reloading.request)
        await run_until_stopped(daemon, lambda url: click.echo(f"netmon serves {url}", err=True))

    asyncio.run(main())


def must_suit_a_folder(
    is_shared: bool,
    alertmanagers: tuple[str, ...],
    alert_labels: tuple[str, ...],
    trap_listen: str | None,
    lab_socket: Path | None,
) -> None:
    """Refuse what makes no sense for who does not probe.

    Raises:
        UsageError: an option needs probes, or one is missing.
    """
    if not is_shared:
        raise UsageError("--no-probe reads a journal that others write", "add --journal nats://HOST:PORT")
    if trap_listen not in {None, "off"} or lab_socket is not None:
        raise UsageError("--trap.listen and --lab are for who probes", "leave them out, or --no-probe")
    if alertmanagers and not any(label.startswith("instance=") for label in alert_labels):
        raise UsageError(
            "whoever tells Alertmanager must use the same labels, or one fault becomes two alerts",
            "give each --no-probe the same --alertmanager.label instance=NAME, and Prometheus too",
        )


def trap_address(wanted: str | None, *, on_lab: bool) -> tuple[str, int] | None:
    """Return where to receive traps, or None: not. A lab has a place for them; a machine's port must be asked for.

    Raises:
        UsageError: it is neither an address nor `off`.
    """
    if wanted == "off" or (wanted is None and not on_lab):
        return None
    return split_address(":162" if wanted is None else wanted)


def default_state() -> Path:
    """Return the user's own state folder (XDG base directories)."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "netmon"
