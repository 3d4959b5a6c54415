"""How long a start takes with a long history: from a checkpoint, and without one.

NETMON_BENCH_ENTRIES says how long: ten million are a year and a half of a county. Default: 100,000.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from netmon.daemon.keeping import EVERY
from netmon.events import (
    Coverage,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    NodeConfirmed,
    NodeDown,
    NodeUp,
    ProbingStarted,
)
from netmon.inventory.load import load_inventory
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Inventory
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.recall.snapshot import freeze
from netmon.topology.graph import Graph
from tests.markdown import TOP

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7_200)]

ENTRIES = int(os.environ.get("NETMON_BENCH_ENTRIES", "100000"))
BEGIN = 1_700_000_000.0
BUSY = 500
"""One entry of so many begins an outage of one node, each told in five entries; the others are words of coverage."""

START = """
import json, sys, time
from pathlib import Path
from netmon.daemon.fold_loop import FoldLoop
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.recall.recall import find_start
begun, cpu = time.perf_counter(), time.process_time()
journal = SqliteJournal(Path(sys.argv[1]))
start = find_start(journal)
loop = FoldLoop(lambda effect: None)
loop.begin(start.picture)
folded = loop.replay(journal.read(after=start.position))
print(json.dumps({"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "from": start.position,
    "folded": folded, "position": loop.picture.position, "errors": loop.internal_errors}))
"""


def history(inventory: Inventory, count: int) -> Iterator[Entry]:
    """Yield a long history: coverage every five seconds, and now and then a node that is lost and comes back."""
    graph = Graph.from_inventory(inventory)
    nodes = sorted(name for name, node in inventory.nodes.items() if node.is_monitored)
    yield Entry(1, BEGIN, (InventoryInForce(BEGIN, inventory.digest), ProbingStarted(BEGIN, "p")), inventory)
    yield Entry(2, BEGIN, tuple(NodeUp(BEGIN, node, BEGIN) for node in nodes))
    for position in range(3, count + 1):
        now, step = BEGIN + 5.0 * position, position % BUSY
        lost = nodes[position // BUSY % len(nodes)]
        said: tuple[Event, ...] = (Coverage(now, "p", now),)
        if step == 10:
            said = (NodeDown(now, lost, now - 1.0),)
        elif step == 11:
            said = tuple(NodeConfirmed(now, name, now) for name in graph.monitored_neighbours(lost)) or said
        elif step == 12:
            said = (Elapsed(now),)
        elif step == 20:
            said = (NodeUp(now, lost, now - 0.5),)
        yield Entry(position, now, said)


def test_a_start_from_a_checkpoint(tmp_path: Path) -> None:
    inventory = load_inventory(TOP / "inventory" / "tuban", with_secrets=False).inventory
    path = tmp_path / "journal.sqlite"
    with closing(SqliteJournal(path)) as journal:
        batch: list[Entry] = []
        for entry in history(inventory, ENTRIES):
            batch.append(entry)
            if len(batch) == 20_000:
                journal.append(batch)
                batch = []
        journal.append(batch)
        picture: Picture | None = None
        cpu = time.process_time()
        for entry in journal.read():
            picture = fold(picture, entry)[0]
            if entry.position == ENTRIES - EVERY:
                checkpoint = freeze(picture)
        whole = time.process_time() - cpu
        journal.keep(checkpoint)
    done = subprocess.run([sys.executable, "-c", START, str(path)], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert told["errors"] == 0
    assert (told["from"], told["folded"], told["position"]) == (ENTRIES - EVERY, EVERY, ENTRIES)
    size = path.stat().st_size
    print(  # noqa: T201 (a bench prints)
        f"\n{ENTRIES} entries, {size / 1e6:.0f} MB; checkpoint {len(checkpoint.content) / 1e3:.0f} kB\n"
        f"  folded from the beginning  {whole:8.2f} s CPU\n"
        f"  start, {EVERY} entries after a checkpoint  {told['cpu']:.2f} s CPU, {told['wall']:.2f} s wall"
        f"  ({whole / told['cpu']:.0f} times less)"
    )
