"""The options that say how to be let in by the NATS servers of a journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def door_options(command: Command) -> Command:
    """Give a command `journal_user`, `journal_secret` and `journal_ca`."""
    for option in (
        click.option(
            "--journal.ca",
            "journal_ca",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Certificates (PEM) that the NATS server's is signed by.  [default: those of the machine]",
        ),
        click.option(
            "--journal.secret",
            "journal_secret",
            default="",
            metavar="env:VARIABLE|file:PATH",
            help="Where that user's password is; without a user, a token.",
        ),
        click.option("--journal.user", "journal_user", default="", metavar="NAME", help="User of the NATS server."),
    ):
        command = option(command)
    return command
