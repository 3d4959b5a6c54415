"""Write the Grafana dashboards: `python dashboards/generate.py`. The JSON in grafana/ is committed, one folder a language.

Panels are listed here; how they look is in panels.py. Queries ask only for metrics of netmon's catalogue and for the
recorded ones in prometheus/rules.yaml; a test holds both against what is there.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from panels import SOURCE, Panel, Query, build, verdict_code  # noqa: E402 (it lies beside this file)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import dashboard
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models import dashboard as model

LANGUAGES = ("en", "id")
GOOD, BAD, WARN = "#009E73", "#D55E00", "#E69F00"


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard: its uid and file name, titles, the labels one may choose by, and its panels."""

    uid: str
    title: tuple[str, str]
    variables: Sequence[tuple[str, str, str]]  # name, label, query
    panels: Sequence[Panel]


SITES = ("site", "Site", "label_values(netmon_site_info, site)")
DISTRICTS = ("district", "District", "label_values(netmon_site_info, district)")
OF_DISTRICT = verdict_code('district=~"$district"')
NODES = ("node", "Node", "label_values(netmon_node_info, node)")

BOARDS = (
    Board(
        "netmon-county",
        ("netmon: county", "netmon: kabupaten"),
        (DISTRICTS,),
        (
            Panel(
                "stat",
                ("Open faults", "Gangguan terbuka"),
                [Query("count(netmon_fault_active) or vector(0)", instant=True)],
                width=4,
                height=4,
                thresholds=[(0, GOOD), (1, BAD)],
            ),
            Panel(
                "stat",
                ("Sites dark", "Situs padam"),
                [Query('sum(netmon_sites{verdict=~"down|unreachable"})', instant=True)],
                width=4,
                height=4,
                thresholds=[(0, GOOD), (1, BAD)],
            ),
            Panel(
                "stat",
                ("Sites up", "Situs terhubung"),
                [Query('sum(netmon_sites{verdict=~"up|degraded"})', instant=True)],
                width=4,
                height=4,
            ),
            Panel(
                "stat",
                ("Never connected", "Belum terhubung"),
                [Query('sum(netmon_sites{verdict="unserved"})', instant=True)],
                width=4,
                height=4,
            ),
            Panel(
                "stat",
                ("Unknown", "Tidak diketahui"),
                [Query('sum(netmon_sites{verdict="unknown"})', instant=True)],
                width=4,
                height=4,
                thresholds=[(0, GOOD), (1, WARN)],
            ),
            Panel(
                "stat",
                ("Last covered", "Cakupan terakhir"),
                [Query("time() - max(netmon_coverage_timestamp_seconds)", instant=True)],
                unit="s",
                width=4,
                height=4,
                thresholds=[(0, GOOD), (60, BAD)],
            ),
            Panel(
                "table", ("What has failed", "Apa yang rusak"), [Query("netmon_fault_active", instant=True)], width=12
            ),
            Panel(
                "map",
                ("Where", "Di mana"),
                [Query(f"({OF_DISTRICT}) * on (site) group_left (name, geohash) netmon_site_info", instant=True)],
                width=12,
                height=12,
            ),
            Panel(
                "timeseries",
                ("Sites connected, by district", "Situs terhubung per kecamatan"),
                [Query('district:netmon_sites_up:ratio{district=~"$district"}', "{{district}}")],
                unit="percentunit",
            ),
            Panel(
                "timeseries",
                ("Sites by verdict", "Situs menurut status"),
                [Query("sum by (verdict) (netmon_sites)", "{{verdict}}")],
            ),
        ),
    ),
    Board(
        "netmon-site",
        ("netmon: village", "netmon: desa"),
        (SITES,),
        (
            Panel(
                "states",
                ("Verdict", "Status"),
                [Query(verdict_code('site=~"$site"'), "{{site}}")],
                width=24,
                height=6,
            ),
            Panel(
                "timeseries",
                ("Round trip", "Waktu tempuh"),
                [
                    Query(
                        'node:netmon_icmp_rtt_seconds:mean_rate5m * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{node}}",
                    )
                ],
                unit="s",
            ),
            Panel(
                "timeseries",
                ("Replies per request", "Jawaban per permintaan"),
                [
                    Query(
                        'node:netmon_icmp_replies_per_requests:ratio_rate5m * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{node}}",
                    )
                ],
                unit="percentunit",
            ),
            Panel(
                "timeseries",
                ("Traffic received", "Lalu lintas diterima"),
                [
                    Query(
                        'port:netmon_interface_receive_bytes:rate5m * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{node}} {{port}}",
                    )
                ],
                unit="Bps",
            ),
            Panel(
                "timeseries",
                ("Light received", "Cahaya diterima"),
                [
                    Query(
                        'netmon_optical_receive_power_dbm * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{node}} {{port}}",
                    )
                ],
                unit="dBm",
            ),
            Panel(
                "table",
                ("Services", "Layanan"),
                [
                    Query(
                        'netmon_service_up * on (service) group_left (site, kind) netmon_service_info{site=~"$site"}',
                        instant=True,
                    )
                ],
            ),
        ),
    ),
    Board(
        "netmon-fibre",
        ("netmon: fibre", "netmon: serat optik"),
        (NODES,),
        (
            Panel(
                "stat",
                ("Links that everything hangs on", "Tautan tunggal"),
                [Query("sum(netmon_link_bridge)", instant=True)],
                width=6,
                height=4,
            ),
            Panel(
                "stat",
                ("Sites at stake", "Situs terancam"),
                [Query("max(netmon_fault_sites_at_stake) or vector(0)", instant=True)],
                width=6,
                height=4,
                thresholds=[(0, GOOD), (1, WARN)],
            ),
            Panel(
                "stat",
                ("Drawing and network differ", "Gambar berbeda dari jaringan"),
                [Query("sum(netmon_topology_drift)", instant=True)],
                width=6,
                height=4,
            ),
            Panel(
                "stat",
                ("Ports without light", "Port tanpa cahaya"),
                [Query("sum(netmon_optical_receive_lost)", instant=True)],
                width=6,
                height=4,
                thresholds=[(0, GOOD), (1, WARN)],
            ),
            Panel(
                "timeseries",
                ("Light received", "Cahaya diterima"),
                [Query('netmon_optical_receive_power_dbm{node=~"$node"}', "{{node}} {{port}}")],
                unit="dBm",
                width=24,
            ),
            Panel(
                "timeseries",
                ("Light sent", "Cahaya dikirim"),
                [Query('netmon_optical_transmit_power_dbm{node=~"$node"}', "{{node}} {{port}}")],
                unit="dBm",
            ),
            Panel(
                "timeseries",
                ("Module temperature", "Suhu modul"),
                [Query('netmon_optical_temperature_celsius{node=~"$node"}', "{{node}} {{port}}")],
                unit="celsius",
            ),
        ),
    ),
    Board(
        "netmon-incidents",
        ("netmon: incidents", "netmon: insiden"),
        (),
        (
            Panel(
                "table",
                ("Open faults and their sites", "Gangguan terbuka dan situsnya"),
                [
                    Query(
                        "netmon_fault_sites * on (fault) group_left (kind, element, cause) netmon_fault_active",
                        instant=True,
                    )
                ],
                width=24,
            ),
            Panel(
                "timeseries",
                ("Sites darkened, by fault", "Situs padam per gangguan"),
                [Query("netmon_fault_sites", "{{fault}}")],
            ),
            Panel(
                "timeseries",
                ("Certainty", "Keyakinan"),
                [Query("netmon_fault_confidence_ratio", "{{fault}}")],
                unit="percentunit",
            ),
            Panel(
                "table",
                ("Dark sites", "Situs padam"),
                [
                    Query(
                        "netmon_site_fault_info * on (site) group_left (name, district) netmon_site_info",
                        instant=True,
                    )
                ],
                width=24,
            ),
        ),
    ),
    Board(
        "netmon-itself",
        ("netmon: itself", "netmon: kesehatan"),
        (),
        (
            Panel(
                "timeseries",
                ("Echo requests and replies", "Permintaan dan jawaban ping"),
                [
                    Query("sum(rate(netmon_icmp_requests_total[1m]))", "requests"),
                    Query("sum(rate(netmon_icmp_replies_total[1m]))", "replies"),
                ],
                unit="reqps",
            ),
            Panel(
                "timeseries",
                ("Lag of the probing loop", "Keterlambatan probe"),
                [Query("netmon_icmp_lag_seconds", "lag")],
                unit="s",
            ),
            Panel(
                "timeseries",
                ("Polls that failed", "Polling gagal"),
                [Query("sum by (reason) (rate(netmon_snmp_poll_failures_total[5m]))", "{{reason}}")],
            ),
            Panel(
                "timeseries",
                ("Turn of the fold", "Evaluasi"),
                [Query("netmon_evaluation_duration_seconds", "seconds")],
                unit="s",
            ),
            Panel(
                "stat",
                ("Journal", "Jurnal"),
                [Query("netmon_journal_failing", instant=True)],
                width=6,
                height=4,
                thresholds=[(0, GOOD), (1, BAD)],
            ),
            Panel(
                "stat",
                ("Events waiting", "Peristiwa menunggu"),
                [Query("netmon_events_buffered", instant=True)],
                width=6,
                height=4,
            ),
            Panel(
                "timeseries",
                ("CPU", "CPU"),
                [Query("rate(process_cpu_seconds_total[1m])", "{{instance}}")],
                unit="percentunit",
            ),
            Panel(
                "timeseries",
                ("Memory", "Memori"),
                [Query("process_resident_memory_bytes", "{{instance}}")],
                unit="bytes",
            ),
        ),
    ),
)


