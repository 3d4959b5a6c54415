"""Tell a running daemon something, over the control socket of its state folder."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from netmon.errors import AwayError, CannotError, UsageError

F = TypeVar("F", bound=Callable[..., Any])
TIMEOUT = 10.0


def state_option(command: F) -> F:
    """Add `--state`, as `netmon run` has it."""
    return click.option(
        "--state",
        type=click.Path(path_type=Path),
        envvar="STATE_DIRECTORY",
        default=None,
        help="State folder of the daemon.  [default: $XDG_STATE_HOME/netmon]",
    )(command)


def tell(state: Path | None, order: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the daemon's answer to an order.

    Raises:
        AwayError: no daemon runs on that folder.
        CannotError: this user may not tell it anything, or the daemon cannot do it now.
        UsageError: the daemon refuses the order.
    """
    from netmon.cli.run import default_state  # noqa: PLC0415 (help need not load it)
    from netmon.daemon.control import NAME, short_path  # noqa: PLC0415

    folder = state or default_state()
    try:
        with short_path(folder) as short, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(f"{short}/{NAME}")
            connection.sendall(json.dumps(order).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer: Mapping[str, Any] = json.loads(lines.readline())
    except PermissionError as error:
        raise CannotError(
            f"{folder / NAME} belongs to somebody else", "run this as the user that runs netmon"
        ) from error
    except (OSError, json.JSONDecodeError) as error:
        raise AwayError(
            f"no netmon listens on {folder / NAME}", "start it with `netmon run`, or name its folder with --state"
        ) from error
    if "error" in answer:
        is_away = answer.get("exit_code") == CannotError.exit_code
        refused = CannotError if is_away else UsageError
        raise refused(str(answer["error"]), str(answer.get("hint", "")))
    return answer
