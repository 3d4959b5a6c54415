"""From where the questions about a network are asked: the drawing, or what is left of it today or at another time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import many
from netmon.cli.regions import Own, by_name, each_region, inventories
from netmon.errors import AwayError, UsageError

if TYPE_CHECKING:
    from netmon.cli.topology.today import Today
    from netmon.model import Element, Inventory
    from netmon.topology.robustness.footing import Footing


def _where_it_is(options: Mapping[str, Any]) -> Own:
    """Return for each region its name, and with --live the address of its daemon, which the country knows."""
    if not options["live"]:
        return by_name(options)
    from netmon.cli.status import fetch  # noqa: PLC0415 (only here is HTTP needed)

    country = options["url"]
    urls = {row["region"]: row["url"] for row in fetch(country, "/api/v1/regions")["regions"]}

    def own(name: str) -> Mapping[str, Any]:
        if name not in urls:
            raise AwayError(f"the country at {country} knows no region {name}", "start it with this --region")
        return {"region": name, "url": urls[name]}

    return own


REGIONS = each_region(
    "inventory_path",
    inventories,
    "an inventory",
    alone={
        "inventory_path": "-i", "journal": "--journal", "goal": "--to", "against": "--against", "since": "--since",
    },
    own=_where_it_is,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What was said on the command line of where to stand. `at` is in Unix seconds.

    `region` is the name of the region, where many are asked.
    """

    inventory_path: str | None
    live: bool = False
    url: str = ""
    journal: Path | None = None
    at: float | None = None
    region: str | None = None

    @property
    def is_today(self) -> bool:
        """Tell whether more than the drawing is asked."""
        return self.live or self.journal is not None

    def read(self) -> tuple[Inventory, Today | None]:
        """Return the drawing, and what is said of it today if that was asked for.

        The drawing is that of `-i`, or else the one that the journal holds. No secrets are looked for.
        """
        from netmon.cli.topology.today import from_daemon, from_journal  # noqa: PLC0415 (help must not load it)

        today: Today | None = None
        drawn: Inventory | None = None
        if self.journal is not None:
            today, drawn = from_journal(self.journal, self.at)
        elif self.live:
            today = from_daemon(self.url)
        if self.inventory_path is not None:
            drawn = read_inventory(self.inventory_path)
        if drawn is None:
            raise UsageError("there is no drawing to ask", "name it with -i INVENTORY")
        if today is not None:
            if today.digest != drawn.digest:
                who = "the daemon watches" if self.journal is None else "the journal is about"
                click.echo(f"netmon: {who} another version of this drawing", err=True)
            when = "today" if self.at is None else f"at {today.at}"
            click.echo(f"{when} {many(len(today.dark), 'nodes')} dark, {many(len(today.cut), 'links')} cut", err=True)
        return drawn, today


def standpoint_options(command: Callable[..., Any]) -> Any:
    """Add `-i`, `--live`, `--url`, `--journal` and `--at`; the command gets them as one `standpoint`."""

    @functools.wraps(command)
    def wrapped(
        inventory_path: str | None,
        live: bool,
        url: str,
        journal: Path | None,
        at: str | None,
        region: str | None = None,
        **options: Any,
    ) -> Any:
        from netmon.cli.times import moment  # noqa: PLC0415 (help must not load it)

        if live and journal is not None:
            raise UsageError("--live asks a daemon, --journal a file", "give one of them")
        if at is not None and journal is None:
            raise UsageError("--at needs a journal", "name it with --journal FILE")
        if inventory_path is None and journal is None:
            raise UsageError("there is no drawing to ask", "name it with -i INVENTORY")
        standpoint = Standpoint(inventory_path, live, url, journal, moment(at, "--at"), region)
        return command(standpoint=standpoint, **options)

    found: Any = wrapped
    found = click.option("--at", metavar="T", help="With --journal: as it was then (RFC 3339; no zone: UTC).")(found)
    found = click.option(
        "--journal",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="As --live, by what this journal says, of the drawing in it.",
    )(found)
    found = click.option(
        "--url",
        envvar="NETMON_URL",
        default="http://127.0.0.1:9840",
        show_default=True,
        help="The daemon of --live; with --regions, the country that knows where each region's is.",
    )(found)
    found = click.option("--live", is_flag=True, help="By what a running daemon says is dark or cut.")(found)
    return click.option(
        "-i",
        "--inventory",
        "inventory_path",
        envvar="NETMON_INVENTORY",
        type=click.Path(readable=False),
        help="Inventory: a YAML file or a folder of them.",
    )(found)


def read_inventory(path: str) -> Inventory:
    """Return a drawing; no secrets are looked for."""
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (help must not load it)

    return load_inventory(Path(path), with_secrets=False).inventory


def stand(inventory: Inventory, today: Today | None) -> Footing:
    """Return the drawing as a graph, without what is dark or cut today if that was asked for."""
    from netmon.topology.graph import Graph  # noqa: PLC0415
    from netmon.topology.robustness.footing import Footing  # noqa: PLC0415

    graph = Graph.from_inventory(inventory)
    footing = Footing.of(graph) if today is None else Footing.of(graph, dark=today.dark, cut=today.cut)
    left_out = footing.unjoined()
    if left_out:
        names = ", ".join(left_out[:3]) + (", …" if len(left_out) > 3 else "")
        click.echo(f"not joined to the vantage: {many(len(left_out), 'served sites')}: {names}", err=True)
    return footing


def tell_uncounted(inventory: Inventory) -> None:
    """Say how many served sites do not say how many people live there, where others do."""
    served = [site for site in inventory.sites.values() if site.served]
    uncounted = sum(site.people is None for site in served)
    if 0 < uncounted < len(served):
        click.echo(f"{uncounted} of {len(served)} served sites do not say how many people live there", err=True)


def read_elements(inventory: Inventory, texts: tuple[str, ...], option: str) -> list[Element]:
    """Return elements written `cable:ID`, `link:ID`, `node:ID` or `power_area:ID`.

    Raises:
        UsageError: one is not written so, or not in the drawing.
    """
    return [_element(inventory, text, option) for text in texts]


def _element(inventory: Inventory, text: str, option: str) -> Element:
    from netmon.inventory.flaw import did_you_mean  # noqa: PLC0415
    from netmon.inventory.spelling import CAN_FAIL, parted, remedy  # noqa: PLC0415
    from netmon.model import Element, ElementKind  # noqa: PLC0415
    from netmon.topology.reach import can_fail  # noqa: PLC0415

    named = parted(text, CAN_FAIL)
    if named is None:
        raise UsageError(f"{option} {text!r} names nothing that can fail", remedy(text, CAN_FAIL))
    kind, name = ElementKind(named[0]), named[1]
    known = can_fail(inventory)[kind]
    if name not in known:
        hint = did_you_mean(name, sorted(known)) or "see the inventory"
        raise UsageError(f"there is no {kind.replace('_', ' ')} {name!r}", hint)
    return Element(kind, name)
