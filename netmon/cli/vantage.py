"""Where commands probe from: this machine, or with `--lab` the vantage of a running lab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from netmon.model import SecretRef
from netmon.probes.sockets import KernelSockets, Sockets

F = TypeVar("F", bound=Callable[..., Any])


def lab_option(command: F) -> F:
    """Add `--lab [FILE]`: the control socket of a running lab; without FILE, the usual place."""
    return click.option(
        "--lab",
        "lab_socket",
        type=click.Path(dir_okay=False, path_type=Path),
        is_flag=False,
        flag_value="",
        default=None,
        help="Take probe sockets from a running lab (see `netmon lab up`).",
    )(command)


def sockets_from(lab_socket: Path | None) -> Sockets:
    """Return where sockets come from.

    Raises:
        AwayError: no lab runs there.
    """
    if lab_socket is None:
        return KernelSockets()
    from netmon.lab.network import connect_lab  # noqa: PLC0415 (only those who use a lab must load it)

    return connect_lab(lab_socket if lab_socket.name else None)


def revealer(lab_socket: Path | None) -> Callable[[SecretRef], str]:
    """Return what turns references into secrets; a lab needs none."""
    if lab_socket is None:
        from netmon.inventory.secrets import reveal  # noqa: PLC0415

        return reveal
    from netmon.lab.agents import lab_secret  # noqa: PLC0415

    return lab_secret
