"""Groups whose commands are imported only when one of them is called, so that help and completion stay quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from netmon.cli.loading import Loading


class Lazy(NamedTuple):
    """Where a command lives, and its help line, which stands here so that help need not import it."""

    module: str
    attribute: str
    help: str


class LazyGroup(click.Group):
    """A group over a table of `Lazy` commands, listed in the order of the table."""

    def __init__(self, *args: Any, table: Mapping[str, Lazy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names of all commands in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in self.table:
            return None
        entry = self.table[cmd_name]
        with Loading():
            command: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named and its arguments; of a slip, say which one may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from netmon.inventory.flaw import did_you_mean  # noqa: PLC0415 (only mistakes pay for it)

            meant = did_you_mean(args[0], self.table)
            if not meant:
                raise
            raise click.UsageError(f"{error.message} {meant[0].upper()}{meant[1:]}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.table.items()])
