"""A folder whose clock is wrong, as a process that may be killed or paused: `python -m tests.lab.skewed_folder`.

It writes a line for each picture that is of the journal: position, digest, time (by the true clock), what is dark.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path

from netmon.clock import SystemClock
from netmon.daemon.folder import Folder
from netmon.daemon.settings import Settings
from netmon.inventory.document import digest as digest_of
from netmon.inventory.document import to_document
from netmon.journal.jetstream_address import jetstream_address
from netmon.model import Inventory, Verdict
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest
from tests.lab.counties import draw

DARK = (Verdict.DOWN, Verdict.UNREACHABLE)


class Skewed(SystemClock):
    """The machine's clocks, the wall clock some seconds off."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def wall(self) -> float:
        """Return the wrong time."""
        return super().wall() + self._seconds


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


async def main(url: str, secret: str, skew: float, lines: Path) -> None:
    """Follow, and lead when it is time to, until killed."""
    address = jetstream_address(url, user="netmon", secret=f"file:{secret}")
    folder = Folder(address, county(), Settings(None, port=0), clock=Skewed(skew))
    with lines.open("a", encoding="utf-8", buffering=1) as out:

        def note(_before: Picture, after: Picture) -> None:
            writer = folder._writer
            if writer is None or not writer.status().failing:  # else it may never come into the journal
                out.write(f"{after.position} {digest(after)} {time.time()} {','.join(sorted(dark(after)))}\n")

        await folder.start()
        folder.folding.watchers.append(note)
        await folder.run(asyncio.Event())


if __name__ == "__main__":
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4])))
