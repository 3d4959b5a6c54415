"""The confusion matrix of causes, from the scenarios of tests/data/scenarios."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from netmon.model import Cause

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.scenarios import Scenario, incidents, play, scenarios

INTRODUCTION = """\
# How right the causes are

<!-- Written by docs/generate_causes.py from tests/data/scenarios; change those, not this. -->

{count} [scenarios](../../tests/data/scenarios/README.md), each a small network and what netmon is told of it, and
what truly happened. Rows are the truth, columns what is said at the end: [causes](../causes.md) has the
rules. `make docs` plays them again."""

WITHOUT = """\
## The same without the evidence

What settles a cause is taken out of each story: the gasp, the light, the uptime, the cable or power area of the
drawing."""


def page() -> str:
    """Return the page."""
    every = scenarios()
    lines = [INTRODUCTION.format(count=len(every)), ""]
    lines += _matrix((scenario, _said(scenario)) for scenario in every)
    lines += ["", WITHOUT, ""]
    lines += _matrix((scenario, _said(scenario.robbed)) for scenario in every)
    lines += ["", "## What happened, and what is said", "", "| scenario | truth | said |", "|---|---|---|"]
    lines += [f"| {one.about} | {one.truth} | {', '.join(f'`{said}`' for said in one.expect)} |" for one in every]
    return "\n".join(lines) + "\n"


def _said(scenario: Scenario) -> Cause:
    """Return the cause that is said: that of the largest incident, or the first of several as large."""
    found = incidents(play(scenario))
    return max(found, key=lambda one: len(one.nodes)).fault.cause


def _matrix(answers: Iterable[tuple[Scenario, Cause]]) -> list[str]:
    counts = Counter((scenario.truth, said) for scenario, said in answers)
    rows = ["| truth | " + " | ".join(Cause) + " |", "|---|" + "---:|" * len(Cause)]
    rows += [f"| {truth} | " + " | ".join(str(counts[truth, said] or "") for said in Cause) + " |" for truth in Cause]
    return rows


if __name__ == "__main__":
    print(page(), end="")
