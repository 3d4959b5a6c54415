"""`netmon lab`: play an inventory as a network, break it, look at the truth."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netmon.cli.amounts import Amount
from netmon.cli.output import Format, Table, inventory_option, report_options, write_report
from netmon.errors import CannotError, PortInUseError, PrivilegeError, UsageError

if TYPE_CHECKING:
    from netmon.lab.control import About, Channel, Status
    from netmon.lab.story.faults import Failure, LabFault
    from netmon.model import Inventory

F = TypeVar("F", bound=Callable[..., Any])


def _socket_option(command: F) -> F:
    return click.option(
        "--socket",
        "socket_path",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Control socket of the lab.  [default: $XDG_RUNTIME_DIR/netmon/lab.sock]",
    )(command)


@click.group()
def lab() -> None:
    """Play an inventory as a network of kernel namespaces.

    Example: `netmon lab up -i inventory/tuban` in one terminal, `netmon lab cut cable:ID` in another.
    """


@lab.command()
@inventory_option
@click.option(
    "--mode",
    type=click.Choice(["auto", "namespaces", "simulated"]),
    default="auto",
    show_default=True,
    help="auto takes the kernel's namespaces where they may be had, else loopback.",
)
@click.option(
    "--convergence",
    type=Amount(0.0, 60.0),
    default=0.2,
    show_default=True,
    help="Seconds until routes follow a change.",
)
@_socket_option
def up(inventory_path: str, mode: Any, convergence: float, socket_path: Path | None) -> None:
    """Start a lab and keep it until Ctrl-C or `netmon lab down`."""
    from netmon.inventory.load import load_inventory  # noqa: PLC0415 (help must not load the lab)
    from netmon.lab.network import start_lab  # noqa: PLC0415
    from netmon.lab.place import check_free, default_socket  # noqa: PLC0415

    inventory = load_inventory(Path(inventory_path)).inventory
    path = (socket_path or default_socket()).absolute()
    check_free(path)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        played = stack.enter_context(start_lab(inventory, mode=mode, convergence=convergence, control_path=path))
        stack.callback(path.unlink, missing_ok=True)  # the lab does so itself, unless it is killed
        click.echo(_built(played.about), err=True)
        for note in played.about.notes:
            click.echo(f"note: {note}", err=True)
        place = " --lab" if socket_path is None else f" --lab-socket {socket_path}"
        option = "" if socket_path is None else f" --socket {socket_path}"
        click.echo(f"watch it: netmon run{place} -i {inventory_path}", err=True)
        click.echo(f"break it: netmon lab cut{option} {_example(inventory)}; Ctrl-C here ends it", err=True)
        try:
            died = played.wait() != 0
        except KeyboardInterrupt:
            return
    if died:
        raise CannotError("the lab has died", "start it again; its last words are above")


def _built(about: About) -> str:
    return f"{about.nodes} nodes and {about.links} links up in {about.seconds:.2f} s: {about.reason}"


def _example(inventory: Inventory) -> str:
    return next((f"link:{link}" for link in inventory.links), f"node:{inventory.vantage.node}")


@lab.command()
@click.argument("elements", nargs=-1, required=True, metavar="KIND:ID...")
@click.option("--management", is_flag=True, help="Nodes: forward, but answer neither ping nor SNMP.")
@click.option("--loss", type=Amount(0.0, 1.0), help="Links: lose this part of the packets one way.")
@click.option("--from", "sender", metavar="NODE", help="With --loss: the end that sends.")
@click.option("--attenuate", type=Amount(0.0), metavar="DB", help="Links: weaken the light.")
@click.option(
    "--how",
    type=click.Choice(["stopped", "error-500", "wrong-page", "silent"]),
    default="stopped",
    show_default=True,
    help="Services: the way they fail.",
)
@_socket_option
def cut(
    elements: tuple[str, ...],
    management: bool,
    loss: float | None,
    sender: str | None,
    attenuate: float | None,
    how: Failure,
    socket_path: Path | None,
) -> None:
    """Break elements: cable:ID link:ID node:ID power_area:ID service:ID.

    Links and cables are cut, nodes and power areas lose their power, services stop.
    """
    from netmon.lab.story.words import Manner, fault_of  # noqa: PLC0415

    manner = Manner(management, loss, sender, attenuate, how)
    _apply(socket_path, [fault_of(element, manner) for element in elements])


@lab.command()
@click.argument("elements", nargs=-1, metavar="KIND:ID...")
@click.option("--all", "everything", is_flag=True, help="Heal all there is.")
@_socket_option
def heal(elements: tuple[str, ...], everything: bool, socket_path: Path | None) -> None:
    """Mend elements, or all of them."""
    from netmon.lab.story.words import repairs_of, word_of  # noqa: PLC0415

    if everything == bool(elements):
        raise UsageError("nothing to heal, or too much", "name elements, or write --all")
    with contextlib.closing(_channel(socket_path)) as channel:
        words = [word_of(fault) for fault in _status(channel).faults] if everything else list(elements)
    _apply(socket_path, [repair for word in dict.fromkeys(words) for repair in repairs_of(word)])


@lab.command()
@_socket_option
@report_options
def status(socket_path: Path | None, format_: Format, output: str | None) -> None:
    """Show the faults in force and what is therefore true."""
    from netmon.lab.control import About, from_json, to_json  # noqa: PLC0415
    from netmon.lab.story.words import describe, word_of  # noqa: PLC0415

    with contextlib.closing(_channel(socket_path)) as channel:
        about: About = from_json(About, channel.ask("about"))
        found = _status(channel)
    rows = [{"what": "fault", "id": word_of(fault), "state": describe(fault)} for fault in found.faults]
    rows += [{"what": "site", "id": site, "state": "dark"} for site in sorted(found.truth.dark_sites)]
    rows += [{"what": "service", "id": name, "state": "failed"} for name in sorted(found.truth.failed_services)]
    document = {
        "mode": about.mode,
        "reason": about.reason,
        "nodes": about.nodes,
        "links": about.links,
        "faults": to_json(found)["faults"],
        "truth": {
            "failed": [{"kind": str(one.kind), "id": one.id} for one in sorted(found.truth.failed)],
            "dark_nodes": sorted(found.truth.dark_nodes),
            "dark_sites": sorted(found.truth.dark_sites),
            "failed_services": sorted(found.truth.failed_services),
        },
    }
    title = f"{about.nodes} nodes, {about.links} links ({about.mode}); {len(found.faults)} faults in force"
    write_report(Table(["what", "id", "state"], rows), format_=format_, output=output, document=document, title=title)


@lab.command()
@_socket_option
def down(socket_path: Path | None) -> None:
    """End a running lab; nothing of it remains."""
    with contextlib.closing(_channel(socket_path)) as channel:
        channel.ask("down")
    click.echo("the lab has ended", err=True)


@lab.command()
@click.argument("recordings", nargs=-1, required=True, metavar="FILE.snmprec...", type=click.Path(path_type=Path))
@click.option("--listen", default="127.0.0.1:1161", show_default=True, help="HOST:PORT; port 0 takes a free one.")
def agent(recordings: tuple[Path, ...], listen: str) -> None:
    """Serve recorded walks of devices by SNMP; the community is the file's name without its extension."""
    from netmon.cli.serving import split_address  # noqa: PLC0415
    from netmon.lab.routers.recording import SUFFIX, read_recording, serve_recordings  # noqa: PLC0415

    address = split_address(listen)
    devices = {}
    for path in recordings:
        mib, problems = read_recording(path)
        for problem in problems:
            click.echo(str(problem), err=True)
        community = path.name.removesuffix(SUFFIX)
        devices[community.encode()] = mib
        click.echo(f"{path}: {len(mib)} objects, community {community!r}", err=True)
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_DGRAM) as opened:
        try:
            opened.bind(address)
        except PermissionError as error:
            raise PrivilegeError(f"port {address[1]} may not be bound", "choose one from 1024 up") from error
        except OSError as error:
            raise PortInUseError(f"{listen} cannot be bound: {error.strerror}", "choose another --listen") from error
        host, port = opened.getsockname()[:2]
        click.echo(f"listening on {host}:{port}", err=True)
        with contextlib.suppress(KeyboardInterrupt):
            serve_recordings(opened, devices)


def _channel(socket_path: Path | None) -> Channel:
    from netmon.lab.network import open_channel  # noqa: PLC0415

    return open_channel(socket_path)


def _status(channel: Channel) -> Status:
    from netmon.lab.control import Status, from_json  # noqa: PLC0415

    found: Status = from_json(Status, channel.ask("status"))
    return found


def _apply(socket_path: Path | None, faults: Sequence[LabFault]) -> None:
    from netmon.lab.control import to_json  # noqa: PLC0415

    with contextlib.closing(_channel(socket_path)) as channel:
        channel.ask("apply", faults=to_json(faults))
        truth = _status(channel).truth
    click.echo(f"{len(truth.dark_sites)} sites are dark now", err=True)
