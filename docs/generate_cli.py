"""The reference of the command line, made from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from netmon.cli.main import cli
from netmon.errors import CannotError, ConfigError, UsageError

INTRODUCTION = """\
# Command line

<!-- Written by docs/generate_cli.py from the commands in netmon/cli; change those, not this. -->

Data goes to standard output, everything else to standard error. JSON carries `schema_version`, base units and UTC
times in RFC 3339; CSV has the same rows under a line of column names; tables are for people and may change.

What goes wrong is said in one line, with its remedy; `netmon --debug COMMAND` adds the traceback.

## Exit codes

| code | meaning |
|---|---|"""

EXIT_CODES = {
    0: "Fine.",
    1: "It was done, and there are findings: a site is not well, an address does not answer, a fault was missed.",
    UsageError.exit_code: "The command line cannot be understood.",
    ConfigError.exit_code: "An inventory or configuration cannot be used; every reason is listed.",
    CannotError.exit_code: "It cannot be done here and now: a privilege, a port, a folder, or nobody answers.",
    130: "Ctrl-C ended it before it was done.",
}

OWN_DEFAULT = re.compile(r"\s*\[default: (.+)\]$")
"""A default that a help text states itself, because it depends on something else."""

Found = tuple[click.Context, click.Command]


def page() -> str:
    """Return the whole page."""
    found = list(_commands(click.Context(cli, info_name="netmon", **cli.context_settings), cli))
    lines = [INTRODUCTION, *(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())]
    lines += ["", "## Environment", "", "| variable | option |", "|---|---|", *_environment(found)]
    for context, command in found:
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        lines += ["", f"## {context.command_path}", "", *_help(command), "", f"    {usage}"]
        rows = [_row(context, option) for option in _options(context, command)]
        lines += ["", "| option | default | meaning |", "|---|---|---|", *rows] if rows else []
    return "\n".join(lines) + "\n"


def _commands(context: click.Context, command: click.Command) -> Iterator[Found]:
    """Yield the program itself, for its own options, then every command that does something."""
    if context.parent is None or not isinstance(command, click.Group):
        yield context, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is None:
                raise LookupError(f"{context.command_path} lists {name} and has no such command")
            yield from _commands(click.Context(inner, info_name=name, parent=context), inner)


def _options(context: click.Context, command: click.Command) -> list[click.Option]:
    """Return the options; `--help` is told of once, with the program."""
    parameters = command.get_params(context) if context.parent is None else command.params
    return [parameter for parameter in parameters if isinstance(parameter, click.Option)]


def _environment(found: list[Found]) -> list[str]:
    users: dict[tuple[str, str], list[str]] = {}
    for context, command in found:
        for option in _options(context, command):
            if isinstance(option.envvar, str):
                users.setdefault((option.envvar, option.opts[-1]), []).append(context.command_path)
    return [
        f"| `{variable}` | `{option}` of {', '.join(f'`{path}`' for path in paths)} |"
        for (variable, option), paths in sorted(users.items())
    ]


def _help(command: click.Command) -> Iterator[str]:
    """Yield the help text in Markdown, with examples as code."""
    for number, paragraph in enumerate((command.help or "").split("\n\n")):
        if number:
            yield ""
        yield re.sub(r"Example: (netmon [^`]+)$", r"Example: `\1`", " ".join(paragraph.split()))


def _row(context: click.Context, option: click.Option) -> str:
    extra = option.get_help_extra(context)
    help_ = option.help or ""
    own = OWN_DEFAULT.search(help_)
    remarks = [" ".join(OWN_DEFAULT.sub("", help_).split())]
    if option.required:
        remarks.append("Required.")
    if "range" in extra:
        remarks.append(f"Range: {extra['range']}.")
    if option.multiple and "again" not in help_:
        remarks.append("May be given again.")
    value = option.make_metavar(context).removesuffix(" RANGE")
    names = ", ".join(option.opts) + ("" if option.is_flag else f" {value}")
    default = own[1] if own else extra.get("default", "")
    cells = [f"`{names}`", f"`{default}`" if default else "", " ".join(filter(None, remarks))]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
