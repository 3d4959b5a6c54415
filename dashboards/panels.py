"""How panels of netmon's dashboards look: units, thresholds, colours, mappings and links in one place, on typed builders.

Colours are the colour-blind safe ones of Okabe and Ito; every verdict has its word beside its colour.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the classic model is meant: it works on Grafana 10 to 13
    from grafana_foundation_sdk.builders import (
        bargauge,
        common,
        dashboard,
        geomap,
        heatmap,
        nodegraph,
        prometheus,
        stat,
        statetimeline,
        table,
        timeseries,
    )
    from grafana_foundation_sdk.models import dashboard as model
    from grafana_foundation_sdk.models.common import FrameGeometrySourceMode
    from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

LANGUAGES = ("en", "id")
SOURCE = model.DataSourceRef(type_val="prometheus", uid="${source}")
VERDICTS = (
    ("up", "#009E73"),
    ("degraded", "#F0E442"),
    ("maintenance", "#56B4E9"),
    ("unknown", "#999999"),
    ("unreachable", "#E69F00"),
    ("down", "#D55E00"),
    ("unserved", "#CCCCCC"),
)
"""Verdicts by the number that a state timeline shows them as, and their colours."""

GOOD, WARN, BAD = "#009E73", "#E69F00", "#D55E00"
UNITS = {
    "": "",
    "seconds": "s",
    "moment": "dateTimeAsIso",
    "share": "percentunit",
    "traffic": "Bps",
    "rate": "reqps",
    "bytes": "bytes",
    "power": "dBm",
    "ratio of power": "dB",
    "temperature": "celsius",
    "days": "d",
}
"""Grafana's name of a unit by what is measured; every quantity is in base units."""
LEVELS: dict[str, tuple[tuple[float, str], ...]] = {
    "": (),
    "any is bad": ((0, GOOD), (1, BAD)),
    "any is a warning": ((0, GOOD), (1, WARN)),
    "a minute is bad": ((0, GOOD), (60, BAD)),
    "all is good": ((0, BAD), (0.9, WARN), (0.999, GOOD)),
    "margin": ((-100, BAD), (2, WARN), (5, GOOD)),
    "share of loss": ((0, GOOD), (0.001, WARN), (0.01, BAD)),
}
"""From which value on which colour, by what the value means."""
COLUMNS = {
    "name": ("Site", "Situs"),
    "site": ("Code", "Kode"),
    "district": ("District", "Kecamatan"),
    "fault": ("Fault", "Gangguan"),
    "kind": ("Kind", "Jenis"),
    "element": ("Element", "Elemen"),
    "cause": ("Cause", "Penyebab"),
    "owner": ("Owner", "Pemilik"),
    "node": ("Node", "Perangkat"),
    "port": ("Port", "Port"),
    "service": ("Service", "Layanan"),
    "link": ("Link", "Jalur"),
}
"""Headings of columns by label; labels that are not here are not shown."""
BOARDS_OF = {"district": "netmon-district", "site": "netmon-site", "node": "netmon-fibre"}
"""Where a click on a value with this label leads."""


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL query and the name of its series. `instant` asks for the value of now alone.

    `ref` names the query within its panel, which a node graph goes by; `column` heads its values in a table,
    in a `unit` of their own.
    """

    expr: str
    legend: str = ""
    instant: bool = False
    ref: str = ""
    column: tuple[str, str] = ("", "")
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: kind, titles in English and Indonesian, queries, a key of `UNITS` and of `LEVELS`, and its size.

    `leads_to` are labels of `BOARDS_OF`: a click leads to the board of that value.
    """

    kind: str
    title: tuple[str, str]
    queries: Sequence[Query]
    unit: str = ""
    width: int = 12
    height: int = 8
    level: str = ""
    leads_to: Sequence[str] = field(default_factory=tuple)


