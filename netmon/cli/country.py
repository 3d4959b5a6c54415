"""`netmon country`: many regions as one."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import click

from netmon.cli.amounts import Amount
from netmon.cli.serving import begin_log, split_address, web_options
from netmon.ending import end_all
from netmon.errors import ConfigError, Problem, UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FORM = "write NAME=http://HOST:PORT, with a name of small letters, digits, - and _"


@click.command()
@click.option("--region", "given", multiple=True, metavar="NAME=URL", help="A region's netmon; may be given again.")
@click.option(
    "--regions",
    "listed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of regions, one NAME=URL on each line.",
)
@click.option(
    "--interval",
    type=Amount(0.5, 10.0),
    default=2.0,
    show_default=True,
    help="Seconds from one question to a region to the next.",
)
@web_options("127.0.0.1:9842")
def country(
    given: tuple[str, ...], listed: Path | None, interval: float, listen: str, web_config: Path | None
) -> None:
    """Serve many regions as one: a page, metrics and an API over what each region's netmon says.

    Certificates and passwords of the regions come from the environment, as for `netmon status`. SIGTERM ends it.

    Example: netmon country --region tuban=http://127.0.0.1:9840
    """
    from netmon.cli.login import login, trust  # noqa: PLC0415 (help must not load it)

    regions = regions_of(given, listed)
    host, port = split_address(listen)
    begin_log()
    from netmon.country.app import create_country_app  # noqa: PLC0415
    from netmon.country.reading import Reading  # noqa: PLC0415
    from netmon.daemon import systemd  # noqa: PLC0415
    from netmon.daemon.running import end_in_order  # noqa: PLC0415
    from netmon.exporter.server import WebServer  # noqa: PLC0415

    reading = Reading(regions, interval, verify=trust(os.environ), auth=login(os.environ))

    async def main() -> None:
        stop = end_in_order()
        web = WebServer(create_country_app(reading.country), host, port, web_config=web_config)
        await web.start()
        click.echo(f"netmon serves {web.url} ({len(regions)} regions)", err=True)
        asking = asyncio.create_task(reading.run())
        stopping = asyncio.create_task(stop.wait())
        systemd.ready("asking")
        try:
            await asyncio.wait([asking, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            systemd.stopping()
            await end_all(asking, stopping)
            await web.stop()

    asyncio.run(main())


def regions_of(given: tuple[str, ...], listed: Path | None) -> dict[str, str]:
    """Return the addresses of regions by name.

    Raises:
        UsageError: an option is no region, or there is none.
        ConfigError: the file cannot be read, or lines of it are no regions.
    """
    found: dict[str, str] = {}
    for text in given:
        said = _add(found, text)
        if said:
            raise UsageError(f"--region {said}", _FORM)
    if listed is not None:
        try:
            lines = listed.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{listed} cannot be read: {error}", "name a text file of NAME=URL") from error
        problems = tuple(
            Problem(str(listed), number, "region", said, _FORM)
            for number, line in enumerate(lines, 1)
            if line.strip() and not line.startswith("#") and (said := _add(found, line.strip()))
        )
        if problems:
            raise ConfigError(f"{listed} has lines that are no regions", problems=problems)
    if not found:
        raise UsageError("no region is named", "add --region NAME=URL, or --regions FILE")
    return found


def _add(found: dict[str, str], text: str) -> str:
    """Add a region; return what is wrong with it, or nothing. A secret in an address is not repeated."""
    name, sign, url = text.partition("=")
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not sign or not _NAME.fullmatch(name) or not known:
        return f"{name!r} has no name or no address that can be one"
    if "@" in parts.netloc:
        return f"{name!r} has a password in its address; use the environment, as `netmon status` does"
    if name in found:
        return f"{name!r} is named twice"
    found[name] = url
    return ""
