"""`netmon bench`: figures that anyone can print again, each beside a peer in the same run."""

from __future__ import annotations

import click

from netmon.cli.lazy import Lazy, LazyGroup

BENCHES = {
    "icmp": Lazy("netmon.bench.icmp", "icmp", "CPU per probe beside the C floor and fping."),
    "snmp": Lazy("netmon.bench.snmp", "snmp", "CPU per poll beside pysnmp, gufo-snmp and snmp_exporter."),
    "services": Lazy("netmon.bench.services", "services", "CPU of website checks beside blackbox_exporter."),
    "belief": Lazy("netmon.bench.belief", "belief", "False alarms in a simulated year beside simpler rules."),
    "detect": Lazy("netmon.bench.detect", "detect", "Time from a cut to its named fault, in the lab."),
    "diagnose": Lazy("netmon.bench.diagnose", "diagnose", "Faults named right beside the rules of other tools."),
    "topology": Lazy("netmon.bench.topology", "topology", "CPU of spof, redundancy, whatif beside networkx."),
    "calibration": Lazy("netmon.bench.calibration", "calibration", "How often each stated confidence was right."),
    "race": Lazy("netmon.bench.race", "race", "Who is paged for when parents and children fail together."),
    "exporter": Lazy("netmon.bench.exporter", "exporter", "What a scrape costs beside prometheus_client."),
    "county": Lazy("netmon.bench.county", "county", "CPU and memory of the daemon on the county lab."),
    "country": Lazy("netmon.bench.country", "country", "A country on one journal: calm, a region cut off, a death."),
}


@click.group(cls=LazyGroup, table=BENCHES)
def bench() -> None:
    """Print netmon's figures beside its peers'."""
