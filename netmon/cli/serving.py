"""What the commands share that serve pages and metrics until they are told to stop: options, address, log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from netmon.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])
_CHATTY = ("httpx2", "uvicorn")
"""What these tell of themselves, netmon tells already."""


def web_options(default: str) -> Callable[[Command], Command]:
    """Give a command `listen`, which is `default` when it is not said, and `web_config`."""

    def give(command: Command) -> Command:
        command = click.option(
            "--web.config.file",
            "web_config",
            type=click.Path(dir_okay=False, path_type=Path),
            help="TLS, client certificates and passwords, as for every Prometheus exporter.",
        )(command)
        return click.option("--web.listen-address", "listen", default=default, show_default=True, help="HOST:PORT.")(
            command
        )

    return give


def log_option(command: Command) -> Command:
    """Give a command `level`."""
    return click.option(
        "--log.level",
        "level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        default="info",
        show_default=True,
        help="Least severe messages to log.",
    )(command)


def begin_log(level: str = "info") -> None:
    """Write the log to standard error, from `level` on.

    Its lines say how far this machine's clock is from UTC: the outages they tell of are in the county's time.
    """
    lines = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level.upper(), format=lines, datefmt="%Y-%m-%dT%H:%M:%S%z")
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel("WARNING")


def split_address(text: str) -> tuple[str, int]:
    """Return (host, port) of `HOST:PORT`, `:PORT` or `[V6]:PORT`.

    Raises:
        UsageError: there is no port from 0 to 65535.
    """
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdecimal() and len(port) <= 5) or int(port) > 65535:
        raise UsageError(f"{text!r} is not an address", "write HOST:PORT, for example 127.0.0.1:9840")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 (`:9840` means every address, as in the family)
