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

from panels import BAD, GOOD, LANGUAGES, SOURCE, Panel, Query, build, verdict_code  # noqa: E402 (it lies beside this file)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import dashboard
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models import dashboard as model


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


def _of_faults(series: str) -> str:
    """Return PromQL for a number of each open fault beside all that names the fault."""
    named = f"{series} * on (instance, fault) group_left (kind, element, cause) netmon_fault_active"
    owned = f"({named}) * on (instance, fault) group_left (owner) netmon_fault_owner_info"
    return f"({owned}) or on (instance, fault) ({named})"


FAULTS = (
    Query(
        _of_faults("(netmon_fault_opened_timestamp_seconds * 1000)"),  # Grafana's moments are in milliseconds
        instant=True,
        column=("Since", "Sejak"),
        unit="moment",
    ),
    Query(_of_faults("netmon_fault_sites"), instant=True, column=("Sites", "Situs")),
)
"""What is dark, why, since when, and whose it is."""


def _drawn(series: str, word: str, colour: str) -> str:
    """Return PromQL for nodes as a node graph wants them: labels `id`, `title`, `mainstat` and `color`."""
    with_word = f'label_replace(label_replace({series}, "mainstat", "{word}", "", ""), "color", "{colour}", "", "")'
    return f'label_replace(label_replace({with_word}, "id", "$1", "node", "(.+)"), "title", "$1", "node", "(.+)")'


