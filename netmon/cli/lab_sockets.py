"""The options `--lab` and `--lab-socket`: a command sends its packets into a running lab, not out of this machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from netmon.model import SecretRef
    from netmon.probes.sockets import Sockets

Command = TypeVar("Command", bound=Callable[..., Any])


def lab_option(command: Command) -> Command:
    """Give a command the options, as one value `lab_socket`: None without them, else the lab's control socket."""

    @click.option("--lab", is_flag=True, help="Take probe sockets from a running lab (see `netmon lab up`).")
    @click.option(
        "--lab-socket",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The same, where the lab has another control socket than the usual one.",
    )
    @wraps(command)
    def with_lab(*args: Any, lab: bool, lab_socket: Path | None, **kwargs: Any) -> Any:
        if lab and lab_socket is None:
            from netmon.lab.place import default_socket  # noqa: PLC0415 (only where a lab is wanted)

            lab_socket = default_socket()
        return command(*args, lab_socket=lab_socket, **kwargs)

    return cast("Command", with_lab)


def probe_sockets(lab_socket: Path | None, at: str = "") -> Sockets:
    """Return where probe sockets come from: this machine, or the lab behind a control socket, there node `at`.

    Raises:
        AwayError: no lab runs there.
    """
    from netmon.probes.sockets import KernelSockets  # noqa: PLC0415 (help need not load numpy)

    if lab_socket is None:
        return KernelSockets()
    from netmon.lab.network import connect_lab  # noqa: PLC0415

    return connect_lab(lab_socket, at)


def revealer(lab_socket: Path | None) -> Callable[[SecretRef], str]:
    """Return what turns references into secrets; a lab needs none."""
    if lab_socket is None:
        from netmon.inventory.secrets import reveal  # noqa: PLC0415

        return reveal
    from netmon.lab.routers.agents import lab_secret  # noqa: PLC0415

    return lab_secret
