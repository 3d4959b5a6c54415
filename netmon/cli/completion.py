"""`netmon completion`: the script that teaches a shell netmon's commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL.

    Example: netmon completion bash > ~/.local/share/bash-completion/completions/netmon
    """
    from netmon.cli.main import cli  # noqa: PLC0415 (main imports the table this command stands in)

    completer = get_completion_class(shell)
    if completer is None:  # pragma: no cover (click.Choice lists only shells click knows)
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completer(cli, {}, "netmon", "_NETMON_COMPLETE").source())
