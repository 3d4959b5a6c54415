"""What the lab of a whole county costs: seconds until every node has answered, and memory, the kernel's included."""

from __future__ import annotations

import time

import pytest

from tests.lab.costs import cpu_seconds, megabytes_available
from tests.lab.counties import draw, draw_county
from tests.lab.kernel_lab import playing

pytestmark = [pytest.mark.bench, pytest.mark.lab]


@pytest.mark.parametrize("nodes", [50, 382, 1000])
def test_cost_of_a_county(nodes: int, capsys: pytest.CaptureFixture[str]) -> None:
    county = draw_county(nodes)
    with playing(draw([("noc", "core")])):
        pass  # the first lab loads what the kernel needs
    before, began, worked = megabytes_available(), time.monotonic(), time.process_time()
    with playing(county) as lab:
        wall, cpu = time.monotonic() - began, cpu_seconds(lab.pid) - worked
        used = before - megabytes_available()
        assert not lab.truth().dark_nodes
    with capsys.disabled():
        print(f"\n{nodes} nodes: up in {wall:.2f} s ({cpu:.2f} s of processor time), {used:.0f} MB")  # noqa: T201
