"""`netmon probe icmp`: ping many addresses at once, by hand."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from netmon.cli.amounts import Amount
from netmon.cli.lab_sockets import lab_option, probe_sockets
from netmon.cli.output import Format, Table, names_option, report_options, write_report
from netmon.clock import SystemClock
from netmon.errors import CannotError, UsageError
from netmon.model import Inventory
from netmon.probes.icmp.ping import Ping, Pinged, PingSettings
from netmon.probes.sockets import Sockets

MOST_ADDRESSES = 4096
_COLUMNS = (
    "target", "address", "sent", "received", "loss_ratio",
    "rtt_min_seconds", "rtt_mean_seconds", "rtt_max_seconds", "rtt_deviation_seconds", "error",
)  # fmt: skip
_REDRAW = 0.2


@dataclass(frozen=True, slots=True)
class _Target:
    """What was named on the command line, and its address; without one, why there is none."""

    name: str
    address: str | None
    error: str = ""


@click.command()
@click.argument("targets", nargs=-1, metavar="TARGET…")
@click.option("-c", "--count", type=click.IntRange(0), default=4, show_default=True, help="0: until Ctrl-C.")
@click.option(
    "--interval",
    type=Amount(0.01, 3600),
    default=1.0,
    show_default=True,
    help="Seconds between requests to one address.",
)
@click.option("--timeout", type=Amount(0.01, 60), default=1.0, show_default=True, help="Seconds.")
@names_option("TARGET may then be the id of a node; without TARGET, all nodes that are pinged.")
@lab_option
@report_options
def icmp(
    targets: tuple[str, ...],
    count: int,
    interval: float,
    timeout: float,
    inventory_path: Path | None,
    lab_socket: Path | None,
    format_: Format,
    output: str | None,
) -> int:
    """Ping addresses, host names, networks such as 198.51.100.0/28, or nodes of an inventory.

    Exit code 1 when one of them does not answer. Ctrl-C ends early, with the summary so far.
    """
    sockets = probe_sockets(lab_socket)
    inventory = None if inventory_path is None else _load(inventory_path, with_secrets=lab_socket is None)
    found = asyncio.run(_find(targets, inventory, sockets))
    there = [target.address for target in found if target.address is not None]
    if not there:
        raise CannotError("; ".join(f"{target.name} {target.error}" for target in found), "check the names")
    ping = Ping(sockets, SystemClock(), there, PingSettings(count, interval, timeout))
    is_live = format_ == "table" and output is None and sys.stdout.isatty()
    if is_live:
        with _live(lambda: _table(found, ping.results())) as redraw:
            asyncio.run(_run(ping, redraw))
    else:
        asyncio.run(_run(ping, lambda: None))
    results = ping.results()
    if not is_live:
        write_report(_table(found, results), format_=format_, output=output)
    click.echo(_summary(found, results), err=True)
    return 1 if any(result.received == 0 for result in results) or len(results) < len(found) else 0


def _load(path: Path, *, with_secrets: bool) -> Inventory:
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (100 ms that a bare address need not pay)

    return load_inventory(path, with_secrets=with_secrets).inventory


async def _run(ping: Ping, on_turn: Callable[[], None]) -> None:
    """Run until the end or Ctrl-C, which cancels the task and must not cost the summary."""
    try:
        await ping.run(on_turn)
    except asyncio.CancelledError:
        return


async def _find(names: Sequence[str], inventory: Inventory | None, sockets: Sockets) -> list[_Target]:
    """Return the addresses that the names stand for, in order.

    Raises:
        UsageError: nothing is named, or too much.
    """
    if not names:
        if inventory is None:
            raise UsageError("nothing to ping", "name addresses, hosts or networks, or an inventory with -i")
        pinged = [node for node in inventory.nodes.values() if node.icmp is not None]
        return [_Target(node.id, node.address) for node in pinged if node.address is not None]
    parts = await asyncio.gather(*(_find_one(name, inventory, sockets) for name in names))
    found = [target for part in parts for target in part]
    if len(found) > MOST_ADDRESSES:
        raise UsageError(f"{len(found)} addresses are too many", f"at most {MOST_ADDRESSES} at once")
    return found


async def _find_one(name: str, inventory: Inventory | None, sockets: Sockets) -> list[_Target]:
    if inventory is not None and name in inventory.nodes:
        address = inventory.nodes[name].address
        return [_Target(name, address, "has no address in the inventory" if address is None else "")]
    try:
        return [_Target(name, str(ipaddress.ip_address(name)))]
    except ValueError:
        pass
    if "/" in name:
        return _hosts(name)
    try:
        return [_Target(name, (await sockets.resolve(name))[0])]
    except (OSError, UnicodeError):
        return [_Target(name, None, "does not resolve")]


def _hosts(name: str) -> list[_Target]:
    try:
        network = ipaddress.ip_network(name, strict=False)
    except ValueError as error:
        raise UsageError(f"{name} is not a network", "such as 198.51.100.0/28") from error
    if network.num_addresses > MOST_ADDRESSES:
        raise UsageError(f"{name} has {network.num_addresses} addresses", f"at most {MOST_ADDRESSES} at once")
    return [_Target(str(host), str(host)) for host in network.hosts()]


def _table(found: Sequence[_Target], results: Sequence[Pinged]) -> Table:
    done = iter(results)
    return Table(_COLUMNS, [_row(target, None if target.address is None else next(done)) for target in found])


def _row(target: _Target, result: Pinged | None) -> dict[str, Any]:
    if result is None:
        return {"target": target.name, "sent": 0, "received": 0, "error": target.error}
    judged = result.received + result.lost
    return {
        "target": target.name,
        "address": result.address,
        "sent": result.sent,
        "received": result.received,
        "loss_ratio": result.lost / judged if judged else None,
        "rtt_min_seconds": result.rtt_min,
        "rtt_mean_seconds": result.rtt_mean,
        "rtt_max_seconds": result.rtt_max,
        "rtt_deviation_seconds": result.rtt_deviation,
        "error": _error(result),
    }


def _error(result: Pinged) -> str | None:
    if result.send_error:
        return f"cannot send: {os.strerror(result.send_error)}"
    if result.path_error is not None:
        return f"{result.path_error.kind} from {result.path_error.reporter}"
    return None


def _summary(found: Sequence[_Target], results: Sequence[Pinged]) -> str:
    alive = sum(result.received > 0 for result in results)
    sent, received = sum(result.sent for result in results), sum(result.received for result in results)
    means = [result.rtt_mean for result in results if result.rtt_mean is not None]
    lost = sum(result.lost for result in results) / max(1, sum(result.lost + result.received for result in results))
    words = f"{alive} of {len(found)} alive; {sent} sent, {received} received, {lost:.1%} lost"
    return words + (f"; mean round trip {sum(means) / len(means) * 1e3:.3f} ms" if means else "")


@contextmanager
def _live(table: Callable[[], Table]) -> Iterator[Callable[[], None]]:
    """Draw the table again and again on the terminal; yield what to call between turns."""
    from rich import box  # noqa: PLC0415 (38 ms that pipes and completion need not pay)
    from rich.live import Live  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    def drawn() -> RichTable:
        rich = RichTable("target", box=box.SIMPLE)
        for heading in ("sent", "back", "loss", "min ms", "mean ms", "max ms"):
            rich.add_column(heading, justify="right", no_wrap=True)
        rich.add_column("error")
        for row in table().rows:
            loss = row.get("loss_ratio")
            trips = [row.get(f"rtt_{name}_seconds") for name in ("min", "mean", "max")]
            name, address = row["target"], row.get("address")
            cells = [name if address in (None, name) else f"{name} ({address})", str(row["sent"])]
            cells += [str(row["received"]), "" if loss is None else f"{loss:.0%}"]
            cells += ["" if trip is None else f"{trip * 1e3:.3f}" for trip in trips]
            cells.append(row.get("error") or "")
            rich.add_row(*(Text(cell) for cell in cells), style="red" if loss == 1.0 else None)
        return rich

    clock, drawn_at = SystemClock(), float("-inf")
    with Live(drawn(), auto_refresh=False, transient=False) as live:

        def redraw() -> None:
            nonlocal drawn_at
            if clock.monotonic() - drawn_at >= _REDRAW:
                drawn_at = clock.monotonic()
                live.update(drawn(), refresh=True)

        yield redraw
        live.update(drawn(), refresh=True)
