"""A router whose SNMP agent hangs: it is seen as such, and its verdict stays up."""

from __future__ import annotations

import asyncio
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.model import Verdict
from netmon.probes.snmp.failure import Failure
from netmon.trial.stage import Stage
from tests.lab.staging import PATIENCE, on_stage

pytestmark = pytest.mark.lab

HUNG = "v1"
NOBODY = 9161  # a port where nobody answers is what an agent that hangs looks like


def test_an_agent_that_hangs_is_visible_and_no_outage(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        snmp, before = stage.daemon.instruments.snmp, stage.inventory.nodes[HUNG]
        assert before.snmp is not None
        assert snmp.measurements().polls[HUNG].ok
        hung = replace(before, snmp=replace(before.snmp, port=NOBODY, timeout=0.2, retries=0))
        snmp.set_inventory(replace(stage.inventory, nodes={**stage.inventory.nodes, HUNG: hung}))
        async with asyncio.timeout(PATIENCE):
            while snmp.measurements().polls[HUNG].failure is not Failure.TIMEOUT:
                await asyncio.sleep(0.05)
        metrics = await asyncio.to_thread(fetch, stage.url.rstrip("/") + "/metrics")
        assert value_of(metrics, "netmon_snmp_up", HUNG) == 0
        assert value_of(metrics, "netmon_node_up", HUNG) == 1
        assert 'netmon_snmp_poll_failures_total{reason="timeout"}' in metrics
        picture = stage.daemon.picture
        assert picture is not None
        assert picture.node_findings[HUNG].verdict is Verdict.UP
        assert not picture.open_incidents

    on_stage(tmp_path, scene)


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 (the daemon of this test)
        return str(answer.read().decode())


def value_of(metrics: str, name: str, node: str) -> float:
    (line,) = (line for line in metrics.splitlines() if line.startswith(f'{name}{{node="{node}"'))
    return float(line.rpartition(" ")[2])
