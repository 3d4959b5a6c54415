"""Jinja set up once: everything is escaped, a missing value is an error, times are in the region's zone."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from netmon import __version__
from netmon.clock import rfc3339
from netmon.exporter.page.bars import Bar
from netmon.exporter.page.wording import NETWORKS, length_of_time, percent
from netmon.exporter.view import View
from netmon.picture.words.faults import local_time
from netmon.topology.drawing.county_map import marker_definitions

SILENT = 30.0
"""Seconds without coverage after which the page says that probing is not alive."""


def render(template: str, view: View, now: float, **values: Any) -> str:
    """Return a page. `now` is Unix seconds; `values` are what the template shows beside the view."""
    covered = max(view.picture.coverage.values(), default=None)
    region = view.picture.inventory.region
    return _ENVIRONMENT.get_template(
        template
    ).render(
        view=view,
        version=__version__,
        markers=Markup(marker_definitions()),  # noqa: S704 (made of constants)
        region=region[:1].upper() + region[1:],
        covered=covered,
        notices=_notices(view, covered, now),
        **values,
    )


def _notices(view: View, covered: float | None, now: float) -> list[dict[str, str]]:
    """Return what must be known before anything on the page is believed."""
    notices = []
    if view.daemon.network != "kernel":
        title, text = NETWORKS.get(view.daemon.network, (view.daemon.network, "This is not the county's network."))
        notices.append({"kind": "made-up", "title": title, "text": text})
    if view.daemon.not_ready:
        notices.append({"kind": "warning", "title": "Not ready:", "text": "; ".join(view.daemon.not_ready) + "."})
    elif covered is not None and now - covered > SILENT:
        text = f"Nothing has been probed since {local_time(covered, view.picture.inventory, date=True)}."
        notices.append({"kind": "warning", "title": "Probing is not alive.", "text": text})
    if view.daemon.journal_failing:
        text = f"{view.daemon.events_buffered} events wait in memory; what follows shows the state before them."
        notices.append({"kind": "warning", "title": "The journal cannot be written.", "text": text})
    if not view.daemon.last_reload_successful:
        text = "The inventory read before stays in force; the log says what is wrong with the new one."
        notices.append({"kind": "warning", "title": "The last reload failed.", "text": text})
    return notices


@pass_context
def _local(context: Context, when: float, *, date: bool = False) -> str:
    view: View = context["view"]
    return local_time(when, view.picture.inventory, date=date)


def _shares(bar: Bar) -> str:
    """Say in words what a bar shows."""
    return ", ".join(f"{verdict} {percent(bar.share(verdict))}" for verdict in bar.seconds)


_ENVIRONMENT = Environment(
    loader=PackageLoader("netmon.exporter.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    utc=rfc3339,
    local=_local,
    shares=_shares,
    length_of_time=length_of_time,
    percent=percent,
)
