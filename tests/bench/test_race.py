"""Who is paged for when parents and children fail together, and how often a stated confidence was right."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from netmon.bench.calibration import calibration
from netmon.bench.race import race

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3000)]


def test_one_page_for_each_fault_and_none_for_what_is_shadowed_or_alive() -> None:
    run = CliRunner().invoke(race, ["--outages", "1000", "--format", "json"], standalone_mode=False)
    assert run.return_value == 0, run.output
    for row in json.loads(run.stdout)["rows"]:
        print(row)  # noqa: T201 (a bench prints)


def test_what_is_said_with_nine_in_ten_is_right_nine_times_in_ten() -> None:
    run = CliRunner().invoke(calibration, ["--networks", "100", "--format", "json"], standalone_mode=False)
    assert run.return_value == 0, run.output
    for row in json.loads(run.stdout)["rows"]:
        print(row)  # noqa: T201
