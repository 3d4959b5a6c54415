"""`netmon plan`: which spans to build first, what each buys, and what it costs."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netmon.cli.amounts import Amount
from netmon.cli.output import Format, Table, inventory_option, many, report_options, write_report
from netmon.cli.progress import progress_bar
from netmon.cli.topology.standpoint import read_inventory, stand, tell_uncounted
from netmon.errors import CannotError, UsageError

if TYPE_CHECKING:
    from netmon.topology.drawing.style import Theme
    from netmon.topology.drawing.words import Language
    from netmon.topology.planning.plan import Goal, Plan, Weight

_DEAREST, _ROUGHEST = 1e15, 1000.0
"""The most that a price and a factor of terrain may be, as in the API: beyond are slips, and sums are no numbers."""
_COLUMNS = ("step", "a", "b", "kind", "length_km", "cost", "total_cost", "connects", "protects")


@click.command()
@click.option("--candidates", metavar="FILE", help="CSV of spans: a,b,length_km,cost,kind.  [default: by geography]")
@click.option(
    "--goal",
    type=click.Choice(["connect", "protect", "both"]),
    default="both",
    show_default=True,
    help="Join sites that are not served, make sites survive any single failure, or first one and then the other.",
)
@click.option(
    "--weight",
    type=click.Choice(["sites", "services", "people"]),
    default="sites",
    show_default=True,
    help="What counts in protecting: sites alike, services, or people who live there.",
)
@click.option("--budget", type=Amount(0), help="Spend no more.")
@click.option("--per-km", type=Amount(0, _DEAREST), default=40e6, show_default=True, help="Price of a km of fibre.")
@click.option("--per-site", type=Amount(0, _DEAREST), default=15e6, show_default=True, help="To join a site.")
@click.option("--reach", type=Amount(0), default=8.0, show_default=True, help="Longest span, km as the crow flies.")
@click.option("--route-factor", type=Amount(1, 100), default=1.3, show_default=True, help="Route over crow flies.")
@click.option("--terrain", multiple=True, metavar="DISTRICT=FACTOR", help="What a km costs more in a district.")
@click.option("--radio-reach", type=Amount(0), default=0.0, show_default=True, help="Longest radio, km.")
@click.option("--per-radio", type=Amount(0, _DEAREST), default=60e6, show_default=True, help="Price of a radio span.")
@click.option("--time-limit", type=Amount(0), default=60.0, show_default=True, help="Seconds, then the best so far.")
@click.option("--geojson", metavar="FILE", help="Write the spans to FILE for a map as well.")
@click.option("--svg", metavar="FILE", help="Draw the plan on the map of the county, with a table of its cost.")
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="light",
    show_default=True,
    help="Colours of the drawing.",
)
@click.option("--lang", type=click.Choice(["en", "id"]), default="en", show_default=True, help="Of the drawing.")
@inventory_option
@report_options
def plan(
    candidates: str | None,
    goal: Goal,
    weight: Weight,
    budget: float | None,
    per_km: float,
    per_site: float,
    reach: float,
    route_factor: float,
    terrain: tuple[str, ...],
    radio_reach: float,
    per_radio: float,
    time_limit: float,
    geojson: str | None,
    svg: str | None,
    theme: Theme,
    lang: Language,
    inventory_path: str,
    format_: Format,
    output: str | None,
) -> int:
    """Say which spans to build, in order, with what each step costs and buys.

    Sites that are not served are joined at least cost, exactly. Then joined sites are made to survive any single
    failure of a node, link or cable outside the centre, the span that protects most for its cost first. What is the
    least that it can cost, or the most that the budget can protect, is told as far as it is known. Prices have the
    currency that you think in; the defaults are rupiah, and only an example. Every claim is checked on the network
    with the spans built. Exit code 1 when there is something to build.

    Example: netmon plan -i inventory/tuban --budget 5e9 --svg plan.svg --geojson plan.geojson
    """
    from netmon.cli.plan_files import read_candidates  # noqa: PLC0415
    from netmon.exporter.api.plan_document import plan_document, plan_geojson  # noqa: PLC0415
    from netmon.topology.planning.candidates import Prices, by_geography  # noqa: PLC0415
    from netmon.topology.planning.plan import make_plan  # noqa: PLC0415

    inventory = read_inventory(inventory_path)
    if weight == "services" and not inventory.services:
        raise UsageError("there are no services", "draw services, or weigh by sites or people")
    if weight == "people":
        if all(site.people is None for site in inventory.sites.values()):
            raise UsageError("no site says how many people live there", "write people, or weigh by sites or services")
        tell_uncounted(inventory)
    stand(inventory, None)  # says what is not joined though it is served: to that, no span is planned
    deadline = time.monotonic() + time_limit
    if candidates is not None:
        spans = read_candidates(candidates, inventory)
    else:
        factors = dict(_factor(text, inventory.sites) for text in terrain)
        prices = Prices(per_km, per_site, reach, route_factor, factors, radio_reach, per_radio)
        spans = by_geography(inventory, prices, list(inventory.sites))
    with progress_bar("protected sites") as told:
        made = make_plan(
            inventory,
            spans,
            goal=goal,
            budget=math.inf if budget is None else budget,
            per_site=per_site,
            weight=weight,
            is_late=lambda: time.monotonic() > deadline,
            told=told,
        )
    rows, total = [], 0.0
    for number, step in enumerate(made.steps, 1):
        total += step.cost
        rows += [
            {
                "step": number,
                "a": span.a,
                "b": span.b,
                "kind": str(span.kind),
                "length_km": round(span.length_km, 2),
                "cost": round(step.cost),
                "total_cost": round(total),
                "connects": list(step.connects),
                "protects": list(step.protects) if format_ == "csv" else len(step.protects),
            }
            for span in step.spans
        ]
    if geojson is not None:
        _write(geojson, json.dumps(plan_geojson(made, inventory), ensure_ascii=False))
    if svg is not None:
        from netmon.topology.drawing.plan_map import plan_svg  # noqa: PLC0415

        _write(svg, plan_svg(inventory, made, theme=theme, language=lang))
    if rows or format_ != "table":
        write_report(Table(_COLUMNS, rows), format_=format_, output=output, document=plan_document(made))
    _tell_bounds(made, goal, weight)
    before, after = made.before, made.after
    click.echo(f"joined {before.joined} → {after.joined}, protected {before.protected} → {after.protected}", err=True)
    for what, sites in (
        ("no candidate leads to", made.unreachable),
        ("not served, but reached already, so no span is planned to", made.present),
        ("no coordinates:", made.unplaced),
    ):
        if sites:
            names = ", ".join(sites[:5]) + (", …" if len(sites) > 5 else "")
            click.echo(f"{what} {many(len(sites), 'sites')}: {names}", err=True)
    if not made.is_complete:
        click.echo(_reason(made), err=True)
    return 1 if made.steps else 0


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotError(f"cannot write {path}: {error.strerror}", "choose another file") from error


def _reason(made: Plan) -> str:
    """Return why a plan is not complete."""
    if not made.is_stopped:
        return "the budget did not last for more"
    if made.is_short:
        return "the budget or the time did not last for more"
    return "all that can be is planned, but the time was over before the search for a cheaper plan had ended"


def _tell_bounds(made: Plan, goal: Goal, weight: Weight) -> None:
    """Say on standard error how good the plan is at least."""
    if goal != "protect" and made.bound:
        click.echo(f"joining all sites that can be: at least {made.bound:,.0f}", err=True)
    if goal != "connect" and made.weight:
        paid = sum(step.cost for step in made.steps if not step.connects)
        most = "" if not made.is_short else f"; no plan for the money protects more than {made.most_weight:,.0f}"
        click.echo(
            f"protecting {made.weight:,.0f} {weight}: {paid:,.0f}, at least {made.protect_bound:,.0f}{most}", err=True
        )


def _factor(text: str, sites: Container[str]) -> tuple[str, float]:
    district, _, number = text.rpartition("=")
    try:
        factor = float(number)
    except ValueError:
        factor = -1.0
    if not 0 < factor < _ROUGHEST:
        raise UsageError(f"--terrain {text!r} is no factor below {_ROUGHEST:g}", "write it like 35.23.11=1.4")
    if district not in sites:
        raise UsageError(f"there is no district {district!r}", "name the id of a district")
    return district, factor
