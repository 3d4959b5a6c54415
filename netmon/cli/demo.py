"""`netmon demo`: a county with faults, and how netmon names them. Nothing of it remains afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Coroutine
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, rfc3339, write_report
from netmon.ending import end_all
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.cli.demo_screen import Screen
    from netmon.lab.story.scenarios import Act
    from netmon.model import Inventory
    from netmon.trial.score import Score
    from netmon.trial.stage import Stage

LIMIT = 15.0
"""Seconds after which a fault that was named counts as late: the worst is a cut that darkens nothing, which only the
next reading of the ports shows."""
PORT_INTERVAL = 10.0
"""Seconds between readings of a router's ports in a story of a minute: its cuts come faster than a county's."""
STORY = 60.0
"""Seconds that a story takes when nothing else is asked for."""
SHORTEST = 40.0
"""Seconds of the shortest story: a fault must last long enough to be named."""
REFRESH = 0.25
"""Seconds between drawings of the screen."""


@click.command()
@click.option("--duration", default=None, metavar="TIME", help="Play the story once in this time, such as 60s.")
@click.option(
    "-i",
    "--inventory",
    "inventory_path",
    type=click.Path(readable=False, path_type=Path),
    help="Play this one instead of Tuban.",
)
@click.option("--web.listen-address", "listen", default="127.0.0.1:9840", show_default=True, help="HOST:PORT.")
@click.option(
    "--mode",
    type=click.Choice(["auto", "namespaces", "simulated"]),
    default="auto",
    show_default=True,
    help="Network.",
)
@click.option("--seed", default=1, show_default=True, help="Which objects the faults hit.")
@click.option("--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the result to FILE.")
def demo(
    duration: str | None,
    inventory_path: Path | None,
    listen: str,
    mode: str,
    seed: int,
    format_: Format,
    output: str | None,
) -> int:
    """Play a county with faults and watch netmon name them.

    Without --duration the story is played again and again, and the page stays open, until Ctrl-C. Exit code 1 when a
    fault was missed, misnamed or late.

    Example: netmon demo --duration 60s --format json
    """
    from netmon.cli.serving import split_address  # noqa: PLC0415 (help must not load the daemon)
    from netmon.inventory.load import load_inventory  # noqa: PLC0415

    logging.basicConfig(level="ERROR", format="%(levelname)s %(name)s: %(message)s")
    host, port = split_address(listen)
    seconds = parse_duration(duration)
    with contextlib.ExitStack() as stack:
        if inventory_path is None:
            inventory_path = stack.enter_context(as_file(files("netmon").joinpath("data", "tuban")))
        inventory = faster_ports(load_inventory(inventory_path).inventory, port_interval(seconds or STORY))
    try:
        score = asyncio.run(_play(inventory, seconds, host, port, mode, seed, screen=format_ == "table"))
    except KeyboardInterrupt:
        return 0
    if score is None:
        return 0
    rows = report_rows(score)
    columns = ["at", "what", "expected", "concluded", "seconds"]
    document = {
        "faults": rows,
        "median_seconds": score.median_seconds,
        "wrongly_down": sorted(score.wrongly_down),
        "wrongly_paged": sorted(score.wrongly_paged),
        "good": score.is_good(LIMIT),
    }
    write_report(Table(columns, rows), format_=format_, output=output, document=document)
    return 0 if score.is_good(LIMIT) else 1


async def _play(
    inventory: Inventory, duration: float | None, host: str, port: int, mode: Any, seed: int, *, screen: bool
) -> Score | None:
    """Play once and return the score; without a duration play again and again. None when it was interrupted."""
    from netmon.cli.demo_screen import Screen  # noqa: PLC0415
    from netmon.lab.story.scenarios import story  # noqa: PLC0415
    from netmon.trial.stage import open_stage  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    length = duration or STORY
    acts = story(inventory, length, seed)
    async with open_stage(inventory, mode=mode, host=host, port=port) as stage:
        with Screen(stage, live=screen and sys.stdout.isatty()) as shown:
            shown.say(f"{len(inventory.nodes)} nodes up in {stage.lab_seconds:.2f} s ({stage.lab.reason})")
            shown.say(f"page: {stage.url}   metrics: {stage.url}metrics")
            if not await _unless(stop, _all_known(stage, 3 * port_interval(length)), shown):
                return None
            while await _round(stage, acts, length, stop, shown):
                if duration is not None:
                    return stage.score()
                stage.forget()
    return None


async def _all_known(stage: Stage, patience: float) -> None:
    """Wait until every node has been heard, and, no longer than `patience` seconds, all ports been read."""
    await stage.all_heard()
    await stage.all_polled(patience)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None], shown: Screen) -> bool:
    """Do the work, or give it up when `stop` is set; return whether it was done."""
    doing, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    while not (doing.done() or stopping.done()):
        await asyncio.wait((doing, stopping), timeout=REFRESH, return_when=asyncio.FIRST_COMPLETED)
        shown.refresh()
    stopping.cancel()
    if not doing.done():
        await end_all(doing)
        return False
    await doing
    return True


async def _round(stage: Stage, acts: tuple[Act, ...], duration: float, stop: asyncio.Event, shown: Screen) -> bool:
    """Play all acts; return False when it was interrupted.

    An act waits for the answer to the one before while that may still come in time: on a machine that has no time for
    the lab, or for the daemon, the story takes longer.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    for at, act in [*((act.at, act) for act in acts), (duration, None)]:
        while (left := started + at - loop.time()) > 0 and not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(left, REFRESH))
            shown.refresh()
        due = loop.time()
        if stop.is_set() or not await _unless(stop, stage.answered(LIMIT), shown):
            return False
        started += loop.time() - due
        if act is not None:
            await stage.do(act.title, *act.faults)
    return True


def report_rows(score: Score) -> list[dict[str, Any]]:
    """Return one row per deed: what was done, what should be concluded, what was, and after how long."""
    return [
        {
            "at": rfc3339(answer.deed.at),
            "what": answer.deed.title,
            "expected": sorted(map(str, answer.deed.broken))
            or [f"{element} repaired" for element in sorted(map(str, answer.deed.healed))],
            "dark_sites": len(answer.deed.dark_sites),
            "concluded": list(answer.said),
            "seconds": None if answer.seconds is None else round(answer.seconds, 3),
        }
        for answer in score.answers
    ]


def port_interval(length: float) -> float:
    """Return the seconds between readings of a router's ports in a story of `length` seconds."""
    return PORT_INTERVAL * min(length / STORY, 1.0)


def faster_ports(inventory: Inventory, interval: float) -> Inventory:
    """Return the inventory with every router's ports read each `interval` seconds."""
    nodes = {
        name: node if node.snmp is None else replace(node, snmp=replace(node.snmp, interval=interval))
        for name, node in inventory.nodes.items()
    }
    return replace(inventory, nodes=nodes)


def parse_duration(text: str | None) -> float | None:
    """Return seconds of `90`, `90s`, `2m`; None stays None.

    Raises:
        UsageError: it is not a duration from SHORTEST to a day.
    """
    if text is None:
        return None
    unit = {"s": 1.0, "m": 60.0}.get(text[-1:])
    digits = text[:-1] if unit else text
    try:
        seconds = float(digits) * (unit or 1.0)
    except ValueError:
        seconds = 0.0
    if not SHORTEST <= seconds <= 86400.0:
        hint = f"write one from {SHORTEST:g}s to 1440m, such as 60s"
        raise UsageError(f"--duration {text!r} is not a playing time", hint)
    return seconds
