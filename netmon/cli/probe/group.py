"""`netmon probe`: one probe, by hand, outside any daemon."""

from __future__ import annotations

import click

from netmon.cli.lazy import Lazy, LazyGroup

PROBES = {
    "icmp": Lazy("netmon.cli.probe.icmp", "icmp", "Ping addresses and sum up loss and round trips."),
    "http": Lazy(
        "netmon.cli.probe.services", "http", "Fetch web pages: are they websites, and where does the time go?"
    ),
    "tcp": Lazy("netmon.cli.probe.services", "tcp", "Connect to ports."),
    "dns": Lazy("netmon.cli.probe.services", "dns", "Ask name servers."),
    "snmp": Lazy("netmon.cli.probe.snmp", "snmp", "Read what a router says of itself."),
    "trace": Lazy("netmon.cli.probe.trace", "trace", "Show which routers a packet passes on its way."),
}


@click.group(cls=LazyGroup, table=PROBES)
def probe() -> None:
    """Probe addresses once, by hand."""
