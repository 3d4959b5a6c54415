"""Command lines of netmon that stand in texts."""

from __future__ import annotations

import click

from netmon.cli.main import cli


def parse(words: list[str]) -> None:
    """Read a command line without running it; placeholders are as good as values.

    Raises:
        click.UsageError: there is no such command or option.
    """
    command: click.Command = cli
    context = click.Context(cli)
    for sign in (">", "|", "&&"):
        words = words[: words.index(sign)] if sign in words else words
    while isinstance(command, click.Group):
        rest = [word for word in words if not word.startswith("-")]
        if not rest or rest[0].isupper():
            break
        words.remove(rest[0])
        inner = command.get_command(context, rest[0])
        if inner is None:
            raise click.UsageError(f"no command {rest[0]}")
        context = click.Context(inner, info_name=rest[0], parent=context)
        command = inner
    if not isinstance(command, click.Group):
        command.make_parser(context).parse_args(words)
