"""A writer that is killed has lost nothing of what it acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netmon.journal.sqlite.journal import SqliteJournal

pytestmark = pytest.mark.lab

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from netmon.events import Coverage, Entry
from netmon.journal.sqlite.journal import SqliteJournal
journal = SqliteJournal(Path(sys.argv[1]))
position = journal.last_position()
while True:
    position += 1
    journal.append([Entry(position, float(position), (Coverage(1.0, "p", float(position)),))])
    print(position, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = 0
        for _ in range(25):
            acknowledged = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = int((writer.stdout.read().split() or [str(acknowledged)])[-1])
        writer.wait()
        writer.stdout.close()
        journal = SqliteJournal(path)
        positions = [one.position for one in journal.read()]
        journal.close()
        assert positions == list(range(1, len(positions) + 1))
        assert len(positions) >= acknowledged
