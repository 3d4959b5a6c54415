"""Killed with -9 at any moment of a busy hour, netmon goes on as if nothing had been, but for what it could not see.

Ten kills by default; NETMON_KILLS=200 for the whole hour full of them.
"""

from __future__ import annotations

import json
import os
import random
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from netmon.journal.sqlite.journal import SqliteJournal
from netmon.model import Verdict
from netmon.picture.ledger import DARK, Span
from netmon.picture.state import Incident, Picture
from netmon.recall.recall import recall
from netmon.recall.snapshot import differing
from tests.e2e.busy_hour import BEGIN, BELIEF, COVERED, HOUR
from tests.e2e.forked import fork_server

pytestmark = [pytest.mark.e2e, pytest.mark.long(40), pytest.mark.timeout(1_800)]

KILLS = int(os.environ.get("NETMON_KILLS", "10"))
SLACK = COVERED + BELIEF + 0.5
"""Seconds not known beside the downtime: since the last word of coverage, and until it is certain who is dark."""


@dataclass
class Run:
    """An hour that was played: the picture at its end, and when nothing ran."""

    picture: Picture
    away: list[tuple[float, float]] = field(default_factory=list)
    open_then: list[tuple[Incident, ...]] = field(default_factory=list)

    @property
    def incidents(self) -> list[Incident]:
        """All incidents, oldest first."""
        return sorted((*self.picture.closed_incidents, *self.picture.open_incidents), key=lambda one: one.opened)

    def was_away(self, when: float) -> bool:
        return any(start - SLACK <= when <= end + SLACK for start, end in self.away)


class Player:
    """A process that plays the hour; `said` is what has become durable, a line for each entry."""

    def __init__(self, path: Path, downtime: float) -> None:
        here, there = socket.socketpair()
        with here, there:
            self._process = fork_server("tests.e2e.busy_hour", there.fileno())
            here.sendall(json.dumps([str(path), downtime]).encode() + b"\n")
            self.said = here.makefile("r", encoding="ascii")

    def kill(self) -> list[str]:
        """End it at once; return what it had said before."""
        self._process.kill()
        return self._rest()

    def end(self) -> None:
        """Let it play to the end of the hour."""
        self._rest()
        assert self._process.returncode == 0

    def _rest(self) -> list[str]:
        with self.said:
            said = self.said.read().split()
        self._process.wait(900)
        return said


def picture_of(path: Path, *, whole: bool = False) -> Picture:
    with closing(SqliteJournal(path, read_only=True)) as journal:
        found = recall(journal, whole=whole)
    assert found is not None
    return found


def quiet(path: Path) -> Run:
    """Play the hour without a break."""
    Player(path, 0.0).end()
    return Run(picture_of(path))


def killed(path: Path, kills: int, entries: int) -> Run:
    """Play the hour, killed so many times, each time at a random moment; check the journal after each."""
    chance = random.Random(os.urandom(8))
    away: list[tuple[float, float]] = []
    open_then: list[tuple[Incident, ...]] = []
    downtime = 0.0
    for _ in range(kills):
        player = Player(path, downtime)
        acknowledged = 0
        for _ in range(chance.randint(1, max(entries // kills, 2))):
            line = player.said.readline()
            if not line:
                break
            acknowledged = int(line)
        time.sleep(chance.uniform(0.0, 0.005))
        said = player.kill()
        acknowledged = int(said[-1]) if said else acknowledged
        kept = picture_of(path)
        assert kept.position >= acknowledged
        assert differing(kept, picture_of(path, whole=True)) == ()
        downtime = round(chance.uniform(0.0, 10.0), 3)
        away.append((kept.at, kept.at + downtime))
        open_then.append(kept.open_incidents)
        if kept.at >= BEGIN + HOUR:
            break
    Player(path, downtime).end()
    return Run(picture_of(path), away, open_then)


def verdict_at(timeline: tuple[Span, ...], when: float) -> Verdict:
    found = Verdict.UNKNOWN
    for span in timeline:
        if span.start <= when:
            found = span.verdict
    return found


def stated(incident: Incident) -> set[object]:
    return {incident.fault.element, *incident.fault.alternatives}


def test_killed_at_random_moments(tmp_path: Path) -> None:
    whole = quiet(tmp_path / "whole.sqlite")
    torn = killed(tmp_path / "torn.sqlite", KILLS, whole.picture.position)
    assert len(torn.away) >= min(KILLS, 5)
    end = BEGIN + HOUR

    # The ledger: the same at every moment, unless nothing was known then, and that only because nothing ran.
    for site, timeline in whole.picture.ledger.items():
        again = torn.picture.ledger[site]
        moments = {span.start for span in (*timeline, *again)}
        for when in sorted({*moments, *(moment + 0.25 for moment in moments)}):
            if when >= end or torn.was_away(when):
                continue
            assert verdict_at(again, when) is verdict_at(timeline, when), (site, when - BEGIN)
        for span, following in pairwise(again):
            if span.verdict is Verdict.UNKNOWN and span.start > BEGIN + BELIEF:
                longest = sum(
                    stop - begin
                    for begin, stop in torn.away
                    if begin - SLACK <= following.start and stop + SLACK >= span.start
                )
                runs = sum(
                    begin - SLACK <= following.start and stop + SLACK >= span.start for begin, stop in torn.away
                )
                assert following.start - span.start <= longest + SLACK * runs

    # The incidents: one for each of the uninterrupted run that could be seen, no other, with the ids they had.
    seen = [one for one in whole.incidents if not (torn.was_away(one.opened) or torn.was_away(one.closed or end))]
    for incident in seen:
        match = [
            one
            for one in torn.incidents
            if not stated(one).isdisjoint(stated(incident)) and one.opened == incident.opened
        ]
        assert len(match) == 1, incident
        assert match[0].closed == incident.closed
        assert set(match[0].nodes) == set(incident.nodes)
    for incident in torn.incidents:
        assert any(
            not stated(one).isdisjoint(stated(incident))
            and one.opened - SLACK <= incident.opened <= (one.closed or end) + SLACK
            for one in whole.incidents
        ), incident
    for then in torn.open_then:
        for incident in then:
            now = torn.picture.incident(incident.id)
            assert now is not None
            assert now.opened == incident.opened
            assert not stated(now).isdisjoint(stated(incident))
    assert {
        verdict for timeline in torn.picture.ledger.values() for verdict in (span.verdict for span in timeline)
    } >= {
        Verdict.UP,
        *DARK,
    }
