"""Jinja set up once: everything is escaped, a missing value is an error, times are in the region's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from netmon import __version__
from netmon.clock import rfc3339
from netmon.exporter.page.bars import Bar
from netmon.exporter.page.files import address
from netmon.exporter.page.phrases import PAGE, words
from netmon.exporter.page.wording import length_of_time, percent
from netmon.exporter.view import View
from netmon.picture.words.faults import local_time, moment
from netmon.picture.words.phrases import Language
from netmon.picture.words.translate import translate
from netmon.topology.drawing.style import marker_definitions

SILENT = 30.0
"""Seconds without coverage after which the page says that probing is not alive."""

LONGEST = 100
"""Characters of what a reader looks for that are heeded."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a page is for: their language, the addresses of this page in each, and what they look for."""

    language: Language = Language.ENGLISH
    addresses: Mapping[Language, str] = field(default_factory=dict, hash=False)
    wanted: str = ""

    def say(self, key: str, **values: object) -> str:
        """Return what the page says under a key."""
        return words(key, self.language, **values)

    def length_of_time(self, seconds: float) -> str:
        """Return a duration in words."""
        return length_of_time(seconds, self.language)


def render(template: str, view: View, now: float, reader: Reader, **values: Any) -> str:
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
        notices=_notices(view, covered, now, reader),
        reader=reader,
        t=reader.say,
        **values,
    )


def compile_templates() -> None:
    """Read and compile every template; each is kept from then on."""
    for name in _ENVIRONMENT.list_templates():
        _ENVIRONMENT.get_template(name)


def _notices(view: View, covered: float | None, now: float, reader: Reader) -> list[dict[str, str]]:
    """Return what must be known before anything on the page is believed."""
    notices = []

    def notice(kind: str, title: str, text: str) -> None:
        notices.append({"kind": kind, "title": title, "text": text})

    network = view.daemon.network
    if network in PAGE and network != "kernel":
        notice("made-up", reader.say(network), reader.say(f"{network}-text"))
    elif network != "kernel":
        notice("made-up", network, reader.say("elsewhere-text"))
    if view.daemon.not_ready:
        reasons = [translate(reason, reader.language) for reason in view.daemon.not_ready]
        notice("warning", reader.say("not-ready"), "; ".join(reasons) + ".")
    elif covered is not None and now - covered > SILENT:
        at = local_time(covered, view.picture.inventory, date=True)
        notice("warning", reader.say("not-probing"), reader.say("not-probing-text", at=at))
    if view.daemon.journal_failing:
        count = view.daemon.events_buffered
        notice("warning", reader.say("no-journal"), reader.say("no-journal-text", count=count))
    if not view.daemon.last_reload_successful:
        notice("warning", reader.say("no-reload"), reader.say("no-reload-text"))
    return notices


@pass_context
def _local(context: Context, when: float, *, date: bool = False) -> str:
    view: View = context["view"]
    return local_time(when, view.picture.inventory, date=date)


@pass_context
def _lately(context: Context, when: float) -> str:
    """Write a time, with its date only where that is another day."""
    view: View = context["view"]
    return moment(when, view.picture.inventory, view.picture.at)


@pass_context
def _shares(context: Context, bar: Bar) -> str:
    """Say in words what a bar shows."""
    reader: Reader = context["reader"]
    return ", ".join(
        f"{reader.say(verdict)} {percent(bar.share(verdict), reader.language)}" for verdict in bar.seconds
    )


@pass_context
def _percent(context: Context, share: float) -> str:
    reader: Reader = context["reader"]
    return percent(share, reader.language)


@pass_context
def _length_of_time(context: Context, seconds: float) -> str:
    reader: Reader = context["reader"]
    return reader.length_of_time(seconds)


_ENVIRONMENT = Environment(
    loader=PackageLoader("netmon.exporter.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals["address"] = address
_ENVIRONMENT.filters.update(
    utc=rfc3339,
    local=_local,
    lately=_lately,
    shares=_shares,
    length_of_time=_length_of_time,
    percent=_percent,
)
