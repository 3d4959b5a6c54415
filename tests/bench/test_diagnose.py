"""The figures of the diagnosis: optimal on 2,000 small networks, right and quick on 1,000 of 50 to 800 nodes."""

from __future__ import annotations

import json
from random import Random

import pytest
from click.testing import CliRunner

from netmon.bench.diagnose import diagnose
from netmon.model import Reach
from tests.unit.topology.against_oracle import hold_against_oracle, sees_anything
from tests.unit.topology.chance import case

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]


def test_two_thousand_networks_of_up_to_fourteen_nodes_are_explained_optimally() -> None:
    held = 0
    for seed in range(4000):
        random = Random(seed)
        seen = case(random, random.randint(3, 14))
        if not sees_anything(seen.observations):
            continue
        hold_against_oracle(seen)
        held += any(word is Reach.DOWN for word in seen.observations.nodes.values())
        if held == 2000:
            break
    assert held == 2000
    print("\n2,000 networks with something dark: every diagnosis a smallest explanation, the others stated")  # noqa: T201 (a bench prints)


def test_a_thousand_random_networks() -> None:
    run = CliRunner().invoke(diagnose, ["--networks", "1000", "--format", "json"], standalone_mode=False)
    assert run.return_value == 0, run.output
    rows = json.loads(run.stdout)["rows"]
    for row in rows:
        print(row)  # noqa: T201
    netmon = {row["case"]: row for row in rows if row["engine"] == "netmon"}
    for faults, least in ((1, 1.0), (2, 0.995), (3, 0.98)):
        exact = netmon[f"{faults} anywhere"]
        assert exact["exact_ratio"] >= least
        assert exact["larger_than_truth"] == 0
        assert netmon[f"{faults} with cables and passive nodes"]["stated_ratio"] >= least
    for name, row in netmon.items():
        if "stated_when_cheapest_ratio" in row:
            assert row["stated_when_cheapest_ratio"] >= 0.999, name
    assert netmon["a cable with two links that matter"]["named_as_cable_ratio"] >= 0.95
    assert netmon["800 nodes"]["p99_cpu_seconds"] < 0.005
    for name, row in netmon.items():
        if name.startswith("83,000"):
            assert row["worst_cpu_seconds"] < 0.5, name
