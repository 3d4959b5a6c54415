"""A folder whose clock is wrong, as a process on a machine (`machines`) that may be killed, paused and cut off.

It writes a line for each picture that is of the journal: position, digest, time (by the true clock), who leads, and
what is dark; and `anew` when it makes its picture anew, since what it showed last was not of the journal after all.
SIGUSR1 puts its clock right, and the next one wrong again.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from dataclasses import replace
from pathlib import Path

from netmon.clock import SystemClock
from netmon.daemon.folder import Folder
from netmon.daemon.settings import Settings
from netmon.inventory.document import digest as digest_of
from netmon.inventory.document import to_document
from netmon.journal.jetstream.address import jetstream_address
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.model import Inventory, Verdict
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest
from tests.lab.counties import draw

DARK = (Verdict.DOWN, Verdict.UNREACHABLE)


class Skewed(SystemClock):
    """The machine's clocks, the wall clock some seconds off."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._aside = seconds, 0.0

    def wall(self) -> float:
        """Return the wrong time."""
        return super().wall() + self._seconds

    def step(self) -> None:
        """Be right, or wrong again."""
        self._seconds, self._aside = self._aside, self._seconds

    def step_on(self, number: signal.Signals) -> None:
        """Step whenever a signal comes."""
        asyncio.get_running_loop().add_signal_handler(number, self.step)


def county() -> Inventory:
    """Return a small ring with three chains; it is pinged, and nothing else."""
    links = [("noc", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    links += [(ring, f"{ring}1") for ring in "bcd"] + [(f"{ring}1", f"{ring}2") for ring in "bcd"]
    plain = draw(links)
    nodes = {name: replace(node, monitor=("icmp",), snmp=None) for name, node in plain.nodes.items()}
    drawn = replace(plain, nodes=nodes)
    return replace(drawn, digest=digest_of(to_document(drawn)))


def dark(picture: Picture) -> set[str]:
    """Return the sites that a picture has dark."""
    return {site for site, found in picture.site_findings.items() if found.verdict in DARK}


async def main(url: str, replicas: int, skew: float, lines: Path) -> None:
    """Follow, and lead when it is time to, until killed."""
    clock = Skewed(skew)
    folder = Folder(jetstream_address(url, replicas=replicas), county(), Settings(None, port=0), clock=clock)
    clock.step_on(signal.SIGUSR1)
    with lines.open("a", encoding="utf-8", buffering=1) as out:

        def note(_before: Picture, after: Picture) -> None:
            fares = folder.view().daemon
            if not (fares.leads and fares.journal_failing):  # else it may never come into the journal
                role = "leads" if fares.leads else "follows"
                out.write(f"{after.position} {digest(after)} {time.time()} {role} {','.join(sorted(dark(after)))}\n")

        begin = folder._begin

        async def begin_anew(journal: JetStreamJournal) -> None:
            await begin(journal)
            out.write("anew\n")

        folder._begin = begin_anew  # type: ignore[method-assign]
        await folder.start()
        folder.folding.watchers.append(note)
        await folder.run(asyncio.Event())


def run(url: str, replicas: str, skew: str, lines: str) -> None:
    """Be such a folder."""
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(main(url, int(replicas), float(skew), Path(lines)))
