"""Kills, pauses, partitions and wrong clocks, at random but by a seed: nothing is lost, doubled or invented.

Everything is real: NATS servers, folders and probers as processes, each in a network namespace of its own, and a
county in others. In the default run the trouble lasts for some seconds. For an hour of it, and another seed:

    NETMON_CHAOS=3600 NETMON_CHAOS_SEED=7 python -m pytest tests/lab/test_chaos.py -s -o timeout=0
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from netmon.events import Coverage, Entry, Event, ToldBy
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.lab.network import start_lab
from netmon.picture.fold import fold
from netmon.picture.ledger import ANSWERING, DARK, Span
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest
from tests.lab.machines import Machines
from tests.lab.skewed_folder import county
from tests.lab.skewed_prober import Notes
from tests.lab.trouble import FOLDERS, MODULES, PROBERS, Seen, Trouble, servers

pytestmark = [pytest.mark.lab, pytest.mark.apart, pytest.mark.long(45)]
SECONDS = float(os.environ.get("NETMON_CHAOS", "8"))
"""How long there is trouble; the calm between its minutes makes it twice as long."""
SEED = int(os.environ.get("NETMON_CHAOS_SEED", "1"))
BOUND = 30.0
"""Seconds for which a page may show a site dark that is not: a pause, a lease, an election, a loaded machine."""
LEDGER_BOUND = 20.0
"""Seconds by which the ledger may be wrong of when a site was dark: clocks 5 s wrong either way, and those."""

Truths = Sequence[tuple[float, frozenset[str]]]
Times = list[tuple[float, float]]


@pytest.mark.parametrize("count", [1, 3])
def test_who_is_killed_paused_and_cut_off_at_random_loses_doubles_and_invents_nothing(
    tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    nats, door = [f"n{number}" for number in range(count)], tmp_path / "lab.sock"
    with (
        Machines([*nats, *FOLDERS, *PROBERS], MODULES) as machines,
        start_lab(county(), mode="namespaces", convergence=0.1, control_path=door) as lab,
    ):
        trouble = Trouble(machines, servers(machines, nats, tmp_path), lab, door, SEED)
        try:
            took = asyncio.run(trouble.run(SECONDS))
            with closing(SqliteJournal(trouble.fetched(), read_only=True)) as journal:
                entries = list(journal.read())
        finally:
            trouble.kill()
    what = f"seed {SEED}, {count} servers, {len(trouble.done)} troubles, {len(entries)} entries"
    record_property("figure", f"{what}: all folders show the truth {took:.1f} s after the trouble is over")
    for name in PROBERS:
        nothing_is_lost_or_doubled(entries, Notes(trouble.lines(name)))
    pictures = dict(folded(entries))
    for name in FOLDERS:
        nothing_is_invented(Seen(trouble.lines(name)), pictures, trouble.truths, name)
    the_ledger_is_true(pictures[entries[-1].position][1], trouble.truths)


def nothing_is_lost_or_doubled(entries: list[Entry], notes: Notes) -> None:
    """Hold what a prober told against the journal; what is written twice, the fold passes over by its number."""
    assert [entry.position for entry in entries] == sorted({entry.position for entry in entries})
    found: dict[tuple[str, int], tuple[Event, ...]] = {}
    latest: dict[str, int] = {}
    for entry in entries:
        head = entry.events[0]
        if isinstance(head, ToldBy) and head.number > latest.get(head.run, 0):
            latest[head.run] = head.number
            found[head.run, head.number] = entry.events[1:]
    taken = {key: events for key, events in notes.told.items() if key[1] <= notes.taken.get(key[0], 0)}
    assert taken
    runs = {run for run, _ in notes.told}
    for key, events in found.items():
        assert key in notes.told or key[0] not in runs or all(isinstance(event, Coverage) for event in events), key
    for key, events in notes.told.items():
        assert found.get(key) == events or (key not in taken and key not in found), key


def folded(entries: Iterable[Entry]) -> Iterable[tuple[int, tuple[str, Picture]]]:
    """Return what the journal comes to at each position, and its digest."""
    picture: Picture | None = None
    for entry in entries:
        picture = fold(picture, entry)[0]
        yield entry.position, (digest(picture), picture)


def nothing_is_invented(seen: Seen, pictures: Mapping[int, tuple[str, Picture]], truths: Truths, who: str) -> None:
    """Hold what a folder saw against the journal, folded once more, and against the truth."""
    ends = [since for since, _ in truths[1:]] + [float("inf")]
    assert len(seen.rows) > len(pictures) // 10
    wrong = {place for place, row in enumerate(seen.rows) if row[0] not in pictures or pictures[row[0]][0] != row[1]}
    taken_back = {place for end in seen.anew for place in just_before(end, wrong)}
    for place, (position, _, at, shown) in enumerate(seen.rows):
        assert place not in wrong or place in taken_back, f"{who} at {position}"
        lately = [dark for (since, dark), end in zip(truths, ends, strict=True) if since <= at <= end + BOUND]
        invented = shown - frozenset().union(*lately)
        assert not invented, f"{who} at {position}: {sorted(invented)} are not dark"


def just_before(end: int, wrong: set[int]) -> Iterable[int]:
    """Yield the places right before one that are among the wrong ones."""
    while (end := end - 1) in wrong:
        yield end


def the_ledger_is_true(picture: Picture, truths: Truths) -> None:
    """Hold the ledger against the truth: nothing dark that was not, nor answering what was dark, for long."""
    for site, spans in picture.ledger.items():
        really = dark_times(site, truths, picture.at)
        written = [
            (span.start, end, span)
            for span, end in zip(spans, [*(span.start for span in spans[1:]), picture.at], strict=True)
        ]
        for start, end, span in written:
            if span.verdict in DARK:
                assert any(
                    since - LEDGER_BOUND <= start and end <= until + LEDGER_BOUND
                    for since, until in joined(really, 2 * LEDGER_BOUND)
                ), f"{site} was not dark: {told(span, start, end)}, but {really}"
            elif span.verdict in ANSWERING:
                for since, until in really:
                    wrong = min(end, until - LEDGER_BOUND) - max(start, since + LEDGER_BOUND)
                    assert wrong <= 0.0, f"{site} was dark for {wrong:.1f} s more: {told(span, start, end)}"


def dark_times(site: str, truths: Truths, end: float) -> Times:
    """Return from when to when a site was dark."""
    found: Times = []
    for (since, dark), until in zip(truths, [*(since for since, _ in truths[1:]), end], strict=True):
        if site not in dark:
            continue
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found


def joined(times: Times, gap: float) -> Times:
    """Return times with those put together that are less than `gap` apart."""
    found: Times = []
    for since, until in times:
        if found and since - found[-1][1] <= gap:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return found


def told(span: Span, start: float, end: float) -> str:
    """Return a span in words."""
    return f"{span.verdict} from {start:.1f} to {end:.1f}"
