"""The `netmon` command: a table of commands, each loaded from its own file when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

from netmon import __version__
from netmon.errors import ConfigError, NetmonError

# command -> (module, attribute, help line). The help line stands here too, so that `netmon --help` and tab
# completion import no command.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "check": ("netmon.cli.check", "check", "Check an inventory and list everything wrong with it."),
    "run": ("netmon.cli.run", "run", "Run the daemon: probe, judge, serve metrics and the page."),
    "demo": ("netmon.cli.demo", "demo", "Play a county with faults and watch netmon name them."),
    "status": ("netmon.cli.status", "status", "Show verdicts and open faults of a running daemon."),
    "diagnose": ("netmon.cli.diagnose", "diagnose", "Name the faults behind a set of observations."),
    "probe": ("netmon.cli.probe", "probe", "Probe addresses once, by hand: icmp, snmp."),
    "inventory": ("netmon.cli.inventory", "inventory", "Import, export and describe inventories."),
    "lab": ("netmon.cli.lab", "lab", "Play an inventory as a network of kernel namespaces."),
    "bench": ("netmon.cli.bench", "bench", "Print netmon's figures beside its peers'."),
    "completion": ("netmon.cli.completion", "completion", "Print the completion script of a shell."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names of all commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="netmon")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Run and understand a county's own fibre network.

    Exit codes: 0 fine, 1 findings, 2 usage, 3 bad inventory or configuration, 4 cannot do it.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; expected errors are one line on standard error and the code of their class."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        result = cli.main(args=arguments, prog_name="netmon", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except NetmonError as error:
        if "--debug" in arguments:
            raise
        if isinstance(error, ConfigError):
            for problem in error.problems:
                click.echo(str(problem), err=True)
        click.echo(f"netmon: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `netmon … | head`: the reader has what it wanted
        sys.stderr.close()
        sys.exit(0)
    sys.exit(result if isinstance(result, int) else 0)