def board_json(board: Board, language: int) -> str:
    """Return one dashboard as the JSON that Grafana provisions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        built = dashboard.Dashboard(board.title[language]).uid(f"{board.uid}-{LANGUAGES[language]}")
        built = built.tags(["netmon", LANGUAGES[language]]).refresh("10s").time("now-6h", "now").readonly()
        built = built.with_variable(dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus"))
        for name, label, query in board.variables:
            variable = dashboard.QueryVariable(name).label(label).query(query).datasource(SOURCE)
            variable = variable.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).multi(True).include_all(True)  # noqa: FBT003 (the builder's signature)
            built = built.with_variable(variable)
        links = dashboard.DashboardLink("netmon").type(model.DashboardLinkType.DASHBOARDS)
        built = built.link(links.tags(["netmon", LANGUAGES[language]]).as_dropdown(True))  # noqa: FBT003
        for panel in board.panels:
            built = built.with_panel(build(panel, language))
        return JSONEncoder(sort_keys=True, indent=2).encode(built.build()) + "\n"


def pages() -> dict[Path, str]:
    """Return the text of every file, by its place."""
    return {
        HERE / "grafana" / name / f"{board.uid}.json": board_json(board, language)
        for language, name in enumerate(LANGUAGES)
        for board in BOARDS
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(HERE))
