"""How panels of netmon's dashboards look: units, colours and mappings in one place, on typed builders.

Colours are the colour-blind safe ones of Okabe and Ito; every verdict has its word beside its colour.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the classic model is meant: it works on Grafana 10 to 13
    from grafana_foundation_sdk.builders import (
        common,
        dashboard,
        geomap,
        prometheus,
        stat,
        statetimeline,
        table,
        timeseries,
    )
    from grafana_foundation_sdk.models import dashboard as model
    from grafana_foundation_sdk.models.common import FrameGeometrySourceMode

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


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL query and the name of its series. `instant` asks for the value of now alone."""

    expr: str
    legend: str = ""
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: kind, titles in English and Indonesian, its queries, the unit Grafana shows, and its size."""

    kind: str
    title: tuple[str, str]
    queries: Sequence[Query]
    unit: str = ""
    width: int = 12
    height: int = 8
    thresholds: Sequence[tuple[float, str]] = field(default_factory=tuple)


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
        "map": geomap.Panel,
    }
    built = kinds[panel.kind]().title(panel.title[language]).datasource(SOURCE)
    built = built.height(panel.height).span(panel.width)
    for number, query in enumerate(panel.queries):
        target = prometheus.Dataquery().expr(query.expr).ref_id(chr(ord("A") + number)).datasource(SOURCE)
        target = target.instant() if query.instant else target.range()
        if query.legend:
            target = target.legend_format(query.legend)
        if panel.kind in ("table", "map"):
            target = target.format("table")
        built = built.with_target(target)
    if panel.unit:
        built = built.unit(panel.unit)
    if panel.thresholds:
        steps = [
            model.Threshold(value=None if place == 0 else value, color=colour)
            for place, (value, colour) in enumerate(panel.thresholds)
        ]
        built = built.thresholds(dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps))
    if panel.kind == "states":
        words = {
            str(code): model.ValueMappingResult(text=verdict, color=colour, index=code)
            for code, (verdict, colour) in enumerate(VERDICTS)
        }
        built = built.mappings([model.ValueMap(options=words)])
    if panel.kind == "map":
        location = common.FrameGeometrySource().mode(FrameGeometrySourceMode.GEOHASH).geohash("geohash")
        layer = common.MapLayerOptions().type("markers").name("sites").location(location)
        built = built.layers([layer])
    return built
