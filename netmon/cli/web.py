"""`netmon web`: check a web configuration before a daemon is started by it, and hash passwords for it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from netmon.errors import UsageError

COST = 10
"""bcrypt's cost: a log-in takes about 0.1 s of one processor."""
LONGEST = 72


@click.group()
def web() -> None:
    """Check a web configuration; hash a password for it."""


@web.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check FILE, a web configuration, and the certificates it names.

    Everything wrong is reported with file and line, exit code 3.

    Example: netmon web check web.yaml
    """
    from netmon.exporter.access.load import load_access  # noqa: PLC0415 (help must not load it)

    access = load_access(file)
    tls, users = access.config.tls, len(access.config.users)
    said = "plain HTTP" if tls is None else f"TLS, clients: {tls.client_auth}"
    click.echo(f"{file}: {said}; {users or 'no'} user{'' if users == 1 else 's'}", err=True)


@web.command("hash")
def hash_() -> None:
    """Read a password, print its bcrypt hash for `basic_auth_users`.

    It is asked for twice on a terminal, and read as one line from a pipe.

    Example: netmon web hash
    """
    import bcrypt  # noqa: PLC0415 (help must not load it)

    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    raw = str(password).encode()
    if not raw or len(raw) > LONGEST or b"\0" in raw:
        raise UsageError(f"a password has from 1 to {LONGEST} bytes and no null in it")
    click.echo(bcrypt.hashpw(raw, bcrypt.gensalt(COST)).decode())
