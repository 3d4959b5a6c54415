"""Write the manual pages: `python docs/generate_man.py FOLDER`. One page for netmon and one for each of its commands.

Everything in them comes from the commands themselves, as in docs/reference/cli.md.
"""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from netmon import __version__
from netmon.cli.main import cli

REFERENCE = runpy.run_path(str(Path(__file__).with_name("generate_cli.py")))
EXIT_CODES: dict[int, str] = REFERENCE["EXIT_CODES"]


def pages() -> dict[str, str]:
    """Return the text of every page (roff, man macros) by its file name."""
    top = click.Context(cli, info_name="netmon", **cli.context_settings)
    found: dict[str, str] = {}
    for context, command in _all(top, cli):
        found[f"{context.command_path.replace(' ', '-')}.1"] = "\n".join(_page(context, command)) + "\n"
    return found


def _all(context: click.Context, command: click.Command) -> Iterator[tuple[click.Context, click.Command]]:
    yield context, command
    if isinstance(command, click.Group):
        for name, inner in _commands(context, command):
            yield from _all(click.Context(inner, info_name=name, parent=context), inner)


def _commands(context: click.Context, group: click.Group) -> list[tuple[str, click.Command]]:
    named = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return [(name, inner) for name, inner in named if inner is not None]


def _page(context: click.Context, command: click.Command) -> Iterator[str]:
    name = context.command_path.replace(" ", "-")
    yield f'.TH "{name.upper()}" "1" "" "netmon {__version__}" "User Commands"'
    yield ".SH NAME"
    yield f"{roff(name)} \\- {roff(command.get_short_help_str(200).rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f".B {roff(context.command_path)}"
    yield roff(" ".join(command.collect_usage_pieces(context)))
    yield ".SH DESCRIPTION"
    examples: list[str] = []
    for number, paragraph in enumerate((command.help or "").split("\n\n")):
        text = " ".join(paragraph.split())
        if text.startswith("Example: "):
            examples.append(text.removeprefix("Example: "))
        elif text:
            if number:
                yield ".PP"
            yield roff(text)
    options = [each for each in command.get_params(context) if isinstance(each, click.Option)]
    if options:
        yield ".SH OPTIONS"
    for option in options:
        yield ".TP"
        value = "" if option.is_flag else option.make_metavar(context).removesuffix(" RANGE")
        yield f".B {roff(', '.join(option.opts))}" + (f" \\fI{roff(value)}\\fR" if value else "")
        extra = option.get_help_extra(context)
        remarks = [" ".join((option.help or "").split())]
        remarks += [f"Default: {extra['default']}."] if "default" in extra else []
        remarks += [f"Environment: {option.envvar}."] if isinstance(option.envvar, str) else []
        yield roff(" ".join(filter(None, remarks)) or "Flag.")
    inner = _commands(context, command) if isinstance(command, click.Group) else []
    if inner:
        yield ".SH COMMANDS"
    for each, below in inner:
        yield ".TP"
        yield f".BR {roff(name)}\\-{roff(each)} (1)"
        yield roff(below.get_short_help_str(200))
    if examples:
        yield ".SH EXAMPLE"
    for example in examples:
        yield ".nf"
        yield roff(example)
        yield ".fi"
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_CODES.items():
        yield ".TP"
        yield f".B {code}"
        yield roff(meaning)
    if context.parent is not None:
        yield ".SH SEE ALSO"
        yield f".BR {roff(context.parent.command_path.replace(' ', '-'))} (1)"


def roff(text: str) -> str:
    """Return plain text as roff prints it: nothing in it is a request or an escape, and `-` can be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    escaped = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", escaped)
    escaped = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", escaped)
    return re.sub(r"^(?=[.'])", r"\\&", escaped)


def main(folder: str) -> None:
    """Write the pages into a folder."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        Path(folder, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "build/man/man1")
