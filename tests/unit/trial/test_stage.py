"""A stage waits for what was done to be answered, as long as that may take."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from netmon.model import Finding, Inventory, Verdict
from netmon.picture.state import Picture
from netmon.trial.score import Deed
from netmon.trial.stage import Stage
from tests.drawings import drawing

SOON = 0.2


@pytest.fixture
def inventory() -> Inventory:
    return drawing("noc-a a-b")


def stage_at(inventory: Inventory, now: float, dark: frozenset[str]) -> Stage:
    """Return a stage on which, at 100 s, something darkened these sites, and of which nobody has said anything."""
    daemon: Any = SimpleNamespace(clock=SimpleNamespace(wall=lambda: now), picture=Picture.empty(inventory))
    stage = Stage(inventory, cast(Any, None), daemon, "", 0.0)
    stage.deeds.append(Deed(100.0, "cut", frozenset(), frozenset(), frozenset(), dark))
    return stage


def test_an_answer_that_comes_is_waited_for_and_no_longer(inventory: Inventory) -> None:
    async def waited() -> bool:
        stage = stage_at(inventory, 101.0, frozenset({"b"}))
        waiting = asyncio.create_task(stage.answered(60.0))
        await asyncio.sleep(0)
        empty = Picture.empty(inventory)
        stage.see(empty, replace(empty, site_findings={"a": Finding(Verdict.DOWN)}))
        await asyncio.sleep(0)
        was_waiting = not waiting.done()
        stage.see(empty, replace(empty, site_findings={"b": Finding(Verdict.DOWN)}))
        await asyncio.wait_for(waiting, 30.0)
        return was_waiting

    assert asyncio.run(waited())


@pytest.mark.parametrize(("now", "dark"), [(100.0 + SOON, {"b"}), (500.0, {"b"}), (101.0, set())])
def test_what_is_answered_or_too_late_is_not_waited_for(inventory: Inventory, now: float, dark: set[str]) -> None:
    asyncio.run(asyncio.wait_for(stage_at(inventory, now, frozenset(dark)).answered(SOON), 30.0))
    asyncio.run(asyncio.wait_for(Stage(inventory, cast(Any, None), cast(Any, None), "", 0.0).answered(9.0), 30.0))