NODES_DRAWN = " or ".join(
    (
        _drawn("(netmon_node_up == 1)", "up", GOOD),
        _drawn("(netmon_node_known == 1 unless on (instance, node) netmon_node_up == 1)", "down", BAD),
        _drawn("(netmon_node_info unless on (instance, node) netmon_node_known == 1)", "unknown", "#999999"),
    )
)
LINKS_DRAWN = (
    'label_replace(netmon_link_up * on (instance, link) group_left (source, target) netmon_link_info, "id", "$1", '
    '"link", "(.+)")'
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Moments that every dashboard marks: what they are, PromQL whose values are the moments, and words for each."""

    title: tuple[str, str]
    expr: str
    said: str
    colour: str


MARKS = (
    Mark(
        ("Faults", "Gangguan"),
        "(netmon_fault_opened_timestamp_seconds * 1000) * on (instance, fault) group_left (kind, element, cause)"
        " netmon_fault_active",
        "{{fault}}: {{kind}} {{element}}, {{cause}}",
        BAD,
    ),
    Mark(
        ("Drawing changed", "Gambar berubah"),
        "netmon_config_last_reload_success_timestamp_seconds * 1000",
        "{{instance}}",
        "#56B4E9",
    ),
)

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
                level="any is bad",
            ),
            Panel(
                "stat",
                ("Sites dark", "Situs padam"),
                [Query('sum(netmon_sites{verdict=~"down|unreachable"})', instant=True)],
                width=4,
                height=4,
                level="any is bad",
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
                level="any is a warning",
            ),
            Panel(
                "stat",
                ("Last covered", "Cakupan terakhir"),
                [Query("time() - max(netmon_coverage_timestamp_seconds)", instant=True)],
                unit="seconds",
                width=4,
                height=4,
                level="a minute is bad",
            ),
            Panel("table", ("What has failed", "Apa yang rusak"), FAULTS, width=12),
            Panel(
                "map",
                ("Where", "Di mana"),
                [Query(f"({OF_DISTRICT}) * on (site) group_left (name, geohash) netmon_site_info", instant=True)],
                width=12,
                height=12,
                leads_to=("site",),
            ),
            Panel(
                "bars",
                ("Districts", "Kecamatan"),
                [
                    Query(
                        'label_replace(district:netmon_sites_up:ratio{district=~"$district"}, "site", "$1", "district", "(.+)")'
                        ' * on (site) group_left (name) netmon_site_info{kind="district"}',
                        "{{name}}",
                        instant=True,
                    )
                ],
                unit="share",
                level="all is good",
                height=12,
                leads_to=("district",),
            ),
            Panel(
                "timeseries",
                ("Sites connected, by district", "Situs terhubung per kecamatan"),
                [Query('district:netmon_sites_up:ratio{district=~"$district"}', "{{district}}")],
                unit="share",
            ),
            Panel(
                "timeseries",
                ("Sites by verdict", "Situs menurut status"),
                [Query("sum by (verdict) (netmon_sites)", "{{verdict}}")],
            ),
        ),
    ),
    Board(
        "netmon-district",
        ("netmon: district", "netmon: kecamatan"),
        (DISTRICTS,),
        (
            *(
                Panel(
                    "stat",
                    title,
                    [Query(f'sum(netmon_sites{{district=~"$district", verdict=~"{verdicts}"}})', instant=True)],
                    level=level,
                    width=6,
                    height=4,
                )
                for title, verdicts, level in (
                    (("Dark", "Padam"), "down|unreachable", "any is bad"),
                    (("Worse than usual", "Lebih buruk dari biasa"), "degraded", "any is a warning"),
                    (("Connected", "Terhubung"), "up|degraded", ""),
                    (("Never connected", "Belum terhubung"), "unserved", ""),
                )
            ),
            Panel(
                "states",
                ("Verdicts of its sites", "Status situs"),
                [Query(f"({OF_DISTRICT}) * on (site) group_left (name) netmon_site_info", "{{name}}")],
                width=24,
                height=14,
                leads_to=("site",),
            ),
            Panel(
                "table",
                ("Dark sites and the faults behind them", "Situs padam dan gangguannya"),
                [
                    Query(
                        "netmon_site_fault_info * on (site) group_left (name, district)"
                        ' netmon_site_info{district=~"$district"}',
                        instant=True,
                    )
                ],
            ),
            Panel(
                "timeseries",
                ("Loss", "Kehilangan paket"),
                [
                    Query(
                        "1 - node:netmon_icmp_replies_per_requests:ratio_rate5m"
                        " * on (node) group_left (site) netmon_node_info"
                        ' * on (site) group_left (district) netmon_site_info{district=~"$district"}',
                        "{{node}}",
                    )
                ],
                unit="share",
                level="share of loss",
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
                unit="seconds",
            ),
            Panel(
                "heat",
                ("How round trips are spread", "Sebaran waktu tempuh"),
                [
                    Query(
                        "sum by (le) (rate(netmon_icmp_rtt_seconds_bucket[5m])"
                        ' * on (node) group_left (site) netmon_node_info{site=~"$site"})',
                        "{{le}}",
                    )
                ],
                unit="seconds",
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
                unit="share",
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
                unit="traffic",
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
                unit="power",
            ),
            Panel(
                "timeseries",
                ("Traffic sent, and what the contract allows", "Lalu lintas dikirim, dan isi kontrak"),
                [
                    Query(
                        'port:netmon_interface_transmit_bytes:rate5m * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{node}} {{port}}",
                    ),
                    Query(
                        "netmon_link_contract_bytes_per_second * on (link) group_left (node)"
                        ' label_replace(netmon_link_info, "node", "$1", "target", "(.+)")'
                        ' * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{link}}",
                    ),
                    Query(
                        "netmon_speed_test_bytes_per_second * on (link) group_left (node)"
                        ' label_replace(netmon_link_info, "node", "$1", "target", "(.+)")'
                        ' * on (node) group_left (site) netmon_node_info{site=~"$site"}',
                        "{{link}} {{direction}}",
                    ),
                ],
                unit="traffic",
            ),
            Panel(
                "stat",
                ("Share of the time dark", "Bagian waktu padam"),
                [
                    Query(
                        'sum by (site) (avg_over_time(netmon_site_verdict{site=~"$site", verdict=~"down|unreachable"}[$__range]))',
                        "{{site}}",
                        instant=True,
                    )
                ],
                unit="share",
                level="share of loss",
                width=6,
            ),
            Panel(
                "table",
                ("Open outage", "Gangguan yang berlangsung"),
                [
                    Query(
                        'netmon_site_fault_info{site=~"$site"} * on (instance, fault)'
                        " group_left (kind, element, cause) netmon_fault_active",
                        instant=True,
                    )
                ],
                width=18,
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
            Panel(
                "timeseries",
                ("Clients of the public wifi", "Pemakai wifi publik"),
                [
                    Query(
                        'netmon_wifi_clients * on (service) group_left (site) netmon_service_info{site=~"$site"}',
                        "{{service}}",
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
                level="any is a warning",
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
                level="any is a warning",
            ),
            Panel(
                "graph",
                ("How it is connected", "Bagaimana terhubung"),
                [Query(NODES_DRAWN, instant=True, ref="nodes"), Query(LINKS_DRAWN, instant=True, ref="edges")],
                width=24,
                height=16,
            ),
            Panel(
                "table",
                ("Lines that drift or were stepped, and their margin", "Jalur yang melemah, dan cadangannya"),
                [
                    Query(
                        'netmon_optical_margin_db{node=~"$node"} and on (instance, node, port)'
                        ' netmon_optical_condition{condition=~"drifting|stepped"} == 1',
                        instant=True,
                        column=("Margin", "Cadangan"),
                    )
                ],
                unit="ratio of power",
                level="margin",
            ),
            Panel(
                "timeseries",
                ("Margin of the ten weakest lines", "Cadangan sepuluh jalur terlemah"),
                [Query('bottomk(10, netmon_optical_margin_db{node=~"$node"})', "{{node}} {{port}}")],
                unit="ratio of power",
                level="margin",
            ),
            Panel(
                "table",
                ("Links that everything hangs on", "Jalur tunggal"),
                [Query("netmon_link_bridge * on (link) group_left (kind) netmon_link_info == 1", instant=True)],
            ),
            Panel(
                "timeseries",
                ("Light received", "Cahaya diterima"),
                [Query('netmon_optical_receive_power_dbm{node=~"$node"}', "{{node}} {{port}}")],
                unit="power",
                width=24,
            ),
            Panel(
                "timeseries",
                ("Light sent", "Cahaya dikirim"),
                [Query('netmon_optical_transmit_power_dbm{node=~"$node"}', "{{node}} {{port}}")],
                unit="power",
            ),
            Panel(
                "timeseries",
                ("Module temperature", "Suhu modul"),
                [Query('netmon_optical_temperature_celsius{node=~"$node"}', "{{node}} {{port}}")],
                unit="temperature",
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
                FAULTS,
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
                unit="share",
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
                unit="rate",
            ),
            Panel(
                "timeseries",
                ("Lag of the probing loop", "Keterlambatan probe"),
                [Query("netmon_icmp_lag_seconds", "lag")],
                unit="seconds",
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
                unit="seconds",
            ),
            Panel(
                "stat",
                ("Journal", "Jurnal"),
                [Query("netmon_journal_failing", instant=True)],
                width=6,
                height=4,
                level="any is bad",
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
                unit="share",
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


def _mark(mark: Mark, language: int) -> dashboard.AnnotationQuery:
    query = dashboard.AnnotationQuery().name(mark.title[language]).datasource(SOURCE).enable(True)  # noqa: FBT003
    query = query.expr(mark.expr).title_format(mark.title[language]).text_format(mark.said).icon_color(mark.colour)
    return query.use_value_for_time(True)  # noqa: FBT003 (the builder's signature)


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
        built = built.annotations([_mark(mark, language) for mark in MARKS])
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
