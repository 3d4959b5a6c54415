"""What a line was like outlives the daemon: days, what was said, and a step that stands."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.errors import StateError
from netmon.events import Event, LightHealth
from netmon.model import Link, LinkEnd
from netmon.probes.optics.health import Condition, LineHealth
from netmon.probes.optics.line import DAY, Line, trended
from netmon.probes.snmp.ber import Oid, Value, oid
from netmon.probes.snmp.light_diary import SqliteLightDiary
from netmon.probes.vendors import mikrotik, system
from tests.lab.fast_days import Leaping, Life
from tests.lab.snmp_agents import FakeAgent, honest
from tests.lab.snmp_watch import inventory
from tests.unit.probes.snmp.agents import Agent, table

pytestmark = pytest.mark.lab

NOW = 20_000 * DAY
DAYS = tuple((19_980 + day, -7.0 - 0.06 * day) for day in range(15))


def fading() -> LineHealth:
    return LineHealth(trended(Line(at=NOW, days=DAYS)), said=Condition.DRIFTING)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "light.sqlite"
    stepped = LineHealth(Line(at=NOW, before=-7.0, stepped=NOW - 60.0), said=Condition.STEPPED)
    with closing(SqliteLightDiary(path, NOW)) as diary:
        diary.keep("rtr", {"sfp1": LineHealth(Line(at=NOW)), "old": LineHealth(Line(at=NOW - 40 * DAY))})
        diary.keep("rtr", {"sfp1": fading(), "sfp2": stepped})
    with closing(sqlite3.connect(path)) as torn, torn:
        torn.execute("INSERT INTO lines VALUES ('rtr', 'torn', ?, '{\"days\": 5}')", (NOW,))
    with closing(SqliteLightDiary(path, NOW)) as diary:
        found = diary.load()
    assert found == {"rtr": {"sfp1": fading(), "sfp2": stepped}}
    assert found["rtr"]["sfp1"].condition is Condition.DRIFTING
    assert found["rtr"]["sfp1"].line.baseline == pytest.approx(-7.0 - 0.06 * 11)


def test_a_file_that_is_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "light.sqlite").write_text("not a database, but long enough to be looked at as one" * 50)
    with pytest.raises(StateError, match=r"light\.sqlite"):
        SqliteLightDiary(tmp_path / "light.sqlite", NOW)


def test_a_drift_goes_on_across_a_restart(tmp_path: Path) -> None:
    """A poller that has just started knows a line's weeks, and says what changed meanwhile."""
    scalars: dict[bytes, Value] = {system.OBJECT_ID: Oid(oid("1.3.6.1.4.1.14988.1")), system.UPTIME: 1_000_000}
    light = table({mikrotik.NAME: {(1,): b"sfp1"}, mikrotik.RECEIVE_POWER: {(1,): -7900}})
    clock = Leaping()
    today = int(clock.wall() // DAY)
    days = tuple((today - 15 + place, level) for place, (_, level) in enumerate(DAYS))

    async def play() -> list[Event]:
        agent = await FakeAgent.start(honest(Agent(scalars | light)))
        life = Life(tmp_path, clock, {"rtr": agent.source[1]})
        with closing(SqliteLightDiary(tmp_path / "light.sqlite", clock.wall())) as diary:
            diary.keep("rtr", {"sfp1": LineHealth(trended(Line(at=clock.wall() - 60.0, days=days)))})
            life.poller.remember_light(diary)
            await life.poll("rtr")
            for _ in range(4):
                clock.ahead += 60.0
                await life.poll("rtr")
            drawn = inventory({"rtr": agent.source[1]})
            link = Link("l", LinkEnd("rtr", "sfp1"), LinkEnd("rtr", "sfp9"), expect_receive_dbm=-23.0)
            life.poller.set_inventory(replace(drawn, links={"l": link}))
            clock.ahead += 60.0
            await life.poll("rtr")
            lines = life.poller.measurements().lines["rtr"]
            await life.end()
            agent.close()
            kept = diary.load()["rtr"]["sfp1"]
        assert lines["sfp1"].condition is Condition.DRIFTING
        assert lines["sfp1"].days_to_margin == pytest.approx((23.0 - 7.9) / 0.06, rel=0.01)
        assert kept.said is Condition.DRIFTING
        return life.said

    said = [event for event in asyncio.run(play()) if isinstance(event, LightHealth)]
    assert [(event.line, event.condition) for event in said] == [("sfp1", "drifting")]
