"""`netmon why`: the verdict of a site, the evidence, what was rejected, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import click

from netmon.cli.output import Format, Table, report_options, write_report
from netmon.cli.status import fetch
from netmon.cli.times import moment
from netmon.clock import rfc3339
from netmon.errors import StateError

if TYPE_CHECKING:
    from netmon.picture.words.phrases import Language

PARTS = (("because", "because"), ("rejected", "rejected"), ("would_change", "would-change"))


@click.command()
@click.argument("site")
@click.option("--at", metavar="T", help="Ask of a past moment (RFC 3339; no zone means UTC).")
@click.option(
    "--lang", type=click.Choice(["en", "id"]), default="en", show_default=True, help="English or Indonesian."
)
@click.option("--url", envvar="NETMON_URL", default="http://127.0.0.1:9840", show_default=True, help="The daemon.")
@click.option(
    "--journal",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask this journal, not a daemon.",
)
@report_options
def why(
    site: str, at: str | None, lang: str, url: str, journal: Path | None, format_: Format, output: str | None
) -> None:
    """Say why SITE has its verdict. SITE is an id, or a name.

    The answer is the evidence with its times, the explanations that were rejected and why, and what would change the
    verdict.

    Example: netmon why Socorejo --at 2026-11-22T07:03:00Z --lang id
    """
    from netmon.picture.words.phrases import Language  # noqa: PLC0415 (help must not load it)

    language = Language(lang)
    when = moment(at, "--at")
    document = (
        _from_daemon(site, when, language, url) if journal is None else _from_journal(site, when, language, journal)
    )
    if format_ == "table" and output is None:
        for line in _lines(document, language):
            click.echo(line)
        return
    rows = [
        {"part": part, "at": fact["at"], "key": fact["key"], "text": fact["text"]}
        for part, _ in PARTS
        for fact in document[part]
    ]
    first = {"part": "verdict", "at": document["since"], "key": document["verdict"], "text": document["text"]}
    write_report(
        Table(["part", "at", "key", "text"], [first, *rows]), format_=format_, output=output, document=document
    )


def _from_daemon(site: str, at: float | None, language: Language, url: str) -> dict[str, Any]:
    asked = {"lang": str(language), **({} if at is None else {"at": rfc3339(at)})}
    document = fetch(url, f"/api/v1/why/{quote(site, safe='')}?{urlencode(asked)}")
    return {name: value for name, value in document.items() if name != "schema_version"}


def _from_journal(site: str, at: float | None, language: Language, path: Path) -> dict[str, Any]:
    from netmon.exporter.api.why_document import why_document  # noqa: PLC0415 (help must not load the fold)
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415
    from netmon.picture.words.find import find_site  # noqa: PLC0415
    from netmon.picture.words.why import why as explain  # noqa: PLC0415
    from netmon.recall.recall import recall  # noqa: PLC0415

    with closing(SqliteJournal(path, read_only=True)) as source:
        picture = recall(source, at)
    if picture is None:
        raise StateError(f"{path} holds nothing up to then", "ask for a later moment")
    return why_document(explain(picture, find_site(site, picture.inventory)), picture.inventory, language)


def _lines(document: dict[str, Any], language: Language) -> Iterator[str]:
    from netmon.picture.words.facts import phrase  # noqa: PLC0415 (help must not load it)

    yield document["text"]
    for part, heading in PARTS:
        facts = document[part]
        if not facts:
            continue
        width = max(len(fact["when"] or "") for fact in facts)
        yield ""
        yield phrase(heading, language)
        for fact in facts:
            yield f"  {fact['when'] or '':{width}}  {fact['text']}" if width else f"  {fact['text']}"