def verdict_code(where: str) -> str:
    """Return PromQL for the verdict of sites as its number in `VERDICTS`."""
    parts = (
        f'netmon_site_verdict{{{where}, verdict="{verdict}"}} * {code}' for code, (verdict, _) in enumerate(VERDICTS)
    )
    return f"max by (site) ({' or '.join(parts)})"


def build(panel: Panel, language: int) -> dashboard.cogbuilder.Builder[model.Panel]:
    """Return the builder of a panel, its title in the language of that number."""
    kinds = {
        "stat": stat.Panel,
        "timeseries": timeseries.Panel,
        "table": table.Panel,
        "states": statetimeline.Panel,
        "bars": bargauge.Panel,
        "graph": nodegraph.Panel,
        "heat": heatmap.Panel,
        "map": geomap.Panel,
    }
    built = kinds[panel.kind]().title(panel.title[language]).datasource(SOURCE)
    built = built.height(panel.height).span(panel.width)
    for number, query in enumerate(panel.queries):
        target = prometheus.Dataquery().expr(query.expr).ref_id(reference(query, number)).datasource(SOURCE)
        target = target.instant() if query.instant else target.range()
        if query.legend:
            target = target.legend_format(query.legend)
        if panel.kind == "heat":
            target = target.format("heatmap")
        if panel.kind in ("table", "map", "graph"):
            target = target.format("table")
        built = built.with_target(target)
    if panel.unit:
        built = built.unit(UNITS[panel.unit])
    if panel.level:
        steps = [
            model.Threshold(value=None if place == 0 else value, color=colour)
            for place, (value, colour) in enumerate(LEVELS[panel.level])
        ]
        built = built.thresholds(dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps))
    if panel.kind == "states":
        words = {
            str(code): model.ValueMappingResult(text=verdict, color=colour, index=code)
            for code, (verdict, colour) in enumerate(VERDICTS)
        }
        built = built.mappings([model.ValueMap(options=words)])
    if panel.kind == "table":
        for query in (one for one in panel.queries if one.unit):
            unit = DynamicConfigValue(id_val="unit", value=UNITS[query.unit])
            built = built.override_by_name(query.column[language], [unit])
        for step in tidied(panel, language):
            built = built.with_transformation(step)
    if panel.leads_to:
        built = built.data_links([link_to(label, language) for label in panel.leads_to])
    if panel.kind == "map":
        location = common.FrameGeometrySource().mode(FrameGeometrySourceMode.GEOHASH).geohash("geohash")
        layer = common.MapLayerOptions().type("markers").name("sites").location(location)
        built = built.layers([layer])
    return built


def reference(query: Query, number: int) -> str:
    """Return the name of a query within its panel."""
    return query.ref or chr(ord("A") + number)


def tidied(panel: Panel, language: int) -> list[model.DataTransformerConfig]:
    """Return what makes one table of a panel's queries: rows merged by their labels, headings, nothing superfluous."""
    names = {label: heading[language] for label, heading in COLUMNS.items()}
    several = len(panel.queries) > 1
    for number, query in enumerate(panel.queries):
        names[f"Value #{reference(query, number)}" if several else "Value"] = query.column[language] or "="
    hidden = dict.fromkeys(("Time", "__name__", "instance", "job", "geohash", "address", "role", "power_area"), True)
    organize = model.DataTransformerConfig(
        id_val="organize", options={"excludeByName": hidden, "renameByName": names, "indexByName": {}}
    )
    return [model.DataTransformerConfig(id_val="merge", options={}), organize] if several else [organize]


def link_to(label: str, language: int) -> dashboard.DashboardLink:
    """Return the link from a value to the dashboard of its district, site or node, over the same time."""
    title = COLUMNS[label][language]
    url = f"/d/{BOARDS_OF[label]}-{LANGUAGES[language]}?var-{label}=${{__field.labels.{label}}}&${{__url_time_range}}"
    return dashboard.DashboardLink(title).type(model.DashboardLinkType.LINK).url(url)
