"""`netmon journal`: look after a journal: is it sound, make it smaller, save what can be read of a damaged one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from netmon.cli.journal_options import door_options
from netmon.cli.output import Format, Table, report_options, rfc3339, write_report
from netmon.cli.times import length
from netmon.errors import UsageError

JOURNAL = click.argument("journal", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def journal() -> None:
    """Look after a journal."""


@journal.command()
@JOURNAL
@report_options
def check(journal: Path, format_: Format, output: str | None) -> int:
    """List everything wrong with JOURNAL. A daemon may go on writing it.

    Every entry is read and folded again, and every checkpoint compared with what comes out.

    Exit code 1 when something is wrong. Example: netmon journal check /var/lib/netmon/journal.sqlite
    """
    from netmon.recall.check import Census, troubles  # noqa: PLC0415 (help must not load the fold)

    census = Census()
    found = [{"kind": one.kind, "text": one.text} for one in troubles(journal, census)]
    held = {
        "entries": census.entries,
        "first": census.first,
        "last": census.last,
        "since": rfc3339(census.since),
        "until": rfc3339(census.until),
        "checkpoints": census.checkpoints,
    }
    if found or format_ != "table" or output:
        document = {"journal": held, "troubles": found}
        write_report(Table(["kind", "text"], found), format_=format_, output=output, document=document)
    span = f"entries {census.first} to {census.last}" if census.entries else "no entries"
    wrong = "sound" if not found else f"{len(found)} wrong"
    click.echo(f"{span}, {census.checkpoints} checkpoints: {wrong}", err=True)
    return 1 if found else 0


@journal.command()
@JOURNAL
@click.option("--retention", metavar="TIME", help="Drop what is older than this, such as 400d.")
def compact(journal: Path, retention: str | None) -> None:
    """Make JOURNAL smaller. The daemon that writes it must be stopped.

    What everything up to the present comes to is kept in a checkpoint, from which the next start begins. With
    --retention, entries that are older are dropped as far as a checkpoint holds what they came to: ledger, incidents
    and verdicts stay, only questions about moments before it can no longer be answered.

    Example: netmon journal compact /var/lib/netmon/journal.sqlite --retention 400d
    """
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415 (help must not load the fold)
    from netmon.recall.recall import recall  # noqa: PLC0415
    from netmon.recall.snapshot import freeze  # noqa: PLC0415

    seconds = length(retention, "--retention", least=0.0)
    before = journal.stat().st_size
    with closing(SqliteJournal(journal)) as source:
        picture = recall(source)
        if picture is None:
            raise UsageError(f"{journal} is empty", "there is nothing to make smaller")
        dropped = 0
        if seconds is not None:
            cut = picture.at - seconds
            past = recall(source, cut)
            if past is not None:
                source.keep(freeze(past))
                dropped = source.forget(past.at + 1e-6)
        source.keep(freeze(picture))
        source.vacuum()
    after = journal.stat().st_size
    click.echo(f"dropped {dropped} entries; {before} bytes became {after}", err=True)


@journal.command()
@JOURNAL
def repair(journal: Path) -> int:
    """Save what can be read of a damaged JOURNAL. The daemon that writes it must be stopped.

    A sound journal takes its place; the damaged one stays beside it. Where entries are missing, the time is marked as
    a gap, of which nothing is known. Exit code 1 when something is missing.

    Example: netmon journal repair /var/lib/netmon/journal.sqlite
    """
    from netmon.journal.sqlite.repair import repair as mend  # noqa: PLC0415 (help must not load the fold)
    from netmon.journal.sqlite.repair import torn_bytes  # noqa: PLC0415

    torn = torn_bytes(journal)
    done = mend(journal)
    found, begins = done.found, done.made.begins
    entries = [entry for entry in found.entries if entry.position > begins]
    kept = f"{len(entries)} entries, {entries[0].position} to {entries[-1].position}" if entries else "no entries"
    checkpoints = len(done.made.checkpoints)
    click.echo(f"kept {kept}, and {checkpoints} checkpoints; the damaged journal is now {done.aside}", err=True)
    lost = [f"the checkpoint at entry {position}: its drawing cannot be read" for position in found.undrawn]
    if begins:
        lost.append(f"the entries up to {begins}: what they came to is kept, and no moment before can be asked for")
    lost += [f"{hole} cannot be read" for hole in found.missing if hole.last > begins]
    if found.is_cut_off:
        lost.append("its end cannot be read: what came after the last entry kept is lost")
    if torn:
        lost.append(f"the last write was cut off: {torn} bytes of it count for nothing")
    for line in lost:
        click.echo(f"lost: {line}", err=True)
    return 1 if lost else 0


@journal.command()
@click.argument("url", metavar="URL")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@door_options
def fetch(url: str, file: Path, journal_user: str, journal_secret: str, journal_ca: Path | None) -> None:
    """Copy what is new in a journal on NATS into FILE, for reports and replays. The daemon may go on writing.

    Example: netmon journal fetch nats://127.0.0.1:4222 copy.sqlite
    """
    from netmon.journal.fetch import fetch as copy  # noqa: PLC0415 (help must not load the fold)
    from netmon.journal.jetstream.address import jetstream_address  # noqa: PLC0415
    from netmon.journal.jetstream.journal import JetStreamJournal  # noqa: PLC0415
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415

    address = jetstream_address(url, user=journal_user, secret=journal_secret, ca=journal_ca)
    with closing(JetStreamJournal(address, read_only=True)) as source, closing(SqliteJournal(file)) as copied:
        count = copy(source, copied)
    click.echo(f"copied {count} entries to {file}", err=True)
