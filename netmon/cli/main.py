"""The `netmon` command: a table of commands, each loaded from its own file when it is used."""

from __future__ import annotations

import contextlib
import errno
import io
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from netmon import __version__
from netmon.cli.lazy import Lazy, LazyGroup
from netmon.errors import CannotError, ConfigError, NetmonError, UsageError

COMMANDS = {
    "check": Lazy("netmon.cli.check", "check", "Check an inventory and list everything wrong with it."),
    "run": Lazy("netmon.cli.run", "run", "Run the daemon: probe, judge, serve metrics and the page."),
    "prober": Lazy("netmon.cli.prober", "prober", "Probe a share of the network for a daemon elsewhere."),
    "country": Lazy("netmon.cli.country", "country", "Serve many regions as one."),
    "demo": Lazy("netmon.cli.demo", "demo", "Play a county with faults and watch netmon name them."),
    "status": Lazy("netmon.cli.status", "status", "Show verdicts and open faults of a running daemon."),
    "why": Lazy("netmon.cli.why", "why", "Say why a site has its verdict, now or at a past moment."),
    "incident": Lazy("netmon.cli.incident", "incident", "List incidents, show one, or say its cause."),
    "maintenance": Lazy("netmon.cli.maintenance", "maintenance", "Announce work, list it, end it early."),
    "report": Lazy("netmon.cli.report.group", "report", "Say what a month, or any period, comes to."),
    "diagnose": Lazy("netmon.cli.diagnose", "diagnose", "Name the faults behind a set of observations."),
    "probe": Lazy("netmon.cli.probe.group", "probe", "Probe addresses once, by hand."),
    "topology": Lazy("netmon.cli.topology.group", "topology", "Ask the drawing, and hold it against the network."),
    "plan": Lazy("netmon.cli.plan", "plan", "Say which spans to build first, and what each buys."),
    "discover": Lazy("netmon.cli.discover", "discover", "Crawl neighbours and draft an inventory."),
    "inventory": Lazy("netmon.cli.inventory", "inventory", "Import, export and describe inventories."),
    "web": Lazy("netmon.cli.web", "web", "Check a web configuration; hash a password for it."),
    "lab": Lazy("netmon.cli.lab", "lab", "Play an inventory as a network of kernel namespaces."),
    "replay": Lazy("netmon.cli.replay", "replay", "Fold a journal again and print the picture."),
    "journal": Lazy("netmon.cli.journal", "journal", "Look after a journal: check, compact, repair."),
    "bench": Lazy("netmon.cli.bench", "bench", "Print netmon's figures beside its peers'."),
    "completion": Lazy("netmon.cli.completion", "completion", "Print the completion script of a shell."),
}


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="netmon")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Run and understand a county's own fibre network.

    Exit codes: 0 fine, 1 findings, 2 usage, 3 bad inventory or configuration, 4 cannot do it.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; expected errors are one line on standard error and the code of their class."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, io.TextIOWrapper):  # what its encoding has no letter for is no reason to say nothing
        with contextlib.suppress(OSError):  # it tells where it stands, which a pipe behind it cannot
            sys.stdout.reconfigure(errors="backslashreplace")
    try:
        must_be_text(arguments)
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
    except OSError as error:  # `netmon … > FILE` on a full disk; of files it opens itself the command tells
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT) or "--debug" in arguments:
            raise
        click.echo(f"netmon: cannot write: {error.strerror} (make room, or choose another file)", err=True)
        with contextlib.suppress(OSError):
            sys.stdout.close()  # what it still holds cannot be written either
        sys.exit(CannotError.exit_code)
    sys.exit(result if isinstance(result, int) else 0)


def must_be_text(arguments: Sequence[str]) -> None:
    """Refuse what is not text in the encoding of this machine, before it comes into an address, a journal or a file.

    Raises:
        UsageError: an argument has bytes that are none.
    """
    for text in arguments:
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise UsageError(
                f"{text!r} is not text in {sys.getfilesystemencoding()}", "write it in that, or in ASCII"
            )
