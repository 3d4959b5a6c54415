"""The journal is the truth: why, replay, check, repair and compact, as typed; daemons killed and started again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.lab]

ONE_AFTER_ANOTHER = """
import sys
from netmon.cli.main import main
for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as end:
        if end.code:
            raise
"""


@pytest.fixture(scope="module")
def past(lab: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the journal of a daemon that saw a cable cut, was killed, was started again, and saw it mended."""
    state = tmp_path_factory.mktemp("past")
    run = ("-i", "ring.yaml", "--lab", "--state", state)
    with lab.daemon(*run) as daemon:
        daemon.await_ready()
        assert lab.type("lab", "cut", "cable:lembah").returncode == 0
        daemon.await_fault("cable:lembah")
        daemon.wait_for(lambda: daemon.dark() == {"lembah-1", "lembah-2", "lembah-3"}, "three dark sites")
        daemon.end(signal.SIGKILL)
    with lab.daemon(*run) as daemon:
        daemon.await_fault("cable:lembah")
        daemon.await_ready()
        assert lab.type("lab", "heal", "--all").returncode == 0
        daemon.await_calm()
        assert daemon.end() == 0
        assert "Traceback" not in daemon.said
    yield state / "journal.sqlite"
    if lab.report("lab", "status")["faults"]:
        assert lab.type("lab", "heal", "--all").returncode == 0


def test_why_from_a_daemon_in_words_of_both_languages_and_as_json(ring: Terminal, tmp_path: Path) -> None:
    with ring.daemon("-i", "ring.yaml", "--lab", "--state", tmp_path) as daemon:
        daemon.await_ready()
        before = daemon.api("picture")["at"]
        assert ring.type("lab", "cut", "cable:lembah").returncode == 0
        fault = daemon.await_fault("cable:lembah")
        daemon.wait_for(lambda: daemon.dark() == {"lembah-1", "lembah-2", "lembah-3"}, "three dark sites")
        ask = ("why", "Lembah Dua", "--url", daemon.url)
        said = ring.type(*ask)
        assert said.returncode == 0, said.stderr
        assert said.stdout.startswith("Lembah Dua is dark since ")
        for part in ("\nBecause\n", "\nNot because\n", "\nWhat would change this\n"):
            assert part in said.stdout
        assert "v2 does not answer: the first request that it missed was sent at " in said.stdout
        assert f"{fault['id']} names " in said.stdout
        assert "Lembah Dua gelap sejak " in ring.type(*ask, "--lang", "id").stdout
        document = ring.report(*ask)
        assert document["fault"]["id"] == fault["id"]
        assert {"router v2 (Lembah Dua)", "fibre link Lembah Satu – Lembah Dua"} == {
            fact["text"].partition(":")[0] for fact in document["rejected"] if fact["key"] == "explains-less"
        }
        assert ring.report(*ask, "--at", before)["verdict"] == "up"
        lost = ring.type("why", "Lembah Tuju", "--url", daemon.url)
        assert (lost.returncode, lost.stdout) == (2, "")
        assert "did you mean Lembah" in lost.stderr
        assert "Lembah Dua" in daemon.get("/sites/lembah-2").text
        assert "the first request that it missed" in daemon.get("/sites/lembah-2").text


def test_why_from_a_journal_at_a_past_moment(lab: Terminal, past: Path) -> None:
    (incident,) = lab.report("replay", past)["incidents"]
    during = lab.report("why", "lembah-3", "--journal", past, "--at", incident["named"])
    assert during["verdict"] in ("unreachable", "down")
    assert lab.report("why", "lembah-3", "--journal", past)["verdict"] == "unknown"  # the daemon has ended
    early = lab.type("why", "lembah-3", "--journal", past, "--at", "2001-01-01T00:00:00Z")
    assert early.returncode == 4
    assert "holds nothing up to then" in early.stderr


def test_a_replay_prints_the_same_bytes_each_time(lab: Terminal, past: Path) -> None:
    (incident,) = lab.report("replay", past)["incidents"]
    printed = set()
    for seed, whole in (("0", ""), ("1", "--whole"), ("4711", ""), ("random", "--whole")):
        terminal = Terminal(lab.folder, {"PYTHONHASHSEED": seed}, (sys.executable, "-c", ONE_AFTER_ANOTHER))
        done = terminal.type(
            *(f"replay {past} --format json {whole} {to}" for to in ("", f"--until {incident['named']}"))
        )
        assert done.returncode == 0, done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1
    assert printed.pop().count('"schema_version"') == 2


def test_an_incident_outlives_kill_9(lab: Terminal, past: Path) -> None:
    """One incident, and no second outage, though the daemon was killed in the middle."""
    (incident,) = lab.report("replay", past)["incidents"]
    assert incident["state"] == "closed"
    assert sorted(incident["ever"]["sites"]) == ["lembah-1", "lembah-2", "lembah-3"]


def test_a_journal_is_checked_damaged_repaired_and_compacted(lab: Terminal, past: Path, tmp_path: Path) -> None:
    copy = tmp_path / "state" / "journal.sqlite"
    copy.parent.mkdir()
    shutil.copy(past, copy)
    sound = lab.type("journal", "check", copy)
    assert (sound.returncode, sound.stdout) == (0, ""), sound.stderr
    assert sound.stderr.rstrip().endswith("checkpoints: sound")

    os.truncate(copy, copy.stat().st_size * 2 // 3 // 4096 * 4096)
    refused = lab.type("run", "-i", "ring.yaml", "--lab", "--state", copy.parent)
    assert refused.returncode == 4
    assert "malformed" in refused.stderr
    assert f"`netmon journal repair {copy}`" in refused.stderr
    mended = lab.type("journal", "repair", copy)
    assert mended.returncode in (0, 1), mended.stderr
    assert "kept " in mended.stderr
    assert Path(f"{copy}.damaged-1").exists()
    assert lab.type("journal", "check", copy).returncode == 0

    shutil.copy(past, copy)
    before = json.loads(lab.type("replay", copy, "--format", "json").stdout)
    smaller = lab.type("journal", "compact", copy, "--retention", "0s")
    assert smaller.returncode == 0, smaller.stderr
    assert "dropped " in smaller.stderr
    assert json.loads(lab.type("replay", copy, "--format", "json").stdout) == before
    assert lab.type("journal", "check", copy).returncode == 0
    wrong = lab.type("journal", "compact", copy, "--retention", "soon")
    assert (wrong.returncode, "write it like 400d" in wrong.stderr) == (2, True)
