"""`netmon prober`: one of several probers on a journal that several machines share."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import click

from netmon.cli.amounts import Amount
from netmon.cli.journal_options import door_options
from netmon.cli.lab_sockets import lab_option, probe_sockets, revealer
from netmon.cli.serving import begin_log, log_option, split_address, web_options


@click.command()
@click.option(
    "--journal",
    required=True,
    metavar="URL",
    help="The journal of the daemon to tell: nats://HOST:PORT[/NAME] or tls://…, more servers behind commas.",
)
@door_options
@click.option("--vantage", required=True, metavar="NODE", help="Id of the node beside this machine.")
@click.option("--name", metavar="NAME", help="Name, unique among the probers.  [default: of this host]")
@click.option("--zone", default="", metavar="DISTRICT", help="Take targets of this district first.")
@click.option(
    "--weight",
    type=Amount(0.0, 1000.0, min_open=True),
    default=1.0,
    show_default=True,
    help="Share of the targets, beside those of others at the same vantage.",
)
@web_options("127.0.0.1:9841")
@log_option
@lab_option
def prober(
    journal: str,
    journal_user: str,
    journal_secret: str,
    journal_ca: Path | None,
    vantage: str,
    name: str | None,
    zone: str,
    weight: float,
    listen: str,
    web_config: Path | None,
    level: str,
    lab_socket: Path | None,
) -> None:
    """Probe a share of the network, and tell the daemon that writes the journal on NATS.

    Probers at one vantage share its targets, and take over those of one that is gone. The inventory comes from the
    journal; secrets that it names must be on this machine. SIGTERM and Ctrl-C end it in good order.

    Example: netmon prober --journal nats://127.0.0.1:4222 --vantage noc
    """
    from netmon.journal.jetstream.address import jetstream_address  # noqa: PLC0415 (help must not load it)

    host, port = split_address(listen)
    address = jetstream_address(journal, user=journal_user, secret=journal_secret, ca=journal_ca)
    begin_log(level)
    sockets = probe_sockets(lab_socket, vantage)
    from netmon.daemon import systemd  # noqa: PLC0415 (only what can run must load it)
    from netmon.daemon.prober import Prober  # noqa: PLC0415
    from netmon.daemon.running import end_at_once, end_in_order, give_way  # noqa: PLC0415
    from netmon.events import Member  # noqa: PLC0415
    from netmon.exporter.prober_app import create_prober_app  # noqa: PLC0415
    from netmon.exporter.server import WebServer  # noqa: PLC0415

    async def main() -> None:
        end_at_once()
        me = Member(name or socket.gethostname(), vantage, zone, weight)
        one = Prober(address, me, sockets, reveal=revealer(lab_socket))
        await one.start()
        web = WebServer(create_prober_app(one.view), host, port, web_config=web_config)
        await web.start()
        stop = end_in_order()
        click.echo(f"netmon serves {web.url} (prober {me.name})", err=True)
        give_way()
        systemd.ready("probing")
        try:
            await one.run(stop)
        finally:
            systemd.stopping()
            await web.stop()

    asyncio.run(main())
